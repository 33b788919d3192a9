//! Removal, protection and the guard.

use super::world::{ESTATE, How, World, estate, story, tell};

const SHOP: &str = "  \"210987654321\": {organization: acme, name: Shop, cost_center: CC-110}\n";
const HOURLY: &str = "      hourly: {cur: {report: hourly, bucket: acme-cur, prefix: cur, bucket_region: us-east-1}}\n";
const LABS: &str = "  \"444455556666\": {organization: labs}\n";

fn removed(address: &str, action: &str) -> String {
    format!("removed:\n  {address}: {{action: {action}, reason: over}}\nversion: 1")
}

#[test]
fn an_account_goes_only_when_somebody_says_so() {
    insta::assert_snapshot!(story(&[(SHOP, "")]), @r###"refused removal.unasked: account/aws/210987654321 is registered and no longer declared"###);
    let forget = removed("account/aws/210987654321", "forget");
    insta::assert_snapshot!(story(&[(SHOP, ""), ("version: 1", &forget)]), @r###". account/aws/210987654321, over"###);
    let delete = removed("account/aws/210987654321", "delete");
    insta::assert_snapshot!(story(&[(SHOP, ""), ("version: 1", &delete)]), @r###"- account/aws/210987654321, over"###);
    let how = How {
        allow_delete: true,
        ..How::default()
    };
    insta::assert_snapshot!(tell(&World::of(ESTATE).plan(&estate(&[(SHOP, "")]), how)), @r###"- account/aws/210987654321"###);
}

#[test]
fn an_entry_that_has_done_its_work_is_named() {
    let next = estate(&[
        (SHOP, ""),
        ("version: 1", &removed("account/aws/210987654321", "delete")),
    ]);
    let mut world = World::of(ESTATE);
    world.apply(&world.plan(&next, How::default()));
    insta::assert_snapshot!(tell(&world.plan(&next, How::default())), @r###"note 1 entry has done its work and can go: `removed:` of account/aws/210987654321"###);
}

#[test]
fn an_export_needs_an_entry_and_structure_needs_none() {
    insta::assert_snapshot!(story(&[(HOURLY, ""), ("  BU-2: {name: Operations}\n", ""), ("  FY2027: {CC-110: 120000}\n", "  FY2028: {CC-110: 120000}\n")]), @r###"
    + budget/CC-110/FY2028
    - budget/CC-110/FY2027
    - cost_center/BU-2
    refused removal.unasked: export/aws/111122223333/hourly is registered and no longer declared
    "###);
}

#[test]
fn recommendations_are_switched_off() {
    insta::assert_snapshot!(story(&[(", recommendations: true", "")]), @r###"- recommendations/acme"###);
}

#[test]
fn payers_are_protected_until_an_apply_lifts_it() {
    let gone = estate(&[
        (LABS, ""),
        ("version: 1", &removed("payer/aws/444455556666", "delete")),
    ]);
    let mut world = World::of(ESTATE);
    insta::assert_snapshot!(tell(&world.plan(&gone, How::default())), @r###"refused removal.protected: payer/aws/444455556666 is protected and no longer declared"###);
    let how = How {
        allow_delete: true,
        ..How::default()
    };
    insta::assert_snapshot!(tell(&world.plan(&gone, how)), @r###"refused removal.protected: payer/aws/444455556666 is protected and no longer declared"###);
    let lifted = world.plan(
        &estate(&[(
            "{organization: labs}",
            "{organization: labs, protect: false}",
        )]),
        How::default(),
    );
    insta::assert_snapshot!(tell(&lifted), @r###"
    ~ payer/aws/444455556666
        protect: none -> false
    "###);
    world.apply(&lifted);
    insta::assert_snapshot!(tell(&world.plan(&gone, How::default())), @r###"- payer/aws/444455556666, over"###);
}

#[test]
fn exports_go_with_their_payer_and_before_it() {
    let open = estate(&[(
        "    organization: acme\n",
        "    organization: acme\n    protect: false\n",
    )]);
    let from = open.find("  \"111122223333\"").unwrap();
    let to = open.find("  \"444455556666\"").unwrap();
    let gone = format!("{}{}", &open[..from], &open[to..]);
    let gone = gone.replace("version: 1", &removed("payer/aws/111122223333", "delete"));
    let gone = gone.replace("{organization: acme, name", "{organization: labs, name");
    insta::assert_snapshot!(tell(&World::of(&open).plan(&gone, How::default())), @r###"
    ~ account/aws/210987654321
        organization: acme -> labs
        payer: 111122223333 -> 444455556666
    ~ account/aws/210987654322
        organization: acme -> labs
        payer: 111122223333 -> 444455556666
    ~ account/aws/210987654323
        organization: acme -> labs
        payer: 111122223333 -> 444455556666
    - export/aws/111122223333/focus, over
    - export/aws/111122223333/hourly, over
    - payer/aws/111122223333, over
    "###);
}

fn many(range: std::ops::Range<u32>, organization: &str) -> String {
    range
        .map(|at| {
            format!("  \"50000000{at:04}\": {{organization: {organization}, name: Account {at}}}\n")
        })
        .collect()
}

fn with(accounts: &str) -> String {
    estate(&[("accounts:\n", &format!("accounts:\n{accounts}"))])
}

#[test]
fn the_guard_counts_what_goes_by_organization() {
    let how = How {
        allow_delete: true,
        ..How::default()
    };
    let world = World::of(&with(&(many(0..40, "acme") + &many(40..50, "labs"))));
    // 6 of 10 in labs: more than 5, and more than 20 percent of that organization.
    insta::assert_snapshot!(tell(&world.plan(&with(&(many(0..40, "acme") + &many(46..50, "labs"))), how)).lines().last().unwrap(), @r###"refused guard.exceeded: 6 of 10 recorded accounts of labs would be removed; the guard allows 20 percent, or 5"###);
    // 6 of 43 in acme: more than 5, but a small part of it.
    let plan = world.plan(&with(&(many(6..40, "acme") + &many(40..50, "labs"))), how);
    assert!(plan.refusals.is_empty());
    let lifted = How {
        override_guard: true,
        ..how
    };
    assert!(world.plan(&with(""), lifted).refusals.is_empty());
}

#[test]
fn the_guard_counts_updates_and_no_additions() {
    let world = World::of(&with(&many(0..30, "acme")));
    let renamed = many(0..30, "acme").replace("Account", "Konto");
    insta::assert_snapshot!(tell(&world.plan(&with(&renamed), How::default())).lines().last().unwrap(), @r###"refused guard.exceeded: 30 of 33 recorded accounts of acme would be changed; the guard allows 50 percent, or 20"###);
    let large = World::of(&with(&many(0..2400, "acme")));
    let renamed = many(0..1200, "acme").replace("Account", "Konto") + &many(1200..1300, "acme");
    let told = tell(&large.plan(
        &with(&renamed),
        How {
            allow_delete: true,
            ..How::default()
        },
    ));
    assert!(
        told.contains("1,100 of 2,403 recorded accounts of acme would be removed"),
        "{told}"
    );
    assert!(
        world
            .plan(&with(&many(0..90, "acme")), How::default())
            .refusals
            .is_empty()
    );
}

#[test]
fn following_a_rename_is_no_update() {
    let text = with(&many(0..30, "acme"));
    let next = text
        .replace("organization: acme", "organization: core")
        .replace(
            "  acme: {provider: aws,",
            "  core: {provider: aws, previously: [acme],",
        );
    let plan = World::of(&text).plan(&next, How::default());
    assert!(plan.refusals.is_empty(), "{}", tell(&plan));
    assert_eq!(plan.changes.len(), 1, "{}", tell(&plan));
}
