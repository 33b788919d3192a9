//! A register in memory, and plans as text.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::config::project::{self, Surroundings};
use crate::config::source::Source;
use crate::engine::change::{FieldChange, Plan};
use crate::engine::compare::{self, Options};
use crate::engine::desired::Desired;
use crate::engine::drift;
use crate::engine::wanted::{Known, Wanted};
use crate::model::address::Address;
use crate::model::leaf::Leaf;
use crate::model::record::{Action, Provenance, Record};
use crate::model::settings::Guard;
use crate::model::time::Month;

/// An organization with a payer and two exports, three accounts, four cost centres.
pub const ESTATE: &str = r#"
version: 1
credentials:
  ci: {aws_default: {}}
  payers: {aws_role: {role_name: BursarReader, source: ci}}
organizations:
  acme: {provider: aws, id: o-abcdefghij, credentials: payers, recommendations: true}
  labs: {provider: aws, id: o-abcdefghik, credentials: payers}
payers:
  "111122223333":
    organization: acme
    exports:
      focus: {data_export: {table: FOCUS_1_2_AWS, bucket: lake, prefix: focus, bucket_region: eu-west-1}}
      hourly: {cur: {report: hourly, bucket: acme-cur, prefix: cur, bucket_region: us-east-1}}
  "444455556666": {organization: labs}
accounts:
  "210987654321": {organization: acme, name: Shop, cost_center: CC-110}
  "210987654322": {organization: acme, name: Search, cost_center: {split: [CC-110, CC-120]}}
  "210987654323": {organization: acme, name: Vault, cost_center: CC-120}
cost_centers:
  BU-1: {name: Digital}
  BU-2: {name: Operations}
  CC-110: {name: Payments, parent: BU-1}
  CC-120: {name: Platform, parent: BU-1}
budgets:
  FY2027: {CC-110: 120000}
shared_costs:
  support: {match: {service: AWSSupportEnterprise}, method: even, among: [CC-110, CC-120]}
"#;

/// What is registered, and what the platform has, where there is one.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub records: BTreeMap<Address, Record>,
    pub observed: Option<compare::Observed>,
}

/// How a story plans.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    pub allow_delete: bool,
    pub override_guard: bool,
    pub closed_through: Option<&'static str>,
    pub restate: Option<&'static str>,
}

/// What these files declare. Each is `bursar.yaml` or another.
pub fn declare(texts: &[&str]) -> Desired {
    let sources = texts.iter().enumerate().map(|(at, text)| Source {
        path: if at == 0 {
            "bursar.yaml".to_owned()
        } else {
            format!("{at}.yaml")
        },
        bytes: text.as_bytes().to_vec(),
    });
    let project = project::load_texts(Path::new("/"), sources.collect(), &Surroundings::default());
    let errors: Vec<_> = project
        .diagnostics
        .iter()
        .filter(|d| d.is_error())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    Desired::of(&project.estate, None)
}

/// The estate with one text replaced by another; it must be there.
pub fn estate(edits: &[(&str, &str)]) -> String {
    let mut text = ESTATE.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "{old:?} is not in the estate");
        text = text.replace(old, new);
    }
    text
}

impl World {
    /// A register of all that this declares.
    pub fn of(text: &str) -> Self {
        let mut world = Self::default();
        world.apply(&world.plan(text, How::default()));
        world
    }

    /// The same on a platform that has everything as it is registered.
    pub fn on_platform(text: &str) -> Self {
        let mut world = Self::of(text);
        let specs = world
            .records
            .values()
            .map(|record| (record.address.clone(), record.spec.value()));
        world.observed = Some(specs.collect());
        world
    }

    /// Changes what the platform has.
    pub fn observe(&mut self, address: &str, edit: impl FnOnce(&mut Value)) {
        let address = Address::parse(address).unwrap();
        edit(self.observed.as_mut().unwrap().get_mut(&address).unwrap());
    }

    pub fn plan(&self, text: &str, how: How) -> Plan {
        self.plan_of(&declare(&[text]), how)
    }

