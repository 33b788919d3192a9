//! What must hold once an apply that follows a crash has ended.

use std::collections::BTreeMap;

use bursar::model::address::Address;
use bursar::model::record::{Action, Record};
use serde_json::Value;

use crate::estate::FORGOTTEN;
use crate::sandbox::{Platform, Registration, Sandbox};

/// How a project looks where nothing died.
pub struct Expected {
    records: BTreeMap<Address, Record>,
    registrations: BTreeMap<Address, Registration>,
    /// How often each address was created, updated, and so on.
    history: BTreeMap<(Address, Action), usize>,
}

impl Expected {
    pub fn of(sandbox: &Sandbox) -> Self {
        Self {
            records: records(sandbox),
            registrations: registrations(sandbox),
            history: history(sandbox),
        }
    }
}

impl Expected {
    /// Whether these are the records where nothing died.
    pub fn has(&self, records: &BTreeMap<Address, Record>) -> bool {
        without_ids(records.clone()) == self.records
    }
}

/// Applies what is declared after a crash, and holds everything against an uninterrupted run.
#[track_caller]
pub fn converges(sandbox: &Sandbox, expected: &Expected, environment: &[(&str, &str)]) {
    sandbox
        .run_with(&["apply", "--auto-approve"], environment)
        .expect(0);
    check(sandbox, expected);
}

#[track_caller]
pub fn check(sandbox: &Sandbox, expected: &Expected) {
    let plan = sandbox
        .run(&["plan", "--json", "--detailed-exitcode"])
        .expect(0)
        .json();
    assert_eq!(plan["changes"], Value::Array(Vec::new()));
    assert_eq!(plan["drift"], Value::Array(Vec::new()));
    assert!(sandbox.snapshot().open_intents().is_empty());

    assert_eq!(records(sandbox), expected.records);
    // Nothing twice: every registration was written as often as where nothing died.
    assert_eq!(registrations(sandbox), expected.registrations);
    // Nothing lost: the history has every change, each once.
    assert_eq!(history(sandbox), expected.history);
    if sandbox.platform == Platform::TestDir {
        for (address, registration) in sandbox.registrations() {
            match sandbox.records().get(&address) {
                Some(record) => {
                    assert_eq!(record.platform.get("test_dir"), Some(&registration.id));
                    assert_eq!(record.spec.value(), registration.spec);
                }
                None => assert_eq!(address.as_str(), FORGOTTEN),
            }
        }
    }
}

/// Records without the platform's ids, which differ from run to run.
fn records(sandbox: &Sandbox) -> BTreeMap<Address, Record> {
    without_ids(sandbox.records())
}

fn without_ids(mut records: BTreeMap<Address, Record>) -> BTreeMap<Address, Record> {
    for record in records.values_mut() {
        for id in record.platform.values_mut() {
            id.clear();
        }
    }
    records
}

fn registrations(sandbox: &Sandbox) -> BTreeMap<Address, Registration> {
    let mut registrations = sandbox.registrations();
    for registration in registrations.values_mut() {
        registration.id.clear();
    }
    registrations
}

fn history(sandbox: &Sandbox) -> BTreeMap<(Address, Action), usize> {
    let mut counts = BTreeMap::new();
    let mut serial = 0;
    for change in sandbox.history() {
        assert!(
            change.serial == serial || change.serial == serial + 1,
            "a serial is missing"
        );
        serial = change.serial;
        *counts
            .entry((change.entry.address, change.entry.action))
            .or_default() += 1;
    }
    assert_eq!(serial, sandbox.snapshot().serial());
    counts
}
