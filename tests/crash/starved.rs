//! A disk that is full, a folder that may not be written, files that are not ours.

use std::fs;
use std::path::Path;
use std::process::Command;

use bursar::state::StateReader;

use crate::converged::{self, Expected};
use crate::estate;
use crate::sandbox::{Platform, Said, Sandbox, everything_in};

/// The second project upon the first.
fn changed(platform: Platform) -> (Sandbox, Expected) {
    let start = estate::before(platform);
    start.apply().expect(0);
    estate::change(&start);
    let whole = start.copy();
    whole.apply().expect(0);
    (start, Expected::of(&whole))
}

/// A failure that says what happened and what to do.
#[track_caller]
fn told(said: &Said, code: &str, words: &[&str]) {
    let text = said.told();
    assert!(text.contains(&format!("error[{code}]")), "{text}");
    assert!(text.contains("help: "), "{text}");
    for word in words {
        assert!(text.contains(word), "{word}\n{text}");
    }
}

/// Runs a shell script in which mounts are seen by nobody else.
fn in_own_mounts(sandbox: &Sandbox, script: &str) -> Said {
    let mut command = Command::new("unshare");
    let root = rustix_is_root();
    command.arg(if root { "-m" } else { "-rm" });
    sandbox.dress(&mut command);
    command
        .args(["sh", "-euc", script])
        .current_dir(sandbox.folder())
        .env("BURSAR", env!("CARGO_BIN_EXE_bursar"));
    let said: Said = command
        .output()
        .expect("`unshare` (util-linux) must be installed for this test")
        .into();
    assert!(
        said.code == Some(0) || !said.err.contains("ermitted"),
        "this test mounts file systems of its own: run it as root, or where `unshare -rm` is \
         allowed\n{}",
        said.err
    );
    said
}

fn rustix_is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// What an apply that ran out of room left: everything that stood, and a way on.
#[track_caller]
fn ran_out(said: &Said, sandbox: &Sandbox, before: &Sandbox, expected: &Expected) {
    said_full(said);
    let found = sandbox.records();
    if sandbox.platform == Platform::Local {
        let committed = found != before.records();
        assert!(
            !committed || expected.has(&found),
            "one commit, all or nothing"
        );
        // The findings come after it: what was done is told before what was not.
        assert_eq!(committed, said.out.contains("Applied "), "{}", said.out);
    } else {
        assert!(!found.is_empty());
    }
    converged::converges(sandbox, expected, &[]);
}

#[track_caller]
fn said_full(said: &Said) {
    assert_eq!(said.code, Some(1), "{}\n{}", said.out, said.err);
    // Where the log still had room and the register had not, the commit stands.
    let behind = said.err.contains("[state.behind]");
    let code = if behind {
        "state.behind"
    } else {
        "state.full-disk"
    };
    told(said, code, &["the disk is full", "safe"]);
}

#[test]
fn a_full_disk_loses_nothing() {
    for platform in [Platform::Local, Platform::TestDir] {
        let (start, expected) = changed(platform);
        let mut failed = 0;
        let mut succeeded = false;
        for room in (0..40).step_by(4).chain([64, 1024]) {
            let sandbox = start.copy();
            // A file system of 16 MiB with the state in it, filled up but for some room.
            let script = format!(
                "mount -t tmpfs -o size=16m tmpfs /mnt
                 cp -a project/.bursar/. /mnt/
                 mount --bind /mnt project/.bursar
                 cat /dev/zero > project/.bursar/filler 2>/dev/null || true
                 truncate -s -{room}k project/.bursar/filler
                 code=0
                 \"$BURSAR\" -C project apply --auto-approve > out 2> err || code=$?
                 echo $code > code
                 \"$BURSAR\" -C project accounts --json > accounts
                 \"$BURSAR\" -C project plan --json > plan
                 rm project/.bursar/filler
                 cp -a project/.bursar/. after/"
            );
            fs::create_dir(sandbox.folder().join("after")).unwrap();
            in_own_mounts(&sandbox, &script).expect(0);
            let read = |name: &str| fs::read_to_string(sandbox.folder().join(name)).unwrap();
            let said = Said {
                code: read("code").trim().parse().ok(),
                out: read("out"),
                err: read("err"),
            };
            fs::remove_dir_all(sandbox.state()).unwrap();
            fs::rename(sandbox.folder().join("after"), sandbox.state()).unwrap();
            if said.code == Some(0) {
                succeeded = true;
                converged::check(&sandbox, &expected);
            } else {
                failed += 1;
                ran_out(&said, &sandbox, &start, &expected);
            }
        }
        assert!(failed > 0 && succeeded, "{failed} failed");
    }
}

