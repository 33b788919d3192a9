//! From files to a declaration: sources, the YAML reader, the schema, defaults and rules.
//! Knows no provider client, no state and no terminal.

pub mod declaration;
pub mod estate;
pub mod problem;
pub mod rules;
pub mod source;
pub mod suggest;
pub mod yaml;
