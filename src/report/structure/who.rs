//! Who pays for accounts in a month: as text for one, as CSV or JSON for all, to be joined on the
//! columns that FOCUS gives cost data.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::declaration::Entry;
use crate::config::estate::Estate;
use crate::model::provider::Provider;
use crate::model::spec::Account;
use crate::model::time::Month;
use crate::planning::{Lines, Origin};
use crate::report::plan::shares;
use crate::report::text::clean;
use crate::report::{Look, style};
use crate::structure::who::open;
use crate::structure::{Paid, Tree, who};

/// One account in one month.
pub struct Line<'a> {
    pub address: String,
    pub id: &'a str,
    pub provider: Option<Provider>,
    pub entry: &'a Entry<Account>,
    pub payer: Option<&'a str>,
    pub month: Month,
    pub paid: Paid<'a>,
    /// From where its cost centre is declared.
    pub origin: Option<Origin>,
}

impl<'a> Line<'a> {
    /// The account at this place in the estate's list.
    #[must_use]
    pub fn of(estate: &'a Estate, at: usize, month: Month) -> Self {
        let entry = &estate.declaration.accounts.entries()[at];
        let resolved = &estate.accounts[at];
        let provider = resolved.provider.map_or("?", |provider| provider.as_str());
        let payer = resolved
            .payer
            .map(|payer| &*estate.payers[payer as usize].id);
        Self {
            address: format!("account/{provider}/{}", resolved.id),
            id: &resolved.id,
            provider: resolved.provider,
            entry,
            payer,
            month,
            paid: who(&entry.value, month),
            origin: None,
        }
    }

    /// With the line of YAML that says it.
    #[must_use]
    pub fn traced(mut self, lines: &Lines<'_>) -> Self {
        self.origin = lines.of_period(self.entry, self.paid.period);
        self
    }
}

/// Who pays for one account, as text.
#[must_use]
pub fn render(line: &Line<'_>, tree: &Tree<'_>, look: Look) -> String {
    let name = line
        .entry
        .value
        .name
        .as_deref()
        .map(|name| format!(", {}", clean(name)));
    let head = format!(
        "{}{} in {}",
        line.address,
        name.unwrap_or_default(),
        line.month
    );
    let mut out = format!("{}\n\n", look.paint(style::BOLD, head));
    let account = &line.entry.value;
    if let Some(closed) = account.closed.filter(|_| !open(account, line.month)) {
        let _ = writeln!(out, "  closed on {closed}: no costs are expected any more");
    }
    if line.paid.parts.is_empty() {
        let _ = writeln!(out, "  nobody: it falls on no cost centre in this month");
    }
    let codes = line.paid.parts.iter().map(|part| part.code.chars().count());
    let width = codes.max().unwrap_or(0);
    for part in &line.paid.parts {
        let node = tree.get(part.code);
        let name = node.map_or("", |node| node.center.name.as_str());
        let _ = write!(
            out,
            "  {:>6.2} %  {:width$}  {}",
            part.percent,
            part.code,
            clean(name)
        );
        let _ = writeln!(out, "{}", above(tree, part.code));
    }
    out.push('\n');
    out += &times(&line.paid);
    if let Some(origin) = &line.origin {
        let through = origin.through.map(|through| format!(" ({through})"));
        let at = place(origin);
        let _ = writeln!(out, "  declared at {at}{}", through.unwrap_or_default());
    }
    out
}

/// Whom a cost centre belongs to, and who answers for it.
fn above(tree: &Tree<'_>, code: &str) -> String {
    let Some(at) = tree.place(code) else {
        return String::new();
    };
    let above: Vec<&str> = tree.upwards(at).skip(1).map(|node| node.code).collect();
    let mut told = match above.is_empty() {
        true => String::new(),
        false => format!(", in {}", above.join(", in ")),
    };
    if let Some((manager, _)) = tree.manager(at) {
        let name = manager.name.as_deref();
        let named = name.map_or_else(
            || manager.email.clone(),
            |name| format!("{name} <{}>", manager.email),
        );
        let _ = write!(told, "; {}", clean(&named));
    }
    told
}

