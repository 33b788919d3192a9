//! Rendering: the workbook to upload. The download with our rows in it: what somebody else wrote
//! stays, columns that nobody here knows stay, rows that were deleted here go.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::download::{BUDGETS, CENTERS, Download, WORKSPACES, key, year};
use super::grid::{Book, Cell, Grid, plain};
use super::held::{Field, Structure, Value};
use super::judge::{Frame, Judged, Judgement, Standing};
use crate::model::address::{Address, Kind};
use crate::model::leaf::Leaf as _;
use crate::model::time::{Date, Month};

/// The workbook to upload.
pub fn render(
    judgement: &Judgement,
    structure: &Structure,
    download: &Download,
    frame: Frame<'_>,
) -> Book {
    let mut book = download.book.clone();
    let sheets = [
        (CENTERS, Kind::CostCenter),
        (BUDGETS, Kind::Budget),
        (WORKSPACES, Kind::Account),
    ];
    for (name, kind) in sheets {
        if let Some(grid) = book.sheet_mut(name) {
            let rows = sheet(grid, kind, judgement, structure, frame);
            grid.rows = rows;
        }
    }
    book.trimmed()
}

fn sheet(
    grid: &Grid,
    kind: Kind,
    judgement: &Judgement,
    structure: &Structure,
    frame: Frame<'_>,
) -> Vec<Vec<Cell>> {
    let writer = Writer {
        grid,
        structure,
        frame,
    };
    let head = grid.head();
    let mut rows: Vec<Vec<Cell>> = grid.rows.iter().take(head + 1).cloned().collect();
    let mut written: BTreeSet<&Address> = BTreeSet::new();
    for cells in grid.rows.iter().skip(head + 1) {
        let Some(key) = key(grid, cells) else {
            rows.push(cells.clone());
            continue;
        };
        match judgement.of(&key) {
            None if judgement.leaving.contains(&key) => {}
            Some(judged) if judged.standing == Standing::Waiting => {
                // An account that is split has a row for each part, and no others; what begins in a later
                // month somebody else wrote.
                if writer.is_later(cells) {
                    rows.push(cells.clone());
                } else if written.insert(&judged.address) {
                    rows.extend(writer.rows(judged, cells));
                }
            }
            _ => rows.push(cells.clone()),
        }
    }
    let new = judgement.rows.values().filter(|judged| {
        judged.address.kind() == kind
            && judged.standing == Standing::Waiting
            && judged.has_row()
            && !written.contains(&judged.address)
    });
    for judged in new {
        rows.extend(writer.rows(judged, &[]));
    }
    rows
}

struct Writer<'a> {
    grid: &'a Grid,
    structure: &'a Structure,
    frame: Frame<'a>,
}

