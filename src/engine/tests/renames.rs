//! Renames: `previously`, what follows, and what is done.

use super::world::{ESTATE, How, World, estate, story, tell};

const RENAMED: (&str, &str) = (
    "  CC-110: {name: Payments, parent: BU-1}",
    "  CC-111: {name: Payments, parent: BU-1, previously: [CC-110]}",
);

#[test]
fn a_cost_centre_takes_its_budget_and_its_accounts_along() {
    let edits = [
        ("CC-110", "CC-111"),
        (
            "CC-111: {name: Payments, parent: BU-1}",
            RENAMED.1.trim_start(),
        ),
    ];
    let next = estate(&edits);
    let mut world = World::of(ESTATE);
    let plan = world.plan(&next, How::default());
    insta::assert_snapshot!(tell(&plan), @r###"> cost_center/CC-111 (was cost_center/CC-110), 4 follow"###);
    world.apply(&plan);
    assert!(!format!("{:?}", world.records).contains("CC-110"));
    insta::assert_snapshot!(tell(&world.plan(&next, How::default())), @r###"note 1 entry has done its work and can go: `previously: [CC-110]` of cost_center/CC-111"###);
}

#[test]
fn references_to_the_old_name_mean_the_new_one() {
    let next = estate(&[RENAMED]);
    let mut world = World::of(ESTATE);
    let plan = world.plan(&next, How::default());
    insta::assert_snapshot!(tell(&plan), @r###"> cost_center/CC-111 (was cost_center/CC-110), 4 follow"###);
    world.apply(&plan);
    assert!(!format!("{:?}", world.records).contains("CC-110"));
    insta::assert_snapshot!(tell(&world.plan(&next, How::default())), @r###"note 1 entry has done its work and can go: `previously: [CC-110]` of cost_center/CC-111"###);
}

#[test]
fn an_organization_takes_everything_along() {
    insta::assert_snapshot!(story(&[
        ("organization: acme", "organization: acme-core"),
        ("  acme: {provider: aws,", "  acme-core: {provider: aws, previously: [acme],"),
    ]), @r###"> organization/acme-core (was organization/acme), 5 follow"###);
}

#[test]
fn a_credential_takes_its_users_along() {
    insta::assert_snapshot!(story(&[
        ("credentials: payers", "credentials: readers"),
        ("  payers: {aws_role: {", "  readers: {aws_role: {previously: [payers], "),
    ]), @r###"> credential/readers (was credential/payers), 2 follow"###);
}

#[test]
fn a_rename_can_change_fields_as_well() {
    insta::assert_snapshot!(story(&[
        ("  BU-2: {name: Operations}", "  OPS: {name: Operation, previously: [BU-2]}"),
    ]), @r###"
    > cost_center/OPS (was cost_center/BU-2)
        name: Operations -> Operation
    "###);
}

#[test]
fn a_renamed_account_holder_is_still_only_renamed() {
    insta::assert_snapshot!(story(&[RENAMED, ("name: Shop", "name: Store")]), @r###"
    ~ account/aws/210987654321
        name: Shop -> Store
    > cost_center/CC-111 (was cost_center/CC-110), 3 follow
    "###);
}

#[test]
fn an_old_name_can_be_given_away_again() {
    // CC-110 is declared anew: the one that is registered under that name stays what it is.
    insta::assert_snapshot!(story(&[(
        "  CC-110: {name: Payments, parent: BU-1}",
        "  CC-110: {name: Payments, parent: BU-1}\n  CC-111: {name: Cards, parent: BU-1, previously: [CC-109]}",
    )]), @r###"+ cost_center/CC-111"###);
}

#[test]
fn what_was_perhaps_renamed_is_said() {
    let world = World::of(ESTATE);
    let next = estate(&[
        ("  acme: {provider", "  acme-core: {provider"),
        ("organization: acme", "organization: acme-core"),
    ]);
    let plan = world.plan(&next, How::default());
    let help: Vec<&str> = plan
        .refusals
        .iter()
        .map(|refusal| refusal.help.as_str())
        .collect();
    assert_eq!(
        help,
        [
            "if acme was renamed, write `previously: [acme]` on acme-core; if not: declare it again with `protect: false` and apply; then remove it in a later change"
        ]
    );
    let next = estate(&[("  BU-2: {name: Operations}", "  BU-3: {name: Operations}")]);
    insta::assert_snapshot!(tell(&world.plan(&next, How::default())), @r###"
    + cost_center/BU-3
    - cost_center/BU-2
    note cost_center/BU-2 goes and BU-3 comes with the same name: if it was renamed, write `previously: [BU-2]` there
    "###);
    let next = estate(&[("  BU-2: {name: Operations}", "  BU-3: {name: Other}")]);
    assert!(world.plan(&next, How::default()).notes.is_empty());
}
