//! The account list.

use snapbox::{file, str};

use crate::support::Project;

fn project() -> Project {
    let project = Project::new();
    project.write(
        "wide.yaml",
        r#"
organizations:
  contoso: {provider: azure, id: 0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0}
  oracle: {provider: oci, id: ocid1.tenancy.oc1..aaaaaaaaacmerootq2w3e4r5t6y7uq2w3e4r5t6y7uq2w3e4r5t6y7uq2w3e}
payers:
  PE2Q-NOIT-BG7-TGB: {organization: contoso, billing_account: "2f6d8c1e-4a3b-4e57-9c80-7b1a5d3e9f42:6b0c4d2e-8f1a-4b39-a7d5-0e9c3f6b1a84_2019-05-31", cost_center: CC-120}
  ocid1.tenancy.oc1..aaaaaaaaacmerootq2w3e4r5t6y7uq2w3e4r5t6y7uq2w3e4r5t6y7uq2w3e: {organization: oracle}
accounts:
  "111122223333": {organization: acme, name: Management, cost_center: CC-120}
  9a8b7c6d-5e4f-4a3b-9c2d-1e0f9a8b7c6d: {organization: contoso, name: Shared services, cost_center: [CC-110, {from: 2027-02, cost_center: CC-120}]}
  b7c1d2e3-4f50-4617-8a29-3b4c5d6e7f80: {organization: contoso, name: Checkout, cost_center: {split: {CC-110: 60, CC-120: 40}}}
  ocid1.tenancy.oc1..aaaaaaaaacmeanalyticsq2w3e4r5t6y7uq2w3e4r5t6y7uq2w3e4r5t6y7u: {organization: oracle, type: tenancy, name: Analytics, closed: 2026-11-14}
"#,
    );
    project.apply();
    project
}

