//! The Usage API: which currency the tenancy is billed in. Asked in the home region.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{Service, Session};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::Trouble;

/// The currencies of the costs between two days, the last one excluded. None where there are no costs.
pub async fn currencies(
    session: &Session,
    from: Date,
    to: Date,
) -> Result<BTreeSet<String>, Trouble> {
    const CALL: Call = Call {
        name: "usageapi:RequestSummarizedUsages",
        action: "read usage-report",
    };
    #[derive(Deserialize)]
    struct Summary {
        #[serde(default)]
        currency: Option<String>,
    }
    #[derive(Deserialize)]
    struct Aggregation {
        items: Vec<Summary>,
    }
    let midnight = |day: Date| format!("{day}T00:00:00.000Z");
    let body = json!({
        "tenantId": session.tenancy,
        "timeUsageStarted": midnight(from),
        "timeUsageEnded": midnight(to),
        "granularity": "MONTHLY",
        "queryType": "COST",
    });
    let home = session.home_or_declared();
    let url = session.url(&CALL, Service::Usage, &home, &["usage"], &[])?;
    let request = Request::post_json(url, &body);
    let (found, _): (Aggregation, _) = session.json(&CALL, request).await?;
    // Rows without a cost have a blank one.
    let currencies = found.items.into_iter().filter_map(|row| row.currency);
    Ok(currencies
        .map(|currency| currency.trim().to_ascii_uppercase())
        .filter(|currency| !currency.is_empty())
        .collect())
}
