//! A whole good world: a parent tenancy with compartments, a child, reports of both formats, Cloud
//! Advisor, and the user `reader` with a key and a policy that allows exactly what is asked.
//! `without_…` takes one prerequisite away.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;

use super::server::{Inside, Shared, Signed, start};
use super::tenancy::{Compartment, Key, Organization, Policy, Report, Tenancy, User};
use crate::stand::gate::{Fault, Gate, Rule};
use crate::stand::web::Server;

/// Oracle's tenancy that keeps the reports: stated again here, not taken from the program.
pub const KEEPER: &str =
    "ocid1.tenancy.oc1..aaaaaaaaned4fkpkisbwjlr56u7cj63lf3wffbilvqknstgtvzub7vhqkggq";
pub const TENANCY: &str = "ocid1.tenancy.oc1..acmeroot";
pub const USER: &str = "ocid1.user.oc1..reader";
pub const GROUP: &str = "ocid1.group.oc1..costreaders";
pub const CHILD: &str = "ocid1.tenancy.oc1..acmelabs";
pub const SHOP: &str = "ocid1.compartment.oc1..shop";
pub const WEB: &str = "ocid1.compartment.oc1..web";
pub const FINGERPRINT: &str = "78:f4:21:7c:cc:ee:3d:72:dd:f7:88:e5:a5:ee:de:57";
/// When all this is.
pub const NOW: &str = "2026-11-18T12:00:00Z";

const KEY: &str = include_str!("../../../src/credential/inspect/testdata/key_pkcs8.txt");

/// The statements that allow what is asked, and nothing else.
pub const ALLOWED: [&str; 9] = [
    "define tenancy usage-report as ocid1.tenancy.oc1..aaaaaaaaned4fkpkisbwjlr56u7cj63lf3wffbilvqknstgtvzub7vhqkggq",
    "endorse group cost-readers to read objects in tenancy usage-report",
    "Allow group cost-readers to inspect tenancies in tenancy",
    "Allow group cost-readers to inspect compartments in tenancy",
    "Allow group cost-readers to inspect policies in tenancy",
    "Allow group cost-readers to inspect groups in tenancy",
    "Allow group cost-readers to inspect users in tenancy",
    "Allow group cost-readers to read organizations-family in tenancy",
    "Allow group cost-readers to read optimizer-api-family in tenancy",
];
const USAGE: &str = "Allow group cost-readers to read usage-report in tenancy";

pub struct World {
    server: Server,
    pub gate: Gate,
    inside: Shared,
}

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// The private key of the user, in PEM.
pub fn private_key() -> String {
    let dashes = "-----";
    format!("{dashes}BEGIN PRIVATE KEY{dashes}\n{KEY}{dashes}END PRIVATE KEY{dashes}\n")
}

/// The same key, encrypted.
pub fn encrypted_key() -> String {
    let body = include_str!("../../../src/credential/inspect/testdata/key_encrypted.txt");
    let dashes = "-----";
    format!(
        "{dashes}BEGIN ENCRYPTED PRIVATE KEY{dashes}\n{body}{dashes}END ENCRYPTED PRIVATE KEY{dashes}\n"
    )
}

/// What opens it.
pub const PASSPHRASE: &str = "open sesame";

/// The name of a FOCUS report.
pub fn focus_report(at: Timestamp) -> String {
    format!(
        "{}{:04}.csv.gz",
        at.strftime("FOCUS Reports/%Y/%m/%d/0001000000"),
        at.as_second() % 10_000
    )
}

