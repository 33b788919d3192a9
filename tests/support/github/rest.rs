//! The stand-in's answers: REST below `/api/v3`, GraphQL for the one question whose a token is.

use axum::http::header::{AUTHORIZATION, HeaderName, HeaderValue, USER_AGENT};
use jiff::SignedDuration;
use jiff::fmt::rfc2822;
use serde_json::{Value, json};
use url::Url;

use super::world::{Right, Token, World};
use crate::stand::web::{Asked, Said, said};

/// GitHub counts characters.
const MOST_BODY: usize = 65_536;

/// A refusal: status and document.
struct No(u16, Value);

fn no(status: u16, message: &str) -> No {
    let page = "https://docs.github.com/rest";
    No(
        status,
        json!({"message": message, "documentation_url": page, "status": status.to_string()}),
    )
}

fn invalid(resource: &str, field: &str, code: &str, message: Option<&str>) -> No {
    let mut error = json!({"resource": resource, "field": field, "code": code});
    if let Some(message) = message {
        error["message"] = json!(message);
    }
    let No(status, mut body) = no(422, "Validation Failed");
    body["errors"] = json!([error]);
    No(status, body)
}

type Answer = Result<(u16, Value), No>;

/// One request.
struct Call {
    method: String,
    path: Vec<String>,
    query: Vec<(String, String)>,
    body: Value,
    token: Token,
}

impl Call {
    fn query(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| &**value)
    }

    /// A text of the body.
    fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }
}

pub fn answer(world: &mut World, request: &Asked) -> Said {
    let mut said = match judged(world, request) {
        Ok((status, body, link)) => {
            let mut answer = said(status, "application/json; charset=utf-8", body.to_string());
            if let Some(link) = link {
                let link = HeaderValue::from_str(&link).unwrap();
                answer.headers_mut().insert("link", link);
            }
            answer
        }
        Err(No(status, body)) => said(status, "application/json", body.to_string()),
    };
    let mut header = |name: &'static str, value: String| {
        let value = HeaderValue::from_str(&value).unwrap();
        said.headers_mut()
            .insert(HeaderName::from_static(name), value);
    };
    let reset = world.now + SignedDuration::from_secs(world.reset);
    let left = world.budget.unwrap_or(5000);
    header("x-ratelimit-limit", "5000".to_owned());
    header("x-ratelimit-remaining", left.to_string());
    header("x-ratelimit-reset", reset.as_second().to_string());
    header(
        "date",
        rfc2822::to_string(&world.now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap(),
    );
    said
}

fn judged(world: &mut World, request: &Asked) -> Result<(u16, Value, Option<String>), No> {
    let header = |name: HeaderName| {
        let value = request.headers().get(name);
        value.and_then(|value| value.to_str().ok())
    };
    if header(USER_AGENT).is_none() {
        return Err(no(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ));
    }
    match header(HeaderName::from_static("x-github-api-version")) {
        None | Some("2022-11-28") => {}
        Some(_) => return Err(no(400, "The API version is not supported.")),
    }
    let token = header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let token = token.and_then(|token| world.tokens.get(token)).cloned();
    let token = token.ok_or_else(|| no(401, "Bad credentials"))?;
    if let Some(left) = &mut world.budget {
        let owner = token.owner.id;
        *left = left.checked_sub(1).ok_or_else(|| {
            no(
                403,
                &format!("API rate limit exceeded for user ID {owner}."),
            )
        })?;
    }
    let url = Url::parse("http://stand").unwrap();
    let target = request.uri().path_and_query().unwrap().as_str();
    let url = url.join(target).map_err(|_| no(400, "Bad Request"))?;
    let segments: Vec<String> = url
        .path_segments()
        .into_iter()
        .flatten()
        .map(|part| {
            let pairs = format!("x={}", part.replace('+', "%2B"));
            let mut pairs = url::form_urlencoded::parse(pairs.as_bytes());
            pairs.next().unwrap().1.into_owned()
        })
        .collect();
    let body = if request.body().is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(request.body()).map_err(|_| no(400, "Problems parsing JSON"))?
    };
    let mut call = Call {
        method: request.method().to_string(),
        path: segments,
        query: url.query_pairs().into_owned().collect(),
        body,
        token,
    };
    if call.path == ["api", "graphql"] {
        let (status, body) = graphql(world, &call)?;
        return Ok((status, body, None));
    }
    if call.path.len() < 3 || call.path[..2] != ["api", "v3"] {
        return Err(no(404, "Not Found"));
    }
    call.path.drain(..2);
    let (status, body) = rest(world, &call)?;
    match body {
        Value::Array(all) if call.method == "GET" => {
            let (page, link) = paged(world, &call, all);
            Ok((status, page, link))
        }
        body => Ok((status, body, None)),
    }
}

