//! S3: where a bucket is, who may write to it, and what was delivered. Reads a manifest and one
//! byte; never more of the data.

use jiff::Timestamp;

use super::{Kind, Session, Trouble};

/// A delivered object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    pub size: u64,
    pub modified: Option<Timestamp>,
}

/// A manifest larger than this is not one: 1,000 files take about 200 KB.
const LARGEST: i64 = 16 * 1024 * 1024;

/// The region of a bucket.
pub async fn region(
    session: &Session,
    bucket: &str,
    owner: Option<&str>,
) -> Result<String, Trouble> {
    const ACTION: &str = "s3:GetBucketLocation";
    let answer = session
        .s3(session.partition.global())
        .get_bucket_location()
        .bucket(bucket)
        .set_expected_bucket_owner(owner.map(str::to_owned))
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    // us-east-1 has no name here, and eu-west-1 once had another.
    Ok(
        match answer
            .location_constraint
            .as_ref()
            .map(|place| place.as_str())
        {
            None | Some("") => "us-east-1".to_owned(),
            Some("EU") => "eu-west-1".to_owned(),
            Some(region) => region.to_owned(),
        },
    )
}

/// The bucket's policy: its JSON. `NoSuchBucketPolicy` where it has none.
pub async fn policy(
    session: &Session,
    region: &str,
    bucket: &str,
    owner: Option<&str>,
) -> Result<String, Trouble> {
    const ACTION: &str = "s3:GetBucketPolicy";
    let answer = session
        .s3(region)
        .get_bucket_policy()
        .bucket(bucket)
        .set_expected_bucket_owner(owner.map(str::to_owned))
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    answer
        .policy
        .ok_or_else(|| Trouble::new(Kind::Malformed, ACTION, "the answer holds no policy"))
}

/// The objects below a prefix: `most` of them at most, in the order of their keys.
pub async fn objects(
    session: &Session,
    region: &str,
    bucket: &str,
    prefix: &str,
    most: usize,
) -> Result<Vec<Object>, Trouble> {
    const ACTION: &str = "s3:ListBucket";
    let mut pages = session
        .s3(region)
        .list_objects_v2()
        .bucket(bucket)
        .prefix(prefix)
        .into_paginator()
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Trouble::of(ACTION, &error))?;
        all.extend(
            page.contents
                .unwrap_or_default()
                .into_iter()
                .filter_map(|object| {
                    Some(Object {
                        key: object.key?,
                        size: object.size.unwrap_or_default().unsigned_abs(),
                        modified: object.last_modified.as_ref().and_then(super::moment),
                    })
                }),
        );
        if all.len() >= most {
            all.truncate(most);
            break;
        }
    }
    Ok(all)
}

/// A whole object of moderate size: a manifest.
pub async fn read(
    session: &Session,
    region: &str,
    bucket: &str,
    key: &str,
) -> Result<Vec<u8>, Trouble> {
    const ACTION: &str = "s3:GetObject";
    let answer = session
        .s3(region)
        .get_object()
        .bucket(bucket)
        .key(key)
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    if answer.content_length.is_some_and(|length| length > LARGEST) {
        return Err(Trouble::new(
            Kind::Refused,
            ACTION,
            format!("{key} is too large for a manifest"),
        ));
    }
    let body = answer.body.collect().await;
    body.map(|body| body.to_vec())
        .map_err(|error| Trouble::new(Kind::Network, ACTION, error.to_string()))
}

/// The first byte of an object: that it can be read at all, without its data.
pub async fn touch(
    session: &Session,
    region: &str,
    bucket: &str,
    key: &str,
) -> Result<(), Trouble> {
    const ACTION: &str = "s3:GetObject";
    let answer = session
        .s3(region)
        .get_object()
        .bucket(bucket)
        .key(key)
        .range("bytes=0-0")
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    let body = answer.body.collect().await;
    body.map(drop)
        .map_err(|error| Trouble::new(Kind::Network, ACTION, error.to_string()))
}
