//! What several pull requests change together, applied by one run.

use std::fmt::Write as _;

use crate::team::{ESTATE, How, Team, account, declaring};

/// The account of the estate, one field a line, so that two branches can change two of them.
fn estate(name: &str, owner: &str, labels: &str) -> String {
    let apart = format!(
        "accounts:\n  '210987654321':\n    organization: core\n    name: {name}\n    # who\n    # answers\n    # for it\n    owner: {owner}\n    # and\n    # what\n    # it is\n    labels: {labels}\n"
    );
    declaring(&apart)
}

/// A team whose account has all its fields, applied.
fn team(prefix: &str) -> Team {
    let team = Team::new(prefix);
    team.write(&[("estate/core.yaml", &estate("Shop", "ann", "{tier: a}"))]);
    team.commit("Fields");
    team.apply().expect(0);
    team
}

#[test]
fn two_pull_requests_that_change_fields_of_one_account_have_shown_it_together() {
    let team = team("fields");
    let one = team.propose(
        "owner",
        &[("estate/core.yaml", &estate("Shop", "bob", "{tier: a}"))],
    );
    let two = team.propose(
        "rest",
        &[(
            "estate/core.yaml",
            &estate("Store", "ann", "{tier: b, zone: eu}"),
        )],
    );
    team.plan(one).expect(0);
    team.plan(two).expect(0);
    team.merge(one, How::Squash);
    team.merge(two, How::Merge);
    let applied = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(0);
    let told = format!("1 change: 1 previewed in #{one} and #{two}");
    assert!(applied.said.out.contains(&told), "{applied:#?}");
    assert_eq!(applied.output("previewed"), "1");
    // Both are told what became of it, and it is written down of whom it came.
    for number in [one, two] {
        let comments = team.comments(number);
        assert!(comments[1].contains("applied: 1 change"), "{comments:#?}");
    }
    let shown = team
        .laptop(&["history", "account/aws/210987654321", "--json"])
        .expect(0);
    assert!(shown.out.contains(&format!("#{one}, #{two}")), "{shown:#?}");
}

