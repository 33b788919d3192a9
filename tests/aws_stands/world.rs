//! A good world is good, and each prerequisite that is taken away is missed where AWS misses it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::aws::billing::exports::Health;
use crate::aws::billing::organization::MemberState;
use crate::aws::client::{Answer, Client, encoded};
use crate::aws::sigv4::Key;
use crate::aws::web::runtime;
use crate::aws::world::policies::BucketPolicy;
use crate::aws::world::{Delivery, Setup, World};
use crate::sandbox::{Platform, Sandbox};

/// A session of the role in an account, as `ci` gets it.
fn assume(world: &World, account: &str, external_id: Option<&str>) -> Result<Client, Box<Answer>> {
    let role = world.role(account);
    let mut fields = vec![("RoleArn", &*role), ("RoleSessionName", "bursar")];
    fields.extend(external_id.map(|id| ("ExternalId", id)));
    let ci = Client::new(&world.front.url(), world.ci.clone());
    let answer = runtime().block_on(ci.query("sts", "AssumeRole", &fields));
    if answer.status != 200 {
        return Err(Box::new(answer));
    }
    let key = Key {
        id: answer.element("AccessKeyId").unwrap(),
        secret: answer.element("SecretAccessKey").unwrap(),
        token: answer.element("SessionToken"),
    };
    Ok(Client::new(&world.front.url(), key))
}

/// The reader in the payer.
pub fn reader(world: &World) -> Client {
    assume(world, &world.payer, Some("acme-7f3k")).unwrap_or_else(|answer| panic!("{answer:?}"))
}

pub fn json_of(client: &Client, service: &str, operation: &str, input: &Value) -> Answer {
    let (version, target) = match service {
        "cur" => ("1.1", "AWSOrigamiServiceGatewayService"),
        "bcm-data-exports" => ("1.1", "AWSBillingAndCostManagementDataExports"),
        "organizations" => ("1.1", "AWSOrganizationsV20161128"),
        "cost-optimization-hub" => ("1.0", "CostOptimizationHubService"),
        "compute-optimizer" => ("1.0", "ComputeOptimizerService"),
        "support" => ("1.1", "AWSSupport_20130415"),
        other => panic!("{other}"),
    };
    let target = format!("{target}.{operation}");
    runtime().block_on(client.json(service, version, &target, input))
}

fn s3(world: &World, client: &Client, rest: &str) -> Answer {
    let client = client.clone().in_region("eu-west-1");
    runtime().block_on(client.s3("GET", &format!("/{}{rest}", world.bucket), ""))
}

fn listed(world: &World, client: &Client, prefix: &str) -> Answer {
    s3(
        world,
        client,
        &format!("?list-type=2&prefix={}", encoded(prefix)),
    )
}

#[track_caller]
pub fn refused(answer: &Answer, code: &str) {
    assert_eq!(answer.code().as_deref(), Some(code), "{answer:?}");
}

/// Everything that the reader may do, done: the code of each error.
fn look(world: &World, reader: &Client) -> BTreeMap<&'static str, String> {
    let nothing = json!({});
    let arn = |delivery: Delivery| {
        let state = world.billing.state();
        let mut all = state
            .exports
            .iter()
            .filter(|export| export.account == world.payer);
        let found = all.find(|export| export.name() == delivery.name());
        let none = format!(
            "arn:aws:bcm-data-exports:us-east-1:{}:export/none",
            world.payer
        );
        json!({"ExportArn": found.map_or(none, |export| export.arn.clone())})
    };
    let answers = [
        (
            "report",
            json_of(reader, "cur", "DescribeReportDefinitions", &nothing),
        ),
        (
            "exports",
            json_of(reader, "bcm-data-exports", "ListExports", &nothing),
        ),
        (
            "cur2",
            json_of(
                reader,
                "bcm-data-exports",
                "GetExport",
                &arn(Delivery::Cur2),
            ),
        ),
        (
            "focus",
            json_of(
                reader,
                "bcm-data-exports",
                "GetExport",
                &arn(Delivery::Focus),
            ),
        ),
        (
            "organization",
            json_of(reader, "organizations", "DescribeOrganization", &nothing),
        ),
        (
            "accounts",
            json_of(reader, "organizations", "ListAccounts", &nothing),
        ),
        (
            "hub",
            json_of(
                reader,
                "cost-optimization-hub",
                "ListRecommendations",
                &nothing,
            ),
        ),
        (
            "optimizer",
            json_of(
                reader,
                "compute-optimizer",
                "GetRecommendationSummaries",
                &nothing,
            ),
        ),
        (
            "advisor",
            json_of(
                reader,
                "support",
                "DescribeTrustedAdvisorChecks",
                &json!({"language": "en"}),
            ),
        ),
        ("bucket", s3(world, reader, "?location")),
        ("policy", s3(world, reader, "?policy")),
        ("list", listed(world, reader, "cur/")),
    ];
    let codes = answers
        .into_iter()
        .filter(|(_, answer)| answer.status >= 300);
    codes
        .map(|(name, answer)| (name, answer.code().unwrap_or_default()))
        .collect()
}

