//! References to secrets: where a secret is, never the secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a secret is found when it is needed: exactly one of `env`, `file` and `exec`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct SecretRef {
    /// Name of an environment variable that holds the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// A command that prints the secret. Runs only with `--allow-exec`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exec: Option<Vec<String>>,
    /// A file that holds the secret, relative to the project's folder. Git must not track it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// A command that takes a renewed secret on its standard input; beside `exec` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Vec<String>>,
}

impl SecretRef {
    /// How many of `env`, `exec` and `file` are given: one is right.
    #[must_use]
    pub fn sources(&self) -> usize {
        usize::from(self.env.is_some())
            + usize::from(self.exec.is_some())
            + usize::from(self.file.is_some())
    }
}

impl std::fmt::Display for SecretRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.env, &self.file, &self.exec) {
            (Some(name), ..) => write!(f, "environment variable {name}"),
            (_, Some(path), _) => write!(f, "file {path}"),
            (_, _, Some(command)) => {
                write!(f, "command {}", command.first().map_or("", String::as_str))
            }
            _ => f.write_str("no source"),
        }
    }
}
