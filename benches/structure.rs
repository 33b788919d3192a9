//! How fast the financial structure is: 100,000 accounts with timelines on 10,000 cost centres
//! compared beyond reading them, and a workbook of 100,000 workspaces written and read back.
//!
//! `cargo bench --locked --bench structure` prints a table against the stated limits. Not a test:
//! numbers are for people to judge.

#[path = "estate.rs"]
mod estate;
#[path = "measure.rs"]
mod measure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bursar::config::project::{self, Surroundings};
use bursar::model::time::Month;
use bursar::workbook::compare::compare;
use bursar::workbook::read::read;
use bursar::workbook::{Sheets, Stamp, write};

use measure::{bursar, median, peak, row, timed};

const ACCOUNTS: usize = 100_000;
const RUNS: usize = 7;
const BEYOND_READING: Duration = Duration::from_millis(300);

fn main() {
    let top = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    println!("| what | median | limit | ratio |\n| --- | --- | --- | --- |");
    plan(&timelines(&top));
    workbook(&plain(&top));
    sheets(&plain(&top));
}

/// An estate whose accounts have one cost centre each: one row of Workspaces an account.
fn plain(top: &Path) -> PathBuf {
    let folder = top.join("workspaces");
    if !folder.join(".git").exists() {
        estate::write(&folder, ACCOUNTS, 100).expect("the estate can be written");
        git(&folder, &["init", "--quiet"]);
        git(&folder, &["add", "--all"]);
        git(&folder, &["commit", "--quiet", "--message", "bench"]);
    }
    folder
}

/// An estate whose accounts all move to another cost centre some day.
fn timelines(top: &Path) -> PathBuf {
    let folder = top.join("timelines");
    if folder.join("bursar.yaml").exists() {
        return folder;
    }
    estate::write(&folder, ACCOUNTS, 100).expect("the estate can be written");
    for file in 0..100 {
        let path = folder.join(format!("estate/teams/team-{file:04}.yaml"));
        let text = fs::read_to_string(&path).expect("the file can be read");
        let moved: String = text.lines().map(moving).collect();
        fs::write(&path, moved).expect("the file can be written");
    }
    folder
}

/// An account's line, with a timeline for its cost centre.
fn moving(line: &str) -> String {
    let account = line
        .split_once(", cost_center: ")
        .and_then(|(before, rest)| Some((before, rest.split_once(", owner: ")?)));
    match account {
        Some((before, (code, rest))) => format!(
            "{before}, cost_center: [{code}, {{from: \"2027-01\", cost_center: CC-00010}}], owner: {rest}\n"
        ),
        None => format!("{line}\n"),
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args([
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@acme.example",
        ])
        .args(arguments)
        .status();
    assert!(status.expect("git starts").success(), "git {arguments:?}");
}

/// A plan beyond reading: against `validate`, which reads and judges the same files. First nothing
/// differs, then the thousand accounts of one file move to another cost centre.
fn plan(folder: &Path) {
    timed(&mut bursar(
        folder,
        &["apply", "--offline", "--auto-approve"],
    ));
    beyond(
        folder,
        "100,000 accounts with timelines compared, none differs",
    );
    let file = folder.join("estate/teams/team-0000.yaml");
    let before = fs::read_to_string(&file).expect("the file can be read");
    let after = before.replace("cost_center: CC-00010", "cost_center: CC-00011");
    assert_ne!(before, after, "the accounts move");
    fs::write(&file, after).expect("the file can be written");
    beyond(folder, "the same, 1,000 accounts move");
    fs::write(&file, before).expect("the file can be written");
}

fn beyond(folder: &Path, what: &str) {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let reading = timed(&mut bursar(folder, &["validate"]));
        let plan = timed(&mut bursar(
            folder,
            &["plan", "--offline", "--override-guard"],
        ));
        times.push(plan.saturating_sub(reading));
    }
    within(what, median(times), BEYOND_READING);
}

/// Written by `structure export` and read by `structure import`, each from start to end: the YAML is
/// read too, and for the import twice.
fn workbook(folder: &Path) {
    let limit = Duration::from_secs(5);
    let commands: [(&str, &[&str]); 2] = [
        (
            "a workbook of 100,000 workspaces exported",
            &["structure", "export", "finance.xlsx", "--force"],
        ),
        (
            "read back and compared three ways",
            &["structure", "import", "finance.xlsx"],
        ),
    ];
    for (what, command) in commands {
        let times = (0..3)
            .map(|_| timed(&mut bursar(folder, command)))
            .collect();
        within(what, median(times), limit);
        let peak = peak(&mut bursar(folder, command)) / 1000;
        println!("| its peak memory | {peak} MB | 500 MB | |");
    }
}

/// The parts of it, in this program.
fn sheets(folder: &Path) {
    let project = project::load(folder, &Surroundings::default());
    let month = Month::new(2026, 11).expect("a month");
    let sheets = Sheets::of(&project.estate, month);
    let start = Instant::now();
    let bytes = write(&sheets, &Stamp::default()).expect("it fits into a workbook");
    row("its sheets written", start.elapsed(), "", "");
    let start = Instant::now();
    let found = read(&bytes, &project.settings().structure).expect("it is a workbook");
    row("its sheets read", start.elapsed(), "", "");
    let start = Instant::now();
    let compared = compare(&found, &sheets, &sheets);
    let elapsed = start.elapsed();
    assert!(compared.edits.is_empty(), "nothing was edited");
    within("its sheets compared three ways", elapsed, BEYOND_READING);
}

fn within(what: &str, median: Duration, limit: Duration) {
    let ratio = median.as_secs_f64() / limit.as_secs_f64();
    row(
        what,
        median,
        &format!("{} ms", limit.as_millis()),
        &format!("{ratio:.2}"),
    );
}
