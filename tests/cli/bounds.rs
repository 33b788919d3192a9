//! Large files that nobody should have: each is refused within a second's work and bounded memory.

use std::time::Duration;

use crate::measured::{MIB, validate};
use crate::support::Project;

/// What a release build keeps with room to spare is a second of CPU time, which other work on the machine does
/// not lengthen. Without optimisation a pass over the bytes takes twenty times as long, so there the files are
/// smaller too: still larger than what may be held, and large enough to tell linear from quadratic time.
const CPU: Duration = Duration::from_secs(if cfg!(debug_assertions) { 6 } else { 1 });
const SIZE: usize = if cfg!(debug_assertions) {
    6 << 20
} else {
    60 << 20
};
/// The most that the process may ever hold, the file itself (up to 64 MiB) included.
const MEMORY: u64 = 400 * MIB;

/// Validates; wants an error with that code within a second's work and bounded memory.
fn refused_within_bounds(name: &str, text: impl AsRef<[u8]>, code: &str) {
    let project = Project::new().file("hostile.yaml", text);
    let run = validate(&project);
    let told = &run.output;
    assert_eq!(run.status, Some(1), "{name}: {told:.2000}");
    assert!(told.contains(code), "{name}: no {code} in {told:.2000}");
    assert!(told.len() < 64 * 1024, "{name}: {} bytes", told.len());
    assert!(run.cpu < CPU, "{name} took {:?} of CPU time", run.cpu);
    let peak = run.peak / MIB;
    assert!(run.peak < MEMORY, "{name} took {peak} MiB");
}

#[test]
fn values_of_many_megabytes() {
    let cases = [
        ("plain", format!("accounts: {}\n", "x".repeat(SIZE))),
        ("words", format!("accounts: {}\n", "x y ".repeat(SIZE / 4))),
        ("quoted", format!("accounts: \"{}\"\n", "x".repeat(SIZE))),
        ("escapes", format!("a: \"{}\"\n", "\\n".repeat(SIZE / 2))),
        (
            "a quote that stays open",
            format!(
                "a: '{}",
                format!("{}\n ", "x y ".repeat(20)).repeat(SIZE / 82)
            ),
        ),
        (
            "literal",
            format!(
                "a: |\n{}",
                format!("  {}\n", "x".repeat(80)).repeat(SIZE / 83)
            ),
        ),
        ("folded", format!("a: >\n  {}\n", "x ".repeat(SIZE / 2))),
        ("key", format!("{}: 1\n", "x".repeat(SIZE))),
        ("wide", format!("a: {}\n", "日".repeat(SIZE / 3))),
        ("anchor", format!("a: &{} 1\n", "x".repeat(SIZE))),
        ("tag", format!("a: !{} 1\n", "x".repeat(SIZE))),
    ];
    for (name, text) in cases {
        refused_within_bounds(name, text, "yaml.scalar-too-large");
    }
    let name = "directive";
    let text = format!("%FOO {}\n---\na: 1\n", "x ".repeat(SIZE / 2));
    refused_within_bounds(name, text, "yaml.flow-too-large");
}

#[test]
fn lines_of_many_megabytes() {
    let pair =
        "\"a\": \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", ";
    let line = format!("accounts: {{{}", pair.repeat(SIZE / pair.len()));
    refused_within_bounds("map", line, "yaml.");
    for (name, word) in [
        ("comment", "x"),
        ("names of secrets", "password: "),
        ("secrets in quotes", "password:\"x"),
        ("secrets in comments", "password:#"),
        ("secrets in blocks", "password:|"),
        ("keys", "-----BEGIN PRIVATE KEY-----"),
        ("key ids", "aB3xK9pQ7zL2mN8vR4tY6wU1 "),
        ("ends of secrets", "abc8Q~"),
    ] {
        let line = format!("#{}\n", word.repeat(SIZE / word.len()));
        let project = Project::new().file("hostile.yaml", line);
        let run = validate(&project);
        assert_eq!(run.status, Some(1), "{name}");
        assert!(run.cpu < 2 * CPU, "{name} took {:?} of CPU time", run.cpu);
        assert!(run.peak < MEMORY, "{name} took {} MiB", run.peak / MIB);
    }
}

#[test]
fn lists_and_maps_between_brackets() {
    let many = SIZE / 16;
    let deep = 200;
    for (name, text) in [
        ("items", format!("a:\n- [{}x]\n", "x,".repeat(many))),
        ("pairs", format!("a:\n- [{}x]\n", "x: x,".repeat(many))),
        ("colons", format!("a:\n- [{}]\n", ":,".repeat(many))),
        ("keys", format!("- {{{}}}\n", "? ,".repeat(many))),
        ("anchors", format!("- [{}x]\n", "&a x,".repeat(many))),
        ("tags", format!("- [{}x]\n", "!a ".repeat(SIZE / 4))),
        ("aliases", format!("- [{}x]\n", "*a ".repeat(SIZE / 4))),
        ("inside", format!("a: [[{}]]\n", "x,".repeat(many))),
    ] {
        refused_within_bounds(name, text, "yaml.flow-too-large");
    }
    for (name, text) in [
        (
            "insertions",
            format!(
                "- [ [{}], {}{}{} ]\n",
                "a,".repeat(20_000),
                "[".repeat(60),
                "a,".repeat(20_000),
                "]: x".repeat(60)
            ),
        ),
        (
            "depth",
            format!("- {}{}", "[".repeat(deep), "a,".repeat(many)),
        ),
        ("brackets", "[".repeat(SIZE)),
        ("braces", "{a: ".repeat(SIZE / 4)),
        ("commas", format!("[{}]", ",".repeat(SIZE))),
        ("pairs of a file", format!("[{}]", "a: b,".repeat(SIZE / 3))),
    ] {
        refused_within_bounds(name, text, "yaml.");
    }
}

#[test]
fn files_of_very_many_errors() {
    let number = |n: usize| format!("{n:012}");
    let accounts = |entry: &str, many: usize| -> String {
        let entries = (0..many).map(|n| format!("  \"{}\": {entry}\n", number(n)));
        "accounts:\n".to_owned() + &entries.collect::<String>()
    };
    let keys = |many: usize| (0..many).map(|n| format!("k{n}: 1, ")).collect::<String>();
    for (name, text, code) in [
        (
            "duplicates",
            "a: 1\n".repeat(SIZE / 120),
            "yaml.duplicate-key",
        ),
        (
            "documents",
            "---\n".repeat(SIZE / 32),
            "yaml.multi-document",
        ),
        ("lines", "\n".repeat(SIZE), "yaml.too-many"),
        (
            "keys of one account",
            format!("accounts:\n  \"210987654321\": {{{}}}\n", keys(SIZE / 200)),
            "schema.unknown-key",
        ),
        (
            "keys at the top",
            (0..SIZE / 200).map(|n| format!("k{n}: 1\n")).collect(),
            "schema.no-section",
        ),
        (
            "accounts",
            accounts("{nam: x, b: c}", SIZE / 400),
            "schema.unknown-key",
        ),
        (
            "cost centres",
            accounts("{nam: x, b: c}", SIZE / 600).replace("accounts", "cost_centers"),
            "schema.unknown-key",
        ),
    ] {
        refused_within_bounds(name, text, code);
    }
}

#[test]
fn a_file_above_the_limit() {
    refused_within_bounds("size", vec![b'#'; (64 << 20) + 1], "yaml.too-large");
}
