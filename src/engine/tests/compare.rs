//! Compare, credentials, drift, the digest.

use serde_json::json;

use super::world::{ESTATE, How, World, declare, estate, story, tell};

const SHOP: &str = "{organization: acme, name: Shop, cost_center: CC-110}";

#[test]
fn one_more_line_is_one_addition() {
    insta::assert_snapshot!(story(&[("accounts:\n", "accounts:\n  \"210987654329\": {organization: acme}\n")]), @r###"+ account/aws/210987654329"###);
}

#[test]
fn a_field_that_is_no_longer_declared_is_unset() {
    insta::assert_snapshot!(story(&[(SHOP, "{organization: acme, cost_center: CC-110}")]), @r###"
    ~ account/aws/210987654321
        name: Shop -> none
    "###);
}

#[test]
fn a_field_at_its_default_equals_one_left_out() {
    insta::assert_snapshot!(story(&[(SHOP, "{organization: acme, name: Shop, cost_center: CC-110, protect: false, labels: {}}")]), @r###"nothing"###);
    insta::assert_snapshot!(story(&[("  labs: {provider", "  labs: {protect: true, provider")]), @r###"nothing"###);
}

#[test]
fn a_split_written_otherwise_is_the_same_split() {
    insta::assert_snapshot!(story(&[("{split: [CC-110, CC-120]}", "[{split: [CC-120, CC-110]}]")]), @r###"nothing"###);
}

#[test]
fn an_account_that_moves_is_one_change() {
    insta::assert_snapshot!(story(&[(SHOP, "{organization: labs, name: Shop, cost_center: CC-110}")]), @r###"
    ~ account/aws/210987654321
        organization: acme -> labs
        payer: 111122223333 -> 444455556666
    "###);
}

#[test]
fn a_changed_credential_says_how_many_use_it() {
    insta::assert_snapshot!(story(&[("role_name: BursarReader", "role_name: Reader")]), @r###"
    ~ credential/payers, used by 2
        aws_role.role_name: BursarReader -> Reader
    "###);
}

#[test]
fn parents_come_first_and_children_go_first() {
    insta::assert_snapshot!(story(&[
        ("  BU-1: {name: Digital}\n", "  BU-1: {name: Digital}\n  ALL: {name: All}\n  A-1: {name: Deep, parent: Z-1}\n  Z-1: {name: Above, parent: ALL}\n"),
        ("  BU-2: {name: Operations}\n", ""),
    ]), @r###"
    + cost_center/ALL
    + cost_center/Z-1
    + cost_center/A-1
    - cost_center/BU-2
    "###);
}

#[test]
fn only_what_we_own_is_compared_with_the_platform() {
    let mut world = World::on_platform(ESTATE);
    world.observe("account/aws/210987654321", |spec| {
        spec["added"] = json!("by the platform")
    });
    insta::assert_snapshot!(tell(&world.plan(ESTATE, How::default())), @r###"nothing"###);
}

#[test]
fn drift_is_apart_from_changes() {
    let mut world = World::on_platform(ESTATE);
    let before = world.plan(ESTATE, How::default());
    world.observe("account/aws/210987654321", |spec| {
        spec["name"] = json!("By hand")
    });
    world
        .observed
        .as_mut()
        .unwrap()
        .retain(|address, _| address.as_str() != "cost_center/BU-2");
    let plan = world.plan(ESTATE, How::default());
    insta::assert_snapshot!(tell(&plan), @r###"
    drift account/aws/210987654321
        name: By hand -> Shop
    drift cost_center/BU-2 is gone
    "###);
    assert_eq!(plan.digest, before.digest);
}

#[test]
fn a_change_shows_what_the_platform_has_if_it_is_neither() {
    let mut world = World::on_platform(ESTATE);
    world.observe("account/aws/210987654321", |spec| {
        spec["name"] = json!("By hand")
    });
    let next = estate(&[("name: Shop", "name: Store")]);
    insta::assert_snapshot!(tell(&world.plan(&next, How::default())), @r###"
    ~ account/aws/210987654321
        name: Shop -> Store (observed By hand)
    "###);
}

#[test]
fn what_was_declared_after_the_platform_changed_is_no_change() {
    let mut world = World::on_platform(ESTATE);
    world.observe("account/aws/210987654321", |spec| {
        spec["name"] = json!("Store")
    });
    let plan = world.plan(&estate(&[("name: Shop", "name: Store")]), How::default());
    insta::assert_snapshot!(tell(&plan), @r###"nothing"###);
    assert_eq!(plan.refreshes.len(), 1);
}

#[test]
fn what_the_platform_has_is_adopted() {
    let mut world = World::on_platform(ESTATE);
    let shop = crate::model::address::Address::parse("account/aws/210987654321").unwrap();
    world.records.remove(&shop);
    world.observe("account/aws/210987654321", |spec| {
        spec["name"] = json!("By hand")
    });
    insta::assert_snapshot!(tell(&world.plan(ESTATE, How::default())), @r###"
    = account/aws/210987654321
        name: By hand -> Shop
    "###);
}

#[test]
fn what_is_gone_from_the_platform_is_created_again_or_forgotten() {
    let mut world = World::on_platform(ESTATE);
    let missing = ["account/aws/210987654321", "cost_center/BU-2"];
    for address in missing {
        let address = crate::model::address::Address::parse(address).unwrap();
        world.observed.as_mut().unwrap().remove(&address);
    }
    let next = estate(&[
        ("name: Shop", "name: Store"),
        ("  BU-2: {name: Operations}\n", ""),
    ]);
    insta::assert_snapshot!(tell(&world.plan(&next, How::default())), @r###"
    + account/aws/210987654321
    . cost_center/BU-2, the platform has it no longer
    "###);
}

#[test]
fn closed_months_do_not_change_in_silence() {
    let world = World::of(ESTATE);
    let how = How {
        closed_through: Some("2026-10"),
        ..How::default()
    };
    let moved = estate(&[(
        SHOP,
        "{organization: acme, name: Shop, cost_center: CC-120}",
    )]);
    insta::assert_snapshot!(tell(&world.plan(&moved, how)), @r###"
    ~ account/aws/210987654321
        cost_center: CC-110 -> CC-120
    refused structure.closed-month: account/aws/210987654321 would change its cost centre in months up to 2026-10, and the books are closed through 2026-10
    "###);
    let moved = estate(&[(
        SHOP,
        "{organization: acme, name: Shop, cost_center: [CC-110, {from: 2026-11, cost_center: CC-120}]}",
    )]);
    insta::assert_snapshot!(tell(&world.plan(&moved, how)), @r###"
    ~ account/aws/210987654321
        cost_center: CC-110 -> [{cost_center:CC-110},{cost_center:CC-120,from:2026-11}]
    "###);
}

#[test]
fn what_a_refusal_of_closed_months_proposes_suffices() {
    let world = World::of(ESTATE);
    let moved = estate(&[(
        SHOP,
        "{organization: acme, name: Shop, cost_center: [CC-110, {from: 2026-03, cost_center: CC-120}]}",
    )]);
    let plan = |restate| {
        let how = How {
            closed_through: Some("2026-10"),
            restate,
            ..How::default()
        };
        world.plan(&moved, how).refusals.pop()
    };
    for late in [None, Some("2026-10"), Some("2026-04")] {
        let refusal = plan(late).unwrap();
        assert_eq!(
            refusal.message,
            "account/aws/210987654321 would change its cost centre in months from 2026-03 to 2026-10, and the books are closed through 2026-10"
        );
        assert!(refusal.help.contains("`from: 2026-11`"), "{}", refusal.help);
        assert!(
            refusal.help.contains("`--restate 2026-03`"),
            "{}",
            refusal.help
        );
    }
    assert_eq!(plan(Some("2026-03")), None);
}

#[test]
fn files_and_their_order_change_nothing() {
    let (settings, rest) = ESTATE.split_once("payers:\n  \"1").unwrap();
    let rest = format!("payers:\n  \"1{rest}");
    let (payers, accounts) = rest.split_once("accounts:").unwrap();
    let accounts = format!("accounts:{accounts}");
    let world = World::of(ESTATE);
    for texts in [[settings, payers, &accounts], [settings, &accounts, payers]] {
        let plan = world.plan_of(&declare(&texts), How::default());
        assert_eq!(tell(&plan), "nothing\n");
    }
}

#[test]
fn a_change_has_the_same_name_in_every_plan() {
    let world = World::of(ESTATE);
    let one = world.plan(&estate(&[("name: Shop", "name: Store")]), How::default());
    let two = world.plan(
        &estate(&[("name: Shop", "name: Store"), ("name: Vault", "name: Safe")]),
        How::default(),
    );
    assert!(
        two.changes
            .iter()
            .any(|change| change.digest == one.changes[0].digest)
    );
    assert_ne!(one.digest, two.digest);
    let other = world.plan(&estate(&[("name: Shop", "name: Shops")]), How::default());
    assert_ne!(one.changes[0].digest, other.changes[0].digest);
}

#[test]
fn the_order_of_shared_costs_is_a_change_where_they_overlap() {
    let shared = |lines: &[&str]| {
        estate(&[(
            "shared_costs:\n",
            &format!("shared_costs:\n{}", lines.concat()),
        )])
    };
    // As written in the estate, the last one matches AWSSupportEnterprise of every payer.
    let labs = "  labs: {match: {payers: [aws/444455556666]}, method: even, among: [CC-110]}\n";
    let acme = "  acme: {match: {payers: [aws/111122223333]}, method: even, among: [CC-120]}\n";
    let world = World::of(&shared(&[labs, acme]));
    assert_eq!(
        tell(&world.plan(&shared(&[acme, labs]), How::default())),
        "nothing\n"
    );
    let last = estate(&[]) + labs + acme;
    insta::assert_snapshot!(tell(&world.plan(&last, How::default())), @r"
    ~ shared_cost/acme
        after: none -> [support]
    ~ shared_cost/labs
        after: none -> [support]
    ~ shared_cost/support
        after: [acme,labs] -> none
    ");
    // A rename changes no order.
    let renamed = labs.replace("  labs: {", "  zoo: {previously: [labs], ");
    insta::assert_snapshot!(tell(&world.plan(&shared(&[&renamed, acme]), How::default())), @"> shared_cost/zoo (was shared_cost/labs)");
}
