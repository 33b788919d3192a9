//! Recommender v1: recommendations of one kind, of which one is asked for: whether they may be read.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Session, url};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::Trouble;

/// A kind of recommendations.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub call: Call,
    /// The recommender's id.
    pub id: &'static str,
}

/// Whether there is any recommendation of a kind for a resource (`organizations/N`,
/// `billingAccounts/N`).
pub async fn any(session: &Session, resource: &str, kind: Kind) -> Result<bool, Trouble> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct List {
        recommendations: Vec<IgnoredAny>,
    }
    let path = format!(
        "/v1/{resource}/locations/global/recommenders/{}/recommendations",
        kind.id
    );
    let url = url(&kind.call, "recommender", &path, &[("pageSize", "1")])?;
    let list: List = session
        .http
        .json(&kind.call, Request::get(url), session)
        .await?;
    Ok(!list.recommendations.is_empty())
}
