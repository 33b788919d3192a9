//! A stand-in for GitHub's API, with one repository: pull requests, issues, comments, labels, tokens with
//! permissions. It refuses what GitHub refuses, counts what came, and runs until it is dropped.
//!
//! Beside it a test includes `stand` and, for [`GitHub::runner`], needs a folder for the event's file.
//!
//! ```text
//! let github = GitHub::start("acme/estate");
//! github.world().grant("ghs_job", Token::job(&[("pull_requests", Right::Write)]));
//! let number = github.world().pull("Add an account");
//! let variables = github.runner("pull_request", &github.world().pull_event(number, "opened"), folder);
//! ```
//!
//! Sources: docs.github.com/en/rest (issues, pulls, rate limits, pagination), and what the issues of
//! public actions quote of its refusals.
#![allow(dead_code)] // Each test uses a part.

mod events;
mod rest;
mod world;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use crate::stand::gate::{Came, Gate};
use crate::stand::web::Server;
pub use world::{Account, Right, Token, World};

/// The commit of a run where nobody says another.
pub const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

/// A running stand-in.
pub struct GitHub {
    server: Server,
    world: Arc<Mutex<World>>,
    /// Spoils answers by rule.
    pub gate: Gate,
}

impl GitHub {
    /// With one public repository, `owner/name`, and nothing in it.
    pub fn start(repository: &str) -> Self {
        let world = Arc::new(Mutex::new(World::new(repository)));
        let gate = Gate::default();
        let (inside, passed) = (Arc::clone(&world), gate.clone());
        let server = Server::start(move |request| {
            let (world, gate) = (Arc::clone(&inside), passed.clone());
            async move {
                let answer = async |request| rest::answer(&mut world.lock().unwrap(), &request);
                gate.pass(request, answer).await
            }
        });
        world.lock().unwrap().url = server.url();
        Self {
            server,
            world,
            gate,
        }
    }

    /// What there is, to look at and to change; the server waits meanwhile.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// All requests so far.
    pub fn came(&self) -> Vec<Came> {
        self.gate.came()
    }

    /// The requests that wrote something, or would have.
    pub fn writes(&self) -> Vec<String> {
        let came = self.came().into_iter().map(|came| came.line);
        came.filter(|line| !line.starts_with("GET ") && !line.ends_with("/graphql"))
            .collect()
    }

    /// What a runner sets for a run that this event started, without the token; the event, the outputs
    /// and the summary are files in the folder (`event.json`, `output`, `summary.md`).
    pub fn runner(&self, event_name: &str, event: &Value, folder: &Path) -> Vec<(String, String)> {
        fs::create_dir_all(folder).unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let world = self.world();
        let sha = match event_name {
            "push" => event["after"].as_str(),
            "pull_request" => event["pull_request"]["head"]["sha"].as_str(),
            _ => None,
        };
        let reference = match event_name {
            "push" => event["ref"].as_str().unwrap_or_default().to_owned(),
            "pull_request" => format!("refs/pull/{}/merge", event["number"]),
            _ => "refs/heads/main".to_owned(),
        };
        let pairs = [
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_EVENT_NAME", event_name.to_owned()),
            ("GITHUB_EVENT_PATH", file("event.json", &event.to_string())),
            ("GITHUB_REPOSITORY", world.repository.clone()),
            ("GITHUB_API_URL", format!("{}/api/v3", self.url())),
            ("GITHUB_GRAPHQL_URL", format!("{}/api/graphql", self.url())),
            ("GITHUB_SERVER_URL", self.url()),
            ("GITHUB_SHA", sha.unwrap_or(SHA).to_owned()),
            ("GITHUB_REF", reference),
            ("GITHUB_RUN_ID", "7701".to_owned()),
            ("GITHUB_RUN_ATTEMPT", "1".to_owned()),
            ("GITHUB_ACTOR", "mona".to_owned()),
            ("GITHUB_OUTPUT", file("output", "")),
            ("GITHUB_STEP_SUMMARY", file("summary.md", "")),
            ("RUNNER_TEMP", folder.display().to_string()),
        ];
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}
