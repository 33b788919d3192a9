//! Identity, version 20160918: tenancies, users, compartments, groups, policies.

use serde_json::{Value, json};

use super::server::{Call, Inside, answer, hidden};
use crate::stand::web::Said;

fn bare(entries: Vec<Value>) -> Value {
    Value::Array(entries)
}

impl Inside {
    pub(super) fn identity(&mut self, call: &Call<'_>) -> Option<Said> {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let listing: &[&str] = match path[..] {
            ["compartments"] => &[
                "compartmentId",
                "compartmentIdInSubtree",
                "accessLevel",
                "limit",
                "page",
            ],
            ["policies" | "groups"] => &["compartmentId", "limit", "page"],
            ["userGroupMemberships"] => &["compartmentId", "userId", "groupId", "limit", "page"],
            _ => &[],
        };
        if let Some(refused) = self.strict(call, listing) {
            return Some(refused);
        }
        let user = call.who.user.clone();
        let may = |verb: &str, resource: &str| self.tenancy.allows(&user, verb, resource);
        let here = call.parameter("compartmentId") == Some(&*self.tenancy.id);
        let allowed = match (call.method, &path[..]) {
            // A user always sees its own keys.
            ("GET", ["users", id, "apiKeys"]) => *id == user || may("inspect", "users"),
            ("GET", ["tenancies", id, ..]) => *id == self.tenancy.id && may("inspect", "tenancies"),
            ("GET", ["compartments"]) => here && may("inspect", "compartments"),
            ("GET", ["compartments", id]) => {
                *id == self.tenancy.id && may("inspect", "compartments")
            }
            ("GET", ["policies"]) => here && may("inspect", "policies"),
            ("GET", ["groups"]) => here && may("inspect", "groups"),
            ("GET", ["userGroupMemberships"]) => {
                here && may("inspect", "groups") && may("inspect", "users")
            }
            _ => return None,
        };
        if !allowed {
            return Some(hidden());
        }
        let tenancy = &self.tenancy;
        Some(match &path[..] {
            ["users", id, _] => {
                let keys = &tenancy.users.get(*id)?.keys;
                let keys = keys.iter().map(|(fingerprint, key)| {
                    json!({
                        "keyId": format!("{}/{id}/{fingerprint}", tenancy.id),
                        "keyValue": "-----BEGIN PUBLIC KEY-----",
                        "fingerprint": fingerprint,
                        "userId": id,
                        "timeCreated": key.created.to_string(),
                        "lifecycleState": key.state,
                    })
                });
                answer(200, &keys.collect())
            }
            ["tenancies", _] => answer(
                200,
                &json!({
                    "id": tenancy.id,
                    "name": tenancy.name,
                    "description": tenancy.name,
                    "homeRegionKey": tenancy.home.1,
                    "freeformTags": {},
                    "definedTags": {},
                }),
            ),
            ["tenancies", _, "regionSubscriptions"] => {
                let region = |(name, key): &(&str, &str), home| json!({"regionName": name, "regionKey": key, "status": "READY", "isHomeRegion": home});
                let mut regions = vec![region(&tenancy.home, true)];
                regions.extend(tenancy.subscribed.iter().map(|one| region(one, false)));
                answer(200, &Value::Array(regions))
            }
            ["compartments"] => self.compartments(call),
            ["compartments", id] => answer(
                200,
                &json!({
                    "id": id,
                    "compartmentId": Value::Null,
                    "name": tenancy.name,
                    "description": "",
                    "timeCreated": tenancy.made.to_string(),
                    "lifecycleState": "ACTIVE",
                }),
            ),
            ["policies"] => {
                let policies: Vec<Value> = tenancy
                    .policies
                    .iter()
                    .map(|policy| {
                        json!({
                            "id": format!("ocid1.policy.oc1..{}", policy.name),
                            "compartmentId": tenancy.id,
                            "name": policy.name,
                            "description": "",
                            "statements": policy.statements,
                            "timeCreated": policy.created.to_string(),
                            "lifecycleState": "ACTIVE",
                        })
                    })
                    .collect();
                self.page(call, &policies, bare)
            }
            ["groups"] => {
                let groups: Vec<Value> = tenancy
                    .groups
                    .iter()
                    .map(|(id, name)| {
                        json!({"id": id, "compartmentId": tenancy.id, "name": name, "lifecycleState": "ACTIVE"})
                    })
                    .collect();
                self.page(call, &groups, bare)
            }
            ["userGroupMemberships"] => {
                let asked = call.parameter("userId")?;
                let groups = tenancy.users.get(asked).map(|user| &user.groups);
                let memberships: Vec<Value> = groups
                    .into_iter()
                    .flatten()
                    .map(|id| json!({"id": format!("ocid1.groupmembership.oc1..{id}"), "groupId": id, "userId": asked}))
                    .collect();
                self.page(call, &memberships, bare)
            }
            _ => return None,
        })
    }

    fn compartments(&self, call: &Call<'_>) -> Said {
        let tenancy = &self.tenancy;
        let deep = call.parameter("compartmentIdInSubtree") == Some("true");
        let compartments: Vec<Value> = tenancy
            .compartments
            .iter()
            .filter(|(_, one)| deep || one.parent == tenancy.id)
            .map(|(id, one)| {
                json!({
                    "id": id,
                    "compartmentId": one.parent,
                    "name": one.name,
                    "description": "",
                    "timeCreated": "2025-01-01T00:00:00.123Z",
                    "lifecycleState": one.state,
                    "freeformTags": one.tags,
                    "definedTags": {"Oracle-Tags": {"CreatedBy": "ada"}},
                })
            })
            .collect();
        self.page(call, &compartments, bare)
    }
}
