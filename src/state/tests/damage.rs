//! Files that are torn, damaged, foreign, or too new.

use std::fs;

use super::super::conformance::{account, commit, holder, put, record, records};
use super::super::log::frame;
use super::super::{Binding, EmbeddedStore, StateReader, StateStore};
use super::{files_of, store};

#[test]
fn reading_creates_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    commit(&store, &[put(&account(1), "one")]);
    let before = files_of(folder.path());
    records(&store);
    store.describe().unwrap();
    store.findings().unwrap();
    store.history(&Default::default(), &mut |_| ()).unwrap();
    assert!(before == files_of(folder.path()));
}

#[test]
fn a_torn_tail_was_never_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let path = folder.path().join("log");
    commit(&store, &[put(&account(1), "one")]);
    let one = fs::read(&path).unwrap();
    commit(&store, &[put(&account(2), "two")]);
    let two = fs::read(&path).unwrap();
    // Readers: every cut, every damaged byte of the last frame.
    for cut in one.len()..two.len() {
        fs::write(&path, &two[..cut]).unwrap();
        assert_eq!(store.load().unwrap().serial(), 1);
        let mut bytes = two.clone();
        bytes[cut] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(store.load().unwrap().serial(), 1);
    }
    // The register saw that commit, so a writer knows better than to cut it off.
    let refused = store.writer(&holder("ana@laptop")).err().unwrap();
    assert_eq!(refused.code(), "state.damaged");
    assert_eq!(fs::read(&path).unwrap().len(), two.len(), "nothing was cut");
    let rebuilt = store.rebuild(&holder("ana@laptop")).unwrap();
    assert_eq!((rebuilt.serial, rebuilt.lost), (3, 0));
    assert_eq!(records(&store).len(), 2);
}

#[test]
fn a_first_writer_that_died_while_sled_wrote_its_settings_is_no_damage() {
    let whole = tempfile::tempdir().unwrap();
    commit(&store(whole.path()), &[put(&account(1), "one")]);
    let settings = fs::read(whole.path().join("db/conf")).unwrap();
    // sled writes them before all else, in two parts and in place.
    for cut in [
        0,
        1,
        settings.len() / 2,
        settings.len() - 4,
        settings.len() - 1,
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("db/blobs")).unwrap();
        fs::write(folder.path().join("db/conf"), &settings[..cut]).unwrap();
        let store = store(folder.path());
        commit(&store, &[put(&account(1), "one")]);
        assert_eq!(records(&store).len(), 1, "cut at {cut}");
    }
}

#[test]
fn a_writer_cuts_a_torn_tail_off() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let path = folder.path().join("log");
    commit(&store, &[put(&account(1), "one")]);
    let whole = fs::read(&path).unwrap();
    let torn = frame(b"a frame that a crash cut short").unwrap();
    for cut in 0..torn.len() {
        fs::write(&path, [&whole, &torn[..cut]].concat()).unwrap();
        assert_eq!(store.load().unwrap().serial(), 1);
        drop(store.writer(&holder("ana@laptop")).unwrap());
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
    assert_eq!(commit(&store, &[put(&account(2), "two")]), 2);
    assert_eq!(records(&store).len(), 2);
}

#[test]
fn damage_in_the_middle_is_refused_and_mended() {
    for at in [0, 5, 40, 300] {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        for name in ["one", "two", "three"] {
            commit(&store, &[put(&account(1), name)]);
        }
        let path = folder.path().join("log");
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 0xff;
        fs::write(&path, &bytes).unwrap();
        let refused = store.load().unwrap_err();
        assert_eq!(refused.code(), "state.damaged");
        assert!(
            refused.help().contains("state rebuild"),
            "{}",
            refused.help()
        );
        let before = files_of(folder.path());
        assert!(store.writer(&holder("ana@laptop")).is_err());
        let mut after = files_of(folder.path());
        after.insert("holder".to_owned(), before["holder"].clone());
        assert!(before == after, "refusing changes nothing");

        // The register still has everything.
        let rebuilt = store.rebuild(&holder("ana@laptop")).unwrap();
        assert_eq!((rebuilt.serial, rebuilt.lost), (4, 0));
        assert!(!rebuilt.set_aside.is_empty());
        assert_eq!(
            records(&store)[account(1).as_str()],
            record(&account(1), "three")
        );
        assert_eq!(commit(&store, &[put(&account(2), "four")]), 5);
    }
}

