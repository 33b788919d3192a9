//! Death at every point of an apply: the next one writes a workbook that is whole and right.

use std::collections::BTreeSet;

use crate::book::Book;
use crate::estate::{Estate, drifted, names};

/// Loaded, changed in every way, and not applied.
fn changed() -> Estate {
    let estate = Estate::loaded();
    estate.by_hand(|book| {
        let cells = [
            ("Cost Center Name", "Made by hand"),
            ("Cost Center Code", "HAND"),
        ];
        book.add("Cost Centers", &cells);
    });
    estate.edit(
        "finance.yaml",
        "  CC-120: {name: Platform, parent: BU-1}\n",
        "  CC-130: {name: New}\n",
    );
    estate.edit("finance.yaml", ", CC-120: {amount: 700, currency: BRL}", "");
    estate.edit("finance.yaml", "name: Payments", "name: Pay");
    estate.edit("accounts.yaml", "CC-120: 60", "CC-130: 60");
    estate.edit(
        "accounts.yaml",
        "name: Shop, cost_center: CC-110",
        "name: Shop",
    );
    estate
}

fn end(estate: &Estate) -> (Book, Vec<String>, String) {
    let plan = estate.planned();
    assert_eq!(plan["changes"], serde_json::json!([]));
    assert_eq!(plan["document"]["unwritten"], false);
    assert_eq!(drifted(&plan), Vec::<String>::new());
    (
        estate.upload(),
        names(&plan, "leaving"),
        estate.read("onicloud/checklist.md"),
    )
}

#[test]
fn death_anywhere_is_made_good_by_the_next_apply() {
    let start = changed();
    let whole = Estate(start.0.copy());
    let counts = whole.path("counts");
    let now = ("BURSAR_NOW", "2026-11-21T12:00:00Z");
    let apply = ["apply", "--offline", "--auto-approve"];
    let counted = [now, ("BURSAR_TESTKIT_COUNT", counts.to_str().unwrap())];
    whole.0.run_with(&apply, &counted).expect(0);
    let lines = std::fs::read_to_string(&counts).unwrap();
    std::fs::remove_file(&counts).unwrap();
    let points: BTreeSet<&str> = lines.lines().collect();
    for point in [
        "group.announced",
        "platform.done",
        "group.committed",
        "onicloud.agreed",
        "onicloud.uploaded",
        "onicloud.listed",
    ] {
        assert!(points.contains(point), "{point} is not passed: {points:?}");
    }
    let expected = end(&whole);
    assert_eq!(expected.1, ["cost_center/CC-120", "budget/CC-120/FY2027"]);
    for point in points {
        let passed = lines.lines().filter(|line| *line == point).count();
        // The first, and one in the midst.
        for pass in BTreeSet::from([1, passed.div_ceil(2)]) {
            let estate = Estate(start.0.copy());
            let kill = format!("{point}:{pass}");
            estate
                .0
                .run_with(&apply, &[now, ("BURSAR_TESTKIT_KILL", &kill)])
                .expect_killed();
            estate.0.run_with(&apply, &[now]).expect(0);
            assert_eq!(end(&estate), expected, "after {kill}");
            estate.carry();
            assert_eq!(
                names(&estate.planned(), "waiting"),
                Vec::<String>::new(),
                "after {kill}"
            );
        }
    }
}
