//! Resource Manager, Billing, Service Usage, IAM, IAM Credentials and Recommender.

use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use super::state::{Key, Project, State};
use super::token_service;

type Outcome = Result<Value, Refusal>;

pub fn answer(state: &mut State, call: &Call<'_>) -> Outcome {
    match call.found.method.id.as_str() {
        "cloudresourcemanager.projects.search" => search_projects(state, call),
        "cloudresourcemanager.folders.search" => search_folders(state, call),
        "cloudresourcemanager.projects.testIamPermissions" => {
            let id = call.at("resource").trim_start_matches("projects/");
            let there = state.project(id).is_some();
            test(state, call, there, &format!("projects/{id}"))
        }
        "cloudresourcemanager.organizations.testIamPermissions" => {
            let resource = call.at("resource");
            let of = |parent: &str| parent == resource;
            let there = state.projects.iter().any(|one| of(&one.parent))
                || state.folders.iter().any(|one| of(&one.parent));
            test(state, call, there, resource)
        }
        "cloudbilling.billingAccounts.testIamPermissions" => {
            let resource = call.at("resource");
            let id = resource.trim_start_matches("billingAccounts/");
            let there = state.billing_accounts.iter().any(|one| one.id == id);
            test(state, call, there, resource)
        }
        "cloudbilling.billingAccounts.get" => billing_account(state, call),
        "cloudbilling.billingAccounts.projects.list" => billed(state, call),
        "cloudbilling.projects.getBillingInfo" => billing_info(state, call),
        "serviceusage.services.batchGet" => services(state, call),
        "iam.projects.serviceAccounts.keys.list" => keys(state, call),
        "iamcredentials.projects.serviceAccounts.generateAccessToken" => {
            token_service::impersonate(state, call)
        }
        "recommender.billingAccounts.locations.recommenders.recommendations.list"
        | "recommender.organizations.locations.recommenders.recommendations.list" => {
            recommendations(state, call)
        }
        "oauth2.userinfo.get" => match call.member.split_once(':') {
            Some((_, email)) => Ok(json!({"email": email, "id": "1"})),
            None => Err(Refusal::bad_token()),
        },
        other => Err(Refusal::new(
            501,
            "UNIMPLEMENTED",
            format!("the stand-in has no {other}"),
        )),
    }
}

/// Refuses who lacks a permission.
fn need(state: &State, call: &Call<'_>, permission: &str, resource: &str) -> Result<(), Refusal> {
    if state.allows(call.member, permission, resource) {
        Ok(())
    } else {
        Err(Refusal::lacks(permission, resource))
    }
}

/// Which of the permissions somebody has. Needs none itself, but that the resource is there.
fn test(state: &State, call: &Call<'_>, there: bool, resource: &str) -> Outcome {
    if !there {
        return Err(Refusal::denied("The caller does not have permission"));
    }
    Ok(held(state, call, resource))
}

