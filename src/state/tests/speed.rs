//! Measures the store. Ignored: run by hand in a release build, one at a time.

use std::time::Instant;

use super::super::conformance::{account, author, holder, put};
use super::super::{StateReader, StateStore};

fn count() -> u64 {
    std::env::var("BURSAR_RECORDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000)
}

#[test]
#[ignore = "a measurement"]
fn measure() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let store = super::store(&folder.path().join("state"));
    let entries: Vec<_> = (0..count())
        .map(|at| put(&account(at * 7919), &format!("Account number {at}")))
        .collect();
    let start = Instant::now();
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    println!("first open  {:?}", start.elapsed());
    writer.commit(&author("apply"), &entries).unwrap();
    println!("first commit {:?}", start.elapsed());
    writer.close().unwrap();
    println!("first apply, closed {:?}", start.elapsed());
    for round in 0..5 {
        let start = Instant::now();
        let snapshot = store.load().unwrap();
        let loaded = start.elapsed();
        let sum: usize = snapshot.index().map(|entry| entry.address.len()).sum();
        let walked = start.elapsed();
        println!("load {loaded:?}, walked {walked:?} {sum}");
        let start = Instant::now();
        let mut writer = store.writer(&holder("ana@laptop")).unwrap();
        let opened = start.elapsed();
        let one = put(&account(7919 * (round + 3)), &format!("renamed {round}"));
        writer.commit(&author("apply"), &[one]).unwrap();
        let committed = start.elapsed();
        writer.close().unwrap();
        println!(
            "one change: open {opened:?} commit {committed:?} close {:?}",
            start.elapsed()
        );
    }
    let start = Instant::now();
    let all = store.load().unwrap().records().unwrap().len();
    println!("all {all} records {:?}", start.elapsed());
}

/// One change in the folder `BURSAR_FOLDER`, which is filled where it is empty: for strace.
#[test]
#[ignore = "a measurement"]
fn one_change() {
    let Ok(folder) = std::env::var("BURSAR_FOLDER") else {
        return;
    };
    let store = super::store(folder.as_ref());
    if store.load().unwrap().is_empty() {
        let entries: Vec<_> = (0..count())
            .map(|at| put(&account(at * 7919), &format!("Account number {at}")))
            .collect();
        super::super::conformance::commit(&store, &entries);
        return;
    }
    let at = store.load().unwrap().serial();
    let one = put(&account(7919 * at), &format!("renamed {at}"));
    super::super::conformance::commit(&store, &[one]);
}
