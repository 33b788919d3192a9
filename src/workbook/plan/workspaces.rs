//! Workspaces: who pays for an account, in the shortest form of the language; nothing where `defaults` say it.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::{CannotWrite, Planner};
use crate::config::declaration::Entry;
use crate::config::estate::Resolved;
use crate::config::format::{Entries, Item, Patch, Place, Value};
use crate::model::money::Percent;
use crate::model::spec::Account;
use crate::model::time::Month;
use crate::model::timeline::{Period, Shares, Timeline};
use crate::structure::allocation::parts;
use crate::workbook::compare::What;
use crate::workbook::rows::{Sheets, Workspaces};

/// The parts of each period.
type Falls = BTreeMap<Option<Month>, BTreeMap<String, Decimal>>;

impl Planner<'_> {
    pub(super) fn workspaces(
        &mut self,
        wanted: &Sheets,
        different: &[What],
    ) -> Result<(), CannotWrite> {
        let mut falls: HashMap<(&str, &str), Falls> = HashMap::new();
        for what in different {
            if let What::Workspace { provider, id } = what {
                falls.insert((provider, id), Falls::new());
            }
        }
        if falls.is_empty() {
            return Ok(());
        }
        for row in &wanted.workspaces {
            if let Some(falls) = falls.get_mut(&(&*row.provider, &*row.id)) {
                add(falls, row);
            }
        }
        let estate = &self.project.estate;
        for (entry, resolved) in estate.declaration.accounts.iter().zip(&estate.accounts) {
            let provider = resolved.provider.map_or("", |provider| provider.as_str());
            if let Some(falls) = falls.get(&(provider, &*resolved.id)) {
                self.account(entry, resolved, falls)?;
            }
        }
        Ok(())
    }

    fn account(
        &mut self,
        entry: &Entry<Account>,
        resolved: &Resolved,
        falls: &Falls,
    ) -> Result<(), CannotWrite> {
        let path = self.path(entry.file);
        let default = self.default(entry, resolved);
        let change = if falls.is_empty() && default.is_some() {
            let code = default
                .and_then(|default| default.codes().next())
                .unwrap_or_default();
            return Err(CannotWrite {
                message: format!(
                    "`{}` in {path} cannot fall on nobody: `defaults` give it the cost centre `{code}`",
                    entry.key
                ),
                help: "name a cost centre in the workbook, or take `cost_center` out of the `defaults` first"
                    .to_owned(),
            });
        } else if default.map_or_else(Falls::new, of) == *falls {
            Patch::Remove
        } else {
            timeline(entry.value.cost_center.as_ref(), falls)
        };
        let account = Patch::Entries(Entries {
            short: Some("name"),
            place: Place::Fields(&["cost_center"]),
            changes: vec![("cost_center".to_owned(), change)],
        });
        self.put(path, &["accounts", &entry.key], account);
        Ok(())
    }

    /// What an account has where it says nothing itself.
    fn default(&self, entry: &Entry<Account>, resolved: &Resolved) -> Option<&Timeline> {
        let declaration = &self.project.estate.declaration;
        let file = declaration.defaults.get(&entry.file);
        let of_file = file.and_then(|file| file.cost_center.as_ref());
        of_file.or_else(|| {
            let at = resolved.organization? as usize;
            let organization = declaration.organizations.entries().get(at)?;
            organization.value.defaults.cost_center.as_ref()
        })
    }
}

fn add(falls: &mut Falls, row: &Workspaces) {
    if let Some(code) = &row.code {
        let parts = falls.entry(row.from).or_default();
        parts.insert(code.clone(), row.percent.normalize());
    }
}

fn of(timeline: &Timeline) -> Falls {
    let period = |period: &Period| (period.from, of_shares(&period.shares));
    timeline.0.iter().map(period).collect()
}

fn of_shares(shares: &Shares) -> BTreeMap<String, Decimal> {
    let part = |part: crate::structure::allocation::Part<'_>| {
        (part.code.to_owned(), part.percent.normalize())
    };
    parts(shares).into_iter().map(part).collect()
}

/// The field: periods that stay as they are keep what they are written as.
fn timeline(declared: Option<&Timeline>, falls: &Falls) -> Patch {
    let periods = declared.map_or(&[][..], |timeline| timeline.0.as_slice());
    let mut items = Vec::new();
    let mut values = Vec::new();
    let mut next = 0;
    for (from, wanted) in falls {
        let same = |period: &Period| period.from == *from && of_shares(&period.shares) == *wanted;
        let kept = periods.iter().skip(next).position(same).map(|at| next + at);
        let shares = match kept {
            Some(at) => periods[at].shares.clone(),
            None => shortest(wanted),
        };
        let value = period(*from, &shares);
        match kept {
            Some(at) => {
                next = at + 1;
                items.push(Item::Keep(at));
            }
            None => items.push(Item::New(value.clone())),
        }
        values.push(value);
    }
    let since_ever = falls.keys().all(Option::is_none);
    match values.pop() {
        Some(only) if values.is_empty() && since_ever => Patch::Set(only),
        Some(last) => {
            values.push(last);
            Patch::Items {
                items,
                or: Value::List(values),
            }
        }
        None => Patch::Remove,
    }
}

fn shortest(parts: &BTreeMap<String, Decimal>) -> Shares {
    let codes: Vec<String> = parts.keys().cloned().collect();
    if let [code] = codes.as_slice() {
        return Shares::Whole(code.clone());
    }
    let even = Shares::Even(codes);
    if of_shares(&even) == *parts {
        return even;
    }
    let fixed = parts.iter();
    Shares::Fixed(
        fixed
            .map(|(code, part)| (code.clone(), Percent(*part)))
            .collect(),
    )
}

fn period(from: Option<Month>, shares: &Shares) -> Value {
    let value = match shares {
        Shares::Whole(code) if from.is_none() => return Value::text(code),
        Shares::Whole(code) => ("cost_center", Value::text(code)),
        Shares::Even(codes) => (
            "split",
            Value::List(codes.iter().map(Value::text).collect()),
        ),
        Shares::Fixed(parts) => {
            let part = |(code, part): (&String, &Percent)| (code.clone(), Value::number(part));
            ("split", Value::Map(parts.iter().map(part).collect()))
        }
    };
    let from = from.map(|from| ("from", Value::text(from.to_string())));
    let fields = from.into_iter().chain([value]);
    Value::Map(
        fields
            .map(|(field, value)| (field.to_owned(), value))
            .collect(),
    )
}
