//! The whole action with the real program, on the quickstart: a pull request of the same repository, and one of a fork.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::repository::{Ran, Repository, pull_request};
use crate::support::text;

const WORKFLOW: &str = "\
name: Plan
on: pull_request
env:
  BURSAR_NOW: 2026-11-21T12:00:00Z
jobs:
  plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {fetch-depth: 0, persist-credentials: false}
      - uses: ./
        id: bursar
        continue-on-error: true
        with:
          command: plan
          binary: BINARY
          working-directory: cost data
          state-dir: PLACE/state
          comment: never
          offline: true
      - run: |
          printf '%s\\n' \"$OUTCOME\" \"$REASON\" \"$CHANGES\" \"$ADDED\" \"$DIGEST\" > PLACE/outputs
          if [ -n \"$PLAN\" ]; then cp \"$PLAN\" PLACE/plan.json; fi
          if [ -n \"$DECLARED\" ]; then cp \"$DECLARED\" PLACE/; fi
        env:
          OUTCOME: ${{ steps.bursar.outcome }}
          REASON: ${{ steps.bursar.outputs.failure-reason }}
          CHANGES: ${{ steps.bursar.outputs.changes }}
          ADDED: ${{ steps.bursar.outputs.to-add }}
          DIGEST: ${{ steps.bursar.outputs.digest }}
          PLAN: ${{ steps.bursar.outputs.plan-file }}
          DECLARED: ${{ steps.bursar.outputs.declared-file }}
";

const ACCOUNT: &str = "\
defaults: {organization: acme-core, cost_center: CC-110, owner: payments@acme.example}
accounts:
  \"210987650000\": Shop test
";

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

/// The quickstart in a folder of a repository, applied; its state is beside the repository, as if it outlived runners.
fn applied() -> (Repository, String) {
    let repository = Repository::new(&WORKFLOW.replace("BINARY", env!("CARGO_BIN_EXE_bursar")));
    let project = repository.path("repository/cost data");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart"),
        &project,
    );
    let base = repository.commit();
    let made = Command::new(env!("CARGO_BIN_EXE_bursar"))
        .arg("-C")
        .arg(&project)
        .args(["apply", "--offline", "--auto-approve"])
        .env("BURSAR_NOW", "2026-11-20T12:00:00Z")
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", text(&made));
    fs::rename(project.join(".bursar"), repository.path("state")).unwrap();
    (repository, base)
}

/// Commits a new file of the project on a branch.
fn propose(repository: &Repository, content: &str) -> String {
    repository.git(&["switch", "--quiet", "--create", "topic"]);
    let file = repository.path("repository/cost data/estate/teams/new.yaml");
    fs::write(file, content).unwrap();
    repository.commit()
}

fn told(repository: &Repository, ran: &Ran) -> Vec<String> {
    assert!(ran.good, "{}", ran.text);
    let outputs = fs::read_to_string(repository.path("outputs")).expect("the last step ran");
    outputs.lines().map(str::to_owned).collect()
}

fn json(repository: &Repository, name: &str) -> Value {
    let text = fs::read_to_string(repository.path(name)).expect("the file was told");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_pull_request_is_planned_against_the_state() {
    let (repository, base) = applied();
    let head = propose(&repository, ACCOUNT);
    let ran = repository.act("pull_request", &pull_request(&base, &head));
    let told = told(&repository, &ran);
    assert_eq!(told[..4], ["success", "", "true", "1"], "{}", ran.text);
    let account = "account/aws/210987650000";
    assert!(ran.text.contains(account), "{}", ran.text);
    let plan = json(&repository, "plan.json");
    assert_eq!(plan["digest"], told[4].as_str());
    assert_eq!(plan["changes"][0]["address"], account);
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1);
    assert!(!repository.path("bursar-declared.json").exists());
}

#[test]
fn a_fork_is_compared_without_the_state_and_leaves_its_declarations() {
    let (repository, base) = applied();
    let head = propose(&repository, ACCOUNT);
    let mut event = pull_request(&base, &head);
    event["pull_request"]["head"]["repo"]["full_name"] = "stranger/estate".into();
    let ran = repository.act("pull_request", &event);
    let told = told(&repository, &ran);
    assert_eq!(told, ["success", "", "true", "1", ""], "{}", ran.text);
    let declared = json(&repository, "bursar-declared.json");
    assert_eq!(declared["number"], 41);
    assert_eq!(declared["head"], head.as_str());
    assert!(!repository.path("plan.json").exists());
}

#[test]
fn a_mistake_fails_the_step_and_is_annotated_where_it_stands() {
    let (repository, base) = applied();
    let head = propose(&repository, &ACCOUNT.replace("CC-110", "CC-999"));
    let ran = repository.act("pull_request", &pull_request(&base, &head));
    let told = told(&repository, &ran);
    assert_eq!(told[..2], ["failure", "invalid"], "{}", ran.text);
    // `act` shows annotations in its own words.
    assert!(
        ran.text.contains("cost data/estate/teams/new.yaml"),
        "{}",
        ran.text
    );
    assert!(ran.text.contains("CC-999"), "{}", ran.text);
}