/// The same through a limit on the size of files, which needs no right to mount.
#[test]
fn files_that_may_not_grow_lose_nothing() {
    for platform in [Platform::Local, Platform::TestDir] {
        let (start, expected) = changed(platform);
        let mut failed = 0;
        let log = fs::metadata(start.state().join("log")).unwrap().len();
        for room in [0, 512, 1024, 2048, 4096, 8192, 16384, 1 << 20] {
            let sandbox = start.copy();
            let mut command = Command::new("sh");
            sandbox.dress(&mut command);
            // In units of 512 bytes.
            let limit = (log + room) / 512;
            let said: Said = command
                .args([
                    "-c",
                    "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"",
                    "sh",
                ])
                .arg(limit.to_string())
                .arg(env!("CARGO_BIN_EXE_bursar"))
                .arg("-C")
                .arg(sandbox.project())
                .args(["apply", "--auto-approve"])
                .output()
                .unwrap()
                .into();
            if said.code == Some(0) {
                converged::check(&sandbox, &expected);
            } else {
                failed += 1;
                ran_out(&said, &sandbox, &start, &expected);
            }
        }
        assert!(failed > 0);
    }
}

#[test]
fn a_first_apply_on_a_full_disk_can_be_done_again() {
    let start = estate::before(Platform::Local);
    let whole = start.copy();
    whole.apply().expect(0);
    let expected = Expected::of(&whole);
    for limit in [0, 1, 2, 8, 64] {
        let sandbox = start.copy();
        let mut command = sandbox.bursar(&["apply", "--auto-approve"]);
        let program = command.get_program().to_owned();
        let args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        command = Command::new("sh");
        sandbox.dress(&mut command);
        let said: Said = command
            .args([
                "-c",
                "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"",
                "sh",
            ])
            .arg(limit.to_string())
            .arg(program)
            .args(args)
            .output()
            .unwrap()
            .into();
        if said.code == Some(0) {
            assert!(limit > 2, "{limit}");
            converged::check(&sandbox, &expected);
        } else {
            said_full(&said);
            converged::converges(&sandbox, &expected, &[]);
        }
    }
}

#[test]
fn a_read_only_state_is_read_and_not_written() {
    for platform in [Platform::Local, Platform::TestDir] {
        let (start, expected) = changed(platform);
        let script = "
            mount --bind project/.bursar project/.bursar
            mount -o remount,bind,ro project/.bursar
            code=0
            \"$BURSAR\" -C project apply --auto-approve > out 2> err || code=$?
            echo $code > code
            \"$BURSAR\" -C project accounts > accounts
            \"$BURSAR\" -C project plan > plan";
        let before = everything_in(&start.state());
        in_own_mounts(&start, script).expect(0);
        let read = |name: &str| fs::read_to_string(start.folder().join(name)).unwrap();
        assert_eq!(read("code").trim(), "1");
        let said = Said {
            code: Some(1),
            out: read("out"),
            err: read("err"),
        };
        told(&said, "state.read-only", &["it may not be written here"]);
        assert!(read("accounts").contains("Shop three"));
        assert!(read("plan").contains("to add"));
        assert_eq!(everything_in(&start.state()), before);
        converged::converges(&start, &expected, &[]);
    }
}

