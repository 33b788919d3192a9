//! `azure.export.read`: can what was delivered be read? The newest manifest is, and one byte of one blob
//! that it names.

use std::sync::Arc;

use super::super::case::{Asking, OnlineCheck, Reader, check};
use super::super::client::blobs::Container;
use super::super::roles::BLOB_DATA_READER;
use super::super::scope;
use super::Case;
use super::delivery::{Delivered, Deliveries};
use super::manifest::Manifest;
use super::target::Target;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::{Kind, Trouble};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "azure.export.read",
        "Can the newest manifest be read, and a byte of the data that it names?",
        &["Blob:ListBlobs", "Blob:GetBlob"],
        &["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
        "let the credential list and read the container",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let target = case.target()?;
        if !case.readable() {
            return None;
        }
        let reader = match case.reader().await {
            Ok(reader) => reader,
            Err(skipped) => return Some(skipped),
        };
        if let Reader::Sas {
            account: Some(account),
            name,
            ..
        } = &reader
            && !account.eq_ignore_ascii_case(target.account())
        {
            return Some(
                Answer::fail(format!(
                    "`{name}` is for the storage account {account}, and the export is delivered to {}",
                    target.account()
                ))
                .remedy("generate a SAS for the container that the export is delivered to"),
            );
        }
        let Some(name) = case.delivered_as(&target).await else {
            return Some(nameless(case));
        };
        let reading = Reading {
            container: target.container(&reader, case.azure.sessions.shared()),
            reader: &reader,
            target: &target,
        };
        let folder = target.folder(&name);
        let deliveries = match case.azure.deliveries(&reader, &target, &folder).await {
            Ok(deliveries) => deliveries,
            Err(trouble) => return Some(reading.not_listed(&trouble)),
        };
        Some(match deliveries.newest() {
            Some(newest) => reading.read(newest).await,
            None => nothing(case, &target, &folder).await,
        })
    })
}

/// The folder of an export has its name, which only Azure knows where none is declared.
fn nameless(case: &Case<'_>) -> Answer {
    if case.external() {
        Answer::skipped(
            "the bill is somebody else's: declare the export's `name`, to know its folder",
        )
    } else {
        Answer::skipped("not asked: `azure.export.definition` says why")
    }
}

impl Target<'_> {
    /// The container, as a reader reads it.
    #[must_use]
    pub fn container<'c>(
        &'c self,
        reader: &'c Reader,
        shared: &'c super::super::client::Shared,
    ) -> Container<'c> {
        use super::super::client::blobs::Key;
        Container {
            account: self.account(),
            container: self.container,
            key: match reader {
                Reader::Session(session) => Key::Session(session),
                Reader::Sas { sas, .. } => Key::Sas(sas),
            },
            shared,
        }
    }
}

struct Reading<'a> {
    container: Container<'a>,
    reader: &'a Reader,
    target: &'a Target<'a>,
}

