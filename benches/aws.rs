//! How fast AWS is asked: a payer with 2,000 accounts, each with a role of its own, behind a stand-in
//! that takes 20 ms for each answer.
//!
//! `cargo bench --locked --bench aws` prints a table against the stated limit of 10 seconds. It
//! installs the stand-ins (Python) like the tests do. Not a test: numbers are for people to judge.

#[path = "../tests/support/aws/mod.rs"]
mod aws;
#[path = "../tests/support/tools.rs"]
mod tools;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use aws::crowd::Crowd;
use aws::world::World;

const ACCOUNTS: usize = 2_000;
const LIMIT: Duration = Duration::from_secs(10);
const LATENCY: Duration = Duration::from_millis(20);
const RUNS: usize = 3;

fn main() {
    let mut world = World::good();
    Crowd::join(&mut world, ACCOUNTS);
    world.front.latency(LATENCY);
    let folder = tempfile::tempdir().expect("a folder can be made");
    println!("| what | median | limit | calls |\n| --- | --- | --- | --- |");
    measure(&world, folder.path(), "reached through the payer", |text| {
        text
    });
    measure(
        &world,
        folder.path(),
        "each with a role of its own",
        |text| {
            text.replace(
                "{organization: acme}",
                "{organization: acme, credentials: payers}",
            )
        },
    );
}

fn measure(world: &World, folder: &Path, what: &str, estate: impl Fn(String) -> String) {
    for (path, text) in world.files() {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).expect("a folder can be made");
        std::fs::write(path, estate(text)).expect("a file can be written");
    }
    let mut times = Vec::new();
    let mut calls = 0;
    for _ in 0..RUNS {
        world.front.forget_calls();
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_bursar"))
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder)
            .envs(world.environment())
            .args(["check", "--json"])
            .output()
            .expect("the program runs");
        times.push(start.elapsed());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        calls = world.front.calls().len();
    }
    times.sort();
    let median = times[RUNS / 2];
    println!(
        "| check of a payer with {ACCOUNTS} accounts, {what} | {:.2} s | {} s | {calls} |",
        median.as_secs_f64(),
        LIMIT.as_secs()
    );
}
