//! `aws.export.read`: can what was delivered be read? The newest manifest is, and one byte of one file
//! that it names.

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::{Denial, Kind, Session, Statement, Trouble, policy, s3};
use super::delivery::Delivered;
use super::manifest::Manifest;
use super::place::Place;
use super::{Entry, address_of, denied};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "aws.export.read",
        "Can the newest manifest be read, and a byte of the data that it names?",
        &["s3:ListObjectsV2", "s3:GetObject"],
        &["s3:ListBucket", "s3:GetObject", "kms:Decrypt"],
        "let the credential list the bucket and read the export's folder in it",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let place = case.destination()?;
        if !case.readable() {
            return None;
        }
        let (session, region) = match case.open(&place).await {
            Ok(open) => open,
            Err(skipped) => return Some(skipped),
        };
        let reader = Reader {
            session: &session,
            region: &region,
            place: &place,
            owner: case.bucket_owner(),
            payer: case.payer().map_or("", |(id, _)| id),
        };
        let deliveries = match case.aws.deliveries(&session, &region, &place).await {
            Ok(deliveries) => deliveries,
            Err(trouble) if trouble.kind == Kind::Denied => {
                let excused = excuse(case, &place).await;
                return Some(excused.unwrap_or_else(|| reader.not_listed(&trouble)));
            }
            Err(trouble) => return Some(reader.not_listed(&trouble)),
        };
        Some(match deliveries.newest() {
            Some(newest) => reader.read(newest).await,
            None => nothing(case, &place).await,
        })
    })
}

struct Reader<'a> {
    session: &'a Session,
    region: &'a str,
    place: &'a Place<'a>,
    owner: Option<&'a str>,
    payer: &'a str,
}

impl Reader<'_> {
    async fn read(&self, newest: &Delivered) -> Answer {
        let bucket = self.place.bucket;
        let answer = match s3::read(self.session, self.region, bucket, &newest.key).await {
            Ok(text) => match Manifest::parse(&text, bucket) {
                Ok(manifest) => self.touch(&manifest).await,
                Err(wrong) => Answer::fail(format!(
                    "the newest manifest is none of AWS's: {wrong}"
                ))
                .remedy(
                    "see what wrote it in AWS's place; AWS writes it anew with its next delivery",
                ),
            },
            Err(trouble) => self.not_read(bucket, &newest.key, &trouble),
        };
        answer.evidence("manifest", format!("s3://{bucket}/{}", newest.key))
    }

    async fn touch(&self, manifest: &Manifest) -> Answer {
        if let Some(account) = manifest.account.as_deref().filter(|id| *id != self.payer) {
            return Answer::fail(format!(
                "the newest manifest was delivered for payer {account}, not for {}",
                self.payer
            ))
            .remedy("declare the export at the payer that it belongs to")
            .evidence("found.account", account)
            .evidence("wanted.account", self.payer);
        }
        let Some(file) = manifest.files.first() else {
            return Answer::warn("the newest manifest names no file of data")
                .remedy("wait for the next delivery; if it stays so, look at the export's query");
        };
        match s3::touch(self.session, self.region, &file.bucket, &file.key).await {
            Ok(()) => Answer::pass("the newest manifest and its data can be read")
                .evidence("files", manifest.files.len().to_string()),
            Err(trouble) => self.not_read(&file.bucket, &file.key, &trouble),
        }
        .evidence("file", format!("s3://{}/{}", file.bucket, file.key))
    }

    fn not_listed(&self, trouble: &Trouble) -> Answer {
        let doing = format!("list what was delivered to `{}`", self.place.bucket);
        if trouble.kind != Kind::Denied {
            return trouble.answer(&doing);
        }
        denied(
            self.session,
            self.owner,
            trouble,
            &doing,
            &self.statements(),
        )
    }

    fn not_read(&self, bucket: &str, key: &str, trouble: &Trouble) -> Answer {
        let doing = format!("read what was delivered to `{bucket}`");
        if needs_key(trouble) {
            return self.encrypted(trouble, &doing);
        }
        match trouble.kind {
            Kind::Denied => denied(
                self.session,
                self.owner,
                trouble,
                &doing,
                &self.statements(),
            ),
            Kind::Missing => trouble.evidence(
                Answer::fail(format!(
                    "the newest delivery is not whole: {key} is not there"
                ))
                .remedy(
                    "see whether a lifecycle rule of the bucket, or somebody, deletes files of it",
                ),
            ),
            _ if trouble.is("InvalidObjectState") => trouble.evidence(
                Answer::fail("the data was moved to an archive, where it cannot be read").remedy(
                    "take the export's folder out of the bucket's lifecycle rule, or let that rule \
                     wait until a month is closed",
                ),
            ),
            _ => trouble.answer(&doing),
        }
    }

    /// A bucket that is encrypted with a key of one's own: whoever reads it must be allowed to use
    /// that too.
    fn encrypted(&self, trouble: &Trouble, doing: &str) -> Answer {
        let key = Denial::of(trouble).and_then(|denial| denial.resource);
        let key = key.filter(|arn| arn.contains(":kms:"));
        let (partition, region) = (self.session.partition.word(), self.region);
        let owner = self.owner.unwrap_or(&self.session.account);
        let arn = key.unwrap_or_else(|| format!("arn:{partition}:kms:{region}:{owner}:key/KEY-ID"));
        trouble
            .answer(doing)
            .remedy(
                "the bucket is encrypted with a key of its own (Properties, Default encryption, says \
                 which): add this to a policy of the principal, and the principal to the key's policy:",
            )
            .paste(policy(&[Statement::allow(["kms:Decrypt"], [arn])]))
    }

    fn statements(&self) -> [Statement; 2] {
        let place = self.place;
        let arn = format!(
            "arn:{}:s3:::{}",
            self.session.partition.word(),
            place.bucket
        );
        let objects = format!("{arn}/{}*", place.folder());
        [
            Statement::allow(
                [
                    "s3:GetBucketLocation",
                    "s3:GetBucketPolicy",
                    "s3:ListBucket",
                ],
                [arn],
            ),
            Statement::allow(["s3:GetObject"], [objects]),
        ]
    }
}

