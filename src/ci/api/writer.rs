//! What is written on GitHub. Every text is redacted before it leaves.

use serde_json::{Map, Value, json};

use super::answers::{Comment, CommentTold, Issue, IssueState, IssueTold};
use super::refusal::Doing;
use super::transport::Transport;
use crate::ci::{CiError, Runner};
use crate::credential::{self, Secret};

/// Writes comments and issues of a repository.
pub struct Writer {
    transport: Transport,
}

/// What becomes of an issue; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueChange<'a> {
    pub title: Option<&'a str>,
    pub body: Option<&'a str>,
    pub state: Option<IssueState>,
}

impl Writer {
    /// # Errors
    /// Where GitHub's addresses are none that a token may be sent to.
    pub fn new(runner: &Runner, token: Secret) -> Result<Self, CiError> {
        Ok(Self {
            transport: Transport::new(runner, token)?,
        })
    }

    /// Comments on an issue or a pull request. Sent once: where the answer is lost, nobody knows whether
    /// the comment is there.
    ///
    /// # Errors
    /// Where GitHub does not answer or refuses.
    pub async fn create_comment(&self, issue: u64, body: &str) -> Result<Comment, CiError> {
        let doing = Doing {
            what: format!("comment on #{issue}"),
            permission: Some("pull-requests: write"),
        };
        let url = self
            .transport
            .below(&["issues", &issue.to_string(), "comments"]);
        let body = json!({ "body": credential::redact(body) });
        let told: CommentTold = self.transport.post(&doing, url, &body).await?;
        Ok(told.into())
    }

    /// Replaces a comment's text.
    ///
    /// # Errors
    /// Where there is none, and where GitHub does not answer or refuses.
    pub async fn update_comment(&self, id: u64, body: &str) -> Result<Comment, CiError> {
        let doing = Doing {
            what: format!("update comment {id}"),
            permission: Some("pull-requests: write"),
        };
        let url = self
            .transport
            .below(&["issues", "comments", &id.to_string()]);
        let body = json!({ "body": credential::redact(body) });
        let told: CommentTold = self.transport.patch(&doing, url, &body).await?;
        Ok(told.into())
    }

    /// Opens an issue. Sent once, as a comment is.
    ///
    /// # Errors
    /// Where GitHub does not answer or refuses.
    pub async fn create_issue(
        &self,
        title: &str,
        body: &str,
        label: &str,
    ) -> Result<Issue, CiError> {
        let doing = Doing {
            what: "open an issue".to_owned(),
            permission: Some("issues: write"),
        };
        let url = self.transport.below(&["issues"]);
        let body = json!({
            "title": credential::redact(title),
            "body": credential::redact(body),
            "labels": [label],
        });
        let told: IssueTold = self.transport.post(&doing, url, &body).await?;
        Ok(told.into())
    }

    /// Changes an issue.
    ///
    /// # Errors
    /// Where there is none, and where GitHub does not answer or refuses.
    pub async fn update_issue(
        &self,
        number: u64,
        change: &IssueChange<'_>,
    ) -> Result<Issue, CiError> {
        let doing = Doing {
            what: format!("update issue #{number}"),
            permission: Some("issues: write"),
        };
        let mut body = Map::new();
        let texts = [("title", change.title), ("body", change.body)];
        for (name, text) in texts {
            if let Some(text) = text {
                body.insert(name.to_owned(), json!(credential::redact(text)));
            }
        }
        if let Some(state) = change.state {
            let state = match state {
                IssueState::Open => "open",
                IssueState::Closed => "closed",
            };
            body.insert("state".to_owned(), json!(state));
        }
        let url = self.transport.below(&["issues", &number.to_string()]);
        let told: IssueTold = self
            .transport
            .patch(&doing, url, &Value::Object(body))
            .await?;
        Ok(told.into())
    }

    /// Makes a label unless there is one. `color` has six hexadecimal digits.
    ///
    /// # Errors
    /// Where GitHub does not answer or refuses.
    pub async fn create_label(
        &self,
        name: &str,
        color: &str,
        description: &str,
    ) -> Result<(), CiError> {
        let doing = Doing {
            what: format!("make the label {name}"),
            permission: Some("issues: write"),
        };
        if self.has_label(&doing, name).await? {
            return Ok(());
        }
        let body = json!({ "name": name, "color": color, "description": description });
        let url = self.transport.below(&["labels"]);
        match self.transport.post::<Value>(&doing, url, &body).await {
            Ok(_) => Ok(()),
            // Another run was faster, or the answer was lost.
            Err(error) => match self.has_label(&doing, name).await {
                Ok(true) => Ok(()),
                _ => Err(error),
            },
        }
    }

    async fn has_label(&self, doing: &Doing, name: &str) -> Result<bool, CiError> {
        let url = self.transport.below(&["labels", name]);
        match self.transport.get::<Value>(doing, url).await {
            Ok(_) => Ok(true),
            Err(CiError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
