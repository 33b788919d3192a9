//! The YAML reader: text to a tree with spans.
mod span;
pub use span::*;
