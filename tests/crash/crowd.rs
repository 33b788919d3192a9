//! Readers beside a writer, two writers, and readers that leave no trace.

use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::estate;
use crate::sandbox::{Platform, Said, Sandbox, everything_in};

fn start(sandbox: &Sandbox, environment: &[(&str, &str)]) -> Child {
    let mut command = sandbox.bursar(&["apply", "--auto-approve"]);
    command
        .envs(environment.iter().copied())
        .stdout(Stdio::null()) // A pipe that nobody reads would hold it up.
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn end(child: Child) -> Said {
    child.wait_with_output().unwrap().into()
}

/// A project of many accounts that all have this word in their names.
fn many(word: &str) -> String {
    let mut text = "organizations:\n  core: {provider: aws, id: o-abcdefghij, credentials: ci}\npayers:\n  '111122223333': {organization: core}\naccounts:\n".to_owned();
    for account in 0..3000 {
        writeln!(
            text,
            "  '{:012}': {{organization: core, name: {word} {account}}}",
            200_000_000_000_u64 + account
        )
        .unwrap();
    }
    text
}

const SETTINGS: &str = "version: 1\nsources: [estate]\naccess: {require: none}\nguard: {delete: {percent: 100, at_least: 100}, update: {percent: 100, at_least: 100}}\ncredentials:\n  ci: {aws_default: {}}\n";

#[test]
fn readers_beside_a_writer_see_old_or_new() {
    let sandbox = Sandbox::with(
        Platform::Local,
        &[("bursar.yaml", SETTINGS), ("estate/all.yaml", &many("old"))],
    );
    sandbox.apply().expect(0);
    let (mut old, mut new) = (0, 0);
    for (word, limit) in [("new", "1000000000"), ("newer", "1")] {
        sandbox.write(&[("estate/all.yaml", &many(word))]);
        let mut writer = start(&sandbox, &[("BURSAR_TESTKIT_LOG_LIMIT", limit)]);
        let mut last = false;
        while !last {
            last = writer.try_wait().unwrap().is_some();
            let said = sandbox.run(&["accounts", "--json"]).expect(0);
            let document = said.json();
            let accounts = document["accounts"].as_array().unwrap();
            assert_eq!(accounts.len(), 3000);
            let named = |account: &&serde_json::Value| {
                account["name"]
                    .as_str()
                    .unwrap()
                    .starts_with(&format!("{word} "))
            };
            match accounts.iter().filter(named).count() {
                0 => old += 1,
                3000 => new += 1,
                some => panic!("{some} of 3000 are new"),
            }
            let plan = sandbox.run(&["plan", "--json"]).expect(0).json();
            let changes = plan["changes"].as_array().unwrap().len();
            assert!(changes == 0 || changes == 3000, "{changes}");
        }
        end(writer).expect(0);
    }
    assert!(
        old > 0 && new > 1,
        "{old} saw the old state, {new} the new one"
    );
}

#[test]
fn readers_beside_a_slow_platform_never_fail() {
    let sandbox = estate::before(Platform::TestDir);
    let mut writer = start(&sandbox, &[("BURSAR_TESTKIT_LATENCY_MS", "60")]);
    let mut counts = Vec::new();
    while writer.try_wait().unwrap().is_none() {
        sandbox.run(&["plan", "--json"]).expect(0);
        let document = sandbox.run(&["accounts", "--json"]).expect(0).json();
        counts.push(document["accounts"].as_array().unwrap().len());
    }
    end(writer).expect(0);
    assert!(counts.is_sorted(), "{counts:?}");
}

/// Waits until the writer is at the platform, and so holds the lock.
fn until_writing(sandbox: &Sandbox) {
    let begun = Instant::now();
    while !sandbox.platform_folder().join("flight.log").exists() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the writer never wrote"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn of_two_writers_one_waits_outside() {
    let sandbox = estate::before(Platform::TestDir);
    let writer = start(&sandbox, &[("BURSAR_TESTKIT_LATENCY_MS", "300")]);
    until_writing(&sandbox);
    let pid = writer.id();
    let text = sandbox.apply().expect(4).told();
    assert!(text.contains("error[state.locked]"), "{text}");
    let holder = format!("(process {pid}, `apply`, since ");
    assert!(text.contains("tester@") && text.contains(&holder), "{text}");
    assert!(text.contains("help: wait until it is done"), "{text}");
    end(writer).expect(0);
    sandbox.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn of_two_first_writers_one_wins() {
    for platform in [Platform::Local, Platform::TestDir] {
        for _ in 0..12 {
            let sandbox = estate::before(platform);
            let both = [start(&sandbox, &[]), start(&sandbox, &[])];
            let mut codes: Vec<i32> = both
                .map(|child| {
                    let said = end(child);
                    let code = said.code.unwrap();
                    let told = ["error[state.locked]", "error[plan.stale]"];
                    assert!(
                        code == 0 || told.iter().any(|word| said.err.contains(word)),
                        "{code}: {}",
                        said.err
                    );
                    code
                })
                .to_vec();
            codes.sort_unstable();
            // One after the other, at once, or with a plan from before the other's end.
            assert!(codes[0] == 0 && [0, 3, 4].contains(&codes[1]), "{codes:?}");
            sandbox.run(&["plan", "--detailed-exitcode"]).expect(0);
            let creations = sandbox.history().len();
            assert_eq!(
                creations,
                sandbox.records().len(),
                "nothing is created twice"
            );
        }
    }
}

const READERS: &[&[&str]] = &[
    &["validate"],
    &["validate", "--format", "json"],
    &["plan"],
    &["plan", "--json"],
    &["plan", "--offline"],
    &["accounts"],
    &["accounts", "--json"],
    &["fmt", "--check"],
];

#[test]
fn reading_leaves_no_trace() {
    for platform in [Platform::Local, Platform::TestDir] {
        let fresh = estate::before(platform);
        let applied = fresh.copy();
        applied.apply().expect(0);
        let interrupted = applied.copy();
        estate::change(&interrupted);
        let kill = [("BURSAR_TESTKIT_KILL", "log.frame.torn:1")];
        interrupted
            .run_with(&["apply", "--auto-approve"], &kill)
            .expect_killed();
        for sandbox in [fresh, applied, interrupted] {
            let before = everything_in(sandbox.folder());
            for args in READERS {
                let said = sandbox.run(args);
                assert!(matches!(said.code, Some(0 | 1)), "{args:?}: {}", said.err);
                let after = everything_in(sandbox.folder());
                assert!(after == before, "{args:?} left a trace");
            }
        }
    }
}

#[test]
fn an_apply_without_a_sound_project_makes_no_state() {
    let sandbox = estate::before(Platform::Local);
    sandbox.write(&[(
        "estate/wrong.yaml",
        "accounts:\n  '1': {organization: nobody}\n",
    )]);
    sandbox.apply().expect(1);
    assert!(!sandbox.state().exists());
    // Nobody to ask: nothing either.
    let sandbox = estate::before(Platform::Local);
    sandbox.run(&["apply"]).expect(1);
    assert!(!sandbox.state().exists());
}
