//! Leaves: values written as one scalar that have a form of their own (a month, an amount).
//!
//! A leaf decodes through its name, so that the reader can report every malformed leaf of a file
//! at once, each with its place, and go on with a placeholder.

/// A value that is written as one scalar.
pub trait Leaf: Sized {
    /// Name by which a deserializer recognises it: `bursar::` and the type's name.
    const NAME: &'static str;
    /// A text that parses, for reading on behind a malformed one.
    const PLACEHOLDER: &'static str;

    /// # Errors
    /// Says what is wrong with the text, and what would be right.
    fn parse(text: &str) -> Result<Self, LeafError>;
}

/// What is wrong with a leaf. Never holds the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafError {
    /// Stable code of the diagnostic.
    pub code: &'static str,
    pub message: String,
    pub help: String,
}

impl LeafError {
    pub fn new(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: help.into(),
        }
    }
}

impl std::fmt::Display for LeafError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

/// Serde and schema for a [`Leaf`] that has `Display`.
macro_rules! leaf {
    ($type:ident, $doc:literal, $($example:literal),+) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($doc)
                    }
                    fn visit_newtype_struct<D: serde::Deserializer<'de>>(
                        self,
                        deserializer: D,
                    ) -> Result<Self::Value, D::Error> {
                        deserializer.deserialize_str(self)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        <$type as $crate::model::leaf::Leaf>::parse(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_newtype_struct(
                    <$type as $crate::model::leaf::Leaf>::NAME,
                    Visitor,
                )
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": ["string", "number"],
                    "description": $doc,
                    "examples": [$($example),+],
                })
            }
        }
    };
}
pub(crate) use leaf;

/// Checks a leaf by its name, for deserializers that collect problems. Returns the problem and
/// the text to read on with.
#[must_use]
pub fn check(name: &str, text: &str) -> Option<(LeafError, &'static str)> {
    fn of<L: Leaf>(text: &str) -> Option<(LeafError, &'static str)> {
        L::parse(text).err().map(|error| (error, L::PLACEHOLDER))
    }
    use super::{money, time};
    match name {
        time::Month::NAME => of::<time::Month>(text),
        time::Date::NAME => of::<time::Date>(text),
        time::Days::NAME => of::<time::Days>(text),
        super::spec::BudgetKey::NAME => of::<super::spec::BudgetKey>(text),
        // A budget that is a scalar is an amount.
        "bursar::Budget" | money::Amount::NAME => of::<money::Amount>(text),
        money::Percent::NAME => of::<money::Percent>(text),
        money::Currency::NAME => of::<money::Currency>(text),
        _ => None,
    }
}
