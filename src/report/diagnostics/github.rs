//! For GitHub Actions: workflow commands, which become annotations of a pull request.
//!
//! A step may have ten error and ten warning annotations; the first of each are those, everything is
//! listed as text below them.

use std::fmt::Write as _;

use crate::ci::commands::{Annotation, Level, MOST};
use crate::config::diagnostic::Diagnostic;
use crate::config::source::Sources;

use super::documents::Documents;
use super::paths::Paths;
use super::{Tally, word};
use crate::report::text;

/// Lines of text that a log is given.
const MOST_LINES: usize = 1000;

/// Errors first, then warnings, then all of them as text, and the verdict. `paths` lead from the
/// repository's top.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, paths: &Paths) -> String {
    let mut documents = Documents::new(diagnostics, sources);
    let mut report = String::new();
    for errors in [true, false] {
        let all = diagnostics.iter().filter(|d| d.is_error() == errors);
        for diagnostic in all.take(MOST) {
            let annotation = annotation(diagnostic, &mut documents, paths);
            let _ = writeln!(report, "{}", annotation.command());
        }
    }
    let tally = Tally::of(diagnostics);
    if tally.errors > MOST || tally.warnings > MOST {
        for diagnostic in diagnostics.iter().take(MOST_LINES) {
            let place = place(diagnostic, &mut documents, paths);
            // A line that started with a path could be taken for a workflow command.
            let _ = writeln!(
                report,
                "{}[{}] {}{}",
                word(diagnostic),
                diagnostic.code,
                place
                    .map(|(file, line)| format!("{file}:{line}: "))
                    .unwrap_or_default(),
                text::clean(&diagnostic.message)
            );
        }
    }
    let _ = writeln!(report, "{}", tally.verdict());
    report
}

/// Each diagnostic at its place.
#[must_use]
pub fn annotations(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    paths: &Paths,
) -> Vec<Annotation> {
    let mut documents = Documents::new(diagnostics, sources);
    let each = diagnostics.iter();
    each.map(|one| annotation(one, &mut documents, paths))
        .collect()
}

fn place(
    diagnostic: &Diagnostic,
    documents: &mut Documents<'_>,
    paths: &Paths,
) -> Option<(String, usize)> {
    let (file, span) = diagnostic.place?;
    let (start, _) = documents.positions((file, span));
    Some((paths.show(documents.path(file)), start.line))
}

fn annotation(diagnostic: &Diagnostic, documents: &mut Documents<'_>, paths: &Paths) -> Annotation {
    let mut message = text::clean(&diagnostic.message);
    for ((file, span), note) in &diagnostic.related {
        let (start, _) = documents.positions((*file, *span));
        let path = paths.show(documents.path(*file));
        let _ = write!(message, "\n{path}:{}: {}", start.line, text::clean(note));
    }
    if !diagnostic.help.is_empty() {
        let _ = write!(message, "\nhelp: {}", text::clean(&diagnostic.help));
    }
    let (file, line) = place(diagnostic, documents, paths).unzip();
    Annotation {
        level: if diagnostic.is_error() {
            Level::Error
        } else {
            Level::Warning
        },
        file,
        line,
        title: diagnostic.code.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::problem::{FileId, Severity};
    use crate::config::source::Source;
    use crate::config::yaml::Span;

    fn diagnostic(severity: Severity, at: u32) -> Diagnostic {
        let mut diagnostic =
            Diagnostic::of_project("a.code", "100% wrong\n::set-env x", "do: this, now");
        diagnostic.severity = severity;
        diagnostic.place = Some((FileId(0), Span::new(at, at + 1)));
        diagnostic
    }

    fn sources() -> Sources {
        Sources {
            files: vec![Source {
                path: "odd,na:me%.yaml".to_owned(),
                bytes: b"a\nb\n".to_vec(),
            }],
            ..Sources::default()
        }
    }

    #[test]
    fn nothing_in_a_message_can_be_a_command() {
        let report = render(
            &[diagnostic(Severity::Error, 2)],
            &sources(),
            &Paths::default(),
        );
        insta::assert_snapshot!(report, @r"
        ::error file=odd%2Cna%3Ame%25.yaml,line=2,title=a.code::100%25 wrong ::set-env x%0Ahelp: do: this, now
        1 error in 1 file
        ");
    }

    #[test]
    fn errors_come_first_and_no_kind_gets_more_than_its_share() {
        let mut diagnostics = vec![diagnostic(Severity::Warning, 0); 12];
        diagnostics.extend(vec![diagnostic(Severity::Error, 2); 11]);
        let report = render(&diagnostics, &sources(), &Paths::default());
        let commands: Vec<&str> = report
            .lines()
            .filter(|line| line.starts_with("::"))
            .collect();
        assert_eq!(commands.len(), 20);
        assert!(
            commands[..10]
                .iter()
                .all(|line| line.starts_with("::error "))
        );
        assert!(
            commands[10..]
                .iter()
                .all(|line| line.starts_with("::warning "))
        );
        assert_eq!(
            report
                .lines()
                .filter(|line| line.starts_with("warning["))
                .count(),
            12
        );
        assert!(
            report.ends_with("11 errors, 12 warnings in 1 file\n"),
            "{report}"
        );
    }
}
