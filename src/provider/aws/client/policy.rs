//! Policies to paste: IAM's JSON, in the order that people write it.

use serde::Serialize;

/// One statement that allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    effect: &'static str,
    action: Vec<String>,
    resource: Vec<String>,
}

impl Statement {
    /// Allows actions on resources.
    #[must_use]
    pub fn allow(
        actions: impl IntoIterator<Item = impl Into<String>>,
        resources: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            effect: "Allow",
            action: actions.into_iter().map(Into::into).collect(),
            resource: resources.into_iter().map(Into::into).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy<'a, S> {
    version: &'static str,
    statement: &'a [S],
}

/// A whole policy of statements, ready to paste.
#[must_use]
pub fn policy<S: Serialize>(statements: &[S]) -> String {
    let policy = Policy {
        version: "2012-10-17",
        statement: statements,
    };
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}
