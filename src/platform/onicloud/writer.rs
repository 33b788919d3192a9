//! Writing: a note in the ledger for each change, and at the end of an apply the files that people
//! carry.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::held::{Field, is_held};
use super::judge::agreed;
use super::render::render;
use super::{CHECKLIST, LEDGER, Onicloud, UPLOAD, checklist, files};
use crate::model::address::Kind;
use crate::model::finding::Finding;
use crate::model::record::{Action, Record};
use crate::platform::{Finished, Operation, PlatformError, PlatformWriter};
use crate::testkit;

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
