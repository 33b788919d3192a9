//! What stands in the sheets: one row each for a cost centre, a budget of a year, and a part of an
//! account from a month on.

use rust_decimal::Decimal;

use super::parents;
use crate::config::estate::Estate;
use crate::model::money::Currency;
use crate::model::parents::{Above, Parents};
use crate::model::settings::FiscalYear;
use crate::model::time::Month;
use crate::structure::Tree;
use crate::structure::allocation::parts;
use crate::structure::budget::months;
use crate::structure::who::open;

/// All rows of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheets {
    /// The month in which a fiscal year begins, 1 to 12.
    pub starts: i8,
    /// The month that they are of: which manager is inherited depends on it.
    pub month: Month,
    pub currency: Currency,
    pub cost_centers: Vec<CostCenters>,
    pub budgets: Vec<Budgets>,
    pub workspaces: Vec<Workspaces>,
}

/// A row of the sheet Cost Centers: one cost centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostCenters {
    /// The manager's, or that of the nearest cost centre above.
    pub manager_email: Option<String>,
    pub manager_name: Option<String>,
    /// Whether the manager is that of a cost centre above.
    pub inherited: bool,
    pub name: String,
    pub code: String,
    /// A code, or codes by month: see [`parents`](super::parents).
    pub parent: Option<String>,
    pub from: Option<Month>,
    pub to: Option<Month>,
    /// Percentages of the budget at which people are told, rising.
    pub alerts: Vec<u16>,
}

/// A row of the sheet Budgets: one cost centre in one fiscal year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    pub code: String,
    /// For example `FY2027`.
    pub year: String,
    pub currency: Currency,
    /// The twelve months of the year from its first on; none where nothing is said.
    pub months: [Option<Decimal>; 12],
}

/// A row of the sheet Workspaces: a part of an account from a month on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspaces {
    pub provider: String,
    pub organization: String,
    pub id: String,
    pub name: Option<String>,
    /// None: since ever.
    pub from: Option<Month>,
    /// None: on no cost centre.
    pub code: Option<String>,
    /// Of a hundred; the rows of an account that begin in the same month total 100.00.
    pub percent: Decimal,
}

impl Sheets {
    /// The structure as it is declared. Accounts that were closed before `month` are left out; who answers
    /// for a cost centre is told for that month.
    #[must_use]
    pub fn of(estate: &Estate, month: Month) -> Self {
        let structure = &estate.declaration.settings.structure;
        let currency = structure.currency.unwrap_or(Currency::USD);
        let starts = structure.fiscal_year.map_or(1, |year| year.starts);
        Self {
            starts: i8::try_from(starts).unwrap_or(1),
            month,
            currency,
            cost_centers: cost_centers(estate, month),
            budgets: budgets(estate, currency),
            workspaces: workspaces(estate, month),
        }
    }
}

fn cost_centers(estate: &Estate, month: Month) -> Vec<CostCenters> {
    let tree = Tree::of(&estate.declaration.cost_centers, month);
    // By the codes that they have now.
    let parents = |parents: &Parents| {
        let above = parents.0.iter().map(|above| {
            let parent = above.parent.as_deref().and_then(|code| tree.get(code));
            let parent = parent.map(|node| node.code.to_owned());
            Above {
                from: above.from,
                parent,
            }
        });
        parents::told(&Parents(above.collect()))
    };
    let row = |(at, _): (usize, usize)| {
        let node = &tree.nodes[at];
        let manager = tree.manager(at);
        CostCenters {
            manager_email: manager.map(|(manager, _)| manager.email.clone()),
            manager_name: manager.and_then(|(manager, _)| manager.name.clone()),
            inherited: manager.is_some_and(|(_, from)| from != node.code),
            name: node.center.name.clone(),
            code: node.code.to_owned(),
            parent: node.center.parent.as_ref().and_then(parents),
            from: node.center.from,
            to: node.center.to,
            alerts: node.center.alerts.clone(),
        }
    };
    tree.walk().into_iter().map(row).collect()
}

fn budgets(estate: &Estate, default: Currency) -> Vec<Budgets> {
    let fiscal = estate.declaration.settings.structure.fiscal_year;
    let row = |entry: &crate::config::declaration::Entry<crate::model::spec::Budget>| {
        let year = entry.year.as_deref().unwrap_or_default();
        let first = FiscalYear::first(fiscal, year)?;
        let by_month = months(&entry.value, first, default);
        let at = |place: i32| by_month.get(&first.plus(place)).copied();
        Some(Budgets {
            code: entry.key.to_string(),
            year: year.to_owned(),
            currency: entry.value.currency.unwrap_or(default),
            months: std::array::from_fn(|place| at(i32::try_from(place).unwrap_or(0))),
        })
    };
    let mut rows: Vec<Budgets> = estate.declaration.budgets.iter().filter_map(row).collect();
    rows.sort_by(|a, b| (&a.year, &a.code).cmp(&(&b.year, &b.code)));
    rows
}

fn workspaces(estate: &Estate, month: Month) -> Vec<Workspaces> {
    let accounts = estate.declaration.accounts.iter().zip(&estate.accounts);
    let mut rows = Vec::new();
    for (entry, resolved) in accounts {
        if !open(&entry.value, month) {
            continue;
        }
        let row = |from, code: Option<&str>, percent| Workspaces {
            provider: resolved
                .provider
                .map_or_else(String::new, |provider| provider.as_str().to_owned()),
            organization: entry.value.organization.clone().unwrap_or_default(),
            id: resolved.id.to_string(),
            name: entry.value.name.clone(),
            from,
            code: code.map(str::to_owned),
            percent,
        };
        let periods = entry.value.cost_center.as_ref().map(|timeline| &timeline.0);
        match periods {
            Some(periods) if !periods.is_empty() => {
                for period in periods {
                    for part in parts(&period.shares) {
                        rows.push(row(period.from, Some(part.code), part.percent));
                    }
                }
            }
            _ => rows.push(row(None, None, Decimal::ONE_HUNDRED)),
        }
    }
    let key = |row: &Workspaces| (row.provider.clone(), row.organization.clone());
    // Stable: within an organization by id, as accounts are.
    rows.sort_by_cached_key(key);
    rows
}
