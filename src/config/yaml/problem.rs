//! What the reader has to say about a file. The texts are made where a problem is found; the codes are listed here.

use super::Span;

/// The codes of the reader's problems. One page of documentation each.
pub mod code {
    /// The text is not YAML.
    pub const SYNTAX: &str = "yaml.syntax";
    /// The bytes are not UTF-8.
    pub const ENCODING: &str = "yaml.encoding";
    /// A NUL byte, or an escape that stands for one.
    pub const NUL: &str = "yaml.nul";
    /// A control character other than tab and line breaks.
    pub const CONTROL: &str = "yaml.control";
    /// The file is larger than the limit.
    pub const TOO_LARGE: &str = "yaml.too-large";
    /// The file holds more values than the limit.
    pub const TOO_MANY: &str = "yaml.too-many";
    /// Lists and maps nest deeper than the limit.
    pub const TOO_DEEP: &str = "yaml.too-deep";
    /// One value is longer than the limit.
    pub const SCALAR_TOO_LARGE: &str = "yaml.scalar-too-large";
    /// A list or map between brackets is larger than the limit.
    pub const FLOW_TOO_LARGE: &str = "yaml.flow-too-large";
    /// Anchors and aliases expand to more than the limit.
    pub const ALIAS_BOMB: &str = "yaml.alias-bomb";
    /// A map holds the same key twice.
    pub const DUPLICATE_KEY: &str = "yaml.duplicate-key";
    /// The merge key `<<`.
    pub const MERGE_KEY: &str = "yaml.merge-key";
    /// More than one document in a file.
    pub const MULTI_DOCUMENT: &str = "yaml.multi-document";
    /// A key that is not plain text.
    pub const KEY: &str = "yaml.key";
    /// A tag that the reader does not take.
    pub const TAG: &str = "yaml.tag";
    /// An alias without its anchor, or inside it.
    pub const ALIAS: &str = "yaml.alias";
    /// A tab where only spaces may stand.
    pub const TAB: &str = "yaml.tab";
    /// A value that does not have the form that its place asks for.
    pub const VALUE: &str = "yaml.value";

    /// All of them, in the order above.
    pub const ALL: &[&str] = &[
        SYNTAX,
        ENCODING,
        NUL,
        CONTROL,
        TOO_LARGE,
        TOO_MANY,
        TOO_DEEP,
        SCALAR_TOO_LARGE,
        FLOW_TOO_LARGE,
        ALIAS_BOMB,
        DUPLICATE_KEY,
        MERGE_KEY,
        MULTI_DOCUMENT,
        KEY,
        TAG,
        ALIAS,
        TAB,
        VALUE,
    ];
}

/// One thing that is wrong with a file, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable, for `explain`; one of [`code::ALL`], or a leaf's own.
    pub code: &'static str,
    /// Where, in bytes of the decoded text (of the raw bytes where decoding itself failed).
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// A few words to stand under the marked text.
    pub label: Option<String>,
    /// What to do.
    pub help: String,
    /// Other places that belong to the problem, each with a few words.
    pub related: Vec<(Span, String)>,
}

impl Problem {
    pub(crate) fn new(
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            span,
            message: message.into(),
            label: None,
            help: help.into(),
            related: Vec::new(),
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn related(mut self, span: Span, note: impl Into<String>) -> Self {
        self.related.push((span, note.into()));
        self
    }
}

/// A key, tag or anchor as a message may show it: its first characters, without controls.
pub(crate) fn shown(name: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = name
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    if name.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}
