//! The part of the financial structure that a plan changes, as a drawing.

use std::collections::BTreeSet;

use crate::engine::Change;
use crate::model::address::Kind;
use crate::model::record::Action;
use crate::model::time::Date;
use crate::model::timeline::Timeline;
use crate::report::plan::Shown;
use crate::report::structure::{self, Drawn};

use super::block;

/// The cost centres that a change is about: itself, the one of a budget, those that pay for an account.
fn touched(change: &Change) -> Vec<String> {
    match change.kind() {
        Kind::CostCenter => vec![change.address.last().into_owned()],
        Kind::Budget => change
            .address
            .parts()
            .next()
            .map(|code| code.into_owned())
            .into_iter()
            .collect(),
        Kind::Account | Kind::Payer if change.action == Action::Update => {
            let fields = change.fields.iter();
            let paid = fields.filter(|field| field.path == "cost_center");
            let values = paid
                .flat_map(|field| [&field.before, &field.after])
                .flatten();
            values
                .filter_map(|value| serde_json::from_value::<Timeline>(value.clone()).ok())
                .flat_map(|timeline| timeline.codes().map(str::to_owned).collect::<Vec<_>>())
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The cost centres that change, with what is around them; none where none does, or too many.
#[must_use]
pub fn changed(shown: &Shown<'_>) -> Option<String> {
    let changes = shown.planned.plan.changes.iter();
    let centers: BTreeSet<String> = changes.flat_map(touched).collect();
    if centers.is_empty() {
        return None;
    }
    let today = Date::new(shown.now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let tree = structure::Shown::of(&shown.planned.project.estate, today.month());
    let drawing = structure::mermaid_around(&Drawn { shown: &tree }, &centers)?;
    Some(block(&drawing, "mermaid"))
}
