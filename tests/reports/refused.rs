//! Removal, protection, the guard, closed months: what is refused until somebody says so.

use snapbox::str;

use crate::support::Project;

fn accounts(range: std::ops::Range<u32>) -> String {
    range
        .map(|at| format!("  \"4000000000{at:02}\": {{organization: acme, name: Account {at}}}\n"))
        .collect()
}

fn removed(range: std::ops::Range<u32>) -> String {
    range
        .map(|at| format!("  account/aws/4000000000{at:02}: {{action: delete}}\n"))
        .collect()
}

#[test]
fn an_account_that_goes_is_asked_about() {
    let project = Project::applied();
    project.edit(
        "teams/payments.yaml",
        "  \"210987654321\": Shop production\n",
        "",
    );
    project.plan().code(1).stdout_eq(str![[r#"
Refused for 1 reason; otherwise no changes

1 error

error[removal.unasked]: account/aws/210987654321 is registered and no longer
  declared
  help: keep it with `closed: YYYY-MM-DD` (history stays, it is no longer
        asked), or say what becomes of it in `removed:`, as below: `forget`
        leaves it where it is registered, `delete` removes it there too (its
        entry in the register goes; its history stays); `--allow-delete` deletes
        whatever is no longer declared

`bursar explain CODE` tells more about a code in brackets

to paste, once each entry says what is meant:

removed:
  account/aws/210987654321: {action: forget}

"#]]);
    project
        .bursar(&["apply", "--offline", "--auto-approve"])
        .assert()
        .code(1);
    project
        .bursar(&["plan", "--offline", "--allow-delete"])
        .assert()
        .success();
}

#[test]
fn forgotten_and_deleted_come_first_with_their_reason() {
    let project = Project::applied();
    project.edit(
        "teams/payments.yaml",
        "  \"210987654321\": Shop production\n",
        "  \"210987654329\": Shop next\n",
    );
    project.edit(
        "teams/payments.yaml",
        "  \"210987654322\": {name: Shop staging, labels: {env: staging}}\n",
        "",
    );
    project.write(
        "removed.yaml",
        "removed:\n  account/aws/210987654321: {action: forget, reason: \"declared by mistake in #311\"}\n  account/aws/210987654322: {action: delete}\n",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to delete, 1 to forget, 1 to add

Removed
  . account/aws/210987654321  Shop production (CC-110)     was …/payments.yaml:6
      forgotten here, left where it is registered
      reason: declared by mistake in #311
  - account/aws/210987654322  Shop staging (CC-110)    was teams/payments.yaml:7

Added
  + account/aws/210987654329  Shop next → CC-110           teams/payments.yaml:6

Next: `bursar apply --offline` (digest 3cfa77929301f38be23be64c3e1118e3)

"#]]);
    project.apply();
    project.plan().success().stdout_eq(str![[r#"
No changes: 16 resources are registered as declared

note: 2 entries have done their work and can go: `removed:` of
      account/aws/210987654321, `removed:` of account/aws/210987654322

"#]]);
    let history = |more: &[&str]| {
        let command = [&["history", "account/aws/210987654321"], more].concat();
        let output = project.bursar(&command).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let last = "  . account/aws/210987654321\n      reason: declared by mistake in #311\n";
    assert!(history(&[]).ends_with(last), "{}", history(&[]));
    let json: serde_json::Value = serde_json::from_str(&history(&["--json"])).unwrap();
    assert_eq!(json["changes"][1]["reason"], "declared by mistake in #311");
    assert!(json["changes"][0].get("reason").is_none());
}

#[test]
fn closed_accounts_stay() {
    let project = Project::applied();
    project.edit(
        "teams/payments.yaml",
        "Shop production",
        "{name: Shop production, closed: 2026-11-14}",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ account/aws/210987654321  Shop production              teams/payments.yaml:6
      closed: none → 2026-11-14

Next: `bursar apply --offline` (digest 3168c2e9742efef654bc9399c742a96a)

"#]]);
}

#[test]
fn protection_is_lifted_in_one_apply_and_used_in_a_later_one() {
    let project = Project::applied();
    let line = "  \"210987654323\": {name: Card vault, protect: true}\n";
    project.edit("teams/payments.yaml", line, "");
    project.write(
        "removed.yaml",
        "removed:\n  account/aws/210987654323: {action: delete}\n",
    );
    project.plan().code(1).stdout_eq(str![[r#"
Refused for 1 reason; otherwise no changes

1 error

error[removal.protected]: account/aws/210987654323 is protected and no longer
  declared
  help: declare it again with `protect: false` and apply; then remove it in a
        later change

`bursar explain CODE` tells more about a code in brackets

"#]]);
    project.edit(
        "teams/payments.yaml",
        "accounts:\n",
        "accounts:\n  \"210987654323\": {name: Card vault}\n",
    );
    std::fs::remove_file(project.path().join("removed.yaml")).unwrap();
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ account/aws/210987654323  Card vault                   teams/payments.yaml:6
      protect: true → false

Next: `bursar apply --offline` (digest 11f038e8e75f526237918767bda8c7a9)

"#]]);
    project.apply();
    project.edit(
        "teams/payments.yaml",
        "  \"210987654323\": {name: Card vault}\n",
        "",
    );
    project.write(
        "removed.yaml",
        "removed:\n  account/aws/210987654323: {action: delete}\n",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to delete

Removed
  - account/aws/210987654323  Card vault (CC-110)      was teams/payments.yaml:6

Next: `bursar apply --offline` (digest 317f6ff6c53720c3aa9fcd70fd26bb91)

"#]]);
}

#[test]
fn the_guard_holds_until_it_is_overridden() {
    let project = Project::new();
    project.write("more.yaml", &format!("accounts:\n{}", accounts(0..10)));
    project.apply();
    project.write(
        "more.yaml",
        &format!("accounts:\n{}removed:\n{}", accounts(0..3), removed(3..10)),
    );
    project.plan().code(1).stdout_eq(str![[r#"
Refused for 1 reason; otherwise 7 to delete

Removed
  acme (aws):
  - account/aws/400000000003  Account 3                          was more.yaml:5
  - account/aws/400000000004  Account 4                          was more.yaml:6
  - account/aws/400000000005  Account 5                          was more.yaml:7
  - account/aws/400000000006  Account 6                          was more.yaml:8
  - account/aws/400000000007  Account 7                          was more.yaml:9
  - account/aws/400000000008  Account 8                         was more.yaml:10
  - account/aws/400000000009  Account 9                         was more.yaml:11

1 error

error[guard.exceeded]: 7 of 13 recorded accounts of acme would be removed; the
  guard allows 20 percent, or 5
  help: look at the plan once more; if it is meant, apply with
        `--override-guard`. Thresholds are in `guard:` of bursar.yaml, and one
        apply later than they are loosened there

`bursar explain CODE` tells more about a code in brackets

"#]]);
    project
        .bursar(&["apply", "--offline", "--auto-approve"])
        .assert()
        .code(1);
    project
        .bursar(&["plan", "--offline", "--override-guard"])
        .assert()
        .success();
}

#[test]
fn closed_months_change_only_when_restated() {
    let project = Project::applied();
    project.edit(
        "teams/payments.yaml",
        "Shop production",
        "{name: Shop production, cost_center: CC-120}",
    );
    project.plan().code(1).stdout_eq(str![[r#"
Refused for 1 reason; otherwise 1 to change, nothing deleted

Changed
  ~ account/aws/210987654321  Shop production              teams/payments.yaml:6
      cost centre: CC-110 → CC-120
      pays less: CC-110 (100 % → 0 %)
      pays more: CC-120 (0 % → 100 %)

1 error in 1 file

error[structure.closed-month]: account/aws/210987654321 would change its cost
  centre in months up to 2026-10, and the books are closed through 2026-10
   ╭─[teams/payments.yaml:6:3]
 5 │ accounts:
 6 │   "210987654321": {name: Shop production, cost_center: CC-120}
   ·   ──────────────
 7 │   "210987654322": {name: Shop staging, labels: {env: staging}}
   ╰────
  help: this changes all months: keep the present cost centre as the first entry
        and add one with `from: 2026-11`

`bursar explain CODE` tells more about a code in brackets

"#]]);
    project
        .bursar(&["plan", "--offline", "--restate", "2026-10"])
        .assert()
        .code(1);
    project.edit(
        "teams/payments.yaml",
        "cost_center: CC-120",
        "cost_center: [CC-110, {from: 2026-10, cost_center: CC-120}]",
    );
    project
        .bursar(&["plan", "--offline", "--restate", "2026-10"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ account/aws/210987654321  Shop production              teams/payments.yaml:6
      cost centre from 2026-10: CC-110 → CC-120
      pays less: CC-110 (100 % → 0 % from 2026-10)
      pays more: CC-120 (0 % → 100 % from 2026-10)

Next: `bursar apply --offline` (digest 01969bacbe59225831618d019e11510a)

"#]]);
}

#[test]
fn many_that_nobody_spoke_of_are_one_error_for_each_kind() {
    let project = Project::new();
    project.edit(
        "teams/payments.yaml",
        "accounts:\n",
        &format!("accounts:\n{}", accounts(0..60)),
    );
    project.apply();
    project.edit("teams/payments.yaml", &accounts(0..60), "");
    let output = project
        .bursar(&["plan", "--offline", "--override-guard"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches("error[removal.unasked]").count(), 1, "{text}");
    assert!(text.contains("60 accounts are registered"), "{text}");
    let entry = "\n  account/aws/400000000000: {action: forget}\n";
    assert!(text.contains(entry), "{text}");
    assert!(text.contains("\n  # and 10 more: "), "{text}");
    let plan = project.json(&["plan", "--offline", "--json"]);
    assert_eq!(plan["refusals"].as_array().unwrap().len(), 60);
}
