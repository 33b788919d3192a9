//! The workbook in the hands of people: opened, saved and converted by a real LibreOffice.

#[path = "support/office.rs"]
mod office;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// The quickstart in git.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    copy(&from, folder.path());
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "start"],
    ] {
        let status = Command::new("git")
            .current_dir(folder.path())
            .args(["-c", "user.name=Test", "-c", "user.email=test@acme.example"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .status();
        assert!(status.expect("git must be installed").success());
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_name() == ".bursar" {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn bursar(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_bursar"))
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {text}{errors}");
    text
}

#[test]
fn a_workbook_that_libreoffice_saved_is_the_same() {
    let project = project();
    let desk = tempfile::tempdir().unwrap();
    bursar(project.path(), &["structure", "export", "finance.xlsx"]);
    let saved = office::convert(&project.path().join("finance.xlsx"), "xlsx", desk.path());
    let told = bursar(
        project.path(),
        &["structure", "import", saved.to_str().unwrap()],
    );
    assert!(told.contains("nothing changed since"), "{told}");
}

#[test]
fn libreoffice_sees_sheets_lists_and_totals() {
    let project = project();
    let desk = tempfile::tempdir().unwrap();
    bursar(project.path(), &["structure", "export", "finance.xlsx"]);
    let flat = office::convert(&project.path().join("finance.xlsx"), "fods", desk.path());
    let flat = fs::read_to_string(flat).unwrap();
    let sheets: Vec<&str> = flat
        .split("<table:table table:name=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(sheets, ["Cost Centers", "Budgets", "Workspaces", "Guide"]);
    for condition in [
        // Codes of parents, budgets and workspaces; currencies; percentages.
        "cell-content-is-in-list([$&apos;Cost Centers&apos;.$D$2:.$D$",
        "cell-content-is-in-list(&quot;BRL&quot;;&quot;EUR&quot;",
        "cell-content-is-between(0,1000)",
    ] {
        assert!(flat.contains(condition), "{condition} is not there");
    }
    // Calculated by LibreOffice itself: twelve times 75,000.
    assert!(
        flat.contains("table:formula=\"of:=SUM([.D2:.O2])\" office:value-type=\"float\" office:value=\"900000\""),
        "the total is not there"
    );
    assert!(!flat.contains("Err:"), "a formula fails");
}

#[test]
fn amounts_that_were_typed_in_libreoffice_are_read() {
    let project = project();
    let desk = tempfile::tempdir().unwrap();
    bursar(project.path(), &["structure", "export", "finance.xlsx"]);
    let flat = office::convert(&project.path().join("finance.xlsx"), "fods", desk.path());
    let text = fs::read_to_string(&flat).unwrap();
    let typed = text.replacen("office:value=\"75000\"", "office:value=\"81250.5\"", 1);
    assert_ne!(text, typed);
    fs::write(&flat, typed).unwrap();
    let saved = office::convert(&flat, "xlsx", desk.path());
    let told = bursar(
        project.path(),
        &["structure", "import", saved.to_str().unwrap()],
    );
    // Alike neighbours are one entry of that format: all twelve months.
    let edits = told.matches("`75000` → `81250.5`").count();
    assert_eq!(edits, 12, "{told}");
    assert!(told.contains("Nov, Budgets!K2"), "{told}");
}
