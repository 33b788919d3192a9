//! Every environment variable that bursar itself reads, and what it means. Secrets that a project
//! refers to (`{env: NAME}`) are read by `credential`, not here.

/// Where set to anything but the empty text: no colour. See <https://no-color.org>.
pub const NO_COLOR: &str = "NO_COLOR";

/// The moment that a run takes for now: RFC 3339 (`2027-01-31T12:00:00Z`) or a date
/// (`2027-01-31`, its first moment in UTC). For tests and for looking ahead.
pub const BURSAR_NOW: &str = "BURSAR_NOW";

/// What is written to standard error about the inner workings: directives of `tracing`, such as
/// `debug` or `bursar::config=trace`.
pub const BURSAR_LOG: &str = "BURSAR_LOG";

/// The terminal; `dumb` gets no colour and no graphics.
pub const TERM: &str = "TERM";

/// Who is at work, for the lock and the history; on a laptop.
pub const USER: &str = "USER";

/// As `USER`, where that is not set: POSIX knows this one. Where neither is, the user's number stands in.
pub const LOGNAME: &str = "LOGNAME";

/// As `USER`, on Windows.
pub const USERNAME: &str = "USERNAME";

/// The machine's name, on Windows: who holds a lock is told with it.
pub const COMPUTERNAME: &str = "COMPUTERNAME";

/// Who is at work, for the lock and the history; on a runner of GitHub Actions.
pub const GITHUB_ACTOR: &str = "GITHUB_ACTOR";

/// `true` on a runner of GitHub Actions. This and what follows up to [`RUNNER_TEMP`] is set by GitHub:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.
pub const GITHUB_ACTIONS: &str = "GITHUB_ACTIONS";
/// The event that started the run: `pull_request`, `push`, …
pub const GITHUB_EVENT_NAME: &str = "GITHUB_EVENT_NAME";
/// The file that the event stands in, as JSON.
pub const GITHUB_EVENT_PATH: &str = "GITHUB_EVENT_PATH";
/// The repository: `owner/name`.
pub const GITHUB_REPOSITORY: &str = "GITHUB_REPOSITORY";
/// Where GitHub's REST API is: `https://api.github.com`, or `https://HOST/api/v3` of GitHub Enterprise Server.
pub const GITHUB_API_URL: &str = "GITHUB_API_URL";
/// Where GitHub's GraphQL API is. Default: what belongs to [`GITHUB_API_URL`].
pub const GITHUB_GRAPHQL_URL: &str = "GITHUB_GRAPHQL_URL";
/// Where GitHub's pages are: `https://github.com`.
pub const GITHUB_SERVER_URL: &str = "GITHUB_SERVER_URL";
/// The commit that the run is about; for a pull request the merge of it that GitHub made for trying.
pub const GITHUB_SHA: &str = "GITHUB_SHA";
/// The branch or tag that the run is about: `refs/heads/main`, `refs/pull/41/merge`.
pub const GITHUB_REF: &str = "GITHUB_REF";
/// The run's number, the same for all its attempts.
pub const GITHUB_RUN_ID: &str = "GITHUB_RUN_ID";
/// How often the run was started, from 1.
pub const GITHUB_RUN_ATTEMPT: &str = "GITHUB_RUN_ATTEMPT";
/// The file that a step's outputs are written to.
pub const GITHUB_OUTPUT: &str = "GITHUB_OUTPUT";
/// The file that a step's summary is written to, in Markdown.
pub const GITHUB_STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// The folder that the repository is checked out in.
pub const GITHUB_WORKSPACE: &str = "GITHUB_WORKSPACE";
/// A folder that is emptied after each job.
pub const RUNNER_TEMP: &str = "RUNNER_TEMP";

/// The token that comments and issues are written with: `${{ github.token }}`, or that of an app.
pub const GITHUB_TOKEN: &str = "GITHUB_TOKEN";

/// How many seconds one call to a provider may take, with all its tries; one try may take a third of
/// that. Default: 45.
pub const BURSAR_CALL_TIMEOUT: &str = "BURSAR_CALL_TIMEOUT";

