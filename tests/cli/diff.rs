//! `bursar diff`, with real git.

use snapbox::str;

use crate::support::Project;

const ACCOUNTS: &str = "defaults: {organization: acme}\naccounts:\n  \"210987654321\": {name: Shop}\n  \"210987654322\": {name: Search, labels: {env: staging}}\n  \"210987654323\": {name: Old}\n";

fn committed() -> Project {
    let project = Project::new().file("estate/accounts.yaml", ACCOUNTS);
    project.git(&["init", "--quiet"]);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "-m", "first"]);
    project
}

#[test]
fn nothing_differs_from_what_was_just_committed() {
    committed()
        .bursar(&["diff"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
nothing differs from HEAD: 6 resources are declared as then

"#]])
        .stderr_eq(str![""]);
}

#[test]
fn what_was_removed_changed_and_added_is_shown() {
    let project = committed();
    project.write(
        "estate/accounts.yaml",
        "defaults: {organization: acme}\naccounts:\n  \"210987654321\": {name: Shop}\n  \"210987654322\": {name: Search engine, labels: {env: production}}\n  \"210987654324\": {name: New}\n",
    );
    project
        .bursar(&["diff"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
since HEAD: 1 removed, 1 changed, 1 added

Removed
  - account/aws/210987654323  Old

Changed
  ~ account/aws/210987654322  Search engine               estate/accounts.yaml:4
      labels.env: staging → production
      name: Search → Search engine

Added
  + account/aws/210987654324  New → no cost centre        estate/accounts.yaml:5

"#]])
        .stderr_eq(str![""]);
    project
        .bursar(&["diff", "--json", "--detailed-exitcode"])
        .assert()
        .code(2)
        .stdout_eq(str![[r#"
{
  "format_version": 1,
  "since": "HEAD",
  "summary": {
    "add": 1,
    "change": 1,
    "rename": 0,
    "delete": 1,
    "forget": 0,
    "adopt": 0,
    "wait": 0,
    "blocked": 0
  },
  "changes": [
    {
      "address": "account/aws/210987654322",
      "action": "update",
      "digest": "ccb2d9c56c883b6be8e505649fc4dc80",
      "fields": [
        {
          "path": "labels.env",
          "before": "staging",
          "after": "production"
        },
        {
          "path": "name",
          "before": "Search",
          "after": "Search engine"
        }
      ],
      "source": {
        "file": "estate/accounts.yaml",
        "line": 4
      }
    },
    {
      "address": "account/aws/210987654324",
      "action": "create",
      "digest": "99013316f69081b30753c2677e5d026d",
      "fields": [
        {
          "path": "name",
          "after": "New"
        },
        {
          "path": "organization",
          "after": "acme",
          "source": {
            "file": "estate/accounts.yaml",
            "line": 1,
            "through": "defaults"
          }
        },
        {
          "path": "payer",
          "after": "111122223333",
          "source": {
            "file": "bursar.yaml",
            "line": 7,
            "through": "the only payer"
          }
        }
      ],
      "source": {
        "file": "estate/accounts.yaml",
        "line": 5
      }
    },
    {
      "address": "account/aws/210987654323",
      "action": "delete",
      "digest": "780457d70fa53867ece53307d68c917c",
      "fields": []
    }
  ]
}

"#]]);
    project
        .bursar(&["--color", "always", "diff"])
        .assert()
        .stdout_eq(snapbox::file!["../snapshots/diff.term.svg": TermSvg]);
}

/// Moving an account to another file, or a default to another place, changes nothing.
#[test]
fn only_meaning_counts() {
    let project = committed();
    std::fs::remove_file(project.path().join("estate/accounts.yaml")).unwrap();
    project.write(
        "teams/a.yaml",
        "accounts:\n  \"210987654323\": {organization: acme, name: Old}\n",
    );
    project.write(
        "teams/b.yaml",
        "# moved\naccounts:\n  210987654322: {labels: {\"env\": staging}, organization: acme, name: Search}\n  210987654321: {organization: acme, name: Shop}\n",
    );
    let output = project
        .bursar(&["diff", "--detailed-exitcode"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_rename_is_one_line() {
    let project = committed();
    let text = project.read("bursar.yaml");
    project.write(
        "bursar.yaml",
        text.replace("acme: {", "acme-core: {previously: [acme], ")
            .replace("organization: acme,", "organization: acme-core,"),
    );
    project.write(
        "estate/accounts.yaml",
        ACCOUNTS.replace("organization: acme", "organization: acme-core"),
    );
    project
        .bursar(&["diff"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
since HEAD: 1 renamed

Renamed
  > organization/acme-core  was acme                               bursar.yaml:5
      4 references follow

"#]]);
}

#[test]
fn any_commit_can_be_named() {
    let project = committed();
    project.git(&["tag", "first"]);
    project.write("estate/accounts.yaml", ACCOUNTS.replace("Shop", "Store"));
    project.git(&["commit", "--quiet", "-am", "second"]);
    let exit = |reference: &str| {
        let output = project
            .bursar(&["diff", "--detailed-exitcode", reference])
            .output()
            .unwrap();
        output.status.code()
    };
    assert_eq!(exit("HEAD"), Some(0));
    assert_eq!(exit("HEAD~1"), Some(2));
    assert_eq!(exit("first"), Some(2));
    let id = project.git(&["rev-parse", "--short", "first"]);
    assert_eq!(exit(&id), Some(2));
}

#[test]
fn the_same_files_are_read_as_from_the_disk() {
    let project = Project::new()
        .file("bursar.yaml", "version: 1\nsources: [./estate/]\norganizations: {acme: {provider: aws, id: o-abcdefghij}}\n")
        .file("estate/accounts.yaml", ACCOUNTS)
        .file("estate/.hidden/x.yaml", "accounts: [nonsense]\n")
        .file("estate/ignored.yaml", "accounts: [nonsense]\n")
        .file("estate/other/bursar.yaml", "accounts: [nonsense]\n")
        .file("elsewhere/x.yaml", "accounts: [nonsense]\n")
        .file(".gitignore", "ignored.yaml\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        "../elsewhere/y.txt",
        project.path().join("estate/link.yaml"),
    )
    .unwrap();
    #[cfg(unix)]
    project.write(
        "elsewhere/y.txt",
        "accounts: {\"310987654321\": {organization: acme}}\n",
    );
    project.git(&["init", "--quiet"]);
    project.git(&["add", "."]);
    project.git(&["add", "--force", "estate/ignored.yaml"]);
    project.git(&["commit", "--quiet", "-m", "first"]);
    let output = project
        .bursar(&["diff", "--detailed-exitcode"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn what_git_cannot_answer_is_said() {
    let project = Project::new();
    project
        .bursar(&["diff"])
        .assert()
        .code(1)
        .stdout_eq(str![""])
        .stderr_eq(str![[r#"
error: [ROOT] is in no git repository
  help: run `git init` and commit the project first

"#]]);
    project.git(&["init", "--quiet"]);
    project
        .bursar(&["diff"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: the git repository has no commit yet
  help: commit the project first

"#]]);
    project.write("README", "no project yet");
    project.git(&["add", "README"]);
    project.git(&["commit", "--quiet", "-m", "first"]);
    project
        .bursar(&["diff"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: there was no bursar.yaml in this folder at `HEAD`
  help: commit the project, or choose a later commit: all that is declared now
        is new since then

"#]]);
    project
        .bursar(&["diff", "mian"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: git knows no commit `mian`
  help: did you mean `main`?

"#]]);
}

#[test]
fn a_shallow_clone_is_named_as_the_reason() {
    let project = committed();
    project.write("estate/accounts.yaml", ACCOUNTS.replace("Shop", "Store"));
    project.git(&["commit", "--quiet", "-am", "second"]);
    let clone = Project::empty();
    let from = format!("file://{}", project.path().display());
    clone.git(&["clone", "--quiet", "--depth", "1", &from, "clone"]);
    clone
        .bursar(&["-C", "clone", "diff", "HEAD~1"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: git knows no commit `HEAD~1`
  help: this is a shallow clone: `git fetch --unshallow`, or `fetch-depth: 0`
        for actions/checkout

"#]]);
}

#[test]
fn errors_now_are_told_and_errors_then_are_noted() {
    let project = committed();
    project.write(
        "estate/more.yaml",
        "accounts: {\"310987654321\": {nam: x, organization: acme}}\n",
    );
    let output = project.bursar(&["diff"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("schema.unknown-key")
    );
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "-m", "wrong"]);
    project.write(
        "estate/more.yaml",
        "accounts: {\"310987654321\": {name: x, organization: acme}}\n",
    );
    project
        .bursar(&["diff"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
since HEAD: 1 added

Added
  + account/aws/310987654321  x → no cost centre              estate/more.yaml:1

"#]])
        .stderr_eq(str![[r#"
note: the files of HEAD have 1 error: what is wrong there counts as not declared

"#]]);
}
