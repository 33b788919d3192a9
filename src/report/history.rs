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
    /// The pull request of this change alone, and that of all its commit of the state holds.
    #[serde(skip)]
    pull_requests: [Option<String>; 2],
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

/// Who made a change of the past, with the pull request that it came with.
#[must_use]
pub fn told(entry: &HistoryEntry) -> Author {
    let own = entry.entry.pull_request().map(str::to_owned);
    Author {
        pull_request: own.or_else(|| entry.author.pull_request.clone()),
        ..entry.author.clone()
    }
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
        author: told(entry),
        pull_requests: [
            entry.entry.pull_request().map(str::to_owned),
            entry.author.pull_request.clone(),
        ],
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
            let author = Author {
                pull_request: line.pull_requests[1].clone(),
                ..line.author.clone()
            };
            let head = by(line.serial, &author.command, &author);
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
        let mut place = match (&line.file, line.line) {
            (Some(file), Some(at)) => format!("  {file}:{at}"),
            _ => String::new(),
        };
        if let [Some(own), all] = &line.pull_requests
            && Some(own) != all.as_ref()
        {
            place = format!("  {}{place}", text::clean(own));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::canonical::Canonical;
    use crate::model::record::{Entry, Provenance, Record};
    use crate::report::show;

    /// A change of a cost centre in serial 7, of this pull request.
    fn entry(code: &str, own: Option<&str>, all: Option<&str>) -> HistoryEntry {
        let address = Address::cost_center(code);
        let record = Record {
            address: address.clone(),
            spec: Canonical::of(&serde_json::json!({"name": "b"})).unwrap(),
            platform: std::collections::BTreeMap::new(),
            protect: false,
            provenance: Provenance {
                file: Some("estate/a.yaml".to_owned()),
                line: Some(12),
                pull_request: own.map(str::to_owned),
            },
        };
        HistoryEntry {
            serial: 7,
            author: Author {
                at: "2026-11-22T10:00:00Z".to_owned(),
                by: "runner@ci".to_owned(),
                commit: Some("1a2b3c4d5e6f-dirty".to_owned()),
                commit_author: Some("Ann <ann@acme.example>".to_owned()),
                pull_request: all.map(str::to_owned),
                command: "apply".to_owned(),
                guard: None,
            },
            entry: Entry {
                address,
                action: Action::Update,
                from: None,
                record: Some(record),
                intent: None,
                reason: None,
                pull_request: None,
            },
        }
    }

    #[test]
    fn each_change_names_its_own_pull_request() {
        let entries = [
            entry("CC-1", Some("#41"), None),
            entry("CC-2", Some("#42"), None),
            entry("CC-3", None, None),
        ];
        let lines: Vec<Line> = entries.iter().map(|one| line(one, Vec::new())).collect();
        insta::assert_snapshot!(render(&lines, Look::PLAIN), @r"
        serial 7, apply by runner@ci at 2026-11-22T10:00:00Z, commit 1a2b3c4d of Ann
          <ann@acme.example>, with uncommitted changes
          ~ cost_center/CC-1  #41  estate/a.yaml:12
          ~ cost_center/CC-2  #42  estate/a.yaml:12
          ~ cost_center/CC-3  estate/a.yaml:12
        ");
        let numbers = lines.iter().map(|line| line.author.pull_request.as_deref());
        assert_eq!(
            numbers.collect::<Vec<_>>(),
            [Some("#41"), Some("#42"), None]
        );
    }

    #[test]
    fn the_pull_request_of_a_whole_commit_is_told_once() {
        let entries = [
            entry("CC-1", Some("#41"), Some("#41")),
            entry("CC-2", None, Some("#41")),
        ];
        let lines: Vec<Line> = entries.iter().map(|one| line(one, Vec::new())).collect();
        insta::assert_snapshot!(render(&lines, Look::PLAIN), @r"
        serial 7, apply by runner@ci at 2026-11-22T10:00:00Z, commit 1a2b3c4d of Ann
          <ann@acme.example>, with uncommitted changes, pull request #41
          ~ cost_center/CC-1  estate/a.yaml:12
          ~ cost_center/CC-2  estate/a.yaml:12
        ");
        let told = told(&entries[1]);
        assert_eq!(told.pull_request.as_deref(), Some("#41"));
        insta::assert_snapshot!(
            show::by(7, "update", &told),
            @"serial 7, update by runner@ci at 2026-11-22T10:00:00Z, commit 1a2b3c4d of Ann <ann@acme.example>, with uncommitted changes, pull request #41"
        );
    }
}
