//! A plan of 900 additions.

use std::fmt::Write;

use snapbox::str;

use crate::support::Project;

/// Three organizations, nine files, 31 cost centres, three accounts on none.
fn large() -> Project {
    let project = Project::new();
    let mut text = String::from("organizations:\n");
    for at in 1..=3 {
        let _ = writeln!(
            text,
            "  unit-{at}: {{provider: aws, id: o-unit00000{at}, credentials: payers}}"
        );
    }
    text += "payers:\n";
    for at in 1..=3 {
        let _ = writeln!(
            text,
            "  \"50000000000{at}\": {{organization: unit-{at}, name: Unit {at}}}"
        );
    }
    text += "cost_centers:\n";
    for at in 0..31 {
        let _ = writeln!(text, "  P-{at:03}: {{name: Product {at}, parent: BU-2}}");
    }
    project.write("units.yaml", &text);
    for file in 0..9 {
        let mut text = format!(
            "defaults: {{organization: unit-{}}}\naccounts:\n",
            file % 3 + 1
        );
        for at in 0..100 {
            let id = 600_000_000_000u64 + file * 1000 + at;
            let center = if file == 4 && at < 3 {
                String::new()
            } else {
                format!(", cost_center: P-{:03}", (file + at) % 31)
            };
            let _ = writeln!(text, "  \"{id}\": {{name: Workload {file}-{at}{center}}}");
        }
        project.write(&format!("teams/{file}.yaml"), &text);
    }
    project
}

#[test]
fn nine_hundred_additions_fit_one_screen() {
    let project = large();
    let output = project.plan().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.lines().count() <= 50, "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    output.stdout_eq(str![[r#"
Plan: 954 to add, nothing deleted

Added
  Credentials:
  + credential/ci  aws_default                                     bursar.yaml:4
  + credential/payers  aws_role                                    bursar.yaml:5
  acme (aws):
  + organization, 1 payer, 2 exports, recommendations         organizations.yaml
  + account/aws/210987654321  Shop production → CC-110     teams/payments.yaml:6
  + account/aws/210987654322  Shop staging → CC-110        teams/payments.yaml:7
  + account/aws/210987654323  Card vault → CC-110          teams/payments.yaml:8
  unit-1 (aws):
  + organization/unit-1                                             units.yaml:2
  + payer/aws/500000000001  Unit 1                                  units.yaml:6
  + 300 accounts → 31 cost centres                                       3 files
      Workload 0-0, Workload 0-1, Workload 0-2, Workload 0-3 and 296 more
  unit-2 (aws):
  + organization/unit-2                                             units.yaml:3
  + payer/aws/500000000002  Unit 2                                  units.yaml:7
  + 300 accounts → 31 cost centres                                       3 files
      Workload 1-0, Workload 1-1, Workload 1-2, Workload 1-3 and 296 more
      no cost centre: Workload 4-0, Workload 4-1, Workload 4-2
  unit-3 (aws):
  + organization/unit-3                                             units.yaml:4
  + payer/aws/500000000003  Unit 3                                  units.yaml:8
  + 300 accounts → 31 cost centres                                       3 files
      Workload 2-0, Workload 2-1, Workload 2-2, Workload 2-3 and 296 more
  Structure:
  + 35 cost centres                                                      2 files
      BU-1, BU-2, CC-110, CC-120, P-000, P-001, P-002, P-003 and 27 more
  + budget/CC-110/FY2027  120,000 USD                             finance.yaml:9
  + budget/CC-120/FY2027  27,000 USD in 3 months                 finance.yaml:10
  + shared_cost/support                                          finance.yaml:12

Next: `bursar apply --offline` (digest 3d59a549c5ee86f1ac943ab1c9c967b4)

"#]]);
}

#[test]
fn by_cost_centre_each_is_one_line() {
    let project = large();
    project
        .bursar(&["plan", "--offline", "--by", "cost_center"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 954 to add, nothing deleted

Added
  + BU-1: 1 cost centre                                             finance.yaml
  + BU-2: 1 cost centre                                             finance.yaml
  + CC-110: 3 accounts, 1 cost centre, 1 budget of FY2027                2 files
  + CC-110, CC-120: 1 shared cost                                   finance.yaml
  + CC-120: 1 cost centre, 1 budget of FY2027                       finance.yaml
  + P-000: 28 accounts, 1 cost centre                                   10 files
  + P-001: 29 accounts, 1 cost centre                                   10 files
  + P-002: 30 accounts, 1 cost centre                                   10 files
  + P-003: 31 accounts, 1 cost centre                                   10 files
  + P-004: 31 accounts, 1 cost centre                                   10 files
  + P-005: 32 accounts, 1 cost centre                                   10 files
  + P-006: 33 accounts, 1 cost centre                                   10 files
  + P-007: 34 accounts, 1 cost centre                                   10 files
  + P-008: 34 accounts, 1 cost centre                                   10 files
  + P-009: 33 accounts, 1 cost centre                                   10 files
  + P-010: 32 accounts, 1 cost centre                                   10 files
  + P-011: 31 accounts, 1 cost centre                                   10 files
  + P-012: 30 accounts, 1 cost centre                                   10 files
  + P-013: 29 accounts, 1 cost centre                                   10 files
  + P-014: 28 accounts, 1 cost centre                                   10 files
  + P-015: 27 accounts, 1 cost centre                                   10 files
  + P-016: 27 accounts, 1 cost centre                                   10 files
  + P-017: 27 accounts, 1 cost centre                                   10 files
  + P-018: 27 accounts, 1 cost centre                                   10 files
  + P-019: 27 accounts, 1 cost centre                                   10 files
  + P-020: 27 accounts, 1 cost centre                                   10 files
  + P-021: 27 accounts, 1 cost centre                                   10 files
  + P-022: 27 accounts, 1 cost centre                                   10 files
  + P-023: 27 accounts, 1 cost centre                                   10 files
  + P-024: 27 accounts, 1 cost centre                                   10 files
  + P-025: 27 accounts, 1 cost centre                                   10 files
  + P-026: 27 accounts, 1 cost centre                                   10 files
  + P-027: 27 accounts, 1 cost centre                                   10 files
  + P-028: 27 accounts, 1 cost centre                                   10 files
  + P-029: 27 accounts, 1 cost centre                                   10 files
  + P-030: 27 accounts, 1 cost centre                                   10 files
  + No cost centre: 2 credentials, 4 organizations, 4 payers, 2 expo…    4 files

Next: `bursar apply --offline` (digest 3d59a549c5ee86f1ac943ab1c9c967b4)

"#]]);
}

#[test]
fn many_alike_changes_are_one_line() {
    let project = large();
    project.apply();
    for file in [0, 3, 6] {
        project.edit(
            &format!("teams/{file}.yaml"),
            "defaults: {",
            "defaults: {owner: unit@acme.example, ",
        );
    }
    project
        .bursar(&["plan", "--offline", "--override-guard"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 300 to change, nothing deleted

Changed
  unit-1 (aws):
  ~ 300 accounts                                                         3 files
      owner: none → unit@acme.example                         through 3 defaults
      Workload 0-0, Workload 0-1, Workload 0-2, Workload 0-3 and 296 more

Next: `bursar apply --offline` (digest 3bca165c29d0eb9978d5cc8a5b32946a)

"#]]);
}
