//! Policies to paste: IAM's JSON, in the order that people write it.

use std::collections::BTreeMap;

use serde::Serialize;

/// One statement that allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<BTreeMap<&'static str, String>>,
    action: Few,
    resource: Few,
}

/// One text or a list of them: IAM takes both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Few {
    One(String),
    Several(Vec<String>),
}

impl<T: Into<String>> FromIterator<T> for Few {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        match texts.len() {
            1 => Self::One(texts.remove(0)),
            _ => Self::Several(texts),
        }
    }
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
            principal: None,
            action: actions.into_iter().collect(),
            resource: resources.into_iter().collect(),
        }
    }

    /// As a resource's policy has it: with the principal that it is for, by its ARN.
    #[must_use]
    pub fn to(mut self, principal: &str) -> Self {
        self.principal = Some([("AWS", principal.to_owned())].into());
        self
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
