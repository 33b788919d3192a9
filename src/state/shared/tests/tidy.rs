//! What a bucket holds stays small, and so does what is sent.

use std::sync::atomic::Ordering;

use super::damage::names;
use super::faulty::Faulty;
use super::{memory, store};
use crate::state::conformance::{account, author, commit, holder, put, records};
use crate::state::shared::SharedStore;
use crate::state::{HistoryFilter, StateReader, StateStore};

#[test]
fn segments_are_put_together_and_litter_goes() {
    let objects = memory();
    let store = SharedStore {
        litter: 8,
        grace: 0,
        ..store(objects.clone())
    };
    let entries: Vec<_> = (0..900).map(|at| put(&account(at), "one")).collect();
    commit(&store, &entries);
    for round in 0..60_u64 {
        commit(&store, &[put(&account(round), &round.to_string())]);
    }
    let mut serials = Vec::new();
    store
        .history(&HistoryFilter::default(), &mut |entry| {
            serials.push(entry.serial)
        })
        .unwrap();
    serials.dedup();
    assert_eq!(serials, (1..=61).collect::<Vec<_>>());
    assert_eq!(records(&store).len(), 900);
    let count = |folder: &str| {
        let all = names(&objects);
        all.iter()
            .filter(|name| name.as_ref().contains(folder))
            .count()
    };
    assert!(count("/history/") < 40, "{} segments", count("/history/"));
    assert!(count("/shards/") < 20, "{} shards", count("/shards/"));
}

#[test]
fn one_change_among_100_000_uploads_under_100_kb() {
    let objects = memory();
    let network = Faulty::over(&objects);
    let store = store(network.clone());
    let entries: Vec<_> = (0..100_000).map(|at| put(&account(at), "one")).collect();
    commit(&store, &entries);
    for (round, at) in [17_u64, 54_321, 99_999].into_iter().enumerate() {
        let before = network.sent.load(Ordering::SeqCst);
        let name = format!("changed {round}");
        commit(&store, &[put(&account(at), &name)]);
        let sent = network.sent.load(Ordering::SeqCst) - before;
        assert!(sent < 100_000, "{sent} bytes");
    }
    assert_eq!(store.load().unwrap().len(), 100_000);
}

#[test]
fn a_commit_without_entries_and_many_writers_in_turn_leave_one_history() {
    let store = store(memory());
    for round in 1..=5 {
        let mut writer = store.writer(&holder("ana@laptop")).unwrap();
        assert_eq!(writer.commit(&author("apply"), &[]).unwrap(), round);
        drop(writer);
    }
    assert_eq!(store.load().unwrap().serial(), 5);
}
