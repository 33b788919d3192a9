//! Files that nobody should have: each is a clear error, soon, and never a panic. Large ones: `bounds`.

use std::time::{Duration, Instant};

use crate::support::Project;

/// A net against hangs and quadratic time, on a busy machine and without optimisation.
const SOON: Duration = Duration::from_secs(10);
/// A report is for reading.
const SHORT: usize = 8 * 1024;

/// Validates; wants an error with that code, in every format, soon, told shortly.
fn refused(project: &Project, code: &str) -> String {
    for format in ["json", "github", "sarif"] {
        refused_as(project, code, format, SOON);
    }
    refused_as(project, code, "human", SOON)
}

fn refused_as(project: &Project, code: &str, format: &str, soon: Duration) -> String {
    let start = Instant::now();
    let output = project
        .bursar(&["validate", "--format", format])
        .output()
        .unwrap();
    let took = start.elapsed();
    let told = String::from_utf8(output.stdout).unwrap();
    let remarks = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{code}: {told}{remarks}");
    assert_eq!(remarks, "", "{code}");
    assert!(told.contains(code), "no {code} in: {told}");
    assert!(!told.contains('\0') && !told.contains('\u{1b}'), "{code}");
    assert!(
        told.len() < SHORT,
        "{code}: {} bytes as {format}",
        told.len()
    );
    assert!(took < soon, "{code} as {format} took {took:?}");
    told
}

fn file(content: impl AsRef<[u8]>) -> Project {
    Project::new().file("hostile.yaml", content)
}

#[test]
fn deep_nesting() {
    refused(&file("[".repeat(20_000)), "yaml.too-deep");
    refused(
        &file(format!(
            "accounts: {}1{}",
            "{a: ".repeat(20_000),
            "}".repeat(20_000)
        )),
        "yaml.too-deep",
    );
    let mut indented = String::from("accounts:\n");
    for depth in 1..2_000 {
        indented += &format!("{}a:\n", " ".repeat(depth));
    }
    refused(&file(indented), "yaml.too-deep");
}

#[test]
fn long_lines_are_cut_around_what_is_marked() {
    let mut text = String::from("accounts: {");
    for id in 0..200 {
        text += &format!("\"210987654{id:03}\": {{name: Söme näme, organization: acme}}, ");
    }
    text += "\"310987654321\": {nam: x, organization: acme}}\n";
    let told = refused(&file(text), "schema.unknown-key");
    assert!(told.contains("{nam: x, organization: acme}"), "{told}");
    assert!(told.contains("hostile.yaml:1:11"), "{told}");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
}

#[test]
fn text_that_is_none() {
    refused(&file(b"accounts:\n  a: \0\n"), "yaml.nul");
    let told = refused(&file(b"accounts:\n  a: \xff\xfe\n"), "yaml.encoding");
    assert!(told.contains("hostile.yaml:2:6"), "{told}");
    refused(&file(b"\xff\xfea\0:\0 \0b\0"), "yaml.encoding");
    refused(
        &file(b"\x7fELF\x02\x01\x01\x00\x00\x00\x80\x90"),
        "yaml.nul",
    );
    refused(&file("accounts:\n  a: \u{1b}[31mred\n"), "yaml.control");
    refused(&file(""), "schema.no-section");
    refused(&file("# nothing but a comment\n"), "schema.no-section");
}

#[test]
fn byte_order_marks_carriage_returns_and_tabs() {
    let told = refused(
        &file("\u{FEFF}accounts:\r\n  \"210987654321\": {nam: x, organization: acme}\r\n"),
        "schema.unknown-key",
    );
    assert!(told.contains("hostile.yaml:2:20"), "{told}");
    assert!(!told.contains('\r'), "{told}");
    refused(&file("accounts:\n\t\"210987654321\": x\n"), "yaml.tab");
}

#[test]
fn yaml_that_bursar_does_not_take() {
    refused(
        &file("accounts: {}\n---\naccounts: {}\n"),
        "yaml.multi-document",
    );
    refused(
        &file("accounts: {\"210987654321\": x, \"210987654321\": y}\n"),
        "yaml.duplicate-key",
    );
    refused(&file("accounts: {<<: {a: b}}\n"), "yaml.merge-key");
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (this, before) in ('b'..='z').zip('a'..) {
        bomb += &format!("{this}: &{this} [{}]\n", format!("*{before},").repeat(9));
    }
    refused(&file(bomb), "yaml.alias-bomb");
}

#[test]
fn very_many_errors() {
    let mut text = "accounts:\n".to_owned();
    for id in 0..20_000 {
        text += &format!("  \"2109876{id:05}\": {{nam: x}}\n");
    }
    let project = file(text);
    let start = Instant::now();
    let output = project.bursar(&["validate"]).output().unwrap();
    assert!(start.elapsed() < SOON);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.len() < 64 * 1024);
}

#[test]
fn marks_of_direction_do_not_reach_the_terminal() {
    let told = refused(
        &file("accounts:\n  \"210987654321\": {nam\u{202E}: x, organization: acme}\n"),
        "schema.",
    );
    assert!(!told.contains('\u{202E}'), "{told}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file() {
    use std::os::unix::fs::symlink;

    // Links that lead nowhere, in circles, to a folder above; a folder with the name of a file.
    let project = Project::new().file(
        "accounts.yaml",
        "accounts: {\"210987654321\": {organization: acme}}\n",
    );
    symlink("nowhere.yaml", project.path().join("dangling.yaml")).unwrap();
    symlink("b.yaml", project.path().join("a.yaml")).unwrap();
    symlink("a.yaml", project.path().join("b.yaml")).unwrap();
    symlink("..", project.path().join("up")).unwrap();
    std::fs::create_dir(project.path().join("folder.yaml")).unwrap();
    let start = Instant::now();
    let output = project.bursar(&["validate"]).output().unwrap();
    assert!(start.elapsed() < SOON);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("dangling.yaml"), "{told}");
    assert!(told.contains("a.yaml") && told.contains("b.yaml"), "{told}");
    assert_eq!(
        told.matches("error[source.unreadable]").count(),
        3,
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_project_file_that_is_none() {
    let project = Project::empty();
    std::fs::create_dir(project.path().join("bursar.yaml")).unwrap();
    let output = project.bursar(&["validate"]).output().unwrap();
    let told =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("bursar.yaml"), "{told}");
}
