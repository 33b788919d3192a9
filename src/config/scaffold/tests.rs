//! What `init` writes is a sound project.

use std::fs;
use std::path::Path;

use super::{Outcome, files, gitignore, write};
use crate::config::format;
use crate::config::project::{self, Project, Surroundings};
use crate::config::source::Source;

fn complaints(project: &Project) -> Vec<String> {
    let diagnostics = project.diagnostics.iter();
    diagnostics
        .map(|d| format!("{} {:?} {} ({})", d.code, d.place, d.message, d.help))
        .collect()
}

#[test]
fn a_new_project_loads_without_a_diagnostic() {
    let folder = tempfile::tempdir().unwrap();
    let written = write(&folder.path().join("new")).unwrap();
    assert!(written.iter().all(|w| w.outcome == Outcome::Created));
    let project = project::load(&folder.path().join("new"), &Surroundings::default());
    assert_eq!(complaints(&project), [""; 0]);
    assert_eq!(project.sources.files.len(), 4);
    assert_eq!(project.estate.accounts.len(), 0);
}

/// Examples are the comments that are indented: without `# ` they are entries.
#[test]
fn its_examples_are_right_once_they_are_no_comments() {
    let uncomment = |text: &str| -> String {
        let line = |line: &str| match line.strip_prefix("  # ") {
            Some(example) => format!("  {example}\n"),
            None => format!("{line}\n"),
        };
        text.lines().map(line).collect()
    };
    let yaml = files().into_iter().filter(|f| f.path.ends_with(".yaml"));
    let sources = yaml.map(|file| Source {
        path: file.path.to_owned(),
        bytes: uncomment(file.text).into_bytes(),
    });
    let project = project::load_texts(Path::new("."), sources.collect(), &Surroundings::default());
    assert_eq!(complaints(&project), [""; 0]);
    let declared = &project.estate.declaration;
    assert_eq!(
        (declared.credentials.len(), declared.organizations.len()),
        (2, 1)
    );
    assert_eq!((declared.payers.len(), declared.accounts.len()), (1, 2));
    assert_eq!(
        (declared.cost_centers.len(), declared.budgets.len()),
        (2, 2)
    );
    for source in &project.sources.files {
        let formatted = format::format(source.text()).unwrap();
        assert!(!formatted.changed, "{}", formatted.text);
    }
}

#[test]
fn its_files_are_formatted() {
    for file in files().iter().filter(|f| f.path.ends_with(".yaml")) {
        let formatted = format::format(file.text).unwrap();
        assert!(
            !formatted.changed,
            "{}",
            format::diff(file.path, file.text, &formatted.text)
        );
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    fs::write(at("bursar.yaml"), "version: 1\n").unwrap();
    fs::write(at(".gitignore"), "target").unwrap();
    let outcomes: Vec<_> = write(folder.path())
        .unwrap()
        .into_iter()
        .map(|w| (w.path, w.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("bursar.yaml", Outcome::Kept),
            ("bursar.schema.json", Outcome::Created),
            (".gitignore", Outcome::Extended),
        ]
    );
    assert_eq!(
        fs::read_to_string(at("bursar.yaml")).unwrap(),
        "version: 1\n"
    );
    assert_eq!(
        fs::read_to_string(at(".gitignore")).unwrap(),
        "target\n.bursar/\n"
    );
    assert!(!at("estate").exists());
    let again = write(folder.path()).unwrap();
    assert!(again.iter().all(|w| w.outcome == Outcome::Kept));
}

#[test]
fn what_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("estate"), "a file").unwrap();
    let failed = write(folder.path()).unwrap_err();
    assert_eq!(failed.path, "estate/accounts.yaml");
    assert_eq!(failed.written.len(), 2);
}

#[test]
fn the_state_is_ignored_once() {
    assert_eq!(gitignore(None).as_deref(), Some(".bursar/\n"));
    assert_eq!(
        gitignore(Some("a\r\n")).as_deref(),
        Some("a\r\n.bursar/\r\n")
    );
    for present in [".bursar/", "x\n/.bursar\ny\n", ".bursar"] {
        assert_eq!(gitignore(Some(present)), None);
    }
}
