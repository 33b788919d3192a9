//! Onicloud: no public interface, so that registering means writing files that people carry. Its
//! financial structure is a workbook with three sheets, downloaded pre-filled, edited and uploaded
//! whole; its integrations are forms, filled by hand from a checklist.
//!
//! What is observed is the downloaded workbook, which is never written. An apply records, notes in
//! the ledger which rows of the download it may write over, and ends by writing the workbook to
//! upload and the checklist: both follow from the records, the download and the ledger alone, so
//! that a run that died is made good by any later one.
//!
//! The names of sheets and columns are those of bursar's own export; they were never seen in a real
//! download (unverified). Columns are found by their headings, in any order.

mod checklist;
mod download;
mod files;
mod grid;
mod held;
mod judge;
mod ledger;
mod limits;
mod render;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use async_trait::async_trait;

use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::finding::Finding;
use crate::model::record::{Action, Record};
use crate::model::settings::{self, StructureSettings};
use crate::model::time::Month;
use crate::testkit;

use super::{
    Document, Finished, Found, Listing, Operation, PlatformError, PlatformReader, PlatformWriter,
};
use download::{Download, Key};
use grid::Book;
use held::{Field, Structure, hash, is_held};
use judge::{Frame, Judgement, Standing, agreed, judge};
use ledger::Ledger;
use render::render;

/// The platform of one project, as it is seen in one run.
pub struct Onicloud {
    root: PathBuf,
    workbook: String,
    folder: String,
    structure: StructureSettings,
    /// The month that costs fall in now.
    month: Month,
    download: OnceLock<Result<Download, PlatformError>>,
    ledger: Mutex<Option<Ledger>>,
}

impl Onicloud {
    #[must_use]
    pub fn new(
        root: &Path,
        settings: &settings::Onicloud,
        structure: &StructureSettings,
        month: Month,
    ) -> Self {
        Self {
            root: root.to_path_buf(),
            workbook: settings.workbook.clone(),
            folder: settings.folder().to_owned(),
            structure: structure.clone(),
            month,
            download: OnceLock::new(),
            ledger: Mutex::new(None),
        }
    }

    /// A file that is written, from the project's folder.
    fn own(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    fn path(&self, shown: &str) -> PathBuf {
        self.root.join(shown)
    }

    const fn frame(&self) -> Frame<'_> {
        Frame {
            settings: &self.structure,
            month: self.month,
        }
    }

    /// Read once: a run sees one download.
    fn download(&self) -> Result<&Download, PlatformError> {
        let read = || {
            let path = self.path(&self.workbook);
            Download::read(&path, &self.workbook, &self.structure, self.month)
        };
        self.download
            .get_or_init(read)
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Does something with the ledger, which is read once and kept.
    fn with_ledger<T>(
        &self,
        act: impl FnOnce(&mut Ledger) -> Result<T, PlatformError>,
    ) -> Result<T, PlatformError> {
        let mut held = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let ledger = match held.take() {
            Some(ledger) => held.insert(ledger),
            None => {
                let shown = self.own(LEDGER);
                let read = Ledger::read(&self.path(&shown));
                held.insert(read.map_err(|error| files::trouble("read", &shown, &error))?)
            }
        };
        act(ledger)
    }

    /// All that a listing and the end of an apply are made of.
    fn look(&self, recorded: &[Record]) -> Result<Look<'_>, PlatformError> {
        let download = self.download()?;
        let ledger = self.with_ledger(|ledger| Ok(ledger.clone()))?;
        if !download.fetched && !recorded.is_empty() && (ledger.fetched || !ledger.exists) {
            return Err(self.lost(&ledger));
        }
        let structure = Structure::of(recorded);
        let judgement = judge(recorded, &structure, download, &ledger, self.frame());
        self.unreadable(download, &judgement)?;
        Ok(Look {
            download,
            ledger,
            structure,
            judgement,
        })
    }

    fn lost(&self, ledger: &Ledger) -> PlatformError {
        let why = match ledger.fetched {
            true => "it was there before".to_owned(),
            false => format!("{} is not there either", self.own(LEDGER)),
        };
        PlatformError::File {
            code: "onicloud.download",
            message: format!("{} is not there, and {why}", self.workbook),
            help: format!(
                "download the pre-filled workbook from Onicloud (Financial Structure) and put it \
                 there: without it, what people entered by hand would be uploaded over; correct \
                 `platform.onicloud.workbook` where it has another name than {}",
                self.workbook
            ),
        }
    }

    /// Rows of ours that somebody made unreadable.
    fn unreadable(&self, download: &Download, judged: &Judgement) -> Result<(), PlatformError> {
        let ours = |key: &Key| {
            let judged = judged.of(key);
            judged.is_some_and(|judged| judged.standing == Standing::Drifted)
        };
        let bad: Vec<String> = download
            .bad
            .iter()
            .filter(|(key, _)| ours(key))
            .map(|(_, bad)| format!("{}: {} ({})", bad.cell, bad.message, bad.help))
            .collect();
        if bad.is_empty() {
            return Ok(());
        }
        Err(PlatformError::File {
            code: "onicloud.workbook",
            message: format!("{} cannot be read: {}", self.workbook, bad.join("; ")),
            help: "correct it in Onicloud and download the workbook again".to_owned(),
        })
    }

    /// Notes that a row may be written over as it is now.
    fn agree(&self, address: &Address, removed: bool) -> Result<(), PlatformError> {
        let now = hash(self.download()?.of(address));
        let shown = self.own(LEDGER);
        self.with_ledger(|ledger| {
            let mut entry = ledger.entries.get(address).cloned().unwrap_or_default();
            entry.learn(now);
            entry.removed = removed;
            Ledger::append(&self.path(&shown), address, &entry)
                .map_err(|error| files::trouble("write", &shown, &error))?;
            ledger.entries.insert(address.clone(), entry);
            Ok(())
        })
    }

