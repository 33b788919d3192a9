//! The JSON Schemas of what the commands print, as checked in below `schemas/`. A test holds the
//! files to the types; `BURSAR_BLESS=1` rewrites them.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{accounts, applied, diagnostics, import, plan, structure};

/// Name of the file, and the schema that belongs into it.
#[must_use]
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        (
            "accounts.schema.json",
            of::<accounts::Document>("What `bursar accounts --json` prints"),
        ),
        (
            "apply.schema.json",
            of::<applied::Document>("What `bursar apply --json` prints"),
        ),
        (
            "coverage.schema.json",
            of::<structure::CoverageDocument>("What `bursar structure coverage --json` prints"),
        ),
        (
            "diff.schema.json",
            of::<plan::json::Since>("What `bursar diff --json` prints"),
        ),
        (
            "import.schema.json",
            of::<import::Document>("What `bursar import --json` prints"),
        ),
        (
            "plan.schema.json",
            of::<plan::json::Document>(
                "What `bursar plan --json` prints and `bursar plan --out FILE` writes",
            ),
        ),
        (
            "structure.schema.json",
            of::<structure::TreeDocument>("What `bursar structure show --json` prints"),
        ),
        (
            "validate.schema.json",
            of::<diagnostics::json::Document>("What `bursar validate --json` prints"),
        ),
        (
            "workbook.schema.json",
            of::<structure::ImportedDocument>("What `bursar structure import --json` prints"),
        ),
        (
            "who.schema.json",
            of::<structure::WhoDocuments>("What `bursar structure who --json` prints"),
        ),
    ]
}

fn of<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), json!(title));
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_checked_in_schemas_are_the_generated_ones() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
        for (name, schema) in super::all() {
            let path = folder.join(name);
            let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            if std::env::var_os("BURSAR_BLESS").is_some() {
                std::fs::write(&path, text).unwrap();
                continue;
            }
            let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                checked_in == text,
                "schemas/{name} is out of date: run the tests with BURSAR_BLESS=1"
            );
        }
    }
}
