//! Tests of the embedded store: the suite for every store, then what only its files can show.

use std::path::Path;

use super::conformance::state_conformance;
use super::{Binding, EmbeddedStore};

mod speed;

pub(super) fn store(folder: &Path) -> EmbeddedStore {
    EmbeddedStore::new(
        folder,
        Binding {
            project: Some("acme".to_owned()),
            platform: "local".to_owned(),
        },
    )
}

state_conformance!(|folder| -> Box<dyn crate::state::StateStore> {
    Box::new(crate::state::tests::store(folder))
});
