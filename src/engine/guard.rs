//! The guard: how much one apply may take away or change.

use std::collections::BTreeMap;

use crate::model::number::thousands;
use crate::model::record::Action;
use crate::model::settings::{Guard, Threshold};

use super::change::{Change, Refusal};

/// What the guard counts together: a kind, and for accounts their organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    pub kind: crate::model::address::Kind,
    pub organization: Option<String>,
}

/// The stricter of two guards, threshold by threshold.
#[must_use]
pub fn stricter(a: Guard, b: Guard) -> Guard {
    let strict = |a: Threshold, b: Threshold| Threshold {
        at_least: a.at_least.min(b.at_least),
        percent: a.percent.min(b.percent),
    };
    Guard {
        delete: strict(a.delete, b.delete),
        update: strict(a.update, b.update),
    }
}

/// Whether any group could be over its threshold: more of a kind than is always allowed.
#[must_use]
pub fn could_exceed(changes: &[Change], guard: Guard) -> bool {
    let more = |threshold: Threshold, wanted: &[Action]| {
        let count = |kind| {
            let touched =
                |change: &&Change| change.kind() == kind && wanted.contains(&change.action);
            changes.iter().filter(touched).count()
        };
        let kinds = crate::model::address::Kind::ALL.into_iter();
        kinds
            .map(count)
            .any(|count| count > threshold.at_least as usize)
    };
    more(guard.delete, &[Action::Delete, Action::Forget])
        || more(guard.update, &[Action::Update, Action::Rename])
}

/// Refuses what is too much. `recorded` counts the recorded resources of each group.
#[must_use]
pub fn check(
    changes: &[Change],
    group_of: &dyn Fn(&Change) -> Group,
    recorded: &BTreeMap<Group, usize>,
    guard: Guard,
) -> Vec<Refusal> {
    let mut deleted: BTreeMap<Group, usize> = BTreeMap::new();
    let mut updated: BTreeMap<Group, usize> = BTreeMap::new();
    for change in changes {
        match change.action {
            Action::Delete | Action::Forget => *deleted.entry(group_of(change)).or_default() += 1,
            Action::Update | Action::Rename => *updated.entry(group_of(change)).or_default() += 1,
            _ => {}
        }
    }
    let mut refusals = Vec::new();
    for (counts, threshold, verb) in [
        (deleted, guard.delete, "removed"),
        (updated, guard.update, "changed"),
    ] {
        for (group, count) in counts {
            let total = recorded.get(&group).copied().unwrap_or(0);
            if exceeds(count, total, threshold) {
                refusals.push(refusal(&group, count, total, threshold, verb));
            }
        }
    }
    refusals
}

/// More than the number that is always allowed, and more than the share.
fn exceeds(count: usize, total: usize, threshold: Threshold) -> bool {
    count > threshold.at_least as usize && count * 100 > total * usize::from(threshold.percent)
}

fn refusal(group: &Group, count: usize, total: usize, threshold: Threshold, verb: &str) -> Refusal {
    let of = group
        .organization
        .as_ref()
        .map(|name| format!(" of {name}"))
        .unwrap_or_default();
    Refusal {
        code: "guard.exceeded",
        address: None,
        message: format!(
            "{} of {} recorded {}{of} would be {verb}; the guard allows {} percent, or {}",
            thousands(count),
            thousands(total),
            group.kind.noun(total),
            threshold.percent,
            thousands(threshold.at_least as usize),
        ),
        help: "look at the plan once more; if it is meant, apply with `--override-guard`. Thresholds are in `guard:` of bursar.yaml, and one apply later than they are loosened there".to_owned(),
    }
}
