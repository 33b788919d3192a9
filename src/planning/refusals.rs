//! A plan's refusals as diagnostics, each at the declaration it is about.

use std::collections::BTreeMap;

use crate::config::diagnostic::Diagnostic;
use crate::engine::Refusal;
use crate::model::address::{Address, Kind};

use super::{Planned, base};

/// Turns a plan's refusals into diagnostics, each at the declaration it is about; resources of one
/// kind that nobody spoke of are one.
#[must_use]
pub fn refusals(planned: &Planned) -> Vec<Diagnostic> {
    let place = |change: &Refusal| {
        let address = change.address.as_ref()?;
        let resource = planned.desired.get(address.as_str())?;
        let start = resource.source.offset;
        let key = planned
            .project
            .sources
            .text(resource.source.file)
            .get(start as usize..)?;
        let length = key.find([':', '\n']).unwrap_or(0);
        Some((
            resource.source.file,
            crate::config::yaml::Span::new(start, start + length as u32),
        ))
    };
    let unasked = |refusal: &&Refusal| refusal.code == "removal.unasked";
    let mut kinds: BTreeMap<Kind, Vec<&Address>> = BTreeMap::new();
    for address in planned.plan.refusals.iter().filter(unasked) {
        if let Some(address) = &address.address {
            kinds.entry(address.kind()).or_default().push(address);
        }
    }
    let kinds = kinds
        .into_iter()
        .map(|(kind, addresses)| unspoken(kind, &addresses, planned.destroys))
        .chain(lacking(&planned.plan.refusals));
    let rest = planned
        .plan
        .refusals
        .iter()
        .filter(|refusal| !unasked(refusal) && refusal.code != base::BEHIND)
        .map(|refusal| {
            let mut diagnostic =
                Diagnostic::of_project(refusal.code, refusal.message.clone(), refusal.help.clone());
            diagnostic.place = place(refusal);
            diagnostic
        });
    kinds.chain(rest).collect()
}

/// The way of a command line that may delete at once. There is none in `ci`: what is taken away there was
/// declared, and reviewed.
pub const FLAG: &str = "; `--allow-delete` deletes whatever is no longer declared";

/// Resources of one kind that are registered, no longer declared, and not spoken of.
fn unspoken(kind: Kind, addresses: &[&Address], destroys: &str) -> Diagnostic {
    let message = match addresses {
        [one] => format!("{one} is registered and no longer declared"),
        many => format!(
            "{} {} are registered and no longer declared",
            many.len(),
            kind.noun(many.len())
        ),
    };
    let it = if addresses.len() == 1 { "it" } else { "each" };
    let closed = if kind == Kind::Account {
        format!("keep {it} with `closed: YYYY-MM-DD` (history stays, it is no longer asked), or ")
    } else {
        String::new()
    };
    let help = format!(
        "{closed}say what becomes of {it} in `removed:`, as below: `forget` leaves it where it is \
         registered, `delete` removes it there too ({destroys}){FLAG}"
    );
    Diagnostic::of_project("removal.unasked", message, help)
}

/// What is declared in commits that a branch lacks, as one.
fn lacking(refusals: &[Refusal]) -> Option<Diagnostic> {
    let lacking = || refusals.iter().filter(|one| one.code == base::BEHIND);
    let first = lacking().next()?;
    let message = match lacking().count() {
        1 => first.message.clone(),
        many => {
            format!("{many} resources are registered, and declared in commits that are not here")
        }
    };
    let diagnostic = Diagnostic::of_project(base::BEHIND, message, first.help.clone());
    Some(diagnostic)
}

/// `1 commit`, `3 commits`.
pub(super) fn commits(number: usize) -> String {
    format!("{number} commit{}", if number == 1 { "" } else { "s" })
}
