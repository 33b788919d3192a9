//! Which cost centre stands above another, by month.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::time::Month;

/// What stands above from a month on, until the next period begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Above {
    /// First month; none for the first period: since ever.
    pub from: Option<Month>,
    /// None: nothing, it is a top of the tree.
    pub parent: Option<String>,
}

/// The parents of a cost centre, in the order in which they follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parents(pub Vec<Above>);

impl Parents {
    /// One parent, since ever.
    #[must_use]
    pub fn one(code: &str) -> Self {
        Self(vec![Above {
            from: None,
            parent: Some(code.to_owned()),
        }])
    }

    /// The parent in a month.
    #[must_use]
    pub fn at(&self, month: Month) -> Option<&str> {
        let begun = |above: &&Above| above.from.is_none_or(|from| from <= month);
        self.0.iter().rev().find(begun)?.parent.as_deref()
    }

    /// The codes that it names, in any month.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|above| above.parent.as_deref())
    }

    /// Whether there is no parent in any month.
    #[must_use]
    pub fn is_top(&self) -> bool {
        self.codes().next().is_none()
    }

    /// The periods that say something: before the first of them there is no parent.
    #[must_use]
    pub fn told(&self) -> &[Above] {
        let first = self.0.iter().position(|above| above.parent.is_some());
        first.map_or(&[], |first| &self.0[first..])
    }
}

/// Whether a cost centre stands at the top in all months: then nothing is written.
#[must_use]
pub fn is_top(parents: &Option<Parents>) -> bool {
    parents.as_ref().is_none_or(Parents::is_top)
}

impl Serialize for Above {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(from) = &self.from {
            map.serialize_entry("from", from)?;
        }
        if let Some(parent) = &self.parent {
            map.serialize_entry("parent", parent)?;
        }
        map.end()
    }
}

impl Serialize for Parents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.told() {
            [
                Above {
                    from: None,
                    parent: Some(code),
                },
            ] => serializer.serialize_str(code),
            periods => periods.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Parents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ParentsVisitor;
        impl<'de> Visitor<'de> for ParentsVisitor {
            type Value = Parents;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a cost centre's code, or a list of periods")
            }
            fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Parents, E> {
                Ok(Parents::one(code))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Parents, A::Error> {
                let mut periods = Vec::new();
                while let Some(period) = list.next_element()? {
                    periods.push(period);
                }
                Ok(Parents(periods))
            }
        }
        deserializer.deserialize_any(ParentsVisitor)
    }
}

impl<'de> Deserialize<'de> for Above {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AboveVisitor;
        impl<'de> Visitor<'de> for AboveVisitor {
            type Value = Above;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a cost centre's code, or a map with `parent` and `from`")
            }
            fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Above, E> {
                Ok(Above {
                    from: None,
                    parent: Some(code.to_owned()),
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Above, A::Error> {
                use serde::de::Error as _;
                let mut above = Above {
                    from: None,
                    parent: None,
                };
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "from" => above.from = map.next_value::<Option<Month>>()?,
                        "parent" => above.parent = map.next_value::<Option<String>>()?,
                        _ => return Err(A::Error::unknown_field(&key, &["from", "parent"])),
                    }
                }
                Ok(above)
            }
        }
        deserializer.deserialize_any(AboveVisitor)
    }
}

impl JsonSchema for Parents {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Parents".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let month = generator.subschema_for::<Month>();
        json_schema!({
            "description": "The cost centre above: a code, or a list of periods, each of which runs until the next begins.",
            "type": ["string", "number", "array", "null"],
            "minItems": 1,
            "items": {
                "type": ["string", "number", "object"],
                "properties": {
                    "from": month,
                    "parent": {"type": ["string", "number", "null"], "description": "The cost centre above in these months. Left out: none."},
                },
                "additionalProperties": false,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::canonical::Canonical;
    use crate::model::leaf::Leaf;

    fn parents(json: &str) -> Parents {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn each_way_of_writing_has_one_canonical_form() {
        let canonical = |json: &str| {
            let parents = parents(json);
            Canonical::of(&parents).unwrap().as_str().to_owned()
        };
        assert_eq!(canonical(r#""A""#), r#""A""#);
        assert_eq!(canonical(r#"["A"]"#), r#""A""#);
        assert_eq!(canonical(r#"[{"parent": "A"}]"#), r#""A""#);
        let later = r#"[{"from":"2027-01","parent":"A"},{"from":"2027-07"}]"#;
        assert_eq!(canonical(later), later);
        assert_eq!(
            canonical(
                r#"[{}, {"from": "2026-01"}, {"from": "2027-01", "parent": "A"}, {"from": "2027-07"}]"#
            ),
            later
        );
        for top in [
            r#"[{}]"#,
            r#"[{"from": "2027-01"}]"#,
            r#"[{"parent": null}]"#,
        ] {
            assert!(is_top(&Some(parents(top))), "{top}");
        }
    }

    #[test]
    fn the_parent_of_a_month_is_the_last_that_has_begun() {
        let parents = parents(r#"["A", {"from": "2027-01", "parent": "B"}, {"from": "2027-07"}]"#);
        let at = |month| parents.at(Month::parse(month).unwrap());
        assert_eq!(at("2026-12"), Some("A"));
        assert_eq!(at("2027-01"), Some("B"));
        assert_eq!(at("2027-07"), None);
    }
}
