//! A daily check: one issue about what is broken, closed when it is mended; and a daily apply that finishes
//! what waited.

use crate::team::{How, Team, account};

fn demand(team: &Team, require: &str) {
    let path = team.project().join("bursar.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("access:"))
        .unwrap();
    let text = text.replace(line, &format!("access: {{require: {require}}}"));
    team.write(&[("bursar.yaml", &text)]);
    team.commit("Access");
}

#[test]
fn one_issue_is_opened_when_access_breaks_and_closed_when_it_is_mended() {
    let team = Team::new("check");
    let owned = crate::team::ESTATE.replace("name: Shop}", "name: Shop, owner: team-shop}");
    team.write(&[("estate/core.yaml", &owned)]);
    team.commit("Owned");
    team.apply().expect(0);
    demand(&team, "pass");
    let run = team.check(&[], &[]).expect(1);
    assert_eq!(run.output("failure-reason"), "access");
    let issues: Vec<_> = team.github.world().issues.values().cloned().collect();
    assert_eq!(issues.len(), 1, "{issues:#?}");
    let body = &issues[0].body;
    assert!(
        body.contains("credential/ci") && body.contains("What to do"),
        "{body}"
    );
    assert!(body.contains("Owned by**: team-shop"), "{body}");
    assert_eq!(issues[0].labels, ["bursar"]);
    // Again: the same issue.
    team.check(&[], &[]).expect(1);
    assert_eq!(team.github.world().issues.len(), 1);
    // Nothing is declared any more that could not be read.
    let waived = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap()
        + "waive: [{check: aws.identity, for: 'credential/*', reason: moved, until: 2027-01-01}]\n";
    team.write(&[("bursar.yaml", &waived)]);
    team.commit("Waived");
    team.check(&[], &[]).expect(0);
    let issue = team.github.world().issues.values().next().unwrap().clone();
    assert!(!issue.open, "{issue:#?}");
    // It breaks again: the same issue is opened anew.
    team.write(&[("bursar.yaml", waived.split("waive:").next().unwrap())]);
    team.commit("No more");
    team.check(&[], &[]).expect(1);
    let world = team.github.world();
    assert_eq!(world.issues.len(), 1);
    assert!(world.issues.values().next().unwrap().open);
}

#[test]
fn a_later_run_finishes_what_waited_and_knows_who_had_previewed_it() {
    let team = Team::new("waited");
    team.apply().expect(0);
    demand(&team, "pass");
    let number = team.propose(
        "shop",
        &[(
            "estate/shop.yaml",
            &format!(
                "{}cost_centers:\n  shop: {{name: Shop}}\n",
                account("210987654322", "Shop two")
            ),
        )],
    );
    team.plan(number).expect(1);
    team.merge(number, How::Merge);
    let first = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(1);
    assert_eq!(first.output("failure-reason"), "blocked");
    assert!(
        team.comments(number)[1].contains("1 of 2 not applied"),
        "{:#?}",
        team.comments(number)
    );
    // The access is there now, or no longer asked for: the daily run goes on.
    demand(&team, "none");
    let daily = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(0);
    assert!(
        daily
            .said
            .out
            .contains(&format!("1 change: 1 previewed in #{number}")),
        "{daily:#?}"
    );
    assert!(
        team.comments(number)[1].contains("applied: 1 change"),
        "{:#?}",
        team.comments(number)
    );
}

#[test]
fn files_that_do_not_hold_are_told_and_nothing_is_asked() {
    let team = Team::new("unsound");
    team.apply().expect(0);
    team.write(&[("estate/wrong.yaml", &account("12", "Short"))]);
    team.commit("Wrong");
    for run in [team.check(&[], &[]), team.apply()] {
        let run = run.expect(1);
        assert_eq!(run.output("failure-reason"), "invalid");
        assert!(
            run.said
                .out
                .contains("::error file=estate/wrong.yaml,line=2,"),
            "{run:#?}"
        );
        assert!(
            run.summary.contains("1 error: nothing was")
                && run.summary.contains("estate/wrong.yaml:2"),
            "{run:#?}"
        );
    }
    assert!(team.github.world().issues.is_empty());
}
