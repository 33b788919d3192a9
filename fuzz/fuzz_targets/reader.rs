//! Any bytes through the reader: no panic, bounded output, spans within the text and on bounds of characters.
#![no_main]

use std::sync::LazyLock;

use bursar::config::yaml::{
    LeafProblem, Limits, LineIndex, Node, Problem, Span, Tree, Value, decode, decode_node,
    find_pointer, parse,
};
use jsonschema::Validator;
use libfuzzer_sys::fuzz_target;
use serde::de::{Deserialize, Deserializer, IgnoredAny};
use serde_json::json;

static SCHEMA: LazyLock<Validator<Tree>> = LazyLock::new(|| {
    let schema = json!({
        "propertyNames": {"pattern": "^[a-z]+$"},
        "properties": {"a": {"type": ["string", "number"]}, "b": {"uniqueItems": true}, "c": {"enum": [1, "x", null]}},
        "additionalProperties": {"$ref": "#"},
        "items": {"$ref": "#"},
        "maximum": 100,
        "minLength": 2
    });
    jsonschema::options_for::<Tree>()
        .build(&schema)
        .expect("the schema is one")
});

/// Decodes whatever it meets, through leaves and one-key maps.
struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Anything;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("anything")
            }
            fn visit_str<E>(self, _: &str) -> Result<Anything, E> {
                Ok(Anything)
            }
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                inner: D,
            ) -> Result<Anything, D::Error> {
                inner.deserialize_any(self)
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut items: A,
            ) -> Result<Anything, A::Error> {
                while items.next_element::<Anything>()?.is_some() {}
                Ok(Anything)
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut entries: A,
            ) -> Result<Anything, A::Error> {
                while entries.next_key::<Anything>()?.is_some() {
                    entries.next_value::<Anything>()?;
                }
                Ok(Anything)
            }
        }
        deserializer.deserialize_newtype_struct("bursar::Anything", Visitor)
    }
}

fn within(text: &str, span: Span) {
    assert!(span.start <= span.end, "{span:?}");
    assert!(
        text.get(span.start as usize..span.end as usize).is_some(),
        "{span:?}"
    );
}

fn walk(text: &str, node: &Node<'_>, depth: usize, limits: &Limits) {
    assert!(depth <= limits.depth);
    within(text, node.span);
    match &node.value {
        Value::Scalar(scalar) => {
            assert!(scalar.text.len() <= limits.scalar_bytes);
            let _ = (scalar.kind(), scalar.number());
        }
        Value::Sequence(items) => items
            .iter()
            .for_each(|item| walk(text, item, depth + 1, limits)),
        Value::Mapping(entries) => {
            for (key, node) in entries {
                within(text, key.span);
                assert!(!key.text.contains('\0'));
                walk(text, node, depth + 1, limits);
            }
        }
    }
}

fn judge(text: &str, problem: &Problem) {
    within(text, problem.span);
    problem
        .related
        .iter()
        .for_each(|(span, _)| within(text, *span));
    assert!(problem.message.len() < 400, "{problem:?}");
    let lines = LineIndex::new(text);
    let (line, column) = lines.position(text, problem.span.start);
    assert!(line >= 1 && line <= lines.lines() && column >= 1);
}

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        scalar_bytes: 1 << 12,
        nodes: 1 << 14,
        ..Limits::default()
    };
    let text = match decode(bytes, &limits) {
        Ok(text) => text,
        Err(problem) => {
            assert!(problem.span.end as usize <= bytes.len());
            return;
        }
    };
    match parse(text, &limits) {
        Ok(None) => {}
        Ok(Some(tree)) => {
            walk(text, &tree, 0, &limits);
            let valid = SCHEMA.is_valid(&tree);
            let mut errors = 0;
            for error in SCHEMA.iter_errors(&tree) {
                errors += 1;
                assert!(find_pointer(&tree, error.instance_path().as_str()).is_some());
            }
            assert_eq!(valid, errors == 0);
            let mut problems = Vec::new();
            let leaf = |_: &'static str, text: &str| {
                (text.len() % 7 == 0).then(|| LeafProblem {
                    code: "fuzz",
                    message: String::new(),
                    help: String::new(),
                    placeholder: "x".to_owned(),
                })
            };
            assert!(decode_node::<Anything>(&tree, &leaf, &mut problems).is_some());
            assert!(decode_node::<IgnoredAny>(&tree, &leaf, &mut problems).is_some());
            problems.iter().for_each(|problem| judge(text, problem));
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            problems.iter().for_each(|problem| judge(text, problem));
        }
    }
});
