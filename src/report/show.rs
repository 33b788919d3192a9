//! One resource: its spec, where it came from, what was found about it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use crate::engine::fields;
use crate::model::finding::{Finding, Status};
use crate::model::record::{Author, Provenance, Record};
use crate::state::HistoryEntry;

use super::findings::one as finding;
use super::plan::shown as told;
use super::{Look, style, text};

/// What is known of one resource.
#[derive(Debug, Serialize)]
pub struct Document {
    pub format_version: u32,
    pub address: String,
    pub spec: Value,
    pub protect: bool,
    /// The platform's own ids.
    pub platform: BTreeMap<String, String>,
    pub provenance: Provenance,
    /// The last change of it.
    pub last_change: Option<Changed>,
    pub findings: Vec<Finding>,
}

/// A change of the past.
#[derive(Debug, Serialize)]
pub struct Changed {
    pub serial: u64,
    pub action: &'static str,
    #[serde(flatten)]
    pub author: Author,
}

/// The document of a record.
#[must_use]
pub fn document(record: &Record, findings: &[Finding], last: Option<&HistoryEntry>) -> Document {
    Document {
        format_version: 1,
        address: record.address.to_string(),
        spec: record.spec.value(),
        protect: record.protect,
        platform: record.platform.clone(),
        provenance: record.provenance.clone(),
        last_change: last.map(|last| Changed {
            serial: last.serial,
            action: last.entry.action.as_str(),
            author: last.author.clone(),
        }),
        findings: findings.to_vec(),
    }
}

/// The document as text.
#[must_use]
pub fn render(document: &Document, look: Look) -> String {
    let mut out = format!("{}\n", look.paint(style::BOLD, &document.address));
    for field in fields::diff(None, Some(&document.spec)) {
        if let Some(value) = &field.after {
            let line = format!("{}: {}", field.path, told(&field.path, value));
            out += &text::wrap(&line, look.width, "  ", 2, "    ");
        }
    }
    if document.protect {
        out.push_str("  protected: its removal needs an apply that lifts this first\n");
    }
    for (name, id) in &document.platform {
        let _ = writeln!(out, "  platform {name}: {id}");
    }
    if let (Some(file), Some(line)) = (&document.provenance.file, document.provenance.line) {
        let _ = writeln!(
            out,
            "\n  {} {file}:{line}",
            look.paint(style::DIM, "declared in")
        );
    }
    if let Some(last) = &document.last_change {
        let first = format!("  {} ", look.paint(style::DIM, "last change"));
        let told = by(last.serial, last.action, &last.author);
        out += &text::wrap(&told, look.width, &first, 14, "    ");
    }
    if !document.findings.is_empty() {
        let _ = writeln!(out, "\n{}", look.paint(style::BOLD, "Access"));
        for one in document
            .findings
            .iter()
            .filter(|one| one.status != Status::Skipped)
        {
            out.push_str(&finding(one, look));
            let _ = writeln!(
                out,
                "      {}",
                look.paint(style::DIM, format!("asked {}", one.at))
            );
        }
        let skipped = document
            .findings
            .iter()
            .filter(|one| one.status == Status::Skipped)
            .count();
        if skipped > 0 {
            let _ = writeln!(out, "  {skipped} not asked");
        }
    }
    out
}

/// `serial 4, update by ana@laptop at 2026-11-21T20:00:00Z, commit 1a2b3c4 of Ana`.
#[must_use]
pub fn by(serial: u64, action: &str, author: &Author) -> String {
    let mut text = format!(
        "serial {serial}, {action} by {} at {}",
        author.by, author.at
    );
    if let Some(commit) = &author.commit {
        let short: String = commit.chars().take(8).collect();
        let dirty = if commit.ends_with("-dirty") {
            " with uncommitted changes"
        } else {
            ""
        };
        let _ = write!(text, ", commit {short}{dirty}");
    }
    if let Some(pull_request) = &author.pull_request {
        let _ = write!(text, ", pull request {pull_request}");
    }
    text
}