impl Reading<'_> {
    async fn read(&self, newest: &Delivered) -> Answer {
        let shown =
            |name: &str| format!("{}/{}/{name}", self.target.account(), self.target.container);
        if !newest.is_manifest {
            let answer = match self.container.touch(&newest.blob).await {
                Ok(()) => Answer::pass("the newest data can be read; it has no manifest"),
                Err(trouble) => self.not_read(&newest.blob, &trouble),
            };
            return answer.evidence("blob", shown(&newest.blob));
        }
        let answer = match self.container.text(&newest.blob).await {
            Ok(text) => match Manifest::parse(&text) {
                Ok(manifest) => self.touch(&manifest).await,
                Err(wrong) => Answer::fail(format!(
                    "the newest manifest is none of Cost Management's: {wrong}"
                ))
                .remedy("see what wrote it; the next run writes it anew"),
            },
            Err(trouble) => self.not_read(&newest.blob, &trouble),
        };
        answer.evidence("manifest", shown(&newest.blob))
    }

    async fn touch(&self, manifest: &Manifest) -> Answer {
        let wanted = self.target.dataset;
        let found = manifest.dataset.as_str();
        if !found.is_empty() && !found.eq_ignore_ascii_case(wanted) {
            return Answer::fail(format!(
                "the newest manifest is of {found}, not of {wanted}"
            ))
            .remedy("declare the dataset and directory of the export that is meant: two exports deliver to one folder")
            .evidence("found.dataset", found)
            .evidence("wanted.dataset", wanted);
        }
        let Some(blob) = manifest.blobs.first() else {
            return Answer::warn("the newest manifest names no data")
                .remedy("wait for the next run; if it stays so, see that the scope has costs");
        };
        match self.container.touch(blob).await {
            Ok(()) => Answer::pass("the newest manifest and its data can be read")
                .evidence("blobs", manifest.blobs.len().to_string()),
            Err(trouble) => self.not_read(blob, &trouble),
        }
        .evidence("blob", blob)
    }

    fn not_listed(&self, trouble: &Trouble) -> Answer {
        let container = self.target.container;
        if trouble.kind == Kind::Missing {
            return trouble
                .evidence(Answer::fail(format!(
                    "there is no container `{container}` in {}",
                    self.target.account()
                )))
                .remedy("correct `container` or `storage`, or create the container");
        }
        self.denied(trouble, &format!("list the container `{container}`"))
    }

    fn not_read(&self, blob: &str, trouble: &Trouble) -> Answer {
        match trouble.code.as_deref() {
            Some("BlobArchived") => trouble
                .evidence(Answer::fail(
                    "the data was moved to the archive tier, where it cannot be read",
                ))
                .remedy("take the export's folder out of the storage account's lifecycle rule"),
            _ if trouble.kind == Kind::Missing => trouble
                .evidence(Answer::fail(format!(
                    "the newest delivery is not whole: {blob} is not there"
                )))
                .remedy("see whether a lifecycle rule, or somebody, deletes blobs of it"),
            _ => self.denied(
                trouble,
                &format!("read what was delivered to `{}`", self.target.container),
            ),
        }
    }

    /// With the role to assign, or what to do about the signature.
    fn denied(&self, trouble: &Trouble, doing: &str) -> Answer {
        let answer = trouble.answer(doing);
        let code = trouble.code.as_deref().unwrap_or_default();
        if trouble.kind == Kind::Network {
            return answer.remedy(
                "see that the storage account's name is right (its address is made of it), and that this \
                 machine reaches it: DNS, private endpoints (`BURSAR_ENDPOINT_AZURE_BLOB`), proxy",
            );
        }
        let role =
            trouble.kind == Kind::Denied && matches!(code, "AuthorizationPermissionMismatch" | "");
        match self.reader {
            Reader::Session(session) if role => answer
                .remedy(format!(
                    "assign {} on the container; an assignment takes up to ten minutes to hold:",
                    BLOB_DATA_READER.named()
                ))
                .paste(BLOB_DATA_READER.assign(
                    &session.claims.oid,
                    &scope::container(self.target.storage, self.target.container),
                )),
            Reader::Sas { name, .. } if role => answer.remedy(format!(
                "generate a SAS for this container with the permissions Read and List, and put it where \
                 `{name}` points"
            )),
            _ => answer,
        }
    }
}

/// Nothing was ever delivered: too early, or never to come.
async fn nothing(case: &Case<'_>, target: &Target<'_>, folder: &str) -> Answer {
    let at = format!("{}/{}/{folder}", target.account(), target.container);
    match case.known_definition(target).await {
        Ok(None) => Answer::skipped(
            "nothing is there, and neither is the export: `azure.export.definition` says why",
        ),
        Ok(Some(found)) if !target.fits(&found) => Answer::skipped(
            "nothing is there: the export is delivered elsewhere, as `azure.export.definition` says",
        ),
        Ok(Some(found)) if found.young(case.run.now) => {
            Answer::pending(format!("nothing is delivered to {at} yet"))
                .remedy("wait: the first run comes within a day; or start it (Run now)")
        }
        _ => Answer::fail(format!("nothing was ever delivered to {at}")).remedy(
            "see what `azure.export.health` says, and whether somebody deleted what was there; then \
             start the export (Run now)",
        ),
    }
}

/// What was delivered, for other checks.
pub async fn deliveries(
    case: &Case<'_>,
    target: &Target<'_>,
) -> Result<Option<Arc<Deliveries>>, Answer> {
    let reader = case.reader().await?;
    let Some(name) = case.delivered_as(target).await else {
        return Err(nameless(case));
    };
    let folder = target.folder(&name);
    let deliveries = case.azure.deliveries(&reader, target, &folder).await;
    deliveries
        .map(Some)
        .map_err(|_| Answer::skipped("not asked: `azure.export.read` says why"))
}
