//! Moments as OCI writes them: RFC 3339, with any offset.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A moment that is always there.
pub fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom("no moment"))
}

/// A moment that need not be there.
pub fn maybe<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom("no moment")))
        .transpose()
}
