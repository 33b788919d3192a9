//! Two branches that each add an account to the same file merge without conflict once both are formatted:
//! each account stands where its id belongs, not both at the end. With the real git.

use std::path::Path;
use std::process::Command;

use bursar::config::format;

const FILE: &str = "accounts.yaml";

const BASE: &str = "\
# Accounts of one team.
accounts:
  \"200000000000\": Shop

  # the one with the data
  \"400000000000\":
    name: Data lake
    protect: true

  \"600000000000\": Old shop # closed soon
";

fn git(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Test", "-c", "user.email=test@acme.example"])
        .args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .expect("git must be installed: this test merges with it");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[track_caller]
fn run(folder: &Path, arguments: &[&str]) {
    let (success, text) = git(folder, arguments);
    assert!(success, "git {arguments:?}: {text}");
}

fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join(FILE), text).unwrap();
}

/// Each branch adds its text at the end of the file; returns whether they merge, and the merged text.
fn merge(additions: [&str; 2], formatted: bool) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, &["init", "--quiet", "--initial-branch=main"]);
    write(folder, BASE);
    run(folder, &["add", "."]);
    run(folder, &["commit", "--quiet", "-m", "base"]);
    for (branch, addition) in ["one", "two"].into_iter().zip(additions) {
        run(folder, &["switch", "--quiet", "-c", branch, "main"]);
        let mut text = format!("{BASE}{addition}");
        if formatted {
            text = format::format(&text).expect("this is YAML").text;
        }
        write(folder, &text);
        run(folder, &["commit", "--quiet", "-am", branch]);
    }
    let (merged, _) = git(folder, &["merge", "--quiet", "--no-edit", "one"]);
    let text = std::fs::read_to_string(folder.join(FILE)).unwrap();
    (merged, text)
}

const ADDITIONS: [&str; 2] = [
    "  # asked for in #311\n  300000000000: {name: Staging}\n",
    "\n  500000000000:\n    name: Reports\n",
];

#[test]
fn branches_that_add_accounts_merge_once_they_are_formatted() {
    assert!(!format::format(BASE).unwrap().changed);
    let (merged, text) = merge(ADDITIONS, true);
    assert!(merged, "{text}");
    insta::assert_snapshot!(text, @r##"
    # Accounts of one team.
    accounts:
      "200000000000": Shop
      # asked for in #311
      "300000000000": {name: Staging}

      # the one with the data
      "400000000000":
        name: Data lake
        protect: true

      "500000000000":
        name: Reports

      "600000000000": Old shop # closed soon
    "##);
    assert!(!format::format(&text).unwrap().changed, "{text}");
}

#[test]
fn without_formatting_they_conflict() {
    let (merged, text) = merge(ADDITIONS, false);
    assert!(!merged, "{text}");
}
