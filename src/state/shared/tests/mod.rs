//! Tests of the shared store over a store in memory that honours conditions; real servers are asked in
//! tests/shared_state.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use object_store::ObjectStore;
use object_store::memory::InMemory;

use super::{Place, SharedStore};
use crate::state::conformance::state_conformance;
use crate::state::{Binding, StateStore};

mod damage;
mod faulty;
mod lease;
mod tidy;
mod way;

pub(super) fn place(objects: Arc<dyn ObjectStore>) -> Place {
    Place {
        name: "memory://state".to_owned(),
        objects,
        prefix: "acme/prod".into(),
        wall: jiff::Timestamp::now,
    }
}

pub(super) fn binding() -> Binding {
    Binding {
        project: Some("acme".to_owned()),
        platform: "local".to_owned(),
    }
}

pub(super) fn store(objects: Arc<dyn ObjectStore>) -> SharedStore {
    SharedStore::new(place(objects), binding(), Arc::new(|_| ()))
}

pub(super) fn memory() -> Arc<InMemory> {
    Arc::new(InMemory::new())
}

/// One store in memory for each folder that a test names.
pub(crate) fn of_folder(folder: &Path) -> Box<dyn StateStore> {
    static ALL: LazyLock<Mutex<HashMap<PathBuf, Arc<InMemory>>>> = LazyLock::new(Mutex::default);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let objects = Arc::clone(all.entry(folder.to_owned()).or_default());
    Box::new(store(objects))
}

state_conformance!(crate::state::shared::tests::of_folder);
