//! `aws.export.bucket_policy`: does the bucket's policy let AWS deliver for this payer? AWS knows three
//! right forms, and people write more; so the policy is judged by what it says to the requests that a
//! delivery makes, not by its form.

mod document;
mod request;
mod right;
#[cfg(test)]
mod tests;
mod verdict;

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::{Kind, Partition, Session, Statement, Trouble};
use super::denied;
use super::place::{Layout, Place};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

use document::Document;
use request::{Delivery, Request};
use verdict::Verdict;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "aws.export.bucket_policy",
        "Does the bucket's policy let AWS deliver for this payer, and for no other?",
        &["s3:GetBucketPolicy"],
        &["s3:GetBucketPolicy"],
        "give the bucket the policy that AWS's console offers when an export is made",
    ),
    ask,
};

/// Who delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deliverer {
    /// Legacy reports.
    Reports,
    /// Data Exports.
    Exports,
}

impl Deliverer {
    const ALL: [Self; 2] = [Self::Reports, Self::Exports];

    const fn of(layout: Layout) -> Self {
        match layout {
            Layout::Legacy => Self::Reports,
            Layout::DataExports => Self::Exports,
        }
    }

    /// Its name as a principal: in China's documents too.
    const fn service(self) -> &'static str {
        match self {
            Self::Reports => "billingreports.amazonaws.com",
            Self::Exports => "bcm-data-exports.amazonaws.com",
        }
    }

    /// What it needs: in all forms that AWS ever wrote, and in none less.
    fn needs(self, bucket: &str, object: &str) -> Vec<(&'static str, String, String)> {
        let objects = format!("{bucket}/*");
        let write = ("s3:PutObject", object.to_owned(), objects);
        match self {
            Self::Reports => {
                let look = ("s3:GetBucketPolicy", bucket.to_owned(), bucket.to_owned());
                vec![look, write]
            }
            Self::Exports => vec![write],
        }
    }

    /// The source's ARN, up to its name. Its region is where billing is, not the bucket.
    fn source(self, target: &Target<'_>, name: &str) -> String {
        let (partition, region, payer) = (target.partition.word(), target.billing, target.payer);
        match self {
            Self::Reports => format!("arn:{partition}:cur:{region}:{payer}:definition/{name}"),
            Self::Exports => {
                format!("arn:{partition}:bcm-data-exports:{region}:{payer}:export/{name}")
            }
        }
    }

    fn any_source(self, target: &Target<'_>) -> String {
        self.source(target, "*")
    }
}

/// What is delivered where, for whom.
struct Target<'a> {
    partition: Partition,
    /// The region of the billing services.
    billing: &'static str,
    payer: &'a str,
    organization: Option<&'a str>,
    bucket: &'a str,
    /// The folder of the export, with a slash behind it.
    folder: String,
    name: &'a str,
    /// Who delivers to the bucket for this payer, by what is declared; the export's own first.
    deliverers: Vec<Deliverer>,
}

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
        let Some(target) = target(case, &session, &place) else {
            return Some(Answer::skipped("AWS GovCloud has no billing of its own"));
        };
        let policy = case
            .aws
            .bucket_policy(&session, &region, place.bucket)
            .await;
        Some(match policy {
            Ok(text) => match Document::parse(&text) {
                Ok(document) => judged(&target, &document),
                Err(wrong) => Answer::unknown(format!("the bucket's policy is none: {wrong}"))
                    .remedy("see what answers in AWS's place: a proxy, or an endpoint that is set"),
            },
            Err(trouble) if trouble.is("NoSuchBucketPolicy") => trouble.evidence(none(&target)),
            Err(trouble) => hidden(&session, case.bucket_owner(), &place, &trouble),
        })
    })
}

fn target<'a>(case: &Case<'a>, session: &Session, place: &Place<'a>) -> Option<Target<'a>> {
    let (payer, declared) = case.payer()?;
    let own = Deliverer::of(place.layout);
    let mut deliverers = vec![own];
    let others = declared.exports.iter();
    let others = others.filter_map(|(name, export)| Place::of(name, export));
    for other in others.filter(|other| other.bucket == place.bucket) {
        let deliverer = Deliverer::of(other.layout);
        if !deliverers.contains(&deliverer) {
            deliverers.push(deliverer);
        }
    }
    Some(Target {
        partition: session.partition,
        billing: session.partition.billing()?,
        payer,
        organization: case
            .subject
            .around
            .organization
            .map(|(_, one)| one.id.as_str()),
        bucket: place.bucket,
        folder: place.folder(),
        name: place.name,
        deliverers,
    })
}

