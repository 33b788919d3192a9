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

/// What is said of one wrong section beside a sound estate, without that it is not used.
fn of(section: &str) -> Vec<String> {
    let text = format!("version: 1\n{section}\n");
    said(&[("bursar.yaml", &text)])
}

#[test]
fn settings_that_are_not_built_are_unknown_keys() {
    assert_eq!(
        of("platform: {octo: {client_id: x}}"),
        [
            "schema.unknown-key: `platform` has no key `octo`; this version registers into the local register (`platform: {}`) or onto Onicloud (`platform: {onicloud: …}`); `octo` is not built yet"
        ]
    );
    assert_eq!(
        of("state: {s3: {bucket: b, region: r}, gcs: {bucket: b}}"),
        [
            "schema.one-key: `state` has several keys where one belongs; give just one of `azure_blob`, `gcs`, `s3`"
        ]
    );
    assert_eq!(
        of("platform: {foo: 1}"),
        ["schema.unknown-key: `platform` has no key `foo`; remove it; known here is `onicloud`"]
    );
}

#[test]
fn what_was_meant_is_said_once() {
    let cases = [
        (
            "defaults: {cost_center: {CC-100: 60, CC-200: 40}}",
            "schema.unknown-key: `cost_center` names parts without saying that they are a split; write `{split: {CC-100: 60, CC-200: 40}}`",
        ),
        (
            "credentials: {k: {aws: {role: x}}}",
            "schema.unknown-key: no kind of credential is called `aws`; did you mean one of `aws_access_key`, `aws_default`, `aws_role`?",
        ),
        (
            "credentials: {k: {aws_rol: {role: x}}}",
            "schema.unknown-key: no kind of credential is called `aws_rol`; did you mean `aws_role`?",
        ),
        (
            "credentials: {k: aws_default}",
            "schema.type: `k` is text, not a map; write `{aws_default: {}}`",
        ),
        (
            "credentials: {k: aws_role}",
            "schema.type: `k` is text, not a map; write `{aws_role: {…}}`",
        ),
        (
            "cost_centers: {CC-400: Marketing}",
            "schema.type: `CC-400` is text, not a map; write `{name: Marketing}`",
        ),
        (
            "removed: {account/aws/210987654321: delete}",
            "schema.type: `account/aws/210987654321` is text, not a map; write `{action: delete}`",
        ),
        (
            "shared_costs: {s: {match: {service: x}, method: fix}}",
            "schema.value: `method` has a value that is not allowed; did you mean `{fixed: {…}}`? Allowed are `even`, `proportional`, `{fixed: {…}}`",
        ),
        (
            "shared_costs: {s: {match: {service: x}, method: nothing}}",
            "schema.value: `method` has a value that is not allowed; allowed are `even`, `proportional`, `{fixed: {…}}`",
        ),
    ];
    for (section, wanted) in cases {
        assert_eq!(of(section), [wanted]);
    }
    assert_eq!(
        of(
            "payers: {'1': {organization: o, exports: {e: {cur: {name: n, region: r, bucket: b}}}}}"
        )
        .into_iter()
        .filter(|line| !line.starts_with("reference."))
        .collect::<Vec<_>>(),
        [
            "schema.unknown-key: `cur` has no key `name`; did you mean `report`?",
            "schema.unknown-key: `cur` has no key `region`; did you mean `bucket_region`?",
        ]
    );
}

#[test]
fn a_value_that_may_be_a_secret_is_not_repeated() {
    let secret = ["ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"].concat();
    for section in [
        format!("credentials: {{k: {secret}}}"),
        format!("credentials: {{k: hunter2-{secret}}}"),
        format!("cost_centers: {{CC-1: {secret}}}"),
        format!("removed: {{a: {secret}}}"),
        format!("defaults: {{cost_center: {{{secret}: 60}}}}"),
    ] {
        for line in of(&section) {
            assert!(!line.contains(&secret[4..20]), "{line}");
        }
    }
}

#[test]
fn one_mistake_made_often_is_said_once_for_each_file() {
    let accounts = "accounts: {'210987654321': A, '210987654322': B, '210987654323': {}}\n";
    let found = project(&[("bursar.yaml", PROJECT), ("a.yaml", accounts)]).diagnostics;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        found[0].message,
        "the account `210987654321` names no organization, nor 2 more of this file"
    );
    assert_eq!(found[0].related.len(), 2);

    let wrong = |ids: std::ops::Range<u64>| {
        let line = |id| {
            format!("  '{id}': {{organization: core, cost_center: CC-9, credentials: nobody}}\n")
        };
        format!("accounts:\n{}", ids.map(line).collect::<String>())
    };
    let estate = ESTATE
        .split("accounts:")
        .next()
        .unwrap()
        .replace(", cost_center: CC-1", "");
    let (a, b) = (
        wrong(210_987_654_321..210_987_654_327),
        wrong(210_987_654_331..210_987_654_332),
    );
    let found = project(&[
        ("bursar.yaml", PROJECT),
        ("a.yaml", &a),
        ("b.yaml", &b),
        ("c.yaml", &estate),
    ])
    .diagnostics;
    let messages: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "no cost centre is called `CC-9`, here and in 5 more places of this file",
            "no credential is called `nobody`, here and in 5 more places of this file",
            "no cost centre is called `CC-9`",
            "no credential is called `nobody`",
        ]
    );
    assert_eq!(found[0].related.len(), 3);
}