/// A page of a list, and the links to the others.
fn paged(world: &World, call: &Call, all: Vec<Value>) -> (Value, Option<String>) {
    let number = |name: &str, default: usize| {
        let given = call.query(name).and_then(|text| text.parse().ok());
        given.unwrap_or(default).max(1)
    };
    let size = number("per_page", 30).min(world.largest_page);
    let page = number("page", 1);
    let last = all.len().div_ceil(size).max(1);
    let link = |page: usize, rel: &str| {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in call.query.iter().filter(|(name, _)| name != "page") {
            pairs.append_pair(name, value);
        }
        let query = pairs.append_pair("page", &page.to_string()).finish();
        // GitHub's links lead by the repository's number.
        let skip = if call.path[0] == "repos" { 3 } else { 2 };
        let path = call.path[skip..].join("/");
        format!(
            "<{}/api/v3/repositories/1300192/{path}?{query}>; rel=\"{rel}\"",
            world.url
        )
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(link(page - 1, "prev"));
    }
    if page < last {
        links.push(link(page + 1, "next"));
        links.push(link(last, "last"));
    }
    if page > 1 {
        links.push(link(1, "first"));
    }
    let shown: Vec<Value> = all.into_iter().skip((page - 1) * size).take(size).collect();
    let links = (!links.is_empty()).then(|| links.join(", "));
    (Value::Array(shown), links)
}

fn graphql(world: &World, call: &Call) -> Answer {
    if !world.graphql || call.method != "POST" {
        return Err(no(404, "Not Found"));
    }
    let query = call.text("query").unwrap_or_default();
    if !query.contains("viewer") {
        return Ok((200, json!({"errors": [{"message": "not built here"}]})));
    }
    let owner = &call.token.owner;
    let login = if world.graphql_suffix {
        &*owner.login
    } else {
        owner.login.trim_end_matches("[bot]")
    };
    let mut viewer = json!({"login": login});
    if query.contains("databaseId") {
        viewer["databaseId"] = json!(owner.id);
    }
    Ok((200, json!({"data": {"viewer": viewer}})))
}

fn rest(world: &mut World, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    if path == ["user"] {
        return if call.token.owner.is_bot() {
            Err(no(403, "Resource not accessible by integration"))
        } else {
            Ok((200, call.token.owner.json()))
        };
    }
    let [first, owner, name, rest @ ..] = path.as_slice() else {
        return Err(no(404, "Not Found"));
    };
    let repository = format!("{owner}/{name}");
    let same = *first == "repos" && repository.eq_ignore_ascii_case(&world.repository);
    let linked = *first == "repositories" && *owner == "1300192";
    if linked {
        let mut rest = rest.to_vec();
        rest.insert(0, name);
        return below(world, call, &rest);
    }
    if !same {
        return Err(no(404, "Not Found"));
    }
    below(world, call, rest)
}

