//! Azure Resource Manager: subscriptions, bills, permissions, resource providers, exports, Advisor. Each
//! path has its API version and its parameters, and no others; roles decide.

use serde_json::{Value, json};

use super::entra::admitted;
use super::roles::within;
use super::world::Inside;
use crate::stand::web::{Asked, Said, said};

pub fn error(status: u16, code: &str, message: &str) -> Said {
    let body = json!({"error": {"code": code, "message": message}});
    let mut answer = said(status, "application/json", body.to_string());
    let headers = answer.headers_mut();
    headers.insert(
        "x-ms-request-id",
        "8a8a8a8a-0000-4000-8000-000000000008".parse().unwrap(),
    );
    answer
}

fn good(body: &Value) -> Said {
    said(200, "application/json", body.to_string())
}

impl Inside {
    fn denied(&self, action: &str, scope: &str) -> Said {
        error(
            403,
            "AuthorizationFailed",
            &format!(
                "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
                self.client_id, self.object_id
            ),
        )
    }
}

struct Asking<'a> {
    inside: &'a Inside,
    base: &'a str,
    query: Vec<(String, String)>,
}

pub fn answer(inside: &Inside, request: &Asked, path: &str, base: &str) -> Said {
    if let Err(code) = admitted(request, "https://management.azure.com") {
        return error(401, code, "The access token is invalid.");
    }
    if request.method() != "GET" {
        return error(405, "MethodNotAllowed", "Only reads are asked.");
    }
    let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let asking = Asking {
        inside,
        base,
        query: query.into_owned().collect(),
    };
    asking.route(path)
}

