//! Which accounts fall on a cost centre.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::estate::Estate;
use crate::model::time::Month;
use crate::report::text::{self, count, thousands};
use crate::report::{Look, style};
use crate::structure::Coverage;

/// As many accounts of an organization are named; the rest is counted.
const FEW: usize = 10;

/// Address and name of an account.
fn account(estate: &Estate, at: usize) -> (String, Option<&str>) {
    let entry = &estate.declaration.accounts.entries()[at];
    let resolved = &estate.accounts[at];
    let provider = resolved.provider.map_or("?", |provider| provider.as_str());
    let address = format!("account/{provider}/{}", resolved.id);
    (address, entry.value.name.as_deref())
}

/// Coverage as text. `asked` is the least percentage that was asked for.
#[must_use]
pub fn render(coverage: &Coverage, estate: &Estate, month: Month, look: Look) -> String {
    if coverage.open == 0 {
        return format!("No account is declared that can have costs in {month}\n");
    }
    let verdict = format!(
        "{} % of {} fall on cost centres in {month}",
        coverage.percent(),
        count(coverage.open, "account", "accounts"),
    );
    let mut out = format!("{}\n", look.paint(style::BOLD, verdict));
    let told = [
        (&coverage.none, "on no cost centre", true),
        (
            &coverage.closed,
            "on a cost centre that does not live in this month",
            true,
        ),
        (
            &coverage.several,
            "on several cost centres, covered by parts",
            false,
        ),
    ];
    for (places, what, named) in told {
        if places.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{} {what}", thousands(places.len()));
        if named {
            out += &names(places, estate);
        }
    }
    if !coverage.none.is_empty() {
        out.push('\n');
        let help = "give them a `cost_center`, one by one, in the `defaults` of their file, or in those of their organization";
        let first = format!("{} ", look.paint(style::HELP, "help:"));
        out += &text::wrap(help, look.width, &first, 6, "      ");
    }
    out
}

/// The accounts, by organization.
fn names(places: &[usize], estate: &Estate) -> String {
    let mut by: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for at in places {
        let entry = &estate.declaration.accounts.entries()[*at];
        let organization = entry.value.organization.as_deref().unwrap_or_default();
        by.entry(organization).or_default().push(*at);
    }
    let mut out = String::new();
    for (organization, places) in by {
        let _ = writeln!(
            out,
            "  {}: {}",
            text::clean(organization),
            thousands(places.len())
        );
        for at in places.iter().take(FEW) {
            let (address, name) = account(estate, *at);
            let name = name.map(|name| format!("  {}", text::clean(name)));
            let _ = writeln!(out, "    {address}{}", name.unwrap_or_default());
        }
        if places.len() > FEW {
            let _ = writeln!(out, "    and {} more", thousands(places.len() - FEW));
        }
    }
    out
}

/// What `structure coverage --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    format_version: u32,
    /// The month, YYYY-MM.
    month: String,
    /// Accounts that can have costs in that month.
    accounts: usize,
    /// Those on cost centres that live in that month.
    covered: usize,
    /// Of a hundred, rounded down to two decimals.
    percent: String,
    /// Addresses of accounts on no cost centre.
    on_none: Vec<String>,
    /// Addresses of accounts on a cost centre that does not live in that month.
    on_closed: Vec<String>,
    /// Addresses of accounts on several.
    on_several: Vec<String>,
}

/// Coverage as a document.
#[must_use]
pub fn document(coverage: &Coverage, estate: &Estate, month: Month) -> Document {
    let addresses = |places: &[usize]| places.iter().map(|at| account(estate, *at).0).collect();
    Document {
        format_version: 1,
        month: month.to_string(),
        accounts: coverage.open,
        covered: coverage.covered(),
        percent: coverage.percent().to_string(),
        on_none: addresses(&coverage.none),
        on_closed: addresses(&coverage.closed),
        on_several: addresses(&coverage.several),
    }
}
