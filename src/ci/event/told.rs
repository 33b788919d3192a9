//! The JSON of events, as far as it is read.

use serde::Deserialize;

use super::PullRequest;

#[derive(Deserialize)]
pub(super) struct PullRequestTold {
    pub action: Option<String>,
    pub pull_request: PullTold,
}

/// A pull request as webhooks and the REST API tell it.
#[derive(Deserialize)]
pub(in crate::ci) struct PullTold {
    pub number: u64,
    pub title: String,
    pub html_url: String,
    pub head: End,
    pub base: End,
    #[serde(default)]
    pub merged: Option<bool>,
    #[serde(default)]
    pub merged_at: Option<String>,
    #[serde(default)]
    pub merge_commit_sha: Option<String>,
    #[serde(default)]
    pub updated_at: Option<String>,
    #[serde(default)]
    pub user: Option<User>,
}

#[derive(Deserialize)]
pub(in crate::ci) struct End {
    pub sha: String,
    #[serde(rename = "ref")]
    pub reference: String,
    #[serde(default)]
    pub repo: Option<RepositoryTold>,
}

#[derive(Deserialize)]
pub(in crate::ci) struct RepositoryTold {
    pub full_name: String,
}

#[derive(Deserialize)]
pub(in crate::ci) struct User {
    pub login: String,
    #[serde(default)]
    pub id: Option<u64>,
    /// `User`, `Bot`, …
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

impl From<PullTold> for PullRequest {
    fn from(told: PullTold) -> Self {
        let name = |end: Option<RepositoryTold>| end.map(|repository| repository.full_name);
        Self {
            number: told.number,
            action: None,
            title: told.title,
            url: told.html_url,
            head_sha: told.head.sha,
            head_ref: told.head.reference,
            head_repository: name(told.head.repo),
            base_sha: told.base.sha,
            base_ref: told.base.reference,
            base_repository: name(told.base.repo).unwrap_or_default(),
            merged: told.merged.unwrap_or(told.merged_at.is_some()),
            author: login(told.user),
        }
    }
}

/// GitHub shows `ghost` for accounts that are gone.
pub(in crate::ci) fn login(user: Option<User>) -> String {
    user.map_or_else(|| "ghost".to_owned(), |user| user.login)
}

#[derive(Deserialize)]
pub(super) struct PushTold {
    pub before: String,
    pub after: String,
    #[serde(rename = "ref")]
    pub reference: String,
    pub repository: PushedTo,
}

#[derive(Deserialize)]
pub(super) struct OtherTold {
    #[serde(default)]
    pub repository: Option<OtherRepository>,
}

#[derive(Deserialize)]
pub(super) struct OtherRepository {
    #[serde(default)]
    pub default_branch: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PushedTo {
    pub default_branch: String,
}

#[derive(Deserialize)]
pub(super) struct WorkflowRunTold {
    pub workflow_run: RunTold,
    #[serde(default)]
    pub repository: Option<Identified>,
}

#[derive(Deserialize)]
pub(super) struct Identified {
    #[serde(default)]
    pub id: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct RunTold {
    pub head_sha: String,
    #[serde(default)]
    pub head_branch: Option<String>,
    #[serde(default)]
    pub head_repository: Option<RepositoryTold>,
    pub event: String,
    #[serde(default)]
    pub conclusion: Option<String>,
    #[serde(default)]
    pub pull_requests: Vec<Numbered>,
}

#[derive(Deserialize)]
pub(super) struct Numbered {
    pub number: u64,
    #[serde(default)]
    pub base: Option<NumberedBase>,
}

#[derive(Deserialize)]
pub(super) struct NumberedBase {
    #[serde(default)]
    pub repo: Option<Identified>,
}

impl Numbered {
    /// A branch may be proposed to other repositories too, whose numbers mean something else here.
    pub fn is_into(&self, repository: Option<&Identified>) -> bool {
        let base = self.base.as_ref().and_then(|base| base.repo.as_ref());
        let ids = (
            base.and_then(|repository| repository.id),
            repository.and_then(|repository| repository.id),
        );
        !matches!(ids, (Some(base), Some(own)) if base != own)
    }
}

#[derive(Deserialize)]
pub(super) struct MergeGroupTold {
    pub merge_group: GroupTold,
}

#[derive(Deserialize)]
pub(super) struct GroupTold {
    pub head_sha: String,
    pub head_ref: String,
    pub base_sha: String,
    pub base_ref: String,
}
