//! The transport: what is asked below which address, and answers as documents and whole lists. No plain
//! http to other machines.

use reqwest::Method;
use serde::de::DeserializeOwned;
use url::Url;

use super::client::{Client, Reply};
use super::links::next;
use super::refusal::Doing;
use crate::ci::{CiError, Runner};
use crate::credential::Secret;
use crate::env;
use crate::http::here;

/// Entries of a page; GitHub gives no more.
pub const PAGE: usize = 100;

/// The way to one repository.
pub struct Transport {
    api: Url,
    graphql: Url,
    client: Client,
}

impl Transport {
    pub fn new(runner: &Runner, token: Secret) -> Result<Self, CiError> {
        let address = |name: &str, text: &str| {
            let wrong = |why: String| CiError::Runner { wrong: vec![why] };
            let url = Url::parse(text).map_err(|_| wrong(format!("{name} is no address")))?;
            if url.scheme() == "https" || here(&url) {
                Ok(url)
            } else {
                Err(wrong(format!(
                    "{name} would send the token over http, readable to all between"
                )))
            }
        };
        let api = address(env::GITHUB_API_URL, &runner.api_url)?;
        Ok(Self {
            client: Client::new(&api, runner.repository.clone(), token)?,
            graphql: address(env::GITHUB_GRAPHQL_URL, &runner.graphql_url)?,
            api,
        })
    }

    /// An address below the repository's.
    pub fn below(&self, path: &[&str]) -> Url {
        let mut url = self.top(&["repos"]);
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(self.client.repository.split('/'));
            segments.extend(path);
        }
        url
    }

    /// An address below the API's.
    pub fn top(&self, path: &[&str]) -> Url {
        let mut url = self.api.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            segments.extend(path);
        }
        url
    }

    /// Asks for a document.
    pub async fn get<T: DeserializeOwned>(&self, doing: &Doing, url: Url) -> Result<T, CiError> {
        let reply = self
            .client
            .send(doing, &Method::GET, &url, None, false)
            .await?;
        self.json(doing, &reply)
    }

    /// Asks GraphQL, which never writes here.
    pub async fn ask<T: DeserializeOwned>(&self, doing: &Doing, query: &str) -> Result<T, CiError> {
        let body = serde_json::json!({ "query": query }).to_string();
        let reply = self
            .client
            .send(doing, &Method::POST, &self.graphql, Some(body), false)
            .await?;
        self.json(doing, &reply)
    }

    /// Makes something new: never twice.
    pub async fn post<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        url: Url,
        body: &serde_json::Value,
    ) -> Result<T, CiError> {
        let body = Some(body.to_string());
        let reply = self
            .client
            .send(doing, &Method::POST, &url, body, true)
            .await?;
        self.json(doing, &reply)
    }

    /// Changes something: as often as needed.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        url: Url,
        body: &serde_json::Value,
    ) -> Result<T, CiError> {
        let body = Some(body.to_string());
        let reply = self
            .client
            .send(doing, &Method::PATCH, &url, body, false)
            .await?;
        self.json(doing, &reply)
    }

    /// Asks for one page of a list, with the address of the next.
    pub async fn page<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        url: Url,
    ) -> Result<(Vec<T>, Option<Url>), CiError> {
        let reply = self
            .client
            .send(doing, &Method::GET, &url, None, false)
            .await?;
        let page = self.json(doing, &reply)?;
        let next = next(&reply.headers).map(|next| {
            // The server's words for where to go on, at the place that is known to be the server's.
            let mut url = url;
            url.set_query(next.query());
            url
        });
        Ok((page, next))
    }

    /// Asks for all of a list.
    pub async fn all<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        mut url: Url,
        at_most_pages: usize,
    ) -> Result<Vec<T>, CiError> {
        url.query_pairs_mut()
            .append_pair("per_page", &PAGE.to_string());
        let mut all = Vec::new();
        for _ in 0..at_most_pages {
            let (page, next) = self.page(doing, url).await?;
            all.extend(page);
            match next {
                Some(next) => url = next,
                None => return Ok(all),
            }
        }
        Err(self.odd(
            doing,
            format!("the list has more than {at_most_pages} pages"),
        ))
    }

    /// An answer that makes no sense.
    pub fn odd(&self, doing: &Doing, why: String) -> CiError {
        doing.odd(&self.api, why)
    }

    fn json<T: DeserializeOwned>(&self, doing: &Doing, reply: &Reply) -> Result<T, CiError> {
        serde_json::from_slice(&reply.body).map_err(|error| {
            let length = reply.body.len();
            // A parser's own words may quote the answer; its place says enough.
            let why = format!(
                "{length} bytes that are not the expected JSON (line {}, column {})",
                error.line(),
                error.column()
            );
            self.odd(doing, why)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_nowhere_in_the_clear() {
        let runner = |url: &str| Runner {
            event_name: "push".to_owned(),
            event_path: None,
            repository: "acme/estate".to_owned(),
            api_url: url.to_owned(),
            graphql_url: url.to_owned(),
            server_url: "https://github.com".to_owned(),
            sha: String::new(),
            reference: String::new(),
            run_id: 1,
            run_attempt: 1,
            output: None,
            step_summary: None,
            workspace: None,
            actor: String::new(),
            temp: None,
        };
        let new = |url| Transport::new(&runner(url), Secret::issued("planted-tok".to_owned()));
        let error = new("http://git.acme.example/api/v3")
            .map(|_| ())
            .unwrap_err();
        assert!(error.to_string().contains("over http"), "{error}");
        let below = |url| {
            new(url)
                .unwrap()
                .below(&["issues", "7", "comments"])
                .to_string()
        };
        assert_eq!(
            below("https://git.acme.example/api/v3"),
            "https://git.acme.example/api/v3/repos/acme/estate/issues/7/comments"
        );
        assert_eq!(
            below("http://127.0.0.1:4100/"),
            "http://127.0.0.1:4100/repos/acme/estate/issues/7/comments"
        );
    }
}
