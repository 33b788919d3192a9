//! `bursar validate` in its four formats.

use serde_json::Value;
use snapbox::{file, str};

use crate::support::Project;

/// Wrong in every way that a report must show: a value, a key, two files, a literal secret.
fn wrong() -> Project {
    Project::new()
        .file(
            "teams/a.yaml",
            "accounts:\n  \
             \"210987654321\": {name: Shop, organization: acme}\n  \
             \"210987654322\": {nam: Search, organization: acme, labels: {env: production, tier: gold, contact: search@acme.example}, onwer: me}\n",
        )
        .file("teams/b.yaml", "accounts:\n  \"210987654321\": {name: Shop again, organization: acme}\n")
        .file(
            "bursar.yaml",
            "version: 1\n\
             credentials:\n  \
             payers: {aws_role: {role_name: BursarReader, external_id: acme-7f3k}}\n  \
             entra: {azure_client_secret: {tenant_id: 11111111-2222-3333-4444-555555555555, client_id: 11111111-2222-3333-4444-555555555556, client_secret: hunter2-hunter2}}\n\
             organizations:\n  \
             acme: {provider: awss, id: o-abcdefghij, credentials: payers}\n",
        )
}

#[test]
fn a_sound_project_is_called_valid() {
    let project = Project::new();
    project
        .bursar(&["validate"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
valid: 1 file declares 1 credential, 1 organization, 1 payer

"#]])
        .stderr_eq(str![""]);
}

#[test]
fn people_get_the_verdict_then_each_error_with_its_text() {
    wrong()
        .bursar(&["validate"])
        .assert()
        .code(1)
        .stderr_eq(str![""])
        .stdout_eq(str![[r#"
5 errors in 3 files

error[secret.literal]: `client_secret` holds a value where a reference to a
  secret belongs
   ╭─[bursar.yaml:4:146]
 3 │   payers: {aws_role: {role_name: BursarReader, external_id: acme-7f3…
 4 │ …55556, client_secret: ***************}}
   ·                        ───────┬───────
   ·                               ╰── a value
 5 │ organizations:
   ╰────
  help: remove the value (and replace it at the provider, if it was committed),
        then refer to it: `{env: NAME}`, `{file: path}` or `{exec: [command]}`

error[schema.value]: `provider` has a value that is not allowed
   ╭─[bursar.yaml:6:20]
 5 │ organizations:
 6 │   acme: {provider: awss, id: o-abcdefghij, credentials: payers}
   ·                    ──┬─
   ·                      ╰── not allowed
   ╰────
  help: did you mean `aws`? Allowed are `aws`, `azure`, `azure_csp`, `gcp`,
        `oci`

error[schema.unknown-key]: `210987654322` has no key `nam`
   ╭─[teams/a.yaml:3:20]
 2 │   "210987654321": {name: Shop, organization: acme}
 3 │   "210987654322": {nam: Search, organization: acme, labels: {env: pr…
   ·                    ─┬─
   ·                     ╰── unknown key
   ╰────
  help: did you mean `name`?

error[schema.unknown-key]: `210987654322` has no key `onwer`
   ╭─[teams/a.yaml:3:122]
 2 │   "210987654321": {name: Shop, organization: acme}
 3 │ …search@acme.example}, onwer: me}
   ·                        ──┬──
   ·                          ╰── unknown key
   ╰────
  help: did you mean `owner`?

error[declared.twice]: `210987654321` is declared twice below `accounts`
   ╭─[teams/b.yaml:2:3]
 1 │ accounts:
 2 │   "210987654321": {name: Shop again, organization: acme}
   ·   ───────┬──────
   ·          ╰── declared again
   ╰────
   ╭─[teams/a.yaml:2:3]
 1 │ accounts:
 2 │   "210987654321": {name: Shop, organization: acme}
   ·   ───────┬──────
   ·          ╰── declared here first
 3 │   "210987654322": {nam: Search, organization: acme, labels: {env: pr…
   ╰────
  help: keep one of the two

`bursar explain CODE` tells more about a code in brackets

"#]]);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let project = wrong();
    let plain = project.bursar(&["validate"]).output().unwrap().stdout;
    let colored = project
        .bursar(&["--color", "always", "validate"])
        .output()
        .unwrap()
        .stdout;
    let stripped = anstream::adapter::strip_bytes(&colored).into_vec();
    assert_eq!(
        String::from_utf8(stripped).unwrap(),
        String::from_utf8(plain).unwrap()
    );
    project
        .bursar(&["--color", "always", "validate"])
        .assert()
        .stdout_eq(file!["../snapshots/validate.term.svg": TermSvg]);
}

#[test]
fn a_dumb_terminal_gets_ascii() {
    let output = wrong()
        .bursar(&["validate"])
        .env("TERM", "dumb")
        .output()
        .unwrap();
    assert!(
        output.stdout.is_ascii(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn lines_fit_into_80_columns() {
    let output = wrong().bursar(&["validate"]).output().unwrap().stdout;
    for line in String::from_utf8(output).unwrap().lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn programs_get_one_document_that_keeps_to_its_schema() {
    let project = wrong();
    project
        .bursar(&["validate", "--json"])
        .assert()
        .code(1)
        .stderr_eq(str![""])
        .stdout_eq(str![[r#"
{
  "format_version": 1,
  "valid": false,
  "errors": 5,
  "warnings": 0,
  "diagnostics": [
    {
      "code": "secret.literal",
      "severity": "error",
      "message": "`client_secret` holds a value where a reference to a secret belongs",
      "label": "a value",
      "help": "remove the value (and replace it at the provider, if it was committed), then refer to it: `{env: NAME}`, `{file: path}` or `{exec: [command]}`",
      "explain": "bursar explain secret.literal",
      "file": "bursar.yaml",
      "line": 4,
      "column": 146,
      "end_line": 4,
      "end_column": 161
    },
    {
      "code": "schema.value",
      "severity": "error",
      "message": "`provider` has a value that is not allowed",
      "label": "not allowed",
      "help": "did you mean `aws`? Allowed are `aws`, `azure`, `azure_csp`, `gcp`, `oci`",
      "explain": "bursar explain schema.value",
      "file": "bursar.yaml",
      "line": 6,
      "column": 20,
      "end_line": 6,
      "end_column": 24
    },
    {
      "code": "schema.unknown-key",
      "severity": "error",
      "message": "`210987654322` has no key `nam`",
      "label": "unknown key",
      "help": "did you mean `name`?",
      "explain": "bursar explain schema.unknown-key",
      "file": "teams/a.yaml",
      "line": 3,
      "column": 20,
      "end_line": 3,
      "end_column": 23
    },
    {
      "code": "schema.unknown-key",
      "severity": "error",
      "message": "`210987654322` has no key `onwer`",
      "label": "unknown key",
      "help": "did you mean `owner`?",
      "explain": "bursar explain schema.unknown-key",
      "file": "teams/a.yaml",
      "line": 3,
      "column": 122,
      "end_line": 3,
      "end_column": 127
    },
    {
      "code": "declared.twice",
      "severity": "error",
      "message": "`210987654321` is declared twice below `accounts`",
      "label": "declared again",
      "help": "keep one of the two",
      "explain": "bursar explain declared.twice",
      "file": "teams/b.yaml",
      "line": 2,
      "column": 3,
      "end_line": 2,
      "end_column": 17,
      "related": [
        {
          "file": "teams/a.yaml",
          "line": 2,
          "column": 3,
          "end_line": 2,
          "end_column": 17,
          "message": "declared here first"
        }
      ]
    }
  ]
}

"#]]);
    for project in [wrong(), Project::new(), Project::empty()] {
        let output = project
            .bursar(&["validate", "--format", "json"])
            .output()
            .unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let schema: Value =
            serde_json::from_str(include_str!("../../schemas/validate.schema.json")).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(document["valid"], output.status.success());
    }
}

#[test]
fn github_gets_annotations_from_the_top_of_the_repository() {
    let outer = Project::empty();
    outer.git(&["init", "--quiet"]);
    let inner = wrong();
    for file in ["bursar.yaml", "teams/a.yaml", "teams/b.yaml"] {
        outer.write(&format!("estate/{file}"), inner.read(file));
    }
    outer
        .bursar(&["-C", "estate", "validate", "--format", "github"])
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
::error file=estate/bursar.yaml,line=4,title=secret.literal::`client_secret` holds a value where a reference to a secret belongs%0Ahelp: remove the value (and replace it at the provider, if it was committed), then refer to it: `{env: NAME}`, `{file: path}` or `{exec: [command]}`
::error file=estate/bursar.yaml,line=6,title=schema.value::`provider` has a value that is not allowed%0Ahelp: did you mean `aws`? Allowed are `aws`, `azure`, `azure_csp`, `gcp`, `oci`
::error file=estate/teams/a.yaml,line=3,title=schema.unknown-key::`210987654322` has no key `nam`%0Ahelp: did you mean `name`?
::error file=estate/teams/a.yaml,line=3,title=schema.unknown-key::`210987654322` has no key `onwer`%0Ahelp: did you mean `owner`?
::error file=estate/teams/b.yaml,line=2,title=declared.twice::`210987654321` is declared twice below `accounts`%0Aestate/teams/a.yaml:2: declared here first%0Ahelp: keep one of the two
5 errors in 3 files

"#]]);
}

#[test]
fn code_scanning_gets_sarif() {
    let output = wrong()
        .bursar(&["validate", "--format", "sarif"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "bursar");
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 4);
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert!(
            place["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
                .ends_with(".yaml")
        );
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
    }
}

#[test]
fn no_format_shows_a_secret() {
    let project = wrong();
    for format in ["human", "json", "github", "sarif"] {
        let output = project
            .bursar(&["validate", "--format", format])
            .output()
            .unwrap();
        for stream in [output.stdout, output.stderr] {
            assert!(
                !String::from_utf8_lossy(&stream).contains("hunter2"),
                "{format}"
            );
        }
    }
}

/// A file that cannot be understood cannot be judged either: its secrets are masked all the same.
#[test]
fn a_broken_file_shows_no_secret() {
    let project = Project::new().file(
        "bursar.yaml",
        "version: 1\ncredentials:\n  x: {azure_client_secret: {client_secret: hunter2-hunter2, tenant_id: [}}\n  y:\n    client_secret: \"hunter2\n",
    );
    let output = project.bursar(&["validate"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn warnings_alone_are_valid() {
    let project = Project::new();
    let text = project.read("bursar.yaml");
    project.write(
        "bursar.yaml",
        text.replace("acme: {", "acme: {previously: [acme-old], ")
            .replace("{organization: acme,", "{organization: acme-old,"),
    );
    project
        .bursar(&["validate"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
1 warning in 1 file

warning[reference.former-name]: the organization `acme-old` is now called `acme`
   ╭─[bursar.yaml:7:34]
 4 │ organizations:
 5 │   acme: {previously: [acme-old], provider: aws, id: o-abcdefghij, cr…
   ·   ──┬─
   ·     ╰── has this name now
 6 │ payers:
 7 │   "111122223333": {organization: acme-old, name: Acme}
   ·                                  ────┬───
   ·                                      ╰── a former name
   ╰────
  help: write `acme` here

`bursar explain CODE` tells more about a code in brackets

valid, with 1 warning: 1 file declares 1 credential, 1 organization, 1 payer

"#]])
        .stderr_eq(str![""]);
}

/// Text that looks like a key is masked wherever it stands, also beside what a message is about.
#[test]
fn what_looks_like_a_key_is_masked_in_the_lines_around() {
    let key = ["AK", "IAQ3EGHT5YPLMNOPQR"].concat();
    let secret = ["wJalrXUtnFEMIK7MDENG", "bPxRfiCYzzzzzzzKEYab"].concat();
    let project = Project::new().file(
        "a.yaml",
        format!(
            "# {key} {secret}\naccounts: {{\"210987654321\": {{nam: x, organization: acme}}}}\n"
        ),
    );
    let output = project.bursar(&["validate"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("unknown-key"), "{told}");
    assert!(!told.contains(&secret), "{told}");
}

#[test]
fn of_very_many_errors_the_first_fifty_are_shown() {
    let mut text = "accounts:\n".to_owned();
    for id in 0..120 {
        text += &format!("  \"210987654{id:03}\": {{nam: x, organization: acme}}\n");
    }
    let project = Project::new().file("many.yaml", text);
    let output = project.bursar(&["validate"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("120 errors in 1 file\n"), "{told}");
    assert_eq!(told.matches("error[").count(), 50);
    assert!(
        told.contains("\nand 70 errors more; `bursar validate --json` has all\n"),
        "{told}"
    );
}

#[test]
fn places_that_belong_together_share_a_picture_where_they_are_near() {
    let project = Project::new().file(
        "a.yaml",
        "accounts:\n  \"210987654321\": {organization: acme}\n  # one line between\n  \"210987654321\": {organization: acme}\n",
    );
    project
        .bursar(&["validate"])
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
1 error in 1 file

error[yaml.duplicate-key]: the key `210987654321` stands twice in this map
   ╭─[a.yaml:4:3]
 1 │ accounts:
 2 │   "210987654321": {organization: acme}
   ·   ───────┬──────
   ·          ╰── first here
 3 │   # one line between
 4 │   "210987654321": {organization: acme}
   ·   ───────┬──────
   ·          ╰── again here
   ╰────
  help: Delete one of the two, or give one another key.

`bursar explain CODE` tells more about a code in brackets

"#]]);
}
