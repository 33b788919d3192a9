//! Which cost centre an account falls on, whole or split, by month.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::money::Percent;
use super::time::Month;

/// How a cost is divided between cost centres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shares {
    /// All of it falls on one.
    Whole(String),
    /// The same part on each.
    Even(Vec<String>),
    /// A percentage on each; they total 100.00.
    Fixed(BTreeMap<String, Percent>),
}

impl Shares {
    /// The codes that it names, sorted where they were written as a map.
    pub fn codes(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Whole(code) => Box::new(std::iter::once(code.as_str())),
            Self::Even(codes) => Box::new(codes.iter().map(String::as_str)),
            Self::Fixed(parts) => Box::new(parts.keys().map(String::as_str)),
        }
    }

    /// The same shares with each code replaced.
    #[must_use]
    pub fn map_codes(self, rename: &dyn Fn(String) -> String) -> Self {
        match self {
            Self::Whole(code) => Self::Whole(rename(code)),
            Self::Even(codes) => Self::Even(codes.into_iter().map(rename).collect()),
            Self::Fixed(parts) => Self::Fixed(
                parts
                    .into_iter()
                    .map(|(code, part)| (rename(code), part))
                    .collect(),
            ),
        }
    }
}

/// Shares from a month on, until the next period begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// First month; none for the first period: since ever.
    pub from: Option<Month>,
    pub shares: Shares,
}

/// The periods of an account, in the order in which they follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline(pub Vec<Period>);

impl Timeline {
    /// One cost centre, whole, since ever.
    #[must_use]
    pub fn whole(code: &str) -> Self {
        Self(vec![Period {
            from: None,
            shares: Shares::Whole(code.to_owned()),
        }])
    }

    /// The period in force in a month.
    #[must_use]
    pub fn at(&self, month: Month) -> Option<&Period> {
        self.0
            .iter()
            .rev()
            .find(|period| period.from.is_none_or(|from| from <= month))
    }

    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|period| period.shares.codes())
    }
}

impl Serialize for Shares {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(code) => serializer.serialize_str(code),
            Self::Even(codes) => {
                let mut sorted: Vec<&String> = codes.iter().collect();
                sorted.sort();
                sorted.serialize(serializer)
            }
            Self::Fixed(parts) => parts.serialize(serializer),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = matches!(self.shares, Shares::Whole(_));
        let mut map = serializer.serialize_map(None)?;
        if whole {
            map.serialize_entry("cost_center", &self.shares)?;
        }
        if let Some(from) = &self.from {
            map.serialize_entry("from", from)?;
        }
        if !whole {
            map.serialize_entry("split", &self.shares)?;
        }
        map.end()
    }
}

impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [
                Period {
                    from: None,
                    shares: Shares::Whole(code),
                },
            ] => serializer.serialize_str(code),
            [period @ Period { from: None, .. }] => period.serialize(serializer),
            periods => periods.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Timeline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimelineVisitor;
        impl<'de> Visitor<'de> for TimelineVisitor {
            type Value = Timeline;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a cost centre's code, a split, or a list of periods")
            }
            fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Timeline, E> {
                Ok(Timeline::whole(code))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Timeline, A::Error> {
                let mut periods = Vec::new();
                while let Some(period) = list.next_element()? {
                    periods.push(period);
                }
                Ok(Timeline(periods))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Timeline, A::Error> {
                PeriodVisitor
                    .visit_map(map)
                    .map(|period| Timeline(vec![period]))
            }
        }
        deserializer.deserialize_any(TimelineVisitor)
    }
}

struct PeriodVisitor;

