//! A plan as machines read it. `format_version` grows by one when a field changes its meaning or
//! goes; new fields come without that.
//!
//! [`shape`] says what stands in it, [`change`] and [`listing`](mod@listing) fill their parts of it.

mod change;
mod listing;
mod shape;

use crate::model::hash::ContentHash;

use super::Shown;
use super::paying;
use change::{changes, field};
use listing::{carried, listing};

pub use shape::{
    Base, Blocked, Carried, Document, Drifted, FORMAT_VERSION, Field, Listing, Money,
    PlannedChange, Refused, Since, Source, Summary, Year,
};

/// The document of a plan.
#[must_use]
pub fn document(shown: &Shown<'_>, lineage: ContentHash, serial: u64) -> Document {
    let plan = &shown.planned.plan;
    let summary = plan.summary();
    let drift = plan.drift.iter().map(|drift| Drifted {
        address: drift.address.to_string(),
        missing: drift.missing,
        fields: drift.fields.iter().map(field).collect(),
    });
    let refusals = plan.refusals.iter().map(|refusal| Refused {
        code: refusal.code.to_owned(),
        address: refusal.address.as_ref().map(ToString::to_string),
        message: refusal.message.clone(),
        help: refusal.help.clone(),
        from_base: shown.marks.map(|marks| marks.was_refused(refusal)),
    });
    Document {
        format_version: FORMAT_VERSION,
        lineage: lineage.to_string(),
        serial,
        digest: plan.digest.to_string(),
        summary: count(&summary),
        changes: changes(shown),
        drift: drift.collect(),
        refusals: refusals.collect(),
        findings: shown.board.all().cloned().collect(),
        listings: shown.compared.iter().filter_map(listing).collect(),
        document: carried(shown),
        notes: plan.notes.clone(),
        who_pays: paying::who_pays(shown),
        base: shown.marks.map(|marks| Base {
            reference: marks.reference.clone(),
            commit: marks.commit.clone(),
            behind: marks.behind,
            own: count(&marks.summaries(plan).0),
            taken_back: marks.taken_back.iter().map(ToString::to_string).collect(),
        }),
    }
}

fn count(summary: &crate::engine::change::Summary) -> Summary {
    Summary {
        add: summary.add,
        change: summary.change,
        rename: summary.rename,
        delete: summary.delete,
        forget: summary.forget,
        adopt: summary.adopt,
        wait: summary.wait,
        blocked: summary.blocked,
    }
}

/// The document of a comparison with what was declared before.
#[must_use]
pub fn since(shown: &Shown<'_>, reference: &str) -> Since {
    let plan = &shown.planned.plan;
    Since {
        format_version: FORMAT_VERSION,
        since: reference.to_owned(),
        summary: count(&plan.summary()),
        changes: changes(shown),
        who_pays: paying::who_pays(shown),
    }
}
