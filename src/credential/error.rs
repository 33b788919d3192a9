//! Why a reference did not lead to a secret. Names the reference, never the value.

use crate::model::secret_ref::SecretRef;

/// Why a reference did not lead to a secret, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CredentialError {
    /// Stable code, for `bursar explain`.
    pub code: &'static str,
    /// What happened, in one sentence without a period; never the value.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl CredentialError {
    /// All codes, sorted.
    pub const CODES: [&str; 12] = [
        "credential.empty",
        "credential.env-missing",
        "credential.exec-failed",
        "credential.exec-not-allowed",
        "credential.file-missing",
        "credential.file-unreadable",
        "credential.no-source",
        "credential.not-text",
        "credential.not-writable",
        "credential.outside-project",
        "credential.too-large",
        "credential.write-failed",
    ];

    pub(super) fn new(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            help: help.into(),
        }
    }

    pub(super) fn no_source() -> Self {
        Self::new(
            "credential.no-source",
            "the reference names no source",
            "give exactly one of `env`, `file` and `exec`",
        )
    }

    pub(super) fn env_missing(name: &str) -> Self {
        Self::new(
            "credential.env-missing",
            format!("environment variable {name} is not set"),
            format!(
                "set {name} where bursar runs; on a CI runner, pass the secret to the step's `env`"
            ),
        )
    }

    pub(super) fn file_missing(path: &str, root: &std::path::Path) -> Self {
        Self::new(
            "credential.file-missing",
            format!("file {path} does not exist"),
            format!(
                "put the secret there; the path is relative to the project's folder, {}",
                root.display()
            ),
        )
    }

    pub(super) fn file_unreadable(path: &str, why: &str) -> Self {
        Self::new(
            "credential.file-unreadable",
            format!("file {path} cannot be read: {why}"),
            "let the user that runs bursar read it (`chmod u+r`), or correct the path",
        )
    }

    pub(super) fn empty(reference: &SecretRef) -> Self {
        Self::new(
            "credential.empty",
            format!("{reference} is empty"),
            match &reference.env {
                Some(name) => format!(
                    "set {name} to the secret's value; a CI runner passes an empty text for a \
                     secret that it does not have, or does not give to this pull request"
                ),
                None => "put the secret's value there".to_owned(),
            },
        )
    }

    pub(super) fn exec_not_allowed(reference: &SecretRef) -> Self {
        Self::new(
            "credential.exec-not-allowed",
            format!("{reference} was not run: commands need --allow-exec"),
            "run again with --allow-exec if you trust the commands in bursar.yaml",
        )
    }

    pub(super) fn exec_offline(reference: &SecretRef) -> Self {
        Self::new(
            "credential.exec-not-allowed",
            format!("{reference} was not run: --offline runs no commands"),
            "run again without --offline, and with --allow-exec",
        )
    }

    pub(super) fn exec_in_pull_request(reference: &SecretRef) -> Self {
        Self::new(
            "credential.exec-not-allowed",
            format!("{reference} was not run: plans of pull requests run no commands"),
            "give the plan its secret in an environment variable, or leave the check to the apply",
        )
    }

    pub(super) fn exec_failed(reference: &SecretRef, why: &str) -> Self {
        Self::new(
            "credential.exec-failed",
            format!("{reference} gave no secret: {why}"),
            "run the command by hand and see; bursar does not show its output, which may hold \
             secrets",
        )
    }

    pub(super) fn outside_project(path: &str) -> Self {
        Self::new(
            "credential.outside-project",
            format!("file {path} is outside the project's folder"),
            "here only files inside the project may be read; use an environment variable instead",
        )
    }

    pub(super) fn too_large(reference: &SecretRef, limit: usize) -> Self {
        Self::new(
            "credential.too-large",
            format!("{reference} holds more than {} KiB", limit / 1024),
            "no secret is that large: correct the reference",
        )
    }

    pub(super) fn not_writable(reference: &SecretRef, why: &str, help: &str) -> Self {
        Self::new(
            "credential.not-writable",
            format!("{reference} cannot take a renewed secret: {why}"),
            help,
        )
    }

    pub(super) fn write_failed(place: &str, why: &str) -> Self {
        Self::new(
            "credential.write-failed",
            format!("the renewed secret was not stored by {place}: {why}"),
            "what was stored before still stands, and may well work on: mend the place, then sign in \
             anew with `bursar login partner CREDENTIAL`",
        )
    }

    pub(super) fn not_text(reference: &str) -> Self {
        Self::new(
            "credential.not-text",
            format!("{reference} is not text in UTF-8"),
            "save it as UTF-8; a shell on Windows may have written UTF-16",
        )
    }
}
