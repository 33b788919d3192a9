//! A platform that refuses, loses its answers, or is slow.

use std::collections::BTreeMap;

use bursar::model::address::Address;
use serde_json::Value;

use crate::converged::{self, Expected};
use crate::estate;
use crate::sandbox::{Platform, Said, Sandbox};

/// The second project upon the first, and what comes of it where nothing goes wrong.
fn changed() -> (Sandbox, Expected) {
    let start = estate::before(Platform::TestDir);
    start.apply().expect(0);
    estate::change(&start);
    let whole = start.copy();
    whole.apply().expect(0);
    (start, Expected::of(&whole))
}

/// Result and message of each change.
fn results(said: &Said) -> BTreeMap<String, (String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let document = said.json();
    let changes = document["changes"].as_array().unwrap();
    changes
        .iter()
        .map(|change| {
            let result = (text(&change["result"]).unwrap(), text(&change["message"]));
            (text(&change["address"]).unwrap(), result)
        })
        .collect()
}

fn with(results: &BTreeMap<String, (String, Option<String>)>, result: &str) -> Vec<String> {
    let all = results.iter().filter(|(_, (found, _))| found == result);
    all.map(|(address, _)| address.clone()).collect()
}

const APPLY: &[&str] = &["apply", "--auto-approve", "--json"];

#[test]
fn a_refusal_stops_only_what_depends_on_it() {
    let sandbox = estate::before(Platform::TestDir);
    let whole = sandbox.copy();
    whole.apply().expect(0);
    let refuse = [("BURSAR_TESTKIT_REFUSE", "payer/aws/111122223333")];
    let said = sandbox.run_with(APPLY, &refuse).expect(1);
    let results = results(&said);
    assert_eq!(with(&results, "failed"), ["payer/aws/111122223333"]);
    assert_eq!(
        with(&results, "skipped"),
        [
            "account/aws/210987654321",
            "account/aws/210987654324",
            "account/aws/210987654325",
            "export/aws/111122223333/daily",
            "export/aws/111122223333/hourly",
        ]
    );
    let (_, why) = &results["export/aws/111122223333/daily"];
    assert_eq!(why.as_deref(), Some("payer/aws/111122223333 was not done"));
    let (_, why) = &results["payer/aws/111122223333"];
    assert!(
        why.as_deref()
            .unwrap()
            .contains("refused, as the test asked for")
    );
    let document = said.json();
    assert_eq!(document["not_done"], 6);
    assert_eq!(document["done"], results.len() - 6);
    assert_eq!(sandbox.records().len(), results.len() - 6);
    assert!(
        sandbox.snapshot().open_intents().is_empty(),
        "a refusal leaves no doubt"
    );

    let text = sandbox
        .run_with(&["apply", "--auto-approve"], &refuse)
        .expect(1);
    assert!(text.out.contains("Applied 0 of 6"), "{}", text.out);
    assert!(text.out.contains("payer/aws/111122223333"), "{}", text.out);
    converged::converges(&sandbox, &Expected::of(&whole), &[]);
}

#[test]
fn what_follows_a_refused_rename_keeps_the_old_name() {
    let (sandbox, expected) = changed();
    let refuse = [("BURSAR_TESTKIT_REFUSE", "cost_center/CC-20")];
    let said = sandbox.run_with(APPLY, &refuse).expect(1);
    let results = results(&said);
    assert_eq!(with(&results, "failed"), ["cost_center/CC-20"]);
    assert!(with(&results, "skipped").contains(&"budget/CC-20/FY2027".to_owned()));
    let records = sandbox.records();
    let address = |text: &str| Address::parse(text).unwrap();
    assert!(records.contains_key(&address("cost_center/CC-2")));
    assert!(records.contains_key(&address("budget/CC-2/FY2027")));
    assert!(
        records.contains_key(&address("organization/acme")),
        "the rest went on"
    );
    converged::converges(&sandbox, &expected, &[]);
}

#[test]
fn what_cannot_follow_is_told() {
    let (sandbox, expected) = changed();
    // It only follows the renames of its organization's credential.
    let refuse = [("BURSAR_TESTKIT_REFUSE", "recommendations/acme")];
    let said = sandbox.run_with(APPLY, &refuse).expect(1);
    let results = results(&said);
    assert_eq!(
        with(&results, "failed"),
        ["recommendations/acme"],
        "{}",
        said.out
    );
    converged::converges(&sandbox, &expected, &[]);
}

#[test]
fn lost_answers_are_asked_for() {
    let (start, expected) = changed();
    for variable in ["BURSAR_TESTKIT_LOSE_DONE", "BURSAR_TESTKIT_LOSE_UNDONE"] {
        for lost in ["credential/", "payer/", "account/aws", "cost_center/", "/"] {
            let sandbox = start.copy();
            let said = sandbox.run_with(APPLY, &[(variable, lost)]).expect(1);
            let failed = with(&results(&said), "failed");
            assert!(!failed.is_empty());
            let open = sandbox.snapshot().open_intents().len();
            assert!(open >= failed.len(), "what is not known stays announced");

            let plan = sandbox.run(&["plan"]).expect(0);
            assert!(
                plan.out.contains("an apply was interrupted"),
                "{}",
                plan.out
            );
            let again = sandbox.apply().expect(0);
            let told = if variable.ends_with("UNDONE") {
                0
            } else {
                open
            };
            let told = format!("took up an interrupted apply: {told} of {open} announced");
            assert!(again.err.contains(&told), "{told}\n{}", again.err);
            converged::check(&sandbox, &expected);
        }
    }
}

/// Most writes under way at once, and every write's place in the order of begins and ends.
fn flights(sandbox: &Sandbox) -> (usize, BTreeMap<String, (usize, usize)>) {
    let log = std::fs::read_to_string(sandbox.platform_folder().join("flight.log")).unwrap();
    let (mut now, mut most) = (0, 0);
    let mut times: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (at, line) in log.lines().enumerate() {
        let (what, address) = line.split_once(' ').unwrap();
        match what {
            "begin" => {
                now += 1;
                times.insert(address.to_owned(), (at, usize::MAX));
            }
            _ => {
                now -= 1;
                times.get_mut(address).unwrap().1 = at;
            }
        }
        most = most.max(now);
    }
    (most, times)
}

#[test]
fn independent_writes_run_side_by_side_and_dependent_ones_do_not() {
    for (parallelism, most) in [("1", 1), ("3", 3)] {
        let sandbox = estate::before(Platform::TestDir);
        let args = ["apply", "--auto-approve", "--parallelism", parallelism];
        let slow = [("BURSAR_TESTKIT_LATENCY_MS", "20")];
        sandbox.run_with(&args, &slow).expect(0);
        let (found, times) = flights(&sandbox);
        assert_eq!(found, most);
        let chain = [
            "credential/ci",
            "credential/payers",
            "organization/core",
            "payer/aws/111122223333",
            "account/aws/210987654321",
        ];
        for pair in chain.windows(2) {
            let (_, ended) = times[pair[0]];
            let (begun, _) = times[pair[1]];
            assert!(ended < begun, "{} had to wait for {}", pair[1], pair[0]);
        }
    }
}
