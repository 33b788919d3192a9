//! The client for GitHub, and comments and issues that are found again: against a stand-in that refuses
//! what GitHub refuses, and against an emulator that others made.

mod emulate;
#[path = "../support/github/mod.rs"]
mod github;
mod reader;
#[path = "../support/stand/mod.rs"]
mod stand;
mod sticky;
#[path = "../support/tools.rs"]
mod tools;
mod trouble;

use bursar::ci::api::{Reader, Writer};
use bursar::ci::{Event, Runner};
use bursar::credential::Secret;
use serde_json::Value;

use github::{GitHub, Right, Token};

/// What a job may that comments.
const COMMENTS: &[(&str, Right)] = &[("pull_requests", Right::Write)];
const ISSUES: &[(&str, Right)] = &[("issues", Right::Write)];

const TOKEN: &str = "ghs_planted0123456789";

/// GitHub with one token of a job.
fn github(rights: &[(&str, Right)]) -> GitHub {
    let github = GitHub::start("acme/estate");
    github.world().grant(TOKEN, Token::job(rights));
    github
}

/// The runner that an event makes.
fn runner(github: &GitHub, name: &str, event: &Value) -> (Runner, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let variables = github.runner(name, event, folder.path());
    let get = |name: &str| {
        let mut all = variables.iter();
        all.find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    (Runner::from_env(&get).unwrap(), folder)
}

fn reader(github: &GitHub, token: &str) -> Reader {
    let (runner, _folder) = runner(github, "schedule", &Value::Null);
    Reader::new(&runner, Secret::issued(token.to_owned())).unwrap()
}

fn writer(github: &GitHub, token: &str) -> Writer {
    let (runner, _folder) = runner(github, "schedule", &Value::Null);
    Writer::new(&runner, Secret::issued(token.to_owned())).unwrap()
}

#[test]
fn events_are_read_as_github_tells_them() {
    let github = github(COMMENTS);
    let (own, fork, gone) = {
        let mut world = github.world();
        let own = world.pull("Own");
        let fork = world.pull_from("Fork", Some("mallory/estate"), "change");
        let gone = world.pull_from("Gone", None, "change");
        world.merge(own);
        (own, fork, gone)
    };
    let event = |name: &str, event: &Value| {
        let (runner, _folder) = runner(&github, name, event);
        Event::read(&runner)
    };
    let pull = |number, action| {
        let told = github.world().pull_event(number, action);
        match event("pull_request", &told).unwrap() {
            Event::PullRequest(pull) => pull,
            other => panic!("{other:?}"),
        }
    };
    let told = pull(own, "closed");
    assert_eq!((told.number, told.action.as_deref()), (own, Some("closed")));
    assert!(told.merged && !told.is_from_fork());
    assert_eq!((&*told.base_ref, &*told.author), ("main", "mona"));
    assert_eq!(told.head_repository.as_deref(), Some("acme/estate"));
    assert!(pull(fork, "opened").is_from_fork());
    assert_eq!(pull(gone, "synchronize").head_repository, None);
    assert!(pull(gone, "synchronize").is_from_fork());

    let told = github.world().push_event("main", &"0".repeat(40), "c0");
    let Event::Push(push) = event("push", &told).unwrap() else {
        panic!()
    };
    assert!(push.is_default_branch() && push.before().is_none());
    assert_eq!(push.after, "c0");

    let run = |number| {
        let told = github.world().workflow_run_event(number, "success");
        match event("workflow_run", &told).unwrap() {
            Event::WorkflowRun(run) => run,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(run(own).pull_requests, [own]);
    let told = run(fork);
    assert_eq!(told.pull_requests, [0; 0]);
    assert_eq!(told.head_repository.as_deref(), Some("mallory/estate"));
    assert_eq!(run(gone).head_repository, None);
    let scheduled = event("schedule", &Value::Null).unwrap();
    assert!(matches!(scheduled, Event::Other(other) if other.name == "schedule"));
}

#[test]
fn an_event_that_cannot_be_trusted_or_read_is_refused() {
    let github = github(COMMENTS);
    let number = github
        .world()
        .pull_from("Fork", Some("mallory/estate"), "x");
    let told = github.world().pull_event(number, "opened");
    let (mut runner, folder) = runner(&github, "pull_request_target", &told);
    let error = Event::read(&runner).unwrap_err();
    assert_eq!(error.code(), "ci.pull-request-target");
    assert!(error.help().contains("workflow_run"), "{}", error.help());

    runner.event_name = "pull_request".to_owned();
    assert!(Event::read(&runner).is_ok());
    std::fs::write(folder.path().join("event.json"), "{\"secret\": 1}").unwrap();
    let error = Event::read(&runner).unwrap_err();
    assert_eq!(error.code(), "ci.event");
    assert!(!error.to_string().contains("secret"), "{error}");
    runner.event_path = Some(folder.path().join("gone.json"));
    assert_eq!(Event::read(&runner).unwrap_err().code(), "ci.event");
    runner.event_path = None;
    assert_eq!(Event::read(&runner).unwrap_err().code(), "ci.event");
}
