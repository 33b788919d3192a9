//! What is read: whose the token is, all pages of lists, and what was merged.

use std::collections::HashSet;

use bursar::ci::api::IssueState;

use crate::github::{Account, Right, Token};
use crate::{COMMENTS, ISSUES, TOKEN, github, reader};

#[tokio::test]
async fn a_token_belongs_to_whoever_wrote_with_it() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    github.world().comment(number, Account::actions(), "ours");
    github
        .world()
        .comment(number, Account::new("github-actions", 5), "theirs");
    // With and without the suffix, and where there is no GraphQL at all.
    for (graphql, suffix) in [(true, true), (true, false), (false, false)] {
        github.world().graphql = graphql;
        github.world().graphql_suffix = suffix;
        let reader = reader(&github, TOKEN);
        let viewer = reader.viewer().await.unwrap();
        assert_eq!(viewer.login, "github-actions");
        let comments = reader.comments(number).await.unwrap();
        let ours: Vec<bool> = comments
            .iter()
            .map(|comment| viewer.wrote(&comment.author))
            .collect();
        assert_eq!(ours, [true, false], "{graphql} {suffix}");
        assert!(comments[0].author.bot && !comments[1].author.bot);
    }
}

#[tokio::test]
async fn people_have_tokens_too() {
    let github = github(&[]);
    github
        .world()
        .grant("ghp_mona-0123", Token::person("mona", 1));
    for graphql in [true, false] {
        github.world().graphql = graphql;
        let viewer = reader(&github, "ghp_mona-0123").viewer().await.unwrap();
        assert_eq!((&*viewer.login, viewer.id), ("mona", Some(1)));
    }
    let error = reader(&github, "ghp_expired-0").viewer().await.unwrap_err();
    assert_eq!(error.code(), "ci.token");
    insta::assert_snapshot!(error, @"the token cannot be used to ask whose the token is: GitHub says: Bad credentials");
}

#[tokio::test]
async fn all_pages_are_read_in_order() {
    let github = github(COMMENTS);
    let number = github.world().pull("Much discussed");
    for at in 0..250 {
        github
            .world()
            .comment(number, Account::new("mona", 1), &format!("comment {at}"));
    }
    let comments = reader(&github, TOKEN).comments(number).await.unwrap();
    assert_eq!(comments.len(), 250);
    assert!(comments.is_sorted_by_key(|comment| comment.id));
    assert_eq!(comments[249].body, "comment 249");
    assert_eq!(github.gate.count("/comments"), 3);
    // Nobody promises that pages are full.
    github.world().largest_page = 40;
    let comments = reader(&github, TOKEN).comments(number).await.unwrap();
    assert_eq!(comments.len(), 250);
}

#[tokio::test]
async fn merged_pull_requests_are_found_by_their_commits() {
    let github = github(COMMENTS);
    let commits: HashSet<String> = {
        let mut world = github.world();
        let numbers: Vec<u64> = (0..6)
            .map(|at| world.pull(&format!("Change {at}")))
            .collect();
        let first = world.merge(numbers[0]);
        world.merge(numbers[1]);
        world.close(numbers[2]);
        let third = world.merge(numbers[3]);
        // Into another branch, and touched after it was merged.
        let elsewhere = world.commit();
        let issue = world.issues.get_mut(&numbers[4]).unwrap();
        issue.pull.as_mut().unwrap().base_ref = "other".to_owned();
        world.merge_as(numbers[4], &elsewhere);
        world.comment(numbers[0], Account::actions(), "later");
        [first, third, elsewhere].into()
    };
    let merged = reader(&github, TOKEN)
        .merged("main", &commits, None, 5)
        .await
        .unwrap();
    let numbers: Vec<u64> = merged.pulls.iter().map(|pull| pull.number).collect();
    assert_eq!(numbers, [4, 1], "the latest merge first");
    assert!(!merged.cut && commits.contains(&merged.pulls[0].merge_commit));
    assert_eq!(merged.pulls[1].author, "mona");
    assert_eq!(
        merged.pulls[0].head_sha,
        github.world().issues[&4].pull.as_ref().unwrap().head_sha
    );
}

