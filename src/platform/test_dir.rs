//! A platform for tests: a folder with one file for each registration, named after its natural
//! key and created exclusively. Beside it a log of writes, so that a test can see that nothing
//! was done twice. Behind the feature `testkit`; never part of a release.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::model::address::Address;
use crate::model::record::Action;
use crate::testkit;

use super::{Found, Operation, PlatformError, PlatformReader, PlatformWriter};

/// Names the folder, and so chooses this platform.
pub const VARIABLE: &str = "BURSAR_TESTKIT_PLATFORM";

/// The folder.
#[derive(Debug, Clone)]
pub struct TestDir {
    folder: PathBuf,
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

    fn note(&self, operation: &Operation) -> io::Result<()> {
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("writes.log"))?;
        writeln!(log, "{} {}", operation.action.as_str(), operation.address)
    }

    fn apply(&self, operation: &Operation) -> io::Result<BTreeMap<String, String>> {
        let path = self.path(&operation.address);
        let content = |ids: &BTreeMap<String, String>| {
            json!({"address": operation.address, "spec": operation.spec, "ids": ids}).to_string()
        };
        let mut ids = operation.ids.clone();
        match operation.action {
            Action::Create => {
                ids.insert(
                    "test_dir".to_owned(),
                    operation.address.as_str().len().to_string(),
                );
                let mut file = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&path)?;
                file.write_all(content(&ids).as_bytes())?;
            }
            Action::Adopt | Action::Update => {
                fs::metadata(&path)?;
                replace(&path, &content(&ids))?;
            }
            Action::Rename => {
                let from = operation.from.as_ref().unwrap_or(&operation.address);
                replace(&self.path(from), &content(&ids))?;
                fs::rename(self.path(from), &path)?;
            }
            Action::Delete => fs::remove_file(&path)?,
            Action::Forget | Action::Wait => {}
        }
        self.note(operation)?;
        Ok(ids)
    }
}

fn replace(path: &Path, content: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, content)?;
    fs::rename(new, path)
}

fn read(path: &Path) -> Result<(Address, Found), PlatformError> {
    let refused = |message: String| PlatformError::Refused {
        message,
        help: "look at the folder of test_dir".to_owned(),
    };
    let text = fs::read_to_string(path)
        .map_err(|error| refused(format!("cannot read {}: {error}", path.display())))?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| refused(format!("{}: {error}", path.display())))?;
    let address = value["address"]
        .as_str()
        .and_then(|text| Address::parse(text).ok());
    let address = address.ok_or_else(|| refused(format!("{} has no address", path.display())))?;
    let ids = serde_json::from_value(value["ids"].clone()).unwrap_or_default();
    Ok((
        address,
        Found {
            spec: value["spec"].clone(),
            ids,
        },
    ))
}

#[async_trait]
impl PlatformReader for TestDir {
    fn name(&self) -> &'static str {
        "test_dir"
    }

    async fn list(&self) -> Result<BTreeMap<Address, Found>, PlatformError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => {
                let message = format!("cannot list {}: {error}", self.folder.display());
                return Err(PlatformError::Refused {
                    message,
                    help: String::new(),
                });
            }
        };
        let files = entries.flatten().map(|entry| entry.path());
        files
            .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
            .map(|path| read(&path))
            .collect()
    }

    async fn find(&self, address: &Address) -> Result<Option<Found>, PlatformError> {
        let path = self.path(address);
        if path.exists() {
            read(&path).map(|(_, found)| Some(found))
        } else {
            Ok(None)
        }
    }
}

#[async_trait]
impl PlatformWriter for TestDir {
    async fn write(
        &self,
        operation: &Operation,
    ) -> Result<BTreeMap<String, String>, PlatformError> {
        testkit::reach("platform.before");
        let refused = |error: io::Error| PlatformError::Refused {
            message: format!(
                "test_dir cannot {} {}: {error}",
                operation.action.as_str(),
                operation.address
            ),
            help: "look at the folder of test_dir".to_owned(),
        };
        fs::create_dir_all(&self.folder).map_err(refused)?;
        if std::env::var("BURSAR_TESTKIT_REFUSE")
            .is_ok_and(|refuse| operation.address.as_str().contains(&refuse))
        {
            return Err(refused(io::Error::other("refused, as the test asked for")));
        }
        let ids = self.apply(operation).map_err(refused)?;
        testkit::reach("platform.done");
        Ok(ids)
    }
}
