//! What AWS does and ministack does not: the front makes up for it.

use jiff::Timestamp;
use serde_json::json;

use crate::aws::client::Client;
use crate::aws::web::runtime;
use crate::aws::world::World;
use crate::world::{json_of, reader, refused};

#[test]
fn regions_of_buckets_and_global_services_are_enforced() {
    let world = World::good();
    let elsewhere = reader(&world).in_region("us-west-2");
    let path = format!("/{}?policy", world.bucket);
    let answer = runtime().block_on(elsewhere.s3("GET", &path, ""));
    refused(&answer, "PermanentRedirect");
    assert_eq!(answer.headers["x-amz-bucket-region"], "eu-west-1");
    refused(
        &json_of(&elsewhere, "cur", "DescribeReportDefinitions", &json!({})),
        "InvalidSignatureException",
    );
    refused(
        &json_of(&elsewhere, "organizations", "ListAccounts", &json!({})),
        "InvalidSignatureException",
    );
}

#[test]
fn simulations_look_at_every_resource_and_at_the_context() {
    let world = World::good();
    let reader = reader(&world);
    let role = world.role(&world.payer);
    let bucket = format!("arn:aws:s3:::{}", world.bucket);
    let objects = format!("{bucket}/cur/hourly/x");
    let simulate = |fields: &[(&str, &str)]| {
        let fields: Vec<_> = [("PolicySourceArn", &*role)]
            .iter()
            .chain(fields)
            .copied()
            .collect();
        let answer = runtime()
            .block_on(reader.query("iam", "SimulatePrincipalPolicy", &fields))
            .ok()
            .body;
        let parts = answer.split("<EvalDecision>").skip(1);
        let decisions: Vec<_> = parts
            .map(|part| part.split('<').next().unwrap().to_owned())
            .collect();
        (
            decisions.join(" "),
            answer.contains("<member>s3:prefix</member>"),
        )
    };
    let told = |decisions: &str, missing: bool| (decisions.to_owned(), missing);
    let pairs = [
        ("ActionNames.member.1", "s3:GetBucketPolicy"),
        ("ActionNames.member.2", "S3:getobject"),
        ("ResourceArns.member.1", &*bucket),
        ("ResourceArns.member.2", &*objects),
    ];
    assert_eq!(
        simulate(&pairs),
        told("allowed implicitDeny implicitDeny allowed", false)
    );
    let list = [
        ("ActionNames.member.1", "s3:ListBucket"),
        ("ResourceArns.member.1", &*bucket),
    ];
    assert_eq!(simulate(&list), told("implicitDeny", true));
    for (prefix, decision) in [("cur/hourly/", "allowed"), ("other/", "implicitDeny")] {
        let context = [
            ("ContextEntries.member.1.ContextKeyName", "s3:prefix"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", prefix),
        ];
        let fields: Vec<_> = list.iter().chain(&context).copied().collect();
        assert_eq!(simulate(&fields), told(decision, false));
    }
    world.without_permission("s3:ListBucket");
    assert_eq!(simulate(&list), told("implicitDeny", false));
    // Sessions have no policies of their own.
    let session = format!(
        "arn:aws:sts::{}:assumed-role/BursarReader/bursar",
        world.payer
    );
    let fields = [
        ("PolicySourceArn", &*session),
        ("ActionNames.member.1", "s3:ListBucket"),
    ];
    let answer = runtime().block_on(reader.query("iam", "SimulatePrincipalPolicy", &fields));
    refused(&answer, "InvalidInput");
    world.without_permission("iam:SimulatePrincipalPolicy");
    let answer = runtime().block_on(reader.query("iam", "SimulatePrincipalPolicy", &fields));
    refused(&answer, "AccessDenied");
}

#[test]
fn reports_come_in_pages_of_five() {
    let world = World::good();
    let root = world.root(&world.payer);
    for number in 0..6 {
        let mut report = world.report();
        report["ReportName"] = format!("report-{number}").into();
        json_of(
            &root,
            "cur",
            "PutReportDefinition",
            &json!({"ReportDefinition": report}),
        )
        .ok();
    }
    let reader = reader(&world);
    let first = json_of(&reader, "cur", "DescribeReportDefinitions", &json!({}))
        .ok()
        .json();
    let rest = json!({"NextToken": first["NextToken"]});
    let second = json_of(&reader, "cur", "DescribeReportDefinitions", &rest)
        .ok()
        .json();
    let sizes = [&first, &second].map(|page| page["ReportDefinitions"].as_array().unwrap().len());
    assert_eq!((sizes, second.get("NextToken")), ([5, 2], None));
}

#[test]
fn the_key_has_a_history() {
    let world = World::good();
    let ci = Client::new(&world.front.url(), world.ci.clone());
    let ask = |operation: &str, field: (&str, &str)| {
        runtime().block_on(ci.query("iam", operation, &[field]))
    };
    let used = || ask("GetAccessKeyLastUsed", ("AccessKeyId", &world.ci.id)).ok();
    let at = world.made.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert_eq!(used().element("LastUsedDate"), Some(at));
    let long_ago: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    world.key_history(long_ago, None);
    assert_eq!(used().element("LastUsedDate"), None);
    let keys = ask("ListAccessKeys", ("UserName", "ci")).ok();
    assert_eq!(
        keys.element("CreateDate").as_deref(),
        Some("2020-01-01T00:00:00Z")
    );
}
