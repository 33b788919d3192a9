//! Death at every pass of every failpoint.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::converged::{self, Expected};
use crate::estate;
use crate::sandbox::{Platform, Sandbox};

/// Runs `apply` once to see which failpoints it passes, then once for each pass, dying there.
/// Returns how often each point was passed.
fn die_everywhere(start: &Sandbox, environment: &[(&str, &str)]) -> BTreeMap<String, usize> {
    let whole = start.copy();
    let counts = whole.folder().join("counts");
    let counted = [
        environment,
        &[("BURSAR_TESTKIT_COUNT", counts.to_str().unwrap())],
    ]
    .concat();
    whole
        .run_with(&["apply", "--auto-approve"], &counted)
        .expect(0);
    let expected = Expected::of(&whole);
    converged::check(&whole, &expected);

    let mut passes: BTreeMap<String, usize> = BTreeMap::new();
    for line in std::fs::read_to_string(counts).unwrap().lines() {
        *passes.entry(line.to_owned()).or_default() += 1;
    }
    let deaths: Vec<String> = passes
        .iter()
        .flat_map(|(point, passed)| (1..=*passed).map(move |n| format!("{point}:{n}")))
        .collect();
    in_parallel(&deaths, |death| {
        let sandbox = start.copy();
        let kill = [environment, &[("BURSAR_TESTKIT_KILL", death.as_str())]].concat();
        sandbox
            .run_with(&["apply", "--auto-approve"], &kill)
            .expect_killed();
        // Readers go on beside the ruins.
        sandbox.records();
        sandbox.history();
        converged::converges(&sandbox, &expected, environment);
    });
    passes
}

/// Two at a time; a panic names what it was about.
pub fn in_parallel<T: Sync + std::fmt::Display>(all: &[T], each: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let run = std::panic::AssertUnwindSafe(|| each(one));
                    if let Err(panic) = std::panic::catch_unwind(run) {
                        eprintln!("it happened with {one}");
                        std::panic::resume_unwind(panic);
                    }
                }
            });
        }
    });
}

#[track_caller]
fn passed(passes: &BTreeMap<String, usize>, points: &[&str]) {
    for point in points {
        assert!(
            passes.contains_key(*point),
            "{point} was not passed: {passes:?}"
        );
    }
}

/// The points of an apply to a platform that has a state already.
const GROUPS: &[&str] = &[
    "group.announced",
    "group.before",
    "group.committed",
    "group.written",
    "log.frame.before",
    "log.frame.synced",
    "log.frame.torn",
    "log.frame.written",
    "platform.before",
    "platform.done",
    "sled.batch.applied",
    "sled.batch.before",
    "sled.flushed",
    "sled.opened",
    "sled.synced",
];

#[test]
fn a_first_apply_dies_anywhere() {
    let passes = die_everywhere(&estate::before(Platform::TestDir), &[]);
    passed(&passes, GROUPS);
    passed(&passes, &["log.started", "findings.written"]);
}

#[test]
fn changes_of_every_sort_die_anywhere() {
    let start = estate::before(Platform::TestDir);
    start.apply().expect(0);
    estate::change(&start);
    let passes = die_everywhere(&start, &[]);
    passed(&passes, GROUPS);
    passed(&passes, &["platform.renamed"]);
}

#[test]
fn taking_up_dies_anywhere() {
    let start = estate::before(Platform::TestDir);
    start.apply().expect(0);
    estate::change(&start);
    // A group of which a part was written.
    let kill = [("BURSAR_TESTKIT_KILL", "platform.done:12")];
    start
        .run_with(&["apply", "--auto-approve"], &kill)
        .expect_killed();
    assert!(start.snapshot().open_intents().len() > 1);
    let passes = die_everywhere(&start, &[]);
    passed(
        &passes,
        &["platform.find", "resume.asked", "resume.committed"],
    );
}

#[test]
fn local_dies_anywhere() {
    let start = estate::before(Platform::Local);
    die_everywhere(&start, &[]);
    start.apply().expect(0);
    estate::change(&start);
    die_everywhere(&start, &[]);
}

/// The log is folded into the base: at each apply, as a limit of one byte makes it.
#[test]
fn compaction_dies_anywhere() {
    let limit = [("BURSAR_TESTKIT_LOG_LIMIT", "1")];
    let start = estate::before(Platform::Local);
    start
        .run_with(&["apply", "--auto-approve"], &limit)
        .expect(0);
    estate::change(&start);
    let passes = die_everywhere(&start, &limit);
    passed(
        &passes,
        &[
            "base.before",
            "base.written",
            "base.renamed",
            "history.closed",
            "history.rotated",
        ],
    );
}
