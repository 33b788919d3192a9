//! The README's promises: its first command does what it says, and its picture is what that
//! command prints. `SNAPSHOTS=overwrite` takes the picture anew.

use std::fs;
use std::path::Path;

use snapbox::cmd::Command;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn quickstart() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart"),
        folder.path(),
    );
    let _ = fs::remove_dir_all(folder.path().join(".bursar"));
    folder
}

fn bursar(folder: &Path) -> Command {
    Command::new(env!("CARGO_BIN_EXE_bursar"))
        .arg("-C")
        .arg(folder)
        .env("BURSAR_NOW", "2026-11-21T12:00:00Z")
        .env_remove("NO_COLOR")
        .env_remove("BURSAR_LOG")
}

#[test]
fn the_picture_is_what_the_first_command_prints() {
    let folder = quickstart();
    bursar(folder.path())
        .args(["--color", "always", "apply", "--offline", "--auto-approve"])
        .assert()
        .success()
        .stdout_eq(snapbox::file!["../docs/quickstart.svg": TermSvg]);
}

#[test]
fn a_second_apply_has_nothing_to_do() {
    let folder = quickstart();
    let apply = ["apply", "--offline", "--auto-approve"];
    bursar(folder.path()).args(apply).assert().success();
    let output = bursar(folder.path()).args(apply).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && text.contains("Nothing to do"),
        "{text}"
    );
}

#[test]
fn the_quickstart_needs_no_secret_and_passes_in_any_year() {
    let folder = quickstart();
    for now in ["2026-11-21", "2031-06-30", "2050-01-01"] {
        bursar(folder.path())
            .env("BURSAR_NOW", now)
            .args(["plan", "--offline"])
            .assert()
            .success();
    }
}
