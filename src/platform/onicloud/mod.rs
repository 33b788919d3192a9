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
mod reader;
mod render;
mod words;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::model::address::Address;
use crate::model::record::Record;
use crate::model::settings::{self, StructureSettings};
use crate::model::time::Month;

use super::PlatformError;
use download::{Download, Key};
use grid::Book;
use held::{Structure, hash};
use judge::{Frame, Judgement, Standing, judge};
use ledger::Ledger;

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

impl Onicloud {
    /// The workbook to upload as it is now; none where there is none that can be read.
    fn written(&self) -> Option<Book> {
        let bytes = std::fs::read(self.path(&self.own(UPLOAD))).ok()?;
        Book::read(&bytes).ok()
    }
}
