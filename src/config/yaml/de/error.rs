//! Why a tree does not have a type's form. Messages name kinds and fields, never what a value says.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

use crate::config::yaml::Span;
use crate::config::yaml::problem::{Problem, code, shown};

/// A failure to decode, and the innermost place where it arose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    message: String,
    span: Option<Span>,
}

impl DecodeError {
    pub(super) fn text(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: None,
        }
    }

    /// Notes the place, unless a place further in is known.
    pub(super) fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    pub(super) fn problem(self, fallback: Span) -> Problem {
        Problem::new(
            code::VALUE,
            self.span.unwrap_or(fallback),
            self.message,
            "Compare it with the reference of the language, or let an editor complete it from the schema.",
        )
    }
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

/// The kind of what was met.
fn kind(met: &Unexpected<'_>) -> &'static str {
    match met {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_)
        | Unexpected::Signed(_)
        | Unexpected::Float(_)
        | Unexpected::Other("a number") => "a number",
        Unexpected::Unit | Unexpected::Option => "nothing",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a map",
        Unexpected::UnitVariant => "a bare word",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "text",
        _ => "something else",
    }
}

/// What was expected, in the words of the language instead of Rust's.
fn expectation(expected: &dyn Expected) -> String {
    let words = expected.to_string();
    let whole = |range: &str| format!("a whole number from {range}");
    match words.as_str() {
        "struct variant" | "newtype variant" | "tuple variant" => {
            "this word as a key, with its fields under it".to_owned()
        }
        "u8" => whole("0 to 255"),
        "u16" => whole("0 to 65535"),
        "u32" | "u64" | "u128" | "usize" => whole("0 up"),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" => "text".to_owned(),
        _ if words.starts_with("tuple") || words.starts_with("a tuple") => {
            "another number of items".to_owned()
        }
        _ if words.starts_with("enum") || words.starts_with("variant") => {
            "a kind, as a word or as a key".to_owned()
        }
        _ if words.starts_with("struct") => "a map".to_owned(),
        _ if words.starts_with("newtype") || words.starts_with("unit") => {
            "a single value".to_owned()
        }
        _ => words,
    }
}

impl Error for DecodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::text(message.to_string())
    }

    fn invalid_type(met: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::text(format!(
            "this is {}; {} is expected",
            kind(&met),
            expectation(expected)
        ))
    }

    fn invalid_value(met: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::text(format!(
            "this {} is not {}",
            kind(&met),
            expectation(expected)
        ))
    }

    fn invalid_length(len: usize, expected: &dyn Expected) -> Self {
        Self::text(format!(
            "there are {len} items here; {} is expected",
            expectation(expected)
        ))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::text(format!(
            "this is none of the kinds known here: {}",
            expected.join(", ")
        ))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::text(format!(
            "the key `{}` is unknown here; known: {}",
            shown(field),
            expected.join(", ")
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::text(format!("the key `{field}` is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::text(format!("the key `{field}` stands twice"))
    }
}