/// Every command that needs the state refuses it in the same words and leaves it as it is.
#[track_caller]
fn refused(sandbox: &Sandbox, code: &str, words: &[&str]) {
    let before = everything_in(&sandbox.state());
    for args in [&["plan"][..], &["accounts"], &["apply", "--auto-approve"]] {
        let said = sandbox.run(args).expect(1);
        told(&said, code, words);
    }
    let mut after = everything_in(&sandbox.state());
    // A writer says its name beside the lock, and both files may be new.
    let mut before = before;
    for all in [&mut before, &mut after] {
        all.remove(&sandbox.state().join("lock"));
        all.remove(&sandbox.state().join("holder"));
        all.remove(&sandbox.state());
    }
    let only_sled = |path: &Path| path.starts_with(sandbox.state().join("db"));
    before.retain(|path, _| !only_sled(path));
    after.retain(|path, _| !only_sled(path));
    assert_eq!(after, before);
    assert!(sandbox.registrations().is_empty() || sandbox.platform == Platform::TestDir);
}

#[test]
fn a_damaged_log_is_refused_and_kept() {
    let sandbox = estate::before(Platform::Local);
    sandbox.apply().expect(0);
    estate::change(&sandbox);
    sandbox.apply().expect(0);
    let log = sandbox.state().join("log");
    let whole = fs::read(&log).unwrap();
    for at in [0, 3, 40, 100, whole.len() / 3] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        fs::write(&log, &bytes).unwrap();
        refused(
            &sandbox,
            "state.damaged",
            &["is damaged", "bursar state rebuild"],
        );
    }
    fs::write(&log, &whole).unwrap();
    sandbox.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_log_that_lost_its_end_is_refused_by_writers() {
    let sandbox = estate::before(Platform::Local);
    sandbox.apply().expect(0);
    estate::change(&sandbox);
    sandbox.apply().expect(0);
    let log = sandbox.state().join("log");
    let whole = fs::read(&log).unwrap();
    // A commit that the register knows of: cutting it off would lose it.
    fs::write(&log, &whole[..whole.len() - 10]).unwrap();
    let said = sandbox.apply().expect(1);
    told(&said, "state.damaged", &["bursar state rebuild"]);
    assert_eq!(fs::read(&log).unwrap().len(), whole.len() - 10);
}

/// Puts another header in front of a log.
fn reheader(sandbox: &Sandbox, change: impl Fn(&mut serde_json::Value)) {
    const HEAD: usize = 32;
    let path = sandbox.state().join("log");
    let bytes = fs::read(&path).unwrap();
    let length = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let (header, rest) = bytes[HEAD..].split_at(length);
    let mut json: serde_json::Value = serde_json::from_slice(&header[1..]).unwrap();
    change(&mut json);
    let mut payload = vec![header[0]];
    payload.extend(serde_json::to_vec(&json).unwrap());
    let mut new = bytes[..4].to_vec();
    new.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
    let check = blake3::hash(&new);
    new.extend(&check.as_bytes()[..8]);
    new.extend(&blake3::hash(&payload).as_bytes()[..16]);
    new.extend(payload);
    new.extend(rest);
    fs::write(path, new).unwrap();
}

#[test]
fn a_newer_format_is_refused_and_kept() {
    let sandbox = estate::before(Platform::Local);
    sandbox.apply().expect(0);
    // The same header again is no damage: the test writes headers as bursar does.
    reheader(&sandbox, |_| {});
    assert!(sandbox.store().load().is_ok());
    reheader(&sandbox, |header| header["format"] = 99.into());
    refused(
        &sandbox,
        "state.newer-format",
        &["format 99", "use the bursar that wrote it"],
    );
}

#[test]
fn a_foreign_state_is_refused_and_kept() {
    let sandbox = estate::before(Platform::Local);
    sandbox.apply().expect(0);
    let file = sandbox.project().join("bursar.yaml");
    let settings = fs::read_to_string(&file).unwrap();
    fs::write(&file, settings.replace("project: crash", "project: other")).unwrap();
    refused(&sandbox, "state.foreign", &["`crash`", "`other`"]);
    fs::write(&file, settings).unwrap();
    sandbox.run(&["plan", "--detailed-exitcode"]).expect(0);

    // The same folder, now with a platform.
    let platform = sandbox.folder().join("platform");
    let place = [("BURSAR_TESTKIT_PLATFORM", platform.to_str().unwrap())];
    let said = sandbox
        .run_with(&["apply", "--auto-approve"], &place)
        .expect(1);
    told(&said, "state.foreign", &["`local`", "`test_dir`"]);
    assert!(!platform.exists());
}
