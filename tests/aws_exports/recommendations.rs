//! `aws.recommendations.…`: enrolled, and readable.

use insta::assert_snapshot;

use crate::aws::billing::optimizer;
use crate::aws::world::World;
use crate::project::Project;

#[test]
fn who_never_opted_in_is_told_how() {
    let world = World::good();
    world.without_recommendations();
    let project = Project::of(&world);
    let checked = project.check_with(&[], &[("BURSAR_NOW", "2026-11-22T01:00:00Z")]);
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail aws.recommendations.cost_optimization_hub recommendations/acme
      the payer is not enrolled in the Cost Optimization Hub
      help: enrol in the payer's account, for all members at once: Billing and Cost Management, Cost Optimization Hub, Enable; or with the command below; the first recommendations take up to a day
      | aws cost-optimization-hub update-enrollment-status --region us-east-1 --status Active --include-member-accounts
    fail aws.recommendations.compute_optimizer recommendations/acme
      the payer is not enrolled in Compute Optimizer
      help: opt in, in the payer's account, for all members at once: Compute Optimizer, Account management; or with the command below; the first recommendations take up to a day
      | aws compute-optimizer update-enrollment-status --status Active --include-member-accounts
    fail aws.recommendations.trusted_advisor recommendations/acme
      the payer's support plan has no access to Trusted Advisor
      said: SubscriptionRequiredException: Amazon Web Services Premium Support Subscription is required to use this service.
      help: AWS opens Trusted Advisor's API from the plan Business on; where you don't want that, accept it for a year in `bursar.yaml`:
      | waive:
      |   - check: aws.recommendations.trusted_advisor
      |     for: recommendations/acme
      |     until: 2027-11-22
      |     reason: no such support plan
    "##);
}

#[test]
fn what_is_accepted_for_the_organization_is_accepted_for_its_recommendations() {
    let world = World::good();
    world.billing.state().support.subscribed.clear();
    let project = Project::of(&world);
    let settings = world.settings();
    project.write(
        "bursar.yaml",
        &format!(
            "{settings}waive:\n  - {{check: aws.recommendations.trusted_advisor, for: \"organization/*\", until: 9999-12-31, reason: no Business support}}\n"
        ),
    );
    let checked = project.check();
    assert_eq!(checked.code, 0, "{}", checked.told());
    let waived = checked
        .findings
        .iter()
        .find(|finding| finding["waived"].is_string());
    assert_eq!(waived.unwrap()["address"], "recommendations/acme");
}

#[test]
fn each_permission_is_named() {
    for action in [
        "compute-optimizer:GetEnrollmentStatus",
        "compute-optimizer:GetRecommendationSummaries",
        "cost-optimization-hub:ListEnrollmentStatuses",
        "cost-optimization-hub:ListRecommendationSummaries",
        "support:DescribeTrustedAdvisorChecks",
    ] {
        let world = World::good();
        world.without_permission(action);
        let checked = Project::of(&world).check();
        let told = checked.told();
        assert_eq!(checked.code, 1, "{told}");
        assert_eq!(told.matches("fail ").count(), 1, "{told}");
        assert!(told.contains(&format!("\"{action}\"")), "{told}");
    }
}

#[test]
fn an_enrolment_has_states() {
    let world = World::good();
    let project = Project::of(&world);
    let enrolled = |status, reason, members| {
        let enrolment = optimizer::Enrolment {
            status,
            reason,
            members,
        };
        let mut state = world.billing.state();
        state
            .optimizer
            .enrolled
            .insert(world.payer.clone(), enrolment);
        drop(state);
        project.check().told()
    };
    assert_eq!(enrolled("Active", None, true), "exit 0\n");
    let alone = enrolled("Active", None, false);
    assert!(
        alone.contains("warn aws.recommendations.compute_optimizer"),
        "{alone}"
    );
    assert!(alone.contains("--include-member-accounts"), "{alone}");
    let pending = enrolled("Pending", None, true);
    assert!(pending.starts_with("exit 0\npending "), "{pending}");
    let failed = enrolled("Failed", Some("no service-linked role"), true);
    assert!(failed.contains("failed to enrol the payer"), "{failed}");
    let inactive = enrolled("Inactive", None, true);
    assert!(inactive.contains("is not enrolled"), "{inactive}");
}
