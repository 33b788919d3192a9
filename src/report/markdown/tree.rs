//! The part of the financial structure that a plan changes, as a drawing.

use std::collections::BTreeSet;

use crate::model::address::Kind;
use crate::model::time::Date;
use crate::report::plan::Shown;
use crate::report::structure::{self, Drawn};

use super::block;

/// The cost centres that change, with what is around them; none where none does, or too many.
#[must_use]
pub fn changed(shown: &Shown<'_>) -> Option<String> {
    let changes = shown.planned.plan.changes.iter();
    let centers: BTreeSet<String> = changes
        .filter(|change| change.kind() == Kind::CostCenter)
        .map(|change| change.address.last().into_owned())
        .collect();
    if centers.is_empty() {
        return None;
    }
    let today = Date::new(shown.now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let tree = structure::Shown::of(&shown.planned.project.estate, today.month());
    let drawing = structure::mermaid_around(&Drawn { shown: &tree }, &centers)?;
    Some(block(&drawing, "mermaid"))
}