/// Whether it is the encryption key that may not be used, or cannot be.
fn needs_key(trouble: &Trouble) -> bool {
    let code = trouble.code.as_deref().unwrap_or_default();
    let denied = trouble.kind == Kind::Denied && trouble.message.contains("kms:");
    denied || code.starts_with("KMS.")
}

/// Nothing was ever delivered: too early, or never to come.
async fn nothing(case: &Case<'_>, place: &Place<'_>) -> Answer {
    if let Some(excused) = excuse(case, place).await {
        return excused;
    }
    let at = address_of(place);
    let entry = case.known_entry(place).await.ok().flatten();
    if entry.is_some_and(|entry| entry.young(case.run.now)) {
        return Answer::pending(format!("nothing is delivered to {at} yet"))
            .remedy("wait: the first delivery takes up to 24 hours");
    }
    Answer::fail(format!("nothing was ever delivered to {at}")).remedy(
        "see whether prefix and name are right to the letter, what `aws.export.health` says, and \
         what the folder holds",
    )
}

/// Why nothing need be there, where another check tells the cause.
async fn excuse(case: &Case<'_>, place: &Place<'_>) -> Option<Answer> {
    match case.known_entry(place).await {
        Ok(None) => Some(Answer::skipped(
            "nothing is there, and neither is the export: `aws.export.definition` says why",
        )),
        Ok(Some(entry)) if moved(case, &entry, place).await => Some(Answer::skipped(
            "nothing is there: the export is delivered elsewhere, as `aws.export.definition` says",
        )),
        _ => None,
    }
}

/// Whether AWS says itself that it delivers to another place.
async fn moved(case: &Case<'_>, entry: &Entry, place: &Place<'_>) -> bool {
    let elsewhere = |bucket: &str, prefix: &str| {
        bucket != place.bucket || prefix.trim_matches('/') != place.prefix.trim_matches('/')
    };
    match entry {
        Entry::Report(report) => elsewhere(&report.bucket, &report.prefix),
        Entry::Export(listed) => {
            let Ok(session) = case.session().await else {
                return false;
            };
            let definition = case.aws.definition(&session, &listed.arn).await;
            definition.is_ok_and(|found| elsewhere(&found.bucket, &found.prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::client;
    use super::*;

    #[test]
    fn a_key_that_may_not_be_used_is_told_from_a_bucket_that_may_not_be_read() {
        let trouble = |kind, code: &str, message: &str| Trouble {
            code: Some(code.to_owned()),
            ..client::trouble::new(kind, "s3:GetObject", message)
        };
        let of_key = "User: arn:aws:sts::111122223333:assumed-role/R/s is not authorized to perform: \
                      kms:Decrypt on the resource associated with this ciphertext because the resource \
                      does not exist in this Region, no resource-based policies allow access, or a \
                      resource-based policy explicitly denies access";
        assert!(needs_key(&trouble(Kind::Denied, "AccessDenied", of_key)));
        assert!(needs_key(&trouble(
            Kind::Refused,
            "KMS.DisabledException",
            "disabled"
        )));
        assert!(!needs_key(&trouble(
            Kind::Denied,
            "AccessDenied",
            "Access Denied"
        )));
    }
}
