//! Who may write: races, silence, clocks that are wrong, answers that got lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::faulty::Faulty;
use super::{binding, memory, place, store};
use crate::state::conformance::{account, author, commit, holder, put, records};
use crate::state::shared::SharedStore;
use crate::state::{StateError, StateReader, StateStore};

const TERM: Duration = Duration::from_millis(600);

/// A store whose leases are short.
fn short(objects: Arc<dyn object_store::ObjectStore>) -> SharedStore {
    SharedStore {
        term: TERM,
        patience: TERM / 8,
        ..store(objects)
    }
}

#[test]
fn of_ten_writers_at_once_one_wins_and_the_others_say_who() {
    for begun in [false, true] {
        let objects = memory();
        if begun {
            commit(&store(objects.clone()), &[put(&account(1), "one")]);
        }
        let start = std::sync::Barrier::new(10);
        let (mut won, mut locked) = (Vec::new(), 0);
        std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..10)
                .map(|number| {
                    let (objects, start) = (objects.clone(), &start);
                    scope.spawn(move || {
                        let store = store(objects);
                        start.wait();
                        store.writer(&holder(&format!("runner-{number}")))
                    })
                })
                .collect();
            for task in tasks {
                match task.join().unwrap() {
                    Ok(writer) => won.push(writer),
                    Err(StateError::Locked {
                        holder: Some(holder),
                        lease: Some(terms),
                        ..
                    }) => {
                        assert!(holder.by.starts_with("runner-"), "{holder}");
                        assert_eq!(terms.lease.len(), 32);
                        locked += 1;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        });
        assert_eq!((won.len(), locked), (1, 9), "begun before: {begun}");
    }
}

#[test]
fn whoever_lost_the_lease_cannot_write() {
    let objects = memory();
    let store = store(objects);
    let mut old = store.writer(&holder("ana@laptop")).unwrap();
    old.commit(&author("apply"), &[put(&account(1), "one")])
        .unwrap();
    let lease = store.describe().unwrap().lease.unwrap().1.lease;
    let wrong = store
        .unlock("00000000000000000000000000000000")
        .unwrap_err();
    assert_eq!(wrong.code(), "state.other-lease");
    assert!(wrong.to_string().contains(&lease), "{wrong}");
    assert_eq!(store.unlock(&lease).unwrap().by, "ana@laptop");
    commit(&store, &[put(&account(2), "two")]);

    let refused = old
        .commit(&author("apply"), &[put(&account(3), "three")])
        .unwrap_err();
    assert_eq!(refused.code(), "state.lease-lost");
    assert_eq!(old.permit().check().unwrap_err().code(), "state.lease-lost");
    for refused in [
        old.put_findings(&crate::state::Findings::new()),
        old.drop_intents(&[1]),
    ] {
        assert_eq!(refused.unwrap_err().code(), "state.lease-lost");
    }
    drop(old);
    let found: Vec<String> = records(&store).into_keys().collect();
    assert_eq!(
        found,
        [account(1), account(2)].map(|one| one.as_str().to_owned())
    );
    assert_eq!(store.load().unwrap().serial(), 2);
}

#[test]
fn a_silent_holder_is_succeeded_and_stops_before_that() {
    let objects = memory();
    let network = Faulty::over(&objects);
    let mut old = short(network.clone()).writer(&holder("runner-1")).unwrap();
    let permit = old.permit();
    permit.check().unwrap();
    network.cut.store(true, Ordering::SeqCst);
    let began = Instant::now();
    let stopped = std::thread::spawn(move || {
        while permit.check().is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Instant::now()
    });
    // So short a term ends within the second that people are told: the heir must not go by that.
    let mut place = place(objects.clone());
    place.wall = || "2099-01-01T00:00:00Z".parse().unwrap();
    let heir = SharedStore {
        term: TERM,
        ..SharedStore::new(place, binding(), Arc::new(|_| ()))
    };
    let mut heir = heir.writer(&holder("runner-2")).unwrap();
    let taken = Instant::now();
    assert!(taken - began >= TERM, "after {:?}", taken - began);
    assert!(
        stopped.join().unwrap() < taken,
        "the old one may still have written when the new one began"
    );
    heir.commit(&author("apply"), &[put(&account(1), "heir")])
        .unwrap();
    // The network is back: too late.
    network.cut.store(false, Ordering::SeqCst);
    let refused = old.commit(&author("apply"), &[put(&account(1), "old")]);
    assert_eq!(refused.unwrap_err().code(), "state.lease-lost");
}

