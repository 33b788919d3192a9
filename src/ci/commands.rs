//! Workflow commands: lines of a step's output that GitHub turns into annotations, groups and masks
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>). Texts only:
//! who calls prints them.

use std::fmt::Write as _;
use std::io;

use crate::model::number::thousands;

/// Annotations of a kind that GitHub takes from a step; more are dropped without a word.
pub const MOST: usize = 10;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    /// As commands name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A message at a place of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    pub level: Level,
    /// From the repository's top; without one it stands at the run.
    pub file: Option<String>,
    /// From 1. The line alone: an annotation whose columns end beyond the line is not shown.
    pub line: Option<usize>,
    pub title: String,
    pub message: String,
}

impl Annotation {
    /// The command, without a line break at its end.
    #[must_use]
    pub fn command(&self) -> String {
        let mut properties = Vec::new();
        if let Some(file) = &self.file {
            properties.push(format!("file={}", property(file)));
            if let Some(line) = self.line {
                properties.push(format!("line={line}"));
            }
        }
        if !self.title.is_empty() {
            properties.push(format!("title={}", property(&self.title)));
        }
        let space = if properties.is_empty() { "" } else { " " };
        format!(
            "::{}{space}{}::{}",
            self.level.as_str(),
            properties.join(","),
            data(&self.message)
        )
    }
}

/// Commands for as many annotations as a step may have, errors first and each kind in its order, then a
/// line that says how many more there are. Each line ends with a line break.
#[must_use]
pub fn annotations(all: &[Annotation]) -> String {
    let mut text = String::new();
    let mut more = Vec::new();
    for (level, one, many) in [
        (Level::Error, "error", "errors"),
        (Level::Warning, "warning", "warnings"),
        (Level::Notice, "notice", "notices"),
    ] {
        let of_level = || all.iter().filter(move |it| it.level == level);
        for annotation in of_level().take(MOST) {
            text += &annotation.command();
            text.push('\n');
        }
        let left = of_level().count().saturating_sub(MOST);
        if left > 0 {
            let noun = if left == 1 { one } else { many };
            more.push(format!("{} more {noun}", thousands(left)));
        }
    }
    if !more.is_empty() {
        let _ = writeln!(
            text,
            "{} without an annotation: GitHub takes {MOST} of a kind from a step",
            more.join(", ")
        );
    }
    text
}

/// A line with fewer letters and digits is no secret by itself.
const SHORTEST: usize = 6;

/// Has GitHub replace a text by `***` in the log from now on; one line for each line of it. Nothing for
/// empty lines: masking them would mask everything.
#[must_use]
pub fn mask(value: &str) -> String {
    // A brace or a heading of a key masked would blot out every log, and hide nothing.
    let telling = |line: &&str| {
        let line = line.trim();
        let letters = line.bytes().filter(u8::is_ascii_alphanumeric).count();
        letters >= SHORTEST && !line.starts_with("-----")
    };
    let lines = value.lines().filter(telling);
    lines
        .map(|line| format!("::add-mask::{}\n", data(line)))
        .collect()
}

/// Begins a part of the log that can be folded. They do not nest.
#[must_use]
pub fn group(title: &str) -> String {
    format!("::group::{}\n", data(title))
}

/// Ends it.
#[must_use]
pub const fn end_group() -> &'static str {
    "::endgroup::\n"
}

/// From here on nothing is a command, on neither output, until a [`window`]: whatever was declared or
/// answered may be told. `word` must not be guessed; it is one for the whole process.
#[must_use]
pub fn close(word: &str) -> String {
    format!("::stop-commands::{word}\n")
}

/// Commands, where none are read otherwise.
#[must_use]
pub fn window(word: &str, commands: &str) -> String {
    format!("::{word}::\n{commands}{}", close(word))
}

/// A word that nobody guesses.
///
/// # Errors
/// Where this machine gives no random numbers.
pub fn word() -> io::Result<String> {
    super::outputs::unguessable("stop")
}

/// What stands behind `::`. Control characters could move the cursor of who reads the log.
#[must_use]
pub fn data(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => safe += "%25",
            '\r' => safe += "%0D",
            '\n' => safe += "%0A",
            '\t' => safe.push(c),
            c if c.is_control() => safe.push('?'),
            c => safe.push(c),
        }
    }
    safe
}

/// What stands behind `=`.
#[must_use]
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(level: Level, message: &str) -> Annotation {
        Annotation {
            level,
            file: Some("estate/a,b:c%.yaml".to_owned()),
            line: Some(7),
            title: "aws.identity".to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn an_annotation_is_one_line_whatever_it_says() {
        let said = annotation(Level::Error, "100% wrong\r\n::set-env name=x::y\u{1b}[2J");
        insta::assert_snapshot!(said.command(), @"::error file=estate/a%2Cb%3Ac%25.yaml,line=7,title=aws.identity::100%25 wrong%0D%0A::set-env name=x::y?[2J");
        let bare = Annotation {
            file: None,
            title: String::new(),
            ..annotation(Level::Notice, "nothing to do")
        };
        assert_eq!(bare.command(), "::notice::nothing to do");
    }

    #[test]
    fn the_worst_come_first_and_the_rest_is_counted() {
        let mut all: Vec<_> = (0..12)
            .map(|at| annotation(Level::Warning, &format!("w{at}")))
            .collect();
        all.extend((0..11).map(|at| annotation(Level::Error, &format!("e{at}"))));
        let text = annotations(&all);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 21);
        assert!(lines[..10].iter().all(|line| line.starts_with("::error ")));
        assert!(lines[0].ends_with("::e0") && lines[10].ends_with("::w0"));
        insta::assert_snapshot!(lines[20], @"1 more error, 2 more warnings without an annotation: GitHub takes 10 of a kind from a step");
        assert_eq!(annotations(&[]), "");
    }

    #[test]
    fn masks_hide_secrets_and_nothing_else() {
        assert_eq!(mask("abc%def\n\n  \nshort\n"), "::add-mask::abc%25def\n");
        assert_eq!(mask("\n"), "");
        // A key in a file of its own format: braces and headings are everywhere.
        let key = "{\n  \"private_key\": \"MIIEvgIBADANBg\"\n}\n-----BEGIN PRIVATE KEY-----\nMIIEvgIBADANBg\n";
        assert_eq!(
            mask(key),
            "::add-mask::  \"private_key\": \"MIIEvgIBADANBg\"\n::add-mask::MIIEvgIBADANBg\n"
        );
    }

    #[test]
    fn groups_fold() {
        assert_eq!(group("Plan: 5 changes\n"), "::group::Plan: 5 changes%0A\n");
        assert_eq!(end_group(), "::endgroup::\n");
    }

    #[test]
    fn commands_are_read_in_windows_alone() {
        let word = word().unwrap();
        assert!(word.len() > 32, "{word}");
        assert_ne!(word, super::word().unwrap());
        let text = close(&word) + "::add-mask::x\n" + &window(&word, "::notice::y\n");
        let lines: Vec<&str> = text.lines().collect();
        let (closed, opened) = (format!("::stop-commands::{word}"), format!("::{word}::"));
        assert_eq!(
            lines,
            [&closed, "::add-mask::x", &opened, "::notice::y", &closed]
        );
    }
}
