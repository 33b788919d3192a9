//! A merge queue: what it tries is planned by the rules of a pull request, without a comment.

use serde_json::{Value, json};

use crate::team::{Run, Team, account};

/// A group on top of a commit, as GitHub makes one: a branch of its own with the pull requests in it.
struct Group {
    branch: String,
    event: Value,
    head: String,
}

fn group(team: &Team, number: u64, base: &str, branches: &[&str]) -> Group {
    let branch = format!("gh-readonly-queue/main/pr-{number}-{}", &base[..8]);
    team.git(&["switch", "-q", "-c", &branch, base]);
    for one in branches {
        team.git(&["merge", "-q", "--no-ff", "-m", "Merge", one]);
    }
    let head = team.git(&["rev-parse", "HEAD"]);
    team.git(&["switch", "-q", "main"]);
    let event = json!({
        "action": "checks_requested",
        "merge_group": {
            "head_sha": head,
            "head_ref": format!("refs/heads/{branch}"),
            "base_sha": base,
            "base_ref": "refs/heads/main",
            "head_commit": {"id": head, "message": "Merge"},
        },
        "repository": {"full_name": "acme/estate", "default_branch": "main"},
    });
    Group {
        branch,
        event,
        head,
    }
}

fn plan(team: &Team, group: &Group) -> Run {
    let checkout = team.checkout(&format!("refs/heads/{}", group.branch), None);
    team.run(&checkout, &["ci", "plan"], "merge_group", &group.event, &[])
}

#[test]
fn a_queue_is_told_what_its_merge_would_change_and_nobody_gets_a_comment() {
    let team = Team::new("queue");
    team.apply().expect(0);
    let one = team.propose(
        "one",
        &[("estate/one.yaml", &account("210987654322", "One"))],
    );
    let two = team.propose(
        "two",
        &[("estate/two.yaml", &account("210987654323", "Two"))],
    );
    let main = team.git(&["rev-parse", "main"]);
    let first = group(&team, one, &main, &["one"]);
    let run = plan(&team, &first).expect(0);
    assert_eq!(run.output("to-add"), "1");
    // The second group stands on the first, and has it in it.
    let second = group(&team, two, &first.head, &["two"]);
    let run = plan(&team, &second).expect(0);
    assert_eq!(run.output("to-add"), "2");
    assert!(
        run.summary.contains("2 to add, nothing deleted") && run.summary.contains("merge queue"),
        "{run:#?}"
    );
    assert!(team.comments(one).is_empty() && team.comments(two).is_empty());
    assert_eq!(team.github.writes(), Vec::<String>::new());
}

#[test]
fn nothing_that_waits_in_a_queue_is_trusted() {
    let team = Team::new("queued");
    team.apply().expect(0);
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    let elsewhere = settings.replace("prefix: queued", "prefix: queued-elsewhere");
    assert_ne!(elsewhere, settings);
    let one = team.propose("settings", &[("bursar.yaml", &elsewhere)]);
    let two = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    let main = team.git(&["rev-parse", "main"]);
    let first = group(&team, one, &main, &["settings"]);
    let second = group(&team, two, &first.head, &["shop"]);
    // Another state would have nothing yet: all would have to be added.
    let run = plan(&team, &second).expect(0);
    assert_eq!(run.output("to-add"), "1", "{run:#?}");
    assert!(run.summary.contains("changes `state`"), "{run:#?}");
}

#[test]
fn a_queue_is_stopped_as_a_pull_request_is() {
    let team = Team::new("stopped");
    team.apply().expect(0);
    let without = crate::team::declaring("");
    let one = team.propose("gone", &[("estate/core.yaml", &without)]);
    let main = team.git(&["rev-parse", "main"]);
    let gone = group(&team, one, &main, &["gone"]);
    let run = plan(&team, &gone).expect(1);
    assert_eq!(run.output("failure-reason"), "refused");
    // What is checked out must be what the queue asks about.
    let checkout = team.checkout("refs/heads/main", None);
    let run = team
        .run(&checkout, &["ci", "plan"], "merge_group", &gone.event, &[])
        .expect(1);
    assert!(run.said.err.contains(&gone.head), "{run:#?}");
    let shallow = team.checkout(&format!("refs/heads/{}", gone.branch), Some(1));
    let run = team
        .run(&shallow, &["ci", "plan"], "merge_group", &gone.event, &[])
        .expect(1);
    assert!(run.said.err.contains("fetch-depth: 0"), "{run:#?}");
    // It is not merged yet.
    let run = team
        .run(&checkout, &["ci", "apply"], "merge_group", &gone.event, &[])
        .expect(1);
    assert!(run.said.err.contains("ci.unmerged"), "{run:#?}");
}

#[test]
fn a_queue_is_planned_in_full_whoever_started_it() {
    let team = Team::new("queue-bot");
    team.apply().expect(0);
    let without = crate::team::declaring("");
    let one = team.propose("gone", &[("estate/core.yaml", &without)]);
    let main = team.git(&["rev-parse", "main"]);
    let gone = group(&team, one, &main, &["gone"]);
    let checkout = team.checkout(&format!("refs/heads/{}", gone.branch), None);
    let actor = [("GITHUB_ACTOR", "dependabot[bot]")];
    let run = team.run(
        &checkout,
        &["ci", "plan"],
        "merge_group",
        &gone.event,
        &actor,
    );
    let run = run.expect(1);
    assert_eq!(run.output("failure-reason"), "refused");
}
