//! From a branch to a registered account: preview, merge, apply; and what stops an apply.

use crate::team::{How, Team, account};

#[test]
fn a_branch_is_previewed_merged_and_registered_and_a_second_run_finds_nothing_to_do() {
    let team = Team::new("story");
    // The first apply is of commits that no pull request showed: it says so, and goes on.
    let first = team.apply().expect(0);
    assert_eq!(first.output("unpreviewed"), "4", "{first:#?}");

    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    let plan = team.plan(number).expect(0);
    assert_eq!(plan.output("changes"), "true");
    assert_eq!(plan.output("to-add"), "1");
    let comment = team.comment(number);
    assert!(
        comment.contains("### bursar `acme`: 1 to add, nothing deleted"),
        "{comment}"
    );
    assert!(comment.contains("account/aws/210987654322"), "{comment}");

    team.merge(number, How::Merge);
    let applied = team.apply().expect(0);
    assert!(
        applied
            .said
            .out
            .contains(&format!("1 change: 1 previewed in #{number}")),
        "{applied:#?}"
    );
    assert_eq!(applied.output("previewed"), "1");
    assert_eq!(applied.output("unpreviewed"), "0");
    assert_eq!(applied.output("failure-reason"), "");
    let comments = team.comments(number);
    assert_eq!(comments.len(), 2, "{comments:#?}");
    assert!(comments[1].contains("applied: 1 change"), "{}", comments[1]);

    let again = team.apply().expect(0);
    assert!(again.said.out.contains("Nothing to do"), "{again:#?}");
    assert_eq!(team.comments(number).len(), 2);
}

#[test]
fn two_merges_that_one_run_meets_are_told_apart_however_they_were_merged() {
    let team = Team::new("two");
    team.apply().expect(0);
    let one = team.propose(
        "one",
        &[("estate/one.yaml", &account("210987654322", "One"))],
    );
    let two = team.propose(
        "two",
        &[(
            "estate/two.yaml",
            &format!(
                "{}  '210987654324': {{organization: core, name: Four}}\n",
                account("210987654323", "Three")
            ),
        )],
    );
    team.plan(one).expect(0);
    team.plan(two).expect(0);
    team.merge(one, How::Squash);
    team.merge(two, How::Rebase);
    let applied = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(0);
    let told = format!("3 changes: 1 previewed in #{one}, 2 in #{two}");
    assert!(applied.said.out.contains(&told), "{applied:#?}");
}

#[test]
fn what_nobody_saw_is_named_and_stops_where_that_was_asked_for() {
    let team = Team::new("unseen");
    team.apply().expect(0);
    team.write(&[("estate/direct.yaml", &account("210987654322", "Direct"))]);
    team.commit("Pushed without a pull request");
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    assert_eq!(stopped.output("failure-reason"), "unpreviewed");
    assert!(
        stopped
            .said
            .out
            .contains("previewed nowhere: create account/aws/210987654322"),
        "{stopped:#?}"
    );
    // It stays unapplied, and another run may let it through.
    let applied = team.apply().expect(0);
    assert!(
        applied
            .said
            .out
            .contains("1 change: not previewed in any pull request"),
        "{applied:#?}"
    );
}

#[test]
fn a_removal_that_nobody_saw_always_stops() {
    let team = Team::new("removal");
    team.apply().expect(0);
    let core = crate::team::declaring("removed:\n  account/aws/210987654321: {action: delete}\n");
    team.write(&[("estate/core.yaml", &core)]);
    team.commit("Pushed without a pull request");
    let stopped = team.apply().expect(3);
    assert!(
        stopped
            .said
            .out
            .contains("previewed nowhere: delete account/aws/210987654321"),
        "{stopped:#?}"
    );
    assert!(stopped.said.err.contains("ci.unpreviewed"), "{stopped:#?}");
    // A pull request shows it, although it is not its own: then it may go.
    let number = team.propose("see", &[("estate/core.yaml", &format!("{core}# seen\n"))]);
    let plan = team.plan(number).expect(0);
    assert_eq!(plan.output("to-delete"), "0");
    assert_eq!(plan.output("from-before"), "1");
    // Nobody can merge it without having seen what else it lets go.
    let comment = team.comment(number);
    let (above, _) = comment.split_once("<details>").unwrap();
    for part in [
        "no changes; 1 more waited before, 1 removal among them",
        "[!CAUTION]",
        "- account/aws/210987654321",
    ] {
        assert!(above.contains(part), "{part}: {comment}");
    }
    team.merge(number, How::Merge);
    let applied = team.apply().expect(0);
    assert!(
        applied
            .said
            .out
            .contains(&format!("1 change: 1 previewed in #{number}")),
        "{applied:#?}"
    );
}

#[test]
fn a_preview_that_was_made_before_the_state_changed_counts_for_nothing() {
    let team = Team::new("moved");
    team.apply().expect(0);
    let rename = |name: &str| crate::team::ESTATE.replace("name: Shop", &format!("name: {name}"));
    let number = team.propose("rename", &[("estate/core.yaml", &rename("Store"))]);
    team.plan(number).expect(0);
    // Meanwhile somebody applies another name: what was previewed as Shop → Store is now Market → Store.
    team.write(&[("estate/core.yaml", &rename("Market"))]);
    team.laptop(&["apply", "--auto-approve"]).expect(0);
    team.git(&["checkout", "-q", "estate/core.yaml"]);
    team.merge(number, How::Merge);
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    assert!(
        stopped
            .said
            .out
            .contains("previewed nowhere: update account/aws/210987654321"),
        "{stopped:#?}"
    );
}

