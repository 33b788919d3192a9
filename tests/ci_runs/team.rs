//! A team: its repository, its pull requests, and the runs that GitHub would start.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::aws::client::Client;
use crate::aws::ministack::{ACCOUNT, Ministack, ROOT_SECRET};
use crate::aws::sigv4::Key;
use crate::github::{GitHub, Right, Token};
use crate::sandbox::{Platform, Said, Sandbox};
use crate::stand::web::runtime;

pub const TOKEN: &str = "ghs_planted0123456789";
const BUCKET: &str = "team-state";

/// Nobody's access is asked for real here: what a test is not about does not block.
const SETTINGS: &str = "version: 1
project: acme
sources: [estate]
access: {require: none}
state: {s3: {bucket: team-state, prefix: PREFIX, region: us-east-1}}
credentials:
  ci: {aws_default: {}}
";

pub const ESTATE: &str = "organizations:
  core: {provider: aws, id: o-abcdefghij, credentials: ci}
payers:
  '111122223333': {organization: core, name: Core}
accounts:
  '210987654321': {organization: core, name: Shop}
";

/// The estate with something else in place of its account.
pub fn declaring(instead: &str) -> String {
    let account = "accounts:\n  '210987654321': {organization: core, name: Shop}\n";
    assert!(ESTATE.contains(account));
    ESTATE.replace(account, instead)
}

/// A file that declares one account.
pub fn account(id: &str, name: &str) -> String {
    format!("accounts:\n  '{id}': {{organization: core, name: {name}}}\n")
}

/// How a pull request is merged.
#[derive(Debug, Clone, Copy)]
pub enum How {
    Merge,
    Squash,
    Rebase,
}

pub struct Team {
    pub sandbox: Sandbox,
    pub github: GitHub,
    count: AtomicU32,
}

/// What a run left behind.
#[derive(Debug)]
pub struct Run {
    pub said: Said,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
}

impl Run {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        if self.said.code != Some(code) {
            panic!("{self:#?}");
        }
        self
    }

    #[track_caller]
    pub fn output(&self, name: &str) -> &str {
        match self.outputs.get(name) {
            Some(value) => value,
            None => panic!("no output {name}: {self:#?}"),
        }
    }
}

impl Team {
    /// With a state of its own in the bucket, and a first commit on `main` that nobody applied yet.
    pub fn new(prefix: &str) -> Self {
        Self::on(Platform::Local, prefix)
    }

    pub fn on(platform: Platform, prefix: &str) -> Self {
        static MADE: LazyLock<()> = LazyLock::new(|| {
            let key = Key {
                id: ACCOUNT.to_owned(),
                secret: ROOT_SECRET.to_owned(),
                token: None,
            };
            let client = Client::new(&Ministack::shared().url(), key);
            let made = async { client.s3("PUT", &format!("/{BUCKET}"), "").await };
            runtime().block_on(made).ok();
        });
        LazyLock::force(&MADE);
        let github = GitHub::start("acme/estate");
        let rights = &[
            ("contents", Right::Read),
            ("pull_requests", Right::Write),
            ("issues", Right::Write),
        ];
        github.world().grant(TOKEN, Token::job(rights));
        let settings = SETTINGS.replace("PREFIX", prefix);
        let files = [
            ("bursar.yaml", settings.as_str()),
            ("estate/core.yaml", ESTATE),
        ];
        let sandbox = Sandbox::with(platform, &files);
        let team = Self {
            sandbox,
            github,
            count: AtomicU32::new(0),
        };
        team.git(&["init", "-q", "-b", "main"]);
        team.commit("Begin");
        team
    }

    pub fn project(&self) -> PathBuf {
        self.sandbox.project()
    }

