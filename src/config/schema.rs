//! The JSON Schema of a file: generated from the types, judging every file's structure.
//!
//! `schemas/bursar.schema.json` is the generated text, checked in; a test holds the two together.
//! What a schema can't say is left to the rules.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value as Json;

use crate::model::settings::{
    Access, Guard, Import, PlatformSettings, Removal, StateSettings, StructureSettings, Waiver,
};
use crate::model::spec::{
    Account, AccountDefaults, Budget, CostCenter, Credential, Organization, Payer, SharedCost,
};

use super::yaml::Tree;

/// The checked-in schema.
pub const TEXT: &str = include_str!("../../schemas/bursar.schema.json");

/// A file of a bursar project. Settings and credentials stand in `bursar.yaml` only.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct File {
    /// The version of the language: 1.
    #[schemars(range(min = 1, max = 1))]
    version: Option<u32>,
    /// A name for this project. It is bound into the state, so that a wrong pairing is refused.
    project: Option<String>,
    /// Folders that are read. Default: the folder of `bursar.yaml`.
    sources: Option<Vec<String>>,
    /// Which sections a path may declare: globs over paths, and section names.
    files: Option<BTreeMap<String, Vec<String>>>,
    /// Where the state is kept. Empty: embedded, in `.bursar/`.
    state: Option<StateSettings>,
    /// Where registrations live. Empty: `local`, the state itself is the register.
    platform: Option<PlatformSettings>,
    /// Which resources go to the platform: globs over addresses; `!` takes out.
    select: Option<Vec<String>>,
    /// How much one apply may delete or update.
    guard: Option<Guard>,
    /// What access is required before something is registered.
    access: Option<Access>,
    /// Settings of the financial structure.
    structure: Option<StructureSettings>,
    /// Checks whose answers are accepted for a while.
    waive: Option<Vec<Waiver>>,
    /// How accounts that nobody declared are imported, by organization.
    import: Option<BTreeMap<String, Import>>,
    /// Named ways to reach the providers. Secrets are references only.
    credentials: Option<BTreeMap<String, Credential>>,
    /// One provider's tenant each, by a name of your choice.
    organizations: Option<BTreeMap<String, Organization>>,
    /// What bills come to, by the provider's own id.
    payers: Option<BTreeMap<String, Payer>>,
    /// Values for the accounts of this file that give none themselves.
    defaults: Option<AccountDefaults>,
    /// What spends, by the provider's own id.
    accounts: Option<BTreeMap<String, Account>>,
    /// The tree that costs fall on, by code.
    cost_centers: Option<BTreeMap<String, CostCenter>>,
    /// Budgets, by fiscal year and cost centre.
    budgets: Option<BTreeMap<String, BTreeMap<String, Budget>>>,
    /// Charges that several cost centres carry together, by a name of your choice.
    shared_costs: Option<BTreeMap<String, SharedCost>>,
    /// What becomes of resources that are no longer declared, by address.
    removed: Option<BTreeMap<String, Removal>>,
}

/// Keys that only `bursar.yaml` may have.
pub const SETTINGS: &[&str] = &[
    "version",
    "project",
    "sources",
    "files",
    "state",
    "platform",
    "select",
    "guard",
    "access",
    "structure",
    "waive",
    "import",
    "credentials",
];

/// Generates the schema from the types.
#[must_use]
pub fn generate() -> Json {
    let settings = SchemaSettings::draft2020_12().with_transform(TextIsText);
    let mut schema = settings.into_generator().into_root_schema_for::<File>();
    schema.insert("title".into(), "bursar".into());
    schema.insert("type".into(), "object".into());
    schema.to_value()
}

/// Text is taken as written: where a string is wanted, something that looks like a number is
/// text too, in the schema as in the reader. And `null` is a value left out, not a type.
#[derive(Clone)]
struct TextIsText;

impl Transform for TextIsText {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        // An optional reference is generated as "one of it and null".
        if let Some(Json::Array(any)) = object.get("anyOf")
            && let [reference, null] = any.as_slice()
            && null.get("type").is_some_and(|t| t == "null")
            && let Some(Json::String(target)) = reference.get("$ref").cloned()
        {
            object.remove("anyOf");
            object.insert("$ref".into(), target.into());
        }
        object.remove("writeOnly");
        // Left out is not a value: an editor would offer to write it.
        if object.get("default").is_some_and(Json::is_null) {
            object.remove("default");
        }
        if let Some(Json::Array(variants)) = object.get("oneOf")
            && let Some(words) = variants
                .iter()
                .map(|v| v.get("const").cloned())
                .collect::<Option<Vec<_>>>()
        {
            object.remove("oneOf");
            object.insert("enum".into(), words.into());
            object.insert("type".into(), "string".into());
        }
        let words = object.contains_key("enum") || object.contains_key("const");
        let text = |t: &Json| t == "string" && !words;
        match object.get_mut("type") {
            Some(kind @ Json::String(_)) if text(kind) => {
                *kind = serde_json::json!(["string", "number"])
            }
            Some(Json::Array(kinds)) => {
                let has_text = kinds.iter().any(text) && !kinds.iter().any(|kind| kind == "number");
                if has_text && !kinds.iter().any(|kind| kind == "object") {
                    kinds.insert(1, "number".into());
                }
            }
            _ => {}
        }
    }
}

/// Judges files. The entries of `accounts`, of which there may be very many, are judged one by one
/// by `account`, so that a single large file is judged on all cores.
pub struct Judge {
    pub file: Validator<Tree>,
    pub account: Validator<Tree>,
    /// The schema, for names to suggest.
    pub schema: Json,
}

impl Judge {
    /// The judge of this process: compiled once.
    ///
    /// # Errors
    /// Where the checked-in schema is none: a fault of this build.
    pub fn get() -> Result<&'static Self, String> {
        static JUDGE: LazyLock<Result<Judge, String>> = LazyLock::new(Judge::new);
        JUDGE.as_ref().map_err(Clone::clone)
    }

    fn new() -> Result<Self, String> {
        let schema: Json = serde_json::from_str(TEXT).map_err(|error| error.to_string())?;
        let mut file = schema.clone();
        if let Some(accounts) = file.pointer_mut("/properties/accounts/additionalProperties") {
            *accounts = Json::Bool(true);
        }
        let account = serde_json::json!({
            "$schema": schema.get("$schema"),
            "$ref": "#/$defs/Account",
            "$defs": schema.get("$defs"),
        });
        let build = |schema: &Json| {
            jsonschema::options_for::<Tree>()
                .build(schema)
                .map_err(|error| error.to_string())
        };
        Ok(Self {
            file: build(&file)?,
            account: build(&account)?,
            schema,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_schema_is_the_generated_one() {
        let generated = serde_json::to_string_pretty(&generate()).unwrap() + "\n";
        if std::env::var_os("BURSAR_BLESS").is_some() {
            std::fs::write(
                concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/bursar.schema.json"),
                &generated,
            )
            .unwrap();
        } else {
            assert!(
                generated == TEXT,
                "schemas/bursar.schema.json is out of date: run the tests with BURSAR_BLESS=1"
            );
        }
    }

    #[test]
    fn the_checked_in_schema_compiles() {
        Judge::new().unwrap();
    }
}