    pub fn plan_of(&self, desired: &Desired, how: How) -> Plan {
        let records: Vec<&Record> = self.records.values().collect();
        let hashes: Vec<_> = records.iter().map(|record| record.spec.hash()).collect();
        let index: Vec<Known<'_>> = records
            .iter()
            .zip(&hashes)
            .map(|(record, hash)| Known {
                address: record.address.as_str(),
                spec_hash: *hash,
                protect: record.protect,
            })
            .collect();
        let wanted = Wanted::of(desired, &index);
        let fetched: HashMap<usize, Record> = wanted
            .records()
            .into_iter()
            .map(|at| (at, records[at].clone()))
            .collect();
        let options = Options {
            allow_delete: how.allow_delete,
            override_guard: how.override_guard,
            guard: Guard::default(),
            closed_through: how.closed_through.map(|month| Month::parse(month).unwrap()),
            restate: how.restate.map(|month| Month::parse(month).unwrap()),
            destroys: "its history stays",
        };
        let observed = self.observed.as_ref();
        let mut plan = compare::compare(desired, &index, &wanted, &fetched, observed, &options);
        if let Some(observed) = observed {
            let touched = wanted.records();
            let unchanged = records
                .iter()
                .enumerate()
                .filter(|(at, _)| !touched.contains(at));
            let unchanged: Vec<Record> = unchanged.map(|(_, record)| (*record).clone()).collect();
            plan.drift = drift::find(desired, &unchanged, observed);
        }
        plan
    }

    /// Carries a plan out.
    pub fn apply(&mut self, plan: &Plan) {
        assert!(plan.refusals.is_empty(), "{}", tell(plan));
        for refresh in &plan.refreshes {
            self.records.remove(&refresh.from);
        }
        for change in &plan.changes {
            self.records
                .remove(change.from.as_ref().unwrap_or(&change.address));
        }
        let put = |address: &Address, spec: &crate::model::canonical::Canonical, protect| Record {
            address: address.clone(),
            spec: spec.clone(),
            platform: BTreeMap::new(),
            protect,
            provenance: Provenance::default(),
        };
        for refresh in &plan.refreshes {
            let record = put(&refresh.address, &refresh.spec, refresh.protect);
            self.records.insert(refresh.address.clone(), record);
        }
        for change in &plan.changes {
            if let Some(spec) = &change.spec {
                let record = put(&change.address, spec, change.protect);
                self.records.insert(change.address.clone(), record);
            }
        }
    }
}

/// The register of the estate, and the plan after these edits.
pub fn story(edits: &[(&str, &str)]) -> String {
    tell(&World::of(ESTATE).plan(&estate(edits), How::default()))
}

/// A plan as text: changes in the order of an apply, then refusals, drift and notes.
pub fn tell(plan: &Plan) -> String {
    let mut out = String::new();
    for change in &plan.changes {
        let _ = write!(out, "{} {}", change.action.symbol(), change.address);
        if let Some(from) = &change.from {
            let _ = write!(out, " (was {from})");
        }
        if change.follows > 0 {
            let _ = write!(out, ", {} follow", change.follows);
        }
        if change.used_by > 0 {
            let _ = write!(out, ", used by {}", change.used_by);
        }
        if let Some(reason) = &change.reason {
            let _ = write!(out, ", {reason}");
        }
        out.push('\n');
        if change.action != Action::Create {
            change
                .fields
                .iter()
                .for_each(|field| tell_field(field, &mut out));
        }
    }
    for refusal in &plan.refusals {
        let _ = writeln!(out, "refused {}: {}", refusal.code, refusal.message);
    }
    for drift in &plan.drift {
        let gone = if drift.missing { " is gone" } else { "" };
        let _ = writeln!(out, "drift {}{gone}", drift.address);
        if !drift.missing {
            drift
                .fields
                .iter()
                .for_each(|field| tell_field(field, &mut out));
        }
    }
    for note in &plan.notes {
        let _ = writeln!(out, "note {note}");
    }
    if out.is_empty() {
        "nothing\n".to_owned()
    } else {
        out
    }
}

fn tell_field(field: &FieldChange, out: &mut String) {
    let text = |value: &Option<Value>| {
        value.as_ref().map_or("none".to_owned(), |value| {
            value.to_string().replace('"', "")
        })
    };
    let _ = write!(
        out,
        "    {}: {} -> {}",
        field.path,
        text(&field.before),
        text(&field.after)
    );
    if field.observed.is_some() {
        let _ = write!(out, " (observed {})", text(&field.observed));
    }
    out.push('\n');
}
