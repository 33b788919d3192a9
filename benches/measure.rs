//! What the benchmarks share: running the release binary, its time and its memory, and a row of the
//! table.
#![allow(dead_code)] // Each benchmark uses a part.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub const BURSAR: &str = env!("CARGO_BIN_EXE_bursar");

pub fn row(what: &str, median: Duration, limit: &str, ratio: &str) {
    println!(
        "| {what} | {:.1} ms | {limit} | {ratio} |",
        median.as_secs_f64() * 1000.0
    );
}

pub fn bursar(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BURSAR);
    command
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stdin(Stdio::null());
    command
}

pub fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.status().expect("the command starts");
    let elapsed = start.elapsed();
    assert!(status.success(), "{command:?} failed");
    elapsed
}

pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Peak resident memory of a command, in kB.
pub fn peak(command: &mut Command) -> u64 {
    largest(command, "status", "VmHWM:")
}

/// Bytes that a command writes, what it prints included.
pub fn written(command: &mut Command) -> u64 {
    largest(command, "io", "wchar:")
}

/// The largest value of a line of `/proc/PID/file` while a command runs.
fn largest(command: &mut Command, file: &str, name: &str) -> u64 {
    let mut child = command.spawn().expect("the command starts");
    let path = format!("/proc/{}/{file}", child.id());
    let mut largest = 0;
    while child
        .try_wait()
        .expect("the command can be waited for")
        .is_none()
    {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        largest = largest.max(value.unwrap_or(0));
        std::thread::sleep(Duration::from_micros(500));
    }
    largest
}
