//! What GitHub answers, as plain data.

use jiff::Timestamp;
use serde::Deserialize;

use crate::ci::event::{PullTold, User};

/// Who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Without `[bot]`.
    pub login: String,
    /// The account's number, where GitHub told it.
    pub id: Option<u64>,
    /// Whether it is an app; none where nobody knows.
    pub bot: Option<bool>,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Without `[bot]`; `ghost` where the account is gone.
    pub login: String,
    pub id: Option<u64>,
    pub bot: bool,
}

/// A comment of an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub id: u64,
    pub body: String,
    pub author: Author,
    /// Its page.
    pub url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueState {
    Open,
    Closed,
}

/// An issue, never a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub state: IssueState,
    pub author: Author,
    /// Its page.
    pub url: String,
}

/// A pull request that was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    /// The merge's commit, the squashed one, or the last of those that were rebased.
    pub merge_commit: String,
    /// The last commit of its branch.
    pub head_sha: String,
    /// Login of who opened it.
    pub author: String,
    pub merged_at: Timestamp,
    pub url: String,
}

/// Merged pull requests, latest merge first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    pub pulls: Vec<Pull>,
    /// Whether there were more pages than were to be asked for.
    pub cut: bool,
}

/// What tells an app's login from a person's.
const BOT: &str = "[bot]";

impl Viewer {
    /// As GitHub names it. REST names apps with `[bot]`, GraphQL not always.
    #[must_use]
    pub fn named(login: &str, id: Option<u64>, bot: Option<bool>) -> Self {
        let bare = login.strip_suffix(BOT);
        Self {
            login: bare.unwrap_or(login).to_owned(),
            id,
            bot: if bare.is_some() { Some(true) } else { bot },
        }
    }

    /// Whether the token's owner wrote something. A person may have the name that an app has: numbers
    /// decide where there are any.
    #[must_use]
    pub fn wrote(&self, author: &Author) -> bool {
        match (self.id, author.id) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => {
                self.login.eq_ignore_ascii_case(&author.login)
                    && self.bot.is_none_or(|bot| bot == author.bot)
            }
        }
    }
}

impl From<Option<User>> for Author {
    fn from(user: Option<User>) -> Self {
        let Some(user) = user else {
            return Self {
                login: "ghost".to_owned(),
                id: None,
                bot: false,
            };
        };
        let bare = user.login.strip_suffix(BOT);
        Self {
            bot: bare.is_some() || user.kind.as_deref() == Some("Bot"),
            login: bare.unwrap_or(&user.login).to_owned(),
            id: user.id,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct CommentTold {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    user: Option<User>,
    html_url: String,
}

impl From<CommentTold> for Comment {
    fn from(told: CommentTold) -> Self {
        Self {
            id: told.id,
            body: told.body.unwrap_or_default(),
            author: told.user.into(),
            url: told.html_url,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct IssueTold {
    number: u64,
    title: String,
    #[serde(default)]
    body: Option<String>,
    state: String,
    #[serde(default)]
    user: Option<User>,
    html_url: String,
    /// GitHub lists pull requests among issues.
    #[serde(default)]
    pub pull_request: Option<serde::de::IgnoredAny>,
}

impl From<IssueTold> for Issue {
    fn from(told: IssueTold) -> Self {
        Self {
            number: told.number,
            title: told.title,
            body: told.body.unwrap_or_default(),
            state: if told.state == "open" {
                IssueState::Open
            } else {
                IssueState::Closed
            },
            author: told.user.into(),
            url: told.html_url,
        }
    }
}

impl Pull {
    /// None where it was closed without a merge.
    pub(super) fn merged(told: PullTold) -> Option<Self> {
        Some(Self {
            merged_at: told.merged_at?.parse().ok()?,
            merge_commit: told.merge_commit_sha?,
            number: told.number,
            title: told.title,
            head_sha: told.head.sha,
            author: crate::ci::event::login(told.user),
            url: told.html_url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(login: &str, id: Option<u64>, kind: &str) -> Author {
        Author::from(Some(User {
            login: login.to_owned(),
            id,
            kind: Some(kind.to_owned()),
        }))
    }

    #[test]
    fn an_app_is_itself_with_and_without_its_suffix() {
        let rest = author("github-actions[bot]", Some(41_898_282), "Bot");
        for viewer in [
            Viewer::named("github-actions", None, None),
            Viewer::named("github-actions[bot]", None, None),
            Viewer::named("github-actions", Some(41_898_282), None),
        ] {
            assert!(viewer.wrote(&rest), "{viewer:?}");
        }
    }

    #[test]
    fn nobody_is_an_app_by_taking_its_name() {
        let viewer = Viewer::named("acme-bursar[bot]", None, None);
        assert!(!viewer.wrote(&author("acme-bursar", Some(7), "User")));
        assert!(!viewer.wrote(&author("acme-bursar", None, "User")));
        let numbered = Viewer::named("acme-bursar", Some(9), None);
        assert!(!numbered.wrote(&author("acme-bursar", Some(7), "User")));
        let person = Viewer::named("mona", Some(1), Some(false));
        assert!(person.wrote(&author("Mona", None, "User")));
        assert!(!person.wrote(&author("mona[bot]", None, "Bot")));
        assert!(!person.wrote(&Author::from(None)));
    }
}
