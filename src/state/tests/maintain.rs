//! Rebuild, backup and restore, compaction.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;

use super::super::conformance::{
    account, author, commit, delete, holder, play, put, records, steps,
};
use super::super::embedded::EmbeddedWriter;
use super::super::{EmbeddedStore, HistoryFilter, Origin, StateReader, StateStore};
use super::{files_of, store};
use crate::model::record::{Action, Intent};

fn compact(store: &EmbeddedStore) {
    let mut writer = EmbeddedWriter::open(store, &holder("ana@laptop")).unwrap();
    writer.compact().unwrap();
}

fn serials(store: &EmbeddedStore) -> Vec<u64> {
    let mut serials = Vec::new();
    store
        .history(&HistoryFilter::default(), &mut |entry| {
            serials.push(entry.serial);
        })
        .unwrap();
    serials
}

#[test]
fn a_new_base_changes_nothing_that_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let intent = Intent {
        id: 7,
        address: account(9),
        action: Action::Create,
        from: None,
        record: None,
        reason: None,
        pull_request: None,
    };
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    writer.announce(std::slice::from_ref(&intent)).unwrap();
    for serial in 1..4 {
        writer
            .commit(&author("apply"), &[put(&account(serial), "one")])
            .unwrap();
    }
    writer.close().unwrap();
    let before = store.load().unwrap();
    compact(&store);
    let after = store.load().unwrap();
    assert_eq!(after.digest(), before.digest());
    assert_eq!(after.lineage(), before.lineage());
    assert_eq!(after.records().unwrap(), before.records().unwrap());
    assert_eq!(after.open_intents(), std::slice::from_ref(&intent));
    commit(&store, &[delete(&account(1))]);
    compact(&store);
    compact(&store);
    commit(&store, &[put(&account(2), "two")]);
    assert_eq!(serials(&store), [1, 2, 3, 4, 5]);
    assert_eq!(store.describe().unwrap().base, 4);
    assert_eq!(records(&store).len(), 2);
    assert_eq!(store.load().unwrap().open_intents(), [intent]);
}

/// Any commits, with compactions between, then a rebuild without the register: the same records,
/// serial and digest. A backup of it restores the same elsewhere.
#[test]
fn a_rebuild_gives_the_same_state() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 16,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&(steps(), any::<u8>()), |(commits, compactions)| {
            let folder = tempfile::tempdir().unwrap();
            let store = store(folder.path());
            let mut model = BTreeMap::new();
            for (at, steps) in commits.iter().enumerate() {
                commit(&store, &play(&mut model, steps));
                if compactions & (1 << at) != 0 {
                    compact(&store);
                }
            }
            let before = store.load().unwrap();
            fs::remove_dir_all(folder.path().join("db")).unwrap();
            let rebuilt = store.rebuild(&holder("ana@laptop")).unwrap();
            prop_assert_eq!(rebuilt.from, Origin::History);
            prop_assert_eq!((rebuilt.serial, rebuilt.lost), (before.serial(), 0));
            let after = store.load().unwrap();
            prop_assert_eq!(after.digest(), before.digest());
            prop_assert_eq!(&records(&store), &model);
            commit(&store, &[put(&account(1), "after")]);

            let elsewhere = tempfile::tempdir().unwrap();
            let backup = elsewhere.path().join("backup");
            let pulled = store.pull(&backup, &holder("ana@laptop")).unwrap();
            prop_assert!(pulled.whole);
            let other = super::store(&elsewhere.path().join("state"));
            other.push(&backup, false, &holder("ana@laptop")).unwrap();
            prop_assert_eq!(records(&other), records(&store));
            prop_assert_eq!(serials(&other), serials(&store));
            prop_assert_eq!(other.load().unwrap().lineage(), before.lineage());
            commit(&other, &[put(&account(2), "there")]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_register_of_an_older_layout_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    commit(&store, &[put(&account(1), "Shop")]);
    let db = folder.path().join("db");
    fs::remove_dir_all(&db).unwrap();
    let config = sled::Config::new().path(&db).segment_size(4096);
    drop(config.open().unwrap());
    commit(&store, &[put(&account(2), "Lake")]);
    assert!(db.join("blocks").is_dir());
    assert_eq!(records(&store).len(), 2);
}

#[test]
fn a_missing_register_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    commit(&store, &[put(&account(1), "one")]);
    fs::remove_dir_all(folder.path().join("db")).unwrap();
    assert_eq!(commit(&store, &[put(&account(2), "two")]), 2);
    compact(&store);
    fs::remove_dir_all(folder.path().join("db")).unwrap();
    assert_eq!(commit(&store, &[put(&account(3), "three")]), 3);
    compact(&store);
    assert_eq!(records(&store).len(), 3);
}

