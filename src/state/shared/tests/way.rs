//! From embedded to shared and back, by backup and by migration.

use super::{memory, store};
use crate::model::record::{Action, Intent};
use crate::state::conformance::{account, author, commit, delete, holder, put, records};
use crate::state::{Findings, HistoryFilter, StateReader, StateStore, Store};

fn embedded(folder: &std::path::Path) -> Store {
    Store::Embedded(crate::state::tests::store(folder))
}

/// Three commits, an open intent, findings.
fn fill(store: &dyn StateStore) {
    let entries: Vec<_> = (0..500).map(|at| put(&account(at), "one")).collect();
    commit(store, &entries);
    commit(store, &[put(&account(3), "two!"), delete(&account(4))]);
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    writer
        .announce(&[Intent {
            id: 77,
            address: account(9),
            action: Action::Delete,
            from: None,
            record: None,
            reason: Some("over".to_owned()),
            pull_request: None,
        }])
        .unwrap();
    let some = Findings::from([("payer/aws/1 aws.cur".to_owned(), "{\"a\":1}".to_owned())]);
    writer.put_findings(&some).unwrap();
    writer.close().unwrap();
}

/// All that a state is, but for where.
fn all(store: &dyn StateStore) -> impl PartialEq + std::fmt::Debug + use<> {
    let snapshot = store.load().unwrap();
    let mut history = Vec::new();
    store
        .history(&HistoryFilter::default(), &mut |entry| history.push(entry))
        .unwrap();
    (
        (snapshot.lineage(), snapshot.serial(), snapshot.digest()),
        records(store),
        history,
        snapshot.open_intents().to_vec(),
        store.findings().unwrap(),
    )
}

#[test]
fn a_state_moves_there_and_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let here = embedded(&folder.path().join("state"));
    let there = Store::Shared(store(memory()));
    fill(&here);
    let before = all(&here);
    assert_eq!(
        here.migrate(&there, false, &holder("ana@laptop"))
            .unwrap()
            .serial,
        2
    );
    assert_eq!(all(&there), before);
    for refused in [here.load().map(drop), here.writer(&holder("b")).map(drop)] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), "state.moved");
        assert!(refused.to_string().contains("memory://state"), "{refused}");
    }
    commit(&there, &[put(&account(5), "three")]);
    let before = all(&there);
    assert_eq!(
        there
            .migrate(&here, false, &holder("ana@laptop"))
            .unwrap()
            .serial,
        3
    );
    assert_eq!(all(&here), before);
    for refused in [there.load().map(drop), there.writer(&holder("b")).map(drop)] {
        assert_eq!(refused.unwrap_err().code(), "state.moved");
    }
    // And once more, over what was left there.
    assert_eq!(
        here.migrate(&there, false, &holder("ana@laptop"))
            .unwrap()
            .serial,
        3
    );
    assert_eq!(all(&there), before);
}

#[test]
fn nothing_moves_over_another_state() {
    let folder = tempfile::tempdir().unwrap();
    let here = embedded(&folder.path().join("state"));
    let there = Store::Shared(store(memory()));
    let nothing = here.migrate(&there, false, &holder("a")).unwrap_err();
    assert_eq!(nothing.code(), "state.elsewhere");
    fill(&here);
    commit(&there, &[put(&account(1), "theirs")]);
    let (mine, theirs) = (all(&here), all(&there));
    let refused = here.migrate(&there, false, &holder("a")).unwrap_err();
    assert_eq!(refused.code(), "state.foreign");
    assert_eq!((all(&here), all(&there)), (mine, theirs));
    here.migrate(&there, true, &holder("a")).unwrap();
}

