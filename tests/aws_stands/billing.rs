//! The stand-in for what nobody else imitates, driven by boto3.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::aws::billing::Billing;
use crate::aws::billing::exports::Health;
use crate::aws::billing::hub::{Enrolment, Recommendation};
use crate::aws::billing::keys::{Caller, Policy};
use crate::aws::billing::organization::{MemberState, Organization, Shows};
use crate::aws::billing::{optimizer, page::Pages};
use crate::aws::ministack::{ACCOUNT, Ministack};
use crate::aws::moto::Moto;
use crate::aws::sigv4::Key;

const PAYER: &str = "111122223333";
const MEMBER: &str = "210987654321";

/// What the stand-in must have.
const OPERATIONS: &[(&str, &[&str])] = &[
    (
        "bcm-data-exports",
        &[
            "CreateExport",
            "DeleteExport",
            "GetExecution",
            "GetExport",
            "GetTable",
            "ListExecutions",
            "ListExports",
            "ListTables",
            "UpdateExport",
        ],
    ),
    (
        "compute-optimizer",
        &["GetEnrollmentStatus", "GetRecommendationSummaries"],
    ),
    (
        "cost-optimization-hub",
        &[
            "GetPreferences",
            "ListEnrollmentStatuses",
            "ListRecommendationSummaries",
            "ListRecommendations",
        ],
    ),
    ("support", &["DescribeTrustedAdvisorChecks"]),
];

fn organization(master: &str) -> Organization {
    let mut organization = Organization::new("o-abcdefghij", master, "Acme");
    let root = organization.root.clone();
    let unit = organization.unit("Production", &root);
    for number in 0..45 {
        let parent = if number < 25 { &unit } else { &root };
        let id = format!("{:012}", 210_987_654_321_u64 + number);
        let member = organization.join(&id, &format!("Account {number}"), parent);
        if number == 0 {
            member.tags.insert("team".to_owned(), "payments".to_owned());
        }
    }
    organization
}

fn billing() -> Billing {
    let billing = Billing::new(None);
    let keys = billing.keys();
    keys.learn_root(PAYER);
    keys.learn_root(MEMBER);
    let reader = Caller {
        arn: format!("arn:aws:iam::{PAYER}:user/reader"),
        account: PAYER.to_owned(),
        policy: Policy::Only(BTreeSet::from(["bcm-data-exports:ListExports".to_owned()])),
    };
    let key = |id: &str, secret: &str, token: Option<&str>| Key {
        id: id.to_owned(),
        secret: secret.to_owned(),
        token: token.map(str::to_owned),
    };
    keys.learn(
        key("AKIAREADER0000000000", "reader", None),
        reader.clone(),
        None,
    );
    let expired = key("ASIAEXPIRED000000000", "expired", Some("expired"));
    keys.learn(expired, reader, Some(Timestamp::UNIX_EPOCH));
    let mut state = billing.state();
    state.organizations.push(organization(PAYER));
    let recommendation = |monthly_savings| Recommendation {
        account: MEMBER.to_owned(),
        region: "eu-west-1".to_owned(),
        action: "Rightsize".to_owned(),
        resource_type: "Ec2Instance".to_owned(),
        monthly_savings,
    };
    let enrolment = Enrolment {
        members: true,
        recommendations: vec![recommendation(10.0), recommendation(20.0)],
    };
    state.hub.enrolled.insert(PAYER.to_owned(), enrolment);
    let enrolment = optimizer::Enrolment {
        status: "Active",
        reason: None,
        members: true,
    };
    state.optimizer.enrolled.insert(PAYER.to_owned(), enrolment);
    state.support.subscribed.insert(PAYER.to_owned());
    drop(state);
    billing
}

fn script(name: &str, url: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/aws");
    let mut command = Command::new(Ministack::python());
    command
        .arg(folder.join(name))
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("STAND_URL", url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn boto3_drives_every_operation_and_the_answers_hold_to_the_models() {
    let billing = billing();
    let server = billing.serve();
    let mut child = script("drive_billing.py", &server.url()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut driven = BTreeSet::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        if line == "tell deliver" {
            let mut state = billing.state();
            let export = &mut state.exports[0];
            export.delivered(Timestamp::now() - SignedDuration::from_hours(3));
            export.health = Health::Unhealthy("INSUFFICIENT_PERMISSION");
            drop(state);
            child
                .stdin
                .as_mut()
                .unwrap()
                .write_all(b"delivered\n")
                .unwrap();
        } else if let Some(all) = line.strip_prefix("driven ") {
            driven = serde_json::from_str::<BTreeSet<(String, String)>>(all).unwrap();
        }
    }
    let mut error = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut error)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{error}");
    let wanted = OPERATIONS.iter().flat_map(|(service, operations)| {
        let one = |operation: &&str| ((*service).to_owned(), (*operation).to_owned());
        operations.iter().map(one)
    });
    assert_eq!(driven, wanted.collect());
    assert_eq!(billing.wrong(), Vec::<String>::new());
}

fn listed(url: &str, key: &str, make: bool) -> Value {
    let mut command = script("drive_organizations.py", url);
    command.env("STAND_KEY", key);
    if make {
        command.env("STAND_MAKE", "1");
    }
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn our_organization_is_listed_like_the_one_of_moto() {
    let billing = Billing::new(None);
    billing.keys().learn_root(ACCOUNT);
    billing.state().organizations.push(organization(ACCOUNT));
    let server = billing.serve();
    let ours = listed(&server.url(), ACCOUNT, false);
    assert_eq!(ours, listed(&Moto::start().url(), ACCOUNT, true));
    assert_eq!(billing.wrong(), Vec::<String>::new());
}
