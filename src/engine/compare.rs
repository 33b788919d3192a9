//! Compare: what is declared, held against what is recorded and observed.
//!
//! Two steps, so that the engine stays pure and records that did not change are never decoded:
//! [`Wanted::of`] says from hashes alone which records are worth a look (`wanted`), the caller fetches
//! those, and [`compare`] makes the plan.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::model::address::{Address, Kind};
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Record};
use crate::model::settings::Guard;
use crate::model::time::Month;

use super::change::{Change, Plan, Refresh, Refusal};
use super::consent::{self, Verdict};
use super::desired::{Desired, Resource};
use super::wanted::{Known, Wanted};
use super::{closed, fields, forgotten, order, reference, spent, tally};

/// What else a plan depends on.
#[derive(Debug, Clone)]
pub struct Options {
    /// Deletes whatever is no longer declared, without a `removed:` entry.
    pub allow_delete: bool,
    /// Lifts the guard.
    pub override_guard: bool,
    pub guard: Guard,
    /// The last month that the books are closed through.
    pub closed_through: Option<Month>,
    /// The first closed month whose cost centres may change all the same.
    pub restate: Option<Month>,
    /// What a deletion destroys on this platform, in a few words.
    pub destroys: &'static str,
}

/// What the platform has, by address.
pub type Observed = BTreeMap<Address, Value>;

