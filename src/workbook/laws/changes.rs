//! Changes at random: what finance people do to the rows of a workbook.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::choice::{Choice, NAMES};
use super::estates::BRANCHES;
use crate::model::leaf::Leaf;
use crate::model::money::Currency;
use crate::model::time::Month;
use crate::structure::allocation::divide;
use crate::workbook::rows::{Budgets, CostCenters, Sheets, Workspaces};

/// What somebody changes in the sheets.
pub(super) fn change(sheets: &mut Sheets, choice: &mut Choice<'_>, new: usize) {
    let at = choice.of(sheets.cost_centers.len());
    let budget = choice.of(sheets.budgets.len());
    let amount = Decimal::new(i64::try_from(choice.of(9_000_000)).unwrap(), 0);
    match choice.of(16) {
        0 => sheets.cost_centers[at].name = format!("New {}", choice.one(NAMES)),
        1 => {
            let center = &mut sheets.cost_centers[at];
            center.manager_email =
                Some(choice.one(&["eva@acme.example", "ana@acme.example"]).into());
            center.manager_name = (choice.of(2) == 0).then(|| choice.one(NAMES).into());
        }
        2 => {
            sheets.cost_centers[at].manager_email = None;
            sheets.cost_centers[at].manager_name = None;
        }
        3 => {
            let center = &mut sheets.cost_centers[at];
            let below = BRANCHES.iter().position(|code| *code == center.code);
            let parents = below.unwrap_or(BRANCHES.len());
            let parent = choice.of(parents + 1);
            let now = (parent < parents).then(|| BRANCHES[parent].to_owned());
            let later = BRANCHES[choice.of(parents.max(1))];
            center.parent = match now {
                Some(now) if parents > 0 && choice.of(2) == 0 && later != now => {
                    Some(format!("{now}; from 2027-09 {later}"))
                }
                now => now,
            };
        }
        4 if sheets.cost_centers[at].code != "L9" => {
            let alerts = [vec![], vec![90], vec![10, 20, 30]];
            sheets.cost_centers[at].alerts = alerts[choice.of(3)].clone();
        }
        5 => {
            let center = &mut sheets.cost_centers[at];
            if center.code == "L9" {
                center.from = [None, Month::new(2024, 4)][choice.of(2)];
                center.to = [None, Month::new(2031, 1)][choice.of(2)];
            }
        }
        6 => sheets.budgets[budget].months[choice.of(12)] = Some(amount),
        7 => {
            let row = &mut sheets.budgets[budget];
            let parts = divide(amount, row.currency.minor_digits(), &[Decimal::ONE; 12]);
            for (month, part) in row.months.iter_mut().zip(parts) {
                *month = Some(part.normalize());
            }
        }
        8 => {
            let row = &mut sheets.budgets[budget];
            row.months[choice.of(11)] = None;
            row.months[11] = Some(amount);
        }
        9 => {
            let row = &mut sheets.budgets[budget];
            if row.currency.minor_digits() == 2 {
                row.currency = Currency::parse(choice.one(&["BRL", "USD", "EUR"])).unwrap();
            }
        }
        10 => {
            let code = sheets.cost_centers[at].code.clone();
            let year = choice
                .one(&["FY2026", "FY2027", "FY2028", "FY2031"])
                .to_owned();
            if !sheets
                .budgets
                .iter()
                .any(|row| row.code == code && row.year == year)
            {
                let mut months = [None; 12];
                months[choice.of(12)] = Some(amount);
                let currency = Currency::parse(choice.one(&["BRL", "USD"])).unwrap();
                sheets.budgets.push(Budgets {
                    code,
                    year,
                    currency,
                    months,
                });
            }
        }
        11 => {
            let parent = choice.of(BRANCHES.len() + 1);
            sheets.cost_centers.push(CostCenters {
                manager_email: (choice.of(2) == 0).then(|| "new@acme.example".into()),
                manager_name: None,
                inherited: false,
                name: choice.one(NAMES).into(),
                code: format!("N{new}"),
                parent: BRANCHES.get(parent).map(|code| (*code).to_owned()),
                from: None,
                to: [None, Month::new(2031, 1)][choice.of(2)],
                alerts: vec![80],
            });
        }
        _ => falls(sheets, choice),
    }
}

/// Who pays for one workspace.
fn falls(sheets: &mut Sheets, choice: &mut Choice<'_>) {
    let row = sheets.workspaces[choice.of(sheets.workspaces.len())].clone();
    let all = |rows: &[Workspaces]| -> Vec<Workspaces> {
        rows.iter()
            .filter(|other| other.id == row.id)
            .cloned()
            .collect()
    };
    let mut rows = all(&sheets.workspaces);
    sheets.workspaces.retain(|other| other.id != row.id);
    let part = |from: Option<Month>, code: &str, percent: i64| Workspaces {
        from,
        code: Some(code.to_owned()),
        percent: Decimal::new(percent, 2),
        ..row.clone()
    };
    let split = |from: Option<Month>, kind: usize| match kind {
        0 => vec![part(from, "B2", 10_000)],
        1 => vec![part(from, "B0", 2500), part(from, "NO", 7500)],
        2 => vec![part(from, "B0", 5000), part(from, "B1", 5000)],
        _ => vec![
            part(from, "B0", 3334),
            part(from, "B1", 3333),
            part(from, "L0", 3333),
        ],
    };
    match choice.of(4) {
        0 => rows = split(None, choice.of(4)),
        1 => {
            let from = Month::new(2029, 1 + i8::try_from(choice.of(12)).unwrap());
            rows.retain(|other| other.code.is_some() && other.from < from);
            rows.extend(split(from, choice.of(4)));
        }
        2 => {
            let from = Month::new(2026, 6);
            rows.retain(|other| other.code.is_some() && other.from != from);
            rows.extend(split(from, choice.of(4)));
        }
        _ => {
            // One period less, where there are several.
            let months: BTreeSet<Option<Month>> = rows.iter().map(|row| row.from).collect();
            let gone = months.iter().nth(choice.of(months.len())).copied();
            if months.len() > 1 {
                rows.retain(|row| Some(row.from) != gone);
            }
        }
    }
    sheets.workspaces.extend(rows);
}
