//! Grids: the cells of a sheet below their headings.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};

use super::{Cell, Lines, Unreadable};
use crate::workbook::Stamp;

/// An open workbook.
pub struct Book<'b> {
    file: Xlsx<Cursor<&'b [u8]>>,
}

/// The cells of a sheet.
pub struct Grid {
    pub name: &'static str,
    range: Range<Data>,
    /// The first row of cells, and their first column.
    start: (u32, u32),
    /// The columns by their plain headings.
    columns: HashMap<String, u32>,
    merged: Vec<calamine::Dimensions>,
    /// Where it is a CSV file: its lines.
    pub lines: Option<Lines>,
}

/// A heading without what people change by the way.
pub fn plain(text: &str) -> String {
    let letters = text.chars().filter(|char| char.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

impl<'b> Book<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Self, Unreadable> {
        let broken = |error: calamine::XlsxError| {
            Unreadable::new(
                format!("the workbook cannot be read: {error}"),
                "open it in a spreadsheet program and save it again as .xlsx, without a password",
            )
        };
        let file = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
        Ok(Self { file })
    }

    /// From where the workbook says that it comes.
    pub fn stamp(&mut self) -> Stamp {
        let Ok(guide) = self.file.worksheet_range("Guide") else {
            return Stamp::default();
        };
        let value = |what: &str| {
            let mut rows = guide.rows();
            let row =
                rows.find(|row| matches!(row.first(), Some(Data::String(text)) if text == what))?;
            let text = row.get(1)?.to_string();
            (!matches!(text.trim(), "" | "-")).then(|| text.trim().to_owned())
        };
        Stamp {
            project: value("Project"),
            commit: value("Commit"),
            day: value("Exported on").unwrap_or_default(),
        }
    }

    /// The sheet of this name, which must have these columns and may have the others.
    pub fn sheet(
        &mut self,
        name: &'static str,
        needed: &[&str],
        allowed: &[&str],
    ) -> Result<Grid, Unreadable> {
        let names = self.file.sheet_names();
        let Some(found) = names.iter().find(|found| plain(found) == plain(name)) else {
            return Err(Unreadable::new(
                format!("the workbook has no sheet {name}"),
                format!(
                    "it has {}; `bursar structure export` writes one with all sheets",
                    names.join(", ")
                ),
            ));
        };
        let range = self.file.worksheet_range(found).map_err(|error| {
            Unreadable::new(
                format!("the sheet {name} cannot be read: {error}"),
                "open the workbook in a spreadsheet program and save it again",
            )
        })?;
        let merged = self
            .file
            .merge_cells_by_sheet_name(found)
            .map_err(|error| {
                Unreadable::new(
                    format!("the merged cells of the sheet {name} cannot be read: {error}"),
                    "open the workbook in a spreadsheet program and save it again",
                )
            })?;
        let grid = Grid::new(name, range, needed, allowed)?;
        Ok(Grid { merged, ..grid })
    }
}

impl Grid {
    /// The cells of a sheet, whose first row holds the headings.
    pub fn new(
        name: &'static str,
        range: Range<Data>,
        needed: &[&str],
        allowed: &[&str],
    ) -> Result<Self, Unreadable> {
        let start = range.start().unwrap_or((0, 0));
        let mut columns = HashMap::new();
        for (at, cell) in (start.1..).zip(range.rows().next().unwrap_or(&[])) {
            let heading = plain(&cell.to_string());
            if !heading.is_empty() && columns.insert(heading, at).is_some() {
                return Err(Unreadable::new(
                    format!(
                        "the sheet {name} has two columns `{}`",
                        cell.to_string().trim()
                    ),
                    "delete one of them, or give it another heading",
                ));
            }
        }
        let missing: Vec<&str> = needed
            .iter()
            .copied()
            .filter(|heading| !columns.contains_key(&plain(heading)))
            .collect();
        if !missing.is_empty() {
            return Err(Unreadable::new(
                format!("the sheet {name} has no column {}", missing.join(", ")),
                "the first row holds the headings; `bursar structure export` writes them",
            ));
        }
        let known = |heading: &str| {
            let of = |list: &[&str]| list.iter().any(|one| plain(one) == heading);
            of(needed) || of(allowed)
        };
        columns.retain(|heading, _| known(heading));
        Ok(Grid {
            name,
            range,
            start,
            columns,
            merged: Vec::new(),
            lines: None,
        })
    }
    /// The rows below the headings that hold anything in the columns that are read.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        let from = self.start.0 + 1;
        let to = self.range.end().map_or(0, |end| end.0 + 1);
        (from..to).filter(|row| {
            let mut columns = self.columns.values();
            columns.any(|column| {
                let value = self.range.get_value((*row, *column));
                value.is_some_and(|value| !blank(value))
            })
        })
    }

    /// The plain headings with their columns.
    pub fn columns(&self) -> impl Iterator<Item = (&str, u32)> {
        self.columns
            .iter()
            .map(|(heading, at)| (heading.as_str(), *at))
    }

    pub fn has(&self, heading: &str) -> bool {
        self.columns.contains_key(&plain(heading))
    }

    /// The place of a cell; that of the first column where there is no such heading.
    pub fn cell(&self, row: u32, heading: &str) -> Cell {
        Cell {
            sheet: self.name,
            row,
            column: self.columns.get(&plain(heading)).copied().unwrap_or(0),
            text: self
                .lines
                .as_ref()
                .and_then(|lines| lines.cell(row, heading)),
        }
    }

    /// A row as people count it, from 1.
    pub fn row(&self, row: u32) -> u64 {
        let lines = self.lines.as_ref();
        let line = lines.and_then(|lines| lines.of_rows.get(row as usize).copied());
        line.unwrap_or(u64::from(row) + 1)
    }

    /// The value of a cell; none where it is blank.
    pub fn value(&self, row: u32, heading: &str) -> Option<&Data> {
        let column = *self.columns.get(&plain(heading))?;
        let value = self.range.get_value((row, column))?;
        (!blank(value)).then_some(value)
    }

    /// Whether a cell is one of several that were made one.
    pub fn merged(&self, cell: &Cell) -> bool {
        let mut merged = self.merged.iter();
        merged.any(|region| region.contains(cell.row, cell.column))
    }
}

fn blank(value: &Data) -> bool {
    match value {
        Data::Empty => true,
        Data::String(text) => text.trim().is_empty(),
        _ => false,
    }
}
