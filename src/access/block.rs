//! Blocks: which changes must prove their access, and which findings hold them back.

use crate::config::estate::Estate;
use crate::engine::change::{Block, Change, Plan};
use crate::engine::order;
use crate::model::address::Address;
use crate::model::finding::{Finding, Status};
use crate::model::record::Action;
use crate::model::settings::Require;

use super::links::Accounts;
use super::{Board, Links};

/// Whether a change must prove its access: creations, and changes of how something is reached.
/// Never a change of name, labels, owner, cost centre or budget.
pub(super) fn gated(change: &Change) -> bool {
    const HARMLESS: &[&str] = &[
        "name",
        "owner",
        "labels",
        "cost_center",
        "protect",
        "closed",
        "currency",
    ];
    let registration = !change.kind().is_structure();
    match change.action {
        Action::Create | Action::Adopt => registration,
        Action::Update | Action::Rename => {
            let harmless =
                |path: &str| HARMLESS.contains(&path.split('.').next().unwrap_or_default());
            registration && change.fields.iter().any(|field| !harmless(&field.path))
        }
        _ => false,
    }
}

/// Blocks the changes whose access is not proven, and what depends on them.
pub fn block(plan: &mut Plan, board: &Board, require: Require, estate: &Estate) {
    if require == Require::None || plan.changes.is_empty() {
        return;
    }
    let wanted = Accounts::of(plan.changes.iter().map(|change| &change.address));
    let links = Links::declared(estate, &wanted);
    let blocking = |address: &Address| {
        board
            .of(address)
            .iter()
            .find(|finding| blocks(finding, require))
            .map(|finding| (address.clone(), finding.check.clone()))
    };
    let mut blocks: Vec<Option<Block>> = plan
        .changes
        .iter()
        .map(|change| {
            if !gated(change) {
                return None;
            }
            let own = blocking(&change.address);
            let direct = own.is_some();
            let through = || {
                let organization = links.organization(&change.address).cloned();
                let payer = links.reached_through(&change.address).cloned();
                links
                    .credentials(&change.address)
                    .into_iter()
                    .chain(organization)
                    .chain(payer)
                    .find_map(|address| blocking(&address))
            };
            own.or_else(through).map(|(address, check)| Block {
                address,
                check,
                direct,
            })
        })
        .collect();
    let needs = order::dependencies(&plan.changes);
    // Changes stand in dependency order, so that one pass reaches everything.
    for at in 0..blocks.len() {
        if blocks[at].is_none() && !plan.changes[at].removes() {
            let cause = needs[at].iter().find_map(|need| blocks[*need].clone());
            blocks[at] = cause.map(|block| Block {
                direct: false,
                ..block
            });
        }
    }
    for (change, block) in plan.changes.iter_mut().zip(blocks) {
        change.blocked = block;
    }
}

/// Whether a finding blocks what depends on it.
#[must_use]
pub fn blocks(finding: &Finding, require: Require) -> bool {
    let bad = match require {
        Require::Pass => matches!(finding.status, Status::Fail | Status::Unknown),
        Require::NoFail => finding.status == Status::Fail,
        Require::None => false,
    };
    bad && finding.required && finding.waived.is_none()
}
