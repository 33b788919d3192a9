//! Holds the source to the invariants of ARCHITECTURE.md: who imports whom, who prints, who looks
//! at the clock, who holds secrets.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each part of the library the parts that it may import.
const IMPORTS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("testkit", &[]),
    ("ci", &["config", "credential", "env", "http", "model"]),
    ("config", &["model"]),
    ("credential", &["model"]),
    ("engine", &["config", "model"]),
    ("env", &[]),
    ("git", &["config", "model"]),
    ("http", &["env"]),
    ("import", &["config", "model", "provider"]),
    ("platform", &["model", "structure", "testkit", "workbook"]),
    ("provider", &["credential", "env", "http", "model"]),
    ("state", &["model", "testkit"]),
    ("storage", &["env", "http", "model", "state"]),
    ("structure", &["config", "model"]),
    ("workbook", &["config", "model", "structure"]),
    (
        "planning",
        &["config", "engine", "model", "platform", "state"],
    ),
    (
        "access",
        &["config", "engine", "model", "provider", "state"],
    ),
    (
        "apply",
        &["engine", "model", "platform", "state", "testkit"],
    ),
    (
        "report",
        &[
            "access",
            "apply",
            "ci",
            "config",
            "engine",
            "env",
            "import",
            "model",
            "planning",
            "platform",
            "provider",
            "state",
            "structure",
            "workbook",
        ],
    ),
];

/// What a part must not name, because it is pure or because another part owns it.
const FORBIDDEN: &[(&[&str], &[&str])] = &[
    (
        &["model", "engine", "structure"],
        &[
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::io",
            "std::time::",
            "Timestamp::now",
            "tokio",
            "clap",
        ],
    ),
    (
        &[
            "access",
            "apply",
            "ci",
            "config",
            "credential",
            "engine",
            "git",
            "http",
            "import",
            "model",
            "planning",
            "platform",
            "provider",
            "state",
            "storage",
        ],
        &[
            "println!",
            "print!(",
            "eprintln!",
            "eprint!",
            "io::stdout",
            "io::stderr",
            "dbg!(",
        ],
    ),
    (
        &[
            "access", "apply", "ci", "cli", "config", "engine", "http", "import", "model",
            "planning", "platform", "report", "state", "storage",
        ],
        &["secrecy", "ExposeSecret", "expose_secret"],
    ),
    (
        &[
            "access", "apply", "ci", "config", "engine", "http", "import", "model", "planning",
            "platform", "provider", "report", "state", "storage",
        ],
        &["Timestamp::now", "Zoned::now", "SystemTime::now"],
    ),
];

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            out.push(path);
        }
    }
}

/// The part of the library that a file belongs to, and its code without tests and comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&top, &mut paths);
    let own = |path: &PathBuf| -> Option<(String, PathBuf, String)> {
        let relative = path.strip_prefix(&top).unwrap();
        let names: Vec<&str> = relative.iter().filter_map(|name| name.to_str()).collect();
        let tests = names.iter().any(|name| {
            matches!(
                *name,
                "tests" | "tests.rs" | "testing.rs" | "conformance.rs" | "laws.rs"
            )
        });
        let part = names[0].trim_end_matches(".rs").to_owned();
        if tests || part == "lib" || part == "main" {
            return None;
        }
        let text = fs::read_to_string(path).unwrap();
        let code = text
            .split("\n#[cfg(test)]\nmod ")
            .next()
            .unwrap_or_default();
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect();
        Some((part, relative.to_path_buf(), code))
    };
    paths.iter().filter_map(own).collect()
}

#[test]
fn parts_import_only_what_they_may() {
    let mut wrong = Vec::new();
    for (part, path, code) in sources() {
        let allowed: BTreeSet<&str> = match IMPORTS.iter().find(|(name, _)| *name == part) {
            Some((_, allowed)) => allowed.iter().copied().collect(),
            None if part == "cli" => continue,
            None => {
                wrong.push(format!(
                    "{}: the part `{part}` is in no list",
                    path.display()
                ));
                continue;
            }
        };
        for after in code.split("crate::").skip(1) {
            let name: String = after
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if name != part && !allowed.contains(name.as_str()) {
                wrong.push(format!("{} imports `{name}`", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "against the invariants of ARCHITECTURE.md:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn parts_touch_only_what_is_theirs() {
    let mut wrong = Vec::new();
    for (part, path, code) in sources() {
        for (parts, words) in FORBIDDEN {
            if !parts.contains(&part.as_str()) {
                continue;
            }
            for word in words.iter().filter(|word| code.contains(**word)) {
                wrong.push(format!("{} uses `{word}`", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "against the invariants of ARCHITECTURE.md:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_file_says_what_lives_there() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&top, &mut paths);
    let silent = |path: &&PathBuf| {
        !fs::read_to_string(path).unwrap().starts_with("//!") && !path.ends_with("main.rs")
    };
    let silent: Vec<_> = paths.iter().filter(silent).collect();
    assert!(
        silent.is_empty(),
        "files without a first line that says what lives there: {silent:?}"
    );
}