    /// Each commit is made a minute after the one before it.
    pub fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let at = format!("2026-11-22T07:{:02}:{:02}Z", count / 60, count % 60);
        let output = Command::new("git")
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.sandbox.folder())
            .env("GIT_AUTHOR_DATE", &at)
            .env("GIT_COMMITTER_DATE", &at)
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@acme.example"])
            .args([
                "-c",
                "protocol.file.allow=always",
                "-c",
                "advice.detachedHead=false",
            ])
            .args(args)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.project(), args)
    }

    /// Commits whatever is there; the commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub fn write(&self, files: &[(&str, &str)]) {
        self.sandbox.write(files);
    }

    /// A branch of `main` with files changed, and a pull request of it; its number.
    pub fn propose(&self, branch: &str, files: &[(&str, &str)]) -> u64 {
        self.propose_from(branch, files, Some("acme/estate"))
    }

    pub fn propose_from(&self, branch: &str, files: &[(&str, &str)], from: Option<&str>) -> u64 {
        self.git(&["switch", "-q", "-c", branch, "main"]);
        self.write(files);
        let head = self.commit(branch);
        self.git(&["switch", "-q", "main"]);
        let base = self.git(&["rev-parse", "main"]);
        let mut world = self.github.world();
        let number = world.pull_from(branch, from, branch);
        world.push_to(number, &head);
        let pull = world
            .issues
            .get_mut(&number)
            .unwrap()
            .pull
            .as_mut()
            .unwrap();
        pull.base_sha = base;
        number
    }

    fn branch_of(&self, number: u64) -> String {
        let world = self.github.world();
        world.issues[&number]
            .pull
            .as_ref()
            .unwrap()
            .head_ref
            .clone()
    }

    /// Commits more to the branch of a pull request.
    pub fn push(&self, number: u64, files: &[(&str, &str)]) {
        let branch = self.branch_of(number);
        self.git(&["switch", "-q", &branch]);
        self.write(files);
        let head = self.commit("More");
        self.git(&["switch", "-q", "main"]);
        self.github.world().push_to(number, &head);
    }

    /// Merges a pull request; the commit of `main` after it.
    pub fn merge(&self, number: u64, how: How) -> String {
        let branch = self.branch_of(number);
        match how {
            How::Merge => {
                self.git(&["merge", "-q", "--no-ff", "-m", "Merge", &branch]);
            }
            How::Squash => {
                self.git(&["merge", "-q", "--squash", &branch]);
                self.git(&["commit", "-q", "-m", "Squashed"]);
            }
            How::Rebase => {
                self.git(&["switch", "-q", "--detach", &branch]);
                self.git(&["rebase", "-q", "main"]);
                let head = self.git(&["rev-parse", "HEAD"]);
                self.git(&["switch", "-q", "main"]);
                self.git(&["merge", "-q", "--ff-only", &head]);
            }
        }
        let commit = self.git(&["rev-parse", "main"]);
        self.github.world().merge_as(number, &commit);
        commit
    }

    /// A clone of a ref, as actions/checkout makes it: detached, of the given depth, or whole.
    pub fn checkout(&self, reference: &str, depth: Option<u32>) -> PathBuf {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let folder = self.sandbox.folder().join(format!("checkout-{count}"));
        fs::create_dir(&folder).unwrap();
        self.git_in(&folder, &["init", "-q"]);
        let url = format!("file://{}", self.project().display());
        let depth = depth.map(|depth| format!("--depth={depth}"));
        let mut args = vec!["fetch", "-q", "--no-tags"];
        args.extend(depth.as_deref());
        let main = "+refs/heads/*:refs/remotes/origin/*";
        let head = format!("+{reference}:refs/remotes/run");
        args.extend([url.as_str(), head.as_str()]);
        if depth.is_none() {
            args.push(main);
        }
        self.git_in(&folder, &args);
        self.git_in(&folder, &["checkout", "-q", "--detach", "refs/remotes/run"]);
        folder
    }

    /// The merge of a pull request into its base, as GitHub makes it: `refs/pull/N/merge`.
    pub fn merge_ref(&self, number: u64) -> String {
        let branch = self.branch_of(number);
        let scratch = format!("scratch-{number}");
        self.git(&["switch", "-q", "-C", &scratch, "main"]);
        self.git(&["merge", "-q", "--no-ff", "-m", "Merge for a run", &branch]);
        let merge = self.git(&["rev-parse", "HEAD"]);
        self.git(&["switch", "-q", "main"]);
        self.git(&["branch", "-q", "-D", &scratch]);
        let listed = self.git(&["ls-tree", "-r", &merge]);
        let entry = |line: &str| {
            let (about, path) = line.split_once('\t').unwrap();
            let about: Vec<&str> = about.split(' ').collect();
            (path.to_owned(), about[0].to_owned(), about[2].to_owned())
        };
        let parents = self.git(&["rev-parse", &format!("{merge}^1"), &format!("{merge}^2")]);
        let mut world = self.github.world();
        let parents = parents.lines().map(str::to_owned).collect();
        world.parents.insert(merge.clone(), parents);
        let files = listed.lines().map(entry).collect();
        world.trees.insert(merge.clone(), files);
        let issue = world.issues.get_mut(&number).unwrap();
        issue.pull.as_mut().unwrap().merge_commit = Some(merge.clone());
        drop(world);
        let reference = format!("refs/pull/{number}/merge");
        self.git(&["update-ref", &reference, &merge]);
        reference
    }

    /// Runs a command in a checkout, as a step that this event started.
    pub fn run(
        &self,
        checkout: &Path,
        args: &[&str],
        name: &str,
        event: &Value,
        more: &[(&str, &str)],
    ) -> Run {
        let (mut command, folder) = self.step(checkout, args, name, event, more);
        let said: Said = command.output().unwrap().into();
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        Run {
            said,
            outputs: outputs(&text("output")),
            summary: text("summary.md"),
        }
    }

    /// The command of such a step, and the folder that its outputs go to.
    pub fn step(
        &self,
        checkout: &Path,
        args: &[&str],
        name: &str,
        event: &Value,
        more: &[(&str, &str)],
    ) -> (Command, PathBuf) {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let folder = self.sandbox.folder().join(format!("run-{count}"));
        let variables = self.github.runner(name, event, &folder);
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        self.sandbox.dress(&mut command);
        command
            .env("BURSAR_NOW", "2026-11-22T12:00:00Z")
            .env("BURSAR_ENDPOINT_S3", Ministack::shared().url())
            .env("AWS_ACCESS_KEY_ID", ACCOUNT)
            .env("AWS_SECRET_ACCESS_KEY", ROOT_SECRET)
            .env("GITHUB_TOKEN", TOKEN)
            .envs(variables)
            .envs(more.iter().copied())
            .arg("-C")
            .arg(checkout)
            .args(args);
        (command, folder)
    }

    /// `ci plan` as a run of a pull request.
    pub fn plan(&self, number: u64) -> Run {
        self.plan_with(number, &[], &[])
    }

    pub fn plan_with(&self, number: u64, args: &[&str], more: &[(&str, &str)]) -> Run {
        let reference = self.merge_ref(number);
        let checkout = self.checkout(&reference, None);
        let event = self.github.world().pull_event(number, "synchronize");
        let mut all = vec!["ci", "plan"];
        all.extend(args);
        self.run(&checkout, &all, "pull_request", &event, more)
    }

    /// `ci apply` as a run of a push to `main`.
    pub fn apply(&self) -> Run {
        self.apply_with(&[], &[])
    }

    pub fn apply_with(&self, args: &[&str], more: &[(&str, &str)]) -> Run {
        let checkout = self.checkout("refs/heads/main", None);
        self.apply_in(&checkout, args, more)
    }

    pub fn apply_in(&self, checkout: &Path, args: &[&str], more: &[(&str, &str)]) -> Run {
        let after = self.git_in(checkout, &["rev-parse", "HEAD"]);
        let event = self
            .github
            .world()
            .push_event("main", &"0".repeat(40), &after);
        let mut all = vec!["ci", "apply"];
        all.extend(args);
        self.run(checkout, &all, "push", &event, more)
    }

    /// `ci check` as a scheduled run.
    pub fn check(&self, args: &[&str], more: &[(&str, &str)]) -> Run {
        let checkout = self.checkout("refs/heads/main", None);
        let mut all = vec!["ci", "check"];
        all.extend(args);
        self.run(&checkout, &all, "schedule", &json!({}), more)
    }

    /// A command at a laptop's terminal, in the team's own checkout.
    pub fn laptop(&self, args: &[&str]) -> Said {
        let url = Ministack::shared().url();
        let environment = [
            ("BURSAR_NOW", "2026-11-22T12:00:00Z"),
            ("BURSAR_ENDPOINT_S3", url.as_str()),
            ("AWS_ACCESS_KEY_ID", ACCOUNT),
            ("AWS_SECRET_ACCESS_KEY", ROOT_SECRET),
        ];
        self.sandbox.run_with(args, &environment)
    }

    /// The bodies of all comments at a pull request, without the hidden line.
    pub fn comments(&self, number: u64) -> Vec<String> {
        let comments = self.github.world().comments_of(number);
        let bodies = comments.into_iter().map(|comment| comment.body);
        bodies
            .map(|body| match body.split_once('\n') {
                Some((_, rest)) if body.starts_with("<!-- bursar ") => rest.to_owned(),
                _ => body,
            })
            .collect()
    }

    /// The only comment.
    #[track_caller]
    pub fn comment(&self, number: u64) -> String {
        let mut all = self.comments(number);
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }
}

/// The outputs that a file sets.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let plain = line.split_once('=');
        let (name, value) = match (line.split_once("<<"), plain) {
            (Some((name, end)), _) if !name.contains('=') => {
                let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
                (name, inside.join("\n"))
            }
            (_, Some((name, value))) => (name, value.to_owned()),
            _ => panic!("no output: {line}"),
        };
        all.insert(name.to_owned(), value);
    }
    all
}