#[test]
fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut header = vec![1];
    header.extend(br#"{"format":2,"something":"else"}"#);
    fs::write(folder.path().join("log"), frame(&header).unwrap()).unwrap();
    for refused in [
        store.load().err(),
        store.writer(&holder("ana@laptop")).err(),
        store.rebuild(&holder("ana@laptop")).err(),
    ] {
        assert_eq!(refused.unwrap().code(), "state.newer-format");
    }
}

#[test]
fn a_state_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    commit(&store(folder.path()), &[put(&account(1), "one")]);
    let bound = |project: Option<&str>, platform: &str| {
        EmbeddedStore::new(
            folder.path(),
            Binding {
                project: project.map(str::to_owned),
                platform: platform.to_owned(),
            },
        )
    };
    for (store, message) in [
        (
            bound(Some("other"), "local"),
            "belongs to project `acme`, not to `other`",
        ),
        (
            bound(Some("acme"), "octo"),
            "belongs to platform `local`, not to `octo`",
        ),
    ] {
        let refused = store.load().unwrap_err();
        assert_eq!(refused.code(), "state.foreign");
        assert!(refused.to_string().ends_with(message), "{refused}");
        assert_eq!(
            store.writer(&holder("ana@laptop")).err().unwrap().code(),
            "state.foreign"
        );
    }
    assert_eq!(bound(None, "local").load().unwrap().len(), 1);

    // A register of another state.
    let other = tempfile::tempdir().unwrap();
    commit(&store(other.path()), &[put(&account(1), "one")]);
    fs::remove_dir_all(folder.path().join("db")).unwrap();
    fs::rename(other.path().join("db"), folder.path().join("db")).unwrap();
    let refused = store(folder.path()).writer(&holder("ana@laptop"));
    assert_eq!(refused.err().unwrap().code(), "state.foreign");
}

/// Whatever byte of the register is wrong, a writer either refuses or has what the log has.
#[test]
fn a_damaged_register_never_wins() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let entries: Vec<_> = (0..300).map(|at| put(&account(at), "one")).collect();
    commit(&store, &entries);
    commit(&store, &[put(&account(5), "two")]);
    let wanted = records(&store);
    let whole = files_of(folder.path());
    let mut refused = 0;
    for (name, content) in whole.iter().filter(|(name, _)| name.starts_with("db/")) {
        for at in (0..content.len()).step_by(content.len() / 6 + 1) {
            let mut bytes = content.clone();
            bytes[at] ^= 0x55;
            fs::write(folder.path().join(name), &bytes).unwrap();
            let committed = store.writer(&holder("ana@laptop")).and_then(|mut writer| {
                let all: Vec<_> = (0..300).map(|at| put(&account(at), "three")).collect();
                writer.commit(&Default::default(), &all)?;
                writer.close()
            });
            match committed {
                Err(error) => {
                    refused += 1;
                    assert!(
                        ["state.damaged", "state.behind", "state.foreign", "state.io"]
                            .contains(&error.code()),
                        "{error}"
                    );
                    assert_eq!(records(&store), wanted, "{name} at {at}");
                }
                Ok(()) => assert_eq!(
                    records(&store)[account(5).as_str()],
                    record(&account(5), "three")
                ),
            }
            // As it was.
            fs::remove_dir_all(folder.path().join("db")).unwrap();
            for (name, content) in &whole {
                let path = folder.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
        }
    }
    assert!(refused > 0);
    store.writer(&holder("ana@laptop")).unwrap();
}
