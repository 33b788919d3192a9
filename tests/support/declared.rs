//! A project that declares a world, and what the program says of it. What a world is, each provider's
//! tests know ([`World`]).
//!
//! A test includes this with `#[path = "../support/declared.rs"] mod declared;`, and names `Project` and
//! `Checked` of its own world.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What stands in for a provider, as far as a project must know it.
pub trait World {
    /// The project's files, by their paths.
    fn files(&self) -> Vec<(&'static str, String)>;

    /// What the program needs around it to ask nobody else.
    fn environment(&self) -> Vec<(&'static str, String)>;

    /// A text with the ids of this world by what they are.
    fn plain(&self, text: &str) -> String;
}

/// A project in a folder of its own.
pub struct Project<'w, W> {
    pub world: &'w W,
    dir: tempfile::TempDir,
}

/// What the program did.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl<'w, W: World> Project<'w, W> {
    /// The project that declares exactly this world.
    pub fn of(world: &'w W) -> Self {
        let project = Self {
            world,
            dir: tempfile::tempdir().unwrap(),
        };
        for (path, text) in world.files() {
            project.write(path, &text);
            if path.ends_with(".pem") {
                project.only_ours(path);
            }
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

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(path)).unwrap()
    }

    /// Nobody else may read a file.
    pub fn only_ours(&self, path: &str) {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(self.dir.path().join(path), mode).unwrap();
    }

    /// Changes a file.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
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
    pub fn check(&self) -> Checked<'w, W> {
        self.check_with(&[], &[])
    }

    pub fn check_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Checked<'w, W> {
        let args: Vec<&str> = ["check", "--json"].iter().chain(args).copied().collect();
        let ran = self.run_with(&args, environment);
        let document: Value = serde_json::from_str(&ran.out)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", ran.out, ran.err));
        Checked {
            code: ran.code,
            findings: document["findings"].as_array().unwrap().clone(),
            calls: serde_json::from_value(document["calls"]["by_operation"].clone()).unwrap(),
            world: self.world,
        }
    }
}

impl<W: World> Project<'_, W> {
    /// Goes the way of a new user in a good world: from a check that has nothing to say to green badges, and
    /// to the next run that has nothing to do. Returns how many payers and accounts have them.
    pub fn goes_from_plan_to_badges(&self) -> usize {
        let checked = self.check();
        assert_eq!(checked.told(), "exit 0\n", "{:#?}", checked.findings);
        assert_eq!(checked.skipped(), 0, "{:#?}", checked.findings);

        let plan = self.run(&["plan"]);
        assert_eq!(plan.code, 0, "{}{}", plan.out, plan.err);
        assert!(plan.out.contains("nothing deleted"), "{}", plan.out);
        assert!(!plan.out.contains("blocked"), "{}", plan.out);
        let applied = self.run(&["apply", "--auto-approve"]);
        assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);

        let accounts: Value = serde_json::from_str(&self.run(&["accounts", "--json"]).out).unwrap();
        let mut seen = 0;
        for kind in ["payers", "accounts"] {
            for listed in accounts[kind].as_array().unwrap() {
                for badge in ["API", "PAYER", "COST", "RECS"] {
                    let light = &listed["badges"][badge]["light"];
                    assert_eq!(light, "green", "{badge}: {listed:#}");
                }
                seen += 1;
            }
        }
        let again = self.run(&["apply", "--auto-approve"]);
        assert!(again.out.contains("Nothing to do"), "{}", again.out);
        seen
    }
}

/// The answers of a check.
pub struct Checked<'w, W> {
    pub code: i32,
    pub findings: Vec<Value>,
    pub calls: BTreeMap<String, u64>,
    world: &'w W,
}

impl<W: World> Checked<'_, W> {
    /// The status of one check on each of the resources that it was asked about.
    pub fn statuses(&self, check: &str) -> BTreeMap<String, String> {
        let text = |value: &Value| self.world.plain(value.as_str().unwrap());
        self.findings
            .iter()
            .filter(|finding| finding["check"] == check)
            .map(|finding| (text(&finding["address"]), text(&finding["status"])))
            .collect()
    }

    /// The one status of a check.
    pub fn status(&self, check: &str) -> String {
        let mut all: Vec<String> = self.statuses(check).into_values().collect();
        all.sort();
        all.dedup();
        all.join(" ")
    }

    /// Everything that neither passed nor was left out, as a person would be told it, with the ids
    /// of this world by what they are.
    pub fn told(&self) -> String {
        self.told_of(|_| true)
    }

    /// The same of one check.
    pub fn told_at(&self, check: &str) -> String {
        self.told_of(|finding| finding["check"] == check)
    }

    fn told_of(&self, wanted: impl Fn(&Value) -> bool) -> String {
        let mut told = format!("exit {}\n", self.code);
        for finding in &self.findings {
            let text = |key: &str| finding[key].as_str().unwrap_or_default();
            if matches!(text("status"), "pass" | "skipped") || !wanted(finding) {
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
        self.world.plain(&told)
    }

    /// A text with the ids of this world by what they are.
    pub fn plain(&self, text: &str) -> String {
        self.world.plain(text)
    }

    /// How many findings were left out because of something else.
    pub fn skipped(&self) -> usize {
        let skipped = |finding: &&Value| finding["status"] == "skipped";
        self.findings.iter().filter(skipped).count()
    }

    /// A fact behind an answer.
    pub fn evidence(&self, check: &str, name: &str) -> String {
        let finding = self
            .findings
            .iter()
            .find(|finding| finding["check"] == check);
        let fact = finding.and_then(|finding| finding["evidence"][name].as_str());
        self.world
            .plain(fact.unwrap_or_else(|| panic!("no {name} at {check}: {finding:#?}")))
    }
}
