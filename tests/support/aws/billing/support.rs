//! AWS Support, for Trusted Advisor: <https://docs.aws.amazon.com/awssupport/latest/APIReference/API_DescribeTrustedAdvisorChecks.html>.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Call, Failure, State};

#[derive(Debug, Default)]
pub struct Support {
    /// The accounts with a Business, Enterprise On-Ramp or Enterprise plan; others are refused.
    pub subscribed: BTreeSet<String>,
}

const LANGUAGES: &[&str] = &[
    "de", "en", "es", "fr", "id", "it", "ja", "ko", "pt_BR", "zh", "zh_TW",
];

pub fn answer(state: &mut State, call: &Call<'_>) -> Result<Value, Failure> {
    if !state.support.subscribed.contains(&call.caller.account) {
        let message =
            "Amazon Web Services Premium Support Subscription is required to use this service.";
        return Err(Failure::new("SubscriptionRequiredException", message));
    }
    match call.operation {
        "DescribeTrustedAdvisorChecks" => {
            if !LANGUAGES.contains(&call.text("language")) {
                let message = format!("Language {} is not supported", call.text("language"));
                return Err(Failure::new("InvalidParameterValueException", message));
            }
            let check = |(id, name): (&str, &str)| {
                json!({
                    "id": id, "name": name, "description": name, "category": "cost_optimizing",
                    "metadata": ["Region/AZ", "Estimated Monthly Savings"],
                })
            };
            let checks = [
                ("Qch7DwouX1", "Low Utilization Amazon EC2 Instances"),
                ("hjLMh88uM8", "Idle Load Balancers"),
                ("Z4AUBRNSmz", "Unassociated Elastic IP Addresses"),
            ];
            Ok(json!({"checks": checks.map(check)}))
        }
        other => Err(super::not_built(other)),
    }
}
