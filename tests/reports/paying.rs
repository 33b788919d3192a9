//! Who pays more and who pays less, beneath each change of the financial structure.

use snapbox::str;

use crate::documents::holds;
use crate::support::Project;

const SHARED: &str = r#"
cost_centers:
  ALL: {name: Acme}
  BU-3: {name: Commerce, parent: ALL}
  CC-130: {name: Retail, parent: BU-3}
shared_costs:
  network: {match: {service: AmazonVPC}, method: proportional, among: [CC-110, CC-120]}
  security: {match: {service: AmazonGuardDuty}, method: {fixed: {CC-110: 75, CC-120: 25}}}
"#;

fn project() -> Project {
    let project = Project::new();
    project.write("shared.yaml", SHARED);
    project.edit(
        "finance.yaml",
        "{name: Digital}",
        "{name: Digital, parent: ALL}",
    );
    project.apply();
    project
}

#[test]
fn an_account_that_moves_next_month() {
    let project = project();
    project.edit(
        "teams/payments.yaml",
        "{name: Card vault, protect: true}",
        "{name: Card vault, protect: true, cost_center: [CC-110, {from: 2026-12, cost_center: CC-120}]}",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ account/aws/210987654323  Card vault                   teams/payments.yaml:8
      cost centre from 2026-12: CC-110 → CC-120
      pays less: CC-110 (100 % → 0 % from 2026-12)
      pays more: CC-120 (0 % → 100 % from 2026-12)

Next: `bursar apply --offline` (digest 9428c241bf4b24147f1c35e29ce8e022)

"#]]);
    let applied = project.bursar(&["apply", "--offline", "--auto-approve"]);
    applied.assert().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ account/aws/210987654323  Card vault                   teams/payments.yaml:8
      cost centre from 2026-12: CC-110 → CC-120
      pays less: CC-110 (100 % → 0 % from 2026-12)
      pays more: CC-120 (0 % → 100 % from 2026-12)

Applied 1 of 1, serial 2.

acme (aws)                                   COST CENTRE  API  PAYER  COST  RECS
  111122223333    Acme [payer]                            ·    ·      ·     ·
    210987654321  Shop production            CC-110       ·    ·      ·     ·
    210987654322  Shop staging               CC-110       ·    ·      ·     ·
    210987654323  Card vault                 CC-120       ·    ·      ·     ·

1 payer, 3 accounts. Badges: · not asked

"#]]);
}

#[test]
fn a_split_that_changes() {
    let project = project();
    let account = |split: &str| {
        format!(
            "{{name: Card vault, protect: true, cost_center: [CC-110, {{from: 2026-12, split: {split}}}]}}"
        )
    };
    let (first, then) = (
        account("{CC-110: 60, CC-120: 40}"),
        account("[CC-110, CC-120, CC-130]"),
    );
    project.edit(
        "teams/payments.yaml",
        "{name: Card vault, protect: true}",
        &first,
    );
    project.apply();
    project.edit("teams/payments.yaml", &first, &then);
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ account/aws/210987654323  Card vault                   teams/payments.yaml:8
      cost centre from 2026-12: CC-110 60% + CC-120 40% → CC-110 + CC-120 +
        CC-130 evenly
      pays less: CC-110 (60 % → 33.34 % from 2026-12), CC-120 (40 % → 33.33 %
        from 2026-12)
      pays more: CC-130 (0 % → 33.33 % from 2026-12)

Next: `bursar apply --offline` (digest 4787c3fee91d5d751a203336b9adf0a8)

"#]]);
}

#[test]
fn what_a_payer_carries() {
    let project = project();
    project.edit(
        "organizations.yaml",
        "    name: Acme\n",
        "    name: Acme\n    cost_center: [{from: 2026-12, cost_center: CC-120}]\n",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ payer/aws/111122223333  Acme                            organizations.yaml:5
      cost centre from 2026-12: none → CC-120
      pays more: CC-120 (0 % → 100 % from 2026-12)

Next: `bursar apply --offline` (digest 97aa92f45f2efb66e8bfe475d266740e)

"#]]);
    project.apply();
    project.edit(
        "organizations.yaml",
        "    cost_center: [{from: 2026-12, cost_center: CC-120}]\n",
        "",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ payer/aws/111122223333  Acme                            organizations.yaml:5
      cost centre from 2026-12: CC-120 → none
      pays less: CC-120 (100 % → 0 % from 2026-12)
      pays more: nobody (0 % → 100 % from 2026-12)

Next: `bursar apply --offline` (digest 056d44f66e689375f36f51d7f31b689a)

"#]]);
}

#[test]
fn who_shares_a_cost() {
    let project = project();
    project.edit(
        "finance.yaml",
        "even, among: [CC-110, CC-120]",
        "even, among: [CC-110, CC-120, CC-130]",
    );
    project.edit(
        "shared.yaml",
        "proportional, among: [CC-110, CC-120]",
        "proportional, among: [CC-110, CC-130]",
    );
    project.edit(
        "shared.yaml",
        "{CC-110: 75, CC-120: 25}",
        "{CC-110: 70, CC-120: 30}",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 3 to change, nothing deleted

Changed
  ~ shared_cost/network                                            shared.yaml:7
      among: CC-110, CC-120 → CC-110, CC-130
      pays less: CC-120 (in proportion → 0 %)
      pays more: CC-130 (0 % → in proportion)
      more or less, by its costs: CC-110
  ~ shared_cost/security                                           shared.yaml:8
      method: fixed: CC-110 75% + CC-120 25% → fixed: CC-110 70% + CC-120 30%
      pays less: CC-110 (75 % → 70 %)
      pays more: CC-120 (25 % → 30 %)
  ~ shared_cost/support                                          finance.yaml:12
      among: CC-110, CC-120 → CC-110, CC-120, CC-130
      pays less: CC-110 (50 % → 33.34 %), CC-120 (50 % → 33.33 %)
      pays more: CC-130 (0 % → 33.33 %)

Next: `bursar apply --offline` (digest 3009f27481e655b4b5fd032ce5894d7b)

"#]]);
    project.apply();
    project.edit("shared.yaml", "method: proportional", "method: even");
    project.edit("shared.yaml", "AmazonGuardDuty", "AWSSecurityHub");
    project.plan().success().stdout_eq(str![[r#"
Plan: 2 to change, nothing deleted

Changed
  ~ shared_cost/network                                            shared.yaml:7
      method: proportional → even
      more or less, by its costs: CC-110 (in proportion → 50 %), CC-130 (in
        proportion → 50 %)
  ~ shared_cost/security                                           shared.yaml:8
      match.service: AmazonGuardDuty → AWSSecurityHub

Next: `bursar apply --offline` (digest 469a5c573de8be521a32dd35b92eaf82)

"#]]);
}

#[test]
fn a_cost_centre_that_moves_and_one_that_is_renamed() {
    let project = project();
    project.edit(
        "finance.yaml",
        "CC-120: {name: Platform, parent: BU-1}",
        "CC-120: {name: Platform, parent: [BU-1, {from: 2027-01, parent: BU-3}]}",
    );
    project.edit(
        "finance.yaml",
        "CC-110: {name: Payments",
        "CC-111: {name: Payment services, previously: [CC-110]",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, 1 to rename, nothing deleted

Renamed
  > cost_center/CC-111  was CC-110  Payment services              finance.yaml:5
      7 references follow
      name: Payments → Payment services

Changed
  ~ cost_center/CC-120  Platform                                  finance.yaml:6
      parent from 2027-01: BU-1 Digital → BU-3 Commerce
      carries less: BU-1 (100 % → 0 % from 2027-01)
      carries more: BU-3 (0 % → 100 % from 2027-01)

Next: `bursar apply --offline` (digest ecbc44c593c63bb04197418b7926d776)

"#]]);
    project.apply();
    // Its branch moves: what stands on it says nothing of its own.
    project.edit(
        "shared.yaml",
        "{name: Commerce, parent: ALL}",
        "{name: Commerce, parent: [ALL, {from: 2027-04}]}",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ cost_center/BU-3  Commerce                                     shared.yaml:4
      parent from 2027-04: ALL Acme → none
      carries less: ALL (100 % → 0 % from 2027-04)

note: 1 entry has done its work and can go: `previously: [CC-110]` of
      cost_center/CC-111

Next: `bursar apply --offline` (digest 721b337c28746a9faf3db3574360f172)

"#]]);
}

#[test]
fn a_month_of_a_budget_and_its_year() {
    let project = project();
    project.edit("finance.yaml", r#""2026-06": 9000"#, r#""2026-06": 12000"#);
    project.edit(
        "finance.yaml",
        "CC-110: 120000",
        "CC-110: {amount: 600000, currency: BRL}",
    );
    project.plan().success().stdout_eq(str![[r#"
Plan: 2 to change, nothing deleted

Changed
  ~ budget/CC-110/FY2027                                          finance.yaml:9
      the year: 120,000 USD → 600,000 BRL
      currency: USD → BRL
  ~ budget/CC-120/FY2027                                         finance.yaml:10
      June 2026: 9,000 USD → 12,000 USD (+33.3%)
      the year: 27,000 USD → 30,000 USD (+11.1%)

Next: `bursar apply --offline` (digest 799d522e41efbe475ac7120adb2d33d1)

"#]]);
}

#[test]
fn machines_read_who_pays_and_the_digest_knows_nothing_of_it() {
    let project = project();
    project.edit(
        "teams/payments.yaml",
        "  cost_center: CC-110",
        "  cost_center: [CC-110, {from: 2026-12, split: [CC-110, CC-120]}]",
    );
    project.edit(
        "finance.yaml",
        r#""2026-06": 9000"#,
        r#""2026-06": 12000.5"#,
    );
    let plan = project.json(&["plan", "--offline", "--json"]);
    holds("plan", &plan);
    let changes = plan["changes"].as_array().unwrap();
    let of = |address: &str| {
        changes
            .iter()
            .find(|change| change["address"] == address)
            .unwrap()
    };
    assert_eq!(
        of("account/aws/210987654321")["shifts"],
        serde_json::json!([
            {"cost_center": "CC-110", "pays": "less", "before": "100.00", "after": "50.00", "from": "2026-12"},
            {"cost_center": "CC-120", "pays": "more", "before": "0.00", "after": "50.00", "from": "2026-12"},
        ])
    );
    assert_eq!(
        of("budget/CC-120/FY2027")["year"],
        serde_json::json!({
            "before": {"amount": "27000", "currency": "USD"},
            "after": {"amount": "30000.5", "currency": "USD"},
        })
    );
    assert_eq!(
        plan["who_pays"],
        serde_json::json!([
            {"cost_center": "CC-110", "more": 0, "less": 3},
            {"cost_center": "CC-120", "more": 3, "less": 0},
        ])
    );
}

#[test]
fn hundreds_of_alike_changes_stay_short() {
    let project = project();
    project.edit(
        "bursar.yaml",
        "version: 1\n",
        "version: 1\nguard: {update: {percent: 100, at_least: 20}}\n",
    );
    let mut team = "defaults: {organization: acme, cost_center: CC-110}\naccounts:\n".to_owned();
    for number in 0..900 {
        team += &format!("  \"3000000{number:05}\": Sandbox {number}\n");
    }
    project.write("teams/sandboxes.yaml", &team);
    project.apply();
    project.edit(
        "teams/sandboxes.yaml",
        "cost_center: CC-110",
        "cost_center: [CC-110, {from: 2026-12, cost_center: CC-120}]",
    );
    project.edit(
        "teams/payments.yaml",
        "\"210987654322\": {name: Shop staging,",
        "\"210987654322\": {name: Shop staging, cost_center: [CC-110, {from: 2026-12, cost_center: CC-130}],",
    );
    let told = project.bursar(&["plan", "--offline"]);
    told.assert().success().stdout_eq(str![[r#"
Plan: 901 to change, nothing deleted

Changed
  acme (aws):
  ~ account/aws/210987654322  Shop staging                 teams/payments.yaml:7
      cost centre from 2026-12: CC-110 → CC-130
      pays less: CC-110 (100 % → 0 % from 2026-12)
      pays more: CC-130 (0 % → 100 % from 2026-12)
  ~ 900 accounts                                            teams/sandboxes.yaml
      cost centre from 2026-12: CC-110 → CC-120
                                                defaults, teams/sandboxes.yaml:1
      pays less: CC-110 (100 % → 0 % from 2026-12)
      pays more: CC-120 (0 % → 100 % from 2026-12)
      Sandbox 0, Sandbox 1, Sandbox 2, Sandbox 3, Sandbox 4 and 895 more

Who pays: CC-120 more (+900 accounts), CC-130 more (+1 account), CC-110 less
  (-901 accounts)

Next: `bursar apply --offline` (digest 2ed92bbc9fcd654a8bfa09ab2830bbfd)

"#]]);
}

#[test]
fn alike_budgets_tell_only_what_is_true_of_all() {
    let project = project();
    let codes: Vec<String> = (0..9).map(|at| format!("T-{at}")).collect();
    let centers = codes
        .iter()
        .map(|code| format!("  {code}: {{name: Team {code}}}\n"));
    let budgets = codes.iter().enumerate().map(|(at, code)| {
        let currency = if at > 6 { ", currency: BRL" } else { "" };
        format!("    {code}: {{2026-06: 100, 2026-07: {at}{currency}}}\n")
    });
    let text = format!(
        "cost_centers:\n{}budgets:\n  FY2027:\n{}",
        centers.collect::<String>(),
        budgets.collect::<String>()
    );
    project.write("teams/budgets.yaml", &text);
    project.apply();
    project.edit("teams/budgets.yaml", "2026-06: 100", "2026-06: 150");
    project.plan().success().stdout_eq(str![[r#"
Plan: 9 to change, nothing deleted

Changed
  Structure:
  ~ 7 budgets of FY2027                                       teams/budgets.yaml
      June 2026: 100 USD → 150 USD (+50%)
      T-0, T-1, T-2, T-3, T-4, T-5, T-6
  ~ 2 budgets of FY2027                                       teams/budgets.yaml
      June 2026: 100 BRL → 150 BRL (+50%)
      T-7, T-8

Next: `bursar apply --offline` (digest 6f56066cc3bf2c14119bff0b3fac987e)

"#]]);
}
