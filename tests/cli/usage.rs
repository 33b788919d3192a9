//! The command line itself: help, wrong arguments, the environment, pipes.

use snapbox::str;

use crate::support::Project;

#[test]
fn help_names_what_is_built() {
    let project = Project::empty();
    let help = project
        .bursar(&["--help"])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    let help = String::from_utf8(help).unwrap();
    for command in [
        "init",
        "validate",
        "fmt",
        "explain",
        "schema",
        "completions",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
    assert!(!help.contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn a_wrong_command_line_is_an_error_not_changes() {
    let project = Project::empty();
    project
        .bursar(&["validate", "--formt", "json"])
        .assert()
        .code(1)
        .stdout_eq(str![""])
        .stderr_eq(str![[r#"
error: unexpected argument '--formt' found

  tip: a similar argument exists: '--format'

Usage: bursar validate --format <FORMAT>

For more information, try '--help'.

"#]]);
    project.bursar(&[]).assert().code(1);
    project
        .bursar(&["validate", "--json", "--format", "sarif"])
        .assert()
        .code(1);
}

#[test]
fn without_a_project_the_way_to_one_is_shown() {
    let project = Project::empty();
    project
        .bursar(&["validate"])
        .assert()
        .code(1)
        .stdout_eq(str![""])
        .stderr_eq(str![[r#"
error[project.missing]: no bursar.yaml in [ROOT] or any folder above it
  help: `bursar init` makes a project here; `bursar -C DIR` works in another
        folder

"#]]);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let project = Project::empty();
    project
        .bursar(&["-C", "nowhere", "validate"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: cannot go to nowhere: No such file or directory (os error 2)
  help: give an existing folder to `-C`

"#]]);
}

#[test]
fn a_project_is_found_from_within_and_from_elsewhere() {
    let project = Project::new().file(
        "teams/a/accounts.yaml",
        "accounts: {\"210987654321\": {organization: acme}}\n",
    );
    let expected = str![[r#"
valid: 2 files declare 1 credential, 1 organization, 1 payer, 1 account

"#]];
    project
        .bursar(&["validate", "-C", "teams/a"])
        .assert()
        .success()
        .stdout_eq(expected);
    let elsewhere = Project::empty();
    let root = project.path().to_str().unwrap();
    elsewhere
        .bursar(&["-C", root, "validate"])
        .assert()
        .success();
}

#[test]
fn now_is_checked() {
    let project = Project::new();
    project
        .bursar(&["validate"])
        .env("BURSAR_NOW", "soon")
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: BURSAR_NOW is neither a moment nor a date
  help: write it as `2027-01-31T12:00:00Z` or `2027-01-31`, or unset it

"#]]);
    project
        .bursar(&["validate"])
        .env("BURSAR_NOW", "2027-01-31")
        .assert()
        .success();
}

#[test]
fn logging_goes_to_standard_error_and_is_checked() {
    let project = Project::new();
    project
        .bursar(&["validate"])
        .env("BURSAR_LOG", "bursar=nonsense")
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: BURSAR_LOG cannot be understood: error parsing level filter: expected one
       of "off", "error", "warn", "info", "debug", "trace", or a number 0-5
  help: write a level such as `debug`, or `bursar::config=trace`

"#]]);
    project
        .bursar(&["validate"])
        .env("BURSAR_LOG", "trace")
        .assert()
        .success()
        .stdout_eq(str![[r#"
valid: 1 file declares 1 credential, 1 organization, 1 payer

"#]]);
}

#[test]
fn colour_follows_the_option_then_the_environment() {
    let project = Project::new();
    let colored = |arguments: &[&str], no_color: bool| {
        let mut command = project.bursar(arguments);
        if no_color {
            command = command.env("NO_COLOR", "1");
        }
        let output = command.output().unwrap();
        output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
    };
    assert!(!colored(&["validate"], false), "a pipe");
    assert!(
        colored(&["validate", "--color", "always"], true),
        "the option is stronger"
    );
    assert!(!colored(&["validate", "--color", "never"], false));
    assert!(
        colored(&["--color=always", "nonsense"], false),
        "usage errors too"
    );
    assert!(!colored(&["nonsense"], false));
}

/// A reader such as `head` that is gone is no error.
#[test]
fn a_closed_pipe_ends_quietly() {
    use std::io::Read;
    use std::process::Stdio;

    let project = Project::new();
    let mut child = std::process::Command::new(snapbox::cmd::cargo_bin!("bursar"))
        .current_dir(project.path())
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert_eq!(told, "");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn completions_are_made_for_every_shell() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = project.bursar(&["completions", shell]).output().unwrap();
        assert!(output.status.success());
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("validate"), "{shell}");
    }
}