#[test]
fn a_run_that_was_overtaken_takes_nothing_back() {
    let team = Team::new("overtaken");
    team.apply().expect(0);
    let before = team.checkout("refs/heads/main", None);
    let rename = crate::team::ESTATE.replace("name: Shop", "name: Store");
    let number = team.propose("rename", &[("estate/core.yaml", &rename)]);
    team.plan(number).expect(0);
    team.merge(number, How::Merge);
    team.apply().expect(0);
    // The run of an older commit comes last.
    let older = team.checkout("refs/heads/main", None);
    team.git_in(&older, &["checkout", "-q", "HEAD~1"]);
    let late = team.apply_in(&older, &[], &[]).expect(0);
    assert!(
        late.said
            .out
            .contains("::notice title=bursar::a later commit was applied already"),
        "{late:#?}"
    );
    // A clone from before it knows nothing of that commit: what it would take back was shown nowhere.
    let late = team.apply_in(&before, &[], &[]).expect(3);
    assert!(
        late.said
            .out
            .contains("previewed nowhere: update account/aws/210987654321"),
        "{late:#?}"
    );
    let shown = team.laptop(&["show", "account/aws/210987654321"]).expect(0);
    assert!(shown.out.contains("Store"), "{shown:#?}");
}

#[test]
fn an_apply_in_a_shallow_clone_says_what_it_needs() {
    let team = Team::new("shallow");
    team.apply().expect(0);
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    team.plan(number).expect(0);
    team.merge(number, How::Merge);
    let checkout = team.checkout("refs/heads/main", Some(1));
    let run = team.apply_in(&checkout, &[], &[]).expect(1);
    assert!(run.said.err.contains("fetch-depth: 0"), "{run:#?}");
    let reference = team.merge_ref(team.propose(
        "more",
        &[("estate/more.yaml", &account("210987654325", "More"))],
    ));
    let checkout = team.checkout(&reference, Some(1));
    let event = team.github.world().pull_event(number + 1, "opened");
    let run = team
        .run(&checkout, &["ci", "plan"], "pull_request", &event, &[])
        .expect(1);
    assert!(run.said.err.contains("fetch-depth: 0"), "{run:#?}");
}

#[test]
fn an_embedded_state_is_no_state_on_a_runner() {
    let team = Team::new("embedded");
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    let embedded: String = settings
        .lines()
        .filter(|line| !line.starts_with("state:"))
        .map(|line| format!("{line}\n"))
        .collect();
    team.write(&[("bursar.yaml", &embedded)]);
    team.commit("Embedded");
    let run = team.apply().expect(1);
    assert!(run.said.err.contains("ci.state"), "{run:#?}");
    let kept = team.sandbox.folder().join("kept");
    let folder = kept.display().to_string();
    team.apply_with(&["--state-dir", &folder], &[]).expect(0);
    let again = team.apply_with(&["--state-dir", &folder], &[]).expect(0);
    assert!(again.said.out.contains("Nothing to do"), "{again:#?}");
}

#[test]
fn an_apply_that_can_tell_nobody_stands_all_the_same() {
    let team = Team::new("untold");
    team.apply().expect(0);
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    team.plan(number).expect(0);
    team.merge(number, How::Merge);
    let rights = &[("pull_requests", crate::github::Right::Read)];
    team.github
        .world()
        .grant(crate::team::TOKEN, crate::github::Token::job(rights));
    let applied = team.apply().expect(0);
    assert!(
        applied.said.out.contains("::warning title=ci.denied::"),
        "{applied:#?}"
    );
    assert!(applied.summary.contains("applied 1 of 1"), "{applied:#?}");
    assert_eq!(team.comments(number).len(), 1);
}

#[test]
fn what_is_not_merged_is_not_applied() {
    let team = Team::new("unmerged");
    team.apply().expect(0);
    team.propose(
        "feature",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    let checkout = team.checkout("refs/heads/feature", None);
    let event = serde_json::json!({"repository": {"default_branch": "main"}});
    for reference in ["refs/heads/feature", "refs/tags/v1", "refs/pull/1/merge"] {
        let more = [("GITHUB_REF", reference)];
        let run = team
            .run(
                &checkout,
                &["ci", "apply"],
                "workflow_dispatch",
                &event,
                &more,
            )
            .expect(1);
        assert!(run.said.err.contains("ci.unmerged"), "{run:#?}");
    }
    team.laptop(&["show", "account/aws/210987654322"]).expect(1);
    // Where a team applies another branch, it says so.
    let more = [("GITHUB_REF", "refs/heads/feature")];
    let run = team.run(
        &checkout,
        &["ci", "apply", "--branch", "feature"],
        "workflow_dispatch",
        &event,
        &more,
    );
    run.expect(0);
}

#[test]
fn what_a_pull_request_showed_and_took_back_is_no_preview() {
    let team = Team::new("stale");
    team.apply().expect(0);
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    team.plan(number).expect(0);
    // Its last commit does something else, and no plan of it was made.
    team.push(
        number,
        &[("estate/shop.yaml", &account("210987654323", "Other"))],
    );
    team.merge(number, How::Merge);
    team.write(&[("estate/direct.yaml", &account("210987654322", "Shop two"))]);
    team.commit("Pushed without a pull request");
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    assert_eq!(stopped.output("unpreviewed"), "2");
}
