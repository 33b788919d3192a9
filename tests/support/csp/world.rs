//! A partner with its applications, its user, customers and subscriptions, and the project that
//! declares it, in a folder of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::*;

pub struct World {
    pub microsoft: Microsoft,
    server: Server,
    dir: tempfile::TempDir,
}

/// What the program did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }

    /// The answers of a check that are worse than pass: `check address: message`.
    pub fn bad(&self) -> Vec<String> {
        let document = self.json();
        let findings = document["findings"].as_array().unwrap();
        let bad = findings
            .iter()
            .filter(|one| !["pass", "skipped"].contains(&one["status"].as_str().unwrap()));
        bad.map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            format!("{} {} {}", text("status"), text("check"), text("address"))
        })
        .collect()
    }

    /// One finding: status, message, remedy.
    pub fn finding(&self, check: &str, address: &str) -> [String; 3] {
        let document = self.json();
        let findings = document["findings"].as_array().unwrap();
        let one = findings
            .iter()
            .find(|one| one["check"] == check && one["address"] == address)
            .unwrap_or_else(|| panic!("no {check} of {address}\n{}", self.out));
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        [text("status"), text("message"), text("remedy")]
    }
}

fn app(secret: &str) -> App {
    App {
        secret: secret.to_owned(),
        expired: false,
        redirects: vec!["http://localhost".to_owned()],
        roles: BTreeSet::from(["PartnerBilling.Read.All", "Application.Read.All"]),
        registered: true,
        secret_ends: "2027-10-01T00:00:00Z".to_owned(),
    }
}

pub fn customer(id: &str, name: &str) -> Value {
    json!({
        "id": id,
        "companyProfile": {"tenantId": id, "domain": "x.example", "companyName": name,
                           "attributes": {"objectType": "CustomerCompanyProfile"}},
        "relationshipToPartner": "reseller",
        "attributes": {"objectType": "Customer"},
    })
}

fn state() -> State {
    let plan = json!({
        "id": PLAN, "friendlyName": "Azure plan", "status": "active", "billingType": "usage",
        "offerId": "DZH318Z0BPS6:0001:DZH318Z0BMTX", "offerName": "Azure plan",
    });
    let production = json!({"id": PRODUCTION, "friendlyName": "Contoso production",
                            "status": "active", "subscriptionId": PLAN});
    State {
        apps: BTreeMap::from([
            (CENTER.to_owned(), app(CENTER_SECRET)),
            (API.to_owned(), app(API_SECRET)),
        ]),
        user: User {
            name: "admin@acme.example".to_owned(),
            mfa: true,
            refuses: None,
        },
        codes: BTreeMap::new(),
        refresh: BTreeMap::new(),
        access: BTreeMap::new(),
        single_use: false,
        granted: BTreeSet::from([CONTOSO.to_owned()]),
        mpn: "1234567".to_owned(),
        currency: "USD".to_owned(),
        customers: vec![customer(CONTOSO, "Contoso"), customer(FABRIKAM, "Fabrikam")],
        subscriptions: BTreeMap::from([
            (CONTOSO.to_owned(), vec![plan]),
            (FABRIKAM.to_owned(), vec![]),
        ]),
        entitlements: BTreeMap::from([(PLAN.to_owned(), vec![production])]),
        page: 500,
        advisor: true,
        wrong: Vec::new(),
        made: 0,
    }
}

impl World {
    /// All is as it should be, and declared.
    pub fn good() -> Self {
        let microsoft = Microsoft::new(state());
        let server = microsoft.serve();
        let world = Self {
            microsoft,
            server,
            dir: tempfile::tempdir().unwrap(),
        };
        let token = entra::refresh_token(&mut world.microsoft.state(), API);
        world.keep(&token);
        world.write(
            "bursar.yaml",
            &format!(
                "version: 1
credentials:
  center: {{partner_center: {{tenant_id: {TENANT}, client_id: {CENTER}, application_id: bbbbbbbb-0000-4000-8000-000000000001, secret_key: {{env: PC_SECRET}}}}}}
  partner:
    partner_api:
      tenant_id: {TENANT}
      client_id: {API}
      application_id: bbbbbbbb-0000-4000-8000-000000000002
      secret_key: {{env: PA_SECRET}}
      refresh_token: {{file: partner.token}}
organizations:
  csp: {{provider: azure_csp, id: {TENANT}, partner_id: '1234567', partner_center: center, partner_api: partner, recommendations: true}}
payers:
  '1234567': {{organization: csp, currency: USD, cost_center: CC, exports: {{usage: {{partner_billing: {{}}}}}}}}
accounts:
  {CONTOSO}: {{name: Contoso, organization: csp, type: customer, cost_center: CC}}
  {PRODUCTION}: {{name: Contoso production, organization: csp, within: {CONTOSO}, cost_center: CC}}
  {FABRIKAM}: {{name: Fabrikam, organization: csp, type: customer, cost_center: CC}}
cost_centers:
  CC: {{name: All}}
"
            ),
        );
        world
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    pub fn write(&self, path: &str, text: &str) {
        std::fs::write(self.path().join(path), text).unwrap();
    }

    pub fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path().join("bursar.yaml")).unwrap();
        assert!(text.contains(from), "{from}");
        self.write("bursar.yaml", &text.replace(from, to));
    }

    /// Puts a refresh token where the project keeps it, twenty days before the moment of the tests.
    pub fn keep(&self, token: &str) {
        let path = self.path().join("partner.token");
        std::fs::write(&path, token).unwrap();
        private(&path);
        self.aged("2026-11-01T12:00:00Z");
    }

    /// Makes the refresh token's file as old as this.
    pub fn aged(&self, since: &str) {
        let since: jiff::Timestamp = since.parse().unwrap();
        let file = std::fs::File::options()
            .append(true)
            .open(self.path().join("partner.token"))
            .unwrap();
        file.set_modified(since.into()).unwrap();
    }

    pub fn kept(&self) -> String {
        std::fs::read_to_string(self.path().join("partner.token")).unwrap()
    }

    /// Changes an application.
    pub fn app(&self, client: &str, change: impl FnOnce(&mut App)) {
        change(self.microsoft.state().apps.get_mut(client).unwrap());
    }

    /// The program in an environment that has nothing of the machine's.
    pub fn command(&self, args: &[&str]) -> Command {
        let url = self.url();
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("NO_COLOR", "1")
            .env("BURSAR_NOW", "2026-11-21T12:00:00Z")
            .env("BURSAR_CALL_TRIES", "2")
            .env("PC_SECRET", CENTER_SECRET)
            .env("PA_SECRET", API_SECRET)
            .env("AZURE_AUTHORITY_HOST", format!("{url}/entra"))
            .env("BURSAR_ENDPOINT_PARTNER_CENTER", format!("{url}/center"))
            .env("BURSAR_ENDPOINT_AZURE_GRAPH", format!("{url}/graph"))
            .env("BURSAR_ENDPOINT_AZURE_ARM", format!("{url}/arm"))
            .stdin(Stdio::null())
            .args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        let mut command = self.command(args);
        let output = command.envs(environment.iter().copied()).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn check(&self) -> Ran {
        let ran = self.run(&["check", "--json"]);
        let wrong = &self.microsoft.state().wrong;
        assert!(wrong.is_empty(), "{wrong:?}");
        ran
    }
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_: &Path) {}