fn tenancy() -> Tenancy {
    let der: String = KEY.lines().collect();
    let private = RsaPrivateKey::from_pkcs8_der(&STANDARD.decode(der).unwrap()).unwrap();
    let key = Key {
        public: private.to_public_key(),
        state: "ACTIVE",
        created: now() - hours(24 * 30),
    };
    let user = User {
        keys: [(FINGERPRINT.to_owned(), key)].into(),
        groups: [GROUP.to_owned()].into(),
    };
    let compartment = |parent: &str, name: &str| Compartment {
        parent: parent.to_owned(),
        name: name.to_owned(),
        state: "ACTIVE",
        tags: [("team".to_owned(), format!("team-{name}"))].into(),
    };
    let mut tenancy = Tenancy {
        id: TENANCY.to_owned(),
        name: "acme".to_owned(),
        made: now() - hours(24 * 400),
        home: ("eu-frankfurt-1", "FRA"),
        subscribed: vec![("us-ashburn-1", "IAD")],
        users: [(USER.to_owned(), user)].into(),
        groups: [
            (GROUP.to_owned(), "cost-readers".to_owned()),
            (
                "ocid1.group.oc1..admins".to_owned(),
                "Administrators".to_owned(),
            ),
        ]
        .into(),
        policies: vec![Policy {
            name: "bursar".to_owned(),
            statements: ALLOWED
                .iter()
                .chain([&USAGE])
                .map(|&one| one.to_owned())
                .collect(),
            created: now() - hours(24 * 30),
            holds: true,
        }],
        compartments: [
            (SHOP.to_owned(), compartment(TENANCY, "shop")),
            (WEB.to_owned(), compartment(SHOP, "web")),
        ]
        .into(),
        organization: Some(Organization {
            id: "ocid1.organizationsentity.oc1..acme".to_owned(),
            parent: TENANCY.to_owned(),
            parent_name: "acme".to_owned(),
            children: [(CHILD.to_owned(), ("acme-labs".to_owned(), "ACTIVE"))].into(),
        }),
        metered: true,
        reports: BTreeMap::new(),
        enrolment: Some("ACTIVE"),
        currencies: vec!["EUR"],
        page: 1000,
    };
    deliver(&mut tenancy, now() - hours(2));
    tenancy
}

/// Forty days of reports, every six hours, the newest of them at a moment.
fn deliver(tenancy: &mut Tenancy, newest: Timestamp) {
    for number in 0..160_i64 {
        let created = newest - hours(6 * number);
        let report = Report {
            created,
            size: 4096,
        };
        tenancy
            .reports
            .insert(focus_report(created), report.clone());
        let name = format!("reports/cost-csv/00010000009{:05}.csv.gz", 50_000 - number);
        tenancy.reports.insert(name, report);
    }
}

impl World {
    pub fn good() -> Self {
        let inside = Arc::new(Mutex::new(Inside {
            tenancy: tenancy(),
            ahead: SignedDuration::ZERO,
            wrong: Vec::new(),
            signed: Vec::new(),
        }));
        let gate = Gate::default();
        Self {
            server: start(&inside, &gate),
            gate,
            inside,
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    /// Changes what there is.
    pub fn change(&self, change: impl FnOnce(&mut Tenancy)) {
        change(&mut self.inside().tenancy);
    }

    /// Every request so far, as it was signed.
    pub fn signed(&self) -> Vec<Signed> {
        self.inside().signed.clone()
    }

    /// The address of a service in a region.
    pub fn url(&self, region: &str, service: &str) -> String {
        format!("{}/{region}/{service}", self.server.url())
    }

    /// The environment to run the program in.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("BURSAR_ENDPOINT_OCI", self.url("{region}", "{service}")),
            ("BURSAR_NOW", NOW.to_owned()),
            ("BURSAR_CALL_TRIES", "2".to_owned()),
        ]
    }

