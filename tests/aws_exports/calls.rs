//! How many calls are made: a constant number for an export, whatever it delivered.

use crate::aws::world::{Delivery, World};
use crate::project::Project;
use crate::put;

#[test]
fn an_export_costs_a_constant_number_of_calls() {
    let world = World::good();
    let project = Project::of(&world);
    let calls = project.check().calls;
    let called = |operation: &str| calls.get(operation).copied().unwrap_or(0);
    // One listing for each service; definitions one by one, as AWS has no other way.
    assert_eq!(
        called("Cost and Usage Report Service:DescribeReportDefinitions"),
        1,
        "{calls:#?}"
    );
    assert_eq!(called("BCM Data Exports:ListExports"), 1);
    assert_eq!(called("BCM Data Exports:GetExport"), 2);
    // Three exports share a bucket.
    assert_eq!(called("S3:GetBucketLocation"), 1);
    assert_eq!(called("S3:GetBucketPolicy"), 1);
    // For each the months, and the manifests of two; one manifest and one byte.
    assert_eq!(called("S3:ListObjectsV2"), 9);
    assert_eq!(called("S3:GetObject"), 6);

    for month in 1..=12 {
        for year in 2019..2024 {
            let folder = format!("exports/cur2/metadata/BILLING_PERIOD={year}-{month:02}");
            put(&world, &format!("{folder}/cur2-Manifest.json"), "{}");
            let folder = format!("cur/hourly/{year}{month:02}01-{year}{month:02}28");
            put(&world, &format!("{folder}/hourly-Manifest.json"), "{}");
        }
    }
    let many = project.check();
    assert_eq!(many.told(), "exit 0\n");
    assert_eq!(many.calls, calls);
    assert_eq!(
        crate::statuses(&many, Delivery::Cur2),
        "pass pass pass pass pass pass"
    );
}
