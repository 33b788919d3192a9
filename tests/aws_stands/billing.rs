//! The stand-in for what nobody else imitates, driven by boto3.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::aws::billing::Billing;
use crate::aws::billing::exports::Health;
use crate::aws::billing::hub::{Enrolment, Recommendation};
use crate::aws::billing::keys::{Caller, Policy, root_key};
use crate::aws::billing::organization::{MemberState, Organization, Shows};
use crate::aws::billing::{optimizer, page::Pages};
use crate::aws::client::{Answer, Client};
use crate::aws::ministack::{ACCOUNT, Ministack};
use crate::aws::moto::Moto;
use crate::aws::sigv4::Key;
use crate::aws::web::runtime;

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

pub fn script(name: &str, url: &str) -> Command {
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

/// What a root user gets for an operation of Organizations.
fn organizations(url: &str, account: &str, operation: &str, input: &Value) -> Answer {
    let client = Client::new(url, root_key(account));
    let target = format!("AWSOrganizationsV20161128.{operation}");
    runtime().block_on(client.json("organizations", "1.1", &target, input))
}

#[test]
fn accounts_come_in_pages_of_twenty_and_an_empty_page_is_not_the_end() {
    let billing = billing();
    let server = billing.serve();
    let pages = || {
        let mut sizes = Vec::new();
        let mut input = json!({});
        loop {
            let page = organizations(&server.url(), PAYER, "ListAccounts", &input)
                .ok()
                .json();
            sizes.push(page["Accounts"].as_array().unwrap().len());
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => return sizes,
            }
        }
    };
    assert_eq!(pages(), [20, 20, 6]);
    billing.state().pages = Pages {
        most: Some(15),
        empty_first: true,
    };
    assert_eq!(pages(), [0, 15, 15, 15, 1]);
    let refused = |input: Value| organizations(&server.url(), PAYER, "ListAccounts", &input);
    let answer = refused(json!({"NextToken": "made up"}));
    assert_eq!(answer.json()["Reason"], "INVALID_NEXT_TOKEN");
    let answer = refused(json!({"MaxResults": 21}));
    assert_eq!(answer.json()["Reason"], "MAX_VALUE_EXCEEDED");
    assert_eq!(billing.wrong(), Vec::<String>::new());
}

#[test]
fn accounts_show_their_state_and_where_they_are() {
    let billing = billing();
    let server = billing.serve();
    let first = || {
        let found = organizations(
            &server.url(),
            PAYER,
            "DescribeAccount",
            &json!({"AccountId": MEMBER}),
        );
        found.ok().json()["Account"].clone()
    };
    assert_eq!(
        first()["Paths"],
        json!([format!("o-abcdefghij/r-abcd/ou-abcd-00000001/{MEMBER}/")])
    );
    let states = [
        (
            MemberState::PendingActivation,
            "PENDING_ACTIVATION",
            "SUSPENDED",
        ),
        (MemberState::Active, "ACTIVE", "ACTIVE"),
        (MemberState::Suspended, "SUSPENDED", "SUSPENDED"),
        (
            MemberState::PendingClosure,
            "PENDING_CLOSURE",
            "PENDING_CLOSURE",
        ),
        (MemberState::Closed, "CLOSED", "SUSPENDED"),
    ];
    for (one, state, status) in states {
        billing.state().organizations[0].member(MEMBER).state = one;
        let found = first();
        assert_eq!(
            (&found["State"], &found["Status"]),
            (&json!(state), &json!(status))
        );
    }
    billing.state().organizations[0].shows = Shows::State;
    assert_eq!(first().get("Status"), None);
    billing.state().organizations[0].shows = Shows::Status;
    assert_eq!(first().get("State"), None);
    assert_eq!(billing.wrong(), Vec::<String>::new());
}

#[test]
fn only_the_management_account_lists() {
    let billing = billing();
    let server = billing.serve();
    let ask = |account: &str, operation: &str| {
        organizations(&server.url(), account, operation, &json!({}))
    };
    ask(MEMBER, "DescribeOrganization").ok();
    assert_eq!(
        ask(MEMBER, "ListAccounts").code().as_deref(),
        Some("AccessDeniedException")
    );
    billing.state().organizations[0]
        .delegated
        .push(MEMBER.to_owned());
    ask(MEMBER, "ListAccounts").ok();
    billing.state().organizations.clear();
    let alone = ask(PAYER, "DescribeOrganization").code();
    assert_eq!(alone.as_deref(), Some("AWSOrganizationsNotInUseException"));
    assert_eq!(billing.wrong(), Vec::<String>::new());
}
