//! What is not what was written is found out, and named; what was only half written is not seen.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};

use super::faulty::Faulty;
use super::{binding, memory, place, store};
use crate::state::conformance::{account, author, commit, holder, put, records};
use crate::state::shared::SharedStore;
use crate::state::shared::lease::Accept;
use crate::state::shared::write::take;
use crate::state::{Binding, Findings, HistoryFilter, StateError, StateReader, StateStore};

fn wait<T>(future: impl Future<Output = T>) -> T {
    futures::executor::block_on(future)
}

pub(super) fn names(objects: &Arc<InMemory>) -> Vec<object_store::path::Path> {
    let all = objects.list(None).map_ok(|object| object.location);
    wait(all.try_collect()).unwrap()
}

fn bytes(objects: &Arc<InMemory>, name: &object_store::path::Path) -> Vec<u8> {
    wait(async { objects.get(name).await?.bytes().await })
        .unwrap()
        .to_vec()
}

fn replace(objects: &Arc<InMemory>, name: &object_store::path::Path, bytes: Vec<u8>) {
    wait(objects.put(name, bytes.into())).unwrap();
}

/// Everything that a reader can ask.
fn read_all(store: &SharedStore) -> Result<(), StateError> {
    store.load()?.records()?;
    store.findings()?;
    store.history(&HistoryFilter::default(), &mut |_| ())
}

