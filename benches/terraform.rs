//! Terraform beside bursar: as many `terraform_data` resources as accounts, local state, no
//! provider to download. Says so where terraform is not on the PATH.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Plans and applies 1,000 resources with both.
pub fn compare(top: &Path, bursar: &str) {
    const COUNT: usize = 1_000;
    if Command::new("terraform")
        .arg("version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_err()
    {
        println!("| terraform is not on the PATH: not compared | | | |");
        return;
    }
    let folder = top.join(format!("terraform-{COUNT}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    fs::write(folder.join("main.tf"), resources(COUNT)).expect("the file can be written");
    run(&folder, &["init", "-input=false"]);
    let apply = run(&folder, &["apply", "-auto-approve", "-input=false"]);
    let plan = run(&folder, &["plan", "-input=false"]);
    let estate = top.join(format!("{COUNT}-100"));
    super::estate::write(&estate, COUNT, 100).expect("the estate can be written");
    let _ = fs::remove_dir_all(estate.join(".bursar"));
    let ours = |arguments: &[&str]| {
        let start = Instant::now();
        let status = Command::new(bursar)
            .arg("-C")
            .arg(&estate)
            .args(arguments)
            .stdout(Stdio::null())
            .status();
        assert!(status.expect("bursar starts").success());
        start.elapsed()
    };
    let our_apply = ours(&["apply", "--offline", "--auto-approve"]);
    let our_plan = ours(&["plan", "--offline"]);
    row(
        "terraform plan, 1,000 resources",
        plan,
        "bursar plan, 1,000 accounts",
        our_plan,
    );
    row(
        "terraform first apply, 1,000 resources",
        apply,
        "bursar first apply, 1,000 accounts",
        our_apply,
    );
}

fn row(what: &str, time: Duration, ours: &str, our_time: Duration) {
    let ratio = our_time.as_secs_f64() / time.as_secs_f64();
    println!("| {what} | {:.1} ms | | |", time.as_secs_f64() * 1000.0);
    println!(
        "| {ours} | {:.1} ms | 1 | {ratio:.4} |",
        our_time.as_secs_f64() * 1000.0
    );
}

fn run(folder: &Path, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    let status = Command::new("terraform")
        .arg(format!("-chdir={}", folder.display()))
        .args(arguments)
        .stdout(Stdio::null())
        .status();
    assert!(
        status.expect("terraform starts").success(),
        "terraform {arguments:?} failed"
    );
    start.elapsed()
}

fn resources(count: usize) -> String {
    let mut text = String::new();
    for at in 0..count {
        let _ = writeln!(
            text,
            "resource \"terraform_data\" \"a{at}\" {{\n  input = {{ name = \"Account {at}\", owner = \"team-{}\", cost_center = \"CC-{:05}\" }}\n}}",
            at % 997,
            at % 100
        );
    }
    text
}