impl<'de> Visitor<'de> for PeriodVisitor {
    type Value = Period;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cost centre's code, or a map with `split` or `cost_center`, and `from`")
    }

    fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Period, E> {
        Ok(Period {
            from: None,
            shares: Shares::Whole(code.to_owned()),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Period, A::Error> {
        use serde::de::Error as _;
        let mut from = None;
        let mut shares = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "from" => from = map.next_value::<Option<Month>>()?,
                "cost_center" if shares.is_none() => {
                    shares = Some(Shares::Whole(map.next_value()?))
                }
                "split" if shares.is_none() => shares = Some(map.next_value()?),
                "split" | "cost_center" => {
                    return Err(A::Error::custom(
                        "a period has either `split` or `cost_center`",
                    ));
                }
                _ => {
                    return Err(A::Error::unknown_field(
                        &key,
                        &["cost_center", "from", "split"],
                    ));
                }
            }
        }
        let shares =
            shares.ok_or_else(|| A::Error::custom("a period needs `split` or `cost_center`"))?;
        Ok(Period { from, shares })
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PeriodVisitor)
    }
}

/// The value of `split`: a map of percentages, or a list for even parts.
impl<'de> Deserialize<'de> for Shares {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SharesVisitor;
        impl<'de> Visitor<'de> for SharesVisitor {
            type Value = Shares;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from cost centres to percentages, or a list of cost centres")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shares, A::Error> {
                let mut codes = Vec::new();
                while let Some(code) = list.next_element()? {
                    codes.push(code);
                }
                Ok(Shares::Even(codes))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shares, A::Error> {
                let mut parts = BTreeMap::new();
                while let Some((code, percent)) = map.next_entry()? {
                    parts.insert(code, percent);
                }
                Ok(Shares::Fixed(parts))
            }
        }
        deserializer.deserialize_any(SharesVisitor)
    }
}

impl JsonSchema for Timeline {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timeline".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let percent = generator.subschema_for::<Percent>();
        let month = generator.subschema_for::<Month>();
        let split = json_schema!({
            "description": "Cost centres that share the cost: a map of percentages that total 100.00, or a list for even parts.",
            "type": ["object", "array"],
            "additionalProperties": percent,
            "items": {"type": ["string", "number"]},
            "minProperties": 1,
            "minItems": 1,
        });
        let cost_center = json_schema!({"type": ["string", "number"], "description": "The cost centre that carries all of it."});
        json_schema!({
            "description": "The cost centre that carries this: a code, a split, or a list of periods, each of which runs until the next begins.",
            "type": ["string", "number", "object", "array"],
            "properties": {"split": split, "cost_center": cost_center},
            "additionalProperties": false,
            "minItems": 1,
            "items": {
                "type": ["string", "number", "object"],
                "properties": {"from": month, "split": split, "cost_center": cost_center},
                "additionalProperties": false,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::canonical::Canonical;

    fn canonical(json: &str) -> String {
        let timeline: Timeline = serde_json::from_str(json).unwrap();
        Canonical::of(&timeline).unwrap().as_str().to_owned()
    }

    #[test]
    fn each_way_of_writing_has_one_canonical_form() {
        assert_eq!(canonical(r#""CC-1""#), r#""CC-1""#);
        assert_eq!(canonical(r#"["CC-1"]"#), r#""CC-1""#);
        assert_eq!(canonical(r#"{"cost_center": "CC-1"}"#), r#""CC-1""#);
        assert_eq!(
            canonical(r#"[{"split": ["B", "A"]}]"#),
            r#"{"split":["A","B"]}"#
        );
        assert_eq!(
            canonical(
                r#"[{"split": {"B": "40.0", "A": "60"}}, {"split": ["A", "B"], "from": "2027-01"}]"#
            ),
            r#"[{"split":{"A":"60","B":"40"}},{"from":"2027-01","split":["A","B"]}]"#
        );
    }

    #[test]
    fn the_period_in_force_is_the_last_that_has_begun() {
        let timeline: Timeline =
            serde_json::from_str(r#"["A", {"cost_center": "B", "from": "2027-01"}]"#).unwrap();
        let at = |year, month| {
            timeline
                .at(Month::new(year, month).unwrap())
                .unwrap()
                .shares
                .clone()
        };
        assert_eq!(at(2026, 12), Shares::Whole("A".into()));
        assert_eq!(at(2027, 1), Shares::Whole("B".into()));
    }
}