#[tokio::test]
async fn the_search_for_merges_has_an_end() {
    let github = github(COMMENTS);
    let (old, moment, new) = {
        let mut world = github.world();
        world.largest_page = 10;
        let mut merged = |count: usize| -> Vec<String> {
            (0..count)
                .map(|_| {
                    let number = world.pull("Change");
                    world.merge(number)
                })
                .collect()
        };
        let old = merged(30);
        let mut world_now = Vec::new();
        let new = merged(15);
        world_now.push(world.issues[&30].updated_at);
        (old, world_now[0], new)
    };
    let reader = reader(&github, TOKEN);
    let all: HashSet<String> = old.iter().chain(&new).cloned().collect();
    let asked = || github.gate.count("/pulls?");
    // As far as two pages go.
    let merged = reader.merged("main", &all, None, 2).await.unwrap();
    assert_eq!((merged.pulls.len(), merged.cut, asked()), (20, true, 2));
    github.gate.forget();
    // Up to the first page on which all is older than a moment.
    let later = moment + jiff::SignedDuration::from_secs(1);
    let merged = reader.merged("main", &all, Some(later), 9).await.unwrap();
    assert_eq!((merged.pulls.len(), merged.cut, asked()), (30, false, 3));
    github.gate.forget();
    let merged = reader.merged("main", &all, None, 9).await.unwrap();
    assert_eq!((merged.pulls.len(), merged.cut, asked()), (45, false, 5));
    let none = reader.merged("main", &all, None, 0).await.unwrap();
    assert!(none.pulls.is_empty() && none.cut);
}

#[tokio::test]
async fn a_pull_request_of_a_fork_is_found_by_its_branch() {
    let github = github(COMMENTS);
    let (fork, sha) = {
        let mut world = github.world();
        world.pull("Own");
        let fork = world.pull_from("Fork", Some("mallory/estate"), "change/a b");
        world.pull_from("Another", Some("mallory/estate"), "other");
        let closed = world.pull_from("Closed", Some("mallory/estate"), "change/a b");
        world.close(closed);
        let sha = world.issues[&fork].pull.as_ref().unwrap().head_sha.clone();
        (fork, sha)
    };
    let reader = reader(&github, TOKEN);
    let found = reader.pulls_of_head("mallory", "change/a b").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].number, &found[0].head_sha), (fork, &sha));
    assert!(found[0].is_from_fork() && found[0].action.is_none());
    let one = reader.pull(fork).await.unwrap();
    assert_eq!(one, found[0]);
    assert_eq!(reader.pull(99).await.unwrap_err().code(), "ci.not-found");
}

#[tokio::test]
async fn issues_are_ours_by_label_and_author() {
    let github = github(ISSUES);
    {
        let mut world = github.world();
        world
            .labels
            .insert("bursar".to_owned(), "ffffff".to_owned());
        let ours = world.issue("Drift", Account::actions());
        let theirs = world.issue("Drift", Account::new("github-actions", 5));
        let pull = world.pull("Drift");
        let unlabelled = world.issue("Other", Account::actions());
        for number in [ours, theirs, pull] {
            let issue = world.issues.get_mut(&number).unwrap();
            issue.labels.push("bursar".to_owned());
        }
        world.issues.get_mut(&pull).unwrap().author = Account::actions();
        world.close(ours);
        assert_eq!(unlabelled, 4);
    }
    let reader = reader(&github, TOKEN);
    let viewer = reader.viewer().await.unwrap();
    let issues = reader.issues("bursar", &viewer).await.unwrap();
    let numbers: Vec<_> = issues
        .iter()
        .map(|issue| (issue.number, issue.state))
        .collect();
    assert_eq!(numbers, [(1, IssueState::Closed)]);
}

#[tokio::test]
async fn a_private_repository_takes_a_right_to_read() {
    let github = github(&[("contents", Right::Read)]);
    let number = github.world().pull("One");
    github.world().private = true;
    let error = reader(&github, TOKEN).comments(number).await.unwrap_err();
    assert_eq!(error.code(), "ci.denied");
    assert!(
        error.help().contains("`pull-requests: read`"),
        "{}",
        error.help()
    );
    github.world().private = false;
    assert!(reader(&github, TOKEN).comments(number).await.is_ok());
}
