//! For people: the verdict, then each diagnostic with the text it is about.

use std::fmt::{self, Write as _};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use crate::config::diagnostic::Diagnostic;
use crate::config::problem::FileId;
use crate::config::source::Sources;
use crate::config::yaml::{LineIndex, Span};
use crate::report::look::{Look, style};
use crate::report::text;

use super::documents::Documents;
use super::paths::Paths;
use super::window::{Mark, NEAR_COLUMNS, NEAR_LINES, Window};
use super::{Tally, word};

/// More than these nobody reads at once.
const MOST: usize = 50;
/// Of the places that belong to a diagnostic.
const MOST_RELATED: usize = 5;

/// All diagnostics, verdict first; the first 50 in full.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, paths: &Paths, look: Look) -> String {
    let mut documents = Documents::new(diagnostics, sources);
    let tally = Tally::of(diagnostics);
    let verdict = if tally.errors > 0 {
        style::ERROR
    } else {
        style::WARNING
    };
    let mut report = format!("{}\n", look.paint(verdict, tally.verdict()));
    for diagnostic in diagnostics.iter().take(MOST) {
        report.push('\n');
        one(&mut report, diagnostic, &mut documents, paths, look);
    }
    if let Some(rest) = diagnostics.get(MOST..).filter(|rest| !rest.is_empty()) {
        let tally = Tally::of(rest);
        let _ = writeln!(
            report,
            "\nand {} more; `bursar validate --json` has all",
            Tally { files: 0, ..tally }.verdict()
        );
    }
    report += "\n`bursar explain CODE` tells more about a code in brackets\n";
    report
}

fn one(
    report: &mut String,
    diagnostic: &Diagnostic,
    documents: &mut Documents<'_>,
    paths: &Paths,
    look: Look,
) {
    let head = format!("{}[{}]:", word(diagnostic), diagnostic.code);
    let head_style = if diagnostic.is_error() {
        style::ERROR
    } else {
        style::WARNING
    };
    let first = format!("{} ", look.paint(head_style, &head));
    *report += &text::wrap(
        &text::clean(&diagnostic.message),
        look.width,
        &first,
        head.len() + 1,
        "  ",
    );
    let mut related = diagnostic.related.clone();
    if let Some((file, span)) = diagnostic.place {
        let mut marks = vec![Mark {
            span,
            label: diagnostic.label.as_deref().map(text::clean),
            primary: true,
        }];
        let lines = &documents.get(file).lines;
        // What stands near is marked in the same picture.
        related.retain(|((other, other_span), note)| {
            let near = *other == file
                && marks.len() <= MOST_RELATED
                && marks
                    .iter()
                    .all(|mark| fits_beside(mark.span, *other_span, lines));
            if near {
                marks.push(Mark {
                    span: *other_span,
                    label: Some(text::clean(note)),
                    primary: false,
                });
            }
            !near
        });
        snippet(report, file, &marks, documents, paths, look);
    }
    for ((file, span), note) in related.iter().take(MOST_RELATED) {
        let mark = elsewhere(*span, note);
        snippet(report, *file, &[mark], documents, paths, look);
    }
    if related.len() > MOST_RELATED {
        let more = text::count(related.len() - MOST_RELATED, "more place", "more places");
        let _ = writeln!(report, "  and {more}");
    }
    if !diagnostic.help.is_empty() {
        let first = format!("  {} ", look.paint(style::HELP, "help:"));
        *report += &text::wrap(
            &text::clean(&diagnostic.help),
            look.width,
            &first,
            8,
            "        ",
        );
    }
}

/// Whether two places can be shown in one picture: on near lines, or near on one line.
fn fits_beside(a: Span, b: Span, lines: &LineIndex) -> bool {
    match lines.line_of(a.start).abs_diff(lines.line_of(b.start)) {
        0 => a.start.abs_diff(b.start) <= NEAR_COLUMNS,
        distance => distance <= NEAR_LINES,
    }
}

fn elsewhere(span: Span, note: &str) -> Mark {
    Mark {
        span,
        label: Some(text::clean(note)),
        primary: true,
    }
}

/// The lines around some marks; only the place where the file is no text.
fn snippet(
    report: &mut String,
    file: FileId,
    marks: &[Mark],
    documents: &mut Documents<'_>,
    paths: &Paths,
    look: Look,
) {
    let name = paths.show(documents.path(file));
    let document = documents.get(file);
    // Room for the gutter beside the text.
    let width = look.width.saturating_sub(12).max(24);
    match Window::new(name.clone(), document, marks, width, look.unicode) {
        Some(window) => {
            let theme = theme(look);
            let handler = GraphicalReportHandler::new_themed(theme)
                .with_width(look.width)
                .with_context_lines(1)
                .with_links(false);
            let mut drawn = String::new();
            if handler
                .render_report(&mut drawn, &Picture { window: &window })
                .is_ok()
            {
                // The first line is the message, which is told already.
                let drawn = drawn.split_once('\n').map_or("", |(_, snippet)| snippet);
                for line in drawn.lines() {
                    *report += line.trim_end();
                    report.push('\n');
                }
            }
        }
        None => {
            let start = marks.first().map_or(0, |mark| mark.span.start);
            let position = document.position(start);
            let _ = writeln!(
                report,
                "   --> {name}:{}:{}",
                position.line, position.column
            );
        }
    }
}

fn theme(look: Look) -> GraphicalTheme {
    match (look.unicode, look.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    }
}

/// A window as miette draws it.
#[derive(Debug)]
struct Picture<'w> {
    window: &'w Window,
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Picture<'_> {}

impl miette::Diagnostic for Picture<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.window)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.window.labels.iter().cloned()))
    }
}
