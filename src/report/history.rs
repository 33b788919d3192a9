//! What changed, newest last, by the commit of the state that it came in.

use std::fmt::Write;

use serde::Serialize;

use crate::engine::FieldChange;
use crate::model::record::{Action, Author};
use crate::state::HistoryEntry;

use super::plan::field;
use super::show::by;
use super::{Look, style, text};

/// One change of the past.
#[derive(Debug, Serialize)]
pub struct Line {
    pub serial: u64,
    pub address: String,
    pub action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Why, as declared: of a removal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub fields: Vec<FieldChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    #[serde(flatten)]
    pub author: Author,
    #[serde(skip)]
    symbol: char,
    #[serde(skip)]
    gone: bool,
}

/// Changes of the past as machines read them.
#[derive(Debug, Serialize)]
pub struct Document {
    pub format_version: u32,
    pub changes: Vec<Line>,
}

/// A line from what the state kept.
#[must_use]
pub fn line(entry: &HistoryEntry, fields: Vec<FieldChange>) -> Line {
    let provenance = entry
        .entry
        .record
        .as_ref()
        .map(|record| record.provenance.clone())
        .unwrap_or_default();
    Line {
        serial: entry.serial,
        address: entry.entry.address.to_string(),
        action: entry.entry.action.as_str(),
        from: entry.entry.from.as_ref().map(ToString::to_string),
        reason: entry.entry.reason.clone(),
        fields: if entry.entry.action == Action::Create {
            Vec::new()
        } else {
            fields
        },
        file: provenance.file,
        line: provenance.line,
        author: entry.author.clone(),
        symbol: entry.entry.action.symbol(),
        gone: matches!(entry.entry.action, Action::Delete | Action::Forget),
    }
}

/// The lines as text, under a heading for each commit of the state.
#[must_use]
pub fn render(lines: &[Line], look: Look) -> String {
    if lines.is_empty() {
        return "Nothing was changed yet.\n".to_owned();
    }
    let mut out = String::new();
    let mut serial = None;
    for line in lines {
        if serial != Some(line.serial) {
            if serial.is_some() {
                out.push('\n');
            }
            serial = Some(line.serial);
            let head = by(line.serial, &line.author.command, &line.author);
            let head = text::wrap(&head, look.width, "", 0, "  ");
            let lines = head.lines();
            for line in lines {
                let _ = writeln!(out, "{}", look.paint(style::BOLD, line));
            }
        }
        let was = line
            .from
            .as_ref()
            .filter(|from| **from != line.address)
            .map(|from| format!(" (was {from})"))
            .unwrap_or_default();
        let place = match (&line.file, line.line) {
            (Some(file), Some(at)) => format!("  {file}:{at}"),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "  {} {}{was}{}",
            line.symbol,
            line.address,
            look.paint(style::DIM, place)
        );
        if let Some(reason) = &line.reason {
            let reason = format!("reason: {}", text::clean(reason));
            out += &text::wrap(&reason, look.width, "      ", 6, "        ");
        }
        // What is gone had these fields: that it went is what happened.
        let fields = line.fields.iter().filter(|_| !line.gone);
        for change in fields {
            let plain = field(
                change,
                Look {
                    color: false,
                    ..look
                },
            );
            if 6 + plain.chars().count() > look.width {
                out += &text::wrap(&plain, look.width, "      ", 6, "        ");
            } else {
                let _ = writeln!(out, "      {}", field(change, look));
            }
        }
    }
    out
}
