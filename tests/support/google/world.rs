//! A whole good world: an organization with folders and projects, the billing account that pays for
//! them, three exports that Google writes, and the service account that reads all of it. `without_…`
//! takes one prerequisite away; [`World::state`] changes everything else.

use std::fmt::Write as _;
use std::sync::{LazyLock, MutexGuard};

use jiff::Timestamp;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::rand_core::OsRng;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::json;

use super::state::{BillingAccount, Dataset, Grant, Key, Project, State, Table};
use super::token;
use super::{Google, discovery, good};
use crate::stand::gate::Gate;
use crate::stand::web::Server;

pub const ORGANIZATION: &str = "123456789012";
pub const BILLING: &str = "01ABCD-234567-89EFAB";
pub const HOME: &str = "acme-billing";
pub const READER: &str = "bursar@acme-billing.iam.gserviceaccount.com";
pub const KEY_ID: &str = "0123456789abcdef0123456789abcdef01234567";
pub const PROVIDER: &str = "//iam.googleapis.com/projects/900000000001/locations/global/workloadIdentityPools/github/providers/oidc";
pub const ISSUER: &str = "https://token.actions.githubusercontent.com";
pub const EXPORTER: &str = "billing-export-bigquery@system.gserviceaccount.com";
/// A person's refresh token.
pub const REFRESH: &str = "1//planted-refresh-token-of-ana";

/// Each is made once for all tests of a process: it takes a while.
static SERVICE_KEY: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::new(&mut OsRng, 2048).unwrap());
static RUNNER_KEY: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::new(&mut OsRng, 2048).unwrap());

/// A token as GitHub gives it to a job.
pub fn runner_token(issuer: &str, audience: &str, repository: &str) -> String {
    let now = Timestamp::now().as_second();
    let claims = json!({
        "iss": issuer,
        "aud": audience,
        "sub": format!("repo:{repository}:ref:refs/heads/main"),
        "repository": repository,
        "iat": now,
        "exp": now + 300,
    });
    token::sign(&RUNNER_KEY, "runner", &claims)
}

/// How the project of a world signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// With the service account's key.
    Key,
    /// Through the pool, with a token of the runner's own, as the service account.
    Runner,
    /// Through the pool, with a token that is given, for itself.
    Federated,
    /// Application default credentials of a person, who acts as the service account.
    Default,
}

pub struct World {
    pub google: Google,
    server: Server,
    pub reader: Reader,
    pub made: Timestamp,
}

impl World {
    pub fn good() -> Self {
        Self::with(2)
    }

    /// With so many projects beside the one of the exports.
    pub fn with(projects: usize) -> Self {
        // Read, and installed, before anybody waits for an answer.
        discovery::services();
        let made = Timestamp::now();
        let google = Google::new(good::state(
            projects,
            made,
            &RsaPublicKey::from(&*SERVICE_KEY),
            &RsaPublicKey::from(&*RUNNER_KEY),
        ));
        let server = google.serve();
        Self {
            google,
            server,
            reader: Reader::Key,
            made,
        }
    }

    pub fn read_by(reader: Reader) -> Self {
        let mut world = Self::good();
        world.reader = reader;
        let roles: Vec<Grant> = world.state().grants.iter().cloned().collect();
        let pool = format!(
            "principalSet:{}/*",
            PROVIDER.split("/providers/").next().unwrap_or_default()
        );
        for grant in roles {
            if world.reader == Reader::Federated {
                let member = pool.clone();
                world.state().grants.insert(Grant { member, ..grant });
            }
        }
        let act = |member: String, role| Grant {
            member,
            resource: format!("serviceAccounts/{READER}"),
            role,
        };
        let user = act(
            "user:ana@acme.example".to_owned(),
            "roles/iam.serviceAccountTokenCreator",
        );
        world.state().grants.insert(user);
        world
            .state()
            .grants
            .insert(act(pool, "roles/iam.workloadIdentityUser"));
        world
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.google.state()
    }

    pub fn gate(&self) -> &Gate {
        self.google.gate()
    }

    /// Takes a role away from the reader, wherever it has it.
    pub fn without_role(&self, role: &str) {
        let mut state = self.state();
        let before = state.grants.len();
        state.grants.retain(|grant| grant.role != role);
        assert!(state.grants.len() < before, "nobody has {role}");
    }

    /// Nobody has this permission.
    pub fn without_permission(&self, permission: &str) {
        self.state().withheld.insert(permission.to_owned());
    }

    pub fn without_api(&self, api: &str) {
        self.project(HOME, |home| {
            assert!(home.apis.remove(api), "{api} is not enabled")
        });
    }

    /// The table of an export that begins so is not there, and the export not switched on.
    pub fn without_table(&self, prefix: &str) {
        for dataset in &mut self.state().datasets {
            dataset
                .tables
                .retain(|table| !table.name.starts_with(prefix));
        }
    }

    pub fn project(&self, id: &str, change: impl FnOnce(&mut Project)) {
        let mut state = self.state();
        change(state.projects.iter_mut().find(|one| one.id == id).unwrap());
    }

