//! What goes wrong on the way to GitHub, as it is told, and that the token goes to nobody else.

use bursar::ci::CiError;

use crate::github::{Account, Right, Token};
use crate::stand::gate::{Fault, Gate, Rule};
use crate::stand::web::{Server, said};
use crate::{COMMENTS, TOKEN, github, reader, writer};

fn told(error: &CiError) -> String {
    format!("{}: {error}\nhelp: {}", error.code(), error.help())
}

#[tokio::test]
async fn a_token_without_the_right_is_told_which_line_is_missing() {
    let github = github(&[("pull_requests", Right::Read)]);
    let number = github.world().pull("One");
    let error = writer(&github, TOKEN)
        .create_comment(number, "text")
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    ci.denied: the token may not comment on #1 in acme/estate; GitHub says: Resource not accessible by integration
    help: add `pull-requests: write` below `permissions:` of the job; a pull request of a fork gets a token that only reads, whatever stands there: plan it from a `workflow_run`
    ");
    let error = writer(&github, TOKEN)
        .create_issue("t", "b", "bug")
        .await
        .unwrap_err();
    assert!(error.help().contains("`issues: write`"), "{}", error.help());
    // A refusal that is not about rights names no line.
    github
        .world()
        .grant("ghs_other-0123456789", Token::job(COMMENTS));
    github.world().issues.get_mut(&number).unwrap().locked = true;
    let writer = writer(&github, "ghs_other-0123456789");
    let error = writer.create_comment(number, "text").await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    ci.denied: the token may not comment on #1 in acme/estate; GitHub says: Unable to create comment because issue is locked.
    help: do what GitHub says; where it is about rights, see `permissions:` of the job
    ");
    assert_eq!(github.world().comments_of(number).len(), 0);
}

#[tokio::test]
async fn a_limit_that_lasts_is_told_and_not_waited_for() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    github.world().budget = Some(0);
    let error = reader(&github, TOKEN).comments(number).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    ci.limited: cannot read the comments of #1: GitHub's limit for requests is reached; it may be tried again in 1201 seconds
    help: run it again later; BURSAR_CALL_TIMEOUT says how many seconds it may wait by itself
    ");
    assert_eq!(github.came().len(), 1);
}

