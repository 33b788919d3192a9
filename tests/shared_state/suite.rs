//! Every server passes the suite of the embedded store, and lets one of ten win.

use std::path::Path;
use std::sync::Barrier;

use bursar::state::{StateError, StateStore};

use crate::servers;
use crate::state::conformance::{author, holder, put, records};

/// Ten writers at once, on a place where there is no state yet and on one that has one.
fn ten_at_once(make: fn(&Path) -> Box<dyn StateStore>) {
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=2 {
        let start = Barrier::new(10);
        let mut won = Vec::new();
        std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..10)
                .map(|number| {
                    let (start, folder) = (&start, folder.path());
                    scope.spawn(move || {
                        let store = make(folder);
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
                        lease: Some(_),
                        ..
                    }) => assert!(holder.by.starts_with("runner-"), "{holder}"),
                    Err(error) => panic!("{error}"),
                }
            }
        });
        assert_eq!(won.len(), 1, "round {round}");
        let mut writer = won.pop().unwrap();
        let account = crate::state::conformance::account(round);
        let serial = writer.commit(&author("apply"), &[put(&account, "one")]);
        assert_eq!(serial.unwrap(), round);
        writer.close().unwrap();
        assert_eq!(records(&*make(folder.path())).len() as u64, round);
    }
}

macro_rules! suite {
    ($server:ident: $($law:ident),*) => {
        mod $server {
            $(#[test]
            fn $law() {
                crate::state::conformance::$law(crate::servers::$server);
            })*

            #[test]
            fn ten_at_once() {
                super::ten_at_once(crate::servers::$server);
            }
        }
    };
    ($($server:ident),*) => {
        $(suite!($server: empty, commit_and_load, renames, intents, findings, one_writer,
            readers_see_whole_serials, many_at_once, huge_records, larger_than_one_upload,
            behaves_as_a_map);)*
    };
}

suite!(ministack, moto, azurite, gcs);

#[test]
fn places_of_one_bucket_know_nothing_of_each_other() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let account = crate::state::conformance::account(1);
    let first = servers::ministack(one.path());
    crate::state::conformance::commit(&*first, &[put(&account, "one")]);
    assert_eq!(servers::ministack(other.path()).load().unwrap().serial(), 0);
    let held = first.writer(&holder("a")).unwrap();
    servers::ministack(other.path())
        .writer(&holder("b"))
        .unwrap();
    drop(held);
}
