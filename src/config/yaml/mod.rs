//! The YAML reader: the bytes of one file become a tree whose every part knows where it was written.
//!
//! `decode` turns bytes into text, `parse` turns text into a [`Node`], the tree is judged by JSON Schema
//! without a copy ([`Tree`]) and decoded into types through serde ([`decode_node`]); [`find`] leads from
//! a path back to the text, [`LineIndex`] from an offset to a line. Nothing here knows bursar's language,
//! opens a file or prints; a [`Problem`] never carries more than a few characters of a value.

mod bounds;
mod de;
mod explain;
mod find;
mod input;
mod json;
mod keys;
mod limits;
mod node;
mod parse;
mod place;
mod problem;
mod resolve;
mod span;
mod tag;
mod text;

pub use de::{DecodeError, Leaf, LeafProblem, decode_node};
pub use find::{Found, Segment, find, find_pointer};
pub use json::Tree;
pub use limits::Limits;
pub use node::{Key, Node, Scalar, Style, Value};
pub use parse::parse;
pub use problem::{Problem, code};
pub use resolve::Kind;
pub use span::{LineIndex, Span};
pub use text::decode;

#[cfg(test)]
mod tests;
