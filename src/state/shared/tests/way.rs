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
        here.migrate(&there, false, &holder("ana@laptop")).unwrap(),
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
        there.migrate(&here, false, &holder("ana@laptop")).unwrap(),
        3
    );
    assert_eq!(all(&here), before);
    for refused in [there.load().map(drop), there.writer(&holder("b")).map(drop)] {
        assert_eq!(refused.unwrap_err().code(), "state.moved");
    }
    // And once more, over what was left there.
    assert_eq!(
        here.migrate(&there, false, &holder("ana@laptop")).unwrap(),
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
