//! Which files of sled a commit syncs: those that nobody has synced yet, and no others.

use std::fs;
use std::path::Path;

use super::super::EmbeddedStore;
use super::super::conformance::{account, commit, put};
use super::super::register::Register;
use super::store;
use crate::model::record::Entry;

/// Enough records for values that sled keeps in files of their own.
fn entries(seed: u32) -> Vec<Entry> {
    (0..3_000)
        .map(|at| put(&account(at), &format!("{seed}")))
        .collect()
}

/// How many files the next commit would find unsynced, and how many there are.
fn unsynced(folder: &Path) -> (usize, usize) {
    let register = Register::open_existing(&folder.join("db"));
    let unsynced = register.unwrap().unwrap().unsynced().unwrap().len();
    (
        unsynced,
        fs::read_dir(folder.join("db/blobs")).unwrap().count(),
    )
}

#[test]
fn what_one_writer_synced_the_next_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let store: EmbeddedStore = store(folder.path());
    commit(&store, &entries(1));
    let (new, all) = unsynced(folder.path());
    assert_eq!(new, 0);
    assert!(all > 0, "these records must make files of their own");
    let marker = folder.path().join("db/synced");
    let after_one = fs::read_to_string(&marker).unwrap();

    commit(&store, &entries(2));
    assert_eq!(unsynced(folder.path()).0, 0);
    // A writer that was killed before it left word: only its own files are in doubt.
    fs::write(&marker, &after_one).unwrap();
    let (new, all) = unsynced(folder.path());
    assert!(0 < new && new < all, "{new} of {all}");

    // Without word, or with what a crash left of it, everything is.
    for left in ["", "7", "1 12\n", "12 1\n", "a a\n", "\0\0\0\0"] {
        fs::write(&marker, left).unwrap();
        let (new, all) = unsynced(folder.path());
        assert_eq!(new, all, "{left:?}");
    }
    fs::remove_file(&marker).unwrap();
    let (new, all) = unsynced(folder.path());
    assert_eq!(new, all);
    commit(&store, &entries(3));
    assert_eq!(unsynced(folder.path()).0, 0);
}
