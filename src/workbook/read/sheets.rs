//! Sheets: from cells to rows, with all that is wrong within a sheet.

use std::collections::{BTreeMap, HashMap};

use calamine::Data;
use rust_decimal::Decimal;

use super::cells::{self, Wrong};
use super::grid::Grid;
use super::{BadCell, Line};
use crate::model::leaf::Leaf;
use crate::model::money::Currency;
use crate::model::settings::{FiscalYear, StructureSettings};
use crate::model::time::Month;
use crate::workbook::parents;
use crate::workbook::rows::{Budgets, CostCenters, Workspaces};
use crate::workbook::write::NAMES;

pub const COST_CENTERS: &[&str] = &["Cost Center Name", "Cost Center Code"];
pub const OPTIONAL_COST_CENTERS: &[&str] = &[
    "Manager e-mail",
    "Manager Name",
    "Parent Code",
    "From",
    "To",
    "Alert 1 %",
    "Alert 2 %",
    "Alert 3 %",
];
pub const BUDGETS: &[&str] = &["Cost Center Code", "Fiscal Year"];
pub const MONTHS: [&str; 13] = [
    "Currency", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
pub const WORKSPACES: &[&str] = &["Workspace ID", "Cost Center Code"];
pub const OPTIONAL_WORKSPACES: &[&str] = &[
    "Provider",
    "Organization",
    "Workspace Name",
    "From",
    "Percent",
];

/// One row that is being read.
struct Reader<'g> {
    grid: &'g Grid,
    row: u32,
    bad: Vec<BadCell>,
}

impl<'g> Reader<'g> {
    fn new(grid: &'g Grid, row: u32) -> Self {
        Self {
            grid,
            row,
            bad: Vec::new(),
        }
    }

    fn fault(&mut self, heading: &str, message: impl Into<String>, help: impl Into<String>) {
        self.bad.push(BadCell {
            cell: self.grid.cell(self.row, heading),
            message: message.into(),
            help: help.into(),
        });
    }

    /// The value of a cell as what it should be; none where it is blank or wrong.
    fn get<T>(
        &mut self,
        heading: &str,
        parse: impl FnOnce(&Data) -> Result<T, Wrong>,
    ) -> Option<T> {
        if self.grid.has(heading) && self.grid.merged(&self.grid.cell(self.row, heading)) {
            self.fault(
                heading,
                "several cells are merged into this one",
                "take the merging back, and write each value into its own cell",
            );
            return None;
        }
        match parse(self.grid.value(self.row, heading)?) {
            Ok(value) => Some(value),
            Err((message, help)) => {
                self.fault(heading, message, help);
                None
            }
        }
    }

    fn text(&mut self, heading: &str) -> Option<String> {
        self.get(heading, cells::text)
    }

    /// A text that must be there.
    fn needed(&mut self, heading: &str) -> String {
        let before = self.bad.len();
        let text = self.text(heading);
        if text.is_none() && self.bad.len() == before {
            let message = format!("there is no {heading}");
            self.fault(heading, message, "write one, or empty the whole row");
        }
        text.unwrap_or_default()
    }

    /// The row, unless something is wrong with it.
    fn done<T>(self, value: T, bad: &mut Vec<BadCell>) -> Option<Line<T>> {
        let good = self.bad.is_empty();
        bad.extend(self.bad);
        good.then_some(Line {
            row: self.row,
            value,
        })
    }
}

pub fn cost_centers(grid: &Grid, bad: &mut Vec<BadCell>) -> Vec<Line<CostCenters>> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut read = Vec::new();
    for row in grid.rows() {
        let mut cells = Reader::new(grid, row);
        let alerts = ["Alert 1 %", "Alert 2 %", "Alert 3 %"]
            .into_iter()
            .filter_map(|heading| cells.get(heading, cells::alert));
        let mut alerts: Vec<u16> = alerts.collect();
        alerts.sort_unstable();
        let value = CostCenters {
            manager_email: cells.text("Manager e-mail"),
            manager_name: cells.text("Manager Name"),
            inherited: false,
            name: cells.needed("Cost Center Name"),
            code: cells.needed("Cost Center Code"),
            parent: cells
                .get("Parent Code", |value| parents::parse(&cells::text(value)?))
                .flatten()
                .as_ref()
                .and_then(parents::told),
            from: cells.get("From", cells::month),
            to: cells.get("To", cells::month),
            alerts,
        };
        if value.manager_name.is_some() && value.manager_email.is_none() {
            cells.fault(
                "Manager e-mail",
                "the manager has a name and no e-mail address",
                "write the address; it is what managers are known by",
            );
        }
        once(&mut seen, &value.code, "Cost Center Code", &mut cells);
        read.extend(cells.done(value, bad));
    }
    read
}