/// Makes the plan. `records` holds the records that [`Wanted::records`] named, by index entry.
/// `observed` is none where the state itself is the register.
#[must_use]
pub fn compare(
    desired: &Desired,
    index: &[Known<'_>],
    wanted: &Wanted,
    records: &HashMap<usize, Record>,
    observed: Option<&Observed>,
    options: &Options,
) -> Plan {
    let mut plan = Plan {
        unchanged: wanted.same,
        ..Plan::default()
    };
    for &at in &wanted.create {
        plan.changes.push(create(&desired.resources[at], observed));
    }
    for &(at, known) in &wanted.differ {
        let Some(record) = records.get(&known) else {
            continue;
        };
        differ(
            &desired.resources[at],
            record,
            desired,
            observed,
            options,
            &mut plan,
        );
    }
    for &known in &wanted.gone {
        let Some(record) = records.get(&known) else {
            continue;
        };
        gone(record, desired, observed, options, &mut plan);
    }
    forgotten::tell(
        wanted.gone.iter().filter_map(|at| records.get(at)),
        wanted.create.iter().map(|at| &desired.resources[*at]),
        &mut plan,
    );
    count_followers(&mut plan, desired);
    spent::note(&mut plan, desired, wanted, index);
    if !options.override_guard {
        let refusals = tally::check(desired, index, records, &plan, options.guard);
        plan.refusals.extend(refusals);
    }
    order::sort(&mut plan.changes);
    plan.seal();
    plan
}

fn change(action: Action, resource: &Resource) -> Change {
    Change {
        address: resource.address.clone(),
        action,
        from: None,
        fields: Vec::new(),
        spec: Some(resource.spec.clone()),
        before: None,
        protect: resource.protect,
        digest: ContentHash::default(),
        source: Some(resource.source),
        reason: None,
        follows: 0,
        used_by: 0,
        blocked: None,
    }
}

fn create(resource: &Resource, observed: Option<&Observed>) -> Change {
    let found = observed.and_then(|all| all.get(&resource.address));
    let mut new = change(
        if found.is_some() {
            Action::Adopt
        } else {
            Action::Create
        },
        resource,
    );
    if let Some(found) = found {
        let declared = resource.spec.value();
        let mine = fields::owned_part(&[&declared], found);
        new.fields = fields::diff(Some(&mine), Some(&declared));
    }
    new.digest = new.hash();
    new
}

fn differ(
    resource: &Resource,
    record: &Record,
    desired: &Desired,
    observed: Option<&Observed>,
    options: &Options,
    plan: &mut Plan,
) {
    let mut before = record.spec.value();
    reference::rename(&record.address, &mut before, &desired.renames);
    let after = resource.spec.value();
    let mut diff = fields::diff(Some(&before), Some(&after));
    if record.protect != resource.protect && !diff.iter().any(|field| field.path == "protect") {
        diff.push(super::FieldChange {
            path: "protect".to_owned(),
            before: Some(record.protect.into()),
            after: Some(resource.protect.into()),
            observed: None,
        });
    }
    let renamed = record.address != resource.address;
    let named = renamed
        && !matches!(
            resource.address.kind(),
            Kind::Budget | Kind::Recommendations
        );
    let mut push = false;
    if let Some(found) = observed.and_then(|all| all.get(&record.address)) {
        push = renamed || reference::rename(&record.address, &mut found.clone(), &desired.renames);
        if !renamed && agrees(found, &before, &after) {
            plan.refreshes.push(refresh(resource, record, false));
            plan.unchanged += 1;
            return;
        }
        for field in &mut diff {
            let seen = at_path(found, &field.path);
            field.observed = seen
                .filter(|seen| Some(*seen) != field.before.as_ref())
                .cloned();
        }
    }
    if diff.is_empty() && !named {
        plan.refreshes.push(refresh(resource, record, push));
        plan.unchanged += 1;
        return;
    }
    if let Some(refusal) = closed_month(resource, &before, &after, options) {
        plan.refusals.push(refusal);
    }
    // What the platform has no longer cannot be changed there: it is created again.
    let missing = observed.is_some_and(|all| {
        !all.contains_key(&record.address) && !all.contains_key(&resource.address)
    });
    let action = match () {
        () if missing => Action::Create,
        () if named => Action::Rename,
        () => Action::Update,
    };
    let mut new = change(action, resource);
    new.from = renamed.then(|| record.address.clone());
    if !missing {
        new.fields = diff;
    }
    new.before = Some(record.clone());
    new.digest = new.hash();
    plan.changes.push(new);
}

/// Whether the platform has already what is declared, in all fields that are ours.
fn agrees(observed: &Value, before: &Value, after: &Value) -> bool {
    fields::owned_part(&[before, after], observed) == *after
}

fn at_path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

fn refresh(resource: &Resource, record: &Record, push: bool) -> Refresh {
    Refresh {
        from: record.address.clone(),
        address: resource.address.clone(),
        spec: resource.spec.clone(),
        protect: resource.protect,
        before: record.clone(),
        source: Some(resource.source),
        push,
    }
}

/// Refuses a change of months that are closed, and says how it can be made.
fn closed_month(
    resource: &Resource,
    before: &Value,
    after: &Value,
    options: &Options,
) -> Option<Refusal> {
    let closed = options.closed_through?;
    let held = options
        .restate
        .map_or(closed, |month| closed.min(month.plus(-1)));
    let tree = resource.address.kind() == Kind::CostCenter;
    let touched = |through| match tree {
        true => closed::moved(before, after, through),
        false => closed::touched(before.get("cost_center"), after.get("cost_center"), through),
    };
    touched(held)?;
    // What is said is of all closed months: a month that is opened alone may not be enough.
    let touched = touched(closed)?;
    let (open, last) = (closed.plus(1), touched.last);
    let months = match touched.first {
        None => format!("in months up to {last}"),
        Some(first) if first == last => format!("in {first}"),
        Some(first) => format!("in months from {first} to {last}"),
    };
    let (what, key) = match tree {
        true => ("parent", "parent"),
        false => ("cost centre", "cost_center"),
    };
    let help = match (touched.first, before.get(key)) {
        (Some(first), _) => format!(
            "keep the entries of the past and let the new one begin in an open month: `from: {open}`; or plan with `--restate {first}` to change closed months from there on"
        ),
        (None, Some(_)) => format!(
            "this changes all months: keep the present {what} as the first entry and add one with `from: {open}`"
        ),
        (None, None) => format!(
            "this changes all months: let the {what} begin in an open one, as a list with one entry: `[{{from: {open}, {key}: …}}]`"
        ),
    };
    Some(Refusal {
        code: "structure.closed-month",
        address: Some(resource.address.clone()),
        message: format!(
            "{} would change its {what} {months}, and the books are closed through {closed}",
            resource.address
        ),
        help,
    })
}

fn gone(
    record: &Record,
    desired: &Desired,
    observed: Option<&Observed>,
    options: &Options,
    plan: &mut Plan,
) {
    let removal = desired.removals.get(&record.address);
    // An export goes with its payer, recommendations with their organization, as they were asked to.
    let removal =
        removal.or_else(|| owner(&record.address).and_then(|owner| desired.removals.get(&owner)));
    let (action, reason) =
        match consent::judge(record, removal, options.allow_delete, options.destroys) {
            Verdict::Delete { reason } => (Action::Delete, reason),
            Verdict::Forget { reason } => (Action::Forget, reason),
            Verdict::Refuse(refusal) => {
                plan.refusals.push(refusal);
                return;
            }
        };
    // Where there is nothing left to delete, only the record goes.
    let left = observed.is_none_or(|all| all.contains_key(&record.address));
    let (action, reason) = match action {
        Action::Delete if !left => (
            Action::Forget,
            reason.or_else(|| Some("the platform has it no longer".to_owned())),
        ),
        _ => (action, reason),
    };
    let mut removed = Change {
        address: record.address.clone(),
        action,
        from: None,
        fields: Vec::new(),
        spec: None,
        before: Some(record.clone()),
        protect: false,
        digest: ContentHash::default(),
        source: None,
        reason,
        follows: 0,
        used_by: 0,
        blocked: None,
    };
    removed.digest = removed.hash();
    plan.changes.push(removed);
}

fn owner(address: &Address) -> Option<Address> {
    match (address.kind(), address.provider()) {
        (Kind::Export, Some(provider)) => Some(Address::payer(provider, &address.parts().nth(1)?)),
        (Kind::Recommendations, _) => Some(Address::organization(&address.last())),
        _ => None,
    }
}

/// Renames say how many records follow them; changed credentials say how many resources use them.
fn count_followers(plan: &mut Plan, desired: &Desired) {
    let mut follows: HashMap<Address, usize> = HashMap::new();
    if plan
        .changes
        .iter()
        .any(|change| change.action == Action::Rename)
    {
        for refresh in &plan.refreshes {
            let before = refresh.before.spec.value();
            for need in reference::needs(&refresh.from, &before) {
                if let Some(present) = desired.renames.get(&need) {
                    *follows.entry(present.clone()).or_default() += 1;
                }
            }
            for code in reference::cost_centers(&refresh.from, &before) {
                let former = Address::cost_center(&code);
                if let (Some(present), false) = (
                    desired.renames.get(&former),
                    refresh.from.kind().is_structure(),
                ) {
                    *follows.entry(present.clone()).or_default() += 1;
                }
            }
        }
    }
    let mut used: HashMap<Address, usize> = HashMap::new();
    let credential =
        |change: &Change| change.kind() == Kind::Credential && change.action == Action::Update;
    if plan.changes.iter().any(credential) {
        for resource in &desired.resources {
            if resource.spec.as_str().contains("credentials\"")
                || resource.spec.as_str().contains("read_with\"")
            {
                for need in reference::needs(&resource.address, &resource.spec.value()) {
                    if need.kind() == Kind::Credential {
                        *used.entry(need).or_default() += 1;
                    }
                }
            }
        }
    }
    for change in &mut plan.changes {
        match change.action {
            Action::Rename => change.follows = follows.get(&change.address).copied().unwrap_or(0),
            Action::Update => change.used_by = used.get(&change.address).copied().unwrap_or(0),
            _ => {}
        }
    }
}