fn times(paid: &Paid<'_>) -> String {
    let mut told = String::new();
    match (paid.shares, paid.since) {
        (Some(now), Some(since)) => {
            let _ = writeln!(told, "  since {since}: {}", shares(now));
        }
        (Some(now), None) => {
            let _ = writeln!(told, "  since ever: {}", shares(now));
        }
        (None, _) => {}
    }
    if let Some(before) = paid.before {
        let _ = writeln!(told, "  before: {}", shares(before));
    }
    if let (Some(after), Some(until)) = (paid.after, paid.until) {
        let _ = writeln!(told, "  from {}: {}", until.plus(1), shares(after));
    }
    told
}

fn place(origin: &Origin) -> String {
    let file = origin.at.file.as_deref().unwrap_or("?");
    match origin.at.line {
        Some(line) => format!("{file}:{line}"),
        None => file.to_owned(),
    }
}

/// The provider as FOCUS data names it (`ProviderName`).
const fn focus_provider(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "AWS",
        Provider::Azure | Provider::AzureCsp => "Microsoft",
        Provider::Gcp => "Google Cloud",
        Provider::Oci => "Oracle",
    }
}

const COLUMNS: [&str; 9] = [
    "Month",
    "ProviderName",
    "BillingAccountId",
    "SubAccountId",
    "SubAccountName",
    "x_CostCenterCode",
    "x_CostCenterName",
    "x_CostCenterPercent",
    "x_CostCenterSource",
];

/// All lines as CSV: one row for each part; an account on no cost centre has one without code, of
/// 100 percent.
///
/// # Errors
/// Where memory cannot be written to, which does not happen.
pub fn csv(lines: &[Line<'_>], tree: &Tree<'_>) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for line in lines {
        for row in rows(line, tree) {
            let (code, name) = (
                row.cost_center.unwrap_or_default(),
                row.cost_center_name.unwrap_or_default(),
            );
            writer.write_record([
                &row.month,
                row.provider_name,
                row.billing_account_id.as_deref().unwrap_or_default(),
                &row.sub_account_id,
                row.sub_account_name.as_deref().unwrap_or_default(),
                &code,
                &name,
                &row.percent,
                row.source.as_deref().unwrap_or_default(),
            ])?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What `structure who --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Documents {
    format_version: u32,
    /// One for each part of each account; the parts of an account total 100.00.
    rows: Vec<Row>,
}

/// A part of an account that one cost centre pays for.
#[derive(Debug, Serialize, JsonSchema)]
struct Row {
    /// YYYY-MM.
    month: String,
    address: String,
    /// As FOCUS names it.
    provider_name: &'static str,
    /// FOCUS `BillingAccountId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_account_id: Option<String>,
    /// FOCUS `SubAccountId`.
    sub_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_account_name: Option<String>,
    /// Left out where it falls on none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_center: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_center_name: Option<String>,
    /// Of a hundred, two decimals.
    percent: String,
    /// The first month of this; left out for since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// The last month of this; left out where it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// File and line that say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// All lines as a document.
#[must_use]
pub fn documents(lines: &[Line<'_>], tree: &Tree<'_>) -> Documents {
    Documents {
        format_version: 1,
        rows: lines.iter().flat_map(|line| rows(line, tree)).collect(),
    }
}

fn rows(line: &Line<'_>, tree: &Tree<'_>) -> Vec<Row> {
    let row = |code: Option<&str>, percent: String| Row {
        month: line.month.to_string(),
        address: line.address.clone(),
        provider_name: line.provider.map_or("", focus_provider),
        billing_account_id: line.payer.map(str::to_owned),
        sub_account_id: line.id.to_owned(),
        sub_account_name: line.entry.value.name.clone(),
        cost_center: code.map(str::to_owned),
        cost_center_name: code
            .and_then(|code| tree.get(code))
            .map(|node| node.center.name.clone()),
        percent,
        since: line.paid.since.map(|month| month.to_string()),
        until: line.paid.until.map(|month| month.to_string()),
        source: line.origin.as_ref().map(place),
    };
    if line.paid.parts.is_empty() {
        return vec![row(None, "100.00".to_owned())];
    }
    let parts = line.paid.parts.iter();
    parts
        .map(|part| row(Some(part.code), format!("{:.2}", part.percent)))
        .collect()
}
