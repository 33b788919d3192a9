//! The specs: what may be declared of each kind of resource.
//!
//! Fields stand in alphabetical order and are skipped at their default, so that the serialised
//! spec is canonical (see [`super::canonical`]). A field that is a directive to bursar (such as
//! `previously`) is never part of the spec that is compared.

mod account;
mod cost_center;
mod credential;
mod export;
mod organization;
mod payer;
mod shared_cost;

pub use account::{Account, AccountType};
pub use cost_center::{Budget, BudgetKey, CostCenter, Manager};
pub use credential::{
    AwsAccessKey, AwsDefault, AwsRole, AzureCertificate, AzureClientSecret, AzureDefault,
    AzureFederated, AzureSas, Common, Credential, GcpDefault, GcpServiceAccount,
    GcpWorkloadIdentity, OciApiKey, PartnerApi, PartnerCenter,
};
pub use export::{
    BigQuery, BigQueryTable, CostManagement, Cur, DataExport, Dataset, Export, PartnerBilling,
    ReportFormat, Reports,
};
pub use organization::{AccountDefaults, Organization, Recommendations};
pub use payer::Payer;
pub use shared_cost::{Match, Method, SharedCost};

use schemars::Schema;

/// Whether a value is the one it has when left out.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The schema of an enum that is written as a map with one key, such that an error names what is
/// wrong inside the chosen variant instead of "matches none of these".
pub(crate) fn one_key_map(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let Some(serde_json::Value::Array(variants)) = object.remove("oneOf") else {
        return;
    };
    let mut properties = serde_json::Map::new();
    let mut words: Vec<String> = Vec::new();
    for variant in variants {
        let word = variant
            .get("const")
            .or_else(|| variant.get("enum").and_then(|all| all.get(0)));
        if let Some(word) = word.and_then(serde_json::Value::as_str) {
            words.push(word.to_owned());
        }
        if let Some(serde_json::Value::Object(inner)) = variant.get("properties").cloned() {
            for (key, mut value) in inner {
                if let (Some(description), Some(value)) =
                    (variant.get("description"), value.as_object_mut())
                {
                    value.insert("description".into(), description.clone());
                }
                properties.insert(key, value);
            }
        }
    }
    object.insert(
        "type".into(),
        if words.is_empty() {
            "object".into()
        } else {
            serde_json::json!(["object", "string"])
        },
    );
    if !words.is_empty() {
        object.insert("pattern".into(), format!("^({})$", words.join("|")).into());
        object.insert("examples".into(), words.into());
    }
    object.insert("properties".into(), properties.into());
    object.insert("additionalProperties".into(), false.into());
    object.insert("minProperties".into(), 1.into());
    object.insert("maxProperties".into(), 1.into());
}