    pub fn billing(&self, change: impl FnOnce(&mut BillingAccount)) {
        change(&mut self.state().billing_accounts[0]);
    }

    pub fn dataset(&self, name: &str, change: impl FnOnce(&mut Dataset)) {
        let mut state = self.state();
        change(
            state
                .datasets
                .iter_mut()
                .find(|one| one.name == name)
                .unwrap(),
        );
    }

    pub fn table(&self, prefix: &str, change: impl FnOnce(&mut Table)) {
        let mut state = self.state();
        let tables = state.datasets.iter_mut().flat_map(|one| &mut one.tables);
        change(
            tables
                .into_iter()
                .find(|one| one.name.starts_with(prefix))
                .unwrap(),
        );
    }

    pub fn key(&self, change: impl FnOnce(&mut Key)) {
        change(&mut self.state().service_accounts[0].keys[0]);
    }

    /// The service account's key, as Google gives it.
    pub fn key_file(&self) -> String {
        let pem = SERVICE_KEY.to_pkcs8_pem(LineEnding::LF).unwrap();
        json!({
            "type": "service_account",
            "project_id": HOME,
            "private_key_id": KEY_ID,
            "private_key": pem.as_str(),
            "client_email": READER,
            "client_id": "123456789012345678901",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
            "universe_domain": "googleapis.com",
        })
        .to_string()
    }

    fn credential(&self) -> String {
        match self.reader {
            Reader::Key => "{gcp_service_account: {key: {env: GCP_KEY}}}".to_owned(),
            Reader::Runner => {
                format!(
                    "{{gcp_workload_identity: {{audience: {PROVIDER}, impersonate: {READER}}}}}"
                )
            }
            Reader::Federated => {
                format!(
                    "{{gcp_workload_identity: {{audience: {PROVIDER}, token: {{env: OIDC_TOKEN}}}}}}"
                )
            }
            Reader::Default => format!("{{gcp_default: {{impersonate: {READER}}}}}"),
        }
    }

    /// The files of a project that declares exactly this world.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let settings = format!(
            "version: 1\nsources: [estate]\ncredentials:\n  reader: {}\n",
            self.credential()
        );
        let mut estate = format!(
            "organizations:
  acme: {{provider: gcp, id: \"{ORGANIZATION}\", credentials: reader, recommendations: true}}
payers:
  {BILLING}:
    organization: acme
    name: Acme
    currency: EUR
    exports:
      standard: {{bigquery: {{dataset: acme-billing.billing_export, location: EU}}}}
      detailed: {{bigquery: {{dataset: acme-billing.billing_export, location: EU, table: detailed}}}}
      focus: {{bigquery: {{dataset: acme-billing.gcp_billing_immutable_01ABCD_234567_89EFAB_eu, location: EU, table: focus}}}}
defaults: {{organization: acme}}
accounts:
"
        );
        for project in &self.state().projects {
            writeln!(estate, "  {}: {}", project.id, project.name).unwrap();
        }
        vec![("bursar.yaml", settings), ("estate/gcp.yaml", estate)]
    }

    /// What the program needs in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let url = self.url();
        let mut environment = vec![
            ("BURSAR_ENDPOINT_GCP", url.clone()),
            // Nobody finds a metadata server, nor anything of this machine.
            ("GCE_METADATA_HOST", "127.0.0.1:1".to_owned()),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1".to_owned()),
        ];
        match self.reader {
            Reader::Key => environment.push(("GCP_KEY", self.key_file())),
            Reader::Runner => environment.extend([
                (
                    "ACTIONS_ID_TOKEN_REQUEST_URL",
                    format!("{url}/runner/token?job=1"),
                ),
                (
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                    "planted-runner-pass".to_owned(),
                ),
            ]),
            Reader::Federated => {
                let audience = format!("https:{PROVIDER}");
                let token = runner_token(ISSUER, &audience, "acme/costs");
                environment.push(("OIDC_TOKEN", token));
            }
            Reader::Default => {}
        }
        environment
    }

    /// What `gcloud auth application-default login` leaves in a home folder.
    pub fn default_credentials(&self) -> String {
        json!({
            "type": "authorized_user",
            "client_id": "764086051850.apps.googleusercontent.com",
            "client_secret": "planted-client-secret-of-gcloud",
            "refresh_token": REFRESH,
            "token_uri": format!("{}/accounts/token", self.url()),
            "quota_project_id": HOME,
        })
        .to_string()
    }

    /// Everything that must never be told.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets: Vec<String> = self
            .state()
            .tokens
            .iter()
            .map(|one| one.text.clone())
            .collect();
        let pem = SERVICE_KEY.to_pkcs8_pem(LineEnding::LF).unwrap();
        secrets.extend(
            pem.lines()
                .filter(|line| !line.starts_with('-'))
                .map(str::to_owned),
        );
        secrets.extend([
            REFRESH.to_owned(),
            "planted-client-secret-of-gcloud".to_owned(),
            "planted-runner-pass".to_owned(),
        ]);
        secrets
    }
}
