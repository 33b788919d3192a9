//! A few lines of a file around a place, short enough to be shown whatever the file is.
//!
//! Lines are cut to a window around what is marked in them; spans move along; line numbers and
//! columns stay those of the file.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::config::yaml::Span;

use super::documents::Document;
use super::safe::{ceil, floor};
use crate::report::text;

/// Marks on lines this far from the main one are shown with it.
pub(super) const NEAR_LINES: usize = 4;
/// Marks on one line this far apart are shown together, in bytes: lines may be cut to little more.
pub(super) const NEAR_COLUMNS: u32 = 20;
/// Lines of context.
const CONTEXT: usize = 1;
/// A mark that is longer is cut.
const LONGEST_MARK: usize = 200;

/// A mark in a file: where, and a few words.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub span: Span,
    pub label: Option<String>,
    pub primary: bool,
}

/// Some lines of a file with marks, ready for miette.
#[derive(Debug)]
pub(super) struct Window {
    name: String,
    text: String,
    /// Number of the first line in the file, from 0.
    first_line: usize,
    /// For each line: its start in `text`, and how many characters of the file's line were cut off
    /// before it (less the sign that stands for them).
    lines: Vec<(usize, usize)>,
    pub labels: Vec<LabeledSpan>,
}

impl Window {
    /// The window around marks; `None` where the file is no text. `width` is that of a line.
    pub(super) fn new(
        name: String,
        document: &Document<'_>,
        marks: &[Mark],
        width: usize,
        unicode: bool,
    ) -> Option<Self> {
        let text: &str = document.text.as_deref()?;
        let marks: Vec<Mark> = marks.iter().map(|mark| fit(text, mark)).collect();
        let line_of = |offset: u32| document.lines.line_of(offset);
        let first = marks.iter().map(|mark| line_of(mark.span.start)).min()?;
        let last = marks.iter().map(|mark| line_of(mark.span.end)).max()?;
        let from = first.saturating_sub(CONTEXT).max(1);
        let to = (last + CONTEXT).min(document.lines.lines());
        let mut window = Self {
            name,
            text: String::new(),
            first_line: from - 1,
            lines: Vec::new(),
            labels: Vec::new(),
        };
        let cut = if unicode { "…" } else { "~" };
        let mut moved: Vec<(usize, usize)> = vec![(0, 0); marks.len()];
        for number in from..=to {
            let Some(line) = document.lines.line(text, number) else {
                break;
            };
            let is_last = number == document.lines.lines();
            if is_last && line.is_empty() && number > last {
                break;
            }
            window.line(text, line, &marks, &mut moved, width, cut);
        }
        // A text of nothing has no place for a mark.
        if window.text.is_empty() {
            window.text.push('\n');
        }
        for (mark, (start, end)) in marks.into_iter().zip(moved) {
            let length = end.saturating_sub(start);
            let start = start.min(window.text.len() - 1);
            let length = length.min(window.text.len() - start);
            let span = SourceSpan::new(start.into(), length);
            window.labels.push(if mark.primary {
                LabeledSpan::new_primary_with_span(mark.label, span)
            } else {
                LabeledSpan::new_with_span(mark.label, span)
            });
        }
        Some(window)
    }

    /// Adds a line, cut around its marks, and moves the marks along.
    fn line(
        &mut self,
        text: &str,
        line: Span,
        marks: &[Mark],
        moved: &mut [(usize, usize)],
        width: usize,
        cut: &str,
    ) {
        let (start, end) = (line.start as usize, line.end as usize);
        let content = floor(text, start)..trim_break(text, start, end);
        let (mut from, mut to) = (content.start, content.end);
        if content.len() > width {
            let first = marks
                .iter()
                .map(|mark| mark.span.start as usize)
                .filter(|at| (content.start..=content.end).contains(at))
                .min()
                .unwrap_or(content.start);
            let fits_from_start = first + LONGEST_MARK.min(width / 2) < content.start + width;
            if !fits_from_start {
                from = floor(text, first.saturating_sub(width / 3).max(content.start));
            }
            to = floor(text, (from + width).min(content.end));
        }
        let base = self.text.len();
        let before = text.get(content.start..from).unwrap_or_default();
        let mut dropped = before.chars().count();
        if from > content.start {
            self.text += cut;
            dropped -= 1;
        }
        self.lines.push((base, dropped));
        let shown = self.text.len();
        self.text += &text::harmless(text.get(from..to).unwrap_or_default());
        let shown_end = self.text.len();
        if to < content.end {
            self.text += cut;
        }
        for (mark, moved) in marks.iter().zip(moved) {
            let place = |offset: u32| {
                let offset = (offset as usize).clamp(from, to);
                (shown + (offset - from)).min(shown_end)
            };
            let within = |offset: u32| (start..end.max(start + 1)).contains(&(offset as usize));
            if within(mark.span.start)
                || mark.span.start as usize == text.len() && end == text.len()
            {
                moved.0 = place(mark.span.start);
                moved.1 = moved.0;
            }
            if (mark.span.start as usize) < end && mark.span.end as usize > start {
                moved.1 = place(mark.span.end);
            }
        }
        self.text.push('\n');
    }

    /// The line of an offset of the window, and its column in the file, both from 0.
    fn locate(&self, offset: usize) -> (usize, usize) {
        let line = self
            .lines
            .partition_point(|(start, _)| *start <= offset)
            .max(1)
            - 1;
        let (start, dropped) = self.lines.get(line).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        (line, dropped + before.chars().count())
    }
}

/// A mark that is short and stands between characters.
fn fit(text: &str, mark: &Mark) -> Mark {
    let start = floor(text, mark.span.start as usize);
    let end = ceil(text, mark.span.end as usize).max(start);
    let marked = &text[start..end];
    // One line of it is enough.
    let line = marked.find('\n').unwrap_or(marked.len());
    let length = if line == 0 {
        0
    } else {
        floor(marked, line.min(LONGEST_MARK))
    };
    Mark {
        span: Span::new(start as u32, (start + length) as u32),
        ..mark.clone()
    }
}

fn trim_break(text: &str, start: usize, end: usize) -> usize {
    let line = text.get(start..end).unwrap_or_default();
    start + line.trim_end_matches(['\n', '\r']).len()
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.read_span(span, before, after)?;
        let (_, column) = self.locate(span.offset());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            contents.line() + self.first_line,
            if before == 0 { column } else { 0 },
            contents.line_count(),
        )))
    }
}