#[test]
fn a_holder_that_lives_is_never_succeeded_whatever_the_clocks_say() {
    let objects = memory();
    let mut living = short(objects.clone()).writer(&holder("runner-1")).unwrap();
    let mut place = place(objects);
    // To this machine's clock every lease ended long ago.
    place.wall = || "2099-01-01T00:00:00Z".parse().unwrap();
    let fast = SharedStore {
        term: TERM,
        ..SharedStore::new(place, binding(), Arc::new(|_| ()))
    };
    let refused = fast.writer(&holder("runner-2")).err().unwrap();
    assert_eq!(refused.code(), "state.locked");
    std::thread::sleep(TERM * 2);
    living
        .commit(&author("apply"), &[put(&account(1), "one")])
        .unwrap();
}

#[test]
fn a_lost_answer_is_looked_up() {
    let objects = memory();
    let network = Faulty::over(&objects);
    let store = store(network.clone());
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    network.deaf.store(true, Ordering::SeqCst);
    let serial = writer
        .commit(&author("apply"), &[put(&account(1), "one")])
        .unwrap();
    assert_eq!(serial, 1);
    writer
        .commit(&author("apply"), &[put(&account(1), "two")])
        .unwrap();
    network.deaf.store(true, Ordering::SeqCst);
    writer.close().unwrap();
    assert_eq!(store.load().unwrap().serial(), 2);
    assert_eq!(store.describe().unwrap().lease, None);
}

#[test]
fn a_renewal_that_hangs_is_given_up_and_sent_again() {
    for arrives in [0, 350] {
        let objects = memory();
        let network = Faulty::over(&objects);
        let term = TERM * 3;
        let store = SharedStore {
            term,
            patience: term / 8,
            ..store(network.clone())
        };
        let mut writer = store.writer(&holder("runner-1")).unwrap();
        let permit = writer.permit();
        network.arrives.store(arrives, Ordering::SeqCst);
        for _ in 0..3 {
            network.hangs.store(2, Ordering::SeqCst);
            let began = Instant::now();
            while began.elapsed() < term {
                permit.check().unwrap();
                std::thread::sleep(Duration::from_millis(5));
            }
            assert_eq!(network.hangs.load(Ordering::SeqCst), 0);
        }
        let serial = writer.commit(&author("apply"), &[put(&account(1), "one")]);
        assert_eq!(serial.unwrap(), 1);
        writer.close().unwrap();
        assert_eq!(store.load().unwrap().serial(), 1);
    }
}

#[test]
fn a_commit_that_hangs_is_sent_again_and_counts_once() {
    // What hangs, and after how many milliseconds it arrives all the same: the write, then the look after it.
    for (hangs, arrives) in [(1, 0), (2, 0), (3, 0), (1, 20), (1, 100), (2, 200)] {
        let objects = memory();
        let network = Faulty::over(&objects);
        let store = short(network.clone());
        let mut writer = store.writer(&holder("runner-1")).unwrap();
        network.arrives.store(arrives, Ordering::SeqCst);
        network.hangs.store(hangs, Ordering::SeqCst);
        for serial in 1..=2 {
            let committed = writer.commit(&author("apply"), &[put(&account(serial), "one")]);
            assert_eq!(committed.unwrap(), serial, "{hangs} hang, {arrives}");
        }
        writer.close().unwrap();
        assert_eq!(records(&store).len(), 2);
        assert_eq!(store.load().unwrap().serial(), 2);
        assert_eq!(store.describe().unwrap().lease, None);
    }
}

#[test]
fn a_refusal_that_cannot_be_looked_into_is_no_answer() {
    let objects = memory();
    let network = Faulty::over(&objects);
    let store = short(network.clone());
    let mut writer = store.writer(&holder("runner-1")).unwrap();
    // It arrived, the transport tried it again and was refused; then the network was gone for a moment.
    network.refused.store(true, Ordering::SeqCst);
    let committed = writer.commit(&author("apply"), &[put(&account(1), "one")]);
    assert_eq!(committed.unwrap(), 1);
    writer
        .commit(&author("apply"), &[put(&account(2), "two")])
        .unwrap();
    writer.close().unwrap();
    assert_eq!(records(&store).len(), 2);
}
