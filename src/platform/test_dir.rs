//! A platform for tests: a folder with one file for each registration, named after its natural
//! key and created exclusively. Every write is one step of the file system, so that a process that
//! dies leaves it done or not done; each registration counts its writes, so that a test can see
//! that nothing was done twice. Behind the feature `testkit`; never part of a release.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `BURSAR_TESTKIT_PLATFORM` | the folder; setting it chooses this platform |
//! | `BURSAR_TESTKIT_REFUSE` | writes to addresses that contain this text are refused |
//! | `BURSAR_TESTKIT_LOSE_DONE` | they are done, and the answer is lost |
//! | `BURSAR_TESTKIT_LOSE_UNDONE` | they are not done, and the answer is lost |
//! | `BURSAR_TESTKIT_LATENCY_MS` | how long each write takes; `flight.log` says when each began and ended |

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::address::Address;
use crate::model::record::{Action, Record};
use crate::testkit;

use super::{Found, Listing, Operation, PlatformError, PlatformReader, PlatformWriter};

/// Names the folder, and so chooses this platform.
pub const VARIABLE: &str = "BURSAR_TESTKIT_PLATFORM";

/// The platform's own id: its value stays with a registration through all its names.
const ID: &str = "test_dir";

/// The folder.
#[derive(Debug, Clone)]
pub struct TestDir {
    folder: PathBuf,
}

/// What a file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Registration {
    address: Address,
    spec: Value,
    ids: BTreeMap<String, String>,
    /// How often it was written.
    writes: u64,
    /// The name whose place it took: that file no longer counts. Gone once that file is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    was: Option<Address>,
}

impl TestDir {
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    fn path(&self, address: &Address) -> PathBuf {
        self.folder
            .join(format!("{}.json", address.as_str().replace('/', "~")))
    }

    /// Every registration, without those whose place another took.
    fn all(&self) -> io::Result<BTreeMap<Address, Registration>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(error),
        };
        let mut all = BTreeMap::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "json") {
                match read(&path) {
                    Ok(found) => all.insert(found.address.clone(), found),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                    Err(error) => return Err(error),
                };
            }
        }
        let replaced: BTreeSet<Address> = all.values().filter_map(|one| one.was.clone()).collect();
        all.retain(|address, _| !replaced.contains(address));
        Ok(all)
    }

    /// Ends renames that a dying process left: the new name stands, the old file still lies there.
    fn settle(&self) -> io::Result<()> {
        for one in self.all()?.into_values() {
            if one.was.is_some() {
                self.finish(one)?;
            }
        }
        Ok(())
    }

    fn finish(&self, mut renamed: Registration) -> io::Result<()> {
        if let Some(former) = renamed.was.take() {
            match fs::remove_file(self.path(&former)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let path = self.path(&renamed.address);
            fs::rename(self.draft(&renamed)?, path)?;
        }
        Ok(())
    }

    /// A whole file beside its place, to be moved there in one step.
    fn draft(&self, registration: &Registration) -> io::Result<PathBuf> {
        let path = self.path(&registration.address).with_extension("draft");
        fs::write(&path, serde_json::to_vec_pretty(registration)?)?;
        Ok(path)
    }

    fn apply(&self, operation: &Operation) -> io::Result<BTreeMap<String, String>> {
        self.settle()?;
        let path = self.path(&operation.address);
        let from = operation.from.as_ref().unwrap_or(&operation.address);
        let spec = operation
            .spec
            .as_ref()
            .map_or(Value::Null, |spec| spec.value());
        match operation.action {
            Action::Create => {
                let id = format!("{}-{}", operation.address.last(), std::process::id());
                let new = Registration {
                    address: operation.address.clone(),
                    spec,
                    ids: BTreeMap::from([(ID.to_owned(), id)]),
                    writes: 1,
                    was: None,
                };
                let draft = self.draft(&new)?;
                // Fails where the file exists.
                let linked = fs::hard_link(&draft, &path);
                fs::remove_file(draft)?;
                linked?;
                self.note(operation)?;
                return Ok(new.ids);
            }
            Action::Delete => match fs::remove_file(path) {
                // It is as it was asked for.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(BTreeMap::new());
                }
                removed => removed?,
            },
            Action::Adopt | Action::Update | Action::Rename => {
                let mut one = read(&self.path(from))?;
                if let (Some(sent), Some(own)) = (operation.ids.get(ID), one.ids.get(ID))
                    && sent != own
                {
                    return Err(io::Error::other(format!("it is {own}, not {sent}")));
                }
                let renamed = *from != operation.address;
                if renamed && path.exists() {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                one.was = renamed.then(|| from.clone());
                one.address = operation.address.clone();
                one.spec = merge(&one.spec, spec);
                one.writes += 1;
                fs::rename(self.draft(&one)?, path)?;
                testkit::reach("platform.renamed");
                let ids = one.ids.clone();
                self.finish(one)?;
                self.note(operation)?;
                return Ok(ids);
            }
            Action::Forget | Action::Wait => {}
        }
        self.note(operation)?;
        Ok(BTreeMap::new())
    }

    fn note(&self, operation: &Operation) -> io::Result<()> {
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("writes.log"))?;
        let line = format!("{} {}\n", operation.action.as_str(), operation.address);
        log.write_all(line.as_bytes())
    }

    fn flight(&self, what: &str, operation: &Operation) {
        if testkit::number("BURSAR_TESTKIT_LATENCY_MS").is_some() {
            let line = format!("{what} {}", operation.address);
            testkit::append(&self.folder.join("flight.log"), &line);
        }
    }
}

