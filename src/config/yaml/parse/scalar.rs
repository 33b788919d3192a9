//! Single values: their text, borrowed where the file holds it as it is, and their spans.

use std::borrow::Cow;

use saphyr_parser::{ScalarStyle, Span as Mark, Tag};

use super::{Builder, Step};
use crate::config::yaml::node::{Node, Scalar, Style, Value};
use crate::config::yaml::problem::{Problem, code};
use crate::config::yaml::span::to_u32;
use crate::config::yaml::{Span, bounds, place, tag};

impl<'t> Builder<'t, '_> {
    #[inline]
    pub(super) fn scalar(
        &mut self,
        value: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        mark: Mark,
    ) -> Step {
        let marked = self.cursor.byte(mark.start.index());
        let properties = anchor != 0 || tag.is_some();
        let start = if properties {
            to_u32(place::skip_properties(self.bytes, marked as usize))
        } else {
            marked
        };
        if style == ScalarStyle::Plain && value.is_empty() && !properties && self.frames.is_empty()
        {
            // Not even a root: nothing but comments.
            return Ok(());
        }
        let (span, text, style) = match style {
            ScalarStyle::Plain if value.is_empty() => (
                self.left_out(properties, mark),
                Cow::Borrowed(""),
                Style::Plain,
            ),
            ScalarStyle::Plain => self.plain(value, start, mark),
            ScalarStyle::SingleQuoted => self.quoted(value, start, mark, b'\'', Style::Single),
            ScalarStyle::DoubleQuoted => self.quoted(value, start, mark, b'"', Style::Double),
            ScalarStyle::Literal => (self.block(properties, start, mark), value, Style::Literal),
            ScalarStyle::Folded => (self.block(properties, start, mark), value, Style::Folded),
        };
        self.last = span.end.max(self.last);
        if text.len() > self.limits.scalar_bytes {
            return Err(bounds::scalar_too_large(self.limits, text.len(), span));
        }
        if matches!(text, Cow::Owned(_)) && text.contains('\0') {
            self.problems.push(Problem::new(
                code::NUL,
                span,
                "this text holds the escape for NUL, which no name, path or variable can hold",
                "Delete the `\\0`.",
            ));
        }
        let mut scalar = Scalar { text, style };
        if let Some(tag) = tag {
            let written = place::tag(self.bytes, marked as usize);
            self.problems
                .extend(tag::scalar(&mut scalar, tag, written, span));
        }
        self.put(
            Node {
                span,
                value: Value::Scalar(scalar),
            },
            anchor,
        )
    }

    /// The place of a value that is not there: behind its indicator, or behind its anchor and tag.
    fn left_out(&mut self, properties: bool, mark: Mark) -> Span {
        let at = if properties {
            self.trimmed(self.last, mark)
        } else {
            to_u32(self.behind_indicator())
        };
        Span::new(at, at)
    }

    #[inline]
    fn plain(
        &mut self,
        value: Cow<'t, str>,
        start: u32,
        mark: Mark,
    ) -> (Span, Cow<'t, str>, Style) {
        let rest = self.text.get(start as usize..).unwrap_or_default();
        match prefix(rest, &value) {
            Some(text) => (
                Span::new(start, start + to_u32(text.len())),
                Cow::Borrowed(text),
                Style::Plain,
            ),
            None => (
                Span::new(start, self.trimmed(start, mark)),
                value,
                Style::Plain,
            ),
        }
    }

    fn quoted(
        &mut self,
        value: Cow<'t, str>,
        start: u32,
        mark: Mark,
        quote: u8,
        style: Style,
    ) -> (Span, Cow<'t, str>, Style) {
        let rest = self.text.get(start as usize..).unwrap_or_default();
        if let Some(text) = within_quotes(rest, &value, quote) {
            return (
                Span::new(start, start + to_u32(text.len() + 2)),
                Cow::Borrowed(text),
                style,
            );
        }
        let end = self.cursor.byte(mark.end.index());
        let end = to_u32(place::quoted_end(self.bytes, start as usize, end as usize));
        (Span::new(start, end.max(start)), value, style)
    }

    /// A text block. The scanner marks the content; the header with `|` or `>` belongs to the value.
    fn block(&mut self, properties: bool, start: u32, mark: Mark) -> Span {
        let header = if properties {
            start
        } else {
            to_u32(self.content())
        };
        Span::new(header, self.trimmed(header, mark))
    }
}

/// The text itself, where the file goes on with it.
#[inline]
fn prefix<'t>(rest: &'t str, value: &str) -> Option<&'t str> {
    if rest.starts_with(value) {
        rest.get(..value.len())
    } else {
        None
    }
}

/// The text itself, where it stands between the quotes as it is.
fn within_quotes<'t>(rest: &'t str, value: &str, quote: u8) -> Option<&'t str> {
    let inner = rest.get(1..)?;
    let text = prefix(inner, value)?;
    let after = inner.as_bytes().get(value.len()..)?;
    // Between single quotes a doubled quote is text: then the file does not hold the text as it is.
    let closed = after.first() == Some(&quote) && (quote == b'"' || after.get(1) != Some(&quote));
    closed.then_some(text)
}
