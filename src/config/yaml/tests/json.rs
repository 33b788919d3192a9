//! JSON Schema judges the tree itself.

use jsonschema::json::{Array as _, Json as _, JsonNumber as _, Node as _, Object};
use jsonschema::{JsonType, Validator};
use serde_json::json;

use super::*;
use crate::config::yaml::{Tree, find_pointer};

fn validator(schema: &serde_json::Value) -> Validator<Tree> {
    jsonschema::options_for::<Tree>().build(schema).unwrap()
}

fn schema() -> serde_json::Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "properties": {"accounts": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z0-9-]+$"},
            "additionalProperties": {"$ref": "#/$defs/account"}
        }},
        "$defs": {
            "account": {"anyOf": [{"$ref": "#/$defs/text"}, {
                "type": "object",
                "additionalProperties": false,
                "required": ["name"],
                "properties": {
                    "name": {"$ref": "#/$defs/text"},
                    "type": {"enum": ["customer", "subscription"]},
                    "protect": {"type": "boolean"},
                    "percent": {"type": "integer", "minimum": 0, "maximum": 100},
                    "months": {"type": "array", "items": {"type": "string", "minLength": 3}, "uniqueItems": true},
                    "within": {"$ref": "#/$defs/account"}
                }
            }]},
            "text": {"type": ["string", "number"]}
        }
    })
}

#[test]
fn a_good_file_is_valid() {
    let text = "accounts:\n  '012345678901': Shop\n  a:\n    name: 0071000\n    type: customer\n    protect: true\n    \
                percent: 1e1\n    months: [jan, 'feb', \"12\\u0033\"]\n    within: {name: é}\n";
    assert!(validator(&schema()).is_valid(&tree(text)));
}

#[test]
fn errors_lead_back_to_the_text() {
    let text = "accounts:\n  A: Shop\n  a:\n    - x\nother: 1\n";
    let tree = tree(text);
    let validator = validator(&schema());
    assert!(!validator.is_valid(&tree));
    let mut found: Vec<_> = validator
        .iter_errors(&tree)
        .map(|error| {
            let found = find_pointer(&tree, error.instance_path().as_str()).unwrap();
            format!(
                "{:?} {}: {}",
                found.entry_span().of(text),
                error.kind().keyword(),
                error.masked()
            )
        })
        .collect();
    found.sort();
    insta::assert_snapshot!(found.join("\n"), @r##"
        "a" anyOf: value is not valid under any of the schemas listed in the 'anyOf' keyword
        "accounts" propertyNames: "A" does not match "^[a-z0-9-]+$"
        "accounts:\n  A: Shop\n  a:\n    - x\nother: 1" additionalProperties: Additional properties are not allowed ('other' was unexpected)
        "##);
}

#[test]
fn each_rule_is_broken_by_its_own_value() {
    let validator = validator(&schema());
    let valid = |account: &str| validator.is_valid(&tree(&format!("accounts: {{a: {account}}}\n")));
    for (account, good) in [
        ("{name: x}", true),
        ("{}", false),
        ("{name: }", false),
        ("{name: true}", false),
        ("{name: 'true'}", true),
        ("{name: !!str true}", true),
        ("{name: x, type: other}", false),
        ("{name: x, protect: 'true'}", false),
        ("{name: x, protect: yes}", false),
        ("{name: x, percent: 100.0}", true),
        ("{name: x, percent: 100.5}", false),
        ("{name: x, percent: 101}", false),
        ("{name: x, percent: -1}", false),
        ("{name: x, percent: '5'}", false),
        ("{name: x, months: [éé]}", false),
        ("{name: x, months: [éüö]}", true),
        ("{name: x, months: [abc, abc]}", false),
        ("{name: x, months: 1}", false),
        (
            "{name: x, within: {name: y, within: {name: z, within: 1}}}",
            true,
        ),
        (
            "{name: x, within: {name: y, within: {name: z, within: true}}}",
            false,
        ),
    ] {
        assert_eq!(valid(account), good, "{account}");
    }
}

#[test]
fn maps_with_more_keys_than_rules_and_fewer() {
    let validator = validator(&json!({
        "required": ["a", "z", "k30"], "properties": {"k7": {"const": 7}, "k31": {"const": {"x": [1.0]}}}
    }));
    let text = |seven: &str| {
        let many: String = (0..30)
            .filter(|n| *n != 7)
            .map(|n| format!("k{n}: 0\n"))
            .collect();
        format!("{many}a: 1\nz: 2\nk7: {seven}\nk30: 1\nk31: {{x: [1]}}\n")
    };
    assert!(validator.is_valid(&tree(&text("7"))));
    assert!(validator.is_valid(&tree(&text("7.0"))));
    assert!(!validator.is_valid(&tree(&text("'7'"))));
    assert!(!validator.is_valid(&tree(&text("7").replace("z: 2\n", ""))));
}

/// What the validator relies on, for every kind of node.
#[test]
fn the_representation_keeps_its_contract() {
    let text = "string: héllo\ninteger: 42\nfloat: 1.5\nboolean: true\nnothing: ~\narray: [10, 20]\nobject: {k: v}\n";
    let tree = tree(text);
    let root: &Node<'_> = &tree;
    let object = root.as_object().unwrap();
    let member = |name: &str| Object::get(&object, &Tree::prepare_key(name)).unwrap();
    assert!(Object::get(&object, &Tree::prepare_key("missing")).is_none());
    let kinds = [
        ("string", JsonType::String),
        ("integer", JsonType::Number),
        ("float", JsonType::Number),
        ("boolean", JsonType::Boolean),
        ("nothing", JsonType::Null),
        ("array", JsonType::Array),
        ("object", JsonType::Object),
    ];
    let mut identities = vec![root.identity()];
    for (name, kind) in kinds {
        let node = member(name);
        assert_eq!(node.json_type(), kind, "{name}");
        assert_eq!(node.is_number(), node.as_number().is_some(), "{name}");
        assert_eq!(node.is_string(), node.as_string().is_some(), "{name}");
        assert_eq!(node.is_null(), kind == JsonType::Null);
        assert!(node.equals_value(&node.to_value()), "{name}");
        assert!(!node.equals_value(&json!("other")), "{name}");
        assert_eq!(node.identity(), member(name).identity());
        assert!(!identities.contains(&node.identity()), "{name}");
        identities.push(node.identity());
    }
    assert_eq!(member("string").string_length(), Some(5));
    assert_eq!(member("boolean").as_boolean(), Some(true));
    assert!(member("integer").equals_value(&json!(42.0)));
    assert!(member("integer").as_number().unwrap().is_integer());
    assert_eq!(member("array").as_array().unwrap().elements().count(), 2);
    assert_eq!(
        object.members().map(|(name, _)| name).collect::<Vec<_>>(),
        kinds.map(|(name, _)| name)
    );

    let mut buffer = Default::default();
    for name in ["héllo", "", "12"] {
        Tree::with_string_node(&mut buffer, name, |node| {
            assert_eq!(
                (node.json_type(), node.as_string().as_deref()),
                (JsonType::String, Some(name))
            );
        });
    }
}
