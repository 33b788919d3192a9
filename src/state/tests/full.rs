//! A full disk and a folder that may not be written, on file systems of their own: a small tmpfs,
//! mounted in a mount namespace of its own, so that it also binds root and goes with its process.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::conformance::{account, author, commit, holder, put, records};
use super::super::{StateReader, StateStore};
use super::store;

/// Runs a test of this file in a namespace where `folder` is a tmpfs of 2 MiB.
fn inside(test: &str, folder: &Path) {
    let binary = std::env::current_exe().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=2m none '{0}' && BURSAR_FOLDER='{0}' \
         exec '{1}' --exact state::tests::full::{test} --ignored --nocapture",
        folder.display(),
        binary.display()
    );
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
        .output()
        .expect("`unshare` of util-linux is needed for this test");
    assert!(
        output.status.success(),
        "this needs namespaces that users may create (util-linux's `unshare`):\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn remount(folder: &str, how: &str) {
    let status = Command::new("mount")
        .args(["-o", &format!("remount,{how}"), folder])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    inside("full_child", folder.path());
}

#[test]
fn a_read_only_folder_is_read() {
    let folder = tempfile::tempdir().unwrap();
    inside("read_only_child", folder.path());
}

#[test]
#[ignore = "run by the tests of this file"]
fn full_child() {
    let Ok(folder) = std::env::var("BURSAR_FOLDER") else {
        return;
    };
    let folder = Path::new(&folder);
    let store = store(&folder.join("state"));
    commit(&store, &[put(&account(0), "one")]);
    let before = records(&store);

    // Room for less and less of a commit, down to none.
    let filler = folder.join("filler");
    let noise: String = (0..4000_u32)
        .flat_map(|at| {
            blake3::hash(&at.to_le_bytes())
                .to_hex()
                .chars()
                .collect::<Vec<_>>()
        })
        .collect();
    let large = [put(&account(1), &noise)];
    let mut full = 0;
    for room in [400, 300, 200, 100, 40, 20, 8, 4, 0] {
        let free = || {
            let data = rustix::fs::statvfs(folder).unwrap();
            data.f_bavail * data.f_frsize
        };
        let _ = fs::remove_file(&filler);
        let fill = free().saturating_sub(room * 1024);
        fs::write(&filler, vec![0; usize::try_from(fill).unwrap()]).unwrap();
        let committed = store
            .writer(&holder("ana@laptop"))
            .and_then(|mut writer| writer.commit(&author("apply"), &large));
        // Readers see what was before, or the whole commit where it went through.
        let serial = store.load().unwrap().serial();
        match committed {
            Ok(done) => {
                assert_eq!(serial, done);
                fs::remove_file(&filler).unwrap();
                assert_eq!(
                    commit(&store, &[super::super::conformance::delete(&account(1))]),
                    done + 1
                );
            }
            Err(error) => {
                full += 1;
                assert_eq!(error.code(), "state.full-disk", "{error}");
            }
        }
        assert_eq!(records(&store), before, "with {room} KiB");
    }
    assert!(full > 2);
    fs::remove_file(&filler).unwrap();
    let serial = store.load().unwrap().serial();
    assert_eq!(commit(&store, &[put(&account(2), "two")]), serial + 1);
    assert_eq!(records(&store).len(), 2);
}

#[test]
#[ignore = "run by the tests of this file"]
fn read_only_child() {
    let Ok(folder) = std::env::var("BURSAR_FOLDER") else {
        return;
    };
    let store = store(&Path::new(&folder).join("state"));
    commit(&store, &[put(&account(0), "one")]);
    remount(&folder, "ro");
    assert_eq!(records(&store).len(), 1);
    store.history(&Default::default(), &mut |_| ()).unwrap();
    store.describe().unwrap();
    let refused = store.writer(&holder("ana@laptop")).err().unwrap();
    assert_eq!(refused.code(), "state.read-only", "{refused}");
    let nowhere = super::store(&Path::new(&folder).join("other"));
    assert!(nowhere.load().unwrap().is_empty());
    let refused = nowhere.writer(&holder("ana@laptop")).err().unwrap();
    assert_eq!(refused.code(), "state.read-only", "{refused}");
    remount(&folder, "rw");
    assert_eq!(commit(&store, &[put(&account(1), "two")]), 2);
}
