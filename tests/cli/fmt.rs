//! `bursar fmt`.

use snapbox::str;

use crate::support::Project;

const UNTIDY: &str = "# who spends\naccounts:\n  \"210987654322\": {name: b, organization: acme}   \n  210987654321: {name: a, organization: acme}  # first\n";

#[test]
fn files_are_written_in_their_one_form() {
    let project = Project::new().file("accounts.yaml", UNTIDY);
    project
        .bursar(&["fmt"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
formatted accounts.yaml
1 file formatted, 1 is as it should be

"#]])
        .stderr_eq(str![""]);
    snapbox::assert_data_eq!(
        project.read("accounts.yaml"),
        str![[r##"
# who spends
accounts:
  "210987654321": {name: a, organization: acme}  # first
  "210987654322": {name: b, organization: acme}

"##]]
    );
    project
        .bursar(&["fmt"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
2 files are formatted

"#]]);
}

#[test]
fn check_shows_a_difference_and_writes_nothing() {
    let project = Project::new().file("accounts.yaml", UNTIDY);
    project
        .bursar(&["fmt", "--check"])
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
--- a/accounts.yaml
+++ b/accounts.yaml
@@ -1,4 +1,4 @@
 # who spends
 accounts:
-  "210987654322": {name: b, organization: acme}   
-  210987654321: {name: a, organization: acme}  # first
+  "210987654321": {name: a, organization: acme}  # first
+  "210987654322": {name: b, organization: acme}
1 file is not formatted, 1 is as it should be

"#]])
        .stderr_eq(str![[r#"

  help: `bursar fmt` makes these changes

"#]]);
    assert_eq!(project.read("accounts.yaml"), UNTIDY);
}

#[test]
fn a_difference_shows_no_secret() {
    let project = Project::new().file(
        "bursar.yaml",
        "credentials:\n  z: {azure_sas: {token: {env: SAS}}}\n  b: {azure_client_secret: {client_secret: hunter2}}\n  a: {azure_sas: {token: {env: SAS}}}\n",
    );
    let output = project.bursar(&["fmt", "--check"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("client_secret: *******"), "{told}");
}

#[test]
fn one_bad_file_does_not_keep_the_others_from_being_formatted() {
    let project = Project::new()
        .file("accounts.yaml", UNTIDY)
        .file("bad.yaml", "accounts: [\n");
    project
        .bursar(&["fmt"])
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
formatted accounts.yaml
1 file formatted, 1 is as it should be

"#]])
        .stderr_eq(str![[r#"
1 error in 1 file

error[yaml.syntax]: the file ends inside brackets
   ╭─[bad.yaml:2:1]
 1 │ accounts: [
   ·           ┬
   ·           ╰── opened here
 2 │
   · ▲
   ╰────
  help: close every `[` with `]`, every `{` with `}`

`bursar explain CODE` tells more about a code in brackets

"#]]);
    assert_ne!(project.read("accounts.yaml"), UNTIDY);
    assert_eq!(project.read("bad.yaml"), "accounts: [\n");
}

#[test]
fn paths_need_no_project() {
    let folder = Project::empty()
        .file("a/x.yaml", UNTIDY)
        .file("a/y.txt", UNTIDY)
        .file("z.yaml", UNTIDY);
    folder
        .bursar(&["fmt", "a"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
formatted a/x.yaml
1 file formatted

"#]]);
    assert_eq!(folder.read("z.yaml"), UNTIDY);
    assert_eq!(folder.read("a/y.txt"), UNTIDY);
    folder.bursar(&["fmt", "z.yaml"]).assert().success();
    assert_ne!(folder.read("z.yaml"), UNTIDY);
    folder
        .bursar(&["fmt", "missing.yaml"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
1 error

error[source.unreadable]: cannot read missing.yaml: No such file or directory
  (os error 2)
  help: give a file or a folder that exists; without a path all files of the
        project are formatted

`bursar explain CODE` tells more about a code in brackets

"#]]);
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let folder = Project::empty();
    folder
        .bursar(&["fmt", "-"])
        .stdin(UNTIDY)
        .assert()
        .success()
        .stdout_eq(str![[r##"
# who spends
accounts:
  "210987654321": {name: a, organization: acme}  # first
  "210987654322": {name: b, organization: acme}

"##]]);
    folder
        .bursar(&["fmt", "-", "--check"])
        .stdin(UNTIDY)
        .assert()
        .code(1);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let project = Project::new().file("real/accounts.txt", UNTIDY);
    let real = project.path().join("real/accounts.txt");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = project.path().join("accounts.yaml");
    symlink(&real, &link).unwrap();
    project.bursar(&["fmt"]).assert().success();
    assert!(link.is_symlink());
    assert_ne!(project.read("real/accounts.txt"), UNTIDY);
    let mode = std::fs::metadata(&real).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let left: Vec<_> = std::fs::read_dir(project.path().join("real"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1, "no draft stays behind");
}

#[test]
fn a_path_that_is_not_there_has_a_help_that_fits() {
    let project = Project::empty();
    let output = project.bursar(&["fmt", "no-such.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let all = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(all).unwrap();
    assert!(
        text.contains("give a file or a folder that exists"),
        "{text}"
    );
    assert!(!text.contains("sources:"), "{text}");
}
