//! Organizations (20230401), Cloud Advisor (20200606) and the Usage API (20200107): all of them answer in
//! the home region.

use serde_json::{Value, json};

use super::server::{Call, Inside, answer, hidden, refusal};
use crate::stand::web::Said;

fn items(entries: Vec<Value>) -> Value {
    json!({"items": entries})
}

impl Inside {
    pub(super) fn services(&mut self, call: &Call<'_>) -> Option<Said> {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let (known, resource): (&[&str], _) = match (call.service, call.method, &path[..]) {
            ("organizations", "GET", ["organizations"]) => {
                (&["compartmentId", "limit", "page"], "organizations-family")
            }
            ("organizations", "GET", ["organizations", _, "tenancies"]) => {
                (&["limit", "page"], "organizations-family")
            }
            ("optimizer", "GET", ["enrollmentStatus"]) => {
                (&["compartmentId", "limit", "page"], "optimizer-api-family")
            }
            ("optimizer", "GET", ["recommendations"]) => (
                &["compartmentId", "compartmentIdInSubtree", "limit", "page"],
                "optimizer-api-family",
            ),
            ("usageapi", "POST", ["usage"]) => (&[], "usage-report"),
            _ => return None,
        };
        if let Some(refused) = self.strict(call, known) {
            return Some(refused);
        }
        let here = path.len() > 1
            || call.service == "usageapi"
            || call.parameter("compartmentId") == Some(&*self.tenancy.id);
        let home = call.region == self.tenancy.home.0;
        if !here || !home || !self.tenancy.allows(&call.who.user, "read", resource) {
            return Some(hidden());
        }
        Some(match &path[..] {
            ["organizations"] => self.organizations(call),
            ["organizations", id, _] => self.members(call, id),
            ["enrollmentStatus"] => {
                let status = self.tenancy.enrolment.iter().map(|status| {
                    json!({"id": "ocid1.optimizerenrollmentstatus.oc1..e", "status": status, "lifecycleState": "ACTIVE"})
                });
                self.page(call, &status.collect::<Vec<_>>(), items)
            }
            ["recommendations"] => {
                if self.tenancy.enrolment != Some("ACTIVE") {
                    return Some(hidden());
                }
                let one = json!({"id": "ocid1.optimizerrecommendation.oc1..r", "name": "cost-management-compute", "status": "PENDING"});
                self.page(call, &[one.clone(), one], items)
            }
            _ => self.usage(call),
        })
    }

    fn organizations(&self, call: &Call<'_>) -> Said {
        let found: Vec<Value> = self
            .tenancy
            .organization
            .iter()
            .map(|one| {
                json!({
                    "id": one.id,
                    "displayName": "acme",
                    "compartmentId": one.parent,
                    "parentName": one.parent_name,
                    "lifecycleState": "ACTIVE",
                })
            })
            .collect();
        self.page(call, &found, items)
    }

    fn members(&self, call: &Call<'_>, id: &str) -> Said {
        let Some(one) = self
            .tenancy
            .organization
            .as_ref()
            .filter(|one| one.id == id)
        else {
            return hidden();
        };
        let member = |id: &str, name: &str, state: &str, role: &str| json!({"tenancyId": id, "name": name, "lifecycleState": state, "role": role});
        let mut members = vec![member(&one.parent, &one.parent_name, "ACTIVE", "PARENT")];
        let children = one.children.iter();
        members.extend(children.map(|(id, (name, state))| member(id, name, state, "CHILD")));
        self.page(call, &members, items)
    }

    fn usage(&mut self, call: &Call<'_>) -> Said {
        let invalid = |message: &str| refusal(400, "InvalidParameter", message);
        let Ok(Value::Object(body)) = serde_json::from_slice(call.body) else {
            return invalid("no JSON object");
        };
        let known = [
            "tenantId",
            "timeUsageStarted",
            "timeUsageEnded",
            "granularity",
            "queryType",
        ];
        if let Some(unknown) = body.keys().find(|key| !known.contains(&key.as_str())) {
            self.wrong.push(format!("usage: {unknown}"));
            return invalid(unknown);
        }
        if body["tenantId"] != self.tenancy.id || body["granularity"] != "MONTHLY" {
            return invalid("tenantId, granularity");
        }
        for key in ["timeUsageStarted", "timeUsageEnded"] {
            let moment = body[key].as_str().unwrap_or_default();
            // Months begin on their first day, at midnight.
            let utc = moment.ends_with('Z') || moment.ends_with("+00:00");
            if moment.get(7..19) != Some("-01T00:00:00") || !utc {
                return invalid("UsageDate must be at month precision");
            }
        }
        let rows = self.tenancy.currencies.iter().map(|currency| {
            json!({"currency": currency, "computedAmount": 12.5, "timeUsageStarted": body["timeUsageStarted"]})
        });
        let mut rows: Vec<Value> = rows.collect();
        // Rows without a cost have a blank currency.
        rows.push(json!({"currency": " ", "computedAmount": 0.0}));
        answer(200, &json!({"groupBy": [], "items": rows}))
    }
}
