//! `--target`: a plan of some addresses, with what those need first.

use std::collections::BTreeSet;

use crate::config::suggest::closest;
use crate::engine::change::Plan;
use crate::engine::{Refusal, order, reference};
use crate::model::address::{Address, Kind};
use crate::model::record::Action;
use crate::model::selector::Selector;

/// Keeps the changes that are targeted, and the creations and renames that those need.
pub(super) fn narrow(plan: &mut Plan, target: &Selector) {
    let needs = order::dependencies(&plan.changes);
    let mut keep: Vec<bool> = plan
        .changes
        .iter()
        .map(|change| target.selects(&change.address))
        .collect();
    let mut queue: Vec<usize> = (0..keep.len()).filter(|at| keep[*at]).collect();
    while let Some(at) = queue.pop() {
        for &need in &needs[at] {
            let other = &plan.changes[need];
            let first = matches!(
                other.action,
                Action::Create | Action::Adopt | Action::Rename
            );
            if !keep[need] && first {
                keep[need] = true;
                queue.push(need);
            }
        }
    }
    let left = keep.iter().filter(|keep| !**keep).count();
    let undone: BTreeSet<Address> = plan
        .changes
        .iter()
        .zip(&keep)
        .filter(|(_, keep)| !**keep)
        .filter_map(|(change, _)| change.from.clone())
        .collect();
    let mut at = 0;
    plan.changes.retain(|_| {
        at += 1;
        keep[at - 1]
    });
    plan.refusals.retain(|refusal| {
        refusal
            .address
            .as_ref()
            .is_none_or(|address| target.selects(address))
    });
    plan.drift.retain(|drift| target.selects(&drift.address));
    // What follows a rename that is left out keeps the old name.
    plan.refreshes.retain(|refresh| {
        let names = || reference::names(&refresh.from, &refresh.before.spec.value());
        target.selects(&refresh.address)
            && (undone.is_empty() || !names().iter().any(|name| undone.contains(name)))
    });
    if left > 0 {
        plan.notes.push(format!(
            "limited by --target: {left} more {} not in this plan",
            if left == 1 {
                "change is"
            } else {
                "changes are"
            }
        ));
    }
    plan.seal();
}

/// Code of a `--target` that matches no address.
pub(super) const NO_TARGET: &str = "target.nothing";

pub(super) fn idle<'a>(glob: &'a str, known: impl Iterator<Item = &'a str>) -> Refusal {
    let kinds = Kind::ALL.map(Kind::as_str);
    let (kind, rest) = glob.split_once('/').unwrap_or((glob, ""));
    let near = if kinds.contains(&kind) {
        closest(glob, known).map(str::to_owned)
    } else {
        closest(kind, kinds.into_iter()).map(|kind| match rest {
            "" => format!("{kind}/*"),
            rest => format!("{kind}/{rest}"),
        })
    };
    Refusal {
        code: NO_TARGET,
        address: None,
        message: format!("`--target {glob}` matches nothing that is declared or registered"),
        help: match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a glob over addresses as a plan shows them, for example `account/aws/*`"
                .to_owned(),
        },
    }
}
