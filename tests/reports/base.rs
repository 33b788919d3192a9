//! `plan --base`: what a branch changes, and what waited before it.

use serde_json::json;
use snapbox::str;

use crate::support::Project;

/// Registered, with one change that waits on main; the branch `feature` stands on it.
fn waiting() -> Project {
    let project = Project::new();
    project.write(".gitignore", ".bursar/\n");
    project.git(&["init", "--quiet", "-b", "main"]);
    commit(&project, "first");
    project.apply();
    project.edit(
        "teams/payments.yaml",
        "Shop production",
        "Shop in production",
    );
    commit(&project, "waits");
    project.git(&["checkout", "--quiet", "-b", "feature"]);
    project
}

fn commit(project: &Project, message: &str) {
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "-m", message]);
}

fn add(project: &Project, id: &str, name: &str) {
    let path = project.path().join("teams/payments.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    project.write(
        "teams/payments.yaml",
        &format!("{text}  \"{id}\": {name}\n"),
    );
}

const PLAN: [&str; 4] = ["plan", "--offline", "--base", "main"];

#[test]
fn the_branchs_own_change_comes_first_and_what_waited_stands_apart() {
    let project = waiting();
    add(&project, "210987654324", "New shop");
    commit(&project, "new");
    project.bursar(&PLAN).assert().success().stdout_eq(str![[r#"
Plan: 1 to add, nothing deleted; 1 more not from this branch

Added
  + account/aws/210987654324  New shop → CC-110            teams/payments.yaml:9

Not from this branch: 1 to change, nothing deleted; the same at [..] of main

Changed
  ~ account/aws/210987654321  Shop in production           teams/payments.yaml:6
      name: Shop production → Shop in production

Next: merge it, then `bursar apply --offline` (digest [..])

"#]]);
    // The digest is of all that an apply would do.
    let with = project.json(&[&PLAN[..], &["--json"]].concat());
    let without = project.json(&["plan", "--offline", "--json"]);
    assert_eq!(with["digest"], without["digest"]);
    assert_eq!(with["summary"], without["summary"]);
    let from_base = |document: &serde_json::Value| {
        let changes = document["changes"].as_array().unwrap().iter();
        let changes = changes.map(|one| json!([one["address"], one["from_base"]]));
        changes.collect::<Vec<_>>()
    };
    assert_eq!(
        from_base(&with),
        [
            json!(["account/aws/210987654321", true]),
            json!(["account/aws/210987654324", false]),
        ]
    );
    assert_eq!(
        from_base(&without)[0],
        json!(["account/aws/210987654321", null])
    );
    assert_eq!(without["base"], json!(null));
    let base = &with["base"];
    assert_eq!(base["reference"], "main");
    assert_eq!(base["commit"].as_str().unwrap().len(), 40);
    assert_eq!(base["behind"], 0);
    assert_eq!(base["taken_back"], json!([]));
    assert_eq!(base["own"]["add"], 1);
    assert_eq!(base["own"]["change"], 0);
}

#[test]
fn the_same_address_changed_further_is_the_branchs() {
    let project = waiting();
    project.edit("teams/payments.yaml", "Shop in production", "Shop live");
    commit(&project, "further");
    let plan = project.json(&[&PLAN[..], &["--json"]].concat());
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1);
    assert_eq!(plan["changes"][0]["from_base"], false);
    assert_eq!(plan["base"]["taken_back"], json!([]));
}

#[test]
fn an_unchanged_branch_has_no_changes_of_its_own() {
    let project = waiting();
    project.bursar(&PLAN).assert().success().stdout_eq(str![[r#"
Plan: no changes from this branch; 1 not from it

Not from this branch: 1 to change, nothing deleted; the same at [..] of main

Changed
  ~ account/aws/210987654321  Shop in production           teams/payments.yaml:6
      name: Shop production → Shop in production

Next: merge it, then `bursar apply --offline` (digest [..])

"#]]);
}

#[test]
fn what_is_taken_back_and_what_is_not_committed_are_told() {
    let project = waiting();
    project.edit(
        "teams/payments.yaml",
        "Shop in production",
        "Shop production",
    );
    project.bursar(&PLAN).assert().success().stdout_eq(str![[r#"
No changes: 17 resources are registered as declared

Taken back: account/aws/210987654321: would change at [..] of main, and stays
  as it is registered here

note: the files differ from commit [..]: what is not committed counts as this
      branch's

"#]]);
    let plan = project.json(&[&PLAN[..], &["--json"]].concat());
    assert_eq!(
        plan["base"]["taken_back"],
        json!(["account/aws/210987654321"])
    );
}

#[test]
fn a_branch_that_is_behind_is_told_that_nothing_is_to_be_removed() {
    let project = waiting();
    add(&project, "210987654324", "New shop");
    commit(&project, "new");
    project.git(&["checkout", "--quiet", "main"]);
    add(&project, "210987654325", "Later shop");
    commit(&project, "later");
    project.edit(
        "finance.yaml",
        "cost_centers:",
        "cost_centers:\n  BU-9: {name: Later}",
    );
    commit(&project, "later still");
    project.apply();
    project.git(&["checkout", "--quiet", "feature"]);
    project.bursar(&PLAN).assert().code(1).stdout_eq(str![[r#"
Refused for 1 reason; otherwise 1 to add, nothing deleted; 1 more not from this branch, a removal

Added
  + account/aws/210987654324  New shop → CC-110            teams/payments.yaml:9

Not from this branch: 1 to delete; the same at [..] of main

Removed
  - cost_center/BU-9  Later                                   was finance.yaml:3

note: main has 2 commits that this branch lacks: what they declare looks like a
      removal or a change back here; merge main or rebase

1 error

error[removal.behind]: account/aws/210987654325 is registered, and declared in
  commits that are not here
  help: this branch lacks 2 commits of main, which declare it: merge main or
        rebase; nothing needs to be said in `removed:`

`bursar explain CODE` tells more about a code in brackets

"#]]);
    let plan = project.json(&[&PLAN[..], &["--json"]].concat());
    assert_eq!(plan["base"]["behind"], 2);
    assert_eq!(plan["refusals"][0]["code"], "removal.behind");
    assert_eq!(plan["refusals"][0]["from_base"], true);
    // Without a base nobody knows.
    let plan = project.json(&["plan", "--offline", "--json"]);
    assert_eq!(plan["refusals"][0]["code"], "removal.unasked");
}

#[test]
fn a_refusal_of_main_is_not_the_branchs() {
    let project = waiting();
    project.git(&["checkout", "--quiet", "main"]);
    project.edit(
        "teams/payments.yaml",
        "  \"210987654322\": {name: Shop staging, labels: {env: staging}}\n",
        "",
    );
    commit(&project, "gone");
    project.git(&["checkout", "--quiet", "-b", "other"]);
    project.edit("teams/payments.yaml", "Card vault", "Vault");
    commit(&project, "other");
    let plan = project.json(&[&PLAN[..], &["--json"]].concat());
    assert_eq!(plan["refusals"][0]["from_base"], true);
    let output = project.bursar(&PLAN).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("\nRefused before: account/aws/210987654322: refused at "),
        "{text}"
    );
}

#[test]
fn without_a_project_at_the_base_everything_is_the_branchs() {
    let project = Project::new();
    project.git(&["init", "--quiet", "-b", "main"]);
    project.git(&["commit", "--quiet", "--allow-empty", "-m", "empty"]);
    project.git(&["checkout", "--quiet", "-b", "feature"]);
    commit(&project, "all");
    let output = project.bursar(&PLAN).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("Plan: 17 to add, nothing deleted\n"),
        "{text}"
    );
    assert!(!text.contains("Not from this branch"), "{text}");
    let plan = project.json(&[&PLAN[..], &["--json"]].concat());
    let note = plan["notes"][0].as_str().unwrap();
    assert!(
        note.starts_with("there was no project in this folder at main ("),
        "{note}"
    );
}

#[test]
fn what_is_wrong_at_the_base_counts_as_not_declared() {
    let project = waiting();
    project.git(&["checkout", "--quiet", "main"]);
    project.edit(
        "finance.yaml",
        "parent: BU-1}\n  CC-120",
        "parnt: BU-1}\n  CC-120",
    );
    commit(&project, "wrong");
    project.git(&["checkout", "--quiet", "-b", "mended"]);
    project.edit("finance.yaml", "parnt", "parent");
    commit(&project, "mended");
    let plan = project.json(&[&PLAN[..], &["--json"]].concat());
    let note = plan["notes"][0].as_str().unwrap();
    assert!(
        note.contains(" have 1 error: what is wrong there counts as not declared"),
        "{note}"
    );
    assert_eq!(plan["changes"][0]["from_base"], true);
}

#[test]
fn a_shallow_clone_answers_where_it_can_and_refuses_where_not() {
    let project = waiting();
    add(&project, "210987654324", "New shop");
    commit(&project, "new");
    add(&project, "210987654325", "Newer shop");
    commit(&project, "newer");
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let from = format!("file://{}", project.path().display());
    let to = clone.to_str().unwrap();
    project.git(&[
        "clone",
        "--quiet",
        "--depth",
        "1",
        "--no-single-branch",
        &from,
        to,
    ]);
    let plan = |base: &str| project.bursar(&["-C", to, "plan", "--offline", "--base", base]);
    let state = clone.join(".bursar");
    assert!(!state.exists());
    plan("origin/main")
        .assert()
        .code(1)
        .stdout_eq(str![[""]])
        .stderr_eq(str![[r#"
error[git.shallow]: this is a shallow clone: where origin/main and HEAD parted
       cannot be told without the commits that it lacks
  help: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout

"#]]);
    plan("origin/feature").assert().success();
    // As a runner has it: the merge alone, which names what it is of.
    project.git(&["checkout", "--quiet", "main"]);
    project.edit("finance.yaml", "Digital", "Digital world");
    commit(&project, "main goes on");
    let merge = ["merge", "--quiet", "--no-ff", "-m", "merge", "feature"];
    project.git(&["checkout", "--quiet", "-b", "merged"]);
    project.git(&merge);
    std::fs::remove_dir_all(&clone).unwrap();
    project.git(&[
        "clone",
        "--quiet",
        "--depth",
        "1",
        "--no-single-branch",
        &from,
        to,
    ]);
    plan("origin/main").assert().success();
}

#[test]
fn a_base_that_git_does_not_know_is_told() {
    let project = waiting();
    project
        .bursar(&["plan", "--offline", "--base", "mian"])
        .assert()
        .code(1)
        .stdout_eq(str![[""]])
        .stderr_eq(str![[r#"
error: git knows no commit `mian`
  help: did you mean `main`?

"#]]);
}

#[test]
fn drift_is_nobodys_branch() {
    let output = waiting()
        .bursar(&["plan", "--base", "main", "--drift-only"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}