#[test]
fn accounts_stand_below_their_payer() {
    project()
        .bursar(&["accounts"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
acme (aws)                                COST CENTRE     API  PAYER  COST  RECS
  111122223333    Acme [payer]                            ·    ·      ·     ·
    111122223333  Managem… [payer's own]  CC-120          ·    ·      ·     ·
    210987654321  Shop production         CC-110          ·    ·      ·     ·
    210987654322  Shop staging            CC-110          ·    ·      ·     ·
    210987654323  Card vault              CC-110          ·    ·      ·     ·

contoso (azure)                           COST CENTRE     API  PAYER  COST  RECS
  PE2Q-NOIT-BG7-TGB      [payer]          CC-120          ·    ·      ·     ·
    9a8b7c6d-…f9a8b7c6d  Shared services  CC-110          ·    ·      ·     ·
    b7c1d2e3-…c5d6e7f80  Checkout         CC-110 +1       ·    ·      ·     ·

oracle (oci)                              COST CENTRE     API  PAYER  COST  RECS
  ocid1.ten…y7uq2w3e  [payer]                             ·    ·      ·     ·
    ocid1.te…r5t6y7u  Analytics [closed]                  ·    ·      ·     ·

3 payers, 7 accounts. Badges: · not asked

"#]]);
}

#[test]
fn in_colour() {
    project()
        .bursar(&["--color", "always", "accounts"])
        .assert()
        .success()
        .stdout_eq(file!["../snapshots/accounts.term.svg": TermSvg]);
}

#[test]
fn the_cost_centre_is_this_months() {
    let project = project();
    let center = |now| {
        let output = project
            .bursar_at(now, &["accounts", "--json"])
            .output()
            .unwrap();
        let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let all = list["accounts"].as_array().unwrap().clone();
        let one = all
            .iter()
            .find(|a| a["name"] == "Shared services")
            .unwrap()
            .clone();
        one["cost_center"].as_str().unwrap().to_owned()
    };
    assert_eq!(center("2027-01-31"), "CC-110");
    assert_eq!(center("2027-02-01"), "CC-120");
}

#[test]
fn labels_choose() {
    project()
        .bursar(&["accounts", "--where", "env=staging"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
acme (aws)                                   COST CENTRE  API  PAYER  COST  RECS
  111122223333    Acme [payer]                            ·    ·      ·     ·
    210987654322  Shop staging               CC-110       ·    ·      ·     ·

1 payer, 1 account. Badges: · not asked

"#]]);
    project()
        .bursar(&["accounts", "--where", "env=nowhere"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Nothing that is registered has these labels.

"#]]);
}

#[test]
fn before_the_first_apply_there_is_a_next_step() {
    Project::new()
        .bursar(&["accounts"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
No accounts are registered: `bursar plan` shows what an apply would add.

"#]]);
}

/// The estate with an OCI payer, whose key is not on this machine.
fn with_oracle() -> Project {
    let project = Project::new();
    project.edit(
        "bursar.yaml",
        "  ci: {aws_default: {}}\n",
        "  ci: {aws_default: {}}\n  oracle: {oci_api_key: {tenancy: ocid1.tenancy.oc1..aaaaaaaaroot, user: ocid1.user.oc1..aaaaaaaauser, fingerprint: \"1f:2e:3d:4c:5b:6a:79:88:97:a6:b5:c4:d3:e2:f1:00\", region: eu-frankfurt-1, private_key: {env: NO_SUCH_KEY}}}\n",
    );
    project.write(
        "oracle.yaml",
        "organizations:\n  oracle: {provider: oci, id: ocid1.tenancy.oc1..aaaaaaaaroot, credentials: oracle}\npayers:\n  ocid1.tenancy.oc1..aaaaaaaaroot: {organization: oracle, exports: {focus: {reports: {}}}}\n",
    );
    project.apply();
    project
}

#[test]
fn nothing_is_green_where_nobody_was_asked() {
    with_oracle()
        .bursar(&["accounts"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
acme (aws)                                   COST CENTRE  API  PAYER  COST  RECS
  111122223333    Acme [payer]                            ·    ·      ·     ·
    210987654321  Shop production            CC-110       ·    ·      ·     ·
    210987654322  Shop staging               CC-110       ·    ·      ·     ·
    210987654323  Card vault                 CC-110       ·    ·      ·     ·

oracle (oci)                                 COST CENTRE  API  PAYER  COST  RECS
  ocid1.tenancy.oc1..aaaaaaaaroot  [payer]                ·    ·      ·     ·

2 payers, 3 accounts. Badges: · not asked

"#]]);
}

#[test]
fn old_answers_show_their_age() {
    let project = Project::new();
    project.edit(
        "bursar.yaml",
        "  ci: {aws_default: {}}\n",
        "  ci: {aws_default: {}}\n  entra: {azure_client_secret: {tenant_id: 11111111-2222-3333-4444-555555555555, client_id: 11111111-2222-3333-4444-666666666666, client_secret: {env: NO_SUCH_SECRET}, expires_on: 2027-01-31}}\n",
    );
    project.write(
        "azure.yaml",
        "organizations:\n  contoso: {provider: azure, id: 11111111-2222-3333-4444-555555555555, credentials: entra}\npayers:\n  \"12345678\": {organization: contoso}\n",
    );
    project.apply();
    for (now, age) in [
        ("2027-01-20", "! "),
        ("2027-02-20", "!36d "),
        ("2027-06-20", "!22w "),
        ("2029-06-20", "!2y "),
    ] {
        let output = project.bursar_at(now, &["accounts"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(age), "{age}: {text}");
    }
    project
        .bursar_at("2027-02-20", &["accounts"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
acme (aws)                                   COST CENTRE  API  PAYER  COST  RECS
  111122223333    Acme [payer]                            ·    ·      ·     ·
    210987654321  Shop production            CC-110       ·    ·      ·     ·
    210987654322  Shop staging               CC-110       ·    ·      ·     ·
    210987654323  Card vault                 CC-110       ·    ·      ·     ·

contoso (azure)                              COST CENTRE  API  PAYER  COST  RECS
  12345678  [payer]                                       !36d ·      ·     ·

2 payers, 3 accounts. Badges: · not asked, ! warning; behind a sign the age of
its oldest answer in days or weeks

"#]]);
}

#[test]
fn a_former_name_leads_to_the_present_one() {
    let project = Project::applied();
    project.edit(
        "finance.yaml",
        "CC-110: {name: Payments, parent: BU-1}",
        "CC-111: {name: Payments, parent: BU-1, previously: [CC-110]}",
    );
    project.apply();
    for command in ["history", "show"] {
        for name in ["CC-110", "cost_center/CC-110"] {
            let run = project.bursar(&[command, name]).assert().success();
            let output = run.get_output();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(said, format!("{name} is now called cost_center/CC-111\n"));
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(told.contains("cost_center/CC-111"), "{told}");
            assert!(
                told.lines().all(|line| line.chars().count() <= 80),
                "{told}"
            );
        }
    }
    project.bursar(&["show", "CC-999"]).assert().code(1);
}

#[test]
fn what_belongs_to_a_resource_is_shown_with_it() {
    let project = project();
    let show = |address: &str| {
        let output = project.bursar(&["show", address]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // From the spec on: by whom and when differs.
        let end = text.find("  declared in").unwrap();
        text[..end].to_owned()
    };
    insta::assert_snapshot!(show("payer/aws/111122223333"), @r"
    payer/aws/111122223333
      name: Acme
      organization: acme
      protected: its removal needs an apply that lifts this first

      export/aws/111122223333/focus  data_export
      export/aws/111122223333/hourly  cur
    ");
    insta::assert_snapshot!(show("CC-110"), @r"
    cost_center/CC-110
      name: Payments
      parent: BU-1

      budget/CC-110/FY2027  120,000 USD
      5 accounts on it this month
    ");
    insta::assert_snapshot!(show("BU-1"), @r"
    cost_center/BU-1
      name: Digital

      0 accounts on it this month
    ");
    let json = project.json(&["show", "--json", "CC-120"]);
    assert_eq!(json["accounts"], 2);
    assert_eq!(json["budgets"][0]["address"], "budget/CC-120/FY2027");
    let json = project.json(&["show", "--json", "payer/aws/111122223333"]);
    let hourly = serde_json::json!({
        "name": "hourly",
        "address": "export/aws/111122223333/hourly",
        "kind": "cur",
        "data_through": null,
    });
    assert_eq!(json["exports"][1], hourly);
    let json = project.json(&["show", "--json", "account/aws/210987654321"]);
    assert!(json.get("accounts").is_none() && json.get("exports").is_none());
}

#[test]
fn what_is_not_asked_is_told_by_its_reason() {
    let project = with_oracle();
    project
        .bursar(&["check", "--offline"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Access: 1 passed, 4 not asked

  4 not asked:
    4 of credential/oracle: environment variable NO_SUCH_KEY is not set

"#]]);
}

#[test]
fn stored_answers_of_a_plan_say_how_old_they_are() {
    let project = Project::new();
    project.edit(
        "bursar.yaml",
        "  ci: {aws_default: {}}\n",
        "  ci: {aws_default: {}}\n  entra: {azure_client_secret: {tenant_id: 11111111-2222-3333-4444-555555555555, client_id: 11111111-2222-3333-4444-666666666666, client_secret: {env: NO_SUCH_SECRET}, expires_on: 2027-01-31}}\n",
    );
    project.apply();
    for (now, age) in [("2027-01-15", false), ("2027-01-20", true)] {
        let run = project.bursar_at(now, &["plan", "--offline"]);
        let text = String::from_utf8(run.output().unwrap().stdout).unwrap();
        assert!(text.contains("azure.credential.expires"), "{text}");
        assert_eq!(text.contains("asked 5 days ago"), age, "{text}");
    }
    // Who is offline is not told that nobody was asked.
    project.bursar(&["check"]).output().unwrap();
    let run = project.bursar(&["plan", "--offline"]).output().unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(!text.contains("aws.access"), "{text}");
}

#[test]
fn what_went_is_told_without_its_fields() {
    let project = Project::applied();
    project.edit("finance.yaml", "  BU-2: {name: Operations}\n", "");
    project.apply();
    let run = project.bursar(&["history", "BU-2"]).output().unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("- cost_center/BU-2"), "{text}");
    assert!(!text.contains("name:"), "{text}");
}