#[test]
fn every_changed_byte_of_every_object_is_found_out() {
    let objects = memory();
    let store = store(objects.clone());
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    let entries: Vec<_> = (0..40).map(|at| put(&account(at), "one")).collect();
    writer.commit(&author("apply"), &entries).unwrap();
    let some = Findings::from([("a b".to_owned(), "{}".to_owned())]);
    writer.put_findings(&some).unwrap();
    let intent = crate::model::record::Intent {
        id: 9,
        address: account(1),
        action: crate::model::record::Action::Delete,
        from: None,
        record: None,
        reason: None,
        pull_request: None,
    };
    writer.announce(std::slice::from_ref(&intent)).unwrap();
    writer.close().unwrap();
    read_all(&store).unwrap();

    let mut tried = 0;
    for name in names(&objects) {
        if name.as_ref().ends_with("probe") {
            continue;
        }
        let good = bytes(&objects, &name);
        let step = (good.len() / 40).max(1);
        for at in (0..good.len().saturating_sub(1)).step_by(step) {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            replace(&objects, &name, bad);
            let error = read_all(&store).unwrap_err();
            assert_eq!(error.code(), "state.damaged", "{name} at {at}: {error}");
            tried += 1;
        }
        replace(&objects, &name, good[..good.len() / 2].to_vec());
        let error = read_all(&store).unwrap_err();
        assert_eq!(error.code(), "state.damaged", "{name} cut: {error}");
        wait(objects.delete(&name)).unwrap();
        let found = read_all(&store);
        if name.as_ref().ends_with("manifest") {
            // Nothing says that there ever was a state.
            found.unwrap();
        } else {
            let error = found.unwrap_err();
            assert_eq!(error.code(), "state.damaged", "{name} gone: {error}");
            let file = name.filename().unwrap();
            assert!(error.to_string().contains(file), "{error}");
        }
        replace(&objects, &name, good);
        read_all(&store).unwrap();
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn shards_are_made_again_from_the_history() {
    let objects = memory();
    let store = store(objects.clone());
    let entries: Vec<_> = (0..1000).map(|at| put(&account(at), "one")).collect();
    commit(&store, &entries);
    commit(&store, &[put(&account(7), "two")]);
    let before = records(&store);
    for name in names(&objects) {
        if name.as_ref().contains("/shards/") {
            wait(objects.delete(&name)).unwrap();
        }
    }
    assert_eq!(store.load().unwrap_err().code(), "state.damaged");
    let rebuilt = store.rebuild(false, &holder("ana@laptop")).unwrap();
    assert_eq!((rebuilt.serial, rebuilt.records), (2, 1000));
    assert_eq!(records(&store), before);
}

/// Damages or deletes all objects of a folder.
fn break_all(objects: &Arc<InMemory>, folder: &str, delete: bool) {
    for name in names(objects) {
        if name.as_ref().contains(folder) {
            match delete {
                true => wait(objects.delete(&name)).unwrap(),
                false => replace(objects, &name, b"?".to_vec()),
            }
        }
    }
}

#[test]
fn findings_that_cannot_be_read_are_begun_anew() {
    for delete in [true, false] {
        let objects = memory();
        let store = store(objects.clone());
        commit(&store, &[put(&account(1), "one")]);
        let some = Findings::from([("a b".to_owned(), "{}".to_owned())]);
        let mut writer = store.writer(&holder("ana@laptop")).unwrap();
        writer.put_findings(&some).unwrap();
        writer.close().unwrap();
        break_all(&objects, "/findings/", delete);
        assert_eq!(store.findings().unwrap_err().code(), "state.damaged");
        let rebuilt = store.rebuild(false, &holder("ana@laptop")).unwrap();
        assert!(rebuilt.findings_lost && rebuilt.forgotten == 0);
        assert_eq!(store.findings().unwrap(), Findings::new());
        // The same again, under the same hash.
        let mut writer = store.writer(&holder("ana@laptop")).unwrap();
        writer.put_findings(&some).unwrap();
        writer.close().unwrap();
        assert_eq!(store.findings().unwrap(), some);
    }
}

#[test]
fn announced_changes_that_cannot_be_read_are_forgotten_by_force_alone() {
    for delete in [true, false] {
        let objects = memory();
        let store = store(objects.clone());
        commit(&store, &[put(&account(1), "one")]);
        let mut writer = store.writer(&holder("ana@laptop")).unwrap();
        let intent = |id| crate::model::record::Intent {
            id,
            address: account(id),
            action: crate::model::record::Action::Delete,
            from: None,
            record: None,
            reason: None,
            pull_request: None,
        };
        writer.announce(&[intent(7), intent(8)]).unwrap();
        writer.close().unwrap();
        break_all(&objects, "/intents/", delete);
        assert_eq!(store.load().unwrap_err().code(), "state.damaged");
        let refused = store.rebuild(false, &holder("ana@laptop")).unwrap_err();
        assert_eq!(refused.code(), "state.unknown-changes");
        assert!(
            refused.to_string().contains("2 announced changes"),
            "{refused}"
        );
        assert!(refused.help().contains("rebuild --force"));
        assert_eq!(store.load().unwrap_err().code(), "state.damaged");
        let rebuilt = store.rebuild(true, &holder("ana@laptop")).unwrap();
        assert_eq!((rebuilt.forgotten, rebuilt.serial), (2, 1));
        let loaded = store.load().unwrap();
        assert_eq!((loaded.open_intents(), loaded.len()), (&[][..], 1));
    }
}

#[test]
fn a_torn_upload_is_invisible() {
    let objects = memory();
    let network = Faulty::over(&objects);
    let store = store(network.clone());
    commit(&store, &[put(&account(1), "one")]);
    let before = records(&store);
    let mut writer = store.writer(&holder("ana@laptop")).unwrap();
    network.torn.store(true, Ordering::SeqCst);
    let refused = writer.commit(&author("apply"), &[put(&account(2), "two")]);
    assert_eq!(refused.unwrap_err().code(), "state.unreachable");
    assert_eq!(records(&store), before);
    network.torn.store(false, Ordering::SeqCst);
    // The same again: over what was left of the first try.
    let serial = writer.commit(&author("apply"), &[put(&account(2), "two")]);
    assert_eq!(serial.unwrap(), 2);
    writer.close().unwrap();
    assert_eq!(records(&store).len(), 2);
}

#[test]
fn what_is_written_over_by_force_is_set_aside_first() {
    let objects = memory();
    commit(&store(objects.clone()), &[put(&account(1), "one")]);
    let manifest = "acme/prod/manifest".into();
    let before = bytes(&objects, &manifest);
    let binding = Binding {
        project: Some("globex".to_owned()),
        platform: "local".to_owned(),
    };
    let other = SharedStore::new(place(objects.clone()), binding, Arc::new(|_| ()));
    let accept = Accept {
        moved: true,
        anything: true,
    };
    // It dies before the backup is there.
    drop(take(&other, &holder("ana@laptop"), accept).unwrap());
    let names = names(&objects);
    let aside: Vec<_> = names
        .iter()
        .filter(|name| name.as_ref().starts_with("acme/prod/aside/"))
        .collect();
    assert_eq!(aside.len(), 1, "{names:?}");
    assert_eq!(bytes(&objects, aside[0]), before);
    // No empty state is left that an apply would fill.
    assert_eq!(other.load().unwrap_err().code(), "state.moved");
}

#[test]
fn another_project_and_a_newer_format_are_refused() {
    let objects = memory();
    commit(&store(objects.clone()), &[put(&account(1), "one")]);
    let of = |project: &str, platform: &str| {
        let binding = Binding {
            project: Some(project.to_owned()),
            platform: platform.to_owned(),
        };
        SharedStore::new(place(objects.clone()), binding, Arc::new(|_| ()))
    };
    for foreign in [of("globex", "local"), of("acme", "octo")] {
        assert_eq!(foreign.load().unwrap_err().code(), "state.foreign");
        let refused = foreign.writer(&holder("ana@laptop")).err().unwrap();
        assert_eq!(refused.code(), "state.foreign");
    }

    let name = "acme/prod/manifest".into();
    let text = String::from_utf8(bytes(&objects, &name)).unwrap();
    let line = text.lines().next().unwrap();
    let newer = line.replacen("\"layout\":2", "\"layout\":9", 1);
    assert_ne!(newer, line);
    let check = crate::model::hash::ContentHash::of(newer.as_bytes());
    replace(&objects, &name, format!("{newer}\n{check}\n").into_bytes());
    let store = SharedStore::new(place(objects), binding(), Arc::new(|_| ()));
    for refused in [
        store.load().map(drop),
        store.writer(&holder("ana@laptop")).map(drop),
    ] {
        assert_eq!(refused.unwrap_err().code(), "state.newer-format");
    }
}

/// Takes every write, whatever its condition.
#[derive(Debug)]
struct Careless(Arc<InMemory>, bool);

impl std::fmt::Display for Careless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("careless")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Careless {
    async fn put_opts(
        &self,
        location: &object_store::path::Path,
        payload: object_store::PutPayload,
        mut opts: object_store::PutOptions,
    ) -> object_store::Result<object_store::PutResult> {
        if self.1 || matches!(opts.mode, object_store::PutMode::Update(_)) {
            opts.mode = object_store::PutMode::Overwrite;
        }
        self.0.put_opts(location, payload, opts).await
    }

    async fn put_multipart_opts(
        &self,
        location: &object_store::path::Path,
        opts: object_store::PutMultipartOptions,
    ) -> object_store::Result<Box<dyn object_store::MultipartUpload>> {
        self.0.put_multipart_opts(location, opts).await
    }

    async fn get_opts(
        &self,
        location: &object_store::path::Path,
        options: object_store::GetOptions,
    ) -> object_store::Result<object_store::GetResult> {
        self.0.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: futures::stream::BoxStream<
            'static,
            object_store::Result<object_store::path::Path>,
        >,
    ) -> futures::stream::BoxStream<'static, object_store::Result<object_store::path::Path>> {
        self.0.delete_stream(locations)
    }

    fn list(
        &self,
        prefix: Option<&object_store::path::Path>,
    ) -> futures::stream::BoxStream<'static, object_store::Result<object_store::ObjectMeta>> {
        self.0.list(prefix)
    }

    async fn list_with_delimiter(
        &self,
        prefix: Option<&object_store::path::Path>,
    ) -> object_store::Result<object_store::ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(
        &self,
        from: &object_store::path::Path,
        to: &object_store::path::Path,
        options: object_store::CopyOptions,
    ) -> object_store::Result<()> {
        self.0.copy_opts(from, to, options).await
    }
}

#[test]
fn a_store_that_ignores_conditions_is_refused_before_anything_is_written() {
    for ignores_both in [true, false] {
        let objects = memory();
        let store = store(Arc::new(Careless(objects.clone(), ignores_both)));
        let refused = store.writer(&holder("ana@laptop")).err().unwrap();
        assert_eq!(refused.code(), "state.no-conditions");
        let left: Vec<String> = names(&objects).iter().map(ToString::to_string).collect();
        assert_eq!(left, ["acme/prod/probe"]);
    }
}
