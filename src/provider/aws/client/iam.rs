//! IAM: what a principal may do, and how old its keys are.

use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, StatusType};
use jiff::Timestamp;

use super::{Session, Trouble, trouble};

/// Why a simulated action is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No policy allows it.
    Implicit,
    /// A policy denies it.
    Explicit,
    /// A service control policy does not allow it.
    ServiceControlPolicy,
    /// The permissions boundary does not allow it.
    Boundary,
}

/// What a simulation found out about one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    pub action: String,
    pub resource: String,
    /// None where it is allowed.
    pub refused: Option<Refusal>,
}

/// An access key of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    pub id: String,
    pub active: bool,
    pub created: Option<Timestamp>,
}

/// Simulates actions, each on all of the resources: send only what belongs together. `prefix` is
/// what `s3:prefix` is in conditions.
///
/// The answer knows the principal's policies, its boundary and the organization's; it does not know
/// the policies of the resources.
pub async fn simulate(
    session: &Session,
    principal: &str,
    actions: &[&str],
    resources: &[String],
    prefix: Option<&str>,
) -> Result<Vec<Simulated>, Trouble> {
    const ACTION: &str = "iam:SimulatePrincipalPolicy";
    let context = prefix.map(|prefix| {
        ContextEntry::builder()
            .context_key_name("s3:prefix")
            .context_key_type(ContextKeyTypeEnum::String)
            .context_key_values(prefix)
            .build()
    });
    let mut pages = session
        .iam()
        .simulate_principal_policy()
        .policy_source_arn(principal)
        .set_action_names(Some(
            actions.iter().map(|&action| action.to_owned()).collect(),
        ))
        .set_resource_arns((!resources.is_empty()).then(|| resources.to_vec()))
        .set_context_entries(context.map(|entry| vec![entry]))
        .into_paginator()
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| trouble::of(ACTION, &error))?;
        all.extend(
            page.evaluation_results
                .unwrap_or_default()
                .into_iter()
                .map(|one| {
                    let by_organization = one
                        .organizations_decision_detail
                        .as_ref()
                        .is_some_and(|detail| !detail.allowed_by_organizations);
                    let by_boundary = one
                        .permissions_boundary_decision_detail
                        .as_ref()
                        .is_some_and(|detail| !detail.allowed_by_permissions_boundary);
                    let refused = match one.eval_decision.as_str() {
                        "allowed" => None,
                        _ if by_organization => Some(Refusal::ServiceControlPolicy),
                        _ if by_boundary => Some(Refusal::Boundary),
                        "explicitDeny" => Some(Refusal::Explicit),
                        _ => Some(Refusal::Implicit),
                    };
                    Simulated {
                        action: one.eval_action_name,
                        resource: one.eval_resource_name.unwrap_or_else(|| "*".to_owned()),
                        refused,
                    }
                }),
        );
    }
    Ok(all)
}

/// The access keys of a user: two at most.
pub async fn access_keys(session: &Session, user: &str) -> Result<Vec<AccessKey>, Trouble> {
    const ACTION: &str = "iam:ListAccessKeys";
    let answer = session
        .iam()
        .list_access_keys()
        .user_name(user)
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    let key = |key: aws_sdk_iam::types::AccessKeyMetadata| {
        Some(AccessKey {
            id: key.access_key_id?,
            active: key.status == Some(StatusType::Active),
            created: key.create_date.as_ref().and_then(super::moment),
        })
    };
    Ok(answer
        .access_key_metadata
        .into_iter()
        .filter_map(key)
        .collect())
}

/// When a key was last used; none where it never was.
pub async fn last_used(session: &Session, key_id: &str) -> Result<Option<Timestamp>, Trouble> {
    const ACTION: &str = "iam:GetAccessKeyLastUsed";
    let answer = session
        .iam()
        .get_access_key_last_used()
        .access_key_id(key_id)
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    let used = answer
        .access_key_last_used
        .and_then(|used| used.last_used_date);
    Ok(used.as_ref().and_then(super::moment))
}

/// The ARN of a role in the session's account, with its path.
pub async fn role_arn(session: &Session, name: &str) -> Result<String, Trouble> {
    const ACTION: &str = "iam:GetRole";
    let answer = session
        .iam()
        .get_role()
        .role_name(name)
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    answer
        .role
        .map(|role| role.arn)
        .ok_or_else(|| trouble::new(super::Kind::Malformed, ACTION, "the answer names no role"))
}
