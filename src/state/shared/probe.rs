//! Whether a store honours the conditions that everything here rests on: asked before each writing,
//! with writes that must be refused.

use bytes::Bytes;

use super::bucket::{Bucket, Version, Written};
use crate::state::error::StateError;

const NAME: &str = "probe";
const CONTENT: &str = "bursar asks here whether this store honours conditional writes\n";

/// # Errors
/// [`StateError::NoConditions`] where a write is taken that must be refused.
pub(super) fn ask(bucket: &Bucket) -> Result<(), StateError> {
    let content = Bytes::from_static(CONTENT.as_bytes());
    // The first time it may be written; then it is there.
    let mut tries = 0;
    while let Written::Done(_) = bucket.create(NAME, content.clone())? {
        tries += 1;
        if tries == 2 {
            return Err(refused(
                bucket,
                "it wrote over an object that `If-None-Match: *` protects",
            ));
        }
    }
    let never = Version {
        e_tag: Some("\"00000000000000000000000000000000\"".to_owned()),
        version: Some("1".to_owned()),
    };
    match bucket.replace(NAME, content, &never)? {
        Written::Refused => Ok(()),
        Written::Done(_) => Err(refused(
            bucket,
            "it wrote over an object although `If-Match` named another version",
        )),
    }
}

fn refused(bucket: &Bucket, what: &str) -> StateError {
    StateError::NoConditions {
        place: bucket.name(),
        what: what.to_owned(),
    }
}
