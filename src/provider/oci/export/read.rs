//! `oci.export.read`: are there reports of the declared format, and can one be read? One byte of the
//! newest, and never more.

use jiff::SignedDuration;

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::{Session, identity, storage};
use super::super::statements::endorse;
use super::{Newest, word};
use crate::model::finding::Badge;
use crate::model::spec::ReportFormat;
use crate::provider::answer::Answer;
use crate::provider::trouble::{Kind, Trouble};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "oci.export.read",
        "Are there reports of the declared format, and can the newest be read?",
        &[
            "objectstorage:ListObjects",
            "objectstorage:GetObject",
            "identity:GetCompartment",
        ],
        &["read objects in tenancy usage-report"],
        "see `oci.export.bucket`, and what the console shows under Cost and Usage Reports",
    ),
    ask,
};

/// A tenancy that is younger need not have reports yet: the first take up to a day, and the costs of
/// its first day come with the next.
const YOUNG: SignedDuration = SignedDuration::from_hours(48);

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let format = case.reports()?.format;
        let (session, newest) = match case.opened().await? {
            Ok(opened) => opened,
            Err(skipped) => return Some(skipped),
        };
        let Ok(newest) = newest else {
            return Some(Answer::skipped("not asked: `oci.export.bucket` says why"));
        };
        Some(match &newest.object {
            Some(object) if object.size == 0 => {
                Answer::warn("the newest report is empty").evidence("file", &object.name)
            }
            Some(object) => touched(&session, &object.name)
                .await
                .evidence("file", &object.name)
                .evidence("bytes", object.size.to_string()),
            None => nothing(case, &session, format, &newest).await,
        })
    })
}

async fn touched(session: &Session, name: &str) -> Answer {
    let region = session.home_or_declared();
    match storage::touch(session, &region, &session.tenancy, name).await {
        Ok(()) => Answer::pass("the newest report can be read"),
        Err(trouble) => unread(session, &trouble),
    }
}

fn unread(session: &Session, trouble: &Trouble) -> Answer {
    match trouble.kind {
        // Whoever may list and not read has `inspect objects`.
        Kind::Denied | Kind::Missing => trouble.evidence(
            Answer::fail("the reports can be listed, and not read")
                .remedy(
                    "the policy that endorses the group says `inspect`, or has a condition: let it \
                     say `read`, in the root compartment:",
                )
                .paste(endorse(&session.tenancy, None)),
        ),
        _ => trouble.answer("read the newest report"),
    }
}

/// There are none: of this format, or of any.
async fn nothing(
    case: &Case<'_>,
    session: &Session,
    format: ReportFormat,
    newest: &Newest,
) -> Answer {
    if let Some(other) = newest.others.iter().find(|other| **other != format) {
        return another(format, *other);
    }
    let made = identity::made(session).await.ok();
    if let Some(made) = made.filter(|made| case.run.now.duration_since(*made) < YOUNG) {
        return Answer::pending("the tenancy is new, and there are no reports yet")
            .remedy("wait: the first take up to a day")
            .evidence("tenancy_made", made.to_string());
    }
    Answer::fail(format!(
        "the bucket is there, and holds no {} reports",
        word(format)
    ))
    .remedy(
        "Oracle makes none for tenancies without a metered subscription: see Billing & Cost \
         Management, Cost and Usage Reports, whether the console shows any; if so, ask Oracle's support",
    )
}

fn another(format: ReportFormat, other: ReportFormat) -> Answer {
    let declare = match other {
        ReportFormat::Focus => "{reports: {}}",
        ReportFormat::Cost => "{reports: {format: cost}}",
    };
    Answer::fail(format!(
        "there are no {} reports, but {} reports",
        word(format),
        word(other)
    ))
    .remedy(format!("declare those that there are: `{declare}`"))
    .evidence("wanted.format", word(format))
    .evidence("found.format", word(other))
}
