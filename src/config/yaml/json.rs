//! The tree as JSON Schema sees it: jsonschema's representation traits, so that nothing is copied.
//!
//! Build a validator with `jsonschema::options_for::<Tree>()` and hand it `&Node`s. Note that a validation
//! error's own message echoes values; use `masked()`, and [`super::find_pointer`] with its instance path.

use std::borrow::Cow;
use std::slice;

use jsonschema::JsonType;
use jsonschema::json::{self, NodeIdentity};

use super::Span;
use super::node::{Key, Node, Scalar, Style, Value};
use super::resolve::Kind;

/// The representation: a validator of `Tree` takes `&Node`.
#[derive(Debug, Clone, Copy)]
pub struct Tree;

/// A name that is prepared once and compared often.
type Prepared = Box<str>;

impl json::Json for Tree {
    type Node<'a> = &'a Node<'a>;
    type PreparedKey = Prepared;
    type StringBuffer = Name;

    // Looking up walks the entries; so one pass over them is never dearer than the lookups it replaces.
    const KEYS_PER_LOOKUP: usize = 16;

    fn prepare_key(key: &str) -> Prepared {
        key.into()
    }

    fn with_string_node<T>(
        buffer: &mut Name,
        string: &str,
        f: impl for<'n> FnOnce(&'n Node<'n>) -> T,
    ) -> T {
        if let Value::Scalar(Scalar {
            text: Cow::Owned(text),
            ..
        }) = &mut buffer.0.value
        {
            text.clear();
            text.push_str(string);
        } else {
            buffer.0.value = Value::Scalar(Scalar {
                text: Cow::Owned(string.to_owned()),
                style: Style::Double,
            });
        }
        f(&buffer.0)
    }
}

/// Room for one key as a node, while JSON Schema looks at names.
#[derive(Debug)]
pub struct Name(Node<'static>);

impl Default for Name {
    fn default() -> Self {
        let scalar = Scalar {
            text: Cow::Owned(String::new()),
            style: Style::Double,
        };
        Self(Node {
            span: Span::default(),
            value: Value::Scalar(scalar),
        })
    }
}

impl<'a> json::Node<'a, Tree> for &'a Node<'a> {
    type Object = &'a [(Key<'a>, Node<'a>)];
    type Array = &'a [Node<'a>];
    type Number = serde_json::Number;

    fn as_object(&self) -> Option<Self::Object> {
        self.as_mapping()
    }

    fn as_array(&self) -> Option<Self::Array> {
        self.as_sequence()
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        let scalar = self.as_scalar()?;
        (scalar.kind() == Kind::Text).then(|| Cow::Borrowed(scalar.text.as_ref()))
    }

    fn as_number(&self) -> Option<serde_json::Number> {
        self.as_scalar()?.number()
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.as_scalar()?.kind() {
            Kind::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.json_type() == JsonType::Null
    }

    fn is_number(&self) -> bool {
        self.json_type() == JsonType::Number
    }

    fn json_type(&self) -> JsonType {
        match &self.value {
            Value::Mapping(_) => JsonType::Object,
            Value::Sequence(_) => JsonType::Array,
            Value::Scalar(scalar) => match scalar.kind() {
                Kind::Null => JsonType::Null,
                Kind::Bool(_) => JsonType::Boolean,
                Kind::Number => JsonType::Number,
                Kind::Text => JsonType::String,
            },
        }
    }

    fn equals_value(&self, expected: &serde_json::Value) -> bool {
        use serde_json::Value as Json;
        match (&self.value, expected) {
            (Value::Scalar(scalar), Json::String(text)) => {
                scalar.text.as_ref() == text && scalar.kind() == Kind::Text
            }
            (Value::Scalar(scalar), Json::Bool(bool)) => scalar.kind() == Kind::Bool(*bool),
            (Value::Scalar(scalar), Json::Null) => scalar.kind() == Kind::Null,
            (Value::Scalar(scalar), Json::Number(number)) => scalar
                .number()
                .is_some_and(|own| json::cmp::equal_numbers(&own, number)),
            (Value::Sequence(_), Json::Array(_)) | (Value::Mapping(_), Json::Object(_)) => {
                json::cmp::equal(&value(self), expected)
            }
            _ => false,
        }
    }

    fn to_value(&self) -> Cow<'a, serde_json::Value> {
        Cow::Owned(value(self))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        // Sound: the tree is borrowed for the whole validation, so a node neither moves nor is freed, and no
        // two nodes share an address (children live in allocations of their own). Only the scalar of a
        // `Name` is rewritten in place, and scalars are no containers.
        Some(NodeIdentity::new(
            std::ptr::from_ref::<Node<'_>>(self) as usize
        ))
    }
}

impl<'a> json::Object<'a, Tree> for &'a [(Key<'a>, Node<'a>)] {
    type Node = &'a Node<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn get(&self, key: &Prepared) -> Option<&'a Node<'a>> {
        self.iter()
            .find(|(have, _)| have.text.as_ref() == key.as_ref())
            .map(|(_, node)| node)
    }

    fn members(&self) -> Members<'a> {
        Members(self.iter())
    }
}

/// The entries of a map, in the order of the file.
#[derive(Debug, Clone)]
pub struct Members<'a>(slice::Iter<'a, (Key<'a>, Node<'a>)>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, node)| (key.text.as_ref(), node))
    }
}

impl<'a> json::Array<'a, Tree> for &'a [Node<'a>] {
    type Node = &'a Node<'a>;
    type ElementsIter = slice::Iter<'a, Node<'a>>;

    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn elements(&self) -> Self::ElementsIter {
        self.iter()
    }
}

/// A copy as JSON: where an error is made, and for lists and maps in `enum`, `const` and `uniqueItems`.
fn value(node: &Node<'_>) -> serde_json::Value {
    use serde_json::Value as Json;
    match &node.value {
        Value::Sequence(items) => Json::Array(items.iter().map(value).collect()),
        Value::Mapping(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, node)| (key.text.to_string(), value(node)))
                .collect(),
        ),
        Value::Scalar(scalar) => match scalar.kind() {
            Kind::Null => Json::Null,
            Kind::Bool(bool) => Json::Bool(bool),
            Kind::Number => scalar.number().map_or(Json::Null, Json::Number),
            Kind::Text => Json::String(scalar.text.to_string()),
        },
    }
}

impl Node<'_> {
    /// A copy as JSON, by the core schema. For cold paths and tests.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        value(self)
    }
}
