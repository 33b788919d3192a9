//! Workbooks as people have them: read, edited by hand, written.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};

/// Sheets with their rows of texts; numbers are written as numbers again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book(pub Vec<(String, Vec<Vec<String>>)>);

impl Book {
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let bytes =
            std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut file = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = file.sheet_names();
        let sheets = names.into_iter().map(|name| {
            let range = file.worksheet_range(&name).unwrap();
            let text = |cell: &Data| match cell {
                Data::Empty => String::new(),
                cell => cell.to_string(),
            };
            let rows = range.rows().map(|row| row.iter().map(text).collect());
            (name, rows.collect())
        });
        Self(sheets.collect())
    }

    pub fn write(&self, path: &Path) {
        let mut book = rust_xlsxwriter::Workbook::new();
        for (name, rows) in &self.0 {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap();
            for (row, cells) in (0u32..).zip(rows) {
                for (column, text) in (0u16..).zip(cells) {
                    match text.parse::<f64>() {
                        // Ids are texts in any spreadsheet that is worth its name.
                        Ok(number) if text.len() < 9 && !text.starts_with('0') => {
                            sheet.write_number(row, column, number).unwrap();
                        }
                        _ => {
                            sheet.write_string(row, column, text).unwrap();
                        }
                    }
                }
            }
        }
        std::fs::write(path, book.save_to_buffer().unwrap()).unwrap();
    }

    #[track_caller]
    pub fn sheet(&mut self, name: &str) -> &mut Vec<Vec<String>> {
        let mut sheets = self.0.iter_mut();
        &mut sheets.find(|(known, _)| known == name).unwrap().1
    }

    fn column(rows: &[Vec<String>], heading: &str) -> usize {
        let mut headings = rows[0].iter();
        headings
            .position(|known| known == heading)
            .unwrap_or_else(|| panic!("no column {heading}"))
    }

    /// The cell below a heading in the row that has this text.
    #[track_caller]
    pub fn cell(&mut self, sheet: &str, having: &str, heading: &str) -> &mut String {
        let rows = self.sheet(sheet);
        let column = Self::column(rows, heading);
        let row = rows
            .iter_mut()
            .find(|row| row.iter().any(|cell| cell == having));
        let row = row.unwrap_or_else(|| panic!("{sheet} has no row with {having}"));
        row.resize(row.len().max(column + 1), String::new());
        &mut row[column]
    }

    /// Adds a row, its cells by heading.
    pub fn add(&mut self, sheet: &str, cells: &[(&str, &str)]) {
        let rows = self.sheet(sheet);
        let mut row = vec![String::new(); rows[0].len()];
        for (heading, text) in cells {
            row[Self::column(rows, heading)] = (*text).to_owned();
        }
        rows.push(row);
    }

    /// The texts below a heading.
    pub fn below(&mut self, sheet: &str, heading: &str) -> Vec<String> {
        let rows = self.sheet(sheet);
        let column = Self::column(rows, heading);
        let cells = rows[1..].iter();
        cells
            .map(|row| row.get(column).cloned().unwrap_or_default())
            .collect()
    }
}
