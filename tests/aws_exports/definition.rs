//! `aws.export.definition` and `aws.export.health`: what AWS has, and what it says of it.

use insta::assert_snapshot;
use jiff::Timestamp;

use crate::aws::billing::exports::Health;
use crate::aws::front::fault::{Fault, Rule};
use crate::aws::world::{Delivery, World};
use crate::project::Project;
use crate::{evidence, hours, statuses, told_at};

const DEFINITION: &str = "aws.export.definition";
const HEALTH: &str = "aws.export.health";

#[test]
fn a_good_export_passes_everything() {
    let world = World::good();
    let checked = Project::of(&world).check();
    for delivery in Delivery::ALL {
        assert_eq!(
            statuses(&checked, delivery),
            "pass pass pass pass pass pass"
        );
        let found = evidence(&checked, DEFINITION, delivery, "found.bucket");
        assert_eq!(found, "<bucket>");
    }
    assert_eq!(
        evidence(&checked, DEFINITION, Delivery::Focus, "found.table"),
        "FOCUS_1_2_AWS"
    );
}

#[test]
fn an_export_that_is_not_there_is_one_cause() {
    let world = World::good();
    world.without_report();
    world.without_export(Delivery::Focus);
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail aws.export.definition export/aws/<payer>/focus
      the payer has no Data Export with the name `focus`; there is `cur2`
      help: create the export in the payer's account (Billing and Cost Management, Data Exports), or correct its declaration
    fail aws.export.definition export/aws/<payer>/hourly
      the payer has no Cost and Usage Report with the name `hourly`; there is none at all
      help: create the export in the payer's account (Billing and Cost Management, Data Exports), or correct its declaration
    "##);
    assert_eq!(
        statuses(&checked, Delivery::Hourly),
        "fail skipped pass pass pass pass"
    );
}