fn verdict(target: &Target<'_>, document: &Document) -> Verdict {
    let Some(own) = target.deliverers.first().copied() else {
        return Verdict::default();
    };
    let delivery = Delivery {
        account: target.payer.to_owned(),
        organization: target.organization.map(str::to_owned),
        service: own.service(),
        sources: vec![own.any_source(target), own.source(target, target.name)],
    };
    let bucket = format!("arn:{}:s3:::{}", target.partition.word(), target.bucket);
    let object = format!("{bucket}/{}delivered", target.folder);
    let requests: Vec<Request<'_>> = own
        .needs(&bucket, &object)
        .into_iter()
        .map(|(action, resource, shown)| Request {
            delivery: &delivery,
            action,
            resource,
            shown,
        })
        .collect();
    Verdict::of(document, &requests)
}

fn judged(target: &Target<'_>, document: &Document) -> Answer {
    let verdict = verdict(target, document);
    let named = |places: &[usize]| -> String {
        let names = places.iter().filter_map(|at| {
            let statement = document.statements.get(*at)?;
            Some(statement.name(*at))
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let bucket = target.bucket;
    let mut wrong = verdict.missing.clone();
    if !verdict.denied.is_empty() {
        wrong.push(format!("{} denies it", named(&verdict.denied)));
    }
    let right = || right::policy(document, target, &verdict.denied);
    if !wrong.is_empty() {
        return Answer::fail(format!(
            "the policy of bucket `{bucket}` does not let AWS deliver: {}",
            wrong.join("; ")
        ))
        .remedy("replace the bucket's policy with this one, which keeps everything else:")
        .paste(right())
        .evidence("wrong", wrong.join("; "));
    }
    if !verdict.open.is_empty() {
        return Answer::warn(format!(
            "the policy of bucket `{bucket}` lets AWS deliver for any account: {} has no condition on \
             `aws:SourceAccount` or `aws:SourceArn`",
            named(&verdict.open)
        ))
        .remedy(
            "anybody who knows the bucket's name could have reports delivered to it; this policy \
             closes that, and keeps everything else:",
        )
        .paste(right());
    }
    if !verdict.unsure.is_empty() {
        return Answer::warn(format!(
            "whether the policy of bucket `{bucket}` lets AWS deliver is not plain: {}",
            verdict.unsure.join("; ")
        ))
        .remedy(
            "see `aws.export.health`: if AWS delivers, waive this; else change that condition",
        );
    }
    Answer::pass(format!("the policy of bucket `{bucket}` lets AWS deliver"))
}

fn none(target: &Target<'_>) -> Answer {
    let empty = Document {
        version: "2012-10-17".to_owned(),
        id: None,
        statements: Vec::new(),
    };
    Answer::fail(format!(
        "bucket `{}` has no policy, so that AWS may not deliver to it",
        target.bucket
    ))
    .remedy("give the bucket this policy:")
    .paste(right::policy(&empty, target, &[]))
}

/// A policy that may not be read is no fault of the delivery, which proves itself.
fn hidden(session: &Session, owner: Option<&str>, place: &Place<'_>, trouble: &Trouble) -> Answer {
    if trouble.is("MethodNotAllowed") {
        return Answer::skipped(
            "S3 shows a bucket's policy only to the account that owns it; `aws.export.health` says \
             whether AWS may deliver",
        );
    }
    let doing = format!("read the policy of bucket `{}`", place.bucket);
    if trouble.kind != Kind::Denied {
        return trouble.answer(&doing);
    }
    let arn = format!("arn:{}:s3:::{}", session.partition.word(), place.bucket);
    let statement = Statement::allow([trouble.action], [arn]);
    let failed = denied(session, owner, trouble, &doing, &[statement]);
    Answer {
        status: crate::model::finding::Status::Warn,
        ..failed
    }
}
