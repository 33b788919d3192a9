//! Cost data from AWS as a user meets it: the real program against stand-ins. A good world passes; each
//! prerequisite of an export that is taken away is one cause, told with what to change.

mod ages;
#[path = "../support/aws/mod.rs"]
mod aws;
mod bucket;
mod calls;
#[allow(dead_code, reason = "some of it is another test's")]
#[path = "../support/declared.rs"]
mod declared;
mod definition;
mod policy;
#[allow(dead_code, reason = "some of it is another test's")]
#[path = "../aws_access/project.rs"]
mod project;
mod read;
mod recommendations;
mod shown;
#[path = "../support/tools.rs"]
mod tools;
mod trouble;

use jiff::{SignedDuration, Timestamp};

use aws::web::runtime;
use aws::world::{Delivery, World};
use project::Project;

type Checked<'w> = declared::Checked<'w, World>;

/// All checks of an export.
const CHECKS: [&str; 6] = [
    "aws.export.definition",
    "aws.export.health",
    "aws.export.bucket",
    "aws.export.bucket_policy",
    "aws.export.read",
    "aws.export.age",
];

/// The statuses of an export's checks, in their order.
fn statuses(checked: &Checked<'_>, delivery: Delivery) -> String {
    let address = format!("export/aws/<payer>/{}", delivery.name());
    let status = |check: &&str| {
        let statuses = checked.statuses(check);
        statuses
            .get(&address)
            .cloned()
            .unwrap_or_else(|| "none".to_owned())
    };
    let all: Vec<String> = CHECKS.iter().map(status).collect();
    all.join(" ")
}

/// What was told of one check at one export.
fn told_at(checked: &Checked<'_>, check: &str, delivery: Delivery) -> String {
    let address = format!("export/aws/<payer>/{}", delivery.name());
    let told = checked.told();
    let mut inside = false;
    let mut lines = Vec::new();
    for line in told.lines() {
        if !line.starts_with(' ') {
            inside = line.ends_with(&format!(" {check} {address}"));
        }
        if inside {
            lines.push(line);
        }
    }
    assert!(
        !lines.is_empty(),
        "{check} is not told at {address}:\n{told}"
    );
    lines.join("\n")
}

/// A fact behind an answer.
fn evidence(checked: &Checked<'_>, check: &str, delivery: Delivery, name: &str) -> String {
    let end = format!("/{}", delivery.name());
    let finding = checked.findings.iter().find(|finding| {
        let address = finding["address"].as_str().unwrap();
        finding["check"] == check && address.ends_with(&end)
    });
    let fact = finding.and_then(|finding| finding["evidence"][name].as_str());
    checked.plain(fact.unwrap_or_else(|| panic!("no {name} at {check}: {finding:#?}")))
}

/// What a check wants to have pasted, as it is.
fn paste(checked: &Checked<'_>, check: &str, delivery: Delivery) -> String {
    let end = format!("/{}", delivery.name());
    let finding = checked.findings.iter().find(|finding| {
        let address = finding["address"].as_str().unwrap();
        finding["check"] == check && address.ends_with(&end)
    });
    finding.unwrap()["paste"].as_str().unwrap().to_owned()
}

/// Runs at another time than now.
fn check_at<'w>(project: &Project<'w>, now: Timestamp) -> Checked<'w> {
    project.check_with(&[], &[("BURSAR_NOW", &now.to_string())])
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// Puts an object into the bucket.
fn put(world: &World, key: &str, text: &str) {
    let root = world
        .root(&world.payer)
        .in_region(world.setup.bucket_region);
    let path = format!("/{}/{}", world.bucket, key.replace('=', "%3D"));
    runtime()
        .block_on(root.s3("PUT", &path, text.to_owned()))
        .ok();
}
