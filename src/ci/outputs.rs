//! What a step leaves for later ones and for people: outputs and the summary of the run. Both are files
//! that the runner gives to each step; secrets are redacted on the way.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{CiError, Runner};
use crate::credential;
use crate::model::number::thousands;

/// Bytes that a step's summary may have; GitHub shows nothing of a larger one.
pub const SUMMARY: usize = 1024 * 1024;
/// Kept free for the words that tell of a cut, and for what must be closed before them.
const RESERVE: usize = 1024;

/// Where a step's outputs go.
#[derive(Debug, Clone)]
pub struct Outputs {
    output: Option<PathBuf>,
    summary: Option<PathBuf>,
    /// Whether a summary was written.
    told: Arc<AtomicBool>,
}

impl Outputs {
    #[must_use]
    pub fn new(runner: &Runner) -> Self {
        Self {
            output: runner.output.clone(),
            summary: runner.step_summary.clone(),
            told: Arc::default(),
        }
    }

    /// Into these files.
    #[must_use]
    pub fn at(output: Option<PathBuf>, summary: Option<PathBuf>) -> Self {
        Self {
            output,
            summary,
            told: Arc::default(),
        }
    }

    /// Whether anything was added to the summary.
    #[must_use]
    pub fn has_summary(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }

    /// Sets an output; nothing where the runner takes none.
    ///
    /// # Errors
    /// Where the name is no name (a mistake in bursar), and where the file cannot be written.
    pub fn set(&self, name: &str, value: &str) -> Result<(), CiError> {
        let Some(path) = &self.output else {
            return Ok(());
        };
        let failed = |cause| CiError::Output {
            what: "an output",
            path: path.clone(),
            cause,
        };
        let entry = entry(name, &credential::redact(value)).map_err(failed)?;
        append(path, &entry).map_err(failed)
    }

    /// Adds to the summary, in Markdown; nothing where the runner takes none. What does not fit is left
    /// out from the end, with a word about it; whether all did fit.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn summary(&self, markdown: &str) -> Result<bool, CiError> {
        self.told.store(true, Ordering::Relaxed);
        let Some(path) = &self.summary else {
            return Ok(true);
        };
        let failed = |cause| CiError::Output {
            what: "the summary",
            path: path.clone(),
            cause,
        };
        let there = match fs::metadata(path) {
            Ok(file) => usize::try_from(file.len()).unwrap_or(usize::MAX),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => 0,
            Err(cause) => return Err(failed(cause)),
        };
        let mut text = credential::redact(markdown).into_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let (fitting, whole) = fit(&text, SUMMARY.saturating_sub(there));
        append(path, &fitting).map_err(failed)?;
        Ok(whole)
    }
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// A line of the file of outputs; several for a value of several lines.
fn entry(name: &str, value: &str) -> io::Result<String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !begins || !name.chars().all(good) {
        let why = format!("`{}` is no name of an output", name.escape_debug());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    if !value.contains(['\n', '\r']) {
        return Ok(format!("{name}={value}\n"));
    }
    // A value that held the delimiter could set other outputs.
    let word = unguessable("end")?;
    Ok(format!("{name}<<{word}\n{value}\n{word}\n"))
}

/// A word that nobody can have written before: 128 bits by chance.
pub(super) fn unguessable(what: &str) -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let mut word = format!("bursar-{what}-");
    for byte in bytes {
        let _ = write!(word, "{byte:02x}");
    }
    Ok(word)
}

/// As many whole lines as fit, with what was opened closed again; and whether that is all.
fn fit(text: &str, most: usize) -> (String, bool) {
    if text.len() <= most {
        return (text.to_owned(), true);
    }
    let mut kept = String::new();
    let mut open = Open::default();
    let mut lines = text.split_inclusive('\n');
    let mut left = 0;
    for line in lines.by_ref() {
        let mut after = open;
        after.see(line);
        if kept.len() + line.len() + after.closing().len() + RESERVE > most {
            left += 1;
            break;
        }
        kept += line;
        open = after;
    }
    left += lines.count();
    kept += &open.closing();
    let note = format!(
        "\n**{} more lines are left out**: GitHub shows at most 1 MiB of a step's summary.\n",
        thousands(left)
    );
    // Where not even that fits, nothing more may be added at all.
    if kept.len() + note.len() <= most {
        kept += &note;
    }
    (kept, false)
}

/// What a text of Markdown has open at a line's end.
#[derive(Clone, Copy, Default)]
struct Open {
    details: usize,
    /// How many signs the fence of a block of code has.
    fence: Option<(char, usize)>,
}

