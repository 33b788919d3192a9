//! The tree decoded into types, through serde. Scalars give their text; bad leaves are collected, not fatal.
//!
//! A newtype whose serde name starts with `bursar::` is a leaf: its text is shown to the caller's check
//! first, and where that objects the problem is noted and decoding goes on with a placeholder. `flatten` and
//! untagged enums buffer their input and so know neither leaves nor places: avoid them.

mod access;
mod error;

use std::cell::RefCell;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserialize, Deserializer, Unexpected, Visitor};

use super::Span;
use super::node::{Node, Scalar, Value};
use super::problem::Problem;
use super::resolve::Kind;
use access::{Entries, EnumOf, Items};
pub use error::DecodeError;

/// A check of leaves: the newtype's serde name and the text; `None` if the text is good.
pub type Leaf<'l> = &'l dyn Fn(&'static str, &str) -> Option<LeafProblem>;

/// What is wrong with a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafProblem {
    /// The problem's code.
    pub code: &'static str,
    /// What is wrong, without the text itself where it could be a secret.
    pub message: String,
    /// What to do.
    pub help: String,
    /// A text that the newtype accepts, to go on with.
    pub placeholder: String,
}

/// Decodes a tree, or a part of one.
///
/// `None` if it does not have the form of `T`; then the reason is among the `problems`. Where leaves were
/// refused the value is there, with placeholders: it is good only if no problem was added.
pub fn decode_node<'a, T: Deserialize<'a>>(
    node: &'a Node<'a>,
    leaf: Leaf<'_>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let context = Context {
        leaf,
        problems: RefCell::new(std::mem::take(problems)),
    };
    let decoded = T::deserialize(Of {
        node,
        context: &context,
    });
    *problems = context.problems.into_inner();
    match decoded {
        Ok(value) => Some(value),
        Err(error) => {
            problems.push(error.problem(node.span));
            None
        }
    }
}

struct Context<'l> {
    leaf: Leaf<'l>,
    problems: RefCell<Vec<Problem>>,
}

impl Context<'_> {
    /// The placeholder, if the leaf check objects to the text.
    fn refused(&self, name: &'static str, text: &str, span: Span) -> Option<String> {
        if !name.starts_with("bursar::") {
            return None;
        }
        let LeafProblem {
            code,
            message,
            help,
            placeholder,
        } = (self.leaf)(name, text)?;
        self.problems
            .borrow_mut()
            .push(Problem::new(code, span, message, help));
        Some(placeholder)
    }
}

/// A node as a deserializer.
#[derive(Clone, Copy)]
struct Of<'a, 'c> {
    node: &'a Node<'a>,
    context: &'c Context<'c>,
}

impl<'a> Of<'a, '_> {
    fn scalar(&self) -> Option<&'a Scalar<'a>> {
        self.node.as_scalar()
    }

    fn text(&self) -> Option<&'a str> {
        Some(self.scalar()?.text.as_ref())
    }

    /// What the node is, without what it says.
    fn unexpected(&self) -> Unexpected<'a> {
        match &self.node.value {
            Value::Sequence(_) => Unexpected::Seq,
            Value::Mapping(_) => Unexpected::Map,
            Value::Scalar(scalar) => match scalar.kind() {
                Kind::Null => Unexpected::Unit,
                Kind::Bool(bool) => Unexpected::Bool(bool),
                Kind::Number => Unexpected::Other("a number"),
                Kind::Text => Unexpected::Str(scalar.text.as_ref()),
            },
        }
    }

    fn mismatch<V: Visitor<'a>>(&self, visitor: &V) -> DecodeError {
        let error: DecodeError = serde::de::Error::invalid_type(self.unexpected(), visitor);
        error.at(self.node.span)
    }

    fn located<T>(&self, result: Result<T, DecodeError>) -> Result<T, DecodeError> {
        result.map_err(|error| error.at(self.node.span))
    }
}

/// Integers: decimal digits first, then whatever the core schema says is a whole number.
macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            let Some(scalar) = self.scalar() else {
                return Err(self.mismatch(&visitor));
            };
            let number = scalar.text.parse::<$type>().ok().or_else(|| whole(scalar)?.try_into().ok());
            match number {
                Some(number) => self.located(visitor.$visit(number)),
                None => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

fn whole(scalar: &Scalar<'_>) -> Option<i128> {
    let number = scalar.number()?;
    if let Some(number) = number.as_i128() {
        return Some(number);
    }
    let double = number.as_f64()?;
    // Whole doubles within 2^53 are exact; beyond, the text would have to be an integer anyway.
    #[allow(clippy::cast_possible_truncation)]
    (double.fract() == 0.0 && double.abs() <= 9_007_199_254_740_992.0).then_some(double as i128)
}

/// Everything that takes the text as it is.
macro_rules! texts {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match self.text() {
                Some(text) => self.located(visitor.visit_borrowed_str(text)),
                None => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

impl<'a> Deserializer<'a> for Of<'a, '_> {
    type Error = DecodeError;

    integers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_u128 visit_u128 u128,
    }

    texts! { deserialize_str deserialize_string deserialize_char deserialize_bytes deserialize_byte_buf deserialize_identifier }

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::Scalar(scalar) => self.located(visitor.visit_borrowed_str(&scalar.text)),
            Value::Sequence(_) => self.deserialize_seq(visitor),
            Value::Mapping(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.scalar().map(Scalar::kind) {
            Some(Kind::Bool(bool)) => self.located(visitor.visit_bool(bool)),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_f32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self
            .scalar()
            .and_then(Scalar::number)
            .and_then(|number| number.as_f64())
        {
            Some(number) => self.located(visitor.visit_f64(number)),
            None => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.scalar().map(Scalar::kind) {
            Some(Kind::Null) => self.located(visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.scalar().map(Scalar::kind) {
            Some(Kind::Null) => self.located(visitor.visit_unit()),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let refused = self
            .text()
            .and_then(|text| self.context.refused(name, text, self.node.span));
        match refused {
            Some(placeholder) => {
                self.located(visitor.visit_newtype_struct(access::Placeholder(placeholder)))
            }
            None => self.located(visitor.visit_newtype_struct(self)),
        }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.as_sequence() {
            Some(items) => self.located(visitor.visit_seq(Items::new(items, self.context))),
            None => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'a>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.node.as_sequence() {
            Some(items) if items.len() != len => {
                let error: DecodeError = serde::de::Error::invalid_length(items.len(), &visitor);
                Err(error.at(self.node.span))
            }
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.as_mapping() {
            Some(entries) => self.located(visitor.visit_map(Entries::new(entries, self.context))),
            None => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::Scalar(scalar) => {
                self.located(visitor.visit_enum(BorrowedStrDeserializer::new(scalar.text.as_ref())))
            }
            Value::Mapping(entries) => match entries.as_slice() {
                [(key, value)] => self.located(visitor.visit_enum(EnumOf {
                    key,
                    value: Of {
                        node: value,
                        context: self.context,
                    },
                })),
                [] => Err(
                    DecodeError::text("this map is empty, where one key names the kind")
                        .at(self.node.span),
                ),
                [_, (second, _), ..] => Err(DecodeError::text(
                    "one key names the kind here; this is another",
                )
                .at(second.span)),
            },
            Value::Sequence(_) => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }
}
