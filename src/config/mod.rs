//! From files to a declaration: sources, the YAML reader, the schema, defaults and rules.
//! Knows no provider client, no state and no terminal.

pub mod declaration;
pub mod diagnostic;
pub mod estate;
pub mod format;
pub mod judge;
pub mod pattern;
pub mod problem;
pub mod project;
pub mod reach;
pub mod read;
pub mod rules;
pub mod scaffold;
pub mod schema;
pub mod source;
pub mod suggest;
pub mod yaml;
