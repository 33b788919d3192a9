//! A project in a folder of its own, and the real program run in it: for tests that kill it.
//!
//! A test includes this file with `#[path = "support/sandbox.rs"] mod sandbox;`.
#![allow(dead_code)] // Each test uses a part.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bursar::model::address::Address;
use bursar::model::record::Record;
use bursar::state::{Binding, EmbeddedStore, HistoryEntry, HistoryFilter, Snapshot, StateReader};
use serde_json::Value;

/// Where registrations go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    Local,
    TestDir,
    /// As the project's own settings say.
    Onicloud,
}

/// A folder with `project/` and, for `test_dir`, `platform/`.
pub struct Sandbox {
    folder: tempfile::TempDir,
    pub platform: Platform,
}

/// What a run said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// # Panics
    /// If the run did not end with this code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }

    /// # Panics
    /// If the run was not killed.
    #[track_caller]
    pub fn expect_killed(self) -> Self {
        assert_eq!(
            self.code, None,
            "the run should have been killed\nstdout:\n{}\nstderr:\n{}",
            self.out, self.err
        );
        self
    }

    /// Standard error without its line breaks.
    pub fn told(&self) -> String {
        let words: Vec<&str> = self.err.split_whitespace().collect();
        words.join(" ")
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.out, self.err))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Sandbox {
    pub fn new(platform: Platform) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("sandbox-")
            .tempdir_in(fast_folder())
            .unwrap();
        let sandbox = Self { folder, platform };
        fs::create_dir(sandbox.project()).unwrap();
        sandbox
    }

    pub fn with(platform: Platform, files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new(platform);
        sandbox.write(files);
        sandbox
    }

    /// The same files, state and registrations in a new place.
    pub fn copy(&self) -> Self {
        let copy = Self::new(self.platform);
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    pub fn state(&self) -> PathBuf {
        self.project().join(".bursar")
    }

    pub fn platform_folder(&self) -> PathBuf {
        self.folder.path().join("platform")
    }

    pub fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = self.project().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    /// The program in this project, with an environment of its own.
    pub fn bursar(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        self.dress(&mut command);
        command.arg("-C").arg(self.project()).args(args);
        command
    }

    /// Gives a command the environment in which the program runs here.
    pub fn dress(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("USER", "tester")
            .env("NO_COLOR", "1")
            .env("HOME", self.folder.path())
            // Nobody is asked for real: AWS is at an address that answers nothing.
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            .env("AZURE_AUTHORITY_HOST", "http://127.0.0.1:1")
            .env("BURSAR_CALL_TRIES", "1")
            .env("BURSAR_ENDPOINT_OCI", "http://127.0.0.1:1")
            .env("BURSAR_ENDPOINT_AZURE_ENTRA", "http://127.0.0.1:1")
            .env("BURSAR_ENDPOINT_AZURE_IMDS", "http://127.0.0.1:1")
            .env("BURSAR_ENDPOINT_GCP", "http://127.0.0.1:1")
            .env("GCE_METADATA_HOST", "127.0.0.1:1")
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        if self.platform == Platform::TestDir {
            command.env("BURSAR_TESTKIT_PLATFORM", self.platform_folder());
        }
    }

    pub fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, &[])
    }

    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Said {
        let mut command = self.bursar(args);
        command.envs(environment.iter().copied());
        command.output().unwrap().into()
    }

    pub fn apply(&self) -> Said {
        self.run(&["apply", "--auto-approve"])
    }

    pub fn store(&self) -> EmbeddedStore {
        let platform = match self.platform {
            Platform::Local => "local",
            Platform::TestDir => "test_dir",
            Platform::Onicloud => "onicloud",
        };
        let binding = Binding {
            project: None,
            platform: platform.to_owned(),
        };
        EmbeddedStore::new(self.state(), binding)
    }

    pub fn snapshot(&self) -> Snapshot {
        self.store().load().unwrap()
    }

    pub fn records(&self) -> BTreeMap<Address, Record> {
        let records = self.snapshot().records().unwrap();
        records
            .into_iter()
            .map(|record| (record.address.clone(), record))
            .collect()
    }

    pub fn history(&self) -> Vec<HistoryEntry> {
        let mut all = Vec::new();
        self.store()
            .history(&HistoryFilter::default(), &mut |entry| all.push(entry))
            .unwrap();
        all
    }

    /// What lies in the platform's folder, by address.
    pub fn registrations(&self) -> BTreeMap<Address, Registration> {
        let mut all = BTreeMap::new();
        let Ok(entries) = fs::read_dir(self.platform_folder()) else {
            return all;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|kind| kind != "json") {
                continue;
            }
            let value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let address = Address::parse(value["address"].as_str().unwrap()).unwrap();
            assert!(value["was"].is_null(), "{address} is half renamed");
            let one = Registration {
                spec: value["spec"].clone(),
                id: value["ids"]["test_dir"].as_str().unwrap().to_owned(),
                writes: value["writes"].as_u64().unwrap(),
            };
            all.insert(address, one);
        }
        all
    }

    /// Puts a registration on the platform that nobody here made.
    pub fn register(&self, address: &str, spec: &Value) {
        fs::create_dir_all(self.platform_folder()).unwrap();
        let value = serde_json::json!({
            "address": address, "spec": spec, "ids": {"test_dir": "before"}, "writes": 0,
        });
        let name = format!("{}.json", address.replace('/', "~"));
        fs::write(self.platform_folder().join(name), value.to_string()).unwrap();
    }
}

/// One file of `test_dir`.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    pub spec: Value,
    pub id: String,
    pub writes: u64,
}

/// In memory where the system has such a place: a killed process needs no disk to sync to, and
/// hundreds of runs sync thousands of times.
fn fast_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let usable = tempfile::tempdir_in(memory).is_ok();
    if usable {
        memory.to_owned()
    } else {
        env!("CARGO_TARGET_TMPDIR").into()
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder with its bytes and the time of its last change.
pub fn everything_in(folder: &Path) -> BTreeMap<PathBuf, (std::time::SystemTime, Vec<u8>)> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let changed = fs::metadata(&folder).unwrap().modified().unwrap();
        all.insert(folder.clone(), (changed, Vec::new()));
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let changed = entry.metadata().unwrap().modified().unwrap();
                all.insert(entry.path(), (changed, fs::read(entry.path()).unwrap()));
            }
        }
    }
    all
}