impl Open {
    fn see(&mut self, line: &str) {
        let text = line.trim();
        let sign = text.chars().next().filter(|c| matches!(c, '`' | '~'));
        let run = sign.map_or(0, |sign| text.chars().take_while(|c| *c == sign).count());
        match (self.fence, sign) {
            (None, Some(sign)) if run >= 3 => self.fence = Some((sign, run)),
            (Some((open, least)), Some(sign))
                if sign == open && run >= least && text.chars().all(|c| c == sign) =>
            {
                self.fence = None;
            }
            (Some(_), _) => {}
            (None, _) => {
                self.details += text.matches("<details").count();
                let closed = text.matches("</details>").count();
                self.details = self.details.saturating_sub(closed);
            }
        }
    }

    fn closing(&self) -> String {
        let mut text = String::new();
        if let Some((sign, run)) = self.fence {
            text.extend(std::iter::repeat_n(sign, run));
            text.push('\n');
        }
        for _ in 0..self.details {
            text += "\n</details>\n";
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::Secret;

    fn outputs(folder: &Path) -> Outputs {
        Outputs::at(Some(folder.join("output")), Some(folder.join("summary")))
    }

    #[test]
    fn outputs_are_appended() {
        let folder = tempfile::tempdir().unwrap();
        let outputs = outputs(folder.path());
        outputs.set("changes", "5").unwrap();
        outputs.set("odd", "a<<b=c").unwrap();
        let text = fs::read_to_string(folder.path().join("output")).unwrap();
        assert_eq!(text, "changes=5\nodd=a<<b=c\n");
    }

    #[test]
    fn lines_of_a_value_set_no_other_output() {
        for value in ["a\nEOF\nevil=1", "a\revil=1", "\n"] {
            let text = entry("plan", value).unwrap();
            let (first, rest) = text.split_once('\n').unwrap();
            let word = first.strip_prefix("plan<<").unwrap();
            assert_eq!(rest, format!("{value}\n{word}\n"));
            assert!(!value.contains(word) && word.len() > 32);
            assert_ne!(text, entry("plan", value).unwrap(), "each has its own");
        }
    }

    #[test]
    fn a_name_is_a_name() {
        for name in ["", "a\nb", "a=b", "a<<b", "1a", "-a", "a b", "ä"] {
            assert!(entry(name, "x").is_err(), "{name:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        let error = outputs(folder.path()).set("a\nb", "x").unwrap_err();
        assert_eq!(error.code(), "ci.output");
        assert!(!error.to_string().contains('\n'), "{error}");
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let outputs = outputs(&folder.path().join("gone"));
        let error = outputs.set("changes", "5").unwrap_err();
        assert!(error.to_string().contains("cannot write an output to "));
        assert_eq!(outputs.summary("x").unwrap_err().code(), "ci.output");
    }

    #[test]
    fn secrets_reach_neither() {
        let _token = Secret::issued("ghs_planted-token-of-outputs".to_owned());
        let folder = tempfile::tempdir().unwrap();
        let outputs = outputs(folder.path());
        outputs
            .set("plan", "x ghs_planted-token-of-outputs")
            .unwrap();
        outputs.summary("x ghs_planted-token-of-outputs").unwrap();
        for name in ["output", "summary"] {
            let text = fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(text.contains("***") && !text.contains("planted"), "{text}");
        }
    }

    #[test]
    fn a_summary_is_cut_at_a_line_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let outputs = outputs(folder.path());
        assert!(outputs.summary("# Plan\n").unwrap());
        let line = "a line of the plan that is shown\n";
        let long = format!(
            "<details><summary>All</summary>\n\n```text\n{}",
            line.repeat(40_000)
        );
        assert!(!outputs.summary(&long).unwrap());
        let text = fs::read_to_string(folder.path().join("summary")).unwrap();
        assert!(text.len() <= SUMMARY && text.len() > SUMMARY - 2 * RESERVE);
        let end = text.rfind(line).unwrap() + line.len();
        let kept = text.matches(line).count();
        assert_eq!(
            &text[end..],
            format!(
                "```\n\n</details>\n\n**{} more lines are left out**: GitHub shows at most 1 MiB of a step's summary.\n",
                thousands(40_000 - kept)
            )
        );
        // And whatever comes later still fits.
        for _ in 0..2 {
            assert!(!outputs.summary(&long).unwrap());
        }
        assert!(fs::metadata(folder.path().join("summary")).unwrap().len() <= SUMMARY as u64);
    }

    #[test]
    fn without_files_nothing_is_written() {
        let none = Outputs::at(None, None);
        none.set("changes", "5").unwrap();
        assert!(none.summary("x").unwrap());
    }
}
