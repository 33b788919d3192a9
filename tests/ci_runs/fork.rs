//! Pull requests from forks: a run without secrets declares, another one that has them plans.

use crate::team::{How, Team, account};

#[test]
fn a_fork_is_compared_with_its_base_and_planned_by_a_second_workflow() {
    let team = Team::new("fork");
    team.apply().expect(0);
    let number = team.propose_from(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
        Some("mallory/estate"),
    );
    // The first workflow: no secrets, and a token that may not even be asked with.
    let none = [
        ("GITHUB_TOKEN", ""),
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
    ];
    let first = team.plan_with(number, &[], &none).expect(0);
    assert!(team.comments(number).is_empty());
    assert!(
        first.summary.contains("declarations only: 1 to add")
            && first.summary.contains("from a fork"),
        "{first:#?}"
    );
    let bundle = first.output("declared-file").to_owned();
    // The second: the base's checkout, and what the first one declared.
    let checkout = team.checkout("refs/heads/main", None);
    let event = team.github.world().workflow_run_event(number, "success");
    let second = team
        .run(
            &checkout,
            &["ci", "plan", "--declared", &bundle],
            "workflow_run",
            &event,
            &[],
        )
        .expect(0);
    assert_eq!(second.output("to-add"), "1");
    let comment = team.comment(number);
    assert!(comment.contains("1 to add, nothing deleted"), "{comment}");
    team.merge(number, How::Squash);
    let applied = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(0);
    assert!(
        applied
            .said
            .out
            .contains(&format!("1 change: 1 previewed in #{number}")),
        "{applied:#?}"
    );
}

#[test]
fn a_bundle_of_another_commit_or_of_nothing_is_refused() {
    let team = Team::new("bundle");
    team.apply().expect(0);
    let number = team.propose_from(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
        Some("mallory/estate"),
    );
    let first = team.plan(number).expect(0);
    let bundle = first.output("declared-file").to_owned();
    let victim = team.propose(
        "victim",
        &[("estate/victim.yaml", &account("210987654323", "Victim"))],
    );
    let checkout = team.checkout("refs/heads/main", None);
    let run = |path: &str, number: u64| {
        let event = team.github.world().workflow_run_event(number, "success");
        team.run(
            &checkout,
            &["ci", "plan", "--declared", path],
            "workflow_run",
            &event,
            &[],
        )
    };
    // It names another pull request than the run was about.
    let text = std::fs::read_to_string(&bundle).unwrap();
    let forged = text.replace(
        &format!("\"number\":{number}"),
        &format!("\"number\":{victim}"),
    );
    assert_ne!(forged, text);
    std::fs::write(&bundle, forged).unwrap();
    let refused = run(&bundle, number).expect(1);
    assert!(refused.said.err.contains("ci.declared"), "{refused:#?}");
    std::fs::write(&bundle, text.replace("estate/shop.yaml", "../../shop.yaml")).unwrap();
    let refused = run(&bundle, number).expect(1);
    assert!(
        refused.said.err.contains("no project can have"),
        "{refused:#?}"
    );
    // What it declares is not what the pull request has: a comment would show what nobody merges.
    for made_up in [
        text.replace("Shop two", "Harmless"),
        text.replace(
            "accounts:\\n  '210987654322'",
            "# accounts:\\n#  '210987654322'",
        ),
    ] {
        assert_ne!(made_up, text);
        std::fs::write(&bundle, made_up).unwrap();
        let refused = run(&bundle, number).expect(1);
        assert!(
            refused.said.err.contains("estate/shop.yaml"),
            "{refused:#?}"
        );
    }
    let mut less: serde_json::Value = serde_json::from_str(&text).unwrap();
    let files = less["files"].as_array_mut().unwrap();
    files.retain(|file| file["path"] != "estate/shop.yaml");
    std::fs::write(&bundle, less.to_string()).unwrap();
    let refused = run(&bundle, number).expect(1);
    assert!(
        refused.said.err.contains("estate/shop.yaml"),
        "{refused:#?}"
    );
    std::fs::write(&bundle, &text).unwrap();
    // A merge of another commit is not the pull request's.
    let merge = team.git(&["rev-parse", &format!("refs/pull/{number}/merge")]);
    let tried = team
        .github
        .world()
        .parents
        .insert(merge.clone(), vec!["other".to_owned()]);
    let refused = run(&bundle, number).expect(1);
    assert!(
        refused.said.err.contains("GitHub has no merge"),
        "{refused:#?}"
    );
    team.github.world().parents.insert(merge, tried.unwrap());
    // The branch went on meanwhile.
    team.push(
        number,
        &[("estate/more.yaml", &account("210987654325", "More"))],
    );
    let head = team.github.world().issues[&number]
        .pull
        .clone()
        .unwrap()
        .head_sha;
    let refused = run(&bundle, number).expect(1);
    assert!(refused.said.err.contains(&head[..12]), "{refused:#?}");
    assert!(team.comments(number).is_empty() && team.comments(victim).is_empty());
}

