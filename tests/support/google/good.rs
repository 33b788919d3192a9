//! What is there in a good world: everything as Google would show it where all is in order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rsa::RsaPublicKey;

use super::state::{
    BillingAccount, Dataset, Folder, Grant, Key, Project, Provider, ServiceAccount, State, Table,
};
use super::world::{
    BILLING, EXPORTER, HOME, ISSUER, KEY_ID, ORGANIZATION, PROVIDER, READER, REFRESH,
};

const APIS: &[&str] = &[
    "bigquery.googleapis.com",
    "cloudbilling.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "recommender.googleapis.com",
    "serviceusage.googleapis.com",
    "sts.googleapis.com",
];

fn grants() -> BTreeSet<Grant> {
    let organization = format!("organizations/{ORGANIZATION}");
    let billing = format!("billingAccounts/{BILLING}");
    let home = format!("projects/{HOME}");
    let own = format!("serviceAccounts/{READER}");
    let on = |dataset: &str| format!("datasets/{HOME}.{dataset}");
    [
        (organization.clone(), "roles/browser"),
        (organization, "roles/recommender.projectUtilViewer"),
        (billing.clone(), "roles/billing.viewer"),
        (billing, "roles/recommender.billingAccountCudViewer"),
        (home.clone(), "roles/bigquery.jobUser"),
        (home, "roles/serviceusage.serviceUsageViewer"),
        (on("billing_export"), "roles/bigquery.dataViewer"),
        (
            on("gcp_billing_immutable_01ABCD_234567_89EFAB_eu"),
            "roles/bigquery.dataViewer",
        ),
        (own, "roles/iam.serviceAccountViewer"),
    ]
    .into_iter()
    .map(|(resource, role)| Grant {
        member: format!("serviceAccount:{READER}"),
        resource,
        role,
    })
    .collect()
}

fn project(id: &str, number: usize, parent: &str) -> Project {
    Project {
        id: id.to_owned(),
        number: number.to_string(),
        name: id.replace('-', " "),
        parent: parent.to_owned(),
        labels: BTreeMap::new(),
        deleted: None,
        billed: Some(BILLING.to_owned()),
        apis: APIS.iter().map(|api| (*api).to_owned()).collect(),
    }
}

fn table(name: &str, columns: &[(&str, &'static str)], made: Timestamp) -> Table {
    let hours = |hours| made - SignedDuration::from_hours(hours);
    Table {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect(),
        partitioned: Some("DAY"),
        made: hours(24 * 100),
        written: hours(3),
        rows: vec![(hours(30), hours(33)), (hours(3), hours(5))],
        bytes: 64 << 20,
    }
}

/// The columns as Google writes them ("Structure of standard data export").
const STANDARD: &[(&str, &str)] = &[
    ("billing_account_id", "STRING"),
    ("service", "RECORD"),
    ("sku", "RECORD"),
    ("usage_start_time", "TIMESTAMP"),
    ("usage_end_time", "TIMESTAMP"),
    ("project", "RECORD"),
    ("labels", "RECORD"),
    ("system_labels", "RECORD"),
    ("location", "RECORD"),
    ("tags", "RECORD"),
    ("transaction_type", "STRING"),
    ("seller_name", "STRING"),
    ("export_time", "TIMESTAMP"),
    ("cost", "FLOAT"),
    ("currency", "STRING"),
    ("currency_conversion_rate", "FLOAT"),
    ("usage", "RECORD"),
    ("credits", "RECORD"),
    ("invoice", "RECORD"),
    ("cost_type", "STRING"),
    ("adjustment_info", "RECORD"),
];

/// Those of FOCUS, as far as they are asked for, and some more.
const FOCUS: &[(&str, &str)] = &[
    ("BilledCost", "NUMERIC"),
    ("BillingAccountId", "STRING"),
    ("BillingCurrency", "STRING"),
    ("BillingPeriodStart", "TIMESTAMP"),
    ("BillingPeriodEnd", "TIMESTAMP"),
    ("ChargeCategory", "STRING"),
    ("ChargePeriodStart", "TIMESTAMP"),
    ("ChargePeriodEnd", "TIMESTAMP"),
    ("EffectiveCost", "NUMERIC"),
    ("ListCost", "NUMERIC"),
    ("ServiceName", "STRING"),
    ("SubAccountId", "STRING"),
    ("x_ExportTime", "TIMESTAMP"),
    ("x_Project", "RECORD"),
];

/// The state, with the public halves of the keys.
pub fn state(
    projects: usize,
    made: Timestamp,
    service_key: &RsaPublicKey,
    runner_key: &RsaPublicKey,
) -> State {
    let days = |days: i64| made - SignedDuration::from_hours(24 * days);
    let folder = |number: &str, name: &str, parent: String| Folder {
        number: number.to_owned(),
        name: name.to_owned(),
        parent,
    };
    let organization = format!("organizations/{ORGANIZATION}");
    let mut all = vec![project(HOME, 900_000_000_001, &organization)];
    for number in 1..=projects {
        let id = format!("acme-shop-{number}");
        all.push(project(&id, 900_000_000_001 + number, "folders/1002"));
    }
    let detailed: Vec<_> = STANDARD
        .iter()
        .copied()
        .chain([("resource", "RECORD")])
        .collect();
    let dataset = |name: &str, linked, tables| Dataset {
        project: HOME.to_owned(),
        name: name.to_owned(),
        location: "EU".to_owned(),
        linked,
        owners: vec![EXPORTER.to_owned(), "ana@acme.example".to_owned()],
        tables,
    };
    State {
        folders: vec![
            folder("1001", "Teams", organization),
            folder("1002", "Payments", "folders/1001".to_owned()),
        ],
        projects: all,
        billing_accounts: vec![BillingAccount {
            id: BILLING.to_owned(),
            name: "Acme".to_owned(),
            open: true,
            currency: "EUR".to_owned(),
        }],
        service_accounts: vec![ServiceAccount {
            email: READER.to_owned(),
            project: HOME.to_owned(),
            keys: vec![Key {
                id: KEY_ID.to_owned(),
                public: service_key.clone(),
                made: days(10),
                ends: None,
                disabled: None,
            }],
        }],
        providers: vec![Provider {
            name: PROVIDER.to_owned(),
            issuer: ISSUER.to_owned(),
            public: runner_key.clone(),
            repository: "acme/costs".to_owned(),
        }],
        datasets: vec![
            dataset(
                "billing_export",
                false,
                vec![
                    table("gcp_billing_export_v1_01ABCD_234567_89EFAB", STANDARD, made),
                    table(
                        "gcp_billing_export_resource_v1_01ABCD_234567_89EFAB",
                        &detailed,
                        made,
                    ),
                ],
            ),
            dataset(
                "gcp_billing_immutable_01ABCD_234567_89EFAB_eu",
                true,
                vec![table(
                    "gcp_billing_export_focus_01ABCD_234567_89EFAB",
                    FOCUS,
                    made,
                )],
            ),
        ],
        grants: grants(),
        people: BTreeMap::from([(REFRESH.to_owned(), "ana@acme.example".to_owned())]),
        page: 50,
        lives: SignedDuration::from_hours(1),
        ..State::default()
    }
}
