//! What is asked of GitHub.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::Deserialize;

use super::answers::{Comment, CommentTold, Issue, IssueTold, Merged, Pull, Viewer};
use super::refusal::Doing;
use super::transport::{PAGE, Transport};
use crate::ci::event::{PullRequest, PullTold, User};
use crate::ci::{CiError, Runner};
use crate::credential::Secret;

/// 10,000 entries; where there are more, GitHub has other troubles.
const MOST_PAGES: usize = 100;

/// Reads a repository's pull requests, issues and comments.
pub struct Reader {
    transport: Transport,
}

impl Reader {
    /// # Errors
    /// Where GitHub's addresses are none that a token may be sent to.
    pub fn new(runner: &Runner, token: Secret) -> Result<Self, CiError> {
        Ok(Self {
            transport: Transport::new(runner, token)?,
        })
    }

    /// Who the token belongs to. The token of a job may not ask REST for it, and servers may be without
    /// GraphQL: where neither answers it is the job's own, `github-actions[bot]`.
    ///
    /// # Errors
    /// Where GitHub does not answer or does not accept the token.
    pub async fn viewer(&self) -> Result<Viewer, CiError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            data: Option<Data>,
        }
        #[derive(Deserialize)]
        struct Data {
            viewer: Told,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Told {
            login: String,
            #[serde(default)]
            database_id: Option<u64>,
        }
        let doing = Doing {
            what: "ask whose the token is".to_owned(),
            permission: None,
        };
        let query = "query { viewer { login databaseId } }";
        match self.transport.ask::<Answer>(&doing, query).await {
            Ok(Answer { data: Some(data) }) => {
                let viewer = data.viewer;
                return Ok(Viewer::named(&viewer.login, viewer.database_id, None));
            }
            Ok(Answer { data: None }) => {}
            Err(
                error @ (CiError::Token { .. }
                | CiError::Unreachable { .. }
                | CiError::Limited { .. }),
            ) => return Err(error),
            Err(_) => {}
        }
        let url = self.transport.top(&["user"]);
        match self.transport.get::<User>(&doing, url).await {
            Ok(user) => {
                let bot = user.kind.as_deref() == Some("Bot");
                Ok(Viewer::named(&user.login, user.id, Some(bot)))
            }
            Err(CiError::Denied { .. } | CiError::NotFound { .. }) => {
                Ok(Viewer::named("github-actions[bot]", None, Some(true)))
            }
            Err(error) => Err(error),
        }
    }

    /// All comments of an issue or a pull request, oldest first.
    ///
    /// # Errors
    /// Where GitHub does not answer or refuses.
    pub async fn comments(&self, issue: u64) -> Result<Vec<Comment>, CiError> {
        let doing = Doing {
            what: format!("read the comments of #{issue}"),
            permission: Some("pull-requests: read"),
        };
        let url = self
            .transport
            .below(&["issues", &issue.to_string(), "comments"]);
        let told: Vec<CommentTold> = self.transport.all(&doing, url, MOST_PAGES).await?;
        let mut comments: Vec<Comment> = told.into_iter().map(Comment::from).collect();
        comments.sort_by_key(|comment| comment.id);
        Ok(comments)
    }

    /// The pull requests that were merged into a branch with one of these commits, latest first. Asks no
    /// further than a page on which nothing was touched since a moment, and at most so many pages of 100.
    ///
    /// # Errors
    /// Where GitHub does not answer or refuses.
    pub async fn merged(
        &self,
        base_ref: &str,
        commits: &HashSet<String>,
        since: Option<Timestamp>,
        at_most_pages: usize,
    ) -> Result<Merged, CiError> {
        let doing = Doing {
            what: format!("list the pull requests that were merged into {base_ref}"),
            permission: Some("pull-requests: read"),
        };
        let mut url = self.transport.below(&["pulls"]);
        url.query_pairs_mut()
            .append_pair("state", "closed")
            .append_pair("base", base_ref)
            .append_pair("sort", "updated")
            .append_pair("direction", "desc")
            .append_pair("per_page", &PAGE.to_string());
        let mut merged = Merged::default();
        let mut known = HashSet::new();
        for asked in 0.. {
            if asked == at_most_pages {
                merged.cut = true;
                break;
            }
            let (page, next) = self.transport.page::<PullTold>(&doing, url).await?;
            let touched = |pull: &PullTold| {
                let at = pull.updated_at.as_deref().and_then(|at| at.parse().ok());
                since.is_none_or(|since| at.is_none_or(|at: Timestamp| at >= since))
            };
            let older = !page.iter().any(touched);
            let pulls = page.into_iter().filter_map(Pull::merged);
            let ours = pulls.filter(|pull| commits.contains(&pull.merge_commit));
            // A pull request that is touched meanwhile moves to the front, and others to the next page.
            merged
                .pulls
                .extend(ours.filter(|pull| known.insert(pull.number)));
            match next {
                Some(next) if !older => url = next,
                _ => break,
            }
        }
        merged
            .pulls
            .sort_by_key(|pull| std::cmp::Reverse((pull.merged_at, pull.number)));
        Ok(merged)
    }

    /// One pull request.
    ///
    /// # Errors
    /// Where there is none, and where GitHub does not answer or refuses.
    pub async fn pull(&self, number: u64) -> Result<PullRequest, CiError> {
        let doing = Doing {
            what: format!("read pull request #{number}"),
            permission: Some("pull-requests: read"),
        };
        let url = self.transport.below(&["pulls", &number.to_string()]);
        let told: PullTold = self.transport.get(&doing, url).await?;
        Ok(told.into())
    }

    /// The files of a pull request as its merge would have them, by path; the ids are git's, of their
    /// content. None where GitHub has not tried the merge of just these two commits yet, or it cannot be
    /// made. Links are left out.
    ///
    /// # Errors
    /// Where there is no such pull request, more files than GitHub lists, and where it does not answer.
    pub async fn merged_files(
        &self,
        number: u64,
        (base, head): (&str, &str),
    ) -> Result<Option<HashMap<String, String>>, CiError> {
        #[derive(Deserialize)]
        struct Told {
            tree: Vec<Entry>,
            #[serde(default)]
            truncated: bool,
        }
        #[derive(Deserialize)]
        struct Entry {
            path: String,
            mode: String,
            sha: String,
        }
        let doing = Doing {
            what: format!("read the files of #{number}"),
            permission: Some("contents: read"),
        };
        let url = self.transport.below(&["pulls", &number.to_string()]);
        let told: PullTold = self.transport.get(&doing, url).await?;
        let Some(merge) = told.merge_commit_sha else {
            return Ok(None);
        };
        #[derive(Deserialize)]
        struct Made {
            parents: Vec<Parent>,
        }
        #[derive(Deserialize)]
        struct Parent {
            sha: String,
        }
        let url = self.transport.below(&["git", "commits", &merge]);
        let made: Made = self.transport.get(&doing, url).await?;
        let parents: Vec<&str> = made.parents.iter().map(|one| one.sha.as_str()).collect();
        if parents != [base, head] {
            return Ok(None);
        }
        let mut url = self.transport.below(&["git", "trees", &merge]);
        url.query_pairs_mut().append_pair("recursive", "1");
        let told: Told = self.transport.get(&doing, url).await?;
        if told.truncated {
            let why = "the repository has more files than one answer lists".to_owned();
            return Err(self.transport.odd(&doing, why));
        }
        let files = told.tree.into_iter();
        let files = files.filter(|entry| entry.mode.starts_with("100"));
        Ok(Some(files.map(|entry| (entry.path, entry.sha)).collect()))
    }

    /// The open pull requests from a branch of somebody's fork: events about runs for these do not name
    /// them. The same branch may have several, into different branches here, and it may have moved on:
    /// hold `head_repository` and `head_sha` against the run's.
    ///
    /// # Errors
    /// Where GitHub does not answer or refuses.
    pub async fn pulls_of_head(
        &self,
        owner: &str,
        branch: &str,
    ) -> Result<Vec<PullRequest>, CiError> {
        let doing = Doing {
            what: format!("find the pull request of {owner}:{branch}"),
            permission: Some("pull-requests: read"),
        };
        let mut url = self.transport.below(&["pulls"]);
        url.query_pairs_mut()
            .append_pair("state", "open")
            .append_pair("head", &format!("{owner}:{branch}"));
        let told: Vec<PullTold> = self.transport.all(&doing, url, MOST_PAGES).await?;
        let pulls = told.into_iter().map(PullRequest::from);
        // GitHub ignores a filter that it does not understand, and then lists them all.
        Ok(pulls.filter(|pull| pull.head_ref == branch).collect())
    }

    /// All issues with a label that the token's owner wrote, open or closed, oldest first.
    ///
    /// # Errors
    /// Where GitHub does not answer or refuses.
    pub async fn issues(&self, label: &str, author: &Viewer) -> Result<Vec<Issue>, CiError> {
        let doing = Doing {
            what: format!("list the issues with the label {label}"),
            permission: Some("issues: read"),
        };
        let mut url = self.transport.below(&["issues"]);
        url.query_pairs_mut()
            .append_pair("state", "all")
            .append_pair("labels", label);
        let told: Vec<IssueTold> = self.transport.all(&doing, url, MOST_PAGES).await?;
        let issues = told.into_iter().filter(|told| told.pull_request.is_none());
        let mut issues: Vec<Issue> = issues.map(Issue::from).collect();
        issues.retain(|issue| author.wrote(&issue.author));
        issues.sort_by_key(|issue| issue.number);
        Ok(issues)
    }
}
