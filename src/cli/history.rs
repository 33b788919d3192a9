//! `bursar history`: who changed what, when, by which commit.

use crate::engine::fields;
use crate::model::record::Action;
use crate::report::history;
use crate::state::{HistoryEntry, HistoryFilter, StateReader};

use super::session::Session;
use super::{Context, Exit, Failure, show};

/// Show who changed what, when and by which commit
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this resource, under all names that it had
    address: Option<String>,
    /// Only changes of this field, for example cost_center or labels.env
    #[arg(long, value_name = "PATH")]
    field: Option<String>,
    /// At most this many changes, the newest
    #[arg(short = 'n', long, value_name = "N", default_value_t = 200)]
    limit: usize,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let session = Session::open(context)?;
    let address = match &args.address {
        Some(text) => Some(resolve(text, &session, context)?),
        None => None,
    };
    let filter = HistoryFilter {
        address,
        ..HistoryFilter::default()
    };
    let mut before = std::collections::HashMap::new();
    let mut told = std::collections::VecDeque::new();
    session.store.history(&filter, &mut |entry: HistoryEntry| {
        let key = entry
            .entry
            .from
            .clone()
            .unwrap_or_else(|| entry.entry.address.clone());
        let old: Option<serde_json::Value> = before.remove(&key);
        let new = entry
            .entry
            .record
            .as_ref()
            .map(|record| record.spec.value());
        let mut changed = fields::diff(old.as_ref(), new.as_ref());
        if let Some(new) = new {
            before.insert(entry.entry.address.clone(), new);
        }
        // A record that only followed a rename, or was written anew, is no change of its own.
        if entry.entry.action == Action::Update && changed.is_empty() {
            return;
        }
        if let Some(field) = &args.field {
            changed.retain(|change| {
                change.path == *field || change.path.starts_with(&format!("{field}."))
            });
            if changed.is_empty() {
                return;
            }
        }
        if told.len() == args.limit {
            told.pop_front();
        }
        told.push_back(history::line(&entry, changed));
    })?;
    let lines: Vec<history::Line> = told.into();
    if args.json {
        context.printer.json(&history::Document {
            format_version: 1,
            changes: lines,
        })?;
    } else {
        let text = history::render(&lines, context.printer.look());
        context.printer.print(&text)?;
    }
    Ok(Exit::Ok)
}

/// History knows resources that are gone: any well-formed address will do.
fn resolve(
    text: &str,
    session: &Session,
    context: &mut Context,
) -> Result<crate::model::address::Address, Failure> {
    let snapshot = session.store.load()?;
    let known: Vec<&str> = snapshot.index().map(|entry| entry.address).collect();
    show::named(text, &known, session, context)
}
