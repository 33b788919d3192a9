//! The vendor's own description of a service, as botocore carries it: which operations there are, and
//! what a request, an answer and an error may hold. The stand-ins judge both directions by it.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

use super::ministack::Ministack;
use crate::tools;

/// The services that are described, by the names that botocore has for them.
const SERVICES: &[&str] = &[
    "bcm-data-exports",
    "compute-optimizer",
    "cost-optimization-hub",
    "cur",
    "organizations",
    "support",
];

/// Prints the models without their documentation.
const PRINT: &str = "
import json, sys
from botocore.loaders import Loader
def bare(value):
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if not (k == 'documentation' and isinstance(v, str))}
    return [bare(v) for v in value] if isinstance(value, list) else value
loader = Loader()
json.dump({name: bare(loader.load_service_model(name, 'service-2')) for name in sys.argv[1:]}, sys.stdout)
";

pub struct Model {
    pub service: &'static str,
    raw: Value,
    schemas: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, for example `Export.Name`.
    pub member: String,
    /// Which constraint, in AWS's words.
    pub constraint: String,
    /// Whether it is of another type: AWS then fails before it validates.
    pub is_type: bool,
}

impl Model {
    /// All services.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Model>> = LazyLock::new(|| {
            let mut command = Command::new(Ministack::python());
            command.args(["-c", PRINT]).args(SERVICES);
            let printed = tools::printed("botocore-models", &mut command);
            let mut models: BTreeMap<String, Value> =
                serde_json::from_slice(&std::fs::read(printed).unwrap()).unwrap();
            let model = |service: &&'static str| Model {
                service,
                raw: models.remove(*service).unwrap(),
                schemas: Mutex::default(),
            };
            SERVICES.iter().map(model).collect()
        });
        &ALL
    }

    /// The service and operation of an `X-Amz-Target` header.
    pub fn find(target: &str) -> Option<(&'static Self, &str)> {
        let (prefix, operation) = target.rsplit_once('.')?;
        let of = |model: &&Self| model.metadata("targetPrefix") == prefix;
        let model = Self::all().iter().find(of)?;
        let known = model.raw["operations"].get(operation).is_some();
        known.then_some((model, operation))
    }

    pub fn metadata(&self, name: &str) -> &str {
        self.raw["metadata"][name].as_str().unwrap_or_default()
    }

    /// The content type of requests and answers.
    pub fn content_type(&self) -> String {
        format!("application/x-amz-json-{}", self.metadata("jsonVersion"))
    }

    pub fn judge_input(&self, operation: &str, input: &Value) -> Vec<Violation> {
        self.judge(self.shape_of(operation, "input"), input)
    }

    pub fn judge_output(&self, operation: &str, output: &Value) -> Vec<Violation> {
        self.judge(self.shape_of(operation, "output"), output)
    }

    /// Judges the members of an error; where the model does not know it, only that it has a message.
    pub fn judge_error(&self, code: &str, members: &Value) -> Vec<Violation> {
        self.judge(self.raw["shapes"].get(code).map(|_| code), members)
    }

    /// The HTTP status of an error.
    pub fn status_of(&self, code: &str) -> u16 {
        let shape = &self.raw["shapes"][code];
        let declared = shape["error"]["httpStatusCode"].as_u64();
        let usual = if shape["fault"] == true { 500 } else { 400 };
        declared.map_or(usual, |status| u16::try_from(status).unwrap())
    }

    /// How this service spells the member of an error that holds the message.
    pub fn message_member(&self, code: &str) -> &'static str {
        let shape = &self.raw["shapes"][code]["members"];
        if shape.get("Message").is_some() {
            "Message"
        } else {
            "message"
        }
    }

    fn shape_of(&self, operation: &str, direction: &str) -> Option<&str> {
        self.raw["operations"][operation][direction]["shape"].as_str()
    }

    fn judge(&self, shape: Option<&str>, document: &Value) -> Vec<Violation> {
        let Some(shape) = shape else {
            return Vec::new();
        };
        let validator = self.validator(shape);
        let errors = validator.iter_errors(document);
        let mut all: Vec<Violation> = errors.map(|error| violation(&error)).collect();
        all.sort_by(|a, b| a.member.cmp(&b.member));
        all
    }

    fn validator(&self, shape: &str) -> Arc<Validator> {
        let mut schemas = self.schemas.lock().unwrap();
        let make = || {
            let shapes = self.raw["shapes"].as_object().unwrap();
            let defs: Map<_, _> = shapes
                .iter()
                .map(|(name, shape)| (name.clone(), schema(shape)))
                .collect();
            let whole = json!({"$ref": format!("#/$defs/{shape}"), "$defs": defs});
            Arc::new(jsonschema::options().build(&whole).unwrap())
        };
        schemas.entry(shape.to_owned()).or_insert_with(make).clone()
    }
}

