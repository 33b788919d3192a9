//! A value of the wrong type: which one belongs there, in words of the language.

use jsonschema::JsonType;
use jsonschema::error::TypeKind;
use serde_json::Value as Json;

use crate::config::diagnostic::Diagnostic;
use crate::config::yaml::{self, Node};

/// A value of the wrong type. Where a reference to a secret belongs, says so, and shows no value.
pub(super) fn type_error(
    make: impl Fn(&'static str, yaml::Span, String, &str, String) -> Diagnostic,
    name: &str,
    node: &Node<'_>,
    here: yaml::Span,
    kind: &TypeKind,
    keyword: Option<&Json>,
) -> Diagnostic {
    let reference = keyword
        .and_then(|schema| schema.get("properties"))
        .is_some_and(|p| p.get("env").is_some() && p.get("exec").is_some());
    if reference && node.as_scalar().is_some() {
        return make(
            "secret.literal",
            here,
            format!("{name} holds a value where a reference to a secret belongs"),
            "a value",
            "remove the value (and replace it at the provider, if it was committed), then refer to it: `{env: NAME}`, `{file: path}` or `{exec: [command]}`".to_owned(),
        );
    }
    let wanted: Vec<String> = match kind {
        TypeKind::Single(kind) => vec![type_name(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(type_name).collect(),
    };
    let mut wanted: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|kind| *kind != "nothing")
        .collect();
    wanted.dedup();
    let found = match node.as_scalar() {
        Some(scalar) => match scalar.kind() {
            yaml::Kind::Text => "text",
            yaml::Kind::Null => "nothing",
            yaml::Kind::Bool(_) => "true or false",
            _ => "a number",
        },
        None if node.as_mapping().is_some() => "a map",
        None => "a list",
    };
    let help = if found == "true or false" && wanted.contains(&"text") {
        "put the value in quotes to make it text".to_owned()
    } else {
        format!("write {} here", wanted.join(" or "))
    };
    make(
        "schema.type",
        here,
        format!("{name} is {found}, not {}", wanted.join(" or ")),
        found,
        help,
    )
}

fn type_name(kind: JsonType) -> String {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        // A number is wanted as such only where text is not: then "text" stands beside it.
        JsonType::Number => "text",
        JsonType::Object => "a map",
        JsonType::String => "text",
    }
    .to_owned()
}