/// Fields that are only the platform's own stay.
fn merge(old: &Value, mut new: Value) -> Value {
    if let (Some(old), Some(new)) = (old.as_object(), new.as_object_mut()) {
        for (key, value) in old.iter().filter(|(key, _)| key.starts_with("x_")) {
            new.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    new
}

fn read(path: &Path) -> io::Result<Registration> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn found(registration: Registration) -> Found {
    Found {
        spec: registration.spec,
        ids: registration.ids,
    }
}

fn refused(what: impl std::fmt::Display, error: &io::Error) -> PlatformError {
    PlatformError::Refused {
        message: format!("test_dir cannot {what}: {error}"),
        help: "look at the folder of test_dir".to_owned(),
    }
}

#[async_trait]
impl PlatformReader for TestDir {
    fn name(&self) -> &'static str {
        "test_dir"
    }

    async fn list(&self, _recorded: &[Record]) -> Result<Listing, PlatformError> {
        let all = self.all().map_err(|error| refused("list", &error))?;
        let all = all.into_iter().map(|(address, one)| (address, found(one)));
        Ok(Listing {
            found: all.collect(),
            document: None,
        })
    }

    async fn find(&self, address: &Address) -> Result<Option<Found>, PlatformError> {
        testkit::reach("platform.find");
        let mut all = self.all().map_err(|error| refused("list", &error))?;
        Ok(all.remove(address).map(found))
    }
}

#[async_trait]
impl PlatformWriter for TestDir {
    async fn write(
        &self,
        operation: &Operation,
    ) -> Result<BTreeMap<String, String>, PlatformError> {
        let asked = |variable| {
            std::env::var(variable).is_ok_and(|text| operation.address.as_str().contains(&text))
        };
        let lost = || PlatformError::Ambiguous {
            message: format!("the answer about {} was lost", operation.address),
            help: "apply again: it asks what became of it".to_owned(),
        };
        let what = format!("{} {}", operation.action.as_str(), operation.address);
        testkit::reach("platform.before");
        fs::create_dir_all(&self.folder).map_err(|error| refused(&what, &error))?;
        self.flight("begin", operation);
        if let Some(latency) = testkit::number("BURSAR_TESTKIT_LATENCY_MS") {
            tokio::time::sleep(Duration::from_millis(latency)).await;
        }
        self.flight("end", operation);
        if asked("BURSAR_TESTKIT_REFUSE") {
            let error = io::Error::other("refused, as the test asked for");
            return Err(refused(&what, &error));
        }
        if asked("BURSAR_TESTKIT_LOSE_UNDONE") {
            return Err(lost());
        }
        let ids = self
            .apply(operation)
            .map_err(|error| refused(&what, &error))?;
        testkit::reach("platform.done");
        if asked("BURSAR_TESTKIT_LOSE_DONE") {
            return Err(lost());
        }
        Ok(ids)
    }
}