#[tokio::test]
async fn a_short_limit_is_waited_for_even_when_something_is_written() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let again = |status| {
        let headers = vec![("retry-after", "1".to_owned())];
        let body = "{\"message\":\"You have exceeded a secondary rate limit.\"}".to_owned();
        Rule::new(Fault::Instead(status, headers, body)).times(1)
    };
    github.gate.spoil(again(403));
    github.gate.spoil(again(429));
    writer(&github, TOKEN)
        .create_comment(number, "text")
        .await
        .unwrap();
    assert_eq!(github.writes().len(), 3);
    assert_eq!(github.world().comments_of(number).len(), 1);
    // Without a word about its end it takes a minute: longer than a call may.
    github.gate.forget();
    let body = "{\"message\":\"You have exceeded a secondary rate limit.\"}".to_owned();
    github
        .gate
        .spoil(Rule::new(Fault::Instead(403, Vec::new(), body)));
    let error = reader(&github, TOKEN).comments(number).await.unwrap_err();
    assert!(
        matches!(
            error,
            CiError::Limited {
                seconds: Some(60),
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(github.came().len(), 1);
}

#[tokio::test]
async fn an_ill_github_is_asked_again() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let id = github.world().comment(number, Account::actions(), "old");
    let ill = Fault::Instead(502, Vec::new(), "<html>".to_owned());
    github.gate.spoil(Rule::new(ill.clone()).times(1));
    github.gate.spoil(Rule::new(Fault::Reset).times(1));
    assert_eq!(
        reader(&github, TOKEN).comments(number).await.unwrap().len(),
        1
    );
    assert_eq!(github.came().len(), 3);
    // To replace a text twice is to replace it.
    github.gate.spoil(Rule::new(ill.clone()).times(1));
    writer(&github, TOKEN)
        .update_comment(id, "new")
        .await
        .unwrap();
    assert_eq!(github.world().comments_of(number)[0].body, "new");
    github.gate.heal();
    github.gate.forget();
    github.gate.spoil(Rule::new(ill));
    let error = reader(&github, TOKEN).comments(number).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    ci.unreachable: cannot read the comments of #1: 127.0.0.1 gave no good answer: HTTP 502 without an explanation
    help: see whether the runner reaches GitHub, and https://www.githubstatus.com; then run the job again
    ");
    assert_eq!(github.came().len(), 4, "no more than tries are allowed");
}

#[tokio::test]
async fn nobody_else_gets_the_token() {
    let elsewhere = Gate::default();
    let seen = elsewhere.clone();
    let server = Server::start(move |request| {
        let seen = seen.clone();
        async move {
            seen.pass(request, async |_| said(200, "application/json", "[]"))
                .await
        }
    });
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    for status in [301, 302, 307, 308] {
        let headers = vec![("location", format!("{}/x", server.url()))];
        let body = "{\"message\":\"Moved\"}".to_owned();
        github
            .gate
            .spoil(Rule::new(Fault::Instead(status, headers, body)).times(1));
        let error = reader(&github, TOKEN).comments(number).await.unwrap_err();
        assert_eq!(error.code(), "ci.answer", "{error}");
    }
    // Nor does a list go on at another host.
    let link = format!("<{}/x?per_page=100&page=2>; rel=\"next\"", server.url());
    let page = Fault::Instead(200, vec![("link", link)], "[]".to_owned());
    github.gate.spoil(Rule::new(page).times(1));
    assert_eq!(
        reader(&github, TOKEN).comments(number).await.unwrap().len(),
        0
    );
    assert_eq!(elsewhere.came().len(), 0);
    assert_eq!(github.gate.count("page=2"), 1);
}

#[tokio::test]
async fn what_is_not_github_is_told() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let other = Fault::Instead(200, Vec::new(), "<html>planted</html>".to_owned());
    github.gate.spoil(Rule::new(other).times(1));
    let error = reader(&github, TOKEN).comments(number).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    ci.answer: cannot read the comments of #1: the answer of 127.0.0.1 is not GitHub's: 20 bytes that are not the expected JSON (line 1, column 1)
    help: see whether GITHUB_API_URL is GitHub's, and whether a proxy answers in its place
    ");
    github.gate.spoil(Rule::new(Fault::Foreign).times(1));
    let error = reader(&github, TOKEN).comments(number).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    ci.not-found: cannot read the comments of #1 in acme/estate: GitHub finds nothing there; it says: HTTP 404 without an explanation
    help: in a private repository GitHub also says this to a token that may not see it: the job needs `pull-requests: read` below `permissions:`
    ");
}

#[tokio::test]
async fn no_error_repeats_the_token() {
    let github = github(COMMENTS);
    let number = github.world().pull("One");
    let mut errors = Vec::new();
    let echo = format!("{{\"message\":\"bad token {TOKEN}\"}}");
    for status in [400, 401, 403, 404, 422, 503] {
        github.gate.heal();
        github
            .gate
            .spoil(Rule::new(Fault::Instead(status, Vec::new(), echo.clone())));
        errors.push(
            writer(&github, TOKEN)
                .create_comment(number, "x")
                .await
                .unwrap_err(),
        );
    }
    for token in ["", " \n", "ghs_planted-a\nghs_planted-b"] {
        errors.push(reader(&github, token).comments(number).await.unwrap_err());
    }
    let codes: Vec<_> = errors.iter().map(CiError::code).collect();
    assert_eq!(
        codes,
        [
            "ci.refused",
            "ci.token",
            "ci.denied",
            "ci.not-found",
            "ci.refused",
            "ci.unreachable",
            "ci.token",
            "ci.token",
            "ci.token"
        ]
    );
    for error in errors {
        let all = format!("{error} {error:?} {}", error.help());
        assert!(!all.contains("planted"), "{all}");
    }
}
