//! The examples of docs/language.md are one project: it loads without a word, and is as `fmt` writes it. So are
//! those of docs/teams.md, whose other blocks can be read too; and links between pages lead somewhere.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use bursar::config::declaration::Section;
use bursar::config::format;
use bursar::config::project::{self, Surroundings};
use bursar::provider;

const PAGE: &str = include_str!("../docs/language.md");

/// The YAML blocks by the path in their first line; those of one path one after the other.
fn files(page: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for block in page.split("\n```yaml\n").skip(1) {
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
    load(&files(PAGE));
}

#[track_caller]
fn load(files: &BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
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
    let files = files(PAGE);
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

#[test]
fn the_project_of_the_page_for_teams_holds_no_error() {
    let page = fs::read_to_string(root().join("docs/teams.md")).unwrap();
    let files = files(&page);
    assert_eq!(files.len(), 2);
    load(&files);
    // What its first merge is said to add: all but the credentials, which the first push has registered.
    let accounts = &files["estate/accounts.yaml"];
    let resources = accounts.lines().filter(|line| line.starts_with("  "));
    assert_eq!(resources.count(), 4);
    assert!(page.contains("four resources to add") && page.contains("4 changes: 4 previewed"));
}

/// The blocks of one language on a page.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("\n```{language}\n");
    let ends = |block: &'a str| block.split_once("\n```").expect("the block ends").0;
    page.split(start.as_str()).skip(1).map(ends).collect()
}

#[test]
fn the_commands_and_policies_for_teams_can_be_read() {
    let page = fs::read_to_string(root().join("docs/teams.md")).unwrap();
    let policies = blocks(&page, "json");
    assert_eq!(policies.len(), 2);
    for policy in policies {
        let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
        assert_eq!(policy["Version"], "2012-10-17");
    }
    let commands = blocks(&page, "sh");
    assert!(commands.len() >= 8, "{}", commands.len());
    for block in commands {
        let mut shell = Command::new("bash");
        let found = shell.args(["-n", "-c", block]).output().unwrap();
        let said = String::from_utf8_lossy(&found.stderr);
        assert!(found.status.success() && said.is_empty(), "{said}\n{block}");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a heading is called in links.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut pages: Vec<_> = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ]
    .map(|name| root().join(name))
    .into();
    for folder in ["docs", "docs/codes"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        pages.extend(files.filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    let mut checked = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for rest in text.split("](").skip(1) {
            let Some((link, _)) = rest.split_once(')') else {
                continue;
            };
            if link.contains("://") || link.contains(char::is_whitespace) || link.is_empty() {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{}: {link}", page.display());
            checked += 1;
            if heading.is_empty() {
                continue;
            }
            let there = fs::read_to_string(&target).unwrap();
            let headings = there.lines().filter(|line| line.starts_with('#'));
            let mut anchors = headings.map(|line| anchor(line.trim_start_matches('#').trim()));
            assert!(
                anchors.any(|anchor| anchor == heading),
                "{}: {link}",
                page.display()
            );
        }
    }
    assert!(checked > 30, "{checked}");
}
