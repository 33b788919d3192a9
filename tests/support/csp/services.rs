//! Partner Center, Microsoft Graph and Azure Resource Manager, each behind its bearer tokens.

use serde_json::{Value, json};

use super::{Access, State, TENANT, json as answered, pairs};
use crate::stand::web::{Asked, Said};

/// The token of a request, if it was given out for this audience.
fn bearer(state: &State, request: &Asked, audience: &str) -> Option<Access> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let access = state.access.get(header.strip_prefix("Bearer ")?)?;
    (access.audience == audience).then(|| access.clone())
}

fn no(status: u16, code: u32, words: &str) -> Said {
    let body = json!({"code": code, "description": words, "data": [], "source": "PartnerFD"});
    let mut said = answered(status, &body);
    said.headers_mut()
        .insert("ms-requestid", "r-center-1".parse().unwrap());
    said
}

pub fn center(state: &mut State, request: &Asked, path: &[&str]) -> Said {
    let wrong = |state: &mut State| {
        let line = format!("{} center/{}", request.method(), request.uri());
        state.wrong.push(line);
    };
    if request.method() != "GET" {
        wrong(state);
        return no(405, 405, "Method not allowed");
    }
    let audience = "https://api.partnercenter.microsoft.com";
    let Some(access) = bearer(state, request, audience).filter(|one| one.tenant == TENANT) else {
        return no(401, 900_421, "Unauthorized");
    };
    if !state.apps[&access.client].registered {
        return no(
            401,
            900_421,
            "The application is not registered in Partner Center",
        );
    }
    if access.user && !state.user.mfa {
        return no(401, 900_421, "MFA is required");
    }
    let query = pairs(request.uri().query().unwrap_or_default());
    let allowed: &[&str] = match path {
        ["v1", "customers"] => &["size", "seekOperation"],
        _ => &[],
    };
    if query.keys().any(|name| !allowed.contains(&name.as_str())) {
        wrong(state);
        return no(400, 800_002, "Invalid request input");
    }
    match path {
        ["v1", "profiles", "mpn"] if access.user => answered(
            200,
            &json!({"mpnId": state.mpn, "partnerName": "Acme Cloud Services",
                    "attributes": {"objectType": "MpnProfile"}}),
        ),
        ["v1", "profiles", "billing"] if access.user => answered(
            200,
            &json!({"billingCurrency": state.currency, "companyName": "Acme Cloud Services",
                    "attributes": {"objectType": "PartnerBillingProfile"}}),
        ),
        ["v1", "profiles", _] => no(403, 2_032, "Access denied"),
        ["v1", "customers"] => customers(state, request, &query),
        ["v1", "customers", id, "subscriptions"] => match state.subscriptions.get(*id) {
            Some(items) => answered(200, &collection(items)),
            None => no(404, 60_003, "Tenant not found"),
        },
        [
            "v1",
            "customers",
            _,
            "subscriptions",
            plan,
            "azureEntitlements",
        ] => match state.entitlements.get(*plan) {
            Some(items) => answered(200, &collection(items)),
            None => no(404, 20_003, "Subscription not found"),
        },
        _ => {
            wrong(state);
            no(404, 1_000, "Not found")
        }
    }
}

fn collection(items: &[Value]) -> Value {
    json!({"totalCount": items.len(), "items": items, "attributes": {"objectType": "Collection"}})
}

/// A page of customers: the continuation is in a header, as Partner Center wants it.
fn customers(
    state: &mut State,
    request: &Asked,
    query: &std::collections::BTreeMap<String, String>,
) -> Said {
    let size: usize = query
        .get("size")
        .and_then(|size| size.parse().ok())
        .unwrap_or(0);
    if !(1..=500).contains(&size) {
        return no(400, 800_002, "size is required, at most 500");
    }
    let held = request.headers().get("ms-continuationtoken");
    let held = held.and_then(|value| value.to_str().ok());
    let from = match (query.get("seekOperation").map(String::as_str), held) {
        (None, None) => 0,
        (Some("Next"), Some(token)) => match token.strip_prefix("continue-") {
            Some(at) => at.parse().unwrap(),
            None => return no(400, 800_002, "Invalid continuation"),
        },
        _ => return no(400, 800_002, "Invalid continuation"),
    };
    let until = (from + size.min(state.page)).min(state.customers.len());
    let items = &state.customers[from..until];
    let mut body = collection(items);
    if until < state.customers.len() {
        body["links"] = json!({"next": {
            "uri": format!("/customers?size={size}&seekOperation=Next"), "method": "GET",
            "headers": [{"key": "MS-ContinuationToken", "value": format!("continue-{until}")}],
        }});
    }
    answered(200, &body)
}

