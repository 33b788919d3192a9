//! A whole good tenant: an application that signs in with a secret, an enrolment with subscriptions, the
//! exports `actual` and `amortized` delivered into a container, and the roles that let it be asked.
//! `without_…` and the like take one prerequisite away.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use super::blob::{self, Blob};
use super::roles::{Assigned, Role, covers, within};
use super::sas::Sas;
use super::{arm, entra, graph};
use crate::stand::gate::Gate;
use crate::stand::web::{Said, Server, said};

pub const ENROLMENT: &str = "8608480";

/// A subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    pub id: String,
    pub name: String,
    pub state: String,
    pub tenant: String,
    pub tags: Value,
    /// The scope of the bill that it is on.
    pub bill: String,
}

/// What is inside.
pub struct Inside {
    pub tenant: String,
    /// What tokens say they are for.
    pub tenant_of_tokens: String,
    pub client_id: String,
    pub client_secret: String,
    pub secret_expired: bool,
    pub secret_id: String,
    pub secret_ends: Timestamp,
    pub object_id: String,
    pub federated: Option<String>,
    /// Whether the machine has a managed identity.
    pub machine: bool,
    /// DER of the application's certificate, and of its public key.
    pub certificate: Option<Vec<u8>>,
    pub public_key: Option<Vec<u8>>,
    /// Seconds.
    pub token_life: i64,
    pub issued: Vec<String>,
    pub assigned: Vec<Assigned>,
    /// The scopes of bills on which the application has a billing role.
    pub billing_roles: Vec<String>,
    pub subscriptions: Vec<Subscription>,
    /// Billing accounts and profiles, by their scope.
    pub bills: BTreeMap<String, Value>,
    /// Exports with their scope.
    pub exports: Vec<(String, Value)>,
    /// Whether exports at bills are refused to applications.
    pub exports_hidden: bool,
    pub registration: String,
    pub graph: bool,
    pub storage: String,
    pub storage_key: String,
    /// What the storage account refuses everything with.
    pub storage_refuses: Option<(String, String)>,
    pub container: String,
    /// Whether who has only a data role may not read what it may do.
    pub container_is_shy: bool,
    pub blobs: BTreeMap<String, Blob>,
    /// Entries of a page.
    pub page: usize,
}

impl Inside {
    pub fn storage_account(&self) -> &str {
        self.storage.rsplit('/').next().unwrap()
    }

    /// Whether the application may do something at a scope.
    pub fn may(&self, action: &str, scope: &str) -> bool {
        self.assigned.iter().any(|given| {
            let role = given.role;
            let any = |patterns: &[&str]| patterns.iter().any(|one| covers(one, action));
            let data = any(role.data_actions()) && action.contains("/blobs/");
            let control =
                any(role.actions()) && !any(role.not_actions()) && !action.contains("/blobs/");
            within(scope, &given.scope) && (data || control)
        })
    }

    pub fn has_any_role(&self, scope: &str) -> bool {
        self.assigned
            .iter()
            .any(|given| within(scope, &given.scope))
    }

    pub fn reads_bill(&self, scope: &str) -> bool {
        self.billing_roles.iter().any(|given| within(scope, given))
    }
}

pub struct World {
    server: Server,
    pub gate: Gate,
    inside: Arc<Mutex<Inside>>,
    /// When everything was delivered.
    pub made: Timestamp,
}

fn guid(world: usize, which: usize) -> String {
    format!(
        "{:08x}-1111-4222-8333-{which:012x}",
        0xacce_0000_u64 + world as u64
    )
}

impl World {
    pub fn good() -> Self {
        Self::with_members(3)
    }

