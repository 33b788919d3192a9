//! The YAML reader: text to a tree with spans.
