//! Plans and applies where registrations live on a platform: drift, adoption.

use serde_json::{Value, json};
use snapbox::str;

use crate::support::Project;

fn file(project: &Project, address: &str) -> std::path::PathBuf {
    project
        .path()
        .join(".platform")
        .join(format!("{}.json", address.replace('/', "~")))
}

fn change(project: &Project, address: &str, edit: impl Fn(&mut Value)) {
    let path = file(project, address);
    let mut value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    edit(&mut value["spec"]);
    std::fs::write(path, value.to_string()).unwrap();
}

#[test]
fn drift_is_shown_apart_and_written_back_only_when_asked() {
    let project = Project::on_platform();
    project.apply();
    change(&project, "account/aws/210987654321", |spec| {
        spec["name"] = json!("Renamed by hand")
    });
    change(&project, "account/aws/210987654321", |spec| {
        spec["added"] = json!("by the platform")
    });
    std::fs::remove_file(file(&project, "cost_center/BU-2")).unwrap();
    project
        .bursar(&["plan"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
No changes: 17 resources are registered as declared

Drifted: changed on the platform, not here
  ! account/aws/210987654321
      name: Renamed by hand (declared: Shop production)
  ! cost_center/BU-2  gone from the platform
  `bursar apply --drift-only` writes back what is declared

acme: not compared with the accounts in AWS: `ci` cannot sign in

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

"#]]);
    project
        .bursar(&["apply", "--auto-approve"])
        .assert()
        .success();
    assert!(!file(&project, "cost_center/BU-2").exists());
    project
        .bursar(&["plan", "--drift-only"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 1 to add, 1 to change, nothing deleted

Changed
  ~ account/aws/210987654321  Shop production              teams/payments.yaml:6
      name: Renamed by hand → Shop production

Added
  + cost_center/BU-2  Operations                                  finance.yaml:4

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

Next: `bursar apply` (digest edb2e1d878228ee0f1fd3a219ad0431d)

"#]]);
    project
        .bursar(&["apply", "--auto-approve", "--drift-only"])
        .assert()
        .success();
    project
        .bursar(&["plan"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
No changes: 17 resources are registered as declared

acme: not compared with the accounts in AWS: `ci` cannot sign in

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

"#]]);
}

#[test]
fn what_the_platform_has_already_is_adopted() {
    let project = Project::on_platform();
    project.apply();
    change(&project, "account/aws/210987654321", |spec| {
        spec["name"] = json!("Old name")
    });
    std::fs::remove_dir_all(project.path().join(".bursar")).unwrap();
    project
        .bursar(&["plan"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan: 17 to adopt, nothing deleted

Adopted: the platform has them already
  Credentials:
  = credential/ci  aws_default                                     bursar.yaml:5
  = credential/payers  aws_role                                    bursar.yaml:6
  acme (aws):
  = organization/acme                                       organizations.yaml:3
  = payer/aws/111122223333  Acme                            organizations.yaml:5
  = export/aws/111122223333/focus  data_export              organizations.yaml:5
  = export/aws/111122223333/hourly  cur                     organizations.yaml:5
  = recommendations/acme                                    organizations.yaml:3
  = account/aws/210987654321  Shop production → CC-110     teams/payments.yaml:6
      name: Old name → Shop production
  = account/aws/210987654322  Shop staging → CC-110        teams/payments.yaml:7
  = account/aws/210987654323  Card vault → CC-110          teams/payments.yaml:8
  Structure:
  = 4 cost centres                                                  finance.yaml
      BU-1, BU-2, CC-110, CC-120
  = budget/CC-110/FY2027  120,000 USD                             finance.yaml:9
  = budget/CC-120/FY2027  27,000 USD in 3 months                 finance.yaml:10
  = shared_cost/support                                          finance.yaml:12

acme: not compared with the accounts in AWS: `ci` cannot sign in

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

Next: `bursar apply` (digest a5b4252984037fef86b53f1962c85e5e)

"#]]);
    project.apply();
    project
        .bursar(&["plan"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
No changes: 17 resources are registered as declared

acme: not compared with the accounts in AWS: `ci` cannot sign in

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

"#]]);
}

#[test]
fn a_refused_write_is_told_and_stops_only_what_needs_it() {
    let project = Project::on_platform();
    project
        .bursar(&["apply", "--auto-approve"])
        .env("BURSAR_TESTKIT_REFUSE", "payer/")
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
Plan: 17 to add, nothing deleted

Added
  Credentials:
  + credential/ci  aws_default                                     bursar.yaml:5
  + credential/payers  aws_role                                    bursar.yaml:6
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

Access
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused
      (os error 111)); behind it 2 exports, 3 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`),
            private endpoints (`AWS_ENDPOINT_URL`); or use `--offline`

Applied 11 of 17, serial 4; the next apply goes on with the rest.
  failed: payer/aws/111122223333: test_dir cannot create payer/aws/111122223333:
    refused, as the test asked for
    help: look at the folder of test_dir
  not tried: export/aws/111122223333/focus, export/aws/111122223333/hourly,
    account/aws/210987654321 and 2 more, as payer/aws/111122223333 was not done

No accounts are registered: `bursar plan` shows what an apply would add.

"#]]);
    project
        .bursar(&["apply", "--auto-approve"])
        .assert()
        .success();
    project.bursar(&["plan"]).assert().success();
}

#[test]
fn what_the_platform_lost_is_created_again_or_forgotten() {
    let project = Project::on_platform();
    project.apply();
    std::fs::remove_file(file(&project, "account/aws/210987654321")).unwrap();
    std::fs::remove_file(file(&project, "cost_center/BU-2")).unwrap();
    project.edit("teams/payments.yaml", "Shop production", "Shop live");
    project.edit("finance.yaml", "  BU-2: {name: Operations}\n", "");
    project.apply();
    assert!(file(&project, "account/aws/210987654321").exists());
    let plan = project.json(&["plan", "--json"]);
    assert_eq!(plan["changes"], json!([]));
    assert_eq!(plan["drift"], json!([]));
}
