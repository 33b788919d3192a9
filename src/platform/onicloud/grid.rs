//! Grids: the sheets of a workbook with all that stands in them, known or not. Bytes in, bytes out.
//! What a column means is said elsewhere.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::model::hash::ContentHash;
use crate::workbook::read::check;

/// What stands in a cell. Formulas count with their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    /// Days since the end of 1899, as spreadsheets count.
    Date(f64),
    Bool(bool),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        match text.is_empty() {
            true => Self::Empty,
            false => Self::Text(text),
        }
    }

    fn of(data: &Data) -> Self {
        match data {
            Data::Empty => Self::Empty,
            Data::String(text) if text.trim().is_empty() => Self::Empty,
            Data::String(text) => Self::Text(text.clone()),
            Data::Int(number) => Self::Number(*number as f64),
            Data::Float(number) => Self::Number(*number),
            Data::Bool(value) => Self::Bool(*value),
            Data::DateTime(date) if date.is_datetime() => Self::Date(date.as_f64()),
            Data::DateTime(date) => Self::Number(date.as_f64()),
            other => Self::Text(other.to_string()),
        }
    }
}

/// One sheet: rows from the first on, each with its cells from the first column on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grid {
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
}

/// A heading without what people change by the way, as the reader of workbooks compares them.
pub fn plain(text: &str) -> String {
    let letters = text.chars().filter(|char| char.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

impl Grid {
    pub fn new(name: &str, headings: &[&str]) -> Self {
        let headings = headings.iter().map(|heading| Cell::text(*heading));
        Self {
            name: name.to_owned(),
            rows: vec![headings.collect()],
        }
    }

    /// The row that holds the headings: the first with anything in it.
    pub fn head(&self) -> usize {
        let filled = |row: &Vec<Cell>| row.iter().any(|cell| *cell != Cell::Empty);
        self.rows.iter().position(filled).unwrap_or(0)
    }

    /// The column below a heading.
    pub fn column(&self, heading: &str) -> Option<usize> {
        let wanted = plain(heading);
        let row = self.rows.get(self.head())?;
        row.iter()
            .position(|cell| matches!(cell, Cell::Text(text) if plain(text) == wanted))
    }

    pub fn has(&self, heading: &str) -> bool {
        self.column(heading).is_some()
    }

    /// Writes below a heading; nothing where there is none.
    pub fn put(&self, row: &mut Vec<Cell>, heading: &str, cell: Cell) {
        if let Some(at) = self.column(heading) {
            if row.len() <= at {
                row.resize(at + 1, Cell::Empty);
            }
            row[at] = cell;
        }
    }

    /// Without empty cells and rows at the ends, so that equal content is equal.
    fn trimmed(mut self) -> Self {
        for row in &mut self.rows {
            while row.last() == Some(&Cell::Empty) {
                row.pop();
            }
        }
        while self.rows.last().is_some_and(Vec::is_empty) {
            self.rows.pop();
        }
        self
    }
}

/// All sheets of a workbook, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book(pub Vec<Grid>);

impl Book {
    /// Reads a workbook.
    ///
    /// # Errors
    /// Where it is too large, and what the reader of the format says.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        check(bytes).map_err(|error| error.message)?;
        let told = |error: calamine::XlsxError| error.to_string();
        let mut file = Xlsx::new(Cursor::new(bytes)).map_err(told)?;
        let mut grids = Vec::new();
        for name in file.sheet_names() {
            let range = file.worksheet_range(&name).map_err(told)?;
            let (above, left) = range.start().unwrap_or((0, 0));
            let left = usize::try_from(left).unwrap_or(0);
            let mut rows = vec![Vec::new(); usize::try_from(above).unwrap_or(0)];
            for row in range.rows() {
                let before = std::iter::repeat_n(Cell::Empty, left);
                rows.push(before.chain(row.iter().map(Cell::of)).collect());
            }
            grids.push(Grid { name, rows }.trimmed());
        }
        Ok(Self(grids))
    }

    pub fn sheet(&self, name: &str) -> Option<&Grid> {
        self.0.iter().find(|grid| plain(&grid.name) == plain(name))
    }

    pub fn sheet_mut(&mut self, name: &str) -> Option<&mut Grid> {
        let mut grids = self.0.iter_mut();
        grids.find(|grid| plain(&grid.name) == plain(name))
    }

    /// Names its content.
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(format!("{self:?}").as_bytes())
    }

    /// As it reads once it was written.
    pub fn trimmed(self) -> Self {
        Self(self.0.into_iter().map(Grid::trimmed).collect())
    }

    /// The workbook's file.
    ///
    /// # Errors
    /// Where a sheet cannot hold it: too many rows or columns, a text that is too long.
    pub fn write(&self) -> Result<Vec<u8>, String> {
        let told = |error: XlsxError| error.to_string();
        let mut workbook = Workbook::new();
        for grid in &self.0 {
            fill(workbook.add_worksheet(), grid).map_err(told)?;
        }
        workbook.save_to_buffer().map_err(told)
    }
}

fn fill(sheet: &mut Worksheet, grid: &Grid) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.set_name(&grid.name)?;
    let head = grid.head();
    for (at, cells) in grid.rows.iter().enumerate() {
        let row = u32::try_from(at).unwrap_or(u32::MAX);
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                Cell::Text(value) if at == head => {
                    sheet.set_column_width(column, 18)?;
                    sheet.write_string_with_format(row, column, value, &heading)?
                }
                Cell::Text(value) => sheet.write_string_with_format(row, column, value, &text)?,
                Cell::Number(value) => sheet.write_number(row, column, *value)?,
                Cell::Date(value) => sheet.write_number_with_format(row, column, *value, &date)?,
                Cell::Bool(value) => sheet.write_boolean(row, column, *value)?,
            };
        }
    }
    if let (Ok(below), false) = (u32::try_from(head + 1), grid.rows.is_empty()) {
        sheet.set_freeze_panes(below, 0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_as_it_was() {
        let mut centers = Grid::new("Cost Centers", &["Name", "", "Since"]);
        centers.rows.push(vec![
            Cell::text("0071"),
            Cell::Number(1234.56),
            Cell::Date(46_388.0),
            Cell::Bool(true),
        ]);
        centers.rows.push(Vec::new());
        centers
            .rows
            .push(vec![Cell::Empty, Cell::text("<&> \u{A0}é")]);
        let mut below = Grid::new("How to", &[]);
        below.rows = vec![Vec::new(), vec![Cell::Empty, Cell::text("Read this")]];
        let book = Book(vec![centers, below]).trimmed();
        let again = Book::read(&book.write().unwrap()).unwrap();
        assert_eq!(again, book);
        let sheet = again.sheet("cost-centers").unwrap();
        assert_eq!(sheet.column(" since "), Some(2));
        assert_eq!(again.sheet("How to").unwrap().head(), 1);
    }
}