#[test]
fn the_wrong_kind_and_a_slip_of_the_finger_are_noticed() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/aws.yaml", "report: hourly", "report: hourlly");
    project.edit(
        "estate/aws.yaml",
        "cur2: {data_export: {table: COST_AND_USAGE_REPORT,",
        "cur2: {cur: {report: cur2,",
    );
    let checked = project.check();
    assert_snapshot!(told_at(&checked, DEFINITION, Delivery::Hourly), @r##"
    fail aws.export.definition export/aws/<payer>/hourly
      the payer has no Cost and Usage Report with the name `hourlly`; there is `hourly`
      help: `hourly` is delivered to the declared bucket and prefix: if that is it, write `report: hourly`
    "##);
    assert_snapshot!(told_at(&checked, DEFINITION, Delivery::Cur2), @r##"
    fail aws.export.definition export/aws/<payer>/cur2
      the payer has no Cost and Usage Report with the name `cur2`; there is `hourly`
      help: a Data Export has this name: declare it as `data_export`
    "##);
    // Nothing is delivered under the wrong names, for the same reason.
    assert_eq!(
        statuses(&checked, Delivery::Hourly),
        "fail skipped pass pass skipped skipped"
    );
}

#[test]
fn each_field_is_held_against_the_declaration() {
    let world = World::good();
    world.change_report(|report| {
        report["S3Prefix"] = "other".into();
        report["S3Region"] = "us-east-1".into();
    });
    world.change_export(Delivery::Focus, |export| {
        export.definition["DataQuery"]["QueryStatement"] = "SELECT a FROM FOCUS_1_0_AWS".into();
        let target = &mut export.definition["DestinationConfigurations"]["S3Destination"];
        target["S3BucketOwner"] = "999900001111".into();
    });
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail aws.export.definition export/aws/<payer>/focus
      table is `FOCUS_1_0_AWS`, and `FOCUS_1_2_AWS` is declared; bucket_owner is `999900001111`, and `<payer>` is declared
      help: change the export in AWS (a table cannot be changed: that takes a new export), or declare what is there:
      | table: FOCUS_1_0_AWS
      | bucket_owner: "999900001111"
    fail aws.export.definition export/aws/<payer>/hourly
      prefix is `other`, and `cur` is declared; bucket_region is `us-east-1`, and `eu-west-1` is declared
      help: change the export in AWS, or declare what is there:
      | prefix: other
      | bucket_region: us-east-1
    "##);
}

#[test]
fn what_makes_an_export_worth_less_is_a_warning() {
    let world = World::good();
    world.change_report(|report| {
        report["AdditionalSchemaElements"] = serde_json::json!([]);
        report["TimeUnit"] = "MONTHLY".into();
        report["ReportVersioning"] = "CREATE_NEW_REPORT".into();
        report["RefreshClosedReports"] = false.into();
    });
    world.change_export(Delivery::Cur2, |export| {
        let settings = &mut export.definition["DataQuery"]["TableConfigurations"];
        settings["COST_AND_USAGE_REPORT"]["INCLUDE_RESOURCES"] = "FALSE".into();
    });
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 0
    warn aws.export.definition export/aws/<payer>/cur2
      it is as declared, but it has no resource ids
      help: edit the export in AWS: include resource IDs (`INCLUDE_RESOURCES`: `TRUE`)
    warn aws.export.definition export/aws/<payer>/hourly
      it is as declared, but it has no resource ids; it knows no days, only months; each delivery adds a whole copy of the month; closed months are not corrected
      help: edit the export in AWS: include resource IDs (`RESOURCES` in `AdditionalSchemaElements`); set the time granularity to hourly or daily; overwrite the existing files (`OVERWRITE_REPORT`); switch on the automatic refresh (`RefreshClosedReports`)
    "##);
}

#[test]
fn a_definition_that_may_not_be_read_names_the_permission() {
    for (action, delivery) in [
        ("cur:DescribeReportDefinitions", Delivery::Hourly),
        ("bcm-data-exports:ListExports", Delivery::Focus),
        ("bcm-data-exports:GetExport", Delivery::Focus),
    ] {
        let world = World::good();
        world.without_permission(action);
        let checked = Project::of(&world).check();
        let told = told_at(&checked, DEFINITION, delivery);
        assert!(told.starts_with("fail "), "{told}");
        assert!(
            told.contains(&format!("\"Action\": \"{action}\"")),
            "{told}"
        );
        // The data itself is read all the same.
        assert!(statuses(&checked, delivery).ends_with("pass pass pass pass"));
    }
}

#[test]
fn govcloud_has_no_billing() {
    let world = World::good();
    let project = Project::of(&world);
    let answer = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws-us-gov:iam::{0}:user/ci</Arn><UserId>AIDA</UserId>\
         <Account>{0}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId>\
         </ResponseMetadata></GetCallerIdentityResponse>",
        world.payer
    );
    world.front.spoil(
        Rule::new(Fault::Exactly(200, "text/xml".to_owned(), answer))
            .service("sts")
            .operation("GetCallerIdentity"),
    );
    project.edit("estate/aws.yaml", "credentials: payers", "credentials: ci");
    let checked = project.check();
    assert_snapshot!(told_at(&checked, DEFINITION, Delivery::Hourly), @r##"
    fail aws.export.definition export/aws/<payer>/hourly
      AWS GovCloud has no billing of its own
      help: declare the standard account that this one is linked to as the payer: its bill has the costs of both, and its exports are the ones to declare
    "##);
    assert_eq!(
        checked.statuses(HEALTH)["export/aws/<payer>/hourly"],
        "skipped"
    );
    assert_eq!(
        checked.statuses("aws.recommendations.cost_optimization_hub")["recommendations/acme"],
        "skipped"
    );
}

#[test]
fn aws_own_word_on_a_report_is_told() {
    for status in ["ERROR_PERMISSIONS", "ERROR_NO_BUCKET"] {
        let world = World::good();
        world.change_report(|report| report["ReportStatus"]["lastStatus"] = status.into());
        let checked = Project::of(&world).check();
        let told = told_at(&checked, HEALTH, Delivery::Hourly);
        assert!(told.contains(status) && told.contains("help: "), "{told}");
        assert_eq!(
            statuses(&checked, Delivery::Hourly),
            "pass fail pass pass pass pass"
        );
    }
}

#[test]
fn a_report_that_aws_says_nothing_of_is_known_by_what_it_delivered() {
    let world = World::good();
    world.change_report(|report| report["ReportStatus"] = serde_json::json!({}));
    let checked = Project::of(&world).check();
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(
        statuses(&checked, Delivery::Hourly),
        "pass skipped pass pass pass pass"
    );
}

#[test]
fn a_bill_of_somebody_else_has_exports_that_nobody_here_may_ask_for() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/aws.yaml",
        "    name: Acme\n",
        "    name: Acme\n    external: true\n",
    );
    let checked = project.check();
    assert_eq!(checked.code, 0, "{}", checked.told());
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "none none none none none none"
    );
    let of_hub = checked.statuses("aws.recommendations.cost_optimization_hub");
    assert_eq!(of_hub["recommendations/acme"], "skipped");
    // What is delivered may be shared all the same, with a credential of its own.
    project.edit(
        "estate/aws.yaml",
        "{table: FOCUS_1_2_AWS,",
        "{table: FOCUS_1_2_AWS, read_with: payers,",
    );
    let checked = project.check();
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "none none pass pass pass pass"
    );
}

