//! `SimulatePrincipalPolicy` as IAM answers it: each action on each resource, with conditions and the
//! context given. (ministack looks at the first resource alone, and at no context.)
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::billing::keys::root_key;
use super::client::{Client, between};
use super::front::Call;
use super::front::request::decoded;
use super::web::{Said, said};

/// How many results come where nobody asks for less.
const PAGE: usize = 100;

/// Answers a call that the caller may make.
pub async fn answer(ministack: &str, call: &Call) -> Said {
    let source = call.field("PolicySourceArn").unwrap_or_default();
    let parts: Vec<&str> = source.split(':').collect();
    let entity = parts.get(5).and_then(|entity| entity.split_once('/'));
    let (Some(("role" | "user", path)), "iam") = (entity, parts.get(2).copied().unwrap_or(""))
    else {
        return refused(
            400,
            "InvalidInput",
            &format!("Invalid Entity Arn: {source}"),
        );
    };
    let root = Client::new(ministack, root_key(parts[4]));
    let kind = if source.contains(":role/") {
        "Role"
    } else {
        "User"
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(policies) = policies(&root, kind, name).await else {
        let message = format!(
            "The {} with name {name} cannot be found.",
            kind.to_lowercase()
        );
        return refused(404, "NoSuchEntity", &message);
    };
    let mut resources = call.fields("ResourceArns");
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let context = context(call);
    let mut results = Vec::new();
    for action in call.fields("ActionNames") {
        for resource in &resources {
            results.push(decide(&policies, &action, resource, &context).told(&action, resource));
        }
    }
    let from: usize = call
        .field("Marker")
        .and_then(|from| from.parse().ok())
        .unwrap_or(0);
    let most: usize = call
        .field("MaxItems")
        .and_then(|most| most.parse().ok())
        .unwrap_or(PAGE);
    let page: String = results
        .iter()
        .skip(from)
        .take(most)
        .map(String::as_str)
        .collect();
    let more = from + most < results.len();
    let marker = if more {
        format!("<Marker>{}</Marker>", from + most)
    } else {
        String::new()
    };
    let body = format!(
        "<SimulatePrincipalPolicyResponse xmlns=\"{NAMESPACE}\"><SimulatePrincipalPolicyResult>\
         <EvaluationResults>{page}</EvaluationResults><IsTruncated>{more}</IsTruncated>{marker}\
         </SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>{ID}</RequestId></ResponseMetadata>\
         </SimulatePrincipalPolicyResponse>"
    );
    said(200, "text/xml", body)
}

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
const ID: &str = "00000000-0000-4000-8000-000000000000";

fn refused(status: u16, code: &str, message: &str) -> Said {
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{ID}</RequestId></ErrorResponse>"
    );
    said(status, "text/xml", body)
}

/// The statements of the policies of a role or user, its own and those attached; none where there is
/// no such entity.
async fn policies(root: &Client, kind: &str, name: &str) -> Option<Vec<Value>> {
    let of = format!("{kind}Name");
    let own = [(&*of, name)];
    let list = root
        .query("iam", &format!("List{kind}Policies"), &own)
        .await;
    if list.status >= 300 {
        return None;
    }
    let mut documents = Vec::new();
    for policy in all(&list.body, "member") {
        let fields = [(&*of, name), ("PolicyName", &*policy)];
        let one = root
            .query("iam", &format!("Get{kind}Policy"), &fields)
            .await;
        documents.extend(one.element("PolicyDocument"));
    }
    let attached = root
        .query("iam", &format!("ListAttached{kind}Policies"), &own)
        .await;
    for arn in all(&attached.body, "PolicyArn") {
        let policy = root
            .query("iam", "GetPolicy", &[("PolicyArn", &*arn)])
            .await;
        let version = policy.element("DefaultVersionId").unwrap_or_default();
        let fields = [("PolicyArn", &*arn), ("VersionId", &*version)];
        let one = root.query("iam", "GetPolicyVersion", &fields).await;
        documents.extend(one.element("Document"));
    }
    let parsed = documents.iter().filter_map(|text| {
        let text = decoded(text).replace("&quot;", "\"").replace("&amp;", "&");
        serde_json::from_str::<Value>(&text).ok()
    });
    Some(
        parsed
            .flat_map(|document| many(&document["Statement"]))
            .collect(),
    )
}