#[test]
fn a_field_that_nobody_was_shown_makes_the_whole_update_one_that_nobody_saw() {
    let team = team("more");
    let one = team.propose(
        "owner",
        &[("estate/core.yaml", &estate("Shop", "bob", "{tier: a}"))],
    );
    team.plan(one).expect(0);
    team.merge(one, How::Merge);
    team.write(&[("estate/core.yaml", &estate("Store", "bob", "{tier: a}"))]);
    team.commit("Pushed without a pull request");
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
fn of_two_that_change_one_field_the_later_must_have_shown_what_is_applied() {
    let team = team("later");
    let one = team.propose(
        "owner",
        &[("estate/core.yaml", &estate("Shop", "bob", "{tier: b}"))],
    );
    team.plan(one).expect(0);
    team.merge(one, How::Merge);
    let two = team.propose(
        "again",
        &[("estate/core.yaml", &estate("Store", "eve", "{tier: b}"))],
    );
    team.plan(two).expect(0);
    team.merge(two, How::Merge);
    // Back to what the first one showed, past everybody: the later one showed another owner.
    team.write(&[("estate/core.yaml", &estate("Store", "bob", "{tier: b}"))]);
    team.commit("Pushed without a pull request");
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    assert_eq!(stopped.output("unpreviewed"), "1");
    // A third one that changes nothing but shows what waits makes it known.
    let three = team.propose("see", &[("estate/seen.yaml", "accounts: {}\n")]);
    team.plan(three).expect(0);
    team.merge(three, How::Merge);
    let applied = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(0);
    let told = format!("1 change: 1 previewed in #{three}");
    assert!(applied.said.out.contains(&told), "{applied:#?}");
}

#[test]
fn an_account_that_one_adds_and_another_changes_counts_where_somebody_saw_it_whole() {
    let team = Team::new("added");
    team.apply().expect(0);
    let one = team.propose(
        "add",
        &[("estate/shop.yaml", &account("210987654322", "A"))],
    );
    team.plan(one).expect(0);
    team.merge(one, How::Merge);
    // Nothing was applied yet: this one shows that it is added with another name.
    let two = team.propose(
        "name",
        &[("estate/shop.yaml", &account("210987654322", "B"))],
    );
    let plan = team.plan(two).expect(0);
    assert_eq!(plan.output("to-add"), "1");
    team.merge(two, How::Merge);
    let applied = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(0);
    let told = format!("1 change: 1 previewed in #{two}");
    assert!(applied.said.out.contains(&told), "{applied:#?}");

    // Two that each add to it showed two accounts of which neither is made.
    let lines = |name: &str, owner: &str| {
        format!(
            "accounts:\n  '210987654323':\n    organization: core\n    name: {name}\n    # who\n    # answers\n    # for it\n    owner: {owner}\n"
        )
    };
    let add = |name: &str, owner: &str| [("estate/more.yaml", lines(name, owner))];
    let propose = |branch: &str, files: [(&str, String); 1]| {
        let number = team.propose(branch, &[(files[0].0, &files[0].1)]);
        team.plan(number).expect(0);
        number
    };
    let first = propose("first", add("A", "ann"));
    team.merge(first, How::Merge);
    let (left, right) = (
        propose("left", add("B", "ann")),
        propose("right", add("A", "bob")),
    );
    team.merge(left, How::Merge);
    team.merge(right, How::Merge);
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    assert!(
        stopped
            .said
            .out
            .contains("previewed nowhere: create account/aws/210987654323"),
        "{stopped:#?}"
    );
}

#[test]
fn two_pull_requests_of_thousands_of_changes_are_told_apart() {
    let team = Team::new("thousands");
    team.apply().expect(0);
    let many = |from: u64| {
        let mut text = "accounts:\n".to_owned();
        for at in from..from + 2100 {
            let _ = writeln!(
                text,
                "  '{}': {{organization: core, name: Account {at}}}",
                310_000_000_000_u64 + at
            );
        }
        text
    };
    let one = team.propose("one", &[("estate/one.yaml", &many(0))]);
    let two = team.propose("two", &[("estate/two.yaml", &many(5000))]);
    for number in [one, two] {
        team.plan(number).expect(0);
        let body = team.github.world().comments_of(number)[0].body.clone();
        assert!(body.len() <= 60_000, "{}", body.len());
        team.merge(number, How::Merge);
    }
    // Beside them something that nobody saw: it alone is named.
    team.write(&[("estate/direct.yaml", &account("210987654322", "Direct"))]);
    team.commit("Pushed without a pull request");
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    let told =
        format!("4,201 changes: 2,100 previewed in #{one}, 2,100 in #{two}, 1 not previewed");
    assert!(stopped.said.out.contains(&told), "{}", stopped.said.out);
}

#[test]
fn a_project_that_gets_a_name_keeps_its_previews() {
    let team = Team::new("called");
    let named = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    let nameless = named.replace("project: acme\n", "");
    assert_ne!(nameless, named);
    team.write(&[("bursar.yaml", &nameless)]);
    team.commit("No name");
    team.apply().expect(0);
    let one = team.propose(
        "one",
        &[("estate/one.yaml", &account("210987654322", "One"))],
    );
    team.plan(one).expect(0);
    team.merge(one, How::Merge);
    let two = team.propose("two", &[("bursar.yaml", &named)]);
    team.plan(two).expect(0);
    team.merge(two, How::Merge);
    let applied = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(0);
    let told = format!("1 change: 1 previewed in #{one}");
    assert!(applied.said.out.contains(&told), "{applied:#?}");

    // The state keeps the name: another one is told before it is merged.
    let other = named.replace("project: acme", "project: globex");
    let three = team.propose("three", &[("bursar.yaml", &other)]);
    team.plan(three).expect(0);
    let comment = team.comment(three);
    assert!(
        comment.contains("state.foreign") && comment.contains("globex"),
        "{comment}"
    );
}

#[test]
fn what_was_previewed_for_another_project_of_the_repository_counts_for_none() {
    let team = Team::new("others");
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    let other = settings
        .replace("project: acme", "project: other")
        .replace("others", "others-too");
    let file = |name: &str| settings.replace("project: acme", &format!("project: {name}"));
    team.write(&[
        ("other/bursar.yaml", &other),
        ("other/estate/core.yaml", ESTATE),
    ]);
    team.commit("Another project");
    team.apply().expect(0);
    // The other one shows an account of its own, at a place that the first has too.
    let number = team.propose(
        "shop",
        &[(
            "other/estate/shop.yaml",
            &account("210987654322", "Shop two"),
        )],
    );
    let reference = team.merge_ref(number);
    let checkout = team.checkout(&reference, None);
    let event = team.github.world().pull_event(number, "opened");
    let folder = checkout.join("other");
    team.run(&folder, &["ci", "plan"], "pull_request", &event, &[])
        .expect(0);
    team.merge(number, How::Merge);
    // For a while the first one has the other's name; then it makes the same change, past everybody.
    team.write(&[("bursar.yaml", &file("other"))]);
    team.commit("A name that is taken");
    team.write(&[
        ("bursar.yaml", &file("acme")),
        ("estate/shop.yaml", &account("210987654322", "Shop two")),
    ]);
    team.commit("Pushed without a pull request");
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    assert_eq!(stopped.output("unpreviewed"), "1", "{stopped:#?}");
}

#[test]
fn a_name_that_was_only_tried_brings_no_previews() {
    for (prefix, gone) in [("tried", false), ("tried-gone", true)] {
        let team = Team::new(prefix);
        let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
        let second = settings
            .replace("project: acme", "project: other")
            .replace(prefix, &format!("{prefix}-too"));
        team.write(&[
            ("second/bursar.yaml", &second),
            ("second/estate/core.yaml", ESTATE),
        ]);
        team.commit("Another project");
        team.apply().expect(0);
        let shop = account("210987654322", "Shop two");
        let number = team.propose("shop", &[("second/estate/shop.yaml", &shop)]);
        let checkout = team.checkout(&team.merge_ref(number), None);
        let event = team.github.world().pull_event(number, "opened");
        let folder = checkout.join("second");
        team.run(&folder, &["ci", "plan"], "pull_request", &event, &[])
            .expect(0);
        team.merge(number, How::Merge);
        let tried = settings.replace("project: acme", "project: other");
        team.write(&[("bursar.yaml", &tried)]);
        team.commit("A name that is taken");
        // Nobody can tell any more whose name that was: it is gone, or cannot be read.
        if gone {
            std::fs::remove_dir_all(team.project().join("second")).unwrap();
        } else {
            let broken = second.replace("state: {", "state: {{");
            team.write(&[("second/bursar.yaml", &broken)]);
        }
        team.write(&[("bursar.yaml", &settings), ("estate/shop.yaml", &shop)]);
        team.commit("Pushed without a pull request");
        let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
        assert_eq!(stopped.output("unpreviewed"), "1", "{stopped:#?}");
    }
}

#[test]
fn an_update_that_a_later_one_makes_otherwise_is_to_be_shown_again() {
    let team = team("otherwise");
    let file = |name: &str, owner: &str| estate(name, owner, "{tier: a}");
    let one = team.propose("owner", &[("estate/core.yaml", &file("Shop", "bob"))]);
    team.plan(one).expect(0);
    team.merge(one, How::Merge);
    let two = team.propose("again", &[("estate/core.yaml", &file("Shop", "eve"))]);
    team.plan(two).expect(0);
    team.merge(two, How::Merge);
    team.write(&[("estate/core.yaml", &file("Shop", "bob"))]);
    team.commit("Pushed without a pull request");
    team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
}

#[test]
fn a_field_that_a_later_one_took_back_is_to_be_shown_again() {
    let team = team("field-back");
    let file = |name: &str, owner: &str| estate(name, owner, "{tier: a}");
    let one = team.propose("owner", &[("estate/core.yaml", &file("Shop", "bob"))]);
    team.plan(one).expect(0);
    team.merge(one, How::Merge);
    let two = team.propose("back", &[("estate/core.yaml", &file("Store", "ann"))]);
    team.plan(two).expect(0);
    team.merge(two, How::Merge);
    team.write(&[("estate/core.yaml", &file("Store", "bob"))]);
    team.commit("Pushed without a pull request");
    team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
}

#[test]
fn a_removal_that_a_later_one_took_back_is_to_be_shown_again() {
    let team = Team::new("removal-back");
    team.apply().expect(0);
    let gone = declaring("removed:\n  account/aws/210987654321: {action: delete}\n");
    let one = team.propose("gone", &[("estate/core.yaml", &gone)]);
    team.plan(one).expect(0);
    team.merge(one, How::Merge);
    let two = team.propose("keep", &[("estate/core.yaml", ESTATE)]);
    team.plan(two).expect(0);
    team.merge(two, How::Merge);
    team.write(&[("estate/core.yaml", &gone)]);
    team.commit("Pushed without a pull request");
    team.apply().expect(3);
}