#[test]
fn aws_own_word_on_an_export_is_told() {
    for reason in [
        "INSUFFICIENT_PERMISSION",
        "BILL_OWNER_CHANGED",
        "INTERNAL_FAILURE",
        "DEPRECATED",
    ] {
        let world = World::good();
        world.change_export(Delivery::Focus, |export| {
            export.health = Health::Unhealthy(reason);
        });
        let checked = Project::of(&world).check();
        let told = told_at(&checked, HEALTH, Delivery::Focus);
        assert!(told.contains(reason) && told.contains("help: "), "{told}");
        assert_eq!(
            statuses(&checked, Delivery::Focus),
            "pass fail pass pass pass pass"
        );
        assert_eq!(
            statuses(&checked, Delivery::Cur2),
            "pass pass pass pass pass pass"
        );
    }
}

#[test]
fn a_young_export_waits_for_its_first_delivery() {
    let world = World::good();
    let young = Timestamp::now() - hours(3);
    for delivery in [Delivery::Cur2, Delivery::Focus] {
        world.change_export(delivery, |export| {
            export.created = young;
            export.refreshed = None;
        });
    }
    world.change_report(|report| report["ReportStatus"] = serde_json::json!({}));
    for delivery in Delivery::ALL {
        world.without_deliveries(delivery);
    }
    let checked = Project::of(&world).check();
    assert_eq!(checked.code, 0, "{}", checked.told());
    for delivery in Delivery::ALL {
        assert_eq!(
            statuses(&checked, delivery),
            "pass pending pass pass pending pending"
        );
    }
    assert_snapshot!(told_at(&checked, HEALTH, Delivery::Focus), @r##"
    pending aws.export.health export/aws/<payer>/focus
      made 3 hours ago, and not delivered yet
      help: wait: the first delivery takes up to 24 hours
    "##);
}

#[test]
fn an_export_that_never_delivered_is_no_longer_young_after_a_day() {
    let world = World::good();
    world.change_export(Delivery::Focus, |export| {
        export.created = Timestamp::now() - hours(25);
        export.refreshed = None;
    });
    world.without_deliveries(Delivery::Focus);
    let checked = Project::of(&world).check();
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "pass fail pass pass fail skipped"
    );
    assert_snapshot!(told_at(&checked, "aws.export.read", Delivery::Focus), @r##"
    fail aws.export.read export/aws/<payer>/focus
      nothing was ever delivered to s3://<bucket>/exports/focus/focus/
      help: see whether prefix and name are right to the letter, what `aws.export.health` says, and what the folder holds
    "##);
}
