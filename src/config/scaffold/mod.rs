//! What `init` writes: a project that validates and plans as it is, with examples in its comments.
//!
//! [`files`] is all of it as text; [`write`] puts it into a folder and never overwrites. Prints nothing.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::schema;
use super::source::PROJECT_FILE_NAME;

/// The schema beside `bursar.yaml`: the first line of each file leads editors to it, also offline.
pub const SCHEMA_FILE_NAME: &str = "bursar.schema.json";

/// What git must not track: the embedded state.
const IGNORED: &str = ".bursar/";

/// A file of a new project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Path from the project's folder, with `/`.
    pub path: &'static str,
    pub text: &'static str,
}

/// The files of a new project, without `.gitignore`. `bursar.yaml` first.
#[must_use]
pub fn files() -> Vec<File> {
    let file = |path, text| File { path, text };
    vec![
        file(PROJECT_FILE_NAME, include_str!("bursar.yaml")),
        file(SCHEMA_FILE_NAME, schema::TEXT),
        file("estate/accounts.yaml", include_str!("accounts.yaml")),
        file("estate/finance.yaml", include_str!("finance.yaml")),
        file(
            "estate/organizations.yaml",
            include_str!("organizations.yaml"),
        ),
    ]
}

/// The text of a `.gitignore` that keeps the state out of git; `None` where it does already.
#[must_use]
pub fn gitignore(present: Option<&str>) -> Option<String> {
    let present = present.unwrap_or_default();
    let ignores = |line: &str| line.trim().trim_matches('/') == IGNORED.trim_matches('/');
    if present.lines().any(ignores) {
        return None;
    }
    let line_break = if present.contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let open = !present.is_empty() && !present.ends_with('\n');
    let before = if open { line_break } else { "" };
    Some(format!("{present}{before}{IGNORED}{line_break}"))
}

/// What became of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    /// A line was added.
    Extended,
    /// It was there already, and stays as it is.
    Kept,
}

/// A path from the project's folder, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub path: &'static str,
    pub outcome: Outcome,
}

/// What could not be written, and what was before it.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {cause}")]
pub struct Failed {
    pub path: &'static str,
    #[source]
    pub cause: io::Error,
    pub written: Vec<Written>,
}

/// Writes a new project into a folder, which is made if need be. Nothing is overwritten; where there is a
/// `bursar.yaml`, only the schema and the line in `.gitignore` are added.
///
/// # Errors
/// The first file that cannot be written, with what was written before it.
pub fn write(root: &Path) -> Result<Vec<Written>, Failed> {
    let mut written = Vec::new();
    let mut new = true;
    for file in files() {
        let outcome = if new || file.path == SCHEMA_FILE_NAME {
            create(&root.join(file.path), file.text)
        } else {
            continue;
        };
        match outcome {
            Ok(outcome) => {
                if file.path == PROJECT_FILE_NAME {
                    new = outcome == Outcome::Created;
                }
                let path = file.path;
                written.push(Written { path, outcome });
            }
            Err(cause) => return Err(failed(file.path, cause, written)),
        }
    }
    const GITIGNORE: &str = ".gitignore";
    match extend(&root.join(GITIGNORE)) {
        Ok(outcome) => {
            let path = GITIGNORE;
            written.push(Written { path, outcome });
            Ok(written)
        }
        Err(cause) => Err(failed(GITIGNORE, cause, written)),
    }
}

fn failed(path: &'static str, cause: io::Error, written: Vec<Written>) -> Failed {
    Failed {
        path,
        cause,
        written,
    }
}

fn create(path: &Path, text: &str) -> io::Result<Outcome> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| Outcome::Created),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Outcome::Kept),
        Err(error) => Err(error),
    }
}

fn extend(path: &Path) -> io::Result<Outcome> {
    let present = match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let Some(text) = gitignore(present.as_deref()) else {
        return Ok(Outcome::Kept);
    };
    let Some(present) = present else {
        return create(path, &text);
    };
    let added = text.get(present.len()..).unwrap_or_default();
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(added.as_bytes()).map(|()| Outcome::Extended)
}

#[cfg(test)]
mod tests;
