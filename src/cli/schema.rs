//! `bursar schema`: the JSON Schema of the language, for editors.

use crate::config::schema;

use super::{Context, Exit, Failure};

/// Print the JSON Schema of bursar's files, for editors
///
/// With yaml-language-server, name the printed file in a first line of your YAML:
/// # yaml-language-server: $schema=bursar.schema.json
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: &Args, context: &mut Context) -> Result<Exit, Failure> {
    context.printer.print(schema::TEXT)?;
    Ok(Exit::Ok)
}
