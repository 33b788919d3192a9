//! The examples of docs/language.md are one project: it loads without a word, and is as `fmt` writes it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use bursar::config::declaration::Section;
use bursar::config::format;
use bursar::config::project::{self, Surroundings};
use bursar::provider;

const PAGE: &str = include_str!("../docs/language.md");

/// The YAML blocks by the path in their first line; those of one path one after the other.
fn files() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for block in PAGE.split("\n```yaml\n").skip(1) {
        let (text, _) = block.split_once("\n```").expect("the block ends");
        let first = text.lines().next().unwrap_or_default();
        let path = first.strip_prefix("# ").filter(|path| {
            *path == "bursar.yaml" || (path.starts_with("estate/") && path.ends_with(".yaml"))
        });
        let path = path.unwrap_or_else(|| panic!("the first line is no path: {first}"));
        let file = files.entry(path.to_owned()).or_default();
        file.push_str(text);
        file.push('\n');
    }
    files
}

#[test]
fn the_examples_of_the_language_hold_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let files = files();
    for (path, text) in &files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(path, text).unwrap();
    }
    let checks = provider::checks().iter().map(|check| check.id).collect();
    let surroundings = Surroundings::new(HashSet::new, checks);
    let project = project::load(folder.path(), &surroundings);
    let said: Vec<_> = project
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let file = diagnostic
                .place
                .and_then(|(file, _)| project.sources.get(file));
            let path = file.map(|source| source.path.as_str());
            (path, diagnostic.code, &diagnostic.message)
        })
        .collect();
    assert!(said.is_empty(), "{said:#?}");
    assert_eq!(project.sources.files.len(), files.len());
}

#[test]
fn the_examples_show_every_section_and_are_formatted() {
    let files = files();
    for (path, text) in &files {
        let formatted = format::format(text).expect("this is YAML");
        let difference = format::diff(path, text, &formatted.text);
        assert!(!formatted.changed, "{difference}");
    }
    let keys: BTreeSet<&str> = files
        .values()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.split_once(':'))
        .map(|(key, _)| key)
        .collect();
    for section in Section::ALL {
        assert!(keys.contains(section.as_str()), "{}", section.as_str());
    }
}