    /// With so many subscriptions.
    pub fn with_members(members: usize) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let made = Timestamp::now();
        let tenant = guid(number, 1);
        let bill = format!("/providers/Microsoft.Billing/billingAccounts/{ENROLMENT}");
        let subscriptions: Vec<Subscription> = (0..members)
            .map(|which| Subscription {
                id: guid(number, 100 + which),
                name: format!("Subscription {}", which + 1),
                state: "Enabled".to_owned(),
                tenant: tenant.clone(),
                tags: json!({"team": "core"}),
                bill: bill.clone(),
            })
            .collect();
        let storage = format!(
            "/subscriptions/{}/resourceGroups/costs/providers/Microsoft.Storage/storageAccounts/acmecosts{number}",
            subscriptions[0].id
        );
        let year = SignedDuration::from_hours(365 * 24);
        let inside = Inside {
            tenant_of_tokens: tenant.clone(),
            tenant,
            client_id: guid(number, 2),
            client_secret: format!("wJ8Q~planted-client-secret-{number:010}"),
            secret_expired: false,
            secret_id: guid(number, 3),
            secret_ends: made + year,
            object_id: guid(number, 4),
            federated: None,
            machine: false,
            certificate: None,
            public_key: None,
            token_life: 3599,
            issued: Vec::new(),
            assigned: vec![
                Assigned {
                    role: Role::Reader,
                    scope: "/".to_owned(),
                },
                Assigned {
                    role: Role::BlobDataReader,
                    scope: storage.clone(),
                },
            ],
            billing_roles: vec![bill.clone()],
            subscriptions,
            bills: BTreeMap::from([(
                bill,
                json!({
                    "accountStatus": "Active",
                    "agreementType": "EnterpriseAgreement",
                    "displayName": "Acme",
                    "hasReadAccess": true,
                    "enrollmentDetails": {"currency": "EUR", "startDate": "2024-01-01T00:00:00Z", "endDate": (made + year).to_string()},
                }),
            )]),
            exports: Vec::new(),
            exports_hidden: false,
            registration: "Registered".to_owned(),
            graph: true,
            storage_key: STANDARD.encode(format!("planted storage key {number:010}")),
            storage,
            storage_refuses: None,
            container: "exports".to_owned(),
            container_is_shy: false,
            blobs: BTreeMap::new(),
            page: 1000,
        };
        let inside = Arc::new(Mutex::new(inside));
        let gate = Gate::default();
        let (behind, passing) = (Arc::clone(&inside), gate.clone());
        let server = Server::start(move |request| {
            let (inside, gate) = (Arc::clone(&behind), passing.clone());
            async move {
                gate.pass(
                    request,
                    |request| async move { answered(&inside, &request) },
                )
                .await
            }
        });
        let world = Self {
            server,
            gate,
            inside,
            made,
        };
        for export in Export::ALL {
            let (scope, made) = (world.bill(), world.export(export));
            world.inside().exports.push((scope, made));
            world.deliver(export, world.made - SignedDuration::from_hours(5));
        }
        world
    }

    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The scope of the bill.
    pub fn bill(&self) -> String {
        format!("/providers/Microsoft.Billing/billingAccounts/{ENROLMENT}")
    }

    pub fn subscription(&self, which: usize) -> String {
        self.inside().subscriptions[which].id.clone()
    }

    /// Takes the application's roles away, and gives it these.
    pub fn assigned(&self, roles: &[(Role, &str)]) {
        self.inside().assigned = roles
            .iter()
            .map(|(role, scope)| Assigned {
                role: *role,
                scope: (*scope).to_owned(),
            })
            .collect();
    }

    /// A shared access signature for the container.
    pub fn sas(&self, permissions: &'static str, expiry: Timestamp) -> String {
        let inside = self.inside();
        Sas {
            permissions,
            expiry: expiry.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            protocol: "https",
        }
        .token(
            inside.storage_account(),
            &inside.storage_key,
            &inside.container,
        )
    }

    /// Changes an export as Azure has it.
    pub fn change_export(&self, export: Export, change: impl FnOnce(&mut Value)) {
        let mut inside = self.inside();
        let found = inside
            .exports
            .iter_mut()
            .find(|(_, one)| one["name"] == export.name());
        change(&mut found.unwrap().1["properties"]);
    }

    /// Changes the bill.
    pub fn change_bill(&self, name: &str, value: Value) {
        let scope = self.bill();
        self.inside().bills.get_mut(&scope).unwrap()[name] = value;
    }

    /// An export as Azure has it.
    pub fn export(&self, export: Export) -> Value {
        let inside = self.inside();
        json!({
            "id": format!("{}/providers/Microsoft.CostManagement/exports/{}", "/providers/Microsoft.Billing/billingAccounts/8608480", export.name()),
            "name": export.name(),
            "type": "Microsoft.CostManagement/exports",
            "eTag": "\"1d\"",
            "properties": {
                "format": "Csv",
                "compressionMode": "gzip",
                "dataOverwriteBehavior": "OverwritePreviousReport",
                "partitionData": true,
                "deliveryInfo": {"destination": {
                    "type": "AzureBlob",
                    "resourceId": inside.storage,
                    "container": inside.container,
                    "rootFolderPath": export.directory(),
                }},
                "definition": {
                    "type": export.dataset(),
                    "timeframe": "MonthToDate",
                    "dataSet": {"granularity": "Daily", "configuration": {"dataVersion": "2021-10-01", "columns": []}},
                },
                "schedule": {
                    "status": "Active",
                    "recurrence": "Daily",
                    "recurrencePeriod": {"from": "2026-01-01T00:00:00Z", "to": "2046-01-01T00:00:00Z"},
                },
                "nextRunTimeEstimate": (self.made + SignedDuration::from_hours(10)).to_string(),
                "runHistory": {"value": [run("Completed", self.made - SignedDuration::from_hours(5))]},
            },
        })
    }

    /// The folder of the month that a moment is in.
    pub fn month_folder(export: Export, at: Timestamp) -> String {
        let day = at.to_zoned(TimeZone::UTC).date();
        let (first, last) = (day.first_of_month(), day.last_of_month());
        format!(
            "{}/{}/{}-{}/",
            export.directory(),
            export.name(),
            first.strftime("%Y%m%d"),
            last.strftime("%Y%m%d")
        )
    }

    /// Delivers this month and the one before, as Cost Management does, at a moment.
    pub fn deliver(&self, export: Export, at: Timestamp) {
        let before = at.to_zoned(TimeZone::UTC).date().first_of_month();
        let before = before.saturating_sub(1.day());
        let before = before
            .at(6, 0, 0, 0)
            .to_zoned(TimeZone::UTC)
            .unwrap()
            .timestamp();
        for at in [before, at] {
            let folder = format!("{}0f1e2d3c-run/", Self::month_folder(export, at));
            let data = format!("{folder}part_0_0001.csv.gz");
            let manifest = json!({
                "manifestVersion": "2024-04-01",
                "byteCount": 4,
                "blobCount": 1,
                "dataRowCount": 1,
                "exportConfig": {"exportName": export.name(), "type": export.dataset(), "dataVersion": "2021-10-01", "timeFrame": "MonthToDate", "granularity": null},
                "deliveryConfig": {"partitionData": true, "fileFormat": "Csv"},
                "runInfo": {"executionType": "Scheduled", "submittedTime": at.to_string(), "runId": "0f1e2d3c"},
                "blobs": [{"blobName": data, "byteCount": 4, "dataRowCount": 1}],
            });
            let mut inside = self.inside();
            let mut put = |name: String, content: Vec<u8>| {
                inside.blobs.insert(
                    name,
                    Blob {
                        content,
                        modified: at,
                    },
                );
            };
            put(data, b"data".to_vec());
            put(
                format!("{folder}manifest.json"),
                manifest.to_string().into_bytes(),
            );
        }
    }

    pub fn without_deliveries(&self, export: Export) {
        let prefix = format!("{}/{}/", export.directory(), export.name());
        self.inside()
            .blobs
            .retain(|name, _| !name.starts_with(&prefix));
    }
}