fn below(world: &mut World, call: &Call, path: &[&str]) -> Answer {
    match (&*call.method, path) {
        ("GET", ["pulls"]) => list_pulls(world, call),
        ("GET", ["pulls", number]) => {
            allowed(world, call, &["pull_requests"], Right::Read)?;
            let issue = number
                .parse()
                .ok()
                .and_then(|number| world.issues.get(&number));
            let issue = issue.filter(|issue| issue.pull.is_some());
            let issue = issue.ok_or_else(|| no(404, "Not Found"))?;
            Ok((200, world.pull_json(issue, true)))
        }
        ("GET", ["git", "commits", commit]) => {
            allowed(world, call, &["contents"], Right::Read)?;
            let parents = world.parents.get(*commit);
            let parents = parents.ok_or_else(|| no(404, "Not Found"))?;
            let parent = |sha: &String| json!({"sha": sha});
            let parents: Vec<Value> = parents.iter().map(parent).collect();
            Ok((200, json!({"sha": commit, "parents": parents})))
        }
        ("GET", ["git", "trees", commit]) => {
            allowed(world, call, &["contents"], Right::Read)?;
            let files = world.trees.get(*commit);
            let files = files.ok_or_else(|| no(404, "Not Found"))?;
            let entry = |(path, mode, sha): &(String, String, String)| json!({"path": path, "mode": mode, "type": "blob", "sha": sha});
            let tree: Vec<Value> = files.iter().map(entry).collect();
            Ok((
                200,
                json!({"sha": commit, "tree": tree, "truncated": false}),
            ))
        }
        ("GET", ["issues"]) => list_issues(world, call),
        ("POST", ["issues"]) => create_issue(world, call),
        ("PATCH", ["issues", "comments", id]) => update_comment(world, call, id),
        ("GET", ["issues", number]) => {
            let number = known(world, number)?;
            allowed(world, call, &rights_of(world, number), Right::Read)?;
            Ok((200, world.issue_json(&world.issues[&number])))
        }
        ("PATCH", ["issues", number]) => update_issue(world, call, number),
        ("GET", ["issues", number, "comments"]) => {
            let number = known(world, number)?;
            allowed(world, call, &rights_of(world, number), Right::Read)?;
            let comments = world.comments_of(number);
            let comments = comments.iter().map(|comment| world.comment_json(comment));
            Ok((200, comments.collect()))
        }
        ("POST", ["issues", number, "comments"]) => create_comment(world, call, number),
        ("GET", ["labels", name]) => {
            allowed(world, call, &["issues", "pull_requests"], Right::Read)?;
            let color = world.labels.get(*name);
            let color = color.ok_or_else(|| no(404, "Not Found"))?;
            Ok((200, json!({"name": name, "color": color})))
        }
        ("POST", ["labels"]) => create_label(world, call),
        _ => Err(no(404, "Not Found")),
    }
}

/// Whether a token may: reading a public repository takes no right.
fn allowed(world: &World, call: &Call, any: &[&str], right: Right) -> Result<(), No> {
    let open = right == Right::Read && !world.private;
    if open || any.iter().any(|what| call.token.may(what, right)) {
        Ok(())
    } else {
        Err(no(403, "Resource not accessible by integration"))
    }
}

/// A pull request's conversation may be had with either right.
fn rights_of(world: &World, number: u64) -> Vec<&'static str> {
    if world.issues[&number].pull.is_some() {
        vec!["issues", "pull_requests"]
    } else {
        vec!["issues"]
    }
}

fn known(world: &World, number: &str) -> Result<u64, No> {
    let number = number.parse().ok();
    let number = number.filter(|number| world.issues.contains_key(number));
    number.ok_or_else(|| no(404, "Not Found"))
}

fn held(resource: &str, body: Option<&str>) -> Result<String, No> {
    let body = body.unwrap_or_default();
    if body.trim().is_empty() {
        let message = Some("Body cannot be blank");
        return Err(invalid(resource, "data", "unprocessable", message));
    }
    short(resource, body)
}

fn short(resource: &str, body: &str) -> Result<String, No> {
    if body.chars().count() > MOST_BODY {
        let message = Some("Body is too long (maximum is 65536 characters)");
        return Err(invalid(resource, "data", "unprocessable", message));
    }
    Ok(body.to_owned())
}

fn list_pulls(world: &World, call: &Call) -> Answer {
    allowed(world, call, &["pull_requests"], Right::Read)?;
    let state = call.query("state").unwrap_or("open");
    let mut pulls: Vec<_> = world
        .issues
        .values()
        .filter(|issue| state == "all" || issue.open == (state == "open"))
        .filter(|issue| {
            let Some(pull) = &issue.pull else {
                return false;
            };
            let owner = pull.head_repository.as_deref().unwrap_or_default();
            let owner = owner.split('/').next().unwrap_or_default();
            let label = format!("{owner}:{}", pull.head_ref);
            // What has no colon is no filter.
            let head = call.query("head").filter(|head| head.contains(':'));
            call.query("base").is_none_or(|base| base == pull.base_ref)
                && head.is_none_or(|head| head == label)
        })
        .collect();
    if call.query("sort") == Some("updated") {
        pulls.sort_by_key(|issue| issue.updated_at);
    }
    let ascending = call.query("direction") == Some("asc");
    if !ascending {
        pulls.reverse();
    }
    let pulls = pulls.into_iter().map(|issue| world.pull_json(issue, false));
    Ok((200, pulls.collect()))
}

