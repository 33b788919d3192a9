//! Cost Optimization Hub: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_Cost_Optimization_Hub.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Call, Failure, State};

#[derive(Debug, Default)]
pub struct Hub {
    /// The enrolled accounts.
    pub enrolled: BTreeMap<String, Enrolment>,
}

#[derive(Debug, Clone, Default)]
pub struct Enrolment {
    /// Whether the management account enrolled its members too.
    pub members: bool,
    pub recommendations: Vec<Recommendation>,
}

#[derive(Debug, Clone)]
pub struct Recommendation {
    pub account: String,
    pub region: String,
    /// For example `Rightsize`.
    pub action: String,
    /// For example `Ec2Instance`.
    pub resource_type: String,
    /// In USD.
    pub monthly_savings: f64,
}

pub fn answer(state: &mut State, call: &Call<'_>) -> Result<Value, Failure> {
    let account = &call.caller.account;
    let pages = state.pages;
    let cut = |items: Vec<Value>, usual: usize| {
        pages.cut(call, items, usual).ok_or_else(|| {
            Failure::new("ValidationException", "Invalid nextToken").with("reason", "Other")
        })
    };
    let enrolled = || {
        state.hub.enrolled.get(account).ok_or_else(|| {
            let message = format!("AWS account {account} is not enrolled for recommendations.");
            Failure::new("AccessDeniedException", message)
        })
    };
    match call.operation {
        "ListEnrollmentStatuses" => {
            let items = statuses(state, call)?;
            let (page, next) = cut(items, 100)?;
            let mut answer = json!({"items": page});
            if let Some(own) = state.hub.enrolled.get(account) {
                answer["includeMemberAccounts"] = own.members.into();
            }
            Ok(with_token(answer, next))
        }
        "GetPreferences" => {
            enrolled()?;
            Ok(
                json!({"savingsEstimationMode": "AfterDiscounts", "memberAccountDiscountVisibility": "All"}),
            )
        }
        "ListRecommendations" => {
            let all = enrolled()?.recommendations.iter().enumerate();
            let (page, next) = cut(all.map(|(i, one)| one.told(i)).collect(), 100)?;
            Ok(with_token(json!({"items": page}), next))
        }
        "ListRecommendationSummaries" => {
            let group_by = call.text("groupBy");
            let mut groups: BTreeMap<&str, (f64, u32)> = BTreeMap::new();
            for one in &enrolled()?.recommendations {
                let group = one.group(group_by).ok_or_else(|| {
                    let message = format!("{group_by} is not a valid value for groupBy");
                    Failure::new("ValidationException", message).with("reason", "Other")
                })?;
                let entry = groups.entry(group).or_default();
                entry.0 += one.monthly_savings;
                entry.1 += 1;
            }
            let total: f64 = groups.values().map(|(savings, _)| savings).sum();
            let summary = |(group, (savings, count)): (&&str, &(f64, u32))| json!({"group": group, "estimatedMonthlySavings": savings, "recommendationCount": count});
            let (page, next) = cut(groups.iter().map(summary).collect(), 100)?;
            let answer = json!({
                "items": page, "groupBy": group_by, "currencyCode": "USD",
                "estimatedTotalDedupedSavings": total,
            });
            Ok(with_token(answer, next))
        }
        other => Err(super::not_built(other)),
    }
}

/// One status for each account that is asked about.
fn statuses(state: &State, call: &Call<'_>) -> Result<Vec<Value>, Failure> {
    let caller = &call.caller.account;
    let organization = state.organizations.iter().find(|one| one.master == *caller);
    let mut accounts = vec![caller.clone()];
    if call.input["includeOrganizationInfo"] == true
        && let Some(organization) = organization
    {
        accounts = organization
            .members
            .iter()
            .map(|member| member.id.clone())
            .collect();
    }
    if let Some(asked) = call.input["accountId"].as_str() {
        if !accounts.iter().any(|account| account == asked) {
            let message = format!("{caller} may not see the enrollment of {asked}");
            return Err(Failure::new("AccessDeniedException", message));
        }
        accounts = vec![asked.to_owned()];
    }
    let by_members = state
        .hub
        .enrolled
        .get(caller)
        .is_some_and(|own| own.members);
    let status = |account: &String| {
        let active = by_members || state.hub.enrolled.contains_key(account);
        let status = if active { "Active" } else { "Inactive" };
        json!({"accountId": account, "status": status, "lastUpdatedTimestamp": 1_700_000_000, "createdTimestamp": 1_700_000_000})
    };
    Ok(accounts.iter().map(status).collect())
}

impl Recommendation {
    fn group(&self, by: &str) -> Option<&str> {
        match by {
            "AccountId" => Some(&self.account),
            "Region" => Some(&self.region),
            "ActionType" => Some(&self.action),
            "ResourceType" => Some(&self.resource_type),
            _ => None,
        }
    }

    fn told(&self, number: usize) -> Value {
        json!({
            "recommendationId": format!("MTIzNDU2_{number:08x}"),
            "accountId": self.account,
            "region": self.region,
            "actionType": self.action,
            "currentResourceType": self.resource_type,
            "estimatedMonthlySavings": self.monthly_savings,
            "currencyCode": "USD",
            "implementationEffort": "Low",
            "restartNeeded": true,
            "rollbackPossible": true,
            "source": "ComputeOptimizer",
        })
    }
}

fn with_token(mut answer: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    answer
}