impl Asking<'_> {
    fn get(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Whether the request has this version and no parameters but these.
    fn form(&self, version: &str, known: &[&str]) -> Result<(), Said> {
        if self.get("api-version") != version {
            return Err(error(
                400,
                "InvalidApiVersionParameter",
                &format!("The api-version '{}' is invalid.", self.get("api-version")),
            ));
        }
        let odd = self
            .query
            .iter()
            .find(|(name, _)| name != "api-version" && !known.contains(&name.as_str()));
        match odd {
            Some((name, _)) => Err(error(
                400,
                "BadRequest",
                &format!("Unknown parameter {name}"),
            )),
            None => Ok(()),
        }
    }

    fn route(&self, path: &str) -> Said {
        let answered = if path == "/subscriptions" {
            self.subscriptions(path)
        } else if let Some(scope) =
            path.strip_suffix("/providers/Microsoft.Authorization/permissions")
        {
            self.permissions(scope)
        } else if let Some(scope) = path.strip_suffix("/providers/Microsoft.CostManagement/exports")
        {
            self.exports(scope)
        } else if let Some((scope, name)) =
            path.split_once("/providers/Microsoft.CostManagement/exports/")
        {
            self.export(scope, name)
        } else if let Some(scope) =
            path.strip_suffix("/providers/Microsoft.Advisor/recommendations")
        {
            self.advisor(scope)
        } else if let Some(scope) = path.strip_suffix("/billingSubscriptions") {
            self.billed(scope, path)
        } else if let Some(scope) = path.strip_suffix("/providers/Microsoft.CostManagementExports")
        {
            self.provider(scope)
        } else if path.starts_with("/providers/Microsoft.Billing/billingAccounts/") {
            self.bill(path)
        } else {
            Err(error(404, "NotFound", &format!("No such path: {path}")))
        };
        answered.unwrap_or_else(|refused| refused)
    }

    /// A page of a list that has `$skiptoken` for the next one.
    fn page(&self, all: Vec<Value>, path: &str, version: &str) -> Said {
        let from: usize = self.get("$skiptoken").parse().unwrap_or(0);
        let size = self.inside.page;
        let next = (from + size < all.len()).then(|| {
            format!(
                "{}{path}?api-version={version}&$skiptoken={}",
                self.base,
                from + size
            )
        });
        let page: Vec<Value> = all.into_iter().skip(from).take(size).collect();
        good(&json!({"value": page, "nextLink": next, "count": {"type": "Total", "value": 1}}))
    }

    fn subscriptions(&self, path: &str) -> Result<Said, Said> {
        self.form("2022-12-01", &["$skiptoken"])?;
        let inside = self.inside;
        let seen = inside.subscriptions.iter().filter(|one| {
            let scope = format!("/subscriptions/{}", one.id);
            // Azure lists subscriptions on which there is any role, at, above or below.
            inside
                .assigned
                .iter()
                .any(|given| within(&scope, &given.scope) || within(&given.scope, &scope))
        });
        let seen = seen.map(|one| {
            json!({
                "id": format!("/subscriptions/{}", one.id),
                "authorizationSource": "RoleBased",
                "managedByTenants": [],
                "subscriptionId": one.id,
                "tenantId": one.tenant,
                "displayName": one.name,
                "state": one.state,
                "subscriptionPolicies": {"locationPlacementId": "Public_2014-09-01", "quotaId": "EnterpriseAgreement_2014-09-01", "spendingLimit": "Off"},
                "tags": one.tags,
            })
        });
        Ok(self.page(seen.collect(), path, "2022-12-01"))
    }

    fn permissions(&self, scope: &str) -> Result<Said, Said> {
        self.form("2022-04-01", &[])?;
        let inside = self.inside;
        let action = "Microsoft.Authorization/permissions/read";
        let data_alone = inside.container_is_shy && scope.contains("/blobServices/");
        if !inside.has_any_role(scope) || (data_alone && !inside.may(action, scope)) {
            return Err(inside.denied(action, scope));
        }
        let here = inside
            .assigned
            .iter()
            .filter(|given| within(scope, &given.scope));
        let all: Vec<Value> = here
            .map(|given| {
                json!({
                    "actions": given.role.actions(),
                    "notActions": given.role.not_actions(),
                    "dataActions": given.role.data_actions(),
                    "notDataActions": [],
                    "conditionVersion": null,
                    "condition": null,
                })
            })
            .collect();
        Ok(good(&json!({"value": all})))
    }

    fn exports(&self, scope: &str) -> Result<Said, Said> {
        self.form("2025-03-01", &["$expand"])?;
        let inside = self.inside;
        let billing = scope.contains("Microsoft.Billing");
        if billing && (inside.exports_hidden || !inside.reads_bill(scope)) {
            return Err(error(
                401,
                "RBACAccessDenied",
                "The client does not have authorization to perform action.",
            ));
        }
        let action = "Microsoft.CostManagement/exports/read";
        if !billing && !inside.may(action, scope) {
            return Err(inside.denied(action, scope));
        }
        let with_runs = self.get("$expand") == "runHistory";
        let all = inside.exports.iter().filter(|(at, _)| at == scope);
        let all: Vec<Value> = all
            .map(|(_, export)| {
                let mut export = export.clone();
                if !with_runs {
                    export["properties"]
                        .as_object_mut()
                        .unwrap()
                        .remove("runHistory");
                }
                export
            })
            .collect();
        Ok(good(&json!({"value": all})))
    }

    /// One export with its newest runs.
    fn export(&self, scope: &str, name: &str) -> Result<Said, Said> {
        self.form("2025-03-01", &["$expand"])?;
        if !self.inside.reads_bill(scope)
            && !self
                .inside
                .may("Microsoft.CostManagement/exports/read", scope)
        {
            return Err(error(401, "RBACAccessDenied", "No."));
        }
        let found = self.inside.exports.iter();
        let mut found = found.filter(|(at, export)| at == scope && export["name"] == name);
        match found.next() {
            Some((_, export)) => Ok(good(export)),
            None => Err(error(404, "404", "The export does not exist.")),
        }
    }

    fn advisor(&self, scope: &str) -> Result<Said, Said> {
        self.form("2023-01-01", &["$filter", "$top", "$skipToken"])?;
        let action = "Microsoft.Advisor/recommendations/read";
        if !self.inside.may(action, scope) {
            return Err(self.inside.denied(action, scope));
        }
        if self.get("$filter") != "Category eq 'Cost'" {
            return Err(error(400, "BadRequest", "The filter is not valid."));
        }
        let one = json!({
            "id": format!("{scope}/providers/Microsoft.Advisor/recommendations/x"),
            "name": "x",
            "type": "Microsoft.Advisor/recommendations",
            "properties": {"category": "Cost", "impact": "High"},
        });
        Ok(good(&json!({"value": [one], "nextLink": ""})))
    }

    fn provider(&self, scope: &str) -> Result<Said, Said> {
        self.form("2022-09-01", &[])?;
        let action = "Microsoft.Resources/subscriptions/providers/read";
        if !self.inside.may(action, scope) {
            return Err(self.inside.denied(action, scope));
        }
        Ok(good(&json!({
            "id": format!("{scope}/providers/Microsoft.CostManagementExports"),
            "namespace": "Microsoft.CostManagementExports",
            "registrationPolicy": "RegistrationRequired",
            "resourceTypes": [],
            "registrationState": self.inside.registration,
        })))
    }

    fn bill(&self, path: &str) -> Result<Said, Said> {
        self.form("2024-04-01", &[])?;
        let inside = self.inside;
        let Some(bill) = inside.bills.get(path) else {
            return Err(error(404, "404", "Billing account or profile not found."));
        };
        if !inside.reads_bill(path) {
            return Err(error(
                401,
                "Unauthorized",
                "You are not authorized to view this billing account.",
            ));
        }
        Ok(good(&json!({
            "id": path,
            "name": path.rsplit('/').next(),
            "type": "Microsoft.Billing/billingAccounts",
            "properties": bill,
        })))
    }

    fn billed(&self, scope: &str, path: &str) -> Result<Said, Said> {
        self.form("2024-04-01", &["$skiptoken"])?;
        let inside = self.inside;
        if !inside.reads_bill(scope) {
            return Err(error(401, "Unauthorized", "You are not authorized."));
        }
        let all = inside.subscriptions.iter().filter(|one| one.bill == scope);
        let all = all.map(|one| {
            json!({
                "id": format!("{scope}/billingSubscriptions/{}", one.id),
                "name": one.id,
                "type": "Microsoft.Billing/billingAccounts/billingSubscriptions",
                "properties": {
                    "subscriptionId": one.id,
                    "displayName": one.name,
                    "status": if one.state == "Enabled" { "Active" } else { &one.state },
                    "beneficiaryTenantId": one.tenant,
                },
            })
        });
        Ok(self.page(all.collect(), path, "2024-04-01"))
    }
}
