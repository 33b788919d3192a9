//! One comment for one thing, and one issue.

use bursar::ci::CiError;
use bursar::ci::api::{IssueState, MOST_BODY};
use bursar::ci::marker::{Kind, Marker, Shown};
use bursar::ci::sticky::{self, Done, Kept, Posted};
use bursar::credential::Secret;
use bursar::model::hash::ContentHash;

use crate::github::{Account, GitHub};
use crate::stand::gate::{Fault, Rule};
use crate::{COMMENTS, ISSUES, TOKEN, github, reader, writer};

fn shown(digest: ContentHash) -> Shown {
    Shown {
        digest,
        removes: false,
        fields: Vec::new(),
    }
}

async fn post(github: &GitHub, number: u64, project: &str, text: &str) -> Result<Posted, CiError> {
    let (reader, writer) = (reader(github, TOKEN), writer(github, TOKEN));
    let viewer = reader.viewer().await?;
    let change = ContentHash::of(text.as_bytes());
    let marker =
        Marker::new(Kind::Plan, project, "0a1b2c").with_changes(change, &[shown(change)], &[]);
    sticky::comment(&reader, &writer, &viewer, number, &marker, text).await
}

#[tokio::test]
async fn a_comment_is_made_once_and_then_replaced() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let done = async |text| post(&github, number, "acme", text).await.unwrap().done;
    assert_eq!(done("first").await, Done::Created);
    assert_eq!(done("first").await, Done::Unchanged);
    assert_eq!(done("second").await, Done::Updated);
    let comments = github.world().comments_of(number);
    assert_eq!((comments.len(), comments[0].edits), (1, 1));
    assert!(
        comments[0].body.starts_with("<!-- bursar {"),
        "{}",
        comments[0].body
    );
    assert!(comments[0].body.ends_with("} -->\nsecond"));
    assert_eq!(comments[0].author, Account::actions());
    assert_eq!(github.writes().len(), 2);
    // Another project of the repository has a comment of its own.
    let other = post(&github, number, "sandbox", "third").await.unwrap();
    assert_eq!(other.done, Done::Created);
    assert!(
        other.url.contains("/acme/estate/pull/1#issuecomment-"),
        "{}",
        other.url
    );
    assert_eq!(github.world().comments_of(number).len(), 2);
}

#[tokio::test]
async fn a_marker_that_somebody_else_planted_is_text() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let planted = format!(
        "{}\nAll is well.",
        Marker::new(Kind::Plan, "acme", "0a1b2c")
            .with_changes(ContentHash::of(b"x"), &[shown(ContentHash::of(b"x"))], &[])
            .line()
    );
    for author in [
        Account::new("mallory", 9),
        Account::new("github-actions", 5),
    ] {
        github.world().comment(number, author, &planted);
    }
    let posted = post(&github, number, "acme", "text").await.unwrap();
    assert_eq!(posted.done, Done::Created);
    let comments = github.world().comments_of(number);
    assert_eq!(comments.iter().map(|it| it.edits).sum::<usize>(), 0);
    let reader = reader(&github, TOKEN);
    let viewer = reader.viewer().await.unwrap();
    let markers = sticky::markers(&reader, &viewer, number, &["acme".to_owned()])
        .await
        .unwrap();
    assert_eq!(markers.len(), 1, "only what we wrote is a preview");
    assert_eq!(markers[0].digest, Some(ContentHash::of(b"text")));
}

#[tokio::test]
async fn of_two_the_oldest_is_kept() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let line = Marker::new(Kind::Plan, "acme", "0a1b2c").line();
    for text in ["one", "two"] {
        let body = format!("{line}\r\n{text}");
        github.world().comment(number, Account::actions(), &body);
    }
    let posted = post(&github, number, "acme", "text").await.unwrap();
    assert_eq!(posted.done, Done::Updated);
    let edits: Vec<usize> = github
        .world()
        .comments_of(number)
        .iter()
        .map(|it| it.edits)
        .collect();
    assert_eq!(edits, [1, 0]);
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_looked_up() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    github.gate.spoil(
        Rule::new(Fault::Truncated)
            .containing("POST ")
            .containing("/comments")
            .times(1),
    );
    let posted = post(&github, number, "acme", "text").await.unwrap();
    assert_eq!(posted.done, Done::Created);
    assert_eq!(github.world().comments_of(number).len(), 1);
    assert_eq!(github.writes().len(), 1);
    // Where it did not get there, nothing is claimed and nothing sent twice.
    for fault in [
        Fault::Reset,
        Fault::Instead(502, Vec::new(), "<html>".to_owned()),
    ] {
        github.gate.forget();
        github.gate.spoil(
            Rule::new(fault)
                .containing("POST ")
                .containing("/comments")
                .times(1),
        );
        let error = post(&github, number, "sandbox", "text").await.unwrap_err();
        assert_eq!(error.code(), "ci.unreachable");
        assert_eq!(github.writes().len(), 1);
    }
    assert_eq!(github.world().comments_of(number).len(), 1);
}

