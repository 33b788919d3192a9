//! What the schema itself has to say: names, descriptions, and how they are listed.

use jsonschema::ValidationError;
use serde_json::Value as Json;

pub(super) fn list(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn shown(key: &str) -> String {
    key.chars().take(40).collect()
}

/// The schema around the keyword that failed.
pub(super) fn parent_schema<'s>(schema: &'s Json, error: &ValidationError<'_>) -> Option<&'s Json> {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    // Both validators' schemas hold the definitions below `$defs`.
    let local = parent.find("/$defs/").map_or(parent, |at| &parent[at..]);
    let target = schema.pointer(local)?;
    match target.get("$ref").and_then(Json::as_str) {
        Some(reference) => schema.pointer(reference.trim_start_matches('#')),
        None => Some(target),
    }
}

pub(super) fn properties(schema: Option<&Json>) -> Vec<&str> {
    schema
        .and_then(|schema| schema.get("properties"))
        .and_then(Json::as_object)
        .map(|properties| properties.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

pub(super) fn describe<'s>(schema: Option<&'s Json>, property: &str) -> Option<&'s str> {
    schema?
        .get("properties")?
        .get(property)?
        .get("description")?
        .as_str()
}