/// A shape of the model as JSON Schema.
fn schema(shape: &Value) -> Value {
    let to = |reference: &Value| json!({"$ref": format!("#/$defs/{}", reference["shape"].as_str().unwrap())});
    let mut schema = match shape["type"].as_str().unwrap() {
        "structure" => {
            let members = shape["members"].as_object().unwrap();
            let properties: Map<_, _> = members
                .iter()
                .map(|(name, member)| (name.clone(), to(member)))
                .collect();
            let required = shape.get("required").cloned().unwrap_or(json!([]));
            json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
        }
        "list" => json!({"type": "array", "items": to(&shape["member"])}),
        "map" => {
            json!({"type": "object", "propertyNames": to(&shape["key"]), "additionalProperties": to(&shape["value"])})
        }
        "integer" | "long" => json!({"type": "integer"}),
        "double" | "float" => json!({"type": "number"}),
        "boolean" => json!({"type": "boolean"}),
        "timestamp" if shape["timestampFormat"] == "iso8601" => {
            json!({"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"})
        }
        "timestamp" => json!({"type": "number"}),
        _ => json!({"type": "string"}),
    };
    let (least, most) = match shape["type"].as_str().unwrap() {
        "list" => ("minItems", "maxItems"),
        "string" => ("minLength", "maxLength"),
        _ => ("minimum", "maximum"),
    };
    for (from, to) in [("min", least), ("max", most), ("enum", "enum")] {
        if let Some(value) = shape.get(from) {
            schema[to] = value.clone();
        }
    }
    if let Some(pattern) = shape["pattern"].as_str() {
        schema["pattern"] = format!("^(?:{pattern})$").into();
    }
    schema
}

fn violation(error: &jsonschema::ValidationError<'_>) -> Violation {
    let mut member: Vec<String> = error
        .instance_path()
        .as_str()
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/"))
        .collect();
    let mut is_type = false;
    let constraint = match error.kind() {
        ValidationErrorKind::Required { property } => {
            member.push(property.as_str().unwrap_or_default().to_owned());
            "Member must not be null".to_owned()
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            member.extend(unexpected.first().cloned());
            "Member is not known to this service".to_owned()
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            let options: Vec<_> = options.filter_map(Value::as_str).collect();
            format!(
                "Member must satisfy enum value set: [{}]",
                options.join(", ")
            )
        }
        ValidationErrorKind::Pattern { pattern } => {
            let pattern = pattern.trim_start_matches("^(?:").trim_end_matches(")$");
            format!("Member must satisfy regular expression pattern: {pattern}")
        }
        ValidationErrorKind::MinLength { limit } => {
            format!("Member must have length greater than or equal to {limit}")
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!("Member must have length less than or equal to {limit}")
        }
        ValidationErrorKind::Minimum { limit } => {
            format!("Member must have value greater than or equal to {limit}")
        }
        ValidationErrorKind::Maximum { limit } => {
            format!("Member must have value less than or equal to {limit}")
        }
        other => {
            is_type = matches!(other, ValidationErrorKind::Type { .. });
            error.to_string()
        }
    };
    Violation {
        member: member.join("."),
        constraint,
        is_type,
    }
}