/// A key that may stand in one row only.
fn once(seen: &mut HashMap<String, u32>, key: &str, heading: &str, cells: &mut Reader<'_>) {
    if key.is_empty() {
        return;
    }
    if let Some(first) = seen.insert(key.to_owned(), cells.row) {
        let message = format!("`{key}` stands in row {} too", cells.grid.row(first));
        cells.fault(
            heading,
            message,
            "delete one of the rows, or correct its code",
        );
    }
}

pub fn budgets(
    grid: &Grid,
    settings: &StructureSettings,
    bad: &mut Vec<BadCell>,
) -> Vec<Line<Budgets>> {
    let default = settings.currency.unwrap_or(Currency::USD);
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut read = Vec::new();
    for row in grid.rows() {
        let mut cells = Reader::new(grid, row);
        let code = cells.needed("Cost Center Code");
        let year = cells.needed("Fiscal Year");
        let first = FiscalYear::first(settings.fiscal_year, &year);
        if first.is_none() && !year.is_empty() {
            let message = format!("`{year}` is no fiscal year");
            cells.fault("Fiscal Year", message, "write it as FY2027");
        }
        let currency = cells.get("Currency", currency).unwrap_or(default);
        let digits = currency.minor_digits();
        let starts = settings
            .fiscal_year
            .map_or(1, |year| usize::from(year.starts));
        let months = std::array::from_fn(|place| {
            let heading = NAMES[(starts + 11 + place) % 12];
            cells.get(heading, |value| cells::amount(value, digits))
        });
        once(
            &mut seen,
            &format!("{code} of {year}"),
            "Cost Center Code",
            &mut cells,
        );
        let value = Budgets {
            code,
            year,
            currency,
            months,
        };
        read.extend(cells.done(value, bad));
    }
    read
}

fn currency(value: &Data) -> Result<Currency, Wrong> {
    let text = cells::text(value)?;
    Currency::parse(&text.to_uppercase()).map_err(|error| {
        (
            format!("`{text}`: {}", error.message),
            error.help.to_string(),
        )
    })
}

pub fn workspaces(grid: &Grid, bad: &mut Vec<BadCell>) -> Vec<Line<Workspaces>> {
    let mut read = Vec::new();
    for row in grid.rows() {
        let mut cells = Reader::new(grid, row);
        let value = Workspaces {
            provider: cells.text("Provider").unwrap_or_default(),
            organization: cells.text("Organization").unwrap_or_default(),
            id: cells.needed("Workspace ID"),
            name: cells.text("Workspace Name"),
            from: cells.get("From", cells::month),
            code: cells.text("Cost Center Code"),
            percent: cells
                .get("Percent", cells::percent)
                .unwrap_or(Decimal::ONE_HUNDRED),
        };
        read.extend(cells.done(value, bad));
    }
    totals(grid, &read, bad);
    read
}

/// Rows by provider, workspace and month.
type Groups<'r> = BTreeMap<(&'r str, &'r str, Option<Month>), Vec<&'r Line<Workspaces>>>;

/// The rows of one workspace and month total 100.00, each cost centre once.
fn totals(grid: &Grid, read: &[Line<Workspaces>], bad: &mut Vec<BadCell>) {
    let mut groups: Groups<'_> = BTreeMap::new();
    for line in read {
        let row = &line.value;
        let key = (row.provider.as_str(), row.id.as_str(), row.from);
        groups.entry(key).or_default().push(line);
    }
    let mut faults = Vec::new();
    for ((_, id, from), lines) in groups {
        let when = from.map_or_else(|| "since ever".to_owned(), |from| format!("from {from} on"));
        let fault = |line: &Line<Workspaces>, heading: &str, message: String, help: &str| BadCell {
            cell: grid.cell(line.row, heading),
            message,
            help: help.to_owned(),
        };
        let mut codes: Vec<&str> = Vec::new();
        for line in &lines {
            match line.value.code.as_deref() {
                Some(code) if codes.contains(&code) => faults.push(fault(
                    line,
                    "Cost Center Code",
                    format!("{id} falls on {code} twice {when}"),
                    "make one row of them",
                )),
                Some(code) => codes.push(code),
                None => {}
            }
        }
        let total: Decimal = lines.iter().map(|line| line.value.percent).sum();
        if total != Decimal::ONE_HUNDRED
            && let Some(last) = lines.last()
        {
            faults.push(fault(
                last,
                "Percent",
                format!("the parts of {id} {when} total {total}, not 100"),
                "correct the percentages of the rows with this workspace and month",
            ));
        }
    }
    faults.sort_by_key(|fault| fault.cell.row);
    bad.extend(faults);
}