#[test]
fn a_run_with_the_repositorys_secrets_about_a_strangers_text_is_refused() {
    let team = Team::new("target");
    let number = team.propose_from(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
        Some("mallory/estate"),
    );
    let checkout = team.checkout("refs/heads/shop", None);
    let event = team.github.world().pull_event(number, "opened");
    let run = team
        .run(
            &checkout,
            &["ci", "plan"],
            "pull_request_target",
            &event,
            &[],
        )
        .expect(1);
    assert!(run.said.err.contains("ci.pull-request-target"), "{run:#?}");
}

/// Runs the second workflow about a pull request.
fn second(team: &Team, number: u64, bundle: &str) -> crate::team::Run {
    let checkout = team.checkout("refs/heads/main", None);
    let event = team.github.world().workflow_run_event(number, "success");
    team.run(
        &checkout,
        &["ci", "plan", "--declared", bundle],
        "workflow_run",
        &event,
        &[],
    )
}

#[test]
fn a_file_that_is_no_text_is_refused_as_any_plan_does_it_and_only_where_it_is_read() {
    let team = Team::new("latin");
    // Beside the estate nobody reads it: it is in nobody's way.
    std::fs::create_dir(team.project().join("notes")).unwrap();
    std::fs::write(team.project().join("notes/a.yaml"), b"name: caf\xe9\n").unwrap();
    team.commit("Notes");
    team.apply().expect(0);
    let number = team.propose_from(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
        Some("mallory/estate"),
    );
    let first = team.plan(number).expect(0);
    let run = second(&team, number, first.output("declared-file")).expect(0);
    assert_eq!(run.output("to-add"), "1");

    std::fs::write(team.project().join("estate/b.yaml"), b"# caf\xe9\n").unwrap();
    team.push(number, &[]);
    let fork = team.plan(number).expect(1);
    assert!(!fork.outputs.contains_key("declared-file"), "{fork:#?}");
    std::fs::write(team.project().join("estate/b.yaml"), b"# caf\xe9\n").unwrap();
    let branch = team.propose("branch", &[]);
    let own = team.plan(branch).expect(1);
    for run in [fork, own] {
        assert_eq!(run.output("failure-reason"), "invalid");
        assert!(
            run.summary.contains("estate/b.yaml") && run.summary.contains("yaml.encoding"),
            "{run:#?}"
        );
    }
}

#[test]
fn a_link_of_a_fork_is_refused_by_its_name_with_what_to_do() {
    let team = Team::new("linked");
    team.apply().expect(0);
    let number = team.propose_from(
        "shop",
        &[("shared/shop.yaml", &account("210987654322", "Shop two"))],
        Some("mallory/estate"),
    );
    let link = team.project().join("estate/linked.yaml");
    std::os::unix::fs::symlink("../shared/shop.yaml", &link).unwrap();
    team.push(number, &[]);
    // The first workflow says already what the second will not take.
    let first = team.plan(number).expect(0);
    let told = "`estate/linked.yaml` is a link";
    assert!(
        first.summary.contains("estate/linked.yaml") && first.summary.contains("is a link"),
        "{told}: {first:#?}"
    );
    let refused = second(&team, number, first.output("declared-file")).expect(1);
    for part in [
        "estate/linked.yaml",
        "a link",
        "in its place",
        "ci.declared",
    ] {
        assert!(refused.said.err.contains(part), "{part}: {refused:#?}");
    }
    assert!(team.comments(number).is_empty());
}