pub fn held(state: &State, call: &Call<'_>, resource: &str) -> Value {
    let asked = call.body["permissions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let held: Vec<Value> = asked
        .into_iter()
        .filter(|one| state.allows(call.member, one.as_str().unwrap_or_default(), resource))
        .collect();
    // Proto JSON leaves out what is empty.
    if held.is_empty() {
        json!({})
    } else {
        json!({"permissions": held})
    }
}

fn page(state: &mut State, call: &Call<'_>, items: Vec<Value>, name: &str) -> Outcome {
    let token = call.query("pageToken").map(str::to_owned);
    state
        .cut(items, token.as_deref(), name)
        .ok_or_else(|| Refusal::invalid("The page token is not valid"))
}

fn project(one: &Project) -> Value {
    let mut value = json!({
        "name": format!("projects/{}", one.number),
        "projectId": one.id,
        "displayName": one.name,
        "state": if one.deleted.is_some() { "DELETE_REQUESTED" } else { "ACTIVE" },
        "createTime": "2024-03-01T10:00:00.123Z",
    });
    if !one.parent.is_empty() {
        value["parent"] = one.parent.clone().into();
    }
    if !one.labels.is_empty() {
        value["labels"] = json!(one.labels);
    }
    if let Some(at) = one.deleted {
        value["deleteTime"] = at.to_string().into();
    }
    value
}

fn search_projects(state: &mut State, call: &Call<'_>) -> Outcome {
    let permission = "resourcemanager.projects.get";
    let seen: Vec<Value> = state
        .projects
        .iter()
        .filter(|one| state.allows(call.member, permission, &format!("projects/{}", one.id)))
        .map(project)
        .collect();
    page(state, call, seen, "projects")
}

fn search_folders(state: &mut State, call: &Call<'_>) -> Outcome {
    let permission = "resourcemanager.folders.get";
    let seen: Vec<Value> = state
        .folders
        .iter()
        .filter(|one| state.allows(call.member, permission, &format!("folders/{}", one.number)))
        .map(|one| {
            json!({
                "name": format!("folders/{}", one.number),
                "displayName": one.name,
                "parent": one.parent,
                "state": "ACTIVE",
            })
        })
        .collect();
    page(state, call, seen, "folders")
}

fn billing_account(state: &State, call: &Call<'_>) -> Outcome {
    let name = call.at("name");
    need(state, call, "billing.accounts.get", name)?;
    let id = name.trim_start_matches("billingAccounts/");
    let found = state.billing_accounts.iter().find(|one| one.id == id);
    let found = found.ok_or_else(|| Refusal::missing("Requested entity was not found."))?;
    let mut value = json!({
        "name": name,
        "displayName": found.name,
        "currencyCode": found.currency,
        "parent": "organizations/1",
    });
    // Proto JSON leaves out what is false.
    if found.open {
        value["open"] = true.into();
    }
    Ok(value)
}

fn info(state: &State, one: &Project) -> Value {
    let mut value = json!({
        "name": format!("projects/{}/billingInfo", one.id),
        "projectId": one.id,
    });
    if let Some(account) = &one.billed {
        value["billingAccountName"] = format!("billingAccounts/{account}").into();
        let account = state
            .billing_accounts
            .iter()
            .find(|other| other.id == *account);
        if account.is_none_or(|account| account.open) {
            value["billingEnabled"] = true.into();
        }
    }
    value
}

fn billed(state: &mut State, call: &Call<'_>) -> Outcome {
    let name = call.at("name");
    need(state, call, "billing.resourceAssociations.list", name)?;
    let id = name.trim_start_matches("billingAccounts/");
    let of = |one: &&Project| one.billed.as_deref() == Some(id);
    let items = state
        .projects
        .iter()
        .filter(of)
        .map(|one| info(state, one))
        .collect();
    page(state, call, items, "projectBillingInfo")
}

fn billing_info(state: &State, call: &Call<'_>) -> Outcome {
    let id = call.at("name").trim_start_matches("projects/");
    need(
        state,
        call,
        "resourcemanager.projects.get",
        &format!("projects/{id}"),
    )?;
    let found = state
        .project(id)
        .ok_or_else(|| Refusal::missing("no such project"))?;
    Ok(info(state, found))
}

fn services(state: &State, call: &Call<'_>) -> Outcome {
    let parent = call.at("parent");
    let found = state.project(parent.trim_start_matches("projects/"));
    let found = found.ok_or_else(|| Refusal::denied("The caller does not have permission"))?;
    need(
        state,
        call,
        "serviceusage.services.get",
        &format!("projects/{}", found.id),
    )?;
    let names: Vec<&str> = call
        .query
        .iter()
        .filter(|(name, _)| name == "names")
        .map(|(_, value)| value.as_str())
        .collect();
    if names.is_empty() || names.len() > 30 {
        return Err(Refusal::invalid("names: between 1 and 30"));
    }
    let mut services = Vec::new();
    for name in names {
        let api = name
            .strip_prefix(&format!("{parent}/services/"))
            .ok_or_else(|| Refusal::invalid(format!("{name} is not of {parent}")))?;
        let on = found.apis.contains(api);
        services.push(json!({
            "name": format!("projects/{}/services/{api}", found.number),
            "parent": format!("projects/{}", found.number),
            "state": if on { "ENABLED" } else { "DISABLED" },
        }));
    }
    Ok(json!({"services": services}))
}

fn keys(state: &State, call: &Call<'_>) -> Outcome {
    let name = call.at("name");
    let email = name.rsplit('/').next().unwrap_or_default();
    need(
        state,
        call,
        "iam.serviceAccountKeys.list",
        &format!("serviceAccounts/{email}"),
    )?;
    let account = state.service_accounts.iter().find(|one| one.email == email);
    let account = account
        .ok_or_else(|| Refusal::missing(format!("Service account {email} does not exist.")))?;
    let key = |key: &Key| {
        let mut value = json!({
            "name": format!("projects/{}/serviceAccounts/{email}/keys/{}", account.project, key.id),
            "validAfterTime": key.made.to_string(),
            "validBeforeTime": key.ends.map_or_else(|| "9999-12-31T23:59:59Z".to_owned(), |at| at.to_string()),
            "keyAlgorithm": "KEY_ALG_RSA_2048",
            "keyOrigin": "GOOGLE_PROVIDED",
            "keyType": "USER_MANAGED",
        });
        if let Some(reason) = key.disabled {
            value["disabled"] = true.into();
            value["disableReason"] = format!("SERVICE_ACCOUNT_KEY_DISABLE_REASON_{reason}").into();
        }
        value
    };
    Ok(json!({"keys": account.keys.iter().map(key).collect::<Vec<_>>()}))
}

fn recommendations(state: &State, call: &Call<'_>) -> Outcome {
    let parent = call.at("parent");
    let mut parts = parent.split('/');
    let resource = [parts.next(), parts.next()]
        .map(Option::unwrap_or_default)
        .join("/");
    let permission = match parent.rsplit('/').next().unwrap_or_default() {
        "google.cloudbilling.commitment.SpendBasedCommitmentRecommender" => {
            "recommender.spendBasedCommitmentRecommendations.list"
        }
        "google.resourcemanager.projectUtilization.Recommender" => {
            "recommender.resourcemanagerProjectUtilizationRecommendations.list"
        }
        other => return Err(Refusal::invalid(format!("no recommender {other}"))),
    };
    if parts.next() != Some("locations") || parts.next() != Some("global") {
        return Err(Refusal::invalid("the recommender is global"));
    }
    need(state, call, permission, &resource)?;
    Ok(
        json!({"recommendations": [{"name": format!("{parent}/recommendations/1"), "description": "x"}]}),
    )
}