/// The values of a member that may be one or a list.
fn many(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

type Context = BTreeMap<String, Vec<String>>;

fn context(call: &Call) -> Context {
    let entry = |number: usize| {
        let at = format!("ContextEntries.member.{number}");
        let name = call.field(&format!("{at}.ContextKeyName"))?.to_lowercase();
        let values = call.fields(&format!("{at}.ContextKeyValues"));
        Some((name, values))
    };
    (1..).map_while(entry).collect()
}

struct Decision {
    allowed: bool,
    denied: bool,
    /// Keys that a statement asks for and the call does not give.
    missing: BTreeSet<String>,
}

impl Decision {
    fn told(&self, action: &str, resource: &str) -> String {
        let decision = match (self.denied, self.allowed) {
            (true, _) => "explicitDeny",
            (false, true) => "allowed",
            (false, false) => "implicitDeny",
        };
        let mut missing = String::new();
        for key in &self.missing {
            write!(missing, "<member>{key}</member>").unwrap();
        }
        format!(
            "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>\
             <EvalDecision>{decision}</EvalDecision><MatchedStatements/>\
             <MissingContextValues>{missing}</MissingContextValues></member>"
        )
    }
}

fn decide(statements: &[Value], action: &str, resource: &str, context: &Context) -> Decision {
    let mut decision = Decision {
        allowed: false,
        denied: false,
        missing: BTreeSet::new(),
    };
    for statement in statements {
        let names = |member: &str, name: &str| {
            let all = many(&statement[member]);
            all.iter()
                .any(|pattern| pattern.as_str().is_some_and(|pattern| fits(pattern, name)))
        };
        let on_action = many(&statement["Action"]).iter().any(|pattern| {
            let pattern = pattern.as_str().unwrap_or_default().to_lowercase();
            fits(&pattern, &action.to_lowercase())
        });
        if !on_action || !names("Resource", resource) {
            continue;
        }
        if !holds(&statement["Condition"], context, &mut decision.missing) {
            continue;
        }
        if statement["Effect"] == "Deny" {
            decision.denied = true;
        } else {
            decision.allowed = true;
        }
    }
    decision
}

/// Whether every condition holds.
fn holds(condition: &Value, context: &Context, missing: &mut BTreeSet<String>) -> bool {
    let mut holds = true;
    for (operator, keys) in condition.as_object().into_iter().flatten() {
        for (key, wanted) in keys.as_object().into_iter().flatten() {
            let Some(values) = context.get(&key.to_lowercase()) else {
                missing.insert(key.clone());
                holds = false;
                continue;
            };
            let like = ["StringLike", "ArnLike", "ArnEquals"].contains(&&**operator);
            let equal = |wanted: &Value, value: &str| {
                let wanted = wanted.as_str().unwrap_or_default();
                if like {
                    fits(wanted, value)
                } else {
                    wanted == value
                }
            };
            let wanted = many(wanted);
            let one = |value: &String| wanted.iter().any(|wanted| equal(wanted, value));
            holds &= values.iter().any(one);
        }
    }
    holds
}

/// Whether a text is what a pattern with `*` and `?` means.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| fits(rest, &text[at..]))
        }
        Some(first) => {
            let mut chars = text.chars();
            let fitting = chars
                .next()
                .is_some_and(|char| first == '?' || first == char);
            fitting && fits(&pattern[first.len_utf8()..], chars.as_str())
        }
    }
}

/// The texts of all elements of this name.
fn all(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    parts
        .filter_map(|part| between(&format!("{open}{part}"), &open, &close))
        .collect()
}
