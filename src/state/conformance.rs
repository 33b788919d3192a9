//! What every store must do, whatever is behind it. `state_conformance!(make)` runs all of it on
//! stores that `make` gives: a function from a fresh folder to a store.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::{Findings, HistoryFilter, Holder, StateError, StateStore};
use crate::model::address::Address;
use crate::model::canonical::Canonical;
use crate::model::provider::Provider;
use crate::model::record::{Action, Author, Entry, Intent, Provenance, Record};

/// Gives the store of a folder; again and again the same state for the same folder.
pub(crate) type Make = fn(&Path) -> Box<dyn StateStore>;

pub(crate) fn author(note: &str) -> Author {
    Author {
        at: "2026-11-02T09:00:00Z".to_owned(),
        by: "ana@laptop".to_owned(),
        command: note.to_owned(),
        ..Author::default()
    }
}

pub(crate) fn holder(name: &str) -> Holder {
    Holder {
        by: name.to_owned(),
        command: "apply".to_owned(),
        since: "2026-11-02T09:00:00Z".to_owned(),
        ..Holder::default()
    }
}

pub(crate) fn account(number: u64) -> Address {
    Address::account(Provider::Aws, &format!("{:012}", 100_000_000_000 + number))
}

/// A record of about 300 bytes, as an account has.
pub(crate) fn record(address: &Address, name: &str) -> Record {
    let spec = serde_json::json!({
        "cost_center": [{"split": {"CC-110": "60", "CC-120": "40"}}],
        "labels": {"env": "production", "team": "payments"},
        "name": name,
        "organization": "acme-core",
        "owner": "payments@acme.example",
    });
    Record {
        address: address.clone(),
        spec: Canonical::of(&spec).unwrap(),
        platform: BTreeMap::from([("id".to_owned(), format!("local-{name}"))]),
        protect: name.ends_with('!'),
        provenance: Provenance {
            file: Some("estate/teams/payments.yaml".to_owned()),
            line: Some(17),
            pull_request: None,
        },
    }
}

pub(crate) fn put(address: &Address, name: &str) -> Entry {
    Entry {
        address: address.clone(),
        action: Action::Create,
        from: None,
        record: Some(record(address, name)),
        intent: None,
        reason: None,
        pull_request: None,
    }
}

pub(crate) fn delete(address: &Address) -> Entry {
    Entry {
        address: address.clone(),
        action: Action::Delete,
        from: None,
        record: None,
        intent: None,
        reason: None,
        pull_request: None,
    }
}

pub(crate) fn commit(store: &dyn StateStore, entries: &[Entry]) -> u64 {
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    let serial = writer.commit(&author("apply"), entries).unwrap();
    writer.close().unwrap();
    serial
}

/// All records by address, as a reader sees them.
pub(crate) fn records(store: &dyn StateStore) -> BTreeMap<String, Record> {
    let snapshot = store.load().unwrap();
    snapshot
        .records()
        .unwrap()
        .into_iter()
        .map(|record| (record.address.as_str().to_owned(), record))
        .collect()
}

pub(crate) fn empty(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(&folder.path().join("state"));
    let snapshot = store.load().unwrap();
    assert_eq!((snapshot.serial(), snapshot.len()), (0, 0));
    assert!(snapshot.find("account/aws/1").is_none());
    assert!(store.findings().unwrap().is_empty());
    let mut seen = 0;
    store
        .history(&HistoryFilter::default(), &mut |_| seen += 1)
        .unwrap();
    assert_eq!(seen, 0);
    let here: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(here.is_empty(), "reading created {here:?}");
}

pub(crate) fn commit_and_load(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let (a, b) = (account(1), account(2));
    assert_eq!(commit(&*store, &[put(&b, "b!"), put(&a, "a")]), 1);
    let snapshot = store.load().unwrap();
    let index: Vec<_> = snapshot.index().map(|entry| entry.address).collect();
    assert_eq!(index, [a.as_str(), b.as_str()]);
    assert!(snapshot.at(1).unwrap().protect && !snapshot.at(0).unwrap().protect);
    assert_eq!(
        snapshot.at(0).unwrap().spec_hash,
        record(&a, "a").spec.hash()
    );
    assert_eq!(snapshot.get(&b).unwrap(), Some(record(&b, "b!")));
    assert_eq!(
        snapshot.fetch(&[&b, &account(3), &a]).unwrap(),
        [Some(record(&b, "b!")), None, Some(record(&a, "a"))]
    );

    assert_eq!(commit(&*store, &[put(&a, "a2"), delete(&b)]), 2);
    assert_eq!(
        snapshot.get(&a).unwrap(),
        Some(record(&a, "a")),
        "a snapshot stays as it was"
    );
    let later = store.load().unwrap();
    assert_eq!(later.lineage(), snapshot.lineage());
    assert_eq!((later.serial(), later.len()), (2, 1));
    assert_eq!(later.get(&a).unwrap(), Some(record(&a, "a2")));
}

