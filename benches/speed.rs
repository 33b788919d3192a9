//! How fast bursar is, as ratios in one run: against a bare event scan of the same bytes on one
//! thread, and against Terraform with as many `terraform_data` resources where it is on the PATH.
//!
//! `cargo bench --locked --bench speed` prints a table; `-- million` adds a million accounts and
//! `-- terraform` the slow comparison. Not a test: numbers are for people to judge.

#[path = "estate.rs"]
mod estate;
#[path = "measure.rs"]
mod measure;
#[path = "terraform.rs"]
mod terraform;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use measure::{BURSAR, bursar, median, peak, row, timed, written};

const RUNS: usize = 7;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if let [command, folder] = words.as_slice()
        && command == "scan"
    {
        scan(Path::new(folder));
        return;
    }
    let has = |word: &str| words.iter().any(|given| given == word);
    let top = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    println!("| what | median | limit | ratio |\n| --- | --- | --- | --- |");
    start(&top);
    first_apply(&top, 10_000);
    plans(&top, "100,000 accounts, 100 files", 100_000, 100, 1.25);
    plans(&top, "100,000 accounts, 1 file", 100_000, 1, 2.0);
    one_change(&top);
    if has("million") {
        linear(&top);
    }
    if has("terraform") {
        terraform::compare(&top, BURSAR);
    }
}

/// The estate of that size, written once.
fn prepared(top: &Path, accounts: usize, files: usize) -> PathBuf {
    let folder = top.join(format!("{accounts}-{files}"));
    if !folder.join("bursar.yaml").exists() {
        estate::write(&folder, accounts, files).expect("the estate can be written");
    }
    folder
}

fn apply(folder: &Path) -> Duration {
    timed(&mut bursar(
        folder,
        &["apply", "--offline", "--auto-approve"],
    ))
}

fn plan(folder: &Path) -> Duration {
    timed(&mut bursar(folder, &["plan", "--offline"]))
}

/// One thread, nothing but events.
fn scan_command(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.arg("scan").arg(folder).stdout(Stdio::null());
    command
}

fn scan(folder: &Path) {
    let mut events = 0usize;
    let mut queue = vec![folder.to_path_buf()];
    while let Some(path) = queue.pop() {
        if path.is_dir() {
            let inside = fs::read_dir(&path).expect("the folder can be read");
            queue.extend(
                inside
                    .flatten()
                    .map(|entry| entry.path())
                    .filter(|path| !path.ends_with(".bursar")),
            );
        } else if path.extension().is_some_and(|kind| kind == "yaml") {
            let text = fs::read_to_string(&path).expect("the file can be read");
            let mut parser = saphyr_parser::Parser::new_from_str(&text);
            while let Some(event) = parser.next_event() {
                event.expect("the file is YAML");
                events += 1;
            }
        }
    }
    println!("{events}");
}

/// A plan without changes, against the scan, in turn.
fn plans(top: &Path, what: &str, accounts: usize, files: usize, limit: f64) {
    let folder = prepared(top, accounts, files);
    apply(&folder);
    let (mut plans, mut scans) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        scans.push(timed(&mut scan_command(&folder)));
        plans.push(plan(&folder));
    }
    let (plan, scan) = (median(plans), median(scans));
    row(&format!("event scan, {what}"), scan, "", "1.00");
    let ratio = plan.as_secs_f64() / scan.as_secs_f64();
    row(
        &format!("plan without changes, {what}"),
        plan,
        &format!("{limit:.2} scans"),
        &format!("{ratio:.2}"),
    );
    println!(
        "| its peak memory | {} MB | 300 MB | |",
        peak(&mut bursar(&folder, &["plan", "--offline"])) / 1000
    );
}

fn one_change(top: &Path) {
    let folder = prepared(top, 100_000, 100);
    apply(&folder);
    let file = folder.join("estate/teams/team-0000.yaml");
    let before = fs::read_to_string(&file).expect("the file can be read");
    let (mut plans, mut applies) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        plans.push(plan(&folder));
        let after = before.replacen("name: Account 0 of", &format!("name: Changed {run} of"), 1);
        fs::write(&file, after).expect("the file can be written");
        applies.push(apply(&folder));
    }
    // The same account again and again is the worst: sled writes a page anew with its tenth change.
    let mut bytes = Vec::new();
    for run in 0..24 {
        let after = before.replacen("name: Account 0 of", &format!("name: Written {run} of"), 1);
        fs::write(&file, after).expect("the file can be written");
        bytes.push(written(&mut bursar(
            &folder,
            &["apply", "--offline", "--auto-approve"],
        )));
    }
    fs::write(&file, before).expect("the file can be written");
    timed(&mut bursar(
        &folder,
        &["apply", "--offline", "--auto-approve"],
    ));
    let (plan, apply) = (median(plans), median(applies));
    let ratio = apply.as_secs_f64() / plan.as_secs_f64();
    row(
        "one change among 100,000 applied",
        apply,
        "1.15 plans",
        &format!("{ratio:.2}"),
    );
    println!(
        "| the most that one of 24 such applies wrote | {} kB | 65 kB | |",
        bytes.iter().max().unwrap_or(&0) / 1000
    );
}

/// A first apply: everything is new, and durable when it ends.
fn first_apply(top: &Path, accounts: usize) {
    let folder = prepared(top, accounts, 100);
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let _ = fs::remove_dir_all(folder.join(".bursar"));
        times.push(apply(&folder));
    }
    row(
        "first apply of 10,000 accounts",
        median(times),
        "600 ms",
        "",
    );
}

fn linear(top: &Path) {
    let small = prepared(top, 100_000, 100);
    let large = prepared(top, 1_000_000, 100);
    apply(&large);
    let small = median((0..RUNS).map(|_| plan(&small)).collect());
    let large = median((0..3).map(|_| plan(&large)).collect());
    let ratio = large.as_secs_f64() / small.as_secs_f64();
    row(
        "plan without changes, 1,000,000 accounts",
        large,
        "10 times 100,000",
        &format!("{ratio:.1}"),
    );
}

/// The quickstart, from start to end.
fn start(top: &Path) {
    let folder = top.join("quickstart");
    let _ = fs::remove_dir_all(&folder);
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart"),
        &folder,
    );
    apply(&folder);
    let times = (0..20).map(|_| plan(&folder)).collect();
    row("plan of the quickstart", median(times), "30 ms", "");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from)
        .expect("the folder can be read")
        .flatten()
    {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
