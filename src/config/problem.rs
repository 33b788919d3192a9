//! Problems: what is wrong with a declaration, where, and what to do. Places are paths into a
//! file; they become spans only when somebody reads the report.

use super::yaml::Span;

/// Number of a file among the sources of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Key(Box<str>),
    Index(usize),
}

/// A place in a file: a path from the top, to a key or to its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub file: FileId,
    pub path: Vec<Step>,
    /// Whether the key is meant, not the value behind it.
    pub on_key: bool,
    /// The exact bytes, where a rule read the text itself (comments have no path).
    pub span: Option<Span>,
}

impl At {
    /// The top of a file.
    #[must_use]
    pub const fn file(file: FileId) -> Self {
        Self {
            file,
            path: Vec::new(),
            on_key: false,
            span: None,
        }
    }

    /// The value behind a key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.path.push(Step::Key(key.into()));
        self
    }

    /// An item of a list.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.path.push(Step::Index(index));
        self
    }

    /// Bytes of a file's text.
    #[must_use]
    pub const fn span(file: FileId, span: Span) -> Self {
        Self {
            file,
            path: Vec::new(),
            on_key: false,
            span: Some(span),
        }
    }

    /// The last key itself.
    #[must_use]
    pub fn name(mut self) -> Self {
        self.on_key = true;
        self
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// One thing that is wrong (or worth a warning), where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, for `bursar explain`.
    pub code: &'static str,
    pub severity: Severity,
    pub at: At,
    /// What is wrong, in one sentence without a period at the end.
    pub message: String,
    /// A few words under the marked text.
    pub label: Option<String>,
    /// What to do.
    pub help: String,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<(At, String)>,
}

impl Problem {
    #[must_use]
    pub fn error(
        code: &'static str,
        at: At,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            at,
            message: message.into(),
            label: None,
            help: help.into(),
            related: Vec::new(),
        }
    }

    #[must_use]
    pub fn warning(
        code: &'static str,
        at: At,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, at, message, help)
        }
    }

    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    #[must_use]
    pub fn related(mut self, at: At, note: impl Into<String>) -> Self {
        self.related.push((at, note.into()));
        self
    }
}