fn error(status: u16, code: &str, words: &str) -> Said {
    answered(status, &json!({"error": {"code": code, "message": words}}))
}

pub fn graph(state: &mut State, request: &Asked, path: &[&str]) -> Said {
    if request.method() != "GET" {
        // Starting an export makes a job: bursar never does.
        state
            .wrong
            .push(format!("{} {}", request.method(), request.uri()));
        return error(405, "MethodNotAllowed", "no");
    }
    let Some(access) = bearer(state, request, "https://graph.microsoft.com") else {
        return error(
            401,
            "InvalidAuthenticationToken",
            "Access token validation failure.",
        );
    };
    let has = |role: &str| !access.user && state.apps[&access.client].roles.contains(role);
    match path {
        ["v1.0", "reports", "partners", "billing", "operations", id] if id.len() == 36 => {
            if has("PartnerBilling.Read.All") {
                error(404, "ResourceNotFound", "The operation does not exist.")
            } else {
                error(
                    403,
                    "Forbidden",
                    "The caller lacks PartnerBilling.Read.All.",
                )
            }
        }
        ["v1.0", application] if application.starts_with("applications(appId='") => {
            if !has("Application.Read.All") {
                let words = "Insufficient privileges to complete the operation.";
                return error(403, "Authorization_RequestDenied", words);
            }
            let id = application.split('\'').nth(1).unwrap_or_default();
            match state.apps.get(id) {
                None => error(404, "Request_ResourceNotFound", "no such application"),
                Some(app) => answered(
                    200,
                    &json!({"displayName": "bursar", "passwordCredentials": [
                        {"displayName": "old", "hint": "zzz", "endDateTime": "2020-01-01T00:00:00Z"},
                        {"displayName": "bursar 2026", "hint": &app.secret[..3],
                         "endDateTime": app.secret_ends},
                    ]}),
                ),
            }
        }
        _ => {
            state.wrong.push(format!("GET {}", request.uri()));
            error(400, "BadRequest", "Resource not found for the segment")
        }
    }
}

pub fn arm(state: &mut State, request: &Asked, path: &[&str]) -> Said {
    let Some(access) = bearer(state, request, "https://management.azure.com") else {
        return error(401, "AuthenticationFailed", "Authentication failed.");
    };
    let query = pairs(request.uri().query().unwrap_or_default());
    let version = query.get("api-version").map(String::as_str);
    let [
        "subscriptions",
        id,
        "providers",
        "Microsoft.Advisor",
        "recommendations",
    ] = path
    else {
        state
            .wrong
            .push(format!("{} {}", request.method(), request.uri()));
        return error(404, "NotFound", "no such resource");
    };
    if request.method() != "GET" || version != Some("2023-01-01") {
        state
            .wrong
            .push(format!("{} {}", request.method(), request.uri()));
        return error(400, "InvalidApiVersionParameter", "no such version");
    }
    // A subscription is only known in the tenant of its customer.
    let owner = state.subscriptions.iter().find(|(_, bought)| {
        bought.iter().any(|one| {
            let plan = one["id"].as_str().unwrap_or_default();
            let below = state.entitlements.get(plan);
            below.is_some_and(|below| below.iter().any(|one| one["id"] == *id))
        })
    });
    if owner.is_none_or(|(tenant, _)| *tenant != access.tenant) {
        return error(
            404,
            "SubscriptionNotFound",
            "The subscription could not be found.",
        );
    }
    if !state.advisor {
        let words = "The client does not have authorization to perform action \
                     'Microsoft.Advisor/recommendations/read'.";
        return error(403, "AuthorizationFailed", words);
    }
    answered(200, &json!({"value": []}))
}