pub(crate) fn renames(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let [old, new] = ["CC-101", "CC-110"].map(Address::cost_center);
    commit(&*store, &[put(&old, "one")]);
    let rename = Entry {
        action: Action::Rename,
        from: Some(old.clone()),
        ..put(&new, "one")
    };
    commit(&*store, std::slice::from_ref(&rename));
    commit(&*store, &[put(&old, "another"), put(&new, "two")]);
    assert_eq!(
        records(&*store).keys().collect::<Vec<_>>(),
        [old.as_str(), new.as_str()]
    );

    let seen = |address: &Address, after| {
        let mut seen = Vec::new();
        let filter = HistoryFilter {
            address: Some(address.clone()),
            after,
        };
        store
            .history(&filter, &mut |entry| seen.push(entry))
            .unwrap();
        seen
    };
    let history = seen(&new, 0);
    assert_eq!(
        history
            .iter()
            .map(|entry| (entry.serial, entry.entry.address.as_str()))
            .collect::<Vec<_>>(),
        [(1, old.as_str()), (2, new.as_str()), (3, new.as_str())],
        "a rename is followed back, and no further"
    );
    assert_eq!(history[1].entry, rename);
    assert_eq!(history[0].author, author("apply"));
    assert_eq!(seen(&new, 2).len(), 1);
    assert_eq!(seen(&old, 0).len(), 2);
}

pub(crate) fn intents(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let intent = |id, address: &Address| Intent {
        id,
        address: address.clone(),
        action: Action::Create,
        from: None,
        record: Some(record(address, "planned")),
        reason: None,
        pull_request: None,
    };
    let all: Vec<_> = (1..4).map(|id| intent(id, &account(id))).collect();
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    writer.announce(&all).unwrap();
    drop(writer);

    assert_eq!(store.load().unwrap().open_intents(), all);
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    assert_eq!(writer.open_intents(), all);
    let receipt = Entry {
        intent: Some(2),
        ..put(&account(2), "planned")
    };
    writer.commit(&author("apply"), &[receipt]).unwrap();
    writer.drop_intents(&[1]).unwrap();
    assert_eq!(writer.open_intents(), &all[2..]);
    writer.close().unwrap();
    assert_eq!(store.load().unwrap().open_intents(), &all[2..]);
}

pub(crate) fn findings(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let some = Findings::from([(
        "payer/aws/111122223333 aws.cur".to_owned(),
        r#"{"verdict":"pass"}"#.to_owned(),
    )]);
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    writer.put_findings(&some).unwrap();
    assert_eq!(writer.findings().unwrap(), some);
    writer.close().unwrap();
    assert_eq!(store.findings().unwrap(), some);
    assert_eq!(store.load().unwrap().serial(), 0, "findings are no commit");
}

pub(crate) fn one_writer(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let first = store.writer(&holder("ana@laptop")).unwrap();
    let refused = store.writer(&holder("bruno@ci")).err().unwrap();
    assert_eq!(refused.code(), "state.locked");
    let StateError::Locked {
        holder: Some(holder),
        ..
    } = refused
    else {
        panic!("{refused}")
    };
    assert_eq!(holder.by, "ana@laptop");
    assert_eq!(holder.pid, std::process::id());
    store.load().unwrap();
    drop(first);
    store.writer(&self::holder("bruno@ci")).unwrap();
}

/// Readers beside a writer see whole serials: each commit gives all records the same name.
pub(crate) fn readers_see_whole_serials(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let all = |name: &str| {
        (0..40)
            .map(|at| put(&account(at), name))
            .collect::<Vec<_>>()
    };
    commit(&*store, &all("1"));
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let store = make(folder.path());
                let mut last = 0;
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    let snapshot = store.load().unwrap();
                    assert!(snapshot.serial() >= last, "serials go up");
                    last = snapshot.serial();
                    for (at, found) in snapshot.records().unwrap().into_iter().enumerate() {
                        let wanted = record(&account(at as u64), &last.to_string());
                        assert_eq!(found, wanted);
                    }
                }
            });
        }
        let mut writer = store.writer(&holder("ana@laptop")).unwrap();
        for serial in 2..40_u64 {
            let name = serial.to_string();
            assert_eq!(
                writer.commit(&author("apply"), &all(&name)).unwrap(),
                serial
            );
        }
        writer.close().unwrap();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

pub(crate) fn many_at_once(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let entries: Vec<_> = (0..10_000).map(|at| put(&account(at), "one")).collect();
    commit(&*store, &entries);
    let snapshot = store.load().unwrap();
    assert_eq!((snapshot.serial(), snapshot.len()), (1, 10_000));
    let records = snapshot.records().unwrap();
    assert!(
        records
            .iter()
            .zip(&entries)
            .all(|(found, put)| Some(found) == put.record.as_ref())
    );
}