    /// The ledger is there from the first write on: from then on a missing download is noticed.
    fn begin(&self) -> Result<(), PlatformError> {
        let shown = self.own(LEDGER);
        self.with_ledger(|ledger| {
            if !ledger.exists {
                files::put(&self.path(&shown), Ledger::default().text().as_bytes())
                    .map_err(|error| files::trouble("write", &shown, &error))?;
                ledger.exists = true;
            }
            Ok(())
        })
    }
}

/// Names of the files that are written.
const UPLOAD: &str = "upload.xlsx";
const CHECKLIST: &str = "checklist.md";
const LEDGER: &str = "written.jsonl";

struct Look<'p> {
    download: &'p Download,
    ledger: Ledger,
    structure: Structure,
    judgement: Judgement,
}

impl Look<'_> {
    fn of(&self, standing: Standing) -> Vec<Address> {
        let rows = self.judgement.rows.values();
        rows.filter(|judged| judged.standing == standing)
            .map(|judged| judged.address.clone())
            .collect()
    }

    /// Whether the upload brings anything that the download does not show.
    fn has_news(&self) -> bool {
        let mut rows = self.judgement.rows.values();
        !self.judgement.leaving.is_empty()
            || rows.any(|judged| judged.standing == Standing::Waiting)
    }
}

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

impl Onicloud {
    /// The workbook to upload as it is now; none where there is none that can be read.
    fn written(&self) -> Option<Book> {
        let bytes = std::fs::read(self.path(&self.own(UPLOAD))).ok()?;
        Book::read(&bytes).ok()
    }

    fn put(
        &self,
        name: &str,
        content: &[u8],
        written: &mut Vec<String>,
    ) -> Result<(), PlatformError> {
        let shown = self.own(name);
        let put = files::put(&self.path(&shown), content);
        if put.map_err(|error| files::trouble("write", &shown, &error))? && name != LEDGER {
            written.push(shown);
        }
        Ok(())
    }
}

#[async_trait]
impl PlatformWriter for Onicloud {
    /// Notes what may be written over. The rows themselves follow from the records, at the end.
    async fn write(
        &self,
        operation: &Operation,
    ) -> Result<BTreeMap<String, String>, PlatformError> {
        testkit::reach("platform.before");
        self.begin()?;
        let address = &operation.address;
        if is_held(address.kind()) {
            let former = operation.from.as_ref().filter(|from| *from != address);
            if let Some(former) = former {
                self.agree(former, true)?;
            }
            match operation.action {
                Action::Delete => self.agree(address, true)?,
                Action::Forget | Action::Wait => {}
                _ if self.concerns(operation)? => self.agree(address, false)?,
                _ => {}
            }
        }
        testkit::reach("platform.done");
        Ok(BTreeMap::new())
    }

    async fn finish(
        &self,
        recorded: &[Record],
        findings: &[Finding],
    ) -> Result<Finished, PlatformError> {
        let look = self.look(recorded)?;
        let mut written = Vec::new();
        // The ledger first: what it agrees to is safe whether or not the rest is written.
        let agreed = agreed(&look.judgement, look.download, &look.ledger);
        self.put(LEDGER, agreed.text().as_bytes(), &mut written)?;
        self.with_ledger(|ledger| {
            *ledger = agreed;
            Ok(())
        })?;
        testkit::reach("onicloud.agreed");
        let shown = self.own(CHECKLIST);
        let before = match std::fs::read_to_string(self.path(&shown)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(files::trouble("read", &shown, &error)),
        };
        let upload = self.written();
        let news = look.has_news();
        let wanted = render(
            &look.judgement,
            &look.structure,
            look.download,
            self.frame(),
        );
        let carried = checklist::Upload {
            file: &self.own(UPLOAD),
            content: news.then(|| wanted.hash()),
        };
        let checklist = checklist::write(recorded, findings, &before, &carried);
        if (news || upload.is_some()) && upload.as_ref() != Some(&wanted) {
            let bytes = wanted.write().map_err(|error| PlatformError::File {
                code: "onicloud.file",
                message: format!("{} cannot hold the structure: {error}", self.own(UPLOAD)),
                help: "a sheet has 1,048,576 rows, and a cell 32,767 characters".to_owned(),
            })?;
            self.put(UPLOAD, &bytes, &mut written)?;
        }
        testkit::reach("onicloud.uploaded");
        self.put(CHECKLIST, checklist.as_bytes(), &mut written)?;
        testkit::reach("onicloud.listed");
        let next = news.then(|| {
            format!(
                "upload {} in Onicloud (Financial Structure), download the pre-filled workbook \
                 as {}, then run `bursar apply` again: it has nothing to do, and notes what \
                 Onicloud has",
                self.own(UPLOAD),
                self.workbook
            )
        });
        Ok(Finished { written, next })
    }
}

impl Onicloud {
    /// Whether a write is about a row: an account that falls on no cost centre, and never did, has
    /// none that is ours.
    fn concerns(&self, operation: &Operation) -> Result<bool, PlatformError> {
        let spec = operation.spec.as_ref().map(|spec| spec.value());
        let allocated = spec.is_some_and(|spec| spec.get("cost_center").is_some());
        if operation.address.kind() != Kind::Account || allocated {
            return Ok(true);
        }
        self.with_ledger(|ledger| {
            let entry = ledger.entries.get(&operation.address);
            Ok(entry.is_some_and(|entry| entry.fields.contains(&Field::CostCenter)))
        })
    }
}
