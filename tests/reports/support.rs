//! A small estate in a folder of its own, and the program run on it.

use std::path::{Path, PathBuf};

use serde_json::Value;
use snapbox::cmd::{Command, OutputAssert, cargo_bin};

pub const BURSAR: &str = "\
version: 1
structure: {currency: USD, fiscal_year: {starts: 4, named_after: end}, closed_through: 2026-10}
credentials:
  ci: {aws_default: {}}
  payers: {aws_role: {role_name: BursarReader, source: ci, external_id: acme-7f3k}}
";

pub const ORGANIZATIONS: &str = r#"
organizations:
  acme: {provider: aws, id: o-abcdefghij, credentials: payers, recommendations: true, defaults: {owner: cloud@acme.example}}
payers:
  "111122223333":
    organization: acme
    name: Acme
    exports:
      focus: {data_export: {table: FOCUS_1_2_AWS, bucket: acme-lake, prefix: focus, bucket_region: eu-west-1}}
      hourly: {cur: {report: acme-hourly, bucket: acme-cur, prefix: cur, bucket_region: us-east-1}}
"#;

pub const FINANCE: &str = r#"
cost_centers:
  BU-1: {name: Digital}
  BU-2: {name: Operations}
  CC-110: {name: Payments, parent: BU-1}
  CC-120: {name: Platform, parent: BU-1}
budgets:
  FY2027:
    CC-110: 120000
    CC-120: {"2026-04": 9000, "2026-05": 9000, "2026-06": 9000}
shared_costs:
  support: {match: {service: AWSSupportEnterprise}, method: even, among: [CC-110, CC-120]}
"#;

pub const PAYMENTS: &str = r#"
defaults:
  organization: acme
  cost_center: CC-110
accounts:
  "210987654321": Shop production
  "210987654322": {name: Shop staging, labels: {env: staging}}
  "210987654323": {name: Card vault, protect: true}
"#;

/// A folder that goes away with the test.
pub struct Project {
    folder: tempfile::TempDir,
    platform: Option<PathBuf>,
}

impl Project {
    /// A sound estate: 14 resources.
    pub fn new() -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
            platform: None,
        };
        project.write("bursar.yaml", BURSAR);
        project.write("organizations.yaml", ORGANIZATIONS);
        project.write("finance.yaml", FINANCE);
        project.write("teams/payments.yaml", PAYMENTS);
        project
    }

    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            platform: None,
        }
    }

    /// The same estate, registered.
    pub fn applied() -> Self {
        let project = Self::new();
        project.apply();
        project
    }

    /// The same estate, registered on a platform.
    pub fn on_platform() -> Self {
        let mut project = Self::new();
        project.platform = Some(project.path().join(".platform"));
        project.edit(
            "bursar.yaml",
            "version: 1\n",
            "version: 1\naccess: {require: none}\n",
        );
        project
    }

    pub fn apply(&self) {
        let offline: &[&str] = if self.platform.is_some() {
            &[]
        } else {
            &["--offline"]
        };
        self.bursar(&[&["apply", "--auto-approve"], offline].concat())
            .assert()
            .success();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Replaces a text in a file; it must be there.
    pub fn edit(&self, path: &str, old: &str, new: &str) {
        let file = self.path().join(path);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{path} has no {old:?}:\n{text}");
        std::fs::write(file, text.replace(old, new)).unwrap();
    }

    /// Runs git here, as nobody in particular.
    pub fn git(&self, arguments: &[&str]) {
        let settings = [
            "user.name=Ana Souza",
            "user.email=ana@acme.example",
            "commit.gpgsign=false",
        ];
        let output = std::process::Command::new("git")
            .current_dir(self.path())
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
    }

    /// The program in this folder, on a machine that sets nothing.
    pub fn bursar(&self, arguments: &[&str]) -> Command {
        self.bursar_at("2027-01-15", arguments)
    }

    pub fn bursar_at(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin!("bursar"))
            .current_dir(self.path())
            .args(arguments)
            .env("BURSAR_NOW", now)
            .env("GIT_CEILING_DIRECTORIES", self.path().parent().unwrap())
            .env("TERM", "xterm")
            // Nobody is asked for real: AWS is at an address that answers nothing.
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            .env("AZURE_AUTHORITY_HOST", "http://127.0.0.1:1")
            .env("BURSAR_CALL_TRIES", "1")
            .env("BURSAR_ENDPOINT_OCI", "http://127.0.0.1:1")
            .env("BURSAR_ENDPOINT_AZURE_ENTRA", "http://127.0.0.1:1")
            .env("BURSAR_ENDPOINT_AZURE_IMDS", "http://127.0.0.1:1")
            .env("BURSAR_ENDPOINT_GCP", "http://127.0.0.1:1")
            .env("GCE_METADATA_HOST", "127.0.0.1:1")
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "of-no-account")
            .env_remove("BURSAR_TESTKIT_PLATFORM")
            .env_remove("NO_COLOR")
            .env_remove("BURSAR_LOG");
        if let Some(platform) = &self.platform {
            command = command.env("BURSAR_TESTKIT_PLATFORM", platform);
        }
        command.with_assert(snapbox::Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV))
    }

    pub fn plan(&self) -> OutputAssert {
        self.bursar(&["plan", "--offline"]).assert()
    }

    /// What a command prints as JSON, whatever it exits with.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.bursar(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
        })
    }
}
