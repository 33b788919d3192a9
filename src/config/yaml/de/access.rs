//! The parts of lists, maps and one-key maps, handed to serde one by one.

use std::slice;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Context, DecodeError, Of};
use crate::config::yaml::node::{Key, Node, Value};
use crate::config::yaml::resolve::Kind;

/// The items of a list.
pub(super) struct Items<'a, 'c> {
    items: slice::Iter<'a, Node<'a>>,
    context: &'c Context<'c>,
}

impl<'a, 'c> Items<'a, 'c> {
    pub(super) fn new(items: &'a [Node<'a>], context: &'c Context<'c>) -> Self {
        Self {
            items: items.iter(),
            context,
        }
    }
}

impl<'a> SeqAccess<'a> for Items<'a, '_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        match self.items.next() {
            Some(node) => seed
                .deserialize(Of {
                    node,
                    context: self.context,
                })
                .map(Some)
                .map_err(|error| error.at(node.span)),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The entries of a map.
pub(super) struct Entries<'a, 'c> {
    entries: slice::Iter<'a, (Key<'a>, Node<'a>)>,
    value: Option<&'a Node<'a>>,
    context: &'c Context<'c>,
}

impl<'a, 'c> Entries<'a, 'c> {
    pub(super) fn new(entries: &'a [(Key<'a>, Node<'a>)], context: &'c Context<'c>) -> Self {
        Self {
            entries: entries.iter(),
            value: None,
            context,
        }
    }
}

impl<'a> MapAccess<'a> for Entries<'a, '_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(KeyOf {
            key,
            context: self.context,
        })
        .map(Some)
        .map_err(|error| error.at(key.span))
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        let Some(node) = self.value.take() else {
            return Err(DecodeError::text("a value was asked for before its key"));
        };
        seed.deserialize(Of {
            node,
            context: self.context,
        })
        .map_err(|error| error.at(node.span))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// A key as a deserializer: text, through the same leaf check as values.
pub(super) struct KeyOf<'a, 'c> {
    key: &'a Key<'a>,
    context: &'c Context<'c>,
}

/// Keys that are numbers in the model (a month, a percentage): parsed, the text stays what it is.
macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match self.key.text.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'a> Deserializer<'a> for KeyOf<'a, '_> {
    type Error = DecodeError;

    parsed! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64, deserialize_bool visit_bool bool,
    }

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_borrowed_str(&self.key.text)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.context.refused(name, &self.key.text, self.key.span) {
            Some(placeholder) => visitor.visit_newtype_struct(Placeholder(placeholder)),
            None => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.key.text.as_ref()))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// The text that stands in for a leaf that was refused, whatever is asked of it.
pub(super) struct Placeholder(pub(super) String);

impl<'a> Deserializer<'a> for Placeholder {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_string(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let text: StringDeserializer<DecodeError> = self.0.into_deserializer();
        visitor.visit_enum(text)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A one-key map as an enum: the key is the variant, its value the content.
pub(super) struct EnumOf<'a, 'c> {
    pub(super) key: &'a Key<'a>,
    pub(super) value: Of<'a, 'c>,
}

impl<'a, 'c> EnumAccess<'a> for EnumOf<'a, 'c> {
    type Error = DecodeError;
    type Variant = Content<'a, 'c>;

    fn variant_seed<V: DeserializeSeed<'a>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content<'a, 'c>), DecodeError> {
        let key = KeyOf {
            key: self.key,
            context: self.value.context,
        };
        match seed.deserialize(key) {
            Ok(variant) => Ok((variant, Content(self.value))),
            Err(error) => Err(error.at(self.key.span)),
        }
    }
}

/// What stands under a variant's key.
pub(super) struct Content<'a, 'c>(Of<'a, 'c>);

impl<'a> VariantAccess<'a> for Content<'a, '_> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        let empty = match &self.0.node.value {
            Value::Scalar(scalar) => scalar.kind() == Kind::Null,
            Value::Sequence(items) => items.is_empty(),
            Value::Mapping(entries) => entries.is_empty(),
        };
        if empty {
            Ok(())
        } else {
            Err(
                DecodeError::text("nothing stands under this kind; write `{}`")
                    .at(self.0.node.span),
            )
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        let span = self.0.node.span;
        seed.deserialize(self.0).map_err(|error| error.at(span))
    }

    fn tuple_variant<V: Visitor<'a>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.0.deserialize_map(visitor)
    }
}
