//! Diagnostics as people and machines read them: one file a format.
//!
//! Every format goes through [`Documents`], which finds lines and columns and holds each file's text
//! with its secrets masked ([`safe_text`]): no other text of a file reaches a report.

mod documents;
pub mod github;
pub mod human;
pub mod json;
mod paths;
mod safe;
pub mod sarif;
mod window;

pub use documents::{Documents, Position};
pub use paths::Paths;
pub use safe::safe_text;

use crate::config::diagnostic::Diagnostic;

/// How many diagnostics there are, of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub errors: usize,
    pub warnings: usize,
    /// Files that have one.
    pub files: usize,
}

impl Tally {
    #[must_use]
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics.iter().filter(|d| d.is_error()).count();
        let files: std::collections::BTreeSet<_> = diagnostics
            .iter()
            .filter_map(|d| d.place.map(|(file, _)| file))
            .collect();
        Self {
            errors,
            warnings: diagnostics.len() - errors,
            files: files.len(),
        }
    }

    /// The verdict: `2 errors, 1 warning in 2 files`.
    #[must_use]
    pub fn verdict(self) -> String {
        let mut parts = Vec::new();
        if self.errors > 0 {
            parts.push(super::text::count(self.errors, "error", "errors"));
        }
        if self.warnings > 0 {
            parts.push(super::text::count(self.warnings, "warning", "warnings"));
        }
        let mut verdict = match parts.as_slice() {
            [] => "no errors".to_owned(),
            parts => parts.join(", "),
        };
        if self.files > 0 {
            verdict += " in ";
            verdict += &super::text::count(self.files, "file", "files");
        }
        verdict
    }
}

/// `error` or `warning`.
const fn word(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        crate::config::problem::Severity::Error => "error",
        crate::config::problem::Severity::Warning => "warning",
    }
}
