//! What the stand-in knows: a repository, who may do what, and what was written.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How much a token may do with one kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    Read,
    Write,
}

/// Somebody, as answers show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Of an app with `[bot]`.
    pub login: String,
    pub id: u64,
}

impl Account {
    pub fn new(login: &str, id: u64) -> Self {
        Self {
            login: login.to_owned(),
            id,
        }
    }

    /// Whom a job's own token belongs to.
    pub fn actions() -> Self {
        Self::new("github-actions[bot]", 41_898_282)
    }

    pub fn is_bot(&self) -> bool {
        self.login.ends_with("[bot]")
    }

    pub fn json(&self) -> Value {
        let kind = if self.is_bot() { "Bot" } else { "User" };
        json!({"login": self.login, "id": self.id, "type": kind, "site_admin": false})
    }
}

/// A token.
#[derive(Debug, Clone)]
pub struct Token {
    pub owner: Account,
    /// Of an app; none for a person's token with the scope `repo`, which may do everything.
    pub rights: Option<BTreeMap<String, Right>>,
}

impl Token {
    /// A job's own, with what stands below `permissions:` (with `_`).
    pub fn job(rights: &[(&str, Right)]) -> Self {
        Self::app(Account::actions(), rights)
    }

    pub fn app(owner: Account, rights: &[(&str, Right)]) -> Self {
        let rights = rights
            .iter()
            .map(|(what, right)| ((*what).to_owned(), *right));
        Self {
            owner,
            rights: Some(rights.collect()),
        }
    }

    pub fn person(login: &str, id: u64) -> Self {
        Self {
            owner: Account::new(login, id),
            rights: None,
        }
    }

    pub fn may(&self, what: &str, right: Right) -> bool {
        let Some(rights) = &self.rights else {
            return true;
        };
        rights.get(what).is_some_and(|has| *has >= right)
    }
}

#[derive(Debug, Clone)]
pub struct Comment {
    pub id: u64,
    /// The issue or pull request that it stands at.
    pub number: u64,
    pub author: Account,
    pub body: String,
    /// How often it was replaced.
    pub edits: usize,
}

/// What only a pull request has.
#[derive(Debug, Clone)]
pub struct Pull {
    /// `owner/name`; none where it was deleted.
    pub head_repository: Option<String>,
    pub head_ref: String,
    pub head_sha: String,
    pub base_ref: String,
    pub base_sha: String,
    pub merged_at: Option<Timestamp>,
    pub merge_commit: Option<String>,
}

/// An issue, or a pull request.
#[derive(Debug, Clone)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub author: Account,
    pub open: bool,
    /// Nobody may comment any more.
    pub locked: bool,
    pub labels: Vec<String>,
    pub updated_at: Timestamp,
    pub pull: Option<Pull>,
}

/// All of it.
#[derive(Debug)]
pub struct World {
    /// Of the server, once it runs.
    pub url: String,
    /// `owner/name`.
    pub repository: String,
    pub default_branch: String,
    pub private: bool,
    pub tokens: BTreeMap<String, Token>,
    pub issues: BTreeMap<u64, Issue>,
    pub comments: BTreeMap<u64, Comment>,
    pub labels: BTreeMap<String, String>,
    /// The files of commits: path, mode, git's id.
    pub trees: BTreeMap<String, Vec<(String, String, String)>>,
    /// The parents of commits.
    pub parents: BTreeMap<String, Vec<String>>,
    /// How many requests are left until `reset` seconds have passed; none: no limit.
    pub budget: Option<u32>,
    pub reset: i64,
    /// Whether GraphQL answers at all, and whether it names apps with `[bot]`.
    pub graphql: bool,
    pub graphql_suffix: bool,
    /// Entries of a page are never more than this.
    pub largest_page: usize,
    /// Moves on by a minute with everything that is done.
    pub now: Timestamp,
    next_id: u64,
}

