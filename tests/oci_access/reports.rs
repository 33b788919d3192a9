//! Oracle's reports: the five causes of one refusal, formats, age.

use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::oci::world::{GROUP, USER, World, now};
use crate::project::Project;

#[test]
fn no_policy_is_told_with_the_one_to_add() {
    let world = World::good();
    world.without("usage-report as");
    world.without("endorse group");
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.export.bucket export/oci/<tenancy>/cost
      no policy of the root compartment lets anybody read Oracle's reports
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: add a policy with these two statements, in the root compartment and in the home region; it takes some minutes to hold:
      | define tenancy usage-report as <keeper>
      | endorse group cost-readers to read objects in tenancy usage-report
    fail oci.export.bucket export/oci/<tenancy>/focus
      no policy of the root compartment lets anybody read Oracle's reports
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: add a policy with these two statements, in the root compartment and in the home region; it takes some minutes to hold:
      | define tenancy usage-report as <keeper>
      | endorse group cost-readers to read objects in tenancy usage-report
    "##);
    // What it says to paste is what was missing.
    world.paste(&checked.paste("oci.export.bucket"));
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn a_policy_that_was_just_made_is_waited_for() {
    let world = World::good();
    world.change(|tenancy| {
        let policy = &mut tenancy.policies[0];
        let mut late = policy.clone();
        late.statements = policy.statements.drain(..2).collect();
        late.name = "reports".to_owned();
        late.created = now() - SignedDuration::from_mins(4);
        late.holds = false;
        tenancy.policies.push(late);
    });
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 0
    pending oci.export.bucket export/oci/<tenancy>/cost
      policy `reports` was made 4 minutes ago, and does not hold yet
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: wait some minutes, and ask again
    pending oci.export.bucket export/oci/<tenancy>/focus
      policy `reports` was made 4 minutes ago, and does not hold yet
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: wait some minutes, and ask again
    "##);
}

#[test]
fn a_policy_for_another_group_names_both() {
    let world = World::good();
    world.change(|tenancy| {
        let statement = &mut tenancy.policies[0].statements[1];
        *statement = statement.replace("cost-readers", "Administrators");
    });
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.export.bucket export/oci/<tenancy>/cost
      policy `bursar` lets group Administrators read the reports, and the user is in cost-readers
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: add the user to that group, or its own group to the policy:
      | oci iam group add-user --user-id <user> --group-id ocid1.group.oc1..admins --region eu-frankfurt-1
    fail oci.export.bucket export/oci/<tenancy>/focus
      policy `bursar` lets group Administrators read the reports, and the user is in cost-readers
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: add the user to that group, or its own group to the policy:
      | oci iam group add-user --user-id <user> --group-id ocid1.group.oc1..admins --region eu-frankfurt-1
    "##);
}

#[test]
fn a_child_tenancy_is_told_who_its_parent_is() {
    let world = World::good();
    world.child();
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.payer.parent payer/oci/<tenancy>
      the tenancy is a child of holding (ocid1.tenancy.oc1..holding)
      help: its bill and its reports are the parent's: declare ocid1.tenancy.oc1..holding as the payer with a key of a user there, and this tenancy under `accounts` with `type: tenancy`; where you cannot reach the parent, write `external: true` beside it
    fail oci.export.bucket export/oci/<tenancy>/cost
      the tenancy is a child of holding (ocid1.tenancy.oc1..holding)
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: its bill and its reports are the parent's: declare ocid1.tenancy.oc1..holding as the payer with a key of a user there, and this tenancy under `accounts` with `type: tenancy`; where you cannot reach the parent, write `external: true` beside it
    fail oci.export.bucket export/oci/<tenancy>/focus
      the tenancy is a child of holding (ocid1.tenancy.oc1..holding)
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: its bill and its reports are the parent's: declare ocid1.tenancy.oc1..holding as the payer with a key of a user there, and this tenancy under `accounts` with `type: tenancy`; where you cannot reach the parent, write `external: true` beside it
    "##);
}

#[test]
fn a_region_that_is_not_home_where_nobody_may_see_that() {
    let world = World::good();
    world.without("inspect tenancies");
    let project = Project::of(&world);
    project.edit(
        "bursar.yaml",
        "region: eu-frankfurt-1",
        "region: us-ashburn-1",
    );
    let told = project.check().told();
    assert!(
        told.contains("OCI shows no bucket in us-ashburn-1, and whether that is the home region cannot be seen"),
        "{told}"
    );
}

#[test]
fn a_tenancy_without_metered_usage_has_no_reports() {
    let world = World::good();
    world.change(|tenancy| tenancy.metered = false);
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.export.bucket export/oci/<tenancy>/cost
      policy `bursar` is there, eu-frankfurt-1 is the home region, and still there is no bucket
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: what is left: Oracle makes no reports for it, as it has no metered subscription (Billing & Cost Management, Subscriptions)
    fail oci.export.bucket export/oci/<tenancy>/focus
      policy `bursar` is there, eu-frankfurt-1 is the home region, and still there is no bucket
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: what is left: Oracle makes no reports for it, as it has no metered subscription (Billing & Cost Management, Subscriptions)
    "##);
}

#[test]
fn where_policies_cannot_be_seen_what_is_ruled_out_is_said() {
    let world = World::good();
    world.without("endorse group");
    world.without("inspect policies");
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.export.bucket export/oci/<tenancy>/cost
      OCI shows no bucket of reports, and says the same of several causes
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: likeliest first: (1) no policy in the root compartment lets the group read the reports, or it was made minutes ago; (2) the user is not in the group that the policy names; (3) the tenancy has no metered subscription, so Oracle makes no reports; the policy, in the root compartment:
      | define tenancy usage-report as <keeper>
      | endorse group cost-readers to read objects in tenancy usage-report
      | Allow group cost-readers to inspect policies in tenancy
      | Allow group cost-readers to inspect groups in tenancy
      | Allow group cost-readers to inspect users in tenancy
    fail oci.export.bucket export/oci/<tenancy>/focus
      OCI shows no bucket of reports, and says the same of several causes
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: likeliest first: (1) no policy in the root compartment lets the group read the reports, or it was made minutes ago; (2) the user is not in the group that the policy names; (3) the tenancy has no metered subscription, so Oracle makes no reports; the policy, in the root compartment:
      | define tenancy usage-report as <keeper>
      | endorse group cost-readers to read objects in tenancy usage-report
      | Allow group cost-readers to inspect policies in tenancy
      | Allow group cost-readers to inspect groups in tenancy
      | Allow group cost-readers to inspect users in tenancy
    "##);
    let evidence = checked
        .findings
        .iter()
        .find_map(|one| one["evidence"]["ruled_out"].as_str());
    assert_eq!(
        evidence,
        Some("it was asked in the home region; the tenancy is no child of another")
    );
    world.paste(&checked.paste("oci.export.bucket"));
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn a_policy_with_another_tenancy_or_too_weak_a_verb() {
    let world = World::good();
    world.change(|tenancy| {
        let statement = &mut tenancy.policies[0].statements[0];
        *statement = statement.replace("hqkggq", "hqkggx");
    });
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("policy `bursar` endorses reading in another tenancy than Oracle's"),
        "{told}"
    );

    let world = World::good();
    world.change(|tenancy| {
        let statement = &mut tenancy.policies[0].statements[1];
        *statement = statement.replace("to read", "to inspect");
    });
    // It can be listed then, and not read.
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.export.read export/oci/<tenancy>/cost
      the reports can be listed, and not read
      said: ObjectNotFound: The object 'reports/cost-csv/0001000000950000.csv.gz' was not found in the bucket
      help: the policy that endorses the group says `inspect`, or has a condition: let it say `read`, in the root compartment:
      | define tenancy usage-report as <keeper>
      | endorse group GROUP to read objects in tenancy usage-report
    fail oci.export.read export/oci/<tenancy>/focus
      the reports can be listed, and not read
      said: ObjectNotFound: The object 'FOCUS Reports/2026/11/18/00010000006000.csv.gz' was not found in the bucket
      help: the policy that endorses the group says `inspect`, or has a condition: let it say `read`, in the root compartment:
      | define tenancy usage-report as <keeper>
      | endorse group GROUP to read objects in tenancy usage-report
    "##);
}

#[test]
fn a_user_in_no_group() {
    let world = World::good();
    world.change(|tenancy| {
        tenancy.users.get_mut(USER).unwrap().groups.remove(GROUP);
    });
    let told = Project::of(&world).check().told();
    assert!(told.contains("fail oci.export.bucket"), "{told}");
    assert!(told.contains("likeliest first"), "{told}");
}

#[test]
fn the_other_format_is_named_where_only_that_is_there() {
    let world = World::good();
    world.only_reports("reports/cost-csv/");
    let told = Project::of(&world).check().told();
    assert_snapshot!(told, @r##"
    exit 1
    fail oci.export.read export/oci/<tenancy>/focus
      there are no FOCUS reports, but cost reports
      help: declare those that there are: `{reports: {format: cost}}`
    "##);
    let world = World::good();
    world.only_reports("FOCUS Reports/");
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("there are no cost reports, but FOCUS reports"),
        "{told}"
    );
}

#[test]
fn no_reports_at_all_are_pending_in_a_new_tenancy_and_a_failure_in_an_old_one() {
    let world = World::good();
    world.without_reports();
    let told = Project::of(&world).check().told();
    assert!(told.contains("fail oci.export.read"), "{told}");
    assert!(
        told.contains("the bucket is there, and holds no FOCUS reports"),
        "{told}"
    );
    world.change(|tenancy| tenancy.made = now() - SignedDuration::from_hours(5));
    let told = Project::of(&world).check().told();
    assert!(told.contains("pending oci.export.read"), "{told}");
}

#[test]
fn late_and_stale_reports_are_found_over_months() {
    for (hours, status) in [
        (30, "warn"),
        (50, "fail"),
        (24 * 40, "fail"),
        (24 * 500, "fail"),
    ] {
        let world = World::good();
        world.stale(SignedDuration::from_hours(hours));
        let checked = Project::of(&world).check();
        let statuses = checked.statuses("oci.export.age");
        assert_eq!(statuses.len(), 2);
        for (export, found) in statuses {
            assert_eq!(found, status, "{export} after {hours} hours");
        }
    }
}

#[test]
fn an_empty_report_and_one_that_vanishes() {
    let world = World::good();
    world.change(|tenancy| {
        for report in tenancy.reports.values_mut() {
            report.size = 0;
        }
    });
    let told = Project::of(&world).check().told();
    assert!(told.contains("the newest report is empty"), "{told}");
}
