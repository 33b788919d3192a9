//! The tree of cost centres with managers, budgets and numbers of accounts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::config::estate::Estate;
use crate::model::money::Currency;
use crate::model::time::Month;
use crate::report::text::{self, count, grouped, thousands};
use crate::report::{Look, style};
use crate::structure::budget::{fiscal_year, total};
use crate::structure::tree::lives;
use crate::structure::who::{open, who};
use crate::structure::{Tree, coverage};

/// What the tree is shown of.
pub struct Shown<'a> {
    pub estate: &'a Estate,
    pub tree: Tree<'a>,
    pub month: Month,
    /// The fiscal year of the month.
    pub year: String,
    /// Accounts on each cost centre, in parts or whole.
    pub accounts: Vec<usize>,
    /// The budget of each cost centre for the year.
    pub budgets: Vec<Option<(Decimal, Currency)>>,
    /// Accounts on no cost centre.
    pub unallocated: usize,
}

impl<'a> Shown<'a> {
    #[must_use]
    pub fn of(estate: &'a Estate, month: Month) -> Self {
        let declaration = &estate.declaration;
        let tree = Tree::of(&declaration.cost_centers, month);
        let structure = &declaration.settings.structure;
        let (year, _) = fiscal_year(structure.fiscal_year, month);
        let default = structure.currency.unwrap_or(Currency::USD);
        let mut accounts = vec![0; tree.nodes.len()];
        for entry in declaration.accounts.iter() {
            if open(&entry.value, month) {
                for part in who(&entry.value, month).parts {
                    if let Some(at) = tree.place(part.code) {
                        accounts[at] += 1;
                    }
                }
            }
        }
        let mut budgets = vec![None; tree.nodes.len()];
        for entry in declaration.budgets.iter() {
            if entry.year.as_deref() == Some(&*year)
                && let Some(at) = tree.place(&entry.key)
            {
                let currency = entry.value.currency.unwrap_or(default);
                budgets[at] = Some((total(&entry.value), currency));
            }
        }
        let unallocated = coverage(estate, &tree, month).none.len();
        Self {
            estate,
            tree,
            month,
            year,
            accounts,
            budgets,
            unallocated,
        }
    }
}

