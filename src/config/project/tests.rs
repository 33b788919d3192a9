//! What is said of a project as a whole: one cause, one error.

use std::path::Path;

use super::*;

fn project(files: &[(&str, &str)]) -> Project {
    let texts = files.iter().map(|(path, text)| Source {
        path: (*path).to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    load_texts(Path::new("."), texts.collect(), &Surroundings::default())
}

/// Everything that is said: `code: message; help`.
fn said(files: &[(&str, &str)]) -> Vec<String> {
    let line = |d: &Diagnostic| format!("{}: {}; {}", d.code, d.message, d.help);
    project(files).diagnostics.iter().map(line).collect()
}

fn codes(files: &[(&str, &str)]) -> Vec<&'static str> {
    project(files).diagnostics.iter().map(|d| d.code).collect()
}

const ESTATE: &str = "organizations:
  core: {provider: aws, id: o-abcdefghij, credentials: payers}
payers:
  '111122223333': {organization: core, cost_center: CC-1}
accounts:
  '210987654321': {organization: core, payer: '111122223333', cost_center: CC-1}
cost_centers:
  CC-1: {name: One}
shared_costs:
  s: {match: {service: x, payers: [aws/111122223333]}, method: even, among: [CC-1]}
";
const PROJECT: &str = "version: 1
credentials: {payers: {aws_default: {}}}
";

#[test]
fn a_newer_version_is_the_only_thing_said() {
    let newer = PROJECT.replace("version: 1", "version: 2\nfancy: 1");
    assert_eq!(
        said(&[("bursar.yaml", &newer), ("a.yaml", ESTATE)]),
        [format!(
            "project.newer: bursar.yaml is written in version 2 of the language, and this bursar knows 1; use a newer bursar: this one is {}",
            env!("CARGO_PKG_VERSION")
        )]
    );
    assert_eq!(codes(&[("bursar.yaml", "version: two\n")]), ["schema.type"]);
}

#[test]
fn what_is_declared_and_not_well_is_not_missed() {
    assert_eq!(
        codes(&[("bursar.yaml", PROJECT), ("a.yaml", ESTATE)]),
        [""; 0]
    );
    // The project file cannot be read at all.
    let broken = PROJECT.replace("{aws_default", "aws_default");
    assert_eq!(
        codes(&[("bursar.yaml", &broken), ("a.yaml", ESTATE)]),
        ["yaml.syntax"]
    );
    // A section of it is refused, or misspelt, or in the wrong file.
    let listed = "version: 1\ncredentials: [payers]\n";
    assert_eq!(
        codes(&[("bursar.yaml", listed), ("a.yaml", ESTATE)]),
        ["schema.type"]
    );
    let misspelt = PROJECT.replace("credentials", "credential");
    assert_eq!(
        codes(&[("bursar.yaml", &misspelt), ("a.yaml", ESTATE)]),
        ["schema.unknown-key"]
    );
    let moved = format!("{ESTATE}credentials: {{payers: {{aws_default: {{}}}}}}\n");
    assert_eq!(
        codes(&[("bursar.yaml", "version: 1\n"), ("a.yaml", &moved)]),
        ["trust.section"]
    );
}

#[test]
fn an_entry_that_is_refused_is_the_only_one_blamed() {
    for (right, wrong) in [
        ("credentials: payers}", "credentials: payers, nam: x}"),
        (
            "{organization: core, cost_center: CC-1}",
            "{organization: core, nam: x}",
        ),
        ("{name: One}", "{name: One, maneger: x}"),
    ] {
        let estate = ESTATE.replace(right, wrong);
        assert_ne!(estate, ESTATE);
        assert_eq!(
            codes(&[("bursar.yaml", PROJECT), ("a.yaml", &estate)]),
            ["schema.unknown-key"],
            "{wrong}"
        );
    }
    // Another file that cannot be read may declare what is named here.
    let (organizations, rest) = ESTATE.split_once("cost_centers:").unwrap();
    let rest = format!("cost_centers:{rest}").replace("{name: One}", "{name: One");
    assert_eq!(
        codes(&[
            ("bursar.yaml", PROJECT),
            ("a.yaml", organizations),
            ("b.yaml", &rest)
        ]),
        ["yaml.syntax"]
    );
}
