//! The download: the workbook as people fetched it from Onicloud. Its rows by what they are about;
//! never written.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::grid::{Book, Cell, Grid};
use super::held::{Field, Held, Layout, Value};
use crate::model::address::{Address, Kind};
use crate::model::id;
use crate::model::provider::Provider;
use crate::model::settings::StructureSettings;
use crate::model::time::Month;
use crate::platform::PlatformError;
use crate::workbook::NAMES;
use crate::workbook::read::{self, BadCell, MOST, Read};

pub const CENTERS: &str = "Cost Centers";
pub const BUDGETS: &str = "Budgets";
pub const WORKSPACES: &str = "Workspaces";

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Center(String),
    Budget(String, String),
    /// Provider as it is written there, which may be nothing, and id.
    Workspace(String, String),
}

impl Key {
    /// The address that it has in any case; a workspace without a provider has none.
    pub fn address(&self) -> Option<Address> {
        Some(match self {
            Self::Center(code) => Address::cost_center(code),
            Self::Budget(code, year) => Address::budget(code, year),
            Self::Workspace(provider, id) => {
                let provider = Provider::from_name(provider)?;
                Address::account(provider, &id::canonical(Some(provider), id))
            }
        })
    }

    /// Whether it is about this resource.
    pub fn is(&self, address: &Address) -> bool {
        match (self, address.provider()) {
            (Self::Workspace(named, id), Some(provider)) => {
                address.kind() == Kind::Account
                    && (named.is_empty() || Provider::from_name(named) == Some(provider))
                    && id::canonical(Some(provider), id) == address.last()
            }
            _ => self.address().as_ref() == Some(address),
        }
    }
}

/// A workbook as it was downloaded.
#[derive(Debug, Clone)]
pub struct Download {
    pub book: Book,
    pub layout: Layout,
    /// Whether there was a file.
    pub fetched: bool,
    pub rows: BTreeMap<Key, Held>,
    /// What is wrong with rows.
    pub bad: Vec<(Key, BadCell)>,
    /// The workspaces by their ids in lower case.
    ids: HashMap<String, Vec<Key>>,
}

impl Download {
    /// Reads the file; one that is not there counts as a workbook with headings only.
    ///
    /// # Errors
    /// Where it is no workbook, or lacks a sheet or a column that must be there.
    pub fn read(
        path: &Path,
        shown: &str,
        settings: &StructureSettings,
        month: Month,
    ) -> Result<Self, PlatformError> {
        let wrong = |message: String, help: String| PlatformError::File {
            code: "onicloud.workbook",
            message,
            help,
        };
        let bytes = match bytes(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::nothing(settings));
            }
            Err(error) => {
                return Err(wrong(
                    format!("cannot read {shown}: {error}"),
                    "put the workbook there as it was downloaded from Onicloud".to_owned(),
                ));
            }
        };
        let found = read::read(&bytes, settings)
            .map_err(|error| wrong(format!("{shown}: {}", error.message), error.help))?;
        let book = Book::read(&bytes).map_err(|error| {
            let help = "open it in a spreadsheet program and save it again as .xlsx";
            wrong(format!("{shown} cannot be read: {error}"), help.to_owned())
        })?;
        let layout = layout(&book);
        let mut rows = rows(&found, layout, month);
        let mut bad = Vec::new();
        for cell in found.bad {
            let row = usize::try_from(cell.cell.row).unwrap_or(usize::MAX);
            let grid = book.sheet(cell.cell.sheet);
            let Some((key, cells)) = grid.and_then(|grid| {
                let cells = grid.rows.get(row)?;
                Some((key(grid, cells)?, cells))
            }) else {
                continue;
            };
            // Known by all its cells: no sound row is like it.
            let text: Vec<String> = cells.iter().map(shown_as).collect();
            let mut held = Held::default();
            held.set(Field::Name, Some(Value::Text(text.join("\u{1f}"))));
            rows.insert(key.clone(), held);
            bad.push((key, cell));
        }
        let mut ids: HashMap<String, Vec<Key>> = HashMap::new();
        for key in rows.keys() {
            if let Key::Workspace(_, id) = key {
                ids.entry(id.to_lowercase()).or_default().push(key.clone());
            }
        }
        Ok(Self {
            book,
            layout,
            fetched: true,
            rows,
            bad,
            ids,
        })
    }

    /// No rows, and the headings of bursar's own export, as far as Onicloud is known to have them.
    fn nothing(settings: &StructureSettings) -> Self {
        let centers = [
            "Manager e-mail",
            "Manager Name",
            "Cost Center Name",
            "Cost Center Code",
            "Alert 1 %",
            "Alert 2 %",
            "Alert 3 %",
        ];
        let mut budgets = vec!["Cost Center Code", "Fiscal Year", "Currency"];
        budgets.extend(year(settings));
        let workspaces = [
            "Provider",
            "Organization",
            "Workspace ID",
            "Workspace Name",
            "Cost Center Code",
        ];
        let book = Book(vec![
            Grid::new(CENTERS, &centers),
            Grid::new(BUDGETS, &budgets),
            Grid::new(WORKSPACES, &workspaces),
        ]);
        Self {
            layout: layout(&book),
            book,
            fetched: false,
            rows: BTreeMap::new(),
            bad: Vec::new(),
            ids: HashMap::new(),
        }
    }

    /// The row about a resource.
    pub fn of(&self, address: &Address) -> Option<&Held> {
        match address.kind() {
            Kind::Account => {
                let mut keys = self.ids.get(&address.last().to_lowercase())?.iter();
                keys.find(|key| key.is(address))
                    .and_then(|key| self.rows.get(key))
            }
            Kind::CostCenter => self.rows.get(&Key::Center(address.last().into_owned())),
            Kind::Budget => {
                let mut parts = address.parts();
                let key = Key::Budget(parts.next()?.into_owned(), parts.next()?.into_owned());
                self.rows.get(&key)
            }
            _ => None,
        }
    }
}

