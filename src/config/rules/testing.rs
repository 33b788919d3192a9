//! For the rules' tests: projects from YAML text, and problems as short lines.

use std::path::Path;

use super::{Context, RULES, Rule};
use crate::config::problem::{At, Problem, Severity, Step};
use crate::config::project::{Project, Surroundings, load_texts};
use crate::config::source::Source;

/// A project of these files, `bursar.yaml` first. The reader and the schema must accept them.
pub fn project(files: &[(&str, &str)]) -> Project {
    let texts = files.iter().map(|(path, text)| Source {
        path: (*path).to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    let project = load_texts(Path::new("."), texts.collect(), &Surroundings::default());
    for diagnostic in &project.diagnostics {
        let ours = RULES
            .iter()
            .any(|rule| rule.codes.contains(&diagnostic.code));
        assert!(
            ours || diagnostic.code == "declared.twice",
            "{diagnostic:#?}"
        );
    }
    project
}

/// A place as `0: a.b[1]`; a `~` in front of a key's own place.
pub fn place(at: &At) -> String {
    let mut out = String::new();
    if at.file.0 > 0 {
        out.push_str(&format!("{}: ", at.file.0));
    }
    if at.on_key {
        out.push('~');
    }
    for (n, step) in at.path.iter().enumerate() {
        match step {
            Step::Key(key) => {
                if n > 0 {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

/// Asks one rule.
pub fn ask(project: &Project, rule: &Rule) -> Vec<Problem> {
    let mut problems = Vec::new();
    let surroundings = Surroundings::new(
        || {
            ["keys/tracked.pem", "bursar.yaml"]
                .map(str::to_owned)
                .into()
        },
        vec!["aws.recommendations.trusted_advisor", "azure.sas.expiry"],
    );
    let context = Context {
        estate: &project.estate,
        sources: &project.sources,
        surroundings: &surroundings,
    };
    (rule.check)(context, &mut problems);
    problems.sort_by(|a, b| (&a.at, a.code, &a.message).cmp(&(&b.at, b.code, &b.message)));
    for problem in &problems {
        assert!(
            rule.codes.contains(&problem.code),
            "{} is not among the rule's codes",
            problem.code
        );
        assert!(
            !problem.message.ends_with('.') && !problem.help.is_empty(),
            "{problem:?}"
        );
    }
    problems
}

/// What a rule finds in one file, as `code place`, warnings with `warning` in front.
pub fn found(rule: &Rule, text: &str) -> Vec<String> {
    found_in(rule, &[("bursar.yaml", text)])
}

/// What a rule finds in several files.
pub fn found_in(rule: &Rule, files: &[(&str, &str)]) -> Vec<String> {
    let line = |problem: &Problem| {
        let severity = match problem.severity {
            Severity::Error => "",
            Severity::Warning => "warning ",
        };
        format!("{severity}{} {}", problem.code, place(&problem.at))
    };
    ask(&project(files), rule).iter().map(line).collect()
}

/// What a rule says about one file: messages and help.
pub fn said(rule: &Rule, text: &str) -> Vec<String> {
    let problems = ask(&project(&[("bursar.yaml", text)]), rule);
    problems
        .iter()
        .map(|problem| format!("{}; {}", problem.message, problem.help))
        .collect()
}
