//! Tests of the embedded store: the suite for every store, then what only its files can show.

use std::collections::BTreeMap;
use std::path::Path;

use super::conformance::state_conformance;
use super::{Binding, EmbeddedStore};

mod crash;
mod damage;
#[cfg(target_os = "linux")]
mod full;
mod maintain;
mod synced;

pub(super) fn store(folder: &Path) -> EmbeddedStore {
    EmbeddedStore::new(
        folder,
        Binding {
            project: Some("acme".to_owned()),
            platform: "local".to_owned(),
        },
    )
}

/// Every file below a folder with its content.
fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            for (below, content) in files_of(&path) {
                files.insert(format!("{name}/{below}"), content);
            }
        } else {
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
    files
}

state_conformance!(|folder| -> Box<dyn crate::state::StateStore> {
    Box::new(crate::state::tests::store(folder))
});
