//! The whole action in a workflow, with a program in its place that notes what it is given.

use std::fs;

use crate::repository::{Repository, pull_request};
use crate::support::{NOTES, noted, write_program};

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

fn with_notes(workflow: &str) -> Repository {
    let repository = Repository::new(workflow);
    write_program(&repository.path("bursar"), NOTES);
    repository
}

#[test]
fn inputs_reach_the_program_and_outputs_the_workflow() {
    let repository = with_notes(STEPS);
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
    let repository = with_notes(STEPS);
    fs::write(repository.path("exit"), "4").unwrap();
    let commit = repository.commit();
    let ran = repository.act("pull_request", &pull_request(&commit, &commit));
    assert!(ran.good, "the step may fail: {}", ran.text);
    assert!(ran.text.contains("exit status 4"), "{}", ran.text);
    let told = told(&repository);
    assert_eq!(told[0], "true");
    assert_eq!(told.last().unwrap(), "failure");

    let strict = with_notes(&STEPS.replace("        continue-on-error: true\n", ""));
    fs::write(strict.path("exit"), "4").unwrap();
    let commit = strict.commit();
    let ran = strict.act("pull_request", &pull_request(&commit, &commit));
    assert!(!ran.good, "{}", ran.text);
    assert!(!strict.path("outputs").exists());
}

#[test]
fn without_a_program_it_is_said_why() {
    let repository = with_notes(
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
