//! `bursar explain` and `bursar schema`.

use snapbox::str;

use crate::support::Project;

#[test]
fn an_unknown_code_is_an_error_with_a_way_out() {
    let project = Project::empty();
    project
        .bursar(&["explain", "declared.twise"])
        .assert()
        .code(1)
        .stdout_eq(str![""])
        .stderr_eq(str![[r#"
error: there is no code `declared.twise`
  help: did you mean `declared.twice`?

"#]]);
}

#[test]
fn the_schema_is_printed_as_checked_in() {
    let project = Project::empty();
    let output = project.bursar(&["schema"]).output().unwrap();
    assert_eq!(
        output.stdout,
        include_bytes!("../../schemas/bursar.schema.json")
    );
}

#[test]
fn a_code_is_explained_also_as_a_report_shows_it() {
    let project = Project::empty();
    let page = include_str!("../../docs/codes/declared.twice.md");
    for code in ["declared.twice", "error[declared.twice]:", "DECLARED.TWICE"] {
        let output = project.bursar(&["explain", code]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), page, "{code}");
    }
    let output = project.bursar(&["explain"]).output().unwrap();
    let codes = String::from_utf8(output.stdout).unwrap();
    assert!(
        codes
            .lines()
            .any(|line| line.starts_with("declared.twice ") && line.contains("declared")),
        "{codes}"
    );
    assert!(
        codes.lines().all(|line| line.chars().count() <= 80),
        "{codes}"
    );
    let output = project
        .bursar(&["explain", "aws.identity"])
        .output()
        .unwrap();
    assert!(output.status.success(), "a check is explained too");
}
