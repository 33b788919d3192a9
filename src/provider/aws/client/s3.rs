//! S3: where a bucket is, who may write to it, and what was delivered. Reads a manifest and one
//! byte; never more of the data.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::Timestamp;

use super::{Kind, Session, Trouble};

/// A delivered object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    pub modified: Option<Timestamp>,
}

/// A manifest larger than this is not one: 1,000 files take about 200 KB.
const LARGEST: usize = 16 * 1024 * 1024;

/// The region of a bucket. With an owner, a bucket of another account is denied.
pub async fn region(
    session: &Session,
    bucket: &str,
    owner: Option<&str>,
) -> Result<String, Trouble> {
    const ACTION: &str = "s3:GetBucketLocation";
    let answer = session
        .s3_by_path(session.partition.global())
        .get_bucket_location()
        .bucket(bucket)
        .set_expected_bucket_owner(owner.map(str::to_owned))
        .send()
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            return redirected(&error).ok_or_else(|| Trouble::of(ACTION, &error));
        }
    };
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

/// The region that S3 names where it sends a request elsewhere.
fn redirected<E>(error: &SdkError<E, HttpResponse>) -> Option<String>
where
    E: ProvideErrorMetadata,
{
    let raw = error.raw_response()?;
    let elsewhere = (300..400).contains(&raw.status().as_u16())
        || error.code() == Some("AuthorizationHeaderMalformed");
    let region = raw.headers().get("x-amz-bucket-region")?;
    elsewhere.then(|| region.to_owned())
}

/// The bucket's policy: its JSON. `NoSuchBucketPolicy` where it has none; `MethodNotAllowed` for
/// anybody outside of the account that owns the bucket.
pub async fn policy(session: &Session, region: &str, bucket: &str) -> Result<String, Trouble> {
    const ACTION: &str = "s3:GetBucketPolicy";
    let answer = session
        .s3(region)
        .get_bucket_policy()
        .bucket(bucket)
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    answer
        .policy
        .ok_or_else(|| Trouble::new(Kind::Malformed, ACTION, "the answer holds no policy"))
}

/// The folders right below a prefix that ends in a slash, each with a slash behind it. One page: a
/// thousand months.
pub async fn folders(
    session: &Session,
    region: &str,
    bucket: &str,
    prefix: &str,
) -> Result<Vec<String>, Trouble> {
    const ACTION: &str = "s3:ListBucket";
    let answer = session
        .s3(region)
        .list_objects_v2()
        .bucket(bucket)
        .prefix(prefix)
        .delimiter("/")
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    Ok(answer
        .common_prefixes
        .unwrap_or_default()
        .into_iter()
        .filter_map(|folder| folder.prefix)
        .collect())
}

/// The objects below a prefix, in the order of their keys. One page: a thousand objects.
pub async fn objects(
    session: &Session,
    region: &str,
    bucket: &str,
    prefix: &str,
) -> Result<Vec<Object>, Trouble> {
    const ACTION: &str = "s3:ListBucket";
    let answer = session
        .s3(region)
        .list_objects_v2()
        .bucket(bucket)
        .prefix(prefix)
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    let object = |object: aws_sdk_s3::types::Object| {
        Some(Object {
            key: object.key?,
            modified: object.last_modified.as_ref().and_then(super::moment),
        })
    };
    Ok(answer
        .contents
        .unwrap_or_default()
        .into_iter()
        .filter_map(object)
        .collect())
}

/// A whole object of moderate size: a manifest.
pub async fn read(
    session: &Session,
    region: &str,
    bucket: &str,
    key: &str,
) -> Result<Vec<u8>, Trouble> {
    const ACTION: &str = "s3:GetObject";
    let mut answer = session
        .s3(region)
        .get_object()
        .bucket(bucket)
        .key(key)
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    let mut body = Vec::new();
    loop {
        match answer.body.next().await {
            Some(Ok(bytes)) if body.len() + bytes.len() <= LARGEST => {
                body.extend_from_slice(&bytes);
            }
            Some(Ok(_)) => {
                let message = format!("{key} is too large for a manifest");
                return Err(Trouble::new(Kind::Refused, ACTION, message));
            }
            Some(Err(error)) => {
                return Err(Trouble::new(Kind::Network, ACTION, error.to_string()));
            }
            None => return Ok(body),
        }
    }
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
        .await;
    match answer {
        Ok(mut answer) => match answer.body.next().await {
            Some(Err(error)) => Err(Trouble::new(Kind::Network, ACTION, error.to_string())),
            _ => Ok(()),
        },
        // An empty object has no first byte, and can be read.
        Err(error) if error.code() == Some("InvalidRange") => Ok(()),
        Err(error) => Err(Trouble::of(ACTION, &error)),
    }
}
