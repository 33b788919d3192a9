//! Google's own description of its services, as google-api-python-client carries it: which methods
//! there are, by which paths, with which parameters, scopes and bodies. The stand-in judges both
//! directions by it, so that neither it nor the program can make up an API.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;

use crate::tools;

/// The documents that are held to, by the name of the service in its host.
const DOCUMENTS: &[(&str, &str)] = &[
    ("bigquery", "bigquery.v2"),
    ("cloudbilling", "cloudbilling.v1"),
    ("cloudresourcemanager", "cloudresourcemanager.v3"),
    ("iam", "iam.v1"),
    ("iamcredentials", "iamcredentials.v1"),
    ("recommender", "recommender.v1"),
    ("serviceusage", "serviceusage.v1"),
    ("sts", "sts.v1"),
    ("www", "oauth2.v2"),
];

/// Prints the documents without their descriptions.
const PRINT: &str = "
import json, os, sys
import googleapiclient.discovery_cache as cache
folder = os.path.join(os.path.dirname(cache.__file__), 'documents')
def bare(value):
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if not (k in ('description', 'enumDescriptions') and not isinstance(v, dict))}
    return [bare(v) for v in value] if isinstance(value, list) else value
json.dump({name: bare(json.load(open(os.path.join(folder, name + '.json')))) for name in sys.argv[1:]}, sys.stdout)
";

/// The Python that has the client.
pub fn python() -> PathBuf {
    tools::pip("google-api-python-client", "2.202.0", &[])
}

/// One service.
pub struct Service {
    pub name: &'static str,
    document: Value,
    methods: Vec<Method>,
}

/// One method of a service.
pub struct Method {
    /// For example `cloudbilling.billingAccounts.get`.
    pub id: String,
    raw: Value,
    /// The path from the root, in segments; `{name}` stands for anything.
    segments: Vec<String>,
}

/// A method with the values in its path.
pub struct Found<'m> {
    pub service: &'static Service,
    pub method: &'m Method,
    /// The path's parameters by their names.
    pub parameters: BTreeMap<String, String>,
}

/// All services, by [`DOCUMENTS`].
pub fn services() -> &'static [Service] {
    static ALL: LazyLock<Vec<Service>> = LazyLock::new(|| {
        let mut command = Command::new(python());
        command
            .args(["-c", PRINT])
            .args(DOCUMENTS.iter().map(|(_, name)| name));
        let printed = tools::printed("google-discovery", &mut command);
        let mut documents: BTreeMap<String, Value> =
            serde_json::from_slice(&std::fs::read(printed).unwrap()).unwrap();
        let service = |(name, document): &(&'static str, &str)| {
            let document = documents.remove(*document).unwrap();
            let mut methods = Vec::new();
            collect(&document, &document, &mut methods);
            Service {
                name,
                document,
                methods,
            }
        };
        DOCUMENTS.iter().map(service).collect()
    });
    &ALL
}

fn collect(document: &Value, resource: &Value, out: &mut Vec<Method>) {
    for method in resource["methods"]
        .as_object()
        .into_iter()
        .flat_map(|m| m.values())
    {
        let path = method["flatPath"]
            .as_str()
            .or(method["path"].as_str())
            .unwrap();
        let root = document["servicePath"].as_str().unwrap_or_default();
        out.push(Method {
            id: method["id"].as_str().unwrap().to_owned(),
            segments: format!("{root}{path}")
                .split('/')
                .map(str::to_owned)
                .collect(),
            raw: method.clone(),
        });
    }
    for below in resource["resources"]
        .as_object()
        .into_iter()
        .flat_map(|r| r.values())
    {
        collect(document, below, out);
    }
}