    /// The files of the project that declares exactly this.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let project = format!(
            "version: 1\n\
             project: acme\n\
             sources: [estate]\n\
             credentials:\n\
             \x20 reader:\n\
             \x20   oci_api_key:\n\
             \x20     tenancy: {TENANCY}\n\
             \x20     user: {USER}\n\
             \x20     fingerprint: \"{FINGERPRINT}\"\n\
             \x20     region: eu-frankfurt-1\n\
             \x20     private_key: {{file: oci.pem}}\n"
        );
        let estate = format!(
            "organizations:\n\
             \x20 acme: {{provider: oci, id: {TENANCY}, credentials: reader, recommendations: true}}\n\
             payers:\n\
             \x20 \"{TENANCY}\":\n\
             \x20   organization: acme\n\
             \x20   currency: EUR\n\
             \x20   exports:\n\
             \x20     cost: {{reports: {{format: cost}}}}\n\
             \x20     focus: {{reports: {{}}}}\n\
             accounts:\n\
             \x20 {SHOP}: {{name: Shop, organization: acme, type: compartment, within: {TENANCY}}}\n\
             \x20 {WEB}: {{name: Web, organization: acme, type: compartment, within: {SHOP}}}\n\
             \x20 {CHILD}: {{name: Labs, organization: acme, type: tenancy}}\n"
        );
        vec![
            ("bursar.yaml", project),
            ("estate/oci.yaml", estate),
            ("oci.pem", private_key()),
        ]
    }

    /// OCI's clock is this far ahead of this machine's.
    pub fn clock(&self, ahead: SignedDuration) {
        self.inside().ahead = ahead;
    }

    pub fn keys(&self) -> BTreeMap<String, Key> {
        self.inside().tenancy.users[USER].keys.clone()
    }

    pub fn put_keys(&self, keys: BTreeMap<String, Key>) {
        self.change(|tenancy| tenancy.users.get_mut(USER).unwrap().keys = keys);
    }

    pub fn join_group(&self) {
        self.change(|tenancy| {
            tenancy
                .users
                .get_mut(USER)
                .unwrap()
                .groups
                .insert(GROUP.to_owned());
        });
    }

    pub fn without_key(&self) {
        self.change(|tenancy| {
            tenancy.users.get_mut(USER).unwrap().keys.clear();
        });
    }

    /// Takes away all statements that say this.
    pub fn without(&self, words: &str) {
        self.change(|tenancy| {
            let policy = &mut tenancy.policies[0];
            let before = policy.statements.len();
            policy.statements.retain(|one| !one.contains(words));
            assert!(policy.statements.len() < before, "nothing says {words}");
        });
    }

    /// Adds a policy, as somebody would who pastes what they were told.
    pub fn paste(&self, statements: &str) {
        self.change(|tenancy| {
            tenancy.policies.push(Policy {
                name: "pasted".to_owned(),
                statements: statements.lines().map(str::to_owned).collect(),
                created: now() - hours(2),
                holds: true,
            });
        });
    }

    pub fn without_reports(&self) {
        self.change(|tenancy| tenancy.reports.clear());
    }

    /// Only reports whose names begin so.
    pub fn only_reports(&self, prefix: &str) {
        self.change(|tenancy| tenancy.reports.retain(|name, _| name.starts_with(prefix)));
    }

    /// The newest reports are from this long ago.
    pub fn stale(&self, age: SignedDuration) {
        self.change(|tenancy| {
            tenancy.reports.clear();
            deliver(tenancy, now() - age);
        });
    }

    /// The tenancy is a child of another.
    pub fn child(&self) {
        self.change(|tenancy| {
            let organization = tenancy.organization.as_mut().unwrap();
            organization.parent = "ocid1.tenancy.oc1..holding".to_owned();
            organization.parent_name = "holding".to_owned();
        });
    }

    /// So many more compartments below the root.
    pub fn crowd(&self, count: usize) {
        self.change(|tenancy| {
            for number in 0..count {
                let one = Compartment {
                    parent: TENANCY.to_owned(),
                    name: format!("team-{number:05}"),
                    state: "ACTIVE",
                    tags: BTreeMap::new(),
                };
                let id = format!("ocid1.compartment.oc1..crowd{number:05}");
                tenancy.compartments.insert(id, one);
            }
        });
    }

    /// Requests that hold these words are throttled.
    pub fn throttle(&self, words: &str) -> Rule {
        let body = r#"{"code": "TooManyRequests", "message": "Too many requests for the user"}"#;
        Rule::new(Fault::Instead(429, id(), body.to_owned())).containing(words)
    }

    /// Requests that hold these words fail inside OCI.
    pub fn failing(&self, words: &str) -> Rule {
        let body = r#"{"code": "InternalServerError", "message": "An internal server error has occurred."}"#;
        Rule::new(Fault::Instead(500, id(), body.to_owned())).containing(words)
    }
}

fn id() -> Vec<(&'static str, String)> {
    vec![("opc-request-id", "CSID0123456789/ABCDEF".to_owned())]
}

impl Drop for World {
    fn drop(&mut self) {
        let wrong = std::mem::take(&mut self.inside().wrong);
        if std::thread::panicking() {
            for came in self.gate.came() {
                eprintln!("{} {}", came.status, came.line);
            }
            eprintln!("wrong requests: {wrong:#?}");
        } else {
            assert!(wrong.is_empty(), "wrong requests: {wrong:#?}");
        }
    }
}
