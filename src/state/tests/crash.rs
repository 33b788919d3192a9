//! Kills a writing process at every durable step and looks at what it leaves. The process is this
//! test binary, run again for the one test `child`.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use super::super::conformance::{account, author, holder, put, record, records};
use super::super::embedded::EmbeddedWriter;
use super::super::{HistoryFilter, StateReader, StateStore, StateWriter};
use super::store;
use crate::model::record::{Action, Entry, Intent};

const POINTS: [&str; 21] = [
    "log.started",
    "log.frame.before",
    "log.frame.torn",
    "log.frame.written",
    "log.frame.synced",
    "sled.opened",
    "sled.batch.before",
    "sled.batch.applied",
    "sled.flushed",
    "sled.synced",
    "base.before",
    "base.written",
    "base.renamed",
    "history.closed",
    "history.rotated",
    "rebuild.cleared",
    "rebuild.register",
    "rebuild.segment",
    "rebuild.done",
    "push.cleared",
    "push.written",
];

/// Commit `serial` gives all accounts its number as their name, and settles its intent.
fn entries(serial: u64) -> Vec<Entry> {
    let mut entries: Vec<_> = (0..120)
        .map(|at| put(&account(at), &serial.to_string()))
        .collect();
    entries[0].intent = Some(serial);
    entries
}

#[test]
#[ignore = "run by the tests of this file"]
fn child() {
    let Ok(folder) = std::env::var("BURSAR_FOLDER") else {
        return;
    };
    let folder = Path::new(&folder);
    let store = store(&folder.join("state"));
    let say = |serial: u64| fs::write(folder.join("said"), serial.to_string()).unwrap();
    let mut writer = EmbeddedWriter::open(&store, &holder("child")).unwrap();
    for serial in 1..6 {
        let intent = Intent {
            id: serial,
            address: account(0),
            action: Action::Update,
            from: None,
            record: None,
            reason: None,
            pull_request: None,
        };
        writer.announce(&[intent]).unwrap();
        writer.commit(&author("apply"), &entries(serial)).unwrap();
        say(serial);
        if serial % 2 == 0 {
            writer.compact().unwrap();
        }
    }
    Box::new(writer).close().unwrap();
    store.rebuild(&holder("child")).unwrap();
    let backup = folder.join("backup");
    store.pull(&backup, &holder("child")).unwrap();
    store.push(&backup, false, &holder("child")).unwrap();
}

/// Whether the child was killed at the n-th pass of the point.
fn killed(folder: &Path, point: &str, count: u32) -> bool {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "state::tests::crash::child", "--ignored"])
        .env("BURSAR_FOLDER", folder)
        .env("BURSAR_TESTKIT_KILL", format!("{point}:{count}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    if was_killed(status) {
        return true;
    }
    assert!(status.success(), "{point}:{count}: {status}");
    false
}

#[cfg(unix)]
fn was_killed(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

/// How an abort ends there: STATUS_STACK_BUFFER_OVERRUN.
#[cfg(windows)]
fn was_killed(status: ExitStatus) -> bool {
    status.code() == Some(0xC000_0409_u32.cast_signed())
}

#[test]
fn a_kill_at_any_step_loses_nothing() {
    std::thread::scope(|scope| {
        for points in POINTS.chunks(POINTS.len().div_ceil(4)) {
            scope.spawn(move || points.iter().for_each(|point| kill_everywhere(point)));
        }
    });
}

/// Kills a child at the first pass of a point, another at the second, until one comes through.
fn kill_everywhere(point: &str) {
    let mut count = 0;
    loop {
        count += 1;
        let folder = tempfile::tempdir().unwrap();
        let was_killed = killed(folder.path(), point, count);
        look(folder.path(), &format!("{point}:{count}"));
        if !was_killed {
            break;
        }
    }
    assert!(count > 1, "{point} is never reached");
}

fn look(folder: &Path, place: &str) {
    let said: u64 = fs::read_to_string(folder.join("said")).map_or(0, |text| text.parse().unwrap());
    let store = store(&folder.join("state"));
    let who = holder("ana@laptop");
    // Only a restore that was cut short leaves a state that is refused: doing it again helps.
    if let Err(error) = store.writer(&who) {
        assert!(said == 5 && place.starts_with("push"), "{place}: {error}");
        store.push(&folder.join("backup"), false, &who).unwrap();
    }
    let snapshot = store
        .load()
        .unwrap_or_else(|error| panic!("{place}: {error}"));
    let serial = snapshot.serial();
    assert!(
        (said..=said + 1).contains(&serial),
        "{place}: serial {serial} where {said} was acknowledged"
    );
    let whole = |serial: u64| {
        let found = records(&store);
        assert_eq!(found.len(), if serial == 0 { 0 } else { 120 }, "{place}");
        for at in (0..120).filter(|_| serial > 0) {
            let wanted = record(&account(at), &serial.to_string());
            assert_eq!(found[account(at).as_str()], wanted, "{place}");
        }
    };
    whole(serial);
    // An announced intent is either open or settled by the commit that stands.
    let open: Vec<_> = snapshot
        .open_intents()
        .iter()
        .map(|intent| intent.id)
        .collect();
    assert!(
        open.is_empty() || open == [serial + 1],
        "{place}: {open:?} at {serial}"
    );

    let mut writer = store
        .writer(&who)
        .unwrap_or_else(|error| panic!("{place}: {error}"));
    assert_eq!(
        writer
            .commit(&author("apply"), &entries(serial + 1))
            .unwrap(),
        serial + 1
    );
    writer.close().unwrap();
    whole(serial + 1);
    let mut seen = Vec::new();
    store
        .history(&HistoryFilter::default(), &mut |entry| {
            seen.push(entry.serial)
        })
        .unwrap_or_else(|error| panic!("{place}: {error}"));
    seen.dedup();
    assert_eq!(seen, (1..=serial + 1).collect::<Vec<_>>(), "{place}");
}
