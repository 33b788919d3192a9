//! Tags: those of the core schema are taken where they say what is so, all others are refused.

use std::borrow::Cow;

use saphyr_parser::Tag;

use super::Span;
use super::node::{Scalar, Style};
use super::problem::{Problem, code, shown};
use super::resolve::Kind;

/// Applies the tag written at `at` to the scalar at `span`.
pub(super) fn scalar(scalar: &mut Scalar<'_>, tag: &Tag, at: Span, span: Span) -> Option<Problem> {
    let name = core_name(tag);
    let plain = Scalar {
        text: Cow::Borrowed(scalar.text.as_ref()),
        style: Style::Plain,
    };
    let fits = match name.as_deref() {
        Some("str") => {
            if scalar.style == Style::Plain {
                scalar.style = Style::Tagged;
            }
            return None;
        }
        Some("null") => plain.kind() == Kind::Null,
        Some("bool") => matches!(plain.kind(), Kind::Bool(_)),
        Some("int") => plain.number().is_some_and(|number| !number.is_f64()),
        Some("float") => plain.kind() == Kind::Number,
        _ => return Some(refused(tag, at)),
    };
    if fits {
        scalar.style = Style::Plain;
        return None;
    }
    let message = format!(
        "this value is not what its tag `{}` says",
        shown(&full_name(tag))
    );
    let help = "Correct the value, or delete the tag: the kind of a value follows from its place.";
    Some(Problem::new(code::TAG, at, message, help).related(span, "the value"))
}

/// Judges the tag written at `at` of a map or a list.
pub(super) fn collection(tag: &Tag, mapping: bool, at: Span) -> Option<Problem> {
    match (core_name(tag).as_deref(), mapping) {
        (Some("map"), true) | (Some("seq"), false) => None,
        (Some("str"), _) if tag.suffix == "!" => None,
        _ => Some(refused(tag, at)),
    }
}

/// The name of a tag of the core schema; `!` alone says "text", as `!!str` does.
fn core_name(tag: &Tag) -> Option<String> {
    let whole = format!("{}{}", tag.handle, tag.suffix);
    match whole.strip_prefix("tag:yaml.org,2002:") {
        Some(name) => Some(name.to_owned()),
        None if whole == "!" => Some("str".to_owned()),
        None => None,
    }
}

fn full_name(tag: &Tag) -> String {
    match core_name(tag) {
        Some(name) => format!("!!{name}"),
        None => format!("{}{}", tag.handle, tag.suffix),
    }
}

fn refused(tag: &Tag, at: Span) -> Problem {
    Problem::new(
        code::TAG,
        at,
        format!("the tag `{}` is not taken here", shown(&full_name(tag))),
        "Delete the tag. Only !!str, !!int, !!float, !!bool, !!null, !!seq and !!map are known, each on its own kind of value.",
    )
}
