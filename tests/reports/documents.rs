//! What machines read is what the schemas say.

use serde_json::Value;

use crate::support::Project;

pub fn holds(name: &str, document: &Value) {
    let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut strict = schema;
    close(&mut strict);
    let validator = jsonschema::validator_for(&strict).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

/// A field that the schema does not name is an error here: nothing is printed undescribed.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".to_owned(), false.into());
            }
            map.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn plans() {
    let project = Project::new();
    holds("plan", &project.json(&["plan", "--offline", "--json"]));
    holds("plan", &project.json(&["plan", "--json"]));
    project.apply();
    project.edit("teams/payments.yaml", "Shop production", "Shop");
    project.edit(
        "finance.yaml",
        "CC-110: {name: Payments, parent: BU-1}",
        "CC-111: {name: Payments, parent: BU-1, previously: [CC-110]}",
    );
    project.edit(
        "teams/payments.yaml",
        "  \"210987654322\": {name: Shop staging, labels: {env: staging}}\n",
        "",
    );
    let plan = project.json(&["plan", "--offline", "--json"]);
    holds("plan", &plan);
    assert_eq!(plan["summary"]["rename"], 1);
    assert_eq!(plan["refusals"][0]["code"], "removal.unasked");
}

#[test]
fn applies_and_accounts() {
    let project = Project::new();
    let applied = project.json(&["apply", "--offline", "--auto-approve", "--json"]);
    holds("apply", &applied);
    assert_eq!(applied["not_done"], 0);
    holds(
        "apply",
        &project.json(&["apply", "--offline", "--auto-approve", "--json"]),
    );
    let accounts = project.json(&["accounts", "--json"]);
    holds("accounts", &accounts);
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(accounts["accounts"][0]["cost_center"], "CC-110");
    assert_eq!(accounts["accounts"][0]["data_through"], Value::Null);
}

#[test]
fn drift() {
    let project = Project::on_platform();
    project.apply();
    std::fs::remove_file(project.path().join(".platform/cost_center~BU-2.json")).unwrap();
    let plan = project.json(&["plan", "--json"]);
    holds("plan", &plan);
    assert_eq!(plan["drift"][0]["missing"], true);
}
