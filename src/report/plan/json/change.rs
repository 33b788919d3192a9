//! Changes with their fields, and where each is declared.

use crate::engine::change::{Change, FieldChange};
use crate::model::address::Kind;
use crate::model::canonical::Canonical;
use crate::model::record::{Action, Provenance};

use super::{Blocked, Field, Money, PlannedChange, Source, Year};
use crate::report::plan::Shown;
use crate::report::plan::finance::Years;
use crate::report::plan::paying::{self, Trees};

pub(super) fn changes(shown: &Shown<'_>) -> Vec<PlannedChange> {
    let trees = Trees::of(shown.planned);
    let all = shown.planned.plan.changes.iter();
    all.map(|one| change(one, shown, &trees)).collect()
}

/// What a budget that changes comes to.
fn year(change: &Change, shown: &Shown<'_>) -> Option<Year> {
    if change.kind() != Kind::Budget || change.fields.is_empty() {
        return None;
    }
    let years = Years::of(change, shown);
    let [before, after] = [0, 1].map(|side| {
        Some(Money {
            amount: years.sum[side]?.normalize().to_string(),
            currency: years.currency[side].clone(),
        })
    });
    Some(Year { before, after })
}

fn source(at: Provenance, through: Option<&str>) -> Option<Source> {
    Some(Source {
        file: at.file?,
        line: at.line?,
        through: through.map(str::to_owned),
    })
}

fn change(change: &Change, shown: &Shown<'_>, trees: &Trees<'_>) -> PlannedChange {
    let at = change.source.as_ref().map(|at| shown.lines.of(at));
    let all;
    let fields = if change.action == Action::Create {
        // A creation: all that is declared.
        let spec = change.spec.as_ref().map(Canonical::value);
        all = crate::engine::fields::diff(None, spec.as_ref());
        &all
    } else {
        &change.fields
    };
    let fields = fields.iter().map(|one| {
        let origin = shown.lines.origin(change, &one.path);
        let own = origin.through.is_none() && Some(&origin.at) == at.as_ref();
        Field {
            source: if own {
                None
            } else {
                source(origin.at, origin.through)
            },
            ..field(one)
        }
    });
    let fields = fields.collect();
    PlannedChange {
        address: change.address.to_string(),
        action: change.action.as_str().to_owned(),
        digest: change.digest.to_string(),
        from: change.from.as_ref().map(ToString::to_string),
        fields,
        source: at.and_then(|at| source(at, None)),
        blocked: change.blocked.as_ref().map(|block| Blocked {
            address: block.address.to_string(),
            check: block.check.clone(),
        }),
        reason: change.reason.clone(),
        shifts: paying::shifted(change, trees),
        year: year(change, shown),
        from_base: shown.marks.map(|marks| !marks.is_own(change)),
    }
}

pub(super) fn field(field: &FieldChange) -> Field {
    Field {
        path: field.path.clone(),
        before: field.before.clone(),
        after: field.after.clone(),
        observed: field.observed.clone(),
        source: None,
    }
}
