//! The files that diagnostics speak of: their safe text, lines and columns. Each is prepared once,
//! when the first diagnostic asks for it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::config::diagnostic::Diagnostic;
use crate::config::problem::FileId;
use crate::config::source::{PROJECT_FILE_NAME, Sources};
use crate::config::yaml::{LineIndex, Span};

use super::safe::safe_text;

/// A place for people and machines: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The files that diagnostics speak of.
pub struct Documents<'s> {
    sources: &'s Sources,
    secrets: HashMap<FileId, Vec<Span>>,
    prepared: HashMap<FileId, Document<'s>>,
}

/// One file.
pub struct Document<'s> {
    /// The text with its secrets masked; `None` where the file is no text.
    pub text: Option<Cow<'s, str>>,
    pub lines: LineIndex,
    raw: &'s [u8],
    /// The last position asked for: diagnostics come in order, so the next one is near.
    last: Option<(u32, Position)>,
}

impl<'s> Documents<'s> {
    #[must_use]
    pub fn new(diagnostics: &[Diagnostic], sources: &'s Sources) -> Self {
        let mut secrets: HashMap<FileId, Vec<Span>> = HashMap::new();
        let literal = |d: &&Diagnostic| d.code == "secret.literal";
        for (file, span) in diagnostics.iter().filter(literal).filter_map(|d| d.place) {
            secrets.entry(file).or_default().push(span);
        }
        Self {
            sources,
            secrets,
            prepared: HashMap::new(),
        }
    }

    /// The path of a file, from the project's folder.
    #[must_use]
    pub fn path(&self, file: FileId) -> &'s str {
        self.sources
            .get(file)
            .map_or(PROJECT_FILE_NAME, |source| &source.path)
    }

    /// A file; prepared when first asked for.
    pub fn get(&mut self, file: FileId) -> &mut Document<'s> {
        let (sources, secrets) = (self.sources, &self.secrets);
        self.prepared.entry(file).or_insert_with(|| {
            let raw = sources.get(file).map_or(&[][..], |source| &source.bytes);
            let text = sources.text(file);
            let is_text = raw.is_empty() || !text.is_empty();
            let spans = secrets.get(&file).map_or(&[][..], Vec::as_slice);
            Document {
                text: is_text.then(|| safe_text(text, spans)),
                lines: LineIndex::new(text),
                raw,
                last: None,
            }
        })
    }

    /// Where a span starts and ends.
    pub fn positions(&mut self, (file, span): (FileId, Span)) -> (Position, Position) {
        let document = self.get(file);
        (document.position(span.start), document.position(span.end))
    }
}

impl Document<'_> {
    /// The line and column of an offset.
    pub fn position(&mut self, offset: u32) -> Position {
        let Some(text) = &self.text else {
            return raw_position(self.raw, offset as usize);
        };
        // On one long line, counting from the line's start every time would take quadratic time.
        if let Some((at, position)) = self.last
            && at <= offset
            && let Some(between) = text.get(at as usize..offset as usize)
            && !between.contains('\n')
        {
            let column = position.column + between.chars().count();
            let position = Position { column, ..position };
            self.last = Some((offset, position));
            return position;
        }
        let (line, column) = self.lines.position(text, offset);
        let position = Position { line, column };
        self.last = Some((offset, position));
        position
    }
}

/// In a file that is no text, columns count bytes.
fn raw_position(raw: &[u8], offset: usize) -> Position {
    let before = raw.get(..offset.min(raw.len())).unwrap_or_default();
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    Position {
        line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
        column: before.len() - start + 1,
    }
}
