//! A project in a folder of its own, and the program run in it.

use std::path::Path;

use snapbox::cmd::{Command, cargo_bin};

/// A folder that goes away with the test.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A project with one organization, a payer and a credential.
    pub fn new() -> Self {
        Self::empty().file(
            "bursar.yaml",
            "version: 1\n\
             credentials:\n  \
             payers: {aws_role: {role_name: BursarReader, external_id: acme-7f3k}}\n\
             organizations:\n  \
             acme: {provider: aws, id: o-abcdefghij, credentials: payers}\n\
             payers:\n  \
             \"111122223333\": {organization: acme, name: Acme}\n",
        )
    }

    /// Writes a file.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program, in this folder, on a machine that sets nothing.
    pub fn bursar(&self, arguments: &[&str]) -> Command {
        Command::new(cargo_bin!("bursar"))
            .current_dir(self.path())
            .args(arguments)
            .env("BURSAR_NOW", "2027-01-15T12:00:00Z")
            .env("GIT_CEILING_DIRECTORIES", self.path().parent().unwrap())
            .env_remove("NO_COLOR")
            .env_remove("BURSAR_LOG")
            .env_remove("RUST_BACKTRACE")
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
            .with_assert(assert(self.path()))
    }

    /// Runs git here, as nobody in particular.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = std::process::Command::new("git")
            .current_dir(self.path())
            .args([
                "-c",
                "user.name=Ana Souza",
                "-c",
                "user.email=ana@acme.example",
            ])
            .args([
                "-c",
                "init.defaultBranch=main",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// Paths of this run become `[ROOT]`.
fn assert(root: &Path) -> snapbox::Assert {
    let mut redactions = snapbox::Redactions::new();
    let real = std::fs::canonicalize(root).unwrap();
    redactions.insert("[ROOT]", root.to_path_buf()).unwrap();
    redactions.insert("[ROOT]", real).unwrap();
    redactions
        .insert("[VERSION]", env!("CARGO_PKG_VERSION"))
        .unwrap();
    snapbox::Assert::new()
        .action_env(snapbox::assert::DEFAULT_ACTION_ENV)
        .redact_with(redactions)
}
