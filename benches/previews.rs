//! What a preview of a large estate costs, against a plan of the same in the same run: a team's repository, its
//! state in a bucket on this machine, a stand-in for GitHub.
//!
//! `cargo bench --locked --bench previews` prints a table. Not a test: numbers are for people to judge.
#![allow(dead_code, unused_imports, reason = "a team does more in the tests")]

#[path = "../tests/ci_runs/aws.rs"]
mod aws;
mod estate;
#[path = "../tests/support/github/mod.rs"]
mod github;
#[path = "../tests/support/sandbox.rs"]
mod sandbox;
#[path = "../tests/support/stand/mod.rs"]
mod stand;
#[path = "../tests/ci_runs/team.rs"]
mod team;
#[path = "../tests/support/tools.rs"]
mod tools;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use team::{Team, account};

const ACCOUNTS: usize = 100_000;

/// Time and peak memory in MB.
fn measured(mut command: Command) -> (Duration, u64) {
    let start = Instant::now();
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(child.wait().unwrap().success());
    (start.elapsed(), peak / 1000)
}

fn main() {
    let team = Team::new("large");
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    estate::write(&team.project(), ACCOUNTS, 100).unwrap();
    let payers = "  payers: {aws_role: {role_name: BursarReader, external_id: bench-1}}\n";
    let settings = format!("{settings}{payers}structure: {{currency: USD}}\n");
    team.write(&[("bursar.yaml", &settings)]);
    team.commit("All");
    let event = serde_json::json!({});
    let plain = |checkout: &Path, args: &[&str], event: &Value| {
        team.step(checkout, args, "schedule", event, &[]).0
    };
    let checkout = team.checkout("refs/heads/main", None);
    let first = ["apply", "--offline", "--auto-approve"];
    measured(plain(&checkout, &first, &event));
    println!("| what | time | peak |\n| --- | --- | --- |");
    for new in [1, 1000] {
        let more: String = (0..new)
            .map(|at| {
                account(
                    &format!("{}", 310_000_000_000_u64 + at),
                    &format!("New {at}"),
                )
            })
            .map(|text| text.replace("accounts:\n", ""))
            .collect();
        let file = format!("accounts:\n{more}");
        let number = team.propose(&format!("new-{new}"), &[("estate/new.yaml", &file)]);
        let reference = team.merge_ref(number);
        let checkout = team.checkout(&reference, None);
        let pull = team.github.world().pull_event(number, "synchronize");
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        let mut peaks = [0; 3];
        for _ in 0..5 {
            let based = ["plan", "--offline", "--base", "origin/main"];
            for (at, command) in [
                plain(&checkout, &["plan", "--offline"], &event),
                plain(&checkout, &based, &event),
                team.step(
                    &checkout,
                    &["ci", "plan", "--offline"],
                    "pull_request",
                    &pull,
                    &[],
                )
                .0,
            ]
            .into_iter()
            .enumerate()
            {
                let (time, peak) = measured(command);
                times[at].push(time);
                peaks[at] = peaks[at].max(peak);
            }
        }
        let median = times.map(|mut times| {
            times.sort();
            times[times.len() / 2]
        });
        let names = ["plan", "plan --base", "ci plan"];
        for ((name, time), peak) in names.iter().zip(median).zip(peaks) {
            println!(
                "| {name}, {new} new | {:.2} s | {peak} MB |",
                time.as_secs_f64()
            );
        }
        let ratio = median[2].as_secs_f64() / median[0].as_secs_f64();
        println!("| ci plan : plan, {new} new | {ratio:.2}, limit 4 | |");
    }
}
