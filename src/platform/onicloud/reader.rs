//! Reading: the download as a listing, with what is recorded wherever it cannot know better.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::download::Key;
use super::held::hash;
use super::judge::Standing;
use super::render::render;
use super::{Onicloud, UPLOAD, limits, words};
use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::record::Record;
use crate::platform::{Document, Found, Listing, PlatformError, PlatformReader};
use crate::testkit;

#[async_trait]
impl PlatformReader for Onicloud {
    fn name(&self) -> &'static str {
        "onicloud"
    }

    fn destroys(&self) -> &'static str {
        "its row is left out of the workbook to upload, and its part of the checklist goes"
    }

    fn is_document(&self) -> bool {
        true
    }

    fn not_carried(&self, declared: &[(&Address, &Canonical)]) -> Vec<String> {
        // A download that cannot be read was told by the listing.
        self.download().map_or_else(
            |_| Vec::new(),
            |download| limits::not_carried(declared, download, self.month),
        )
    }

    async fn list(&self, recorded: &[Record]) -> Result<Listing, PlatformError> {
        let look = self.look(recorded)?;
        let mut found = BTreeMap::new();
        let mut notes = Vec::new();
        for record in recorded {
            let mut spec = record.spec.value();
            let judged = look.judgement.rows.get(&record.address);
            if let Some(judged) = judged.filter(|one| one.standing == Standing::Drifted) {
                match (words::over(record, judged, self.frame()), &judged.seen) {
                    (Some(theirs), _) => spec = theirs,
                    (None, None) if record.address.kind() != Kind::Account => continue,
                    _ => notes.push(format!(
                        "the row of {} in {} was changed on Onicloud: it stays as it is there, until \
                         `bursar apply --drift-only` or a change of it here",
                        record.address, self.workbook
                    )),
                }
            }
            let ids = record.platform.clone();
            found.insert(record.address.clone(), Found { spec, ids });
        }
        let mut unmanaged = Vec::new();
        for key in &look.judgement.unmanaged {
            let (Some(address), Some(held)) = (key.address(), look.download.rows.get(key)) else {
                continue;
            };
            let Some(spec) = words::alone(&address, held, self.frame()) else {
                continue;
            };
            // What cannot be read cannot be adopted as it is.
            if look.download.bad.iter().all(|(bad, _)| bad != key) {
                let ids = BTreeMap::new();
                found.insert(address.clone(), Found { spec, ids });
            }
            unmanaged.push(address);
        }
        let leaving = look.judgement.leaving.iter();
        let mut document = Document {
            title: "Onicloud",
            file: self.own(UPLOAD),
            observed: self.workbook.clone(),
            fetched: look.download.fetched,
            unwritten: false,
            waiting: look.of(Standing::Waiting),
            leaving: leaving.filter_map(Key::address).collect(),
            unmanaged,
            notes,
        };
        if look.has_news() {
            let wanted = render(
                &look.judgement,
                &look.structure,
                look.download,
                self.frame(),
            );
            document.unwritten = self.written() != Some(wanted);
        }
        Ok(Listing {
            found,
            document: Some(document),
        })
    }

    async fn find(&self, address: &Address) -> Result<Option<Found>, PlatformError> {
        testkit::reach("platform.find");
        let Some(seen) = self.download()?.of(address) else {
            return Ok(None);
        };
        let gone = self.with_ledger(|ledger| {
            let entry = ledger.entries.get(address);
            Ok(entry.is_some_and(|entry| entry.removed && entry.knows(hash(Some(seen)))))
        })?;
        let spec = words::alone(address, seen, self.frame());
        Ok(spec.filter(|_| !gone).map(|spec| Found {
            spec,
            ids: BTreeMap::new(),
        }))
    }
}
