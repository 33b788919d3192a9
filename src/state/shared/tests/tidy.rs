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

#[test]
fn a_deletion_that_lands_late_meets_nothing_of_the_heir() {
    let objects = memory();
    let network = Faulty::over(&objects);
    let old = SharedStore {
        litter: 0,
        grace: 0,
        ..store(network.clone())
    };
    let heir = store(objects.clone());
    commit(&heir, &[put(&account(1), "one")]);
    let before = records(&heir);
    let mut writer = old.writer(&holder("runner-1")).unwrap();
    writer
        .commit(&author("apply"), &[put(&account(1), "two")])
        .unwrap();
    // Its shard of serial 1 is about to be deleted. The heir makes one with the same content.
    let next = heir.clone();
    *network.meanwhile.lock().unwrap() = Some(Box::new(move || {
        let lease = next.describe().unwrap().lease.unwrap().1.lease;
        next.unlock(&lease).unwrap();
        commit(&next, &[put(&account(1), "one")]);
    }));
    let lost = writer.close().unwrap_err();
    assert_eq!(lost.code(), "state.lease-lost");
    assert_eq!(records(&heir), before);
    assert_eq!(heir.load().unwrap().serial(), 3);
}

/// Text that does not compress well.
fn noise(length: usize) -> String {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.alphanumeric())
        .take(length)
        .collect()
}

#[test]
fn what_is_large_is_uploaded_in_parts_and_kept_in_segments() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let objects = memory();
    let network = Faulty::over(&objects);
    let first = store(network.clone());
    commit(&first, &[put(&account(1), &noise(12 << 20))]);
    assert_eq!(
        network.in_parts.load(Ordering::SeqCst),
        2,
        "a shard and a commit"
    );
    for round in 0..5 {
        commit(&first, &[put(&account(2), &noise((3 << 20) + round))]);
    }
    let before = records(&first);
    first.pull(&file, &holder("a")).unwrap();
    let second = store(memory());
    second.push(&file, false, &holder("a")).unwrap();
    assert_eq!(records(&second), before);
    let mut serials = Vec::new();
    let mut each = |entry: crate::state::HistoryEntry| serials.push(entry.serial);
    second
        .history(&HistoryFilter::default(), &mut each)
        .unwrap();
    assert_eq!(serials, [1, 2, 3, 4, 5, 6]);
}
