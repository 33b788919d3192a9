//! What a shared state costs, against an embedded one in the same run: 100,000 accounts, a server on this
//! machine, nothing kept between two runs.
//!
//! `cargo bench --locked --bench shared` prints a table. Not a test: numbers are for people to judge.

#[path = "../tests/shared_state/aws.rs"]
mod aws;
#[path = "estate.rs"]
mod estate;
#[path = "../tests/support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aws::client::Client;
use aws::ministack::{ACCOUNT, Ministack, ROOT_SECRET};
use aws::sigv4::Key;
use aws::web::runtime;

const ACCOUNTS: usize = 100_000;
const FILES: usize = 100;
const BUCKET: &str = "bench";
const RUNS: usize = 7;

fn main() {
    let top = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-shared");
    let _ = fs::remove_dir_all(&top);
    let server = Ministack::start();
    let key = Key {
        id: ACCOUNT.to_owned(),
        secret: ROOT_SECRET.to_owned(),
        token: None,
    };
    let client = Client::new(&server.url(), key);
    runtime()
        .block_on(async { client.s3("PUT", &format!("/{BUCKET}"), "").await })
        .ok();
    let url = server.url();

    let (embedded, shared) = (top.join("embedded"), top.join("shared"));
    for folder in [&embedded, &shared] {
        estate::write(folder, ACCOUNTS, FILES).expect("the estate can be written");
    }
    let settings = shared.join("bursar.yaml");
    let text = fs::read_to_string(&settings).expect("the settings can be read");
    let state = format!("state: {{s3: {{bucket: {BUCKET}, region: us-east-1}}}}\n");
    fs::write(&settings, text + &state).expect("the settings can be written");

    println!("| what | embedded | shared | limit | ratio |\n| --- | --- | --- | --- | --- |");
    let apply = &["apply", "--offline", "--auto-approve"][..];
    let plan = &["plan", "--offline"][..];
    let one = |folder: &Path, what: &[&str]| timed(folder, what, &url);
    row(
        "first apply of 100,000 accounts",
        one(&embedded, apply),
        one(&shared, apply),
        "",
    );
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        here.push(one(&embedded, plan));
        there.push(one(&shared, plan));
    }
    row(
        "plan without changes, 100,000 accounts",
        median(here),
        median(there),
        "2.00",
    );
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        for folder in [&embedded, &shared] {
            rename_one(folder, run);
        }
        here.push(one(&embedded, apply));
        there.push(one(&shared, apply));
    }
    row(
        "one change among 100,000 applied",
        median(here),
        median(there),
        "",
    );
}

/// Gives one account another name.
fn rename_one(folder: &Path, run: usize) {
    let estate = folder.join("estate/more.yaml");
    let text =
        format!("accounts:\n  '999999999999': {{organization: org-00, name: Changed {run}}}\n");
    fs::write(estate, text).expect("the file can be written");
}

fn timed(folder: &Path, arguments: &[&str], url: &str) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
    command
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("BURSAR_ENDPOINT_S3", url)
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", ROOT_SECRET)
        .stdout(Stdio::null())
        .stdin(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("the command starts");
    let elapsed = start.elapsed();
    assert!(status.success(), "{command:?} failed");
    elapsed
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn row(what: &str, embedded: Duration, shared: Duration, limit: &str) {
    let ratio = shared.as_secs_f64() / embedded.as_secs_f64();
    println!(
        "| {what} | {:.0} ms | {:.0} ms | {limit} | {ratio:.2} |",
        embedded.as_secs_f64() * 1000.0,
        shared.as_secs_f64() * 1000.0
    );
}
