//! A plan of a branch: what is not its own stands apart, with numbers of its own.

use crate::engine::change::Summary;
use crate::model::address::Address;
use crate::planning::base::BEHIND;
use crate::report::{style, text};

use super::{Shown, group};

/// As many addresses that are left as they are get named.
const NAMED: usize = 5;

/// The verdict on a plan; of a branch the verdict on its own changes, and how many more there are.
pub fn verdict(shown: &Shown<'_>) -> String {
    let plan = &shown.planned.plan;
    let Some(marks) = shown.marks else {
        return super::verdict(&plan.summary());
    };
    let (own, before) = marks.summaries(plan);
    let told = match own.total() {
        0 => "no changes from this branch".to_owned(),
        _ => super::verdict(&own),
    };
    let (more, gone) = (before.total(), before.delete + before.forget);
    let removals = match gone {
        0 => String::new(),
        1 if more == 1 => ", a removal".to_owned(),
        1 => ", 1 of them a removal".to_owned(),
        _ => format!(", {} of them removals", text::thousands(gone)),
    };
    match more {
        0 => told,
        _ => {
            let number = text::thousands(more);
            match own.total() {
                0 => format!("{told}; {number} not from it{removals}"),
                _ => format!("{told}; {number} more not from this branch{removals}"),
            }
        }
    }
}

/// What waited before the branch, and what the branch takes back.
pub fn elsewhere(view: &group::View<'_, '_>) -> String {
    let Some(marks) = view.shown.marks else {
        return String::new();
    };
    let mut out = String::new();
    let (_, before): (Summary, Summary) = marks.summaries(&view.shown.planned.plan);
    let base = format!(
        "{} of {}",
        marks.commit.get(..7).unwrap_or(&marks.commit),
        text::clean(&marks.reference)
    );
    if before.total() > 0 {
        let title = "Not from this branch:";
        let first = format!("\n{} ", view.look.paint(style::BOLD, title));
        let told = format!("{}; the same at {base}", super::verdict(&before));
        out += &text::wrap(&told, view.look.width, &first, title.len() + 1, "  ");
        super::sections(&mut out, view, &|change| !marks.is_own(change));
    }
    let mut line = |title: &str, addresses: &[&Address], why: &str| {
        let named = addresses.iter().take(NAMED).map(|one| one.as_str());
        let named: Vec<&str> = named.collect();
        let more = match addresses.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {} more", text::thousands(more)),
        };
        let indent = title.len() + 1;
        let first = format!("\n{} ", view.look.paint(style::BOLD, title));
        let told = format!("{}{more}: {why}", named.join(", "));
        out += &text::wrap(&told, view.look.width, &first, indent, "  ");
    };
    let back: Vec<&Address> = marks.taken_back.iter().collect();
    if !back.is_empty() {
        let why = format!("would change at {base}, and stays as it is registered here");
        line("Taken back:", &back, &why);
    }
    let refusals = view.shown.planned.plan.refusals.iter();
    let before = refusals.filter(|one| one.code != BEHIND && marks.was_refused(one));
    let refused: Vec<&Address> = before.filter_map(|one| one.address.as_ref()).collect();
    if !refused.is_empty() {
        let why = format!("refused at {base} too, and not because of this branch");
        line("Refused before:", &refused, &why);
    }
    out
}