/// The headings of a fiscal year's months, from its first on.
pub fn year(settings: &StructureSettings) -> [&'static str; 12] {
    let starts = settings
        .fiscal_year
        .map_or(1, |year| usize::from(year.starts));
    std::array::from_fn(|place| NAMES[(starts + 11 + place) % 12])
}

/// The file, no more than a workbook may have.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let most = u64::try_from(MOST).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(most)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn layout(book: &Book) -> Layout {
    let has = |sheet: &str, heading: &str| book.sheet(sheet).is_some_and(|grid| grid.has(heading));
    Layout {
        managers: has(CENTERS, "Manager e-mail"),
        alerts: has(CENTERS, "Alert 1 %"),
        parents: has(CENTERS, "Parent Code"),
        from: has(CENTERS, "From"),
        to: has(CENTERS, "To"),
        currency: has(BUDGETS, "Currency"),
        months: NAMES.iter().all(|name| has(BUDGETS, name)),
        percent: has(WORKSPACES, "Percent"),
    }
}

fn rows(found: &Read, layout: Layout, month: Month) -> BTreeMap<Key, Held> {
    let mut rows = BTreeMap::new();
    for line in &found.cost_centers {
        let center = &line.value;
        let mut held = Held::default();
        held.set(Field::Name, Some(Value::Text(center.name.clone())));
        let manager = center.manager_email.clone();
        let manager = manager.map(|email| Value::Manager(email, center.manager_name.clone()));
        held.set(Field::Manager, manager);
        let alerts = (!center.alerts.is_empty()).then(|| center.alerts.clone());
        held.set(Field::Alerts, alerts.map(Value::Alerts));
        let parent = crate::workbook::parents::at(center.parent.as_deref(), month);
        held.set(Field::Parent, parent.map(Value::Text));
        let text = |month: Month| Value::Text(month.to_string());
        held.set(Field::From, center.from.map(text));
        held.set(Field::To, center.to.map(text));
        rows.insert(Key::Center(center.code.clone()), held);
    }
    for line in &found.budgets {
        let budget = &line.value;
        let mut held = Held::default();
        let currency = Value::Text(budget.currency.code().to_owned());
        held.set(Field::Currency, layout.currency.then_some(currency));
        let months = budget
            .months
            .map(|amount| amount.map(|one| one.normalize()));
        held.set(
            Field::Months,
            layout.months.then_some(Value::Months(months)),
        );
        rows.insert(Key::Budget(budget.code.clone(), budget.year.clone()), held);
    }
    let mut latest: BTreeMap<Key, Option<Month>> = BTreeMap::new();
    for line in &found.workspaces {
        let row = &line.value;
        let key = Key::Workspace(row.provider.clone(), row.id.clone());
        let held: &mut Held = rows.entry(key.clone()).or_default();
        // The rows of the last month that has begun count.
        if row.from.is_some_and(|from| from > month) {
            continue;
        }
        let last = latest.entry(key).or_insert(row.from);
        if row.from < *last {
            continue;
        }
        if row.from > *last {
            *last = row.from;
            held.0.clear();
        }
        if let Some(code) = &row.code {
            let part = (code.clone(), row.percent.normalize());
            match held.0.get_mut(&Field::CostCenter) {
                Some(Value::Parts(parts)) => {
                    parts.push(part);
                    parts.sort();
                }
                _ => held.set(Field::CostCenter, Some(Value::Parts(vec![part]))),
            }
        }
    }
    rows
}

/// What a row of cells is about; none where its key is empty.
pub fn key(grid: &Grid, cells: &[Cell]) -> Option<Key> {
    let text = |heading: &str| -> String {
        let cell = grid.column(heading).and_then(|at| cells.get(at));
        cell.map(shown_as).unwrap_or_default()
    };
    let some = |text: String| (!text.is_empty()).then_some(text);
    let is = |name: &str| super::grid::plain(&grid.name) == super::grid::plain(name);
    if is(CENTERS) {
        some(text("Cost Center Code")).map(Key::Center)
    } else if is(BUDGETS) {
        Some(Key::Budget(
            some(text("Cost Center Code"))?,
            some(text("Fiscal Year"))?,
        ))
    } else if is(WORKSPACES) {
        Some(Key::Workspace(
            text("Provider"),
            some(text("Workspace ID"))?,
        ))
    } else {
        None
    }
}

/// The text that a cell of ids and codes shows, as the reader of workbooks takes it.
fn shown_as(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text
            .trim_matches(|char: char| {
                char.is_whitespace() || matches!(char, '\u{A0}' | '\u{200B}' | '\u{FEFF}')
            })
            .to_owned(),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Cell::Number(number) | Cell::Date(number) => number.to_string(),
        Cell::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
    }
}
