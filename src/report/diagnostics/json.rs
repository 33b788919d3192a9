//! For programs: one document, described by `schemas/validate.schema.json`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::diagnostic::Diagnostic;
use crate::config::problem::FileId;
use crate::config::source::Sources;
use crate::config::yaml::Span;

use super::documents::Documents;
use super::{Tally, word};

/// Raised when a field changes its meaning or goes away; new fields don't raise it.
pub const FORMAT_VERSION: u32 = 1;

/// What `bursar validate --json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Document {
    /// Raised when a field changes its meaning or goes away. New fields may come without.
    pub format_version: u32,
    /// Whether there are no errors.
    pub valid: bool,
    pub errors: usize,
    pub warnings: usize,
    /// In the order of files and places; what concerns the project as a whole comes first.
    pub diagnostics: Vec<Item>,
}

/// One thing that is wrong, or worth a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Item {
    /// Stable name of the kind of problem.
    pub code: String,
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// A few words about the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What to do.
    pub help: String,
    /// The command that tells more about the code.
    pub explain: String,
    /// Left out where the project as a whole is concerned.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Other places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

/// Lines and columns count from 1, columns in characters; the end is one past the last character.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// Path from the project's folder, with `/`.
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

/// A place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Related {
    #[serde(flatten)]
    pub place: Place,
    pub message: String,
}

/// All diagnostics as a document.
#[must_use]
pub fn document(diagnostics: &[Diagnostic], sources: &Sources) -> Document {
    let mut documents = Documents::new(diagnostics, sources);
    let tally = Tally::of(diagnostics);
    Document {
        format_version: FORMAT_VERSION,
        valid: tally.errors == 0,
        errors: tally.errors,
        warnings: tally.warnings,
        diagnostics: diagnostics
            .iter()
            .map(|diagnostic| item(diagnostic, &mut documents))
            .collect(),
    }
}

fn item(diagnostic: &Diagnostic, documents: &mut Documents<'_>) -> Item {
    Item {
        code: diagnostic.code.to_owned(),
        severity: match word(diagnostic) {
            "error" => Severity::Error,
            _ => Severity::Warning,
        },
        message: diagnostic.message.clone(),
        label: diagnostic.label.clone(),
        help: diagnostic.help.clone(),
        explain: format!("bursar explain {}", diagnostic.code),
        place: diagnostic.place.map(|at| place(at, documents)),
        related: diagnostic
            .related
            .iter()
            .map(|(at, note)| Related {
                place: place(*at, documents),
                message: note.clone(),
            })
            .collect(),
    }
}

fn place((file, span): (FileId, Span), documents: &mut Documents<'_>) -> Place {
    let (start, end) = documents.positions((file, span));
    Place {
        file: documents.path(file).to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
