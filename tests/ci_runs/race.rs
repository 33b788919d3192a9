//! Runs that meet, and runs that die.

use std::time::{Duration, Instant};

use crate::sandbox::Platform;
use crate::team::{How, Team, account};

/// A lease that ends soon after its holder died.
const SOON: (&str, &str) = ("BURSAR_TESTKIT_LEASE_MS", "2000");

fn merged(team: &Team) -> u64 {
    team.apply().expect(0);
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    team.plan(number).expect(0);
    team.merge(number, How::Merge);
    number
}

#[test]
fn a_run_that_meets_another_says_who_it_is_or_waits_until_it_is_done() {
    let team = Team::new("race");
    let number = merged(&team);
    let here = team.sandbox.folder().join("paused");
    let pause = format!("shared.commit.before:1={}", here.display());
    let checkout = team.checkout("refs/heads/main", None);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            team.apply_in(
                &checkout,
                &[],
                &[("BURSAR_TESTKIT_PAUSE", &pause), ("GITHUB_ACTOR", "first")],
            )
        });
        let began = Instant::now();
        while !here.exists() {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "the first run never came to its commit"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        let locked = team.apply_with(&["--wait", "0"], &[]).expect(4);
        assert_eq!(locked.output("failure-reason"), "state-locked");
        let info: serde_json::Value = serde_json::from_str(locked.output("lock-info")).unwrap();
        assert!(info["by"].as_str().unwrap().starts_with("first@"), "{info}");
        assert!(
            info["by"].as_str().unwrap().contains("/actions/runs/"),
            "{info}"
        );
        assert_eq!(info["command"], "ci apply");
        assert!(info["lease"].is_string(), "{info}");
        let waits = scope.spawn(|| team.apply_with(&["--wait", "2"], &[]));
        std::thread::sleep(Duration::from_secs(3));
        assert!(!waits.is_finished());
        std::fs::remove_file(&here).unwrap();
        let first = first.join().unwrap().expect(0);
        assert!(
            first
                .said
                .out
                .contains(&format!("1 previewed in #{number}")),
            "{first:#?}"
        );
        let second = waits.join().unwrap().expect(0);
        assert!(
            second.said.err.contains("waiting up to 2 minutes"),
            "{second:#?}"
        );
        assert!(second.said.out.contains("Nothing to do"), "{second:#?}");
    });
}

#[test]
fn the_work_of_a_runner_that_died_is_taken_up_by_the_next() {
    for point in [
        "group.announced:1",
        "platform.done:1",
        "group.written:1",
        "shared.commit.uploaded:1",
    ] {
        let prefix = format!("killed-{}", point.replace([':', '.'], "-"));
        let team = Team::on(Platform::TestDir, &prefix);
        merged(&team);
        let dead = team.apply_with(&[], &[SOON, ("BURSAR_TESTKIT_KILL", point)]);
        assert_eq!(dead.said.code, None, "{point}: {dead:#?}");
        let next = team.apply_with(&[], &[SOON]).expect(0);
        let registered = team.sandbox.registrations();
        let shop = registered
            .iter()
            .find(|(address, _)| address.as_str().ends_with("210987654322"));
        let (_, shop) = shop.unwrap_or_else(|| panic!("{point}: {registered:#?} {next:#?}"));
        assert_eq!(shop.writes, 1, "{point}: it was registered twice");
        let again = team.apply().expect(0);
        assert!(
            again.said.out.contains("Nothing to do"),
            "{point}: {again:#?}"
        );
    }
}