impl Writer<'_> {
    /// The rows of a resource, made of the one that is there.
    fn rows(&self, judged: &Judged, cells: &[Cell]) -> Vec<Vec<Cell>> {
        let mut row = cells.to_vec();
        let new = cells.is_empty();
        let mut names = judged.address.parts().map(|part| part.into_owned());
        let (first, second) = (
            names.next().unwrap_or_default(),
            names.next().unwrap_or_default(),
        );
        match judged.address.kind() {
            Kind::CostCenter => {
                self.put(&mut row, "Cost Center Code", Cell::text(first));
                self.center(judged, &mut row);
            }
            Kind::Budget => {
                self.put(&mut row, "Cost Center Code", Cell::text(first));
                self.put(&mut row, "Fiscal Year", Cell::text(second));
                self.budget(judged, &mut row);
            }
            _ => {
                if new {
                    self.put(&mut row, "Provider", Cell::text(first));
                    self.put(&mut row, "Workspace ID", Cell::text(second));
                    let account = self.structure.accounts.get(&judged.address);
                    let text =
                        |value: Option<&String>| Cell::text(value.cloned().unwrap_or_default());
                    let name = account.and_then(|account| account.name.as_ref());
                    self.put(&mut row, "Workspace Name", text(name));
                    let organization = account.and_then(|account| account.organization.as_ref());
                    self.put(&mut row, "Organization", text(organization));
                }
                return self.workspace(judged, &row);
            }
        }
        vec![row]
    }

    fn put(&self, row: &mut Vec<Cell>, heading: &str, cell: Cell) {
        self.grid.put(row, heading, cell);
    }

    /// Whether a row of Workspaces begins in a month to come.
    fn is_later(&self, cells: &[Cell]) -> bool {
        let at = self.grid.column("From");
        let from = match at.and_then(|at| cells.get(at)) {
            Some(Cell::Text(text)) => Month::parse(text.trim()).ok(),
            Some(Cell::Date(day)) => month_of(*day),
            _ => None,
        };
        self.is(WORKSPACES) && from.is_some_and(|from| from > self.frame.month)
    }

    fn is(&self, sheet: &str) -> bool {
        plain(&self.grid.name) == plain(sheet)
    }

    fn center(&self, judged: &Judged, row: &mut Vec<Cell>) {
        if let Some(Value::Text(name)) = judged.ours.get(Field::Name) {
            self.put(row, "Cost Center Name", Cell::text(name));
        }
        if judged.owned.contains(&Field::Manager) {
            let (email, name) = match judged.ours.get(Field::Manager) {
                Some(Value::Manager(email, name)) => (email.as_str(), name.as_deref()),
                _ => ("", None),
            };
            self.put(row, "Manager e-mail", Cell::text(email));
            self.put(row, "Manager Name", Cell::text(name.unwrap_or_default()));
        }
        if judged.owned.contains(&Field::Alerts) {
            let alerts: &[u16] = match judged.ours.get(Field::Alerts) {
                Some(Value::Alerts(alerts)) => alerts,
                _ => &[],
            };
            for (at, heading) in ["Alert 1 %", "Alert 2 %", "Alert 3 %"]
                .into_iter()
                .enumerate()
            {
                let alert = alerts.get(at).map(|alert| Cell::Number(f64::from(*alert)));
                self.put(row, heading, alert.unwrap_or_default());
            }
        }
        let texts = [
            (Field::Parent, "Parent Code"),
            (Field::From, "From"),
            (Field::To, "To"),
        ];
        for (field, heading) in texts {
            if judged.owned.contains(&field) {
                let text = match judged.ours.get(field) {
                    Some(Value::Text(text)) => text.as_str(),
                    _ => "",
                };
                self.put(row, heading, Cell::text(text));
            }
        }
    }

    fn budget(&self, judged: &Judged, row: &mut Vec<Cell>) {
        if let Some(Value::Text(currency)) = judged.ours.get(Field::Currency) {
            self.put(row, "Currency", Cell::text(currency));
        }
        if let Some(Value::Months(months)) = judged.ours.get(Field::Months) {
            for (heading, amount) in year(self.frame.settings).into_iter().zip(months) {
                self.put(row, heading, amount.map(number).unwrap_or_default());
            }
            let total: Decimal = months.iter().flatten().sum();
            self.put(row, "Total", number(total));
        }
    }

    fn workspace(&self, judged: &Judged, row: &[Cell]) -> Vec<Vec<Cell>> {
        let account = self.structure.accounts.get(&judged.address);
        let timeline = account.and_then(|account| account.cost_center.as_ref());
        let from = timeline.and_then(|all| all.at(self.frame.month)?.from);
        let from = Cell::text(from.map_or_else(String::new, |from| from.to_string()));
        let line = |code: &str, percent: Decimal| {
            let mut row = row.to_vec();
            self.put(&mut row, "From", from.clone());
            self.put(&mut row, "Cost Center Code", Cell::text(code));
            self.put(&mut row, "Percent", number(percent));
            row
        };
        match judged.ours.get(Field::CostCenter) {
            Some(Value::Parts(parts)) => {
                let parts = parts.iter();
                parts.map(|(code, percent)| line(code, *percent)).collect()
            }
            _ => vec![line("", Decimal::ONE_HUNDRED)],
        }
    }
}

/// The month of a day, as spreadsheets count them.
fn month_of(day: f64) -> Option<Month> {
    #[allow(clippy::cast_possible_truncation)] // Bounded by what a date can be.
    let days = jiff::Span::new().try_days(day as i64).ok()?;
    let date = jiff::civil::date(1899, 12, 30).checked_add(days).ok()?;
    Some(Date::new(date).month())
}

/// Spreadsheets calculate with 15 digits; what has more stands there as text, whole.
fn number(value: Decimal) -> Cell {
    let digits = value
        .mantissa()
        .unsigned_abs()
        .checked_ilog10()
        .unwrap_or(0);
    match value.to_f64().filter(|_| digits < 15) {
        Some(number) => Cell::Number(number),
        None => Cell::text(value.to_string()),
    }
}
