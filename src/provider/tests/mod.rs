//! Checks against declared credentials and planted secrets.

mod azure;
mod badge;
mod catalog;
mod clouds;
mod leak;

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::sync::Arc;

use super::*;
use crate::credential::inspect::fixtures;
use crate::credential::{Exec, Resolver};
use crate::model::address::Address;
use crate::model::finding::{Finding, Status};
use crate::model::spec::Credential;
use crate::model::time::Days;

/// A project's folder, its environment and its credentials.
struct World {
    dir: tempfile::TempDir,
    vars: HashMap<String, OsString>,
    credentials: BTreeMap<String, Credential>,
    named_by: Vec<Address>,
    mode: Mode,
    now: &'static str,
}

impl World {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            vars: HashMap::new(),
            credentials: BTreeMap::new(),
            named_by: Vec::new(),
            mode: Mode::Offline,
            now: "2026-11-21T12:00:00Z",
        }
    }

    fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    fn file(self, name: &str, value: &str) -> Self {
        let path = self.dir.path().join(name);
        std::fs::write(&path, value).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        self
    }

    fn online(mut self) -> Self {
        self.mode = Mode::Online;
        self
    }

    fn named_by(mut self, addresses: &[&str]) -> Self {
        self.named_by = addresses
            .iter()
            .map(|a| Address::parse(a).unwrap())
            .collect();
        self
    }

    fn with<T>(&self, ask: impl FnOnce(&Run<'_>) -> T) -> T {
        let vars = self.vars.clone();
        let exec = match self.mode {
            Mode::Offline => Exec::Offline,
            Mode::Online => Exec::NotAllowed,
        };
        let resolver = Resolver::new(self.dir.path())
            .exec(exec)
            .env(Arc::new(move |name| vars.get(name).cloned()));
        ask(&Run {
            now: self.now.parse().unwrap(),
            mode: self.mode,
            expiring_within: Days(30),
            parallelism: 1,
            resolver: &resolver,
            credentials: &self.credentials,
        })
    }

    /// All findings about a credential declared so.
    fn ask(&self, yaml: &str) -> Vec<Finding> {
        let credential = credential(yaml);
        let address = Address::credential("c");
        let subject = Subject {
            used_by: 3,
            named_by: &self.named_by,
            ..Subject::new(&address, What::Credential(&credential))
        };
        self.with(|run| ask(&Question { subject, run }))
    }

    /// The finding of one check.
    fn finding(&self, yaml: &str, check: &str) -> Finding {
        let findings = self.ask(yaml);
        findings
            .iter()
            .find(|finding| finding.check == check)
            .unwrap_or_else(|| panic!("{check} is not in {findings:#?}"))
            .clone()
    }

    fn status(&self, yaml: &str, check: &str) -> Status {
        self.finding(yaml, check).status
    }
}

fn credential(yaml: &str) -> Credential {
    let value: serde_json::Value = serde_yaml::from_str(yaml).unwrap();
    serde_json::from_value(value).unwrap()
}

const TENANT: &str = "11111111-1111-4111-8111-111111111111";
const CLIENT: &str = "22222222-2222-4222-8222-222222222222";
const APPLICATION: &str = "33333333-3333-4333-8333-333333333333";

fn entra(rest: &str) -> String {
    format!(
        "azure_client_secret: {{tenant_id: {TENANT}, client_id: {CLIENT}, client_secret: {{env: S}}{rest}}}"
    )
}

fn oci(rest: &str) -> String {
    format!(
        "oci_api_key: {{tenancy: ocid1.tenancy.oc1..a, user: ocid1.user.oc1..b, fingerprint: \"{}\", region: sa-saopaulo-1, private_key: {{file: k.pem}}{rest}}}",
        fixtures::FINGERPRINT
    )
}

#[test]
fn offline_a_missing_secret_is_no_fault_and_online_it_is() {
    let present = "azure.credential.present";
    let empty = World::new().var("S", "");
    for world in [World::new(), empty] {
        assert_eq!(world.status(&entra(""), present), Status::Skipped);
        assert_eq!(
            world.status(&entra(""), "azure.secret.value"),
            Status::Skipped
        );
        let finding = world.online().finding(&entra(""), present);
        assert_eq!(finding.status, Status::Fail);
        assert!(finding.remedy.contains('S'), "{finding:?}");
    }
    assert_eq!(
        World::new().status(&oci(""), "oci.credential.present"),
        Status::Skipped
    );
    assert_eq!(
        World::new()
            .online()
            .status(&oci(""), "oci.credential.present"),
        Status::Fail
    );
    // A file that is there and holds nothing is wrong, wherever that is.
    let world = World::new().file("k.pem", "\n");
    assert_eq!(
        world.status(&oci(""), "oci.credential.present"),
        Status::Fail
    );

    let exec = format!(
        "azure_client_secret: {{tenant_id: {TENANT}, client_id: {CLIENT}, client_secret: {{exec: [vault, get]}}}}"
    );
    let finding = World::new().finding(&exec, present);
    assert_eq!(finding.status, Status::Skipped);
    assert_eq!(
        finding.evidence["client_secret"],
        "command vault: not run offline"
    );
    let finding = World::new().online().finding(&exec, present);
    assert_eq!(finding.status, Status::Fail);
    assert!(finding.remedy.contains("--allow-exec"));

    let world = World::new().var("S", "x8Q~0123456789012345678901234567890123");
    assert_eq!(world.status(&entra(""), present), Status::Pass);
    assert_eq!(world.status(&entra(""), "azure.secret.value"), Status::Pass);
    assert!(
        World::new().ask("aws_default: {}").is_empty(),
        "nothing to ask without a network"
    );
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new().file("k.pem", &fixtures::pkcs8());
    let path = world.dir.path().join("k.pem");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let finding = world.finding(&oci(""), "oci.credential.present");
    assert_eq!(
        (finding.status, finding.remedy.as_str()),
        (Status::Warn, "chmod 600 k.pem")
    );
}

#[test]
fn declared_expiries() {
    let status = |day: &str| {
        let finding = World::new().finding(
            &entra(&format!(", expires_on: {day}")),
            "azure.credential.expires",
        );
        (finding.status, finding.message)
    };
    assert_eq!(
        status("2026-11-20"),
        (
            Status::Fail,
            "this credential, used by 3 resources, expired on 2026-11-20".into()
        )
    );
    assert_eq!(
        status("2026-11-21"),
        (
            Status::Warn,
            "this credential, used by 3 resources, expires today, on 2026-11-21".into()
        )
    );
    assert_eq!(status("2026-12-21").0, Status::Warn, "30 days");
    assert_eq!(status("2026-12-22").0, Status::Pass);
    assert_eq!(
        World::new().status(&entra(""), "azure.credential.expires"),
        Status::Skipped
    );
}