fn list_issues(world: &World, call: &Call) -> Answer {
    allowed(world, call, &["issues"], Right::Read)?;
    let state = call.query("state").unwrap_or("open");
    let labels: Vec<&str> = call
        .query("labels")
        .map(|labels| labels.split(',').collect())
        .unwrap_or_default();
    let issues = world.issues.values().rev();
    let issues = issues.filter(|issue| {
        let open = state == "all" || issue.open == (state == "open");
        let labelled = labels
            .iter()
            .all(|label| issue.labels.iter().any(|own| own == label));
        let creator = call.query("creator");
        open && labelled && creator.is_none_or(|login| login == issue.author.login)
    });
    let issues = issues.map(|issue| world.issue_json(issue));
    Ok((200, issues.collect()))
}

fn create_issue(world: &mut World, call: &Call) -> Answer {
    allowed(world, call, &["issues"], Right::Write)?;
    let title = call.text("title").unwrap_or_default().to_owned();
    if title.trim().is_empty() {
        return Err(invalid("Issue", "title", "missing_field", None));
    }
    let body = short("Issue", call.text("body").unwrap_or_default())?;
    let given = call.body["labels"].as_array().cloned().unwrap_or_default();
    let labels = given.iter().filter_map(Value::as_str).map(str::to_owned);
    // A label that there is not is left out without a word.
    let labels = labels
        .filter(|label| world.labels.contains_key(label))
        .collect();
    let number = world.issue(&title, call.token.owner.clone());
    let issue = world.issues.get_mut(&number).unwrap();
    issue.body = body;
    issue.labels = labels;
    Ok((201, world.issue_json(&world.issues[&number])))
}

fn update_issue(world: &mut World, call: &Call, number: &str) -> Answer {
    let number = known(world, number)?;
    allowed(world, call, &rights_of(world, number), Right::Write)?;
    let body = call.text("body");
    let body = body.map(|body| short("Issue", body)).transpose()?;
    let state = call.text("state");
    if state.is_some_and(|state| state != "open" && state != "closed") {
        return Err(invalid("Issue", "state", "invalid", None));
    }
    let at = world.tick();
    let issue = world.issues.get_mut(&number).unwrap();
    issue.updated_at = at;
    if let Some(title) = call.text("title") {
        title.clone_into(&mut issue.title);
    }
    if let Some(body) = body {
        issue.body = body;
    }
    if let Some(state) = state {
        issue.open = state == "open";
    }
    Ok((200, world.issue_json(&world.issues[&number])))
}

fn create_comment(world: &mut World, call: &Call, number: &str) -> Answer {
    let number = known(world, number)?;
    allowed(world, call, &rights_of(world, number), Right::Write)?;
    if world.issues[&number].locked {
        return Err(no(403, "Unable to create comment because issue is locked."));
    }
    let body = held("IssueComment", call.text("body"))?;
    let id = world.comment(number, call.token.owner.clone(), &body);
    Ok((201, world.comment_json(&world.comments[&id])))
}

fn update_comment(world: &mut World, call: &Call, id: &str) -> Answer {
    let comment = id.parse().ok().and_then(|id| world.comments.get(&id));
    let comment = comment.ok_or_else(|| no(404, "Not Found"))?;
    let (id, number) = (comment.id, comment.number);
    allowed(world, call, &rights_of(world, number), Right::Write)?;
    let body = held("IssueComment", call.text("body"))?;
    let comment = world.comments.get_mut(&id).unwrap();
    comment.body = body;
    comment.edits += 1;
    let at = world.tick();
    world.issues.get_mut(&number).unwrap().updated_at = at;
    Ok((200, world.comment_json(&world.comments[&id])))
}

fn create_label(world: &mut World, call: &Call) -> Answer {
    allowed(world, call, &["issues", "pull_requests"], Right::Write)?;
    let name = call.text("name").unwrap_or_default().to_owned();
    let color = call.text("color").unwrap_or("ededed").to_owned();
    if name.is_empty() || world.labels.contains_key(&name) {
        return Err(invalid("Label", "name", "already_exists", None));
    }
    if color.len() != 6 || !color.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(invalid("Label", "color", "invalid", None));
    }
    world.labels.insert(name.clone(), color.clone());
    Ok((201, json!({"name": name, "color": color})))
}
