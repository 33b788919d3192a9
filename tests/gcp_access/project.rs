//! A project that declares a world, and what the program says of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::google::world::World;

/// A project in a folder of its own.
pub struct Project<'w> {
    pub world: &'w World,
    dir: tempfile::TempDir,
}

/// What the program did.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl<'w> Project<'w> {
    /// The project that declares exactly this world.
    pub fn of(world: &'w World) -> Self {
        let project = Self {
            world,
            dir: tempfile::tempdir().unwrap(),
        };
        for (path, text) in world.files() {
            project.write(path, &text);
        }
        project
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Changes a file.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.dir.path().join(path)).unwrap();
        assert!(text.contains(from), "{path} does not say {from}:\n{text}");
        self.write(path, &text.replace(from, to));
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    /// Runs the program in an environment that has nothing of the machine's.
    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        command
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path())
            .env("BURSAR_CALL_TRIES", "2")
            .envs(self.world.environment())
            .envs(environment.iter().copied())
            .args(args);
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What a check says as JSON.
    pub fn check(&self) -> Checked {
        self.check_with(&[], &[])
    }

    pub fn check_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Checked {
        let args: Vec<&str> = ["check", "--json"].iter().chain(args).copied().collect();
        let ran = self.run_with(&args, environment);
        let document: Value = serde_json::from_str(&ran.out)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", ran.out, ran.err));
        Checked {
            code: ran.code,
            findings: document["findings"].as_array().unwrap().clone(),
            calls: serde_json::from_value(document["calls"]["by_operation"].clone()).unwrap(),
        }
    }
}

/// The answers of a check.
pub struct Checked {
    pub code: i32,
    pub findings: Vec<Value>,
    pub calls: BTreeMap<String, u64>,
}

impl Checked {
    /// The status of one check on each of the resources that it was asked about.
    pub fn statuses(&self, check: &str) -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        self.findings
            .iter()
            .filter(|finding| finding["check"] == check)
            .map(|finding| (text(&finding["address"]), text(&finding["status"])))
            .collect()
    }

    /// Everything that neither passed nor was left out, as a person would be told it.
    pub fn told(&self) -> String {
        let mut told = format!("exit {}\n", self.code);
        for finding in &self.findings {
            let text = |key: &str| finding[key].as_str().unwrap_or_default();
            if matches!(text("status"), "pass" | "skipped") {
                continue;
            }
            let (status, check, address) = (text("status"), text("check"), text("address"));
            let _ = writeln!(told, "{status} {check} {address}");
            let _ = writeln!(told, "  {}", text("message"));
            if let Some(said) = finding["evidence"]["said"].as_str() {
                let _ = writeln!(told, "  said: {said}");
            }
            let _ = writeln!(told, "  help: {}", text("remedy"));
            for line in text("paste").lines() {
                let _ = writeln!(told, "  | {line}");
            }
        }
        told
    }

    /// How many findings were left out because of something else.
    pub fn skipped(&self) -> usize {
        let skipped = |finding: &&Value| finding["status"] == "skipped";
        self.findings.iter().filter(skipped).count()
    }
}