/// A record that is far larger than a value of the register may be.
pub(crate) fn huge_records(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    // Text that does not compress.
    let mut seed = 1_u64;
    let mut noise = |length| {
        (0..length)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'a' + u8::try_from((seed >> 40) % 26).unwrap())
            })
            .collect::<String>()
    };
    let (small, large) = (noise(10), noise(300_000));
    commit(
        &*store,
        &[put(&account(1), &large), put(&account(2), &small)],
    );
    assert_eq!(
        records(&*store)[account(1).as_str()],
        record(&account(1), &large)
    );
    commit(&*store, &[put(&account(1), &small)]);
    commit(&*store, &[put(&account(2), &large)]);
    let found = records(&*store);
    assert_eq!(found[account(1).as_str()], record(&account(1), &small));
    assert_eq!(found[account(2).as_str()], record(&account(2), &large));
}

/// So large that it is uploaded in parts.
pub(crate) fn larger_than_one_upload(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let mut random = fastrand::Rng::with_seed(7);
    let text: String = std::iter::repeat_with(|| random.alphanumeric())
        .take(12 << 20)
        .collect();
    commit(&*store, &[put(&account(1), &text)]);
    let found = records(&*store);
    assert!(found[account(1).as_str()] == record(&account(1), &text));
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Put(u64, u16),
    Delete(u64),
    Rename(u64, u64),
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = prop_oneof![
        4 => (0..150_u64, any::<u16>()).prop_map(|(at, name)| Step::Put(at, name)),
        2 => (0..150_u64).prop_map(Step::Delete),
        1 => (0..150_u64, 0..150_u64).prop_map(|(from, to)| Step::Rename(from, to)),
    ];
    prop::collection::vec(prop::collection::vec(step, 1..60), 1..8)
}

/// Two changes of one commit may come from two pull requests, a removal as well.
pub(crate) fn pull_requests(make: Make) {
    let folder = tempfile::tempdir().unwrap();
    let store = make(folder.path());
    let [one, other] = [account(1), account(2)];
    commit(&*store, &[put(&one, "a"), put(&other, "b")]);
    let mut changed = put(&one, "c");
    if let Some(record) = &mut changed.record {
        record.provenance.pull_request = Some("#41".to_owned());
    }
    let mut removed = delete(&other);
    removed.pull_request = Some("#42".to_owned());
    commit(&*store, &[changed, removed]);
    let record = &records(&*store)[one.as_str()];
    assert_eq!(record.provenance.pull_request.as_deref(), Some("#41"));
    let mut told = Vec::new();
    store
        .history(&HistoryFilter::default(), &mut |one| {
            told.push(one.entry.pull_request().map(str::to_owned));
        })
        .unwrap();
    assert_eq!(
        told,
        [None, None, Some("#41".to_owned()), Some("#42".to_owned())]
    );
}

/// Does the steps on a map and gives the entries of a commit.
pub(crate) fn play(model: &mut BTreeMap<String, Record>, steps: &[Step]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for step in steps {
        let entry = match step {
            Step::Put(at, name) => put(&account(*at), &name.to_string()),
            Step::Delete(at) => delete(&account(*at)),
            Step::Rename(from, to) => {
                let Some(old) = model.remove(account(*from).as_str()) else {
                    continue;
                };
                let address = account(*to);
                let record = Record {
                    address: address.clone(),
                    ..old
                };
                Entry {
                    address,
                    action: Action::Rename,
                    from: Some(account(*from)),
                    record: Some(record),
                    intent: None,
                    reason: None,
                    pull_request: None,
                }
            }
        };
        let name = entry.address.as_str().to_owned();
        match &entry.record {
            Some(record) => drop(model.insert(name, record.clone())),
            None => drop(model.remove(&name)),
        }
        entries.push(entry);
    }
    entries
}

/// Any commits, each by a writer of its own, give what a map would hold.
pub(crate) fn behaves_as_a_map(make: Make) {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&steps(), |commits| {
            let folder = tempfile::tempdir().unwrap();
            let store = make(folder.path());
            let mut model = BTreeMap::new();
            for steps in &commits {
                commit(&*store, &play(&mut model, steps));
                prop_assert_eq!(&records(&*store), &model);
            }
            Ok(())
        })
        .unwrap();
}

macro_rules! state_conformance {
    ($make:expr) => {
        state_conformance!($make;
            empty, commit_and_load, renames, intents, pull_requests, findings, one_writer,
            readers_see_whole_serials, many_at_once, huge_records, larger_than_one_upload, behaves_as_a_map);
    };
    ($make:expr; $($law:ident),*) => {
        mod conformance {
            $(#[test]
            fn $law() {
                $crate::state::conformance::$law($make);
            })*
        }
    };
}
pub(crate) use state_conformance;
