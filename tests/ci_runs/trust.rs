//! What a pull request may not do for itself: settings, credentials and commands are the base's.

use crate::team::{Team, account};

fn settings(team: &Team) -> String {
    std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap()
}

#[test]
fn a_pull_request_is_held_to_the_settings_of_its_base() {
    let team = Team::new("held");
    team.apply().expect(0);
    // Another state, no guard, and a waiver: none of it helps before the merge.
    let evil = settings(&team)
        .replace("prefix: held", "prefix: evil")
        .replace(
            "access: {require: none}",
            "access: {require: none}\nguard: {delete: {at_least: 900, percent: 100}}",
        );
    let number = team.propose(
        "evil",
        &[
            ("bursar.yaml", &evil),
            ("estate/shop.yaml", &account("210987654322", "Shop two")),
        ],
    );
    let run = team.plan(number).expect(0);
    // The state of the base was read: only one account is new.
    assert_eq!(run.output("to-add"), "1", "{run:#?}");
    let comment = team.comment(number);
    assert!(
        comment.contains("touches `bursar.yaml`") && comment.contains("changes `guard`, `state`"),
        "{comment}"
    );
}

#[test]
fn a_credential_that_a_pull_request_brings_is_not_used_before_the_merge() {
    let team = Team::new("credential");
    let strict = settings(&team).replace("{require: none}", "{require: pass}");
    team.apply().expect(0);
    team.write(&[("bursar.yaml", &strict)]);
    team.commit("Strict");
    let marker = team.sandbox.folder().join("ran");
    let command = format!("[sh, -c, 'touch {}; echo secret-value']", marker.display());
    let evil = strict.clone()
        + &format!(
            "  evil: {{aws_access_key: {{access_key_id: {{env: EVIL_KEY}}, secret_access_key: {{exec: {command}}}}}}}\n"
        );
    let estate = "organizations:\n  other: {provider: aws, id: o-zzzzzzzzzz, credentials: evil}\npayers:\n  '999922223333': {organization: other, name: Other}\n";
    let number = team.propose(
        "evil",
        &[("bursar.yaml", &evil), ("estate/other.yaml", estate)],
    );
    let run = team.plan(number);
    let comment = team.comment(number);
    assert!(!marker.exists(), "the command ran: {run:#?}");
    assert!(comment.contains("adds the credential `evil`"), "{comment}");
    assert!(comment.contains("Not asked before the merge"), "{comment}");
    // What was not asked does not block.
    let run = run.expect(0);
    assert_eq!(run.output("blocked"), "0");
}

#[test]
fn a_pull_request_that_begins_the_project_is_compared_with_nothing() {
    let team = Team::new("begin");
    team.git(&["rm", "-q", "-r", "bursar.yaml", "estate"]);
    team.commit("Nothing here yet");
    let text = "version: 1\nproject: acme\nsources: [estate]\nstate: {s3: {bucket: team-state, prefix: begin, region: us-east-1}}\ncredentials:\n  ci: {aws_default: {}}\n";
    let number = team.propose(
        "begin",
        &[
            ("bursar.yaml", text),
            ("estate/core.yaml", crate::team::ESTATE),
        ],
    );
    let run = team.plan(number).expect(0);
    assert_eq!(run.output("to-add"), "4");
    let comment = team.comment(number);
    assert!(
        comment.contains("declarations only: 4 to add") && comment.contains("begins the project"),
        "{comment}"
    );
}

#[test]
fn what_no_preview_reads_no_apply_reads_either() {
    for (prefix, sources, file) in [
        ("unseen-hidden", "[estate, .x]", ".x/evil.yaml"),
        ("unseen-nested", "[estate, teams]", "teams/evil.yaml"),
        (
            "unseen-below",
            "[estate, teams/deep]",
            "teams/deep/evil.yaml",
        ),
    ] {
        let team = Team::new(prefix);
        team.apply().expect(0);
        let evil = settings(&team).replace("[estate]", sources);
        team.write(&[
            ("bursar.yaml", &evil),
            (file, &account("210987654322", "Evil")),
            ("teams/bursar.yaml", "version: 1\n"),
            ("teams/deep/empty.yaml", "accounts: {}\n"),
        ]);
        team.commit("Read by one and not by the other");
        let run = team.apply().expect(1);
        assert_eq!(run.output("failure-reason"), "invalid", "{prefix}");
        team.laptop(&["show", "account/aws/210987654322"]).expect(1);
    }
}
