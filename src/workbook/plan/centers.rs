//! Cost centres: fields that change, entries that come and go.

use std::collections::HashMap;

use super::{CannotWrite, Placed, Planner};
use crate::config::format::{Entries, Patch, Place, Value};
use crate::model::parents::Above;
use crate::workbook::compare::What;
use crate::workbook::parents;
use crate::workbook::rows::{CostCenters, Sheets};

/// The fields in the order in which new ones are written.
const FIELDS: Place = Place::Fields(&[
    "name",
    "manager",
    "parent",
    "previously",
    "from",
    "to",
    "alerts",
    "protect",
]);
const MANAGER: Place = Place::Fields(&["name", "email"]);

impl Planner<'_> {
    pub(super) fn centers(
        &mut self,
        now: &Sheets,
        wanted: &Sheets,
        different: &[What],
    ) -> Result<(), CannotWrite> {
        let by_code = |sheets: &'_ Sheets| -> HashMap<String, CostCenters> {
            let rows = sheets.cost_centers.iter();
            rows.map(|row| (row.code.clone(), row.clone())).collect()
        };
        let (now, wanted) = (by_code(now), by_code(wanted));
        let mut new: Vec<&CostCenters> = Vec::new();
        for what in different {
            let What::CostCenter(code) = what else {
                continue;
            };
            let declared = self.project.estate.declaration.cost_centers.get(code);
            let at = ["cost_centers", code.as_str()];
            match (declared, now.get(code), wanted.get(code)) {
                (Some(entry), Some(_), None) => {
                    self.put(self.path(entry.file), &at, Patch::Remove);
                }
                (Some(entry), Some(now), Some(wanted)) => {
                    let changes = changes(now, wanted);
                    if !changes.changes.is_empty() {
                        self.put(self.path(entry.file), &at, Patch::Entries(changes));
                    }
                }
                (None, None, Some(wanted)) => new.push(wanted),
                _ => {}
            }
        }
        // From the root down, so that a child finds where its parent came.
        let depth = |row: &CostCenters| {
            let mut at = above(row);
            (0..wanted.len())
                .take_while(|_| {
                    let here = at.as_ref().and_then(|code| wanted.get(code));
                    at = here.and_then(above);
                    here.is_some()
                })
                .count()
        };
        new.sort_by_cached_key(|row| (depth(row), row.code.clone()));
        for row in new {
            let found = self.places.of_center(&row.code, above(row).as_deref())?;
            let patch = Patch::Beside {
                value: value(row),
                near: found.near,
            };
            let what = What::CostCenter(row.code.clone());
            self.put(found.path.clone(), &["cost_centers", &row.code], patch);
            self.plan.placed.push(Placed {
                what,
                path: found.path,
                why: found.why,
            });
        }
        Ok(())
    }
}

/// A field that is set, or left out.
fn field(value: Option<Value>) -> Patch {
    value.map_or(Patch::Remove, Patch::Set)
}

/// The manager that a row names itself: address and name.
fn own(row: &CostCenters) -> Option<(&str, Option<&str>)> {
    let email = row.manager_email.as_deref().filter(|_| !row.inherited)?;
    Some((email, row.manager_name.as_deref()))
}

/// The parent that it has in the end: beside whose others it is declared.
fn above(row: &CostCenters) -> Option<String> {
    parents::codes(row.parent.as_deref()).pop()
}

/// A code, or periods: the first one is a code where it holds since ever.
fn parent(row: &CostCenters) -> Option<Value> {
    let parents = parents::parse(row.parent.as_deref()?).ok().flatten()?;
    let period = |above: &Above| match (above.from, &above.parent) {
        (None, Some(code)) => Value::text(code),
        (from, code) => {
            let from = from.map(|from| ("from".to_owned(), Value::text(from.to_string())));
            let code = code
                .as_ref()
                .map(|code| ("parent".to_owned(), Value::text(code)));
            Value::Map(from.into_iter().chain(code).collect())
        }
    };
    match parents.told() {
        [above @ Above { from: None, .. }] => Some(period(above)),
        periods => Some(Value::List(periods.iter().map(period).collect())),
    }
}

fn month(month: Option<crate::model::time::Month>) -> Option<Value> {
    month.map(|month| Value::text(month.to_string()))
}

fn alerts(row: &CostCenters) -> Option<Value> {
    let alerts = row.alerts.iter().map(Value::number);
    (!row.alerts.is_empty()).then(|| Value::List(alerts.collect()))
}

fn changes(now: &CostCenters, wanted: &CostCenters) -> Entries {
    let mut entries = Entries {
        place: FIELDS,
        ..Entries::default()
    };
    if now.name != wanted.name {
        entries.add("name", Patch::Set(Value::text(&wanted.name)));
    }
    match (own(now), own(wanted)) {
        (now, wanted) if now == wanted => {}
        (Some((email, name)), Some((new_email, new_name))) => {
            let mut manager = Entries {
                place: MANAGER,
                ..Entries::default()
            };
            if email != new_email {
                manager.add("email", Patch::Set(Value::text(new_email)));
            }
            if name != new_name {
                manager.add("name", field(new_name.map(Value::text)));
            }
            entries.add("manager", Patch::Entries(manager));
        }
        (_, wanted) => entries.add("manager", field(wanted.map(manager))),
    }
    if now.parent != wanted.parent {
        entries.add("parent", field(parent(wanted)));
    }
    if now.from != wanted.from {
        entries.add("from", field(month(wanted.from)));
    }
    if now.to != wanted.to {
        entries.add("to", field(month(wanted.to)));
    }
    if now.alerts != wanted.alerts {
        entries.add("alerts", field(alerts(wanted)));
    }
    entries
}

fn manager((email, name): (&str, Option<&str>)) -> Value {
    let mut fields = Vec::new();
    fields.extend(name.map(|name| ("name".to_owned(), Value::text(name))));
    fields.push(("email".to_owned(), Value::text(email)));
    Value::Map(fields)
}

/// A new entry.
fn value(row: &CostCenters) -> Value {
    let fields = [
        ("name", Some(Value::text(&row.name))),
        ("manager", own(row).map(manager)),
        ("parent", parent(row)),
        ("from", month(row.from)),
        ("to", month(row.to)),
        ("alerts", alerts(row)),
    ];
    let given = fields
        .into_iter()
        .filter_map(|(field, value)| Some((field.to_owned(), value?)));
    Value::Map(given.collect())
}