/// The endpoint of Amazon S3 where it is not AWS's own. Read by AWS's SDK, as are `AWS_ENDPOINT_URL`
/// and those of the other services; bursar looks at it to address buckets by path there.
pub const AWS_ENDPOINT_URL_S3: &str = "AWS_ENDPOINT_URL_S3";

/// The endpoint of all of AWS's services where it is not AWS's own; that of one service stands above it.
pub const AWS_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// How long one call to a provider may take, from [`BURSAR_CALL_TIMEOUT`]: a whole number of seconds,
/// at least one; anything else counts as not set.
#[must_use]
pub fn call_timeout() -> std::time::Duration {
    let seconds = get(BURSAR_CALL_TIMEOUT).and_then(|text| text.parse().ok());
    std::time::Duration::from_secs(seconds.filter(|seconds| *seconds > 0).unwrap_or(45))
}

/// How often one call to a provider is tried where trying again may help: after throttling, failures
/// of the provider, broken connections. Default: 4. AWS's SDK reads `AWS_MAX_ATTEMPTS`.
pub const BURSAR_CALL_TRIES: &str = "BURSAR_CALL_TRIES";

/// How often one call is tried, from [`BURSAR_CALL_TRIES`]: at least once; anything else counts as
/// not set.
#[must_use]
pub fn call_tries() -> u32 {
    let tries = get(BURSAR_CALL_TRIES).and_then(|text| text.parse().ok());
    tries.filter(|tries| *tries > 0).unwrap_or(4)
}

/// Entra's address, which names the cloud: `https://login.microsoftonline.us` for Azure Government. As in
/// all of Azure's tools.
pub const AZURE_AUTHORITY_HOST: &str = "AZURE_AUTHORITY_HOST";

/// The application, its tenant and its secret that `azure_default` finds, as in all of Azure's tools.
pub const AZURE_CLIENT_ID: &str = "AZURE_CLIENT_ID";
/// See [`AZURE_CLIENT_ID`].
pub const AZURE_CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";
/// See [`AZURE_CLIENT_ID`].
pub const AZURE_TENANT_ID: &str = "AZURE_TENANT_ID";

/// A file with a federated token that the platform keeps fresh (workload identity of Kubernetes).
pub const AZURE_FEDERATED_TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// Where services of Azure such as App Service give tokens of their managed identity.
pub const IDENTITY_ENDPOINT: &str = "IDENTITY_ENDPOINT";

/// Where GitHub Actions gives a job its own token, and what the job asks with: there with
/// `permissions: {id-token: write}`.
pub const ACTIONS_ID_TOKEN_REQUEST_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
/// See [`ACTIONS_ID_TOKEN_REQUEST_URL`].
pub const ACTIONS_ID_TOKEN_REQUEST_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// What the names of endpoints begin with: `BURSAR_ENDPOINT_<SERVICE>` is the address of a service
/// of a provider other than AWS, where it is not the public one: sovereign clouds, private links,
/// tests. What services there are is said in the page of each provider. Endpoints are never declared
/// in YAML, so that no pull request can turn credentials to another place.
pub const BURSAR_ENDPOINT: &str = "BURSAR_ENDPOINT_";

/// The endpoint that is set for a service, for example `OCI_IDENTITY`; without a slash at its end.
#[must_use]
pub fn endpoint(service: &str) -> Option<String> {
    let set = get(&format!("{BURSAR_ENDPOINT}{service}"))?;
    Some(set.trim_end_matches('/').to_owned())
}

/// The authority that Entra's tenants are below, without a slash at its end.
#[must_use]
pub fn entra_authority() -> String {
    let set = endpoint("AZURE_ENTRA").or_else(|| get(AZURE_AUTHORITY_HOST));
    let authority = set.unwrap_or_else(|| "https://login.microsoftonline.com".to_owned());
    let authority = authority.trim_end_matches('/');
    if authority.contains("://") {
        authority.to_owned()
    } else {
        format!("https://{authority}")
    }
}

/// What this machine's clock says, whatever [`BURSAR_NOW`] says: for signatures and for the lives of
/// tokens, which others hold to their own clocks. Never for anything that is judged.
#[must_use]
pub fn wall_clock() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A variable that is set and not empty.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