impl Service {
    pub fn named(name: &str) -> Option<&'static Self> {
        services().iter().find(|service| service.name == name)
    }

    /// The method that a request is for: its path is from the root, without a leading slash.
    pub fn find(&'static self, verb: &str, path: &str) -> Option<Found<'static>> {
        let asked: Vec<&str> = path.split('/').collect();
        let fits = |method: &&Method| {
            method.raw["httpMethod"] == verb
                && method.segments.len() == asked.len()
                && method
                    .segments
                    .iter()
                    .zip(&asked)
                    .all(|(want, have)| fit(want, have))
        };
        let method = self.methods.iter().find(fits)?;
        Some(Found {
            service: self,
            method,
            parameters: self.parameters(method, path),
        })
    }

    /// The values in a path, by the names that the method's template has for them.
    fn parameters(&self, method: &Method, path: &str) -> BTreeMap<String, String> {
        let root = self.document["servicePath"].as_str().unwrap_or_default();
        let template = format!("{root}{}", method.raw["path"].as_str().unwrap());
        let mut found = BTreeMap::new();
        let (mut rest, mut template) = (path, template.as_str());
        while let Some((before, after)) = template.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            rest = rest.strip_prefix(before).unwrap_or_default();
            let literal = after.split('{').next().unwrap_or_default();
            // Only the last parameter spans slashes; those before it end at the next one.
            let end = match (literal, after.contains('{')) {
                ("", _) => rest.len(),
                (literal, true) => rest.find(literal).unwrap_or(rest.len()),
                (literal, false) => rest.len() - literal.len(),
            };
            let name = name.trim_start_matches('+').to_owned();
            found.insert(name, decoded(&rest[..end]));
            rest = &rest[end..];
            template = after;
        }
        found
    }

    /// What is wrong with a document by a schema of this service.
    pub fn judge(&self, schema: &str, document: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.walk(
            &self.document["schemas"][schema],
            document,
            schema,
            &mut wrong,
        );
        wrong
    }

    fn walk(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            return self.walk(&self.document["schemas"][name], value, at, wrong);
        }
        match (schema["type"].as_str().unwrap_or("any"), value) {
            ("any", _) => {}
            ("object", Value::Object(members)) => {
                let known = &schema["properties"];
                for (name, member) in members {
                    let below = format!("{at}.{name}");
                    match (known.get(name), schema.get("additionalProperties")) {
                        (Some(schema), _) | (None, Some(schema)) => {
                            self.walk(schema, member, &below, wrong);
                        }
                        (None, None) => wrong.push(format!("{below} is not known")),
                    }
                }
            }
            ("array", Value::Array(items)) => {
                for (number, item) in items.iter().enumerate() {
                    self.walk(&schema["items"], item, &format!("{at}[{number}]"), wrong);
                }
            }
            ("string", Value::String(text)) => {
                if let Some(fault) = text_fault(schema, text) {
                    wrong.push(format!("{at}: `{text}` {fault}"));
                }
            }
            ("boolean", Value::Bool(_)) | ("integer" | "number", Value::Number(_)) => {}
            (kind, _) => wrong.push(format!("{at} is no {kind}: {value}")),
        }
    }
}

impl Method {
    /// What is wrong with the parameters of a query.
    pub fn judge_query(&self, service: &Service, query: &[(String, String)]) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, text) in query {
            let own = &self.raw["parameters"][name];
            let schema = if own.is_null() {
                &service.document["parameters"][name]
            } else {
                own
            };
            if schema["location"] != "query" {
                wrong.push(format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query \
                     parameter. Field '{name}' could not be found in request message."
                ));
            } else if let Some(fault) = text_fault(schema, text) {
                wrong.push(format!("Invalid value at '{name}': \"{text}\" {fault}"));
            }
            let times = query.iter().filter(|(other, _)| other == name).count();
            if times > 1 && schema["repeated"] != true {
                wrong.push(format!("'{name}' is given {times} times"));
            }
        }
        wrong
    }

    /// The names of the schemas of request and answer.
    pub fn request(&self) -> Option<&str> {
        self.raw["request"]["$ref"].as_str()
    }

    pub fn response(&self) -> Option<&str> {
        self.raw["response"]["$ref"].as_str()
    }

    /// Whether a token with these scopes may call it.
    pub fn allows(&self, scopes: &[String]) -> bool {
        let wanted = self.raw["scopes"].as_array();
        wanted.is_none_or(|wanted| {
            let has = |scope: &Value| scopes.iter().any(|one| scope == one.as_str());
            wanted.iter().any(has)
        })
    }
}

/// Whether one segment of a path fits one of a template: `{id}`, `word`, `{id}:verb`, `word:verb`.
fn fit(want: &str, have: &str) -> bool {
    match want.strip_prefix('{') {
        Some(rest) => match rest.split_once('}') {
            Some((_, "")) => !have.is_empty() && !verb(have),
            Some((_, tail)) => have.len() > tail.len() && have.ends_with(tail),
            None => false,
        },
        None => want == have,
    }
}

/// Whether a segment ends in a verb of ours (`:testIamPermissions`): ids of old projects have a colon
/// too, behind a domain.
fn verb(segment: &str) -> bool {
    segment
        .rsplit_once(':')
        .is_some_and(|(before, _)| !before.contains('.'))
}

fn text_fault(schema: &Value, text: &str) -> Option<&'static str> {
    if let Some(words) = schema["enum"].as_array()
        && !words.iter().any(|word| word == text)
    {
        return Some("is none of the words that are known");
    }
    let fits = match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) | (_, Some("int64" | "uint64" | "int32" | "uint32")) => {
            text.parse::<i128>().is_ok()
        }
        (Some("boolean"), _) => matches!(text, "true" | "false"),
        (_, Some("google-datetime" | "date-time")) =>
        // What has no end ends in the last second of the year 9999, which is past ours.
        {
            text.parse::<Timestamp>().is_ok() || text == "9999-12-31T23:59:59Z"
        }
        _ => true,
    };
    (!fits).then_some("does not have its form")
}

/// A text of an address without its percent signs.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (hex, bytes[at]) {
            (Some(byte), _) => {
                out.push(byte);
                at += 2;
            }
            (None, b'+') => out.push(b' '),
            (None, byte) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The pairs of a query or of a form.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decoded(name), decoded(value))
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(pair)
        .collect()
}
