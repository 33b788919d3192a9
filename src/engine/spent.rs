//! Spent entries: `previously` and `removed` that have done their work and can go.

use crate::model::address::Address;

use super::change::Plan;
use super::desired::Desired;
use super::wanted::{Known, Wanted};

/// Entries that have done their work, in one note.
pub fn note(plan: &mut Plan, desired: &Desired, wanted: &Wanted, index: &[Known<'_>]) {
    let renames = wanted.done_renames.iter().map(|former| {
        format!(
            "`previously: [{}]` of {}",
            former.last(),
            desired.renames[former]
        )
    });
    let gone = |address: &&Address| {
        let at = index.binary_search_by(|known| known.address.cmp(address.as_str()));
        at.is_err()
    };
    let removals = desired.removals.keys().filter(gone);
    let all: Vec<String> = renames
        .chain(removals.map(|address| format!("`removed:` of {address}")))
        .collect();
    let (count, have) = match all.len() {
        0 => return,
        1 => ("1 entry".to_owned(), "has done its work"),
        many => (format!("{many} entries"), "have done their work"),
    };
    const NAMED: usize = 3;
    let named = all[..all.len().min(NAMED)].join(", ");
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    plan.notes
        .push(format!("{count} {have} and can go: {named}{more}"));
}
