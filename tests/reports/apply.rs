//! Applies: what is said, what is refused, and the exit codes.

use snapbox::cmd::OutputAssert;
use snapbox::{file, str};

use crate::support::Project;

#[test]
fn an_apply_shows_the_plan_and_what_is_registered_then() {
    let project = Project::new();
    project
        .bursar(&["apply", "--offline", "--auto-approve"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 17 to add, nothing deleted

Added
  Credentials:
  + credential/ci  aws_default                                     bursar.yaml:4
  + credential/payers  aws_role                                    bursar.yaml:5
  acme (aws):
  + organization, 1 payer, 2 exports, recommendations         organizations.yaml
  + account/aws/210987654321  Shop production → CC-110     teams/payments.yaml:6
  + account/aws/210987654322  Shop staging → CC-110        teams/payments.yaml:7
  + account/aws/210987654323  Card vault → CC-110          teams/payments.yaml:8
  Structure:
  + 4 cost centres                                                  finance.yaml
      BU-1, BU-2, CC-110, CC-120
  + budget/CC-110/FY2027  120,000 USD                             finance.yaml:9
  + budget/CC-120/FY2027  27,000 USD in 3 months                 finance.yaml:10
  + shared_cost/support                                          finance.yaml:12

Applied 17 of 17, serial 1.

acme (aws)                                   COST CENTRE  API  PAYER  COST  RECS
  111122223333    Acme [payer]                            ·    ·      ·     ·
    210987654321  Shop production            CC-110       ·    ·      ·     ·
    210987654322  Shop staging               CC-110       ·    ·      ·     ·
    210987654323  Card vault                 CC-110       ·    ·      ·     ·

1 payer, 3 accounts. Badges: · not asked

"#]]);
    project
        .bursar(&["apply", "--offline", "--auto-approve"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Nothing to do: 17 resources are registered as declared.

"#]]);
}

#[test]
fn in_colour() {
    Project::new()
        .bursar(&["--color", "always", "apply", "--offline", "--auto-approve"])
        .assert()
        .success()
        .stdout_eq(file!["../snapshots/apply.term.svg": TermSvg]);
}

#[test]
fn nobody_is_asked_where_there_is_no_terminal() {
    let project = Project::new();
    project
        .bursar(&["apply", "--offline"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error[apply.unapproved]: there is no terminal to ask on
  help: look at `bursar plan`, then apply with `--auto-approve`, or apply a
        saved plan: `bursar apply PLAN`

"#]]);
    assert!(!project.path().join(".bursar").exists());
}

#[test]
fn a_saved_plan_applies_as_it_is() {
    let project = Project::new();
    project
        .bursar(&["plan", "--offline", "--out", "plan.json"])
        .assert()
        .success();
    project
        .bursar(&["apply", "--offline", "plan.json"])
        .assert()
        .success();
    project.plan().success().stdout_eq(str![[r#"
No changes: 17 resources are registered as declared

"#]]);
}

#[test]
fn a_stale_plan_is_refused_by_the_name_of_the_change() {
    let project = Project::new();
    project
        .bursar(&["plan", "--offline", "--out", "plan.json"])
        .assert()
        .success();
    project.edit(
        "teams/payments.yaml",
        "accounts:\n",
        "accounts:\n  \"210987654329\": Late comer\n",
    );
    project
        .bursar(&["apply", "--offline", "plan.json"])
        .assert()
        .code(3)
        .stderr_eq(str![[r#"
error[plan.stale]: the plan has changes that were not expected: create
       account/aws/210987654329
  help: nothing was applied; look at a new `bursar plan`

"#]]);
    project
        .bursar(&[
            "apply",
            "--offline",
            "--auto-approve",
            "--expect",
            "plan.json",
        ])
        .assert()
        .code(3);
    assert!(!project.path().join(".bursar").exists());
}

#[test]
fn only_the_expected_digest_applies() {
    let project = Project::new();
    let plan = project.json(&["plan", "--offline", "--json"]);
    let digest = plan["digest"].as_str().unwrap();
    let other = digest.chars().rev().collect::<String>();
    project
        .bursar(&["apply", "--offline", "--auto-approve", "--expect", &other])
        .assert()
        .code(3);
    project
        .bursar(&["apply", "--offline", "--auto-approve", "--expect", digest])
        .assert()
        .success();
}

#[test]
fn the_list_is_shown_where_it_could_have_changed() {
    let project = Project::applied();
    project.edit("finance.yaml", "name: Operations", "name: Operation");
    project
        .bursar(&["apply", "--offline", "--auto-approve"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ cost_center/BU-2  Operation                                   finance.yaml:4
      name: Operations → Operation

Applied 1 of 1, serial 2.
`bursar accounts` lists what is registered

"#]]);
}

#[test]
fn an_empty_project_says_where_to_begin() {
    let project = Project::empty();
    let run = |arguments: &[&str]| {
        let output = project.bursar(arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["init"]);
    for arguments in [
        &["plan", "--offline"] as &[&str],
        &["check", "--offline"],
        &["apply", "--offline", "--auto-approve"],
    ] {
        let text = run(arguments);
        assert!(
            text.contains("begin with estate/organizations.yaml"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let state = run(&["state", "show"]);
    assert!(!state.contains("lineage"), "{state}");
}

#[test]
fn a_stale_plan_is_told_by_its_fields() {
    let project = Project::applied();
    project.edit("finance.yaml", "name: Operations", "name: Operation");
    project.edit("finance.yaml", "name: Platform", "name: Platforms");
    project
        .bursar(&["plan", "--offline", "--out", "plan.json"])
        .assert()
        .success();
    project.edit("finance.yaml", "name: Operation}", "name: Ops}");
    project.edit("finance.yaml", "name: Platforms", "name: Platform");
    let apply = ["apply", "--offline", "plan.json"];
    project.bursar(&apply).assert().code(3).stderr_eq(str![[r#"
error[plan.stale]: the plan has changes that were not expected: update
       cost_center/BU-2 (name: planned Operation, now Ops); 1 planned change is
       no longer needed
  help: nothing was applied; look at a new `bursar plan`

"#]]);
    project.edit("finance.yaml", "name: Ops}", "name: Operation}");
    project
        .bursar(&apply)
        .assert()
        .success()
        .stderr_eq(str![[r#"
1 planned change is no longer needed

"#]]);
}

#[test]
fn large_numbers_have_separators() {
    let project = Project::new();
    let accounts = |name: &str| -> String {
        let all = (0..1200).map(|at| format!("  \"60000000{at:04}\": {name} {at}\n"));
        "defaults: {organization: acme}\naccounts:\n".to_owned() + &all.collect::<String>()
    };
    project.write("teams/many.yaml", &accounts("Workload"));
    let run = |arguments: &[&str]| {
        let output = project.bursar(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let applied = run(&["apply", "--offline", "--auto-approve"]);
    assert!(applied.contains("Applied 1,217 of 1,217"), "{applied}");
    let state = run(&["state", "show"]);
    assert!(state.contains("serial 1, 1,217 records, "), "{state}");
    assert!(run(&["validate"]).contains("1,203 accounts"));
    let rebuilt = run(&["state", "rebuild"]);
    assert!(rebuilt.contains("serial 1, 1,217 records."), "{rebuilt}");
    project.write("teams/many.yaml", &accounts("Load"));
    let plan = run(&["plan", "--offline"]);
    let plan = plan.split_whitespace().collect::<Vec<_>>().join(" ");
    let refusal = "1,200 of 1,203 recorded accounts of acme would be changed";
    assert!(plan.contains(refusal), "{plan}");
}

#[test]
fn who_is_at_work_has_a_name_or_a_number() {
    let project = Project::new();
    let by = |number: &str, name: Option<&str>| {
        project.edit(
            "finance.yaml",
            "name: Digital",
            &format!("name: Digital{number}"),
        );
        let mut apply = project.bursar(&["apply", "--offline", "--auto-approve"]);
        for variable in ["GITHUB_ACTOR", "USER", "LOGNAME"] {
            apply = apply.env_remove(variable);
        }
        if let Some(name) = name {
            apply = apply.env("LOGNAME", name);
        }
        apply.assert().success();
        let history = project.bursar(&["history", "--json"]).output().unwrap();
        let history: serde_json::Value = serde_json::from_slice(&history.stdout).unwrap();
        let last = history["changes"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        last["by"].as_str().unwrap().to_owned()
    };
    assert!(by("1", Some("ana")).starts_with("ana@"));
    let nobody = by("2", None);
    let number = nobody
        .strip_prefix("uid ")
        .and_then(|rest| rest.split_once('@'));
    assert!(
        number.is_some_and(|(uid, _)| uid.parse::<u32>().is_ok()),
        "{nobody}"
    );
}

#[test]
fn a_register_that_could_not_follow_is_a_warning() {
    let project = Project::new();
    let fail = |arguments: &[&str]| {
        project
            .bursar(arguments)
            .env("BURSAR_TESTKIT_FAIL", "register.apply")
            .assert()
            .success()
    };
    // Where its lines break depends on the folder's name.
    let told = |applied: &OutputAssert| {
        let said = String::from_utf8_lossy(&applied.get_output().stderr).into_owned();
        let words: Vec<&str> = said.split_whitespace().collect();
        let folder = project.path().display().to_string();
        words.join(" ").replace(&folder, "PROJECT")
    };
    let applied = fail(&["apply", "--offline", "--auto-approve"]);
    insta::assert_snapshot!(told(&applied), @"warning[state.behind]: serial 1 is in the log, but the register could not follow: the register in PROJECT/.bursar/db stands at serial 0, the log at 1: cannot write PROJECT/.bursar/db: the disk is full (no storage space) help: nothing is lost, and every command reads the new serial; see to the cause, then run `bursar state rebuild`, or let the next apply do it");
    // What was applied stands, for readers and for the next writer.
    assert_eq!(project.json(&["accounts", "--json"])["serial"], 1);
    project.edit("finance.yaml", "name: Operations", "name: Operation");
    let applied = fail(&["apply", "--offline", "--auto-approve", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&applied.get_output().stdout).unwrap();
    assert_eq!(document["serial"], 2);
    let said = told(&applied);
    assert!(
        said.starts_with("warning[state.behind]: serial 2 "),
        "{said}"
    );
    project.bursar(&["state", "rebuild"]).assert().success();
    project.edit("finance.yaml", "name: Operation}", "name: Operations}");
    project
        .bursar(&["apply", "--offline", "--auto-approve"])
        .assert()
        .success()
        .stderr_eq("");
    project.plan().success();
}
