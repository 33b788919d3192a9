//! Plans of a small estate.

use snapbox::{file, str};

use crate::support::Project;

#[test]
fn a_first_plan_reads_by_organization() {
    Project::new().plan().success().stdout_eq(str![[r#"
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

Next: `bursar apply --offline` (digest c50c72520192e14e5d994eb3072d3be2)

"#]]);
}

#[test]
fn colour_says_nothing_that_words_do_not() {
    let project = Project::applied();
    project.edit("teams/payments.yaml", "Shop production", "Shop");
    project.edit("teams/payments.yaml", "defaults:", "removed_here:");
    project.edit("teams/payments.yaml", "removed_here:", "defaults:");
    project.edit(
        "finance.yaml",
        "CC-120: {name: Platform",
        "CC-121: {previously: [CC-120], name: Platform",
    );
    project.edit("finance.yaml", "    CC-120:", "    CC-121:");
    project.edit(
        "finance.yaml",
        "among: [CC-110, CC-120]",
        "among: [CC-110, CC-121]",
    );
    project.edit(
        "finance.yaml",
        "  BU-2: {name: Operations}\n",
        "  BU-3: {name: Research}\n",
    );
    let colored = project
        .bursar(&["--color", "always", "plan", "--offline"])
        .output()
        .unwrap();
    let plain = project.bursar(&["plan", "--offline"]).output().unwrap();
    assert_ne!(colored.stdout, plain.stdout);
    let stripped = anstream::adapter::strip_bytes(&colored.stdout).into_vec();
    assert_eq!(
        String::from_utf8(stripped).unwrap(),
        String::from_utf8(plain.stdout).unwrap()
    );
    project
        .bursar(&["--color", "always", "plan", "--offline"])
        .assert()
        .success()
        .stdout_eq(file!["../snapshots/plan.term.svg": TermSvg]);
}

#[test]
fn nothing_to_do_is_said_in_one_line() {
    Project::applied().plan().success().stdout_eq(str![[r#"
No changes: 17 resources are registered as declared

"#]]);
}

#[test]
fn changes_of_the_structure_read_as_finance_reads_them() {
    let project = Project::applied();
    project.edit(
        "finance.yaml",
        "CC-120: {name: Platform, parent: BU-1}",
        "CC-120: {name: Platform, parent: [BU-1, {from: 2026-11, parent: BU-2}]}",
    );
    project.edit("finance.yaml", r#""2026-06": 9000"#, r#""2026-06": 12000"#);
    project.edit("finance.yaml", "CC-110: 120000", "CC-110: 150000");
    project.edit(
        "teams/payments.yaml",
        "{name: Card vault, protect: true}",
        "{name: Card vault, protect: true, cost_center: [CC-110, {from: 2027-02, cost_center: CC-120}]}",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 4 to change, nothing deleted

Changed
  ~ account/aws/210987654323  Card vault                   teams/payments.yaml:8
      cost centre from 2027-02: CC-110 → CC-120
      pays less: CC-110 (100 % → 0 % from 2027-02)
      pays more: CC-120 (0 % → 100 % from 2027-02)
  ~ cost_center/CC-120  Platform                                  finance.yaml:6
      parent from 2026-11: BU-1 Digital → BU-2 Operations
      carries less: BU-1 (100 % → 0 % from 2026-11)
      carries more: BU-2 (0 % → 100 % from 2026-11)
  ~ budget/CC-110/FY2027                                          finance.yaml:9
      the year: 120,000 USD → 150,000 USD (+25%)
  ~ budget/CC-120/FY2027                                         finance.yaml:10
      June 2026: 9,000 USD → 12,000 USD (+33.3%)
      the year: 27,000 USD → 30,000 USD (+11.1%)

Next: `bursar apply --offline` (digest 2edb5e54b31dc5c01a28d97b0087190b)

"#]]);
}

#[test]
fn what_comes_through_defaults_names_their_line() {
    let project = Project::applied();
    project.edit("bursar.yaml", ", closed_through: 2026-10", "");
    project.edit(
        "teams/payments.yaml",
        "  cost_center: CC-110",
        "  cost_center: CC-120\n  labels: {team: payments}",
    );
    project.edit(
        "organizations.yaml",
        "cloud@acme.example",
        "finops@acme.example",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 3 to change, nothing deleted

Changed
  ~ 3 accounts                                               teams/payments.yaml
      cost centre: CC-110 → CC-120               defaults, teams/payments.yaml:4
      labels.team: none → payments               defaults, teams/payments.yaml:5
      owner: cloud@acme.example → finops@acme.example
                               the organization's defaults, organizations.yaml:3
      pays less: CC-110 (100 % → 0 %)
      pays more: CC-120 (0 % → 100 %)
      Shop production, Shop staging, Card vault

Who pays: CC-120 more (+3 accounts), CC-110 less (-3 accounts)

Next: `bursar apply --offline` (digest a6ff2dfd24e39aa35aaee3cd1ec47bc4)

"#]]);
    let plan = project.json(&["plan", "--offline", "--json"]);
    let staging = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["address"] == "account/aws/210987654322")
        .unwrap();
    let sources: Vec<String> = staging["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            format!(
                "{} {}:{} {}",
                f["path"], f["source"]["file"], f["source"]["line"], f["source"]["through"]
            )
        })
        .collect();
    assert_eq!(
        sources,
        [
            r#""cost_center" "teams/payments.yaml":4 "defaults""#,
            r#""labels.team" "teams/payments.yaml":5 "defaults""#,
            r#""owner" "organizations.yaml":3 "the organization's defaults""#,
        ]
    );
}

#[test]
fn renames_say_what_follows_them() {
    let project = Project::applied();
    project.edit(
        "finance.yaml",
        "CC-110: {name: Payments, parent: BU-1}",
        "CC-111: {name: Payments, parent: BU-1, previously: [CC-110]}",
    );
    project.edit(
        "bursar.yaml",
        "  payers: {aws_role: {",
        "  readers: {aws_role: {previously: [payers], ",
    );
    project
        .plan()
        .success()
        .stdout_eq(str![[r#"
Plan: 2 to rename, nothing deleted

Renamed
  > credential/readers  was payers  aws_role                       bursar.yaml:5
      1 reference follows
  > cost_center/CC-111  was CC-110  Payments                      finance.yaml:5
      5 references follow

Next: `bursar apply --offline` (digest 5d2e2442b856f6f43897b4353c7d1c56)

"#]])
        .stderr_eq("4 warnings in 3 files\n...\n[..]the cost centre `CC-110` is now called `CC-111`\n...\n");
    project.apply();
    project.plan().success().stdout_eq(str![[r#"
No changes: 17 resources are registered as declared

note: 2 entries have done their work and can go: `previously: [CC-110]` of
      cost_center/CC-111, `previously: [payers]` of credential/readers

"#]]);
}

#[test]
fn groups_are_by_cost_centre_or_file_too() {
    let project = Project::new();
    project
        .bursar(&["plan", "--offline", "--by", "cost_center"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 17 to add, nothing deleted

Added
  BU-1:
  + cost_center/BU-1  Digital                                     finance.yaml:3
  BU-2:
  + cost_center/BU-2  Operations                                  finance.yaml:4
  CC-110:
  + account/aws/210987654321  Shop production → CC-110     teams/payments.yaml:6
  + account/aws/210987654322  Shop staging → CC-110        teams/payments.yaml:7
  + account/aws/210987654323  Card vault → CC-110          teams/payments.yaml:8
  + cost_center/CC-110  Payments below BU-1                       finance.yaml:5
  + budget/CC-110/FY2027  120,000 USD                             finance.yaml:9
  CC-110, CC-120:
  + shared_cost/support                                          finance.yaml:12
  CC-120:
  + cost_center/CC-120  Platform below BU-1                       finance.yaml:6
  + budget/CC-120/FY2027  27,000 USD in 3 months                 finance.yaml:10
  No cost centre:
  + credential/ci  aws_default                                     bursar.yaml:4
  + credential/payers  aws_role                                    bursar.yaml:5
  + organization, 1 payer, 2 exports, recommendations         organizations.yaml

Next: `bursar apply --offline` (digest c50c72520192e14e5d994eb3072d3be2)

"#]]);
    project
        .bursar(&["plan", "--offline", "--by", "file"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 17 to add, nothing deleted

Added
  bursar.yaml:
  + credential/ci  aws_default                                     bursar.yaml:4
  + credential/payers  aws_role                                    bursar.yaml:5
  finance.yaml:
  + 4 cost centres                                                  finance.yaml
      BU-1, BU-2, CC-110, CC-120
  + budget/CC-110/FY2027  120,000 USD                             finance.yaml:9
  + budget/CC-120/FY2027  27,000 USD in 3 months                 finance.yaml:10
  + shared_cost/support                                          finance.yaml:12
  organizations.yaml:
  + organization, 1 payer, 2 exports, recommendations         organizations.yaml
  teams/payments.yaml:
  + account/aws/210987654321  Shop production → CC-110     teams/payments.yaml:6
  + account/aws/210987654322  Shop staging → CC-110        teams/payments.yaml:7
  + account/aws/210987654323  Card vault → CC-110          teams/payments.yaml:8

Next: `bursar apply --offline` (digest c50c72520192e14e5d994eb3072d3be2)

"#]]);
}

#[test]
fn a_target_takes_what_it_needs() {
    Project::new()
        .bursar(&["plan", "--offline", "--target", "account/aws/210987654321"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 5 to add, nothing deleted

Added
  + credential/ci  aws_default                                     bursar.yaml:4
  + credential/payers  aws_role                                    bursar.yaml:5
  + organization/acme                                       organizations.yaml:3
  + payer/aws/111122223333  Acme                            organizations.yaml:5
  + account/aws/210987654321  Shop production → CC-110     teams/payments.yaml:6

note: limited by --target: 12 more changes are not in this plan

Next: `bursar apply --offline` (digest 0cd09a55ccb24a888343dbe15f841a0b)

"#]]);
}

#[test]
fn a_target_that_matches_nothing_is_an_error() {
    for (target, help) in [
        ("accounts/aws/*", "did you mean `account/aws/*`?"),
        (
            "account/aws/210987654320",
            "did you mean `account/aws/21098765432",
        ),
        ("nothing", "write a glob over addresses"),
    ] {
        for command in [
            &["plan"][..],
            &["plan", "--drift-only"],
            &["apply", "--auto-approve"],
        ] {
            let arguments = [command, &["--offline", "--target", target]].concat();
            let output = Project::new().bursar(&arguments).output().unwrap();
            let text =
                String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(text.contains("error[target.nothing]"), "{text}");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(help), "{text}");
        }
    }
}

#[test]
fn changes_have_an_exit_code_of_their_own() {
    let project = Project::new();
    project
        .bursar(&["plan", "--offline", "--detailed-exitcode"])
        .assert()
        .code(2);
    project.apply();
    project
        .bursar(&["plan", "--offline", "--detailed-exitcode"])
        .assert()
        .code(0);
}

#[test]
fn what_cannot_be_asked_is_blocked_with_its_cause() {
    let project = Project::new();
    project
        .bursar(&["plan"])
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
Plan: 17 to add, nothing deleted; 10 blocked

Added
  Credentials:
  + credential/ci  aws_default                                     bursar.yaml:4
      blocked: aws.identity of credential/ci
  + credential/payers  aws_role                                    bursar.yaml:5
      blocked: aws.identity of credential/ci
  acme (aws):
  + organization, 1 payer, 2 exports, recommendations         organizations.yaml
      blocked: aws.identity of credential/ci
  + account/aws/210987654321  Shop production → CC-110     teams/payments.yaml:6
      blocked: aws.identity of credential/ci
  + account/aws/210987654322  Shop staging → CC-110        teams/payments.yaml:7
      blocked: aws.identity of credential/ci
  + account/aws/210987654323  Card vault → CC-110          teams/payments.yaml:8
      blocked: aws.identity of credential/ci
  Structure:
  + 4 cost centres                                                  finance.yaml
      BU-1, BU-2, CC-110, CC-120
  + budget/CC-110/FY2027  120,000 USD                             finance.yaml:9
  + budget/CC-120/FY2027  27,000 USD in 3 months                 finance.yaml:10
  + shared_cost/support                                          finance.yaml:12

acme: not compared with the accounts in AWS: `ci` cannot sign in

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

Next: `bursar apply` (digest c50c72520192e14e5d994eb3072d3be2)

"#]]);
    project.edit(
        "bursar.yaml",
        "version: 1\n",
        "version: 1\naccess: {require: none}\n",
    );
    project.bursar(&["plan"]).assert().success();
}

#[test]
fn names_and_cost_centres_change_whatever_access_says() {
    let project = Project::applied();
    project.edit("organizations.yaml", "o-abcdefghij", "o-abcdefghik");
    project.edit("teams/payments.yaml", "Shop production", "Shop");
    project
        .bursar(&["plan"])
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
Plan: 2 to change, nothing deleted; 1 blocked

Changed
  ~ organization/acme                                       organizations.yaml:3
      blocked: aws.identity of credential/ci
      id: o-abcdefghij → o-abcdefghik
  ~ account/aws/210987654321  Shop                         teams/payments.yaml:6
      name: Shop production → Shop

acme: not compared with the accounts in AWS: `ci` cannot sign in

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

Next: `bursar apply` (digest 362222812cc1cabe4b5b788ef6548b22)

"#]]);
    project
        .bursar(&["apply", "--auto-approve"])
        .assert()
        .code(1);
    let left = project.json(&["plan", "--offline", "--json"]);
    assert_eq!(left["changes"].as_array().unwrap().len(), 1);
    assert_eq!(left["changes"][0]["address"], "organization/acme");
}
