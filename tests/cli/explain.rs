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
error[explain.unknown]: there is no code `declared.twise`
  help: `bursar explain` without a code lists all of them

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