/// A run of an export.
pub fn run(status: &str, at: Timestamp) -> Value {
    json!({
        "id": "/x/Run/1",
        "properties": {
            "executionType": "Scheduled",
            "status": status,
            "submittedBy": "System",
            "submittedTime": at.to_string(),
            "processingStartTime": at.to_string(),
            "processingEndTime": at.to_string(),
        },
    })
}

/// The exports that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    Actual,
    Amortized,
}

impl Export {
    pub const ALL: [Self; 2] = [Self::Actual, Self::Amortized];

    /// The name that Azure has it under.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actual => "acme-actual",
            Self::Amortized => "acme-amortized",
        }
    }

    /// The name that it is declared under.
    pub fn declared(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Amortized => "amortized",
        }
    }

    pub fn dataset(self) -> &'static str {
        match self {
            Self::Actual => "ActualCost",
            Self::Amortized => "AmortizedCost",
        }
    }

    pub fn directory(self) -> &'static str {
        match self {
            Self::Actual => "de/actual",
            Self::Amortized => "de/amortized",
        }
    }
}

fn answered(inside: &Mutex<Inside>, request: &crate::stand::web::Asked) -> Said {
    let mut inside = inside.lock().unwrap();
    let path = request.uri().path().to_owned();
    let host = request
        .headers()
        .get("host")
        .map_or("", |host| host.to_str().unwrap());
    let route = |prefix: &str| path.strip_prefix(prefix).map(str::to_owned);
    if let Some(path) = route("/entra") {
        entra::answer(&mut inside, request, &path)
    } else if let Some(path) = route("/arm") {
        arm::answer(&inside, request, &path, &format!("http://{host}/arm"))
    } else if let Some(path) = route("/graph") {
        graph::answer(&inside, request, &path)
    } else if path == "/imds/metadata/identity/oauth2/token" {
        let query = request.uri().query().unwrap_or_default();
        let asked = request
            .headers()
            .get("metadata")
            .is_some_and(|value| value == "true");
        let resource = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "resource")
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
        if !asked || !query.contains("api-version=2019-08-01") || !inside.machine {
            return said(404, "application/json", "{}");
        }
        let token = entra::issue(&mut inside, &resource, 3600);
        let body = json!({"access_token": token, "client_id": "x", "expires_in": "3600", "expires_on": "4102444800", "not_before": "1", "resource": resource, "token_type": "Bearer"});
        said(200, "application/json", body.to_string())
    } else if path == "/github" {
        let query = request.uri().query().unwrap_or_default();
        let job = request
            .headers()
            .get("authorization")
            .map_or("", |value| value.to_str().unwrap());
        if job != "Bearer planted-job-token"
            || !query.contains("audience=api%3A%2F%2FAzureADTokenExchange")
        {
            return said(401, "application/json", "{}");
        }
        said(
            200,
            "application/json",
            json!({"count": 1, "value": inside.federated}).to_string(),
        )
    } else if let Some(path) = route("/blob") {
        blob::answer(&inside, request, &path)
    } else {
        said(404, "text/html", "<html>nothing here</html>")
    }
}