/// The tree as text.
#[must_use]
pub fn render(shown: &Shown<'_>, look: Look) -> String {
    let walk = shown.tree.walk();
    if walk.is_empty() {
        return "No cost centres are declared: they stand under `cost_centers:` in any of your files\n".to_owned();
    }
    let labels: Vec<String> = labels(shown, &walk, look);
    let width = labels
        .iter()
        .map(|label| label.chars().count())
        .max()
        .unwrap_or(0);
    let managers: Vec<String> = walk.iter().map(|(at, _)| manager(shown, *at)).collect();
    let broad = managers
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    let amounts: Vec<String> = walk.iter().map(|(at, _)| budget(shown, *at)).collect();
    let deep = amounts
        .iter()
        .map(|amount| amount.chars().count())
        .max()
        .unwrap_or(0)
        .max(shown.year.len());
    let heading = format!(
        "{:width$}  {:broad$}  {:>deep$}  ACCOUNTS",
        format!("COST CENTRES IN {}", shown.month),
        "MANAGER",
        shown.year,
    );
    let mut out = format!("{}\n", look.paint(style::DIM, heading));
    let rows = walk.iter().zip(labels).zip(managers.iter().zip(&amounts));
    for (((at, _), label), (manager, amount)) in rows {
        let accounts = match shown.accounts[*at] {
            0 => String::new(),
            number => thousands(number),
        };
        let line = format!("{label:width$}  {manager:broad$}  {amount:>deep$}  {accounts:>8}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out.push('\n');
    out + &totals(shown, look)
}

/// Code and name, below the parent.
fn labels(shown: &Shown<'_>, walk: &[(usize, usize)], look: Look) -> Vec<String> {
    let (branch, last, line) = match look.unicode {
        true => ("├ ", "└ ", "│ "),
        false => ("+ ", "` ", "| "),
    };
    // Whether another sister follows at each depth above.
    let mut open: Vec<bool> = Vec::new();
    walk.iter()
        .map(|(at, depth)| {
            let node = &shown.tree.nodes[*at];
            let sisters = node.parent.map(|parent| &shown.tree.nodes[parent].children);
            let follows = sisters.is_some_and(|sisters| sisters.last() != Some(at));
            open.truncate(*depth);
            let mut label: String = open
                .iter()
                .skip(1)
                .map(|open| if *open { line } else { "  " })
                .collect();
            if *depth > 0 {
                label += if follows { branch } else { last };
            }
            open.push(follows);
            let _ = write!(
                label,
                "{} {}",
                text::clean(node.code),
                text::clean(&node.center.name)
            );
            if !lives(node.center, shown.month) {
                label += " (not in this month)";
            }
            label
        })
        .collect()
}

/// A manager of one's own; one that is the parent's is not repeated.
fn manager(shown: &Shown<'_>, at: usize) -> String {
    let manager = shown.tree.nodes[at].center.manager.as_ref();
    let name = manager.map(|manager| manager.name.as_deref().unwrap_or(&manager.email));
    name.map(text::clean).unwrap_or_default()
}

fn budget(shown: &Shown<'_>, at: usize) -> String {
    shown.budgets[at].map_or_else(String::new, |(amount, currency)| money(amount, currency))
}

/// An amount as people write it: without decimals where there are none, else with all that the
/// currency has.
pub fn money(amount: Decimal, currency: Currency) -> String {
    let digits = if amount.fract().is_zero() {
        0
    } else {
        currency.minor_digits() as usize
    };
    format!("{} {currency}", grouped(&format!("{amount:.digits$}")))
}

fn totals(shown: &Shown<'_>, look: Look) -> String {
    let centers = count(shown.tree.nodes.len(), "cost centre", "cost centres");
    let mut told = format!("{centers}, budgets of {}", shown.year);
    let mut sums: BTreeMap<Currency, Decimal> = BTreeMap::new();
    for (at, (amount, currency)) in shown
        .budgets
        .iter()
        .enumerate()
        .filter_map(|(at, budget)| Some((at, (*budget)?)))
    {
        // A parent's budget is the envelope of what is below it.
        let within = shown.tree.upwards(at).skip(1);
        let enveloped = within
            .filter_map(|node| shown.tree.place(node.code))
            .any(|above| shown.budgets[above].is_some_and(|(_, of)| of == currency));
        if !enveloped {
            *sums.entry(currency).or_default() += amount;
        }
    }
    if sums.is_empty() {
        told += ": none";
    } else {
        let sums: Vec<String> = sums
            .iter()
            .map(|(currency, sum)| money(*sum, *currency))
            .collect();
        let _ = write!(
            told,
            ": {} (what stands within a parent's is not counted twice)",
            sums.join(" and ")
        );
    }
    if shown.unallocated > 0 {
        let accounts = count(shown.unallocated, "account", "accounts");
        let _ = write!(
            told,
            "; {accounts} on no cost centre: `bursar structure coverage` names them"
        );
    }
    text::wrap(&told, look.width, "", 0, "")
}

/// What `structure show --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    format_version: u32,
    /// The month, YYYY-MM.
    month: String,
    /// Its fiscal year.
    fiscal_year: String,
    /// Each before its children.
    cost_centers: Vec<Center>,
    /// Accounts that fall on no cost centre.
    unallocated: usize,
}

/// One cost centre.
#[derive(Debug, Serialize, JsonSchema)]
struct Center {
    code: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// Whether costs may fall on it in this month.
    lives: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    manager: Option<Manager>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<Money>,
    /// Accounts on it in this month, in parts or whole; without those of its children.
    accounts: usize,
}

/// Who answers for a cost centre.
#[derive(Debug, Serialize, JsonSchema)]
struct Manager {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    email: String,
    /// The cost centre that names them, where it is one above.
    #[serde(skip_serializing_if = "Option::is_none")]
    inherited_from: Option<String>,
}

/// An amount, exact.
#[derive(Debug, Serialize, JsonSchema)]
struct Money {
    amount: String,
    currency: String,
}

/// The tree as a document.
#[must_use]
pub fn document(shown: &Shown<'_>) -> Document {
    let center = |(at, _): &(usize, usize)| {
        let node = &shown.tree.nodes[*at];
        Center {
            code: node.code.to_owned(),
            name: node.center.name.clone(),
            parent: node
                .parent
                .map(|parent| shown.tree.nodes[parent].code.to_owned()),
            lives: lives(node.center, shown.month),
            manager: shown.tree.manager(*at).map(|(manager, from)| Manager {
                name: manager.name.clone(),
                email: manager.email.clone(),
                inherited_from: (from != node.code).then(|| from.to_owned()),
            }),
            budget: shown.budgets[*at].map(|(amount, currency)| Money {
                amount: amount.normalize().to_string(),
                currency: currency.to_string(),
            }),
            accounts: shown.accounts[*at],
        }
    };
    Document {
        format_version: 1,
        month: shown.month.to_string(),
        fiscal_year: shown.year.clone(),
        cost_centers: shown.tree.walk().iter().map(center).collect(),
        unallocated: shown.unallocated,
    }
}
