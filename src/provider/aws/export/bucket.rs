//! `aws.export.bucket`: is the bucket there, in its region, and of the account that it should belong
//! to? A bucket's name is free again once it is deleted, for anybody.

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::{Kind, Session, Statement, Trouble, Unsigned, s3};
use super::denied;
use super::place::Place;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "aws.export.bucket",
        "Is the bucket there, in the declared region, and of the account that should own it?",
        &["s3:GetBucketLocation"],
        &["s3:GetBucketLocation"],
        "correct the bucket's name, its region or its owner in the declaration",
    ),
    ask,
};

/// Where a bucket was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    pub region: String,
    /// It belongs to another account than it should.
    pub foreign: bool,
}

impl Located {
    /// Asks where a bucket of an account is. S3 says the same of a bucket that may not be looked at
    /// and of one that belongs to somebody else: so a denial is asked again without the owner.
    pub async fn find(session: &Session, bucket: &str, owner: &str) -> Result<Self, Trouble> {
        let owned = |foreign| move |region| Self { region, foreign };
        match s3::region(session, bucket, Some(owner)).await {
            Err(trouble) if trouble.kind == Kind::Denied => {
                let anybodys = s3::region(session, bucket, None).await;
                anybodys.map(owned(true)).map_err(|_| trouble)
            }
            found => found.map(owned(false)),
        }
    }
}

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let place = case.destination()?;
        if !case.readable() {
            return None;
        }
        if let Some(told) = not_signed_in(case).await {
            return Some(told);
        }
        let Some(way) = case.reader() else {
            return Some(Answer::skipped("no credential is declared for this"));
        };
        let session = match case.along(way).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let owner = case.bucket_owner()?;
        Some(match case.aws.bucket(&session, place.bucket, owner).await {
            Ok(located) => judged(&place, owner, &located),
            Err(trouble) => not_found(&session, &place, owner, &trouble),
        })
    })
}

/// A role by name that only this export is read with is told nowhere else.
async fn not_signed_in(case: &Case<'_>) -> Option<Answer> {
    case.export()?.read_with()?;
    let way = case.reader()?;
    way.account?;
    match case.sign_in(way).await {
        Err(Unsigned::Trouble {
            credential,
            trouble,
        }) if credential == way.credential => Some(trouble.answer("sign in to read the bucket")),
        _ => None,
    }
}

fn judged(place: &Place<'_>, owner: &str, located: &Located) -> Answer {
    let bucket = place.bucket;
    let answer = if located.foreign {
        Answer::fail(format!("bucket `{bucket}` does not belong to {owner}")).remedy(
            "declare the account that owns it as `bucket_owner`, if that is one of yours; else take \
             another bucket: whoever owns it reads your costs",
        )
    } else if located.region != place.region {
        Answer::fail(format!(
            "bucket `{bucket}` is in {}, and {} is declared",
            located.region, place.region
        ))
        .remedy("declare the region that the bucket is in:")
        .paste(format!("bucket_region: {}", located.region))
    } else {
        Answer::pass(format!("bucket `{bucket}` is in {}", located.region))
    };
    answer
        .evidence("wanted.bucket_region", place.region)
        .evidence("found.bucket_region", &located.region)
        .evidence("wanted.bucket_owner", owner)
}

fn not_found(session: &Session, place: &Place<'_>, owner: &str, trouble: &Trouble) -> Answer {
    let doing = format!("find bucket `{}`", place.bucket);
    let answer = if trouble.is("NoSuchBucket") {
        trouble.evidence(
            Answer::fail(format!("there is no bucket `{}`", place.bucket)).remedy(
                "correct the name, or create the bucket again with its policy; AWS delivers to it \
                 within a day",
            ),
        )
    } else if trouble.kind == Kind::Denied {
        let arn = format!("arn:{}:s3:::{}", session.partition.word(), place.bucket);
        let statement = Statement::allow([trouble.action], [arn]);
        denied(session, Some(owner), trouble, &doing, &[statement])
    } else {
        trouble.answer(&doing)
    };
    answer.evidence("wanted.bucket_owner", owner)
}

#[cfg(test)]
mod tests {
    use super::super::place::Layout;
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn region_and_owner_are_held_against_the_declaration() {
        let place = Place {
            bucket: "acme-cur",
            region: "eu-west-1",
            prefix: "cur",
            name: "hourly",
            layout: Layout::Legacy,
        };
        let judge = |region: &str, foreign| {
            let region = region.to_owned();
            judged(&place, "111122223333", &Located { region, foreign })
        };
        assert_eq!(judge("eu-west-1", false).status, Status::Pass);
        let elsewhere = judge("us-east-1", false);
        assert_eq!(elsewhere.status, Status::Fail);
        assert_eq!(elsewhere.paste, "bucket_region: us-east-1");
        assert_eq!(elsewhere.evidence["found.bucket_region"], "us-east-1");
        let foreign = judge("eu-west-1", true);
        assert_eq!(foreign.status, Status::Fail);
        assert!(foreign.message.contains("does not belong to 111122223333"));
    }
}
