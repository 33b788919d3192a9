//! One resource: its spec, what belongs to it, where it came from, what was found about it.

mod around;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use crate::access::Board;
use crate::engine::fields;
use crate::model::address::{Address, Kind};
use crate::model::finding::{Finding, Status};
use crate::model::record::{Author, Provenance, Record};
use crate::state::HistoryEntry;

use super::data::{self, Delivered};
use super::findings::one as finding;
use super::history;
use super::plan::shown as told;
use super::text::{count, thousands};
use super::{Look, style, text};

pub use around::{Around, Budget, Export, wanted};

/// So many of what belongs to a resource are listed for people.
const MOST: usize = 40;

/// What is known of one resource.
#[derive(Debug, Serialize)]
pub struct Document {
    pub format_version: u32,
    pub address: String,
    pub spec: Value,
    pub protect: bool,
    /// The platform's own ids.
    pub platform: BTreeMap<String, String>,
    #[serde(flatten)]
    pub around: Around,
    pub provenance: Provenance,
    /// The last change of it.
    pub last_change: Option<Changed>,
    /// Of payers, exports and accounts.
    #[serde(flatten)]
    pub data: Option<Data>,
    pub findings: Vec<Finding>,
}

/// How far cost data goes.
#[derive(Debug, Serialize)]
pub struct Data {
    /// The last day that cost data was found for, UTC; of an account that of its payer. Null where
    /// none was found or nobody asked.
    pub data_through: Option<String>,
    /// Each export of a payer, for people: [`Around`] has them.
    #[serde(skip)]
    exports: Vec<Delivered>,
}

impl Data {
    /// Of one resource among those that are registered.
    fn of(record: &Record, known: &[&str], board: &Board) -> Option<Self> {
        let address = &record.address;
        let provider = address.provider()?;
        let payer = match address.kind() {
            Kind::Export => {
                return Some(Self {
                    data_through: data::through(address, board),
                    exports: Vec::new(),
                });
            }
            Kind::Payer => address.last().into_owned(),
            Kind::Account => record.spec.value()["payer"].as_str()?.to_owned(),
            _ => return None,
        };
        let payer = Address::payer(provider, &payer);
        let below = payer.as_str().replacen("payer/", "export/", 1) + "/";
        let exports: Vec<Address> = known
            .iter()
            .filter(|known| known.starts_with(&below))
            .filter_map(|known| Address::parse(known).ok())
            .collect();
        let exports = data::delivered(&exports, board);
        Some(Self {
            data_through: data::newest(&exports),
            exports: match address.kind() {
                Kind::Payer => exports,
                _ => Vec::new(),
            },
        })
    }
}

/// A change of the past.
#[derive(Debug, Serialize)]
pub struct Changed {
    pub serial: u64,
    pub action: &'static str,
    #[serde(flatten)]
    pub author: Author,
}

/// The document of a record; `known` are all registered addresses.
#[must_use]
pub fn document(
    record: &Record,
    around: Around,
    known: &[&str],
    board: &Board,
    last: Option<&HistoryEntry>,
) -> Document {
    Document {
        format_version: 1,
        address: record.address.to_string(),
        spec: record.spec.value(),
        protect: record.protect,
        platform: record.platform.clone(),
        around,
        provenance: record.provenance.clone(),
        last_change: last.map(|last| Changed {
            serial: last.serial,
            action: last.entry.action.as_str(),
            author: history::told(last),
        }),
        data: Data::of(record, known, board),
        findings: board.of(&record.address).to_vec(),
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
    out += &belongings(&document.around, look);
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
    if let Some(data) = &document.data {
        out += &told_data(data, look);
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

fn belongings(around: &Around, look: Look) -> String {
    let mut out = String::new();
    let exports = around.exports.iter().flatten();
    let exports = exports.map(|one| (&one.address, &one.kind));
    let budgets = around.budgets.iter().flatten();
    let budgets = budgets.map(|one| (&one.address, &one.total));
    let listed: Vec<_> = exports.chain(budgets).collect();
    if !listed.is_empty() || around.accounts.is_some() {
        out.push('\n');
    }
    for (address, about) in listed.iter().take(MOST) {
        let line = format!("{address}  {about}");
        out += &text::wrap(&line, look.width, "  ", 2, "    ");
    }
    if listed.len() > MOST {
        let _ = writeln!(out, "  and {} more", thousands(listed.len() - MOST));
    }
    if let Some(accounts) = around.accounts {
        let accounts = count(accounts, "account", "accounts");
        let _ = writeln!(out, "  {accounts} on it this month");
    }
    out
}

/// `cost data through 2026-11-21`, by export where there are several; nothing where none was found.
fn told_data(data: &Data, look: Look) -> String {
    let Some(through) = &data.data_through else {
        return String::new();
    };
    let each: Vec<String> = data
        .exports
        .iter()
        .map(|export| {
            let day = export.data_through.as_deref().unwrap_or("none yet");
            format!("{} {day}", export.name)
        })
        .collect();
    let each = match each.len() {
        ..2 => String::new(),
        _ => format!(" ({})", each.join(", ")),
    };
    let first = format!("  {} ", look.paint(style::DIM, "cost data through"));
    text::wrap(&format!("{through}{each}"), look.width, &first, 20, "    ")
}

/// `serial 4, update by ana@laptop at 2026-11-21T20:00:00Z, commit 1a2b3c4d of Ana Souza <ana@acme.example>,
/// pull request #41`.
#[must_use]
pub fn by(serial: u64, action: &str, author: &Author) -> String {
    let mut told = format!(
        "serial {serial}, {action} by {} at {}",
        author.by, author.at
    );
    if let Some(commit) = &author.commit {
        let short: String = commit.chars().take(8).collect();
        let _ = write!(told, ", commit {short}");
        if let Some(author) = &author.commit_author {
            let _ = write!(told, " of {}", text::clean(author));
        }
        if commit.ends_with("-dirty") {
            told += ", with uncommitted changes";
        }
    }
    if let Some(pull_request) = &author.pull_request {
        let _ = write!(told, ", pull request {}", text::clean(pull_request));
    }
    told
}