impl World {
    pub fn new(repository: &str) -> Self {
        Self {
            url: String::new(),
            repository: repository.to_owned(),
            default_branch: "main".to_owned(),
            private: false,
            tokens: BTreeMap::new(),
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            labels: BTreeMap::from([("bug".to_owned(), "d73a4a".to_owned())]),
            trees: BTreeMap::new(),
            parents: BTreeMap::new(),
            budget: None,
            reset: 1200,
            graphql: true,
            graphql_suffix: true,
            largest_page: 100,
            now: "2026-11-22T08:00:00Z".parse().unwrap(),
            next_id: 1000,
        }
    }

    pub fn grant(&mut self, token: &str, rights: Token) {
        self.tokens.insert(token.to_owned(), rights);
    }

    /// The next moment.
    pub fn tick(&mut self) -> Timestamp {
        self.now += SignedDuration::from_mins(1);
        self.now
    }

    pub fn next_number(&self) -> u64 {
        self.issues.keys().last().map_or(1, |number| number + 1)
    }

    /// A commit that nobody else has.
    pub fn commit(&mut self) -> String {
        self.next_id += 1;
        format!("{:040x}", u128::from(self.next_id) << 80 | 0xc0)
    }

    /// Opens an issue; its number.
    pub fn issue(&mut self, title: &str, author: Account) -> u64 {
        let number = self.next_number();
        let issue = Issue {
            number,
            title: title.to_owned(),
            body: String::new(),
            author,
            open: true,
            locked: false,
            labels: Vec::new(),
            updated_at: self.tick(),
            pull: None,
        };
        self.issues.insert(number, issue);
        number
    }

    /// Opens a pull request of the repository's own into the default branch; its number.
    pub fn pull(&mut self, title: &str) -> u64 {
        let repository = self.repository.clone();
        let number = self.next_number();
        self.pull_from(title, Some(&repository), &format!("change-{number}"))
    }

    /// Opens a pull request from a branch of a repository; its number.
    pub fn pull_from(&mut self, title: &str, repository: Option<&str>, branch: &str) -> u64 {
        let number = self.issue(title, Account::new("mona", 1));
        let pull = Pull {
            head_repository: repository.map(str::to_owned),
            head_ref: branch.to_owned(),
            head_sha: self.commit(),
            base_ref: self.default_branch.clone(),
            base_sha: super::SHA.to_owned(),
            merged_at: None,
            merge_commit: None,
        };
        self.issues.get_mut(&number).unwrap().pull = Some(pull);
        number
    }

    /// Gives a pull request another last commit.
    pub fn push_to(&mut self, number: u64, sha: &str) {
        let at = self.tick();
        let issue = self.issues.get_mut(&number).unwrap();
        issue.updated_at = at;
        issue.pull.as_mut().unwrap().head_sha = sha.to_owned();
    }

    /// Merges a pull request: the commit of it.
    pub fn merge(&mut self, number: u64) -> String {
        let commit = self.commit();
        self.merge_as(number, &commit);
        commit
    }

    /// Merges a pull request as this commit.
    pub fn merge_as(&mut self, number: u64, commit: &str) {
        let at = self.tick();
        let issue = self.issues.get_mut(&number).unwrap();
        issue.open = false;
        issue.updated_at = at;
        let pull = issue.pull.as_mut().unwrap();
        pull.merged_at = Some(at);
        pull.merge_commit = Some(commit.to_owned());
    }

    /// Closes without a merge.
    pub fn close(&mut self, number: u64) {
        let at = self.tick();
        let issue = self.issues.get_mut(&number).unwrap();
        issue.open = false;
        issue.updated_at = at;
    }

    /// Comments in somebody's name; the comment's number.
    pub fn comment(&mut self, number: u64, author: Account, body: &str) -> u64 {
        self.next_id += 1;
        let comment = Comment {
            id: self.next_id,
            number,
            author,
            body: body.to_owned(),
            edits: 0,
        };
        self.comments.insert(comment.id, comment);
        let at = self.tick();
        if let Some(issue) = self.issues.get_mut(&number) {
            issue.updated_at = at;
        }
        self.next_id
    }

    /// The comments of an issue or a pull request, oldest first.
    pub fn comments_of(&self, number: u64) -> Vec<Comment> {
        let all = self.comments.values();
        all.filter(|comment| comment.number == number)
            .cloned()
            .collect()
    }
}
