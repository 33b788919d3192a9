//! S3: where a bucket is, who may write to it, and what was delivered. Reads a manifest and one
//! byte; never more of the data.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::Timestamp;

use super::{Kind, Session, Trouble, trouble};

/// A delivered object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    pub modified: Option<Timestamp>,
}

/// A manifest larger than this is not one: 1,000 files take about 200 KB.
const LARGEST: usize = 16 * 1024 * 1024;

/// S3's answers are read leniently: a page of something in between would be an empty listing. What is
/// S3's own has an id.
fn genuine<T: RequestId>(action: &'static str, answer: T) -> Result<T, Trouble> {
    match answer.request_id() {
        Some(_) => Ok(answer),
        None => Err(trouble::new(
            Kind::Malformed,
            action,
            "the answer has no request id",
        )),
    }
}

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
        Ok(answer) => genuine(ACTION, answer)?,
        Err(error) => {
            return redirected(&error).ok_or_else(|| trouble::of(ACTION, &error));
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

/// Sorts an error; of a request that went to the wrong region, with the right one.
fn trouble<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Trouble
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let trouble = trouble::of(action, error);
    match redirected(error) {
        Some(region) => Trouble {
            kind: Kind::Elsewhere,
            message: format!("the bucket is in {region}"),
            ..trouble
        },
        None => trouble,
    }
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
        .map_err(|error| trouble(ACTION, &error))?;
    genuine(ACTION, answer)?
        .policy
        .ok_or_else(|| trouble::new(Kind::Malformed, ACTION, "the answer holds no policy"))
}

/// A whole page of a listing: S3 counts what is on it.
fn whole(
    action: &'static str,
    answer: ListObjectsV2Output,
) -> Result<ListObjectsV2Output, Trouble> {
    let answer = genuine(action, answer)?;
    let found = answer.contents().len() + answer.common_prefixes().len();
    match answer.key_count {
        Some(count) if usize::try_from(count) != Ok(found) => Err(trouble::new(
            Kind::Malformed,
            action,
            format!("the listing holds {found} of {count} keys"),
        )),
        _ => Ok(answer),
    }
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
        .map_err(|error| trouble(ACTION, &error))?;
    Ok(whole(ACTION, answer)?
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
        .map_err(|error| trouble(ACTION, &error))?;
    let object = |object: aws_sdk_s3::types::Object| {
        Some(Object {
            key: object.key?,
            modified: object.last_modified.as_ref().and_then(super::moment),
        })
    };
    Ok(whole(ACTION, answer)?
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
    let answer = session
        .s3(region)
        .get_object()
        .bucket(bucket)
        .key(key)
        .send()
        .await
        .map_err(|error| trouble(ACTION, &error))?;
    let mut answer = genuine(ACTION, answer)?;
    let mut body = Vec::new();
    loop {
        match answer.body.next().await {
            Some(Ok(bytes)) if body.len() + bytes.len() <= LARGEST => {
                body.extend_from_slice(&bytes);
            }
            Some(Ok(_)) => {
                let message = format!("{key} is too large for a manifest");
                return Err(trouble::new(Kind::Refused, ACTION, message));
            }
            Some(Err(error)) => {
                return Err(trouble::new(Kind::Network, ACTION, error.to_string()));
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
        Ok(answer) => match genuine(ACTION, answer)?.body.next().await {
            Some(Err(error)) => Err(trouble::new(Kind::Network, ACTION, error.to_string())),
            _ => Ok(()),
        },
        // An empty object has no first byte, and can be read.
        Err(error) if error.code() == Some("InvalidRange") => Ok(()),
        Err(error) => Err(trouble(ACTION, &error)),
    }
}
