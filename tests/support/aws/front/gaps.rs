//! What AWS does and ministack does not: pages of reports, dates of keys, simulations.

use serde_json::{Value, json};

use super::Call;
use crate::aws::simulation;
use crate::aws::web::Said;

/// The answer of ministack, made into the one of AWS.
pub async fn close(ministack: &str, call: &Call, answer: Said) -> Said {
    match (&*call.service, &*call.operation) {
        ("iam", "SimulatePrincipalPolicy") => simulation::answer(ministack, call).await,
        ("cur", "DescribeReportDefinitions") => paged(call, answer),
        _ => answer,
    }
}

/// Five reports on a page: the only size that the service knows.
fn paged(call: &Call, answer: Said) -> Said {
    let input: Value = serde_json::from_str(&call.body).unwrap_or_default();
    let given = input["NextToken"]
        .as_str()
        .and_then(|token| token.strip_prefix("reports-"));
    let from: usize = given.and_then(|from| from.parse().ok()).unwrap_or(0);
    answer.map(|body| {
        let all: Value = serde_json::from_slice(&body).unwrap_or_default();
        let all = all["ReportDefinitions"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let page: Vec<&Value> = all.iter().skip(from).take(5).collect();
        let mut told = json!({"ReportDefinitions": page});
        if from + 5 < all.len() {
            told["NextToken"] = format!("reports-{}", from + 5).into();
        }
        told.to_string().into()
    })
}
