//! Parents by month: one change each, in closed months none, and renames run through them.

use super::world::{ESTATE, How, World, declare, estate, story, tell};
use crate::engine::order;

const CC_120: &str = "CC-120: {name: Platform, parent: BU-1}";
const MOVED: &str = "CC-120: {name: Platform, parent: [BU-1, {from: 2026-11, parent: BU-2}]}";

#[test]
fn a_list_of_one_is_the_plain_value() {
    insta::assert_snapshot!(story(&[(CC_120, "CC-120: {name: Platform, parent: [BU-1]}")]), @"nothing");
    insta::assert_snapshot!(story(&[("{name: Operations}", "{name: Operations, parent: [{from: 2026-01}]}")]), @"nothing");
}

#[test]
fn a_cost_centre_moves_from_a_month_on() {
    insta::assert_snapshot!(story(&[(CC_120, MOVED)]), @r#"
    ~ cost_center/CC-120
        parent: BU-1 -> [{parent:BU-1},{from:2026-11,parent:BU-2}]
    "#);
}

#[test]
fn a_parent_of_closed_months_does_not_change_in_silence() {
    let world = World::of(ESTATE);
    let how = How {
        closed_through: Some("2026-10"),
        ..How::default()
    };
    let next = estate(&[(CC_120, "CC-120: {name: Platform, parent: BU-2}")]);
    insta::assert_snapshot!(tell(&world.plan(&next, how)), @r#"
    ~ cost_center/CC-120
        parent: BU-1 -> BU-2
    refused structure.closed-month: cost_center/CC-120 would change its parent in months up to 2026-10, and the books are closed through 2026-10
    "#);
    let open = world.plan(&estate(&[(CC_120, MOVED)]), how);
    assert_eq!(open.refusals, []);
    let restated = How {
        restate: Some("2026-03"),
        ..how
    };
    let march = estate(&[(CC_120, &MOVED.replace("2026-11", "2026-03"))]);
    assert_eq!(world.plan(&march, how).refusals.len(), 1);
    assert_eq!(world.plan(&march, restated).refusals, []);
}

#[test]
fn a_rename_runs_through_all_months() {
    let moved = estate(&[(CC_120, MOVED)]);
    let mut world = World::of(&moved);
    let next = moved.replace(
        "  BU-2: {name: Operations}",
        "  OPS: {name: Operations, previously: [BU-2]}",
    );
    let plan = world.plan(&next, How::default());
    insta::assert_snapshot!(tell(&plan), @"> cost_center/OPS (was cost_center/BU-2), 1 follow");
    world.apply(&plan);
    assert!(!format!("{:?}", world.records).contains("BU-2"));
    let done = next
        .replace(", previously: [BU-2]", "")
        .replace("BU-2", "OPS");
    insta::assert_snapshot!(tell(&world.plan(&done, How::default())), @"nothing");
}

/// Two that are above each other in different months can be added and removed like others.
#[test]
fn places_that_are_changed_are_no_deadlock() {
    let both = "  X-1: {name: X, parent: [Y-1, {from: 2027-01}]}\n  Y-1: {name: Y, parent: [{from: 2027-01, parent: X-1}]}\n";
    let next = estate(&[("  BU-2:", &format!("{both}  BU-2:"))]);
    let mut world = World::of(ESTATE);
    for text in [&*next, ESTATE] {
        let plan = world.plan(text, How::default());
        assert_eq!(plan.changes.len(), 2);
        let needs = order::dependencies(&plan.changes);
        assert_eq!(needs.concat(), [0], "{needs:?}");
        world.apply(&plan);
    }
    assert_eq!(declare(&[ESTATE]).resources.len(), world.records.len());
}
