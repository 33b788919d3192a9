//! Death at random instants, more than once in a row.

use std::time::{Duration, Instant};

use crate::converged::{self, Expected};
use crate::estate;
use crate::failpoints::in_parallel;
use crate::sandbox::{Platform, Sandbox};

/// A small generator of its own: a failure is found again by its seed alone.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}

/// `BURSAR_TEST_SEED` repeats a run.
fn seed() -> u64 {
    let given = std::env::var("BURSAR_TEST_SEED").ok();
    let seed = given
        .map(|text| text.parse().expect("BURSAR_TEST_SEED is a number"))
        .unwrap_or_else(|| {
            let now = std::time::SystemTime::now();
            let age = now.duration_since(std::time::UNIX_EPOCH).unwrap();
            age.as_secs() ^ u64::from(age.subsec_nanos()) << 20
        });
    println!("BURSAR_TEST_SEED={seed}");
    seed
}

/// Starts an apply and kills it after a while, if it has not ended by then.
fn kill_after(sandbox: &Sandbox, delay: Duration) {
    let mut command = sandbox.bursar(&["apply", "--auto-approve"]);
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
}

fn die_at_random(platform: Platform, runs: u64) {
    let first = estate::before(platform);
    let second = first.copy();
    second.apply().expect(0);
    estate::change(&second);
    let starts = [first, second].map(|start| {
        let whole = start.copy();
        let begun = Instant::now();
        whole.apply().expect(0);
        let usual = begun.elapsed();
        converged::check(&whole, &Expected::of(&whole));
        (start, Expected::of(&whole), usual)
    });
    let seed = seed();
    let all: Vec<u64> = (0..runs).collect();
    in_parallel(&all, |run| {
        let mut random = Random(seed.wrapping_add(*run << 32));
        let (start, expected, usual) = &starts[random.below(2) as usize];
        let sandbox = start.copy();
        for _ in 0..=random.below(3) {
            let within = u64::try_from(usual.as_micros()).unwrap();
            kill_after(
                &sandbox,
                Duration::from_micros(random.below(within * 11 / 10)),
            );
        }
        converged::converges(&sandbox, expected, &[]);
    });
}

#[test]
fn the_local_register_dies_at_random() {
    die_at_random(Platform::Local, 120);
}

#[test]
fn a_platform_s_register_dies_at_random() {
    die_at_random(Platform::TestDir, 120);
}
