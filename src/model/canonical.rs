//! Canonical JSON: the one text of a spec, the same whatever way it was written.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::hash::ContentHash;

/// A spec as compact JSON with sorted keys, in which fields at their default are left out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canonical(Box<str>);

impl Canonical {
    /// The canonical JSON of a spec. Types of ours keep their fields sorted and skip defaults.
    ///
    /// # Errors
    /// Only for a type that JSON cannot hold.
    pub fn of<T: Serialize>(spec: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(spec).map(|text| Self(text.into_boxed_str()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(self.0.as_bytes())
    }

    /// The spec as a JSON value, for comparing field by field.
    #[must_use]
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.0).unwrap_or(serde_json::Value::Null)
    }
}

impl fmt::Debug for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Canonical {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Canonical {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(raw.get().into()))
    }
}
