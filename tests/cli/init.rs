//! `bursar init`.

use snapbox::str;

use crate::support::Project;

#[test]
fn a_new_project_is_valid_and_formatted() {
    let project = Project::empty();
    project
        .bursar(&["init"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
[ROOT] is a bursar project
  created  bursar.yaml
  created  bursar.schema.json
  created  estate/accounts.yaml
  created  estate/finance.yaml
  created  estate/organizations.yaml
  created  .gitignore

next: fill in the files in estate, then `bursar plan --offline`

"#]])
        .stderr_eq(str![""]);
    project.bursar(&["validate"]).assert().success();
    project.bursar(&["fmt", "--check"]).assert().success();
}

#[test]
fn what_is_there_stays() {
    let project = Project::new();
    let before = project.read("bursar.yaml");
    project.bursar(&["init"]).assert().success();
    assert_eq!(project.read("bursar.yaml"), before);
    project
        .bursar(&["init"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
[ROOT] is a project already; nothing to do
  kept     bursar.yaml
  kept     bursar.schema.json
  kept     .gitignore

next: `bursar validate`

"#]]);
}

#[test]
fn a_folder_can_be_named() {
    let project = Project::empty();
    project
        .bursar(&["init", "finance"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
[ROOT]/finance is a bursar project
  created  bursar.yaml
  created  bursar.schema.json
  created  estate/accounts.yaml
  created  estate/finance.yaml
  created  estate/organizations.yaml
  created  .gitignore

next: fill in the files in estate, then `bursar -C finance plan --offline`

"#]]);
    project
        .bursar(&["-C", "finance", "validate"])
        .assert()
        .success();
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let project = Project::empty().file("finance", "a file");
    project
        .bursar(&["init", "finance"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: [ROOT]/finance is a file, not a folder
  help: choose another name for the project

"#]]);
}
