//! The runner: what GitHub Actions says about the run in variables. Reads no files.

use std::path::PathBuf;

use url::Url;

use super::CiError;
use crate::env;

/// A run of GitHub Actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// `pull_request`, `push`, …
    pub event_name: String,
    pub event_path: Option<PathBuf>,
    /// `owner/name`.
    pub repository: String,
    /// Without a slash at its end, as are the next two.
    pub api_url: String,
    pub graphql_url: String,
    pub server_url: String,
    pub sha: String,
    /// `refs/heads/main`; empty where GitHub says none.
    pub reference: String,
    pub run_id: u64,
    /// From 1.
    pub run_attempt: u64,
    /// Where a step's outputs go.
    pub output: Option<PathBuf>,
    pub step_summary: Option<PathBuf>,
    pub workspace: Option<PathBuf>,
    /// Who started the run; empty where GitHub says none.
    pub actor: String,
    /// A folder for this job alone.
    pub temp: Option<PathBuf>,
}

impl Runner {
    /// Reads variables; an empty one counts as not set.
    ///
    /// # Errors
    /// [`CiError::Runner`] with all that is missing or makes no sense.
    pub fn from_env(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, CiError> {
        let mut wrong = Vec::new();
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let mut must = |name: &str| {
            get(name).unwrap_or_else(|| {
                wrong.push(format!("{name} is not set"));
                String::new()
            })
        };
        let event_name = must(env::GITHUB_EVENT_NAME);
        let repository = must(env::GITHUB_REPOSITORY);
        let api_url = must(env::GITHUB_API_URL);
        let server_url = must(env::GITHUB_SERVER_URL);
        let sha = must(env::GITHUB_SHA);
        let run_id = must(env::GITHUB_RUN_ID);
        let graphql_url = get(env::GITHUB_GRAPHQL_URL).unwrap_or_else(|| graphql_of(&api_url));
        let run_attempt = get(env::GITHUB_RUN_ATTEMPT).unwrap_or_else(|| "1".to_owned());
        if !repository.is_empty() && !is_repository(&repository) {
            wrong.push(format!(
                "{} is no owner/name: `{repository}`",
                env::GITHUB_REPOSITORY
            ));
        }
        let addresses = [
            (env::GITHUB_API_URL, &api_url),
            (env::GITHUB_GRAPHQL_URL, &graphql_url),
            (env::GITHUB_SERVER_URL, &server_url),
        ];
        for (name, address) in addresses {
            if !api_url.is_empty() && !address.is_empty() && !is_address(address) {
                wrong.push(format!("{name} is no address of the web"));
            }
        }
        let mut number = |name: &str, text: &str| {
            text.parse().unwrap_or_else(|_| {
                if !text.is_empty() {
                    wrong.push(format!("{name} is no number: `{text}`"));
                }
                0
            })
        };
        let run_id = number(env::GITHUB_RUN_ID, &run_id);
        let run_attempt = number(env::GITHUB_RUN_ATTEMPT, &run_attempt);
        if !wrong.is_empty() {
            return Err(CiError::Runner { wrong });
        }
        let path = |name: &str| get(name).map(PathBuf::from);
        let trim = |address: String| address.trim_end_matches('/').to_owned();
        Ok(Self {
            event_name,
            event_path: path(env::GITHUB_EVENT_PATH),
            repository,
            api_url: trim(api_url),
            graphql_url: trim(graphql_url),
            server_url: trim(server_url),
            sha,
            reference: get(env::GITHUB_REF).unwrap_or_default(),
            run_id,
            run_attempt,
            output: path(env::GITHUB_OUTPUT),
            step_summary: path(env::GITHUB_STEP_SUMMARY),
            workspace: path(env::GITHUB_WORKSPACE),
            actor: get(env::GITHUB_ACTOR).unwrap_or_default(),
            temp: path(env::RUNNER_TEMP),
        })
    }

    /// The page of this run, of this attempt where it is not the first.
    #[must_use]
    pub fn run_url(&self) -> String {
        let url = format!(
            "{}/{}/actions/runs/{}",
            self.server_url, self.repository, self.run_id
        );
        if self.run_attempt > 1 {
            format!("{url}/attempts/{}", self.run_attempt)
        } else {
            url
        }
    }

    /// The page of a commit.
    #[must_use]
    pub fn commit_url(&self, sha: &str) -> String {
        format!("{}/{}/commit/{sha}", self.server_url, self.repository)
    }
}

/// `https://HOST/api/graphql` beside `https://HOST/api/v3`, else `/graphql` below the API.
fn graphql_of(api_url: &str) -> String {
    let api = api_url.trim_end_matches('/');
    api.strip_suffix("/api/v3").map_or_else(
        || format!("{api}/graphql"),
        |host| format!("{host}/api/graphql"),
    )
}

/// It becomes a part of addresses.
fn is_repository(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name =
        |part: &str| !part.is_empty() && !part.chars().all(|c| c == '.') && part.chars().all(plain);
    matches!(text.split_once('/'), Some((owner, rest)) if name(owner) && name(rest))
}

fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[(&str, &str)] = &[
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_REPOSITORY", "acme/cloud.estate"),
        ("GITHUB_API_URL", "https://api.github.com"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_SHA", "0123abc"),
        ("GITHUB_RUN_ID", "77"),
    ];

    fn runner(changes: &[(&str, &str)]) -> Result<Runner, CiError> {
        Runner::from_env(&|name| {
            let all = changes.iter().chain(GOOD);
            let mut all = all.filter(|(key, _)| *key == name);
            all.next().map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_runner_is_what_github_says() {
        let plain = runner(&[]).unwrap();
        assert_eq!(plain.graphql_url, "https://api.github.com/graphql");
        assert_eq!(
            plain.run_url(),
            "https://github.com/acme/cloud.estate/actions/runs/77"
        );
        assert_eq!((plain.run_attempt, &*plain.actor), (1, ""));
        let again = runner(&[
            ("GITHUB_RUN_ATTEMPT", "3"),
            ("GITHUB_OUTPUT", "/tmp/out"),
            ("GITHUB_API_URL", "https://git.acme.example/api/v3/"),
        ])
        .unwrap();
        assert_eq!(
            again.run_url(),
            "https://github.com/acme/cloud.estate/actions/runs/77/attempts/3"
        );
        assert_eq!(again.api_url, "https://git.acme.example/api/v3");
        assert_eq!(again.graphql_url, "https://git.acme.example/api/graphql");
        assert_eq!(again.output, Some(PathBuf::from("/tmp/out")));
    }

    #[test]
    fn elsewhere_all_that_is_missing_is_said_at_once() {
        let error = Runner::from_env(&|_| None).unwrap_err();
        assert_eq!(error.code(), "ci.runner");
        insta::assert_snapshot!(error, @"this is not a run of GitHub Actions: GITHUB_EVENT_NAME is not set, GITHUB_REPOSITORY is not set, GITHUB_API_URL is not set, GITHUB_SERVER_URL is not set, GITHUB_SHA is not set, GITHUB_RUN_ID is not set");
        let error = runner(&[("GITHUB_REPOSITORY", ""), ("GITHUB_RUN_ID", "x")]).unwrap_err();
        insta::assert_snapshot!(error, @"this is not a run of GitHub Actions: GITHUB_REPOSITORY is not set, GITHUB_RUN_ID is no number: `x`");
    }

    #[test]
    fn a_repository_cannot_lead_elsewhere() {
        for name in [
            "acme",
            "acme/../x",
            "acme/..",
            "a/b/c",
            "/x",
            "acme/x?y",
            "acme/x y",
        ] {
            assert!(runner(&[("GITHUB_REPOSITORY", name)]).is_err(), "{name}");
        }
        for address in [
            "api.github.com",
            "file:///etc",
            "https://u:p@host",
            "https://h/?q",
        ] {
            assert!(runner(&[("GITHUB_API_URL", address)]).is_err(), "{address}");
        }
    }
}
