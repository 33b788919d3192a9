//! Events as webhooks tell them, and the documents that these and the REST API share.

use serde_json::{Value, json};

use super::world::{Comment, Issue, Pull, World};

/// Of the one repository that there is.
const REPOSITORY_ID: u64 = 1_300_192;

impl World {
    /// `pull_request`, with an action such as `opened`, `synchronize`, `closed`.
    pub fn pull_event(&self, number: u64, action: &str) -> Value {
        let issue = &self.issues[&number];
        json!({
            "action": action,
            "number": number,
            "pull_request": self.pull_json(issue, true),
            "repository": self.repository_json(),
            "sender": issue.author.json(),
        })
    }

    /// `push` to a branch.
    pub fn push_event(&self, branch: &str, before: &str, after: &str) -> Value {
        json!({
            "ref": format!("refs/heads/{branch}"),
            "before": before,
            "after": after,
            "created": before.chars().all(|c| c == '0'),
            "deleted": false,
            "forced": false,
            "commits": [],
            "repository": self.repository_json(),
            "pusher": {"name": "mona"},
        })
    }

    /// `workflow_run`, completed, of a run that a pull request started. GitHub names the pull request
    /// only where it is not from a fork.
    pub fn workflow_run_event(&self, number: u64, conclusion: &str) -> Value {
        let pull = self.issues[&number].pull.as_ref().unwrap();
        let own = pull.head_repository.as_ref() == Some(&self.repository);
        let named = if own {
            json!([{
                "id": number * 10,
                "number": number,
                "head": {"ref": pull.head_ref, "sha": pull.head_sha},
                "base": {"ref": pull.base_ref, "repo": {"id": REPOSITORY_ID}},
            }])
        } else {
            json!([])
        };
        json!({
            "action": "completed",
            "workflow_run": {
                "id": 7700,
                "name": "check",
                "event": "pull_request",
                "status": "completed",
                "conclusion": conclusion,
                "head_sha": pull.head_sha,
                "head_branch": pull.head_ref,
                "head_repository": repository(pull.head_repository.as_deref()),
                "pull_requests": named,
            },
            "repository": self.repository_json(),
        })
    }

    pub fn repository_json(&self) -> Value {
        let mut json = repository(Some(&self.repository));
        json["id"] = json!(REPOSITORY_ID);
        json["default_branch"] = json!(self.default_branch);
        json["private"] = json!(self.private);
        json
    }

    /// A pull request; lists say less than the document of one.
    pub(super) fn pull_json(&self, issue: &Issue, whole: bool) -> Value {
        let pull = issue.pull.as_ref().unwrap();
        let owner = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
        let head = pull.head_repository.as_deref();
        let label = |repository: Option<&str>, branch: &str| {
            format!("{}:{branch}", repository.map(owner).unwrap_or_default())
        };
        let mut json = json!({
            "id": issue.number * 10,
            "number": issue.number,
            "state": if issue.open { "open" } else { "closed" },
            "title": issue.title,
            "body": issue.body,
            "user": issue.author.json(),
            "html_url": format!("{}/{}/pull/{}", self.url, self.repository, issue.number),
            "updated_at": issue.updated_at.to_string(),
            "merged_at": pull.merged_at.map(|at| at.to_string()),
            // Of an open one it is the merge that was tried.
            "merge_commit_sha": pull.merge_commit.clone().unwrap_or_else(|| tried(pull)),
            "head": {
                "ref": pull.head_ref,
                "sha": pull.head_sha,
                "label": label(head, &pull.head_ref),
                "repo": repository(head),
            },
            "base": {
                "ref": pull.base_ref,
                "sha": pull.base_sha,
                "label": label(Some(&self.repository), &pull.base_ref),
                "repo": self.repository_json(),
            },
        });
        if whole {
            json["merged"] = json!(pull.merged_at.is_some());
            json["changed_files"] = json!(1);
        }
        json
    }

    pub(super) fn issue_json(&self, issue: &Issue) -> Value {
        let labels = issue.labels.iter().map(|name| json!({"name": name}));
        let kind = if issue.pull.is_some() {
            "pull"
        } else {
            "issues"
        };
        let page = format!("{}/{}/{kind}/{}", self.url, self.repository, issue.number);
        let mut json = json!({
            "id": issue.number * 10,
            "number": issue.number,
            "state": if issue.open { "open" } else { "closed" },
            "title": issue.title,
            "body": if issue.body.is_empty() { Value::Null } else { json!(issue.body) },
            "user": issue.author.json(),
            "labels": labels.collect::<Vec<_>>(),
            "locked": issue.locked,
            "html_url": page,
            "updated_at": issue.updated_at.to_string(),
        });
        if issue.pull.is_some() {
            json["pull_request"] = json!({"html_url": page});
        }
        json
    }

    pub(super) fn comment_json(&self, comment: &Comment) -> Value {
        let pull = self.issues[&comment.number].pull.is_some();
        let kind = if pull { "pull" } else { "issues" };
        json!({
            "id": comment.id,
            "body": comment.body,
            "user": comment.author.json(),
            "html_url": format!(
                "{}/{}/{kind}/{}#issuecomment-{}",
                self.url, self.repository, comment.number, comment.id
            ),
            "author_association": "MEMBER",
        })
    }
}

fn tried(pull: &Pull) -> String {
    format!("dead{}", &pull.head_sha[..36])
}

fn repository(name: Option<&str>) -> Value {
    name.map_or(Value::Null, |full| {
        let (owner, name) = full.split_once('/').unwrap();
        json!({"full_name": full, "name": name, "owner": {"login": owner, "type": "User"}})
    })
}
