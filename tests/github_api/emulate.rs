//! The same client against an emulator of GitHub that others made (npm `emulate`): it judges our
//! requests by what its makers know of GitHub. What it does not have, such as GraphQL and rights of
//! tokens, the stand-in has.

use std::collections::HashSet;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::Request;
use bursar::ci::Runner;
use bursar::ci::api::{IssueState, Reader, Writer};
use bursar::ci::marker::{Kind, Marker};
use bursar::ci::sticky::{self, Done, Kept};
use bursar::credential::Secret;
use serde_json::{Value, json};

use crate::stand::program::ask;
use crate::stand::web::send;
use crate::tools;

/// Pinned: the registry's `latest` is a package of other people.
const VERSION: &str = "0.12.2";

const SEED: &str = "
tokens:
  tok_planted_mona: {login: mona, scopes: [repo, user]}
  tok_planted_ava: {login: ava, scopes: [repo, user]}
github:
  users: [{login: mona}, {login: ava}]
  repos: [{owner: mona, name: estate, auto_init: true}]
";

/// Ends the program when the test does: standard input is then at its end.
const WATCHED: &str = "\"$@\" & child=$!; cat > /dev/null; kill $child";

struct Emulate {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Emulate {
    fn start() -> Self {
        let package = tools::npm_without_scripts("emulate", VERSION);
        let folder = tempfile::tempdir().unwrap();
        let seed = folder.path().join("seed.yaml");
        fs::write(&seed, SEED).unwrap();
        let port = {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            listener.local_addr().unwrap().port()
        };
        let child = Command::new("sh")
            .args(["-c", WATCHED, "sh"])
            .arg(tools::node())
            .arg(package.join("dist/index.js"))
            .args(["--service", "github", "--port", &port.to_string(), "--seed"])
            .arg(&seed)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while ask(port, "GET", "/repos/mona/estate").is_none_or(|(status, _)| status != 200) {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "emulate {VERSION} does not answer"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self {
            child,
            port,
            _folder: folder,
        }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn runner(&self) -> Runner {
        let url = self.url();
        Runner::from_env(&|name| {
            let value = match name {
                "GITHUB_EVENT_NAME" => "schedule",
                "GITHUB_REPOSITORY" => "mona/estate",
                "GITHUB_API_URL" | "GITHUB_SERVER_URL" => &url,
                "GITHUB_SHA" => "c0",
                "GITHUB_RUN_ID" => "1",
                _ => return None,
            };
            Some(value.to_owned())
        })
        .unwrap()
    }

    fn both(&self, token: &str) -> (Reader, Writer) {
        let (runner, token) = (self.runner(), Secret::issued(token.to_owned()));
        (
            Reader::new(&runner, token.clone()).unwrap(),
            Writer::new(&runner, token).unwrap(),
        )
    }

    /// What is not bursar's to do: files, branches, merges.
    async fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/repos/mona/estate/{path}", self.url()))
            .header("authorization", "Bearer tok_planted_mona")
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let answer = send(request).await.unwrap();
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(answer.status().is_success(), "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A pull request of a branch with a change; its number.
    async fn pull(&self, branch: &str) -> u64 {
        let main = self.call_get("git/ref/heads/main").await;
        let sha = main["object"]["sha"].clone();
        let reference = format!("refs/heads/{branch}");
        let made = json!({"ref": reference, "sha": sha});
        self.call("POST", "git/refs", &made).await;
        let file = json!({"message": "Add", "content": "YQ==", "branch": branch});
        self.call("PUT", &format!("contents/{branch}.yaml"), &file)
            .await;
        let pull = json!({"title": format!("Add {branch}"), "head": branch, "base": "main"});
        let pull = self.call("POST", "pulls", &pull).await;
        pull["number"].as_u64().unwrap()
    }

    async fn call_get(&self, path: &str) -> Value {
        self.call("GET", path, &Value::Null).await
    }
}

impl Drop for Emulate {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn comments_issues_and_merges_are_those_of_a_judge_that_others_made() {
    let emulate = Emulate::start();
    let (reader, writer) = emulate.both("tok_planted_mona");
    let (other_reader, other) = emulate.both("tok_planted_ava");
    let viewer = reader.viewer().await.unwrap();
    assert_eq!((&*viewer.login, viewer.bot), ("mona", Some(false)));
    assert_eq!(other_reader.viewer().await.unwrap().login, "ava");

    let number = emulate.pull("first").await;
    let marker = Marker::new(Kind::Plan, "acme", "c0");
    let planted = format!("{}\nplanted", marker.line());
    let planted = other.create_comment(number, &planted).await.unwrap();
    assert_eq!(planted.author.login, "ava");
    let post = async |text: &str| {
        sticky::comment(&reader, &writer, &viewer, number, &marker, text)
            .await
            .unwrap()
            .done
    };
    assert_eq!(post("one").await, Done::Created);
    assert_eq!(post("one").await, Done::Unchanged);
    assert_eq!(post("two").await, Done::Updated);
    for at in 0..120 {
        let text = format!("discussed {at}");
        other.create_comment(number, &text).await.unwrap();
    }
    let comments = reader.comments(number).await.unwrap();
    assert_eq!(comments.len(), 122, "both pages");
    assert_eq!(comments[0].id, planted.id);
    assert_eq!(comments[0].body, format!("{}\nplanted", marker.line()));
    let (ours, found) = sticky::find(&comments, &viewer, Kind::Plan, "acme").unwrap();
    assert_eq!(found, marker);
    assert!(ours.body.ends_with("\ntwo"));

    let second = emulate.pull("second").await;
    let pull = reader.pull(second).await.unwrap();
    assert_eq!((&*pull.head_ref, &*pull.base_ref), ("second", "main"));
    assert!(!pull.merged && !pull.is_from_fork());
    let open = reader.pulls_of_head("mona", "second").await.unwrap();
    let numbers: Vec<u64> = open.iter().map(|pull| pull.number).collect();
    assert_eq!(numbers, [second]);
    let mut commits = HashSet::new();
    for number in [number, second] {
        let merge = format!("pulls/{number}/merge");
        let merged = emulate.call("PUT", &merge, &json!({})).await;
        commits.insert(merged["sha"].as_str().unwrap().to_owned());
    }
    let merged = reader.merged("main", &commits, None, 3).await.unwrap();
    let mut numbers: Vec<u64> = merged.pulls.iter().map(|pull| pull.number).collect();
    numbers.sort_unstable();
    assert_eq!((numbers, merged.cut), (vec![number, second], false));
    assert!(reader.pull(second).await.unwrap().merged);

    let keep = async |state, text: &str| {
        let marker = Marker::new(Kind::Check, "acme", "c0");
        let kept = Kept {
            label: "bursar",
            title: "Cost data is not readable",
            state,
        };
        let posted = sticky::issue(&reader, &writer, &viewer, kept, &marker, text).await;
        posted.unwrap().map(|posted| posted.done)
    };
    assert_eq!(keep(IssueState::Open, "1").await, Some(Done::Created));
    assert_eq!(keep(IssueState::Open, "1").await, Some(Done::Unchanged));
    assert_eq!(keep(IssueState::Closed, "0").await, Some(Done::Updated));
    assert_eq!(keep(IssueState::Closed, "0").await, None);
    assert_eq!(keep(IssueState::Open, "2").await, Some(Done::Updated));
    let issues = reader.issues("bursar", &viewer).await.unwrap();
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].state, IssueState::Open);
    assert_eq!(
        reader.comments(9999).await.unwrap_err().code(),
        "ci.not-found"
    );
}