#[test]
fn a_lost_base_comes_back_from_history() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    commit(&store, &[put(&account(1), "one")]);
    compact(&store);
    commit(&store, &[put(&account(2), "two")]);
    let before = records(&store);
    for damage in [None, Some(b"something else".as_slice())] {
        let path = folder.path().join("base");
        match damage {
            None => fs::remove_file(path).unwrap(),
            Some(bytes) => fs::write(path, bytes).unwrap(),
        }
        assert_eq!(store.load().unwrap_err().code(), "state.damaged");
        let rebuilt = store.rebuild(&holder("ana@laptop")).unwrap();
        assert_eq!((rebuilt.serial, rebuilt.from), (2, Origin::History));
        assert_eq!(records(&store), before);
    }
}

#[test]
fn a_lost_history_still_leaves_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("state"));
    commit(&store, &[put(&account(1), "one"), put(&account(2), "two")]);
    compact(&store);
    commit(&store, &[delete(&account(1))]);
    fs::remove_dir_all(folder.path().join("state/history")).unwrap();
    let backup = folder.path().join("backup");
    assert!(!store.pull(&backup, &holder("ana@laptop")).unwrap().whole);
    let other = super::store(&folder.path().join("other"));
    other.push(&backup, false, &holder("ana@laptop")).unwrap();
    assert_eq!(records(&other), records(&store));
    assert_eq!(other.load().unwrap().serial(), 2);
}

#[test]
fn a_backup_never_goes_over_something_newer_or_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("state"));
    let who = holder("ana@laptop");
    commit(&store, &[put(&account(1), "one")]);
    let backup = folder.path().join("backup");
    store.pull(&backup, &who).unwrap();
    commit(&store, &[put(&account(2), "two")]);
    let before = files_of(store.folder());
    assert_eq!(
        store.push(&backup, false, &who).unwrap_err().code(),
        "state.older"
    );
    let other = super::store(&folder.path().join("other"));
    commit(&other, &[put(&account(3), "three")]);
    assert_eq!(
        other.push(&backup, false, &who).unwrap_err().code(),
        "state.foreign"
    );
    let mut after = files_of(store.folder());
    after.insert("holder".to_owned(), before["holder"].clone());
    assert!(before == after, "refusing changes nothing");

    let bytes = fs::read(&backup).unwrap();
    for at in [3, 60, bytes.len() / 2, bytes.len() - 2] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        fs::write(folder.path().join("damaged"), &damaged).unwrap();
        let refused = other.push(&folder.path().join("damaged"), true, &who);
        assert_eq!(refused.unwrap_err().code(), "state.damaged");
    }
    assert_eq!(store.push(&backup, true, &who).unwrap(), 1);
    assert_eq!(records(&store).len(), 1);
    assert_eq!(commit(&store, &[put(&account(4), "four")]), 2);
}

#[test]
fn describing_says_what_is_there_and_who_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("state"));
    assert_eq!(store.describe().unwrap().serial, 0);
    commit(&store, &[put(&account(1), "one")]);
    let writer = store.writer(&holder("ana@laptop")).unwrap();
    let said = store.describe().unwrap();
    assert_eq!((said.serial, said.records, said.open_intents), (1, 1, 0));
    assert_eq!(said.project.as_deref(), Some("acme"));
    assert_eq!(said.holder.unwrap().by, "ana@laptop");
    assert!(said.log_size > 0 && said.register_size > 0);
    drop(writer);
    assert_eq!(store.describe().unwrap().holder, None);
}
