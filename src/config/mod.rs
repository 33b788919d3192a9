//! From files to a declaration: sources, the YAML reader, the schema, defaults and rules.

pub mod yaml;