#[test]
fn a_good_world_can_be_read_by_its_reader_alone() {
    let world = World::good();
    let reader = reader(&world);
    assert_eq!(look(&world, &reader), BTreeMap::new());
    for delivery in Delivery::ALL {
        let folder = format!("{}/{}/", delivery.prefix(), delivery.name());
        let keys = listed(&world, &reader, &folder).body;
        let manifests = keys.matches("-Manifest.json</Key>").count();
        assert_eq!(
            manifests,
            if delivery == Delivery::Hourly { 4 } else { 2 },
            "{keys}"
        );
        let key = keys
            .split("<Key>")
            .nth(1)
            .unwrap()
            .split("</Key>")
            .next()
            .unwrap();
        let path: Vec<_> = key.split('/').map(encoded).collect();
        assert_eq!(
            s3(&world, &reader, &format!("/{}", path.join("/"))).status,
            200
        );
    }
    // Nobody else, nothing else, and only with the right external id.
    refused(&listed(&world, &reader, "other/"), "AccessDenied");
    refused(
        &assume(&world, &world.payer, None).err().unwrap(),
        "AccessDenied",
    );
    refused(
        &assume(&world, &world.payer, Some("wrong")).err().unwrap(),
        "AccessDenied",
    );
    assert!(assume(&world, &world.members[0], Some("acme-7f3k")).is_ok());
    let ci = Client::new(&world.front.url(), world.ci.clone());
    refused(
        &json_of(&ci, "bcm-data-exports", "ListExports", &json!({})),
        "AccessDeniedException",
    );
    assert_eq!(world.front.count("sts", "AssumeRole"), 4);
    assert_eq!(world.front.count("bcm-data-exports", "ListExports"), 2);
}

#[test]
fn its_declaration_is_valid() {
    let world = World::build(Setup {
        members: 3,
        ..Setup::default()
    });
    let sandbox = Sandbox::new(Platform::Local);
    for (name, text) in world.files() {
        sandbox.write(&[(name, &text)]);
    }
    let environment = world.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let said = sandbox
        .run_with(&["plan", "--offline", "--json"], &environment)
        .expect(0);
    let summary = &said.json()["summary"];
    // 2 credentials, an organization and its recommendations, a payer, 3 exports, 4 accounts.
    assert_eq!(
        (&summary["add"], &summary["blocked"]),
        (&json!(12), &json!(0)),
        "{summary}"
    );
}

#[test]
fn what_is_taken_away_is_missed_and_nothing_else() {
    type Case<'a> = (&'a str, fn(&World), &'a [(&'a str, &'a str)]);
    let cases: &[Case<'_>] = &[
        (
            "policy",
            World::without_policy,
            &[("policy", "NoSuchBucketPolicy")],
        ),
        (
            "bucket",
            World::without_bucket,
            &[
                ("bucket", "NoSuchBucket"),
                ("list", "NoSuchBucket"),
                ("policy", "NoSuchBucket"),
            ],
        ),
        (
            "s3:GetBucketPolicy",
            |world| world.without_permission("s3:GetBucketPolicy"),
            &[("policy", "AccessDenied")],
        ),
        (
            "bcm-data-exports:GetExport",
            |world| world.without_permission("bcm-data-exports:GetExport"),
            &[
                ("cur2", "AccessDeniedException"),
                ("focus", "AccessDeniedException"),
            ],
        ),
        (
            "organizations:ListAccounts",
            |world| world.without_permission("organizations:ListAccounts"),
            &[("accounts", "AccessDeniedException")],
        ),
        (
            "cur:DescribeReportDefinitions",
            |world| world.without_permission("cur:DescribeReportDefinitions"),
            &[("report", "AccessDeniedException")],
        ),
        (
            "management",
            |world| world.managed_by(&world.tools),
            &[("accounts", "AccessDeniedException")],
        ),
        (
            "organization",
            World::without_organization,
            &[
                ("accounts", "AWSOrganizationsNotInUseException"),
                ("organization", "AWSOrganizationsNotInUseException"),
            ],
        ),
        (
            "recommendations",
            World::without_recommendations,
            &[
                ("advisor", "SubscriptionRequiredException"),
                ("hub", "AccessDeniedException"),
                ("optimizer", "OptInRequiredException"),
            ],
        ),
        (
            "export",
            |world| world.without_export(Delivery::Focus),
            &[("focus", "ResourceNotFoundException")],
        ),
    ];
    for (name, spoil, wanted) in cases {
        let world = World::good();
        let session = reader(&world);
        spoil(&world);
        let wanted = wanted
            .iter()
            .map(|(what, code)| (*what, (*code).to_owned()));
        let found = look(&world, &session);
        assert_eq!(found, wanted.collect(), "{name}");
    }
}