#[test]
fn a_backup_restores_a_shared_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let first = store(memory());
    fill(&first);
    let pulled = first.pull(&file, &holder("a")).unwrap();
    assert!(pulled.whole && pulled.serial == 2);
    let before = all(&first);
    let second = store(memory());
    assert_eq!(second.push(&file, false, &holder("a")).unwrap(), 2);
    assert_eq!(all(&second), before);

    let mut writer = second.writer(&holder("a")).unwrap();
    writer
        .commit(&author("apply"), &[put(&account(5), "later")])
        .unwrap();
    drop(writer);
    let older = second.push(&file, false, &holder("a")).unwrap_err();
    assert_eq!(older.code(), "state.older");
    assert_eq!(second.load().unwrap().serial(), 3);
    second.push(&file, true, &holder("a")).unwrap();
    assert_eq!(all(&second), before);
    // The same file into a folder.
    let third = embedded(&folder.path().join("state"));
    third.push(&file, false, &holder("a")).unwrap();
    assert_eq!(all(&third), before);
}

#[test]
fn a_backup_that_went_another_way_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let announce = |store: &dyn StateStore, id| {
        let intent = Intent {
            id,
            address: account(id),
            action: Action::Delete,
            from: None,
            record: None,
            reason: None,
            pull_request: None,
        };
        let mut writer = store.writer(&holder("a")).unwrap();
        writer.announce(&[intent]).unwrap();
        writer.close().unwrap();
    };
    for shared in [true, false] {
        let make = |name: &str| match shared {
            true => Store::Shared(store(memory())),
            false => embedded(&folder.path().join(name)),
        };
        let (one, other) = (make("one"), make("other"));
        commit(&one, &[put(&account(1), "one")]);
        one.pull(&file, &holder("a")).unwrap();
        other.push(&file, false, &holder("a")).unwrap();
        // Equal is no trouble.
        other.push(&file, false, &holder("a")).unwrap();
        announce(&other, 5);
        let refused = other.push(&file, false, &holder("a")).unwrap_err();
        assert_eq!(refused.code(), "state.forked", "{refused}");
        assert_eq!(other.load().unwrap().open_intents().len(), 1);

        commit(&one, &[put(&account(2), "mine")]);
        commit(&other, &[put(&account(2), "theirs")]);
        let theirs = records(&other);
        for more in [false, true] {
            if more {
                commit(&one, &[put(&account(3), "later")]);
            }
            one.pull(&file, &holder("a")).unwrap();
            let refused = other.push(&file, false, &holder("a")).unwrap_err();
            assert_eq!(refused.code(), "state.forked", "{refused}");
            assert!(refused.to_string().contains("serial 2"), "{refused}");
            assert_eq!(records(&other), theirs);
        }
        other.push(&file, true, &holder("a")).unwrap();
        assert_eq!(records(&other), records(&one));
    }
}

#[test]
fn a_damaged_history_is_not_passed_off_as_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let objects = memory();
    let there = Store::Shared(store(objects.clone()));
    fill(&there);
    let records_before = records(&there);
    let damage = || {
        for name in super::damage::names(&objects) {
            if name.as_ref().contains("/history/") {
                let name = name.clone();
                let delete = object_store::ObjectStoreExt::delete(&*objects, &name);
                futures::executor::block_on(delete).unwrap();
            }
        }
    };
    damage();
    let refused = there.rebuild(false, &holder("a")).unwrap_err();
    assert!(
        refused.to_string().contains("state push --force"),
        "{refused}"
    );
    assert!(!there.pull(&file, &holder("a")).unwrap().whole);
    let here = embedded(&folder.path().join("state"));
    let migrated = there.migrate(&here, false, &holder("a")).unwrap();
    assert_eq!((migrated.serial, migrated.whole), (2, false));
    assert_eq!(records(&here), records_before);

    // And the other way.
    let log = folder.path().join("state/log");
    commit(&here, &[put(&account(6), "more")]);
    let history = folder.path().join("state/history");
    std::fs::remove_dir_all(&history).unwrap();
    let second = Store::Shared(store(memory()));
    let _ = log;
    let migrated = here.migrate(&second, false, &holder("a")).unwrap();
    assert!(!migrated.whole);
    assert_eq!(records(&second).len(), records_before.len());
}
