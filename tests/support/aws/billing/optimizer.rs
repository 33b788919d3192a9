//! Compute Optimizer: <https://docs.aws.amazon.com/compute-optimizer/latest/APIReference/Welcome.html>. It is
//! spoken to in JSON and in CBOR.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Call, Failure, State};

#[derive(Debug, Default)]
pub struct Optimizer {
    /// The accounts that have ever opted in or out.
    pub enrolled: BTreeMap<String, Enrolment>,
}

#[derive(Debug, Clone)]
pub struct Enrolment {
    /// `Active`, `Inactive`, `Pending` or `Failed`.
    pub status: &'static str,
    pub reason: Option<&'static str>,
    /// Whether the management account enrolled its members too.
    pub members: bool,
}

pub fn answer(state: &mut State, call: &Call<'_>) -> Result<Value, Failure> {
    let account = &call.caller.account;
    let own = state.optimizer.enrolled.get(account);
    let members = state
        .organizations
        .iter()
        .find(|one| one.master == *account);
    let members = members.map_or(0, |organization| {
        organization.members.len().saturating_sub(1)
    });
    match call.operation {
        "GetEnrollmentStatus" => {
            let Some(own) = own else {
                return Ok(json!({"status": "Inactive", "memberAccountsEnrolled": false}));
            };
            let mut answer = json!({
                "status": own.status,
                "memberAccountsEnrolled": own.members,
                "lastUpdatedTimestamp": 1_700_000_000,
            });
            if own.members {
                answer["numberOfMemberAccountsOptedIn"] = members.into();
            }
            if let Some(reason) = own.reason {
                answer["statusReason"] = reason.into();
            }
            Ok(answer)
        }
        "GetRecommendationSummaries" => {
            if own.is_none_or(|own| own.status != "Active") {
                let message = "Account is not registered for recommendation.";
                return Err(Failure::new("OptInRequiredException", message));
            }
            let summary = |kind: &str| {
                json!({
                    "accountId": account,
                    "recommendationResourceType": kind,
                    "summaries": [{"name": "Overprovisioned", "value": 3.0}],
                    "savingsOpportunity": {
                        "savingsOpportunityPercentage": 12.5,
                        "estimatedMonthlySavings": {"currency": "USD", "value": 84.0},
                    },
                })
            };
            let all = ["Ec2Instance", "EbsVolume", "LambdaFunction"]
                .map(summary)
                .to_vec();
            let Some((page, next)) = state.pages.cut(call, all, 100) else {
                let message = "Invalid nextToken";
                return Err(Failure::new("InvalidParameterValueException", message));
            };
            let mut answer = json!({"recommendationSummaries": page});
            if let Some(next) = next {
                answer["nextToken"] = next.into();
            }
            Ok(answer)
        }
        other => Err(super::not_built(other)),
    }
}