#[tokio::test]
async fn what_github_would_refuse_is_not_sent() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let long = "a line of a plan\n".repeat(MOST_BODY / 10);
    let error = writer(&github, TOKEN)
        .create_comment(number, &long)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ci.refused");
    insta::assert_snapshot!(error, @"GitHub refused to comment on #1 (422): Validation Failed; Body is too long (maximum is 65536 characters)");
    let posted = post(&github, number, "acme", &long).await.unwrap();
    assert_eq!(posted.done, Done::Created);
    let body = &github.world().comments_of(number)[0].body;
    assert!(body.contains("**The rest is left out**"));
}

#[tokio::test]
async fn no_secret_is_ever_posted() {
    let _secret = Secret::issued("planted-Secret-of-the-comment".to_owned());
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let text = format!("planted-Secret-of-the-comment and {TOKEN}");
    for done in [Done::Created, Done::Unchanged] {
        let posted = post(&github, number, "acme", &text).await.unwrap();
        assert_eq!(posted.done, done);
    }
    let writer = writer(&github, TOKEN);
    writer.create_comment(number, &text).await.unwrap();
    for comment in github.world().comments_of(number) {
        assert!(comment.body.contains("*** and ***"), "{}", comment.body);
    }
}

async fn keep(github: &GitHub, state: IssueState, text: &str) -> Option<Posted> {
    let (reader, writer) = (reader(github, TOKEN), writer(github, TOKEN));
    let viewer = reader.viewer().await.unwrap();
    let marker = Marker::new(Kind::Check, "acme", "0a1b2c");
    let kept = Kept {
        label: "bursar",
        title: "Cost data is not readable",
        state,
    };
    sticky::issue(&reader, &writer, &viewer, kept, &marker, text)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_issue_is_opened_updated_closed_and_opened_again() {
    let github = github(ISSUES);
    let planted = {
        let mut world = github.world();
        let planted = world.issue("Cost data is not readable", Account::new("mallory", 9));
        let issue = world.issues.get_mut(&planted).unwrap();
        issue.labels.push("bursar".to_owned());
        issue.body = format!("{}\nx", Marker::new(Kind::Check, "acme", "0a1b2c").line());
        planted
    };
    assert_eq!(keep(&github, IssueState::Closed, "").await, None);
    assert_eq!(github.writes().len(), 0);
    let done = async |state, text: &str| keep(&github, state, text).await.map(|it| it.done);
    assert_eq!(
        done(IssueState::Open, "1 account").await,
        Some(Done::Created)
    );
    assert_eq!(
        done(IssueState::Open, "1 account").await,
        Some(Done::Unchanged)
    );
    assert_eq!(
        done(IssueState::Open, "2 accounts").await,
        Some(Done::Updated)
    );
    let issue = |number| github.world().issues[&number].clone();
    let ours = planted + 1;
    assert!(issue(ours).open && issue(ours).body.ends_with("2 accounts"));
    assert_eq!(issue(ours).labels, ["bursar"]);
    assert_eq!(
        done(IssueState::Closed, "all well").await,
        Some(Done::Updated)
    );
    assert!(!issue(ours).open && issue(ours).body.ends_with("all well"));
    assert_eq!(done(IssueState::Closed, "all well").await, None);
    assert_eq!(done(IssueState::Open, "again").await, Some(Done::Updated));
    assert!(issue(ours).open);
    assert_eq!(github.world().issues.len(), 2);
    assert!(issue(planted).body.ends_with("\nx"));
    assert_eq!(
        github.gate.count("POST /api/v3/repos/acme/estate/labels"),
        1
    );
}