#[test]
fn trust_is_taken_away_account_by_account() {
    let world = World::good();
    let [one, two] = [&world.members[0], &world.members[1]];
    let id = Some("acme-7f3k");
    world.without_trust(one);
    refused(&assume(&world, one, id).err().unwrap(), "AccessDenied");
    assert!(assume(&world, two, id).is_ok());
    world.external_id_not_enforced(one);
    assert!(assume(&world, one, None).is_ok());
    world.another_external_id(two);
    refused(&assume(&world, two, id).err().unwrap(), "AccessDenied");
    assert!(assume(&world, two, Some("somebody-else")).is_ok());
    world.without_role(two);
    refused(
        &assume(&world, two, Some("somebody-else")).err().unwrap(),
        "AccessDenied",
    );
    world.without_key();
    refused(
        &assume(&world, one, None).err().unwrap(),
        "InvalidClientTokenId",
    );
}

#[test]
fn deliveries_and_definitions_change() {
    let world = World::good();
    let reader = reader(&world);
    let then = Timestamp::now() - SignedDuration::from_hours(100);
    world.delivered_at(then);
    let found = listed(&world, &reader, "exports/cur2/").body;
    let written = then
        .strftime("<LastModified>%Y-%m-%dT%H:%M:%S.000Z")
        .to_string();
    assert_eq!(
        found.matches("<LastModified>").count(),
        found.matches(&written).count(),
        "{found}"
    );
    let report = json_of(&reader, "cur", "DescribeReportDefinitions", &json!({})).json();
    let delivered = &report["ReportDefinitions"][0]["ReportStatus"]["lastDelivery"];
    assert_eq!(*delivered, then.strftime("%Y%m%dT%H%M%SZ").to_string());

    world.change_export(Delivery::Cur2, |export| {
        export.health = Health::Unhealthy("BILL_OWNER_CHANGED")
    });
    let exports = json_of(&reader, "bcm-data-exports", "ListExports", &json!({})).json();
    assert_eq!(
        exports["Exports"][0]["ExportStatus"]["StatusReason"],
        "BILL_OWNER_CHANGED"
    );

    world.without_data(Delivery::Hourly);
    let keys = listed(&world, &reader, "cur/").body;
    assert!(
        keys.contains("-Manifest.json</Key>") && !keys.contains(".csv.gz"),
        "{keys}"
    );
    world.without_deliveries(Delivery::Hourly);
    assert!(!listed(&world, &reader, "cur/").body.contains("<Key>"));
    world.without_report();
    let report = json_of(&reader, "cur", "DescribeReportDefinitions", &json!({})).json();
    assert_eq!(report["ReportDefinitions"], json!([]));
    world.bucket_policy_of(BucketPolicy::Write);
    assert!(
        s3(&world, &reader, "?policy")
            .body
            .contains("\"EnableAWSDataExportsToWriteToS3\"")
    );
}

#[test]
fn members_have_states_and_leave() {
    let world = World::good();
    let reader = reader(&world);
    world.member_state(&world.members[0], MemberState::Closed);
    world.member_left(&world.members[1]);
    let found = json_of(&reader, "organizations", "ListAccounts", &json!({})).json();
    let accounts = found["Accounts"].as_array().unwrap();
    let state = |account: &Value| {
        (
            account["State"].as_str().unwrap().to_owned(),
            account["Status"].as_str().unwrap().to_owned(),
        )
    };
    let states: Vec<_> = accounts.iter().map(state).collect();
    let pair = |one: &str, two: &str| (one.to_owned(), two.to_owned());
    assert_eq!(
        states,
        [
            pair("ACTIVE", "ACTIVE"),
            pair("ACTIVE", "ACTIVE"),
            pair("CLOSED", "SUSPENDED")
        ]
    );
}
