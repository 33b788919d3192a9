//! Reading: a workbook that people edited becomes rows again. Everything that is wrong with its cells
//! is found at once, each under its name, for example `Budgets!F7`, or `budgets.csv:7, Jun`.
//!
//! Order of columns and rows is free; hidden rows count like others; a formula counts with its value.

mod bounds;
mod cells;
mod csv;
mod grid;
mod sheets;

use std::collections::HashMap;
use std::fmt;

use super::Stamp;
use super::rows::{Budgets, CostCenters, Workspaces};
use crate::model::settings::StructureSettings;

pub use bounds::{MOST, check};
pub use cells::Wrong;

/// A cell, by its sheet and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub sheet: &'static str,
    /// From 0.
    pub row: u32,
    /// From 0.
    pub column: u32,
    /// Where it stands in a CSV file, which has neither sheets nor letters.
    pub text: Option<Box<InText>>,
}

/// The place of a cell in a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InText {
    /// The file's name.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// The heading of its column.
    pub heading: String,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(InText {
            file,
            line,
            heading,
        }) = self.text.as_deref()
        {
            return write!(f, "{file}:{line}, {heading}");
        }
        let mut letters = Vec::new();
        let mut rest = self.column + 1;
        while rest > 0 {
            let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
            letters.push(char::from(b'A' + letter));
            rest = (rest - 1) / 26;
        }
        let column: String = letters.into_iter().rev().collect();
        write!(f, "{}!{column}{}", self.sheet, self.row + 1)
    }
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    pub cell: Cell,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// Why a workbook cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unreadable {
    pub message: String,
    pub help: String,
}

impl Unreadable {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// A row with the cells that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<T> {
    /// From 0.
    pub row: u32,
    pub value: T,
}

/// What a workbook says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    pub stamp: Stamp,
    pub cost_centers: Vec<Line<CostCenters>>,
    pub budgets: Vec<Line<Budgets>>,
    pub workspaces: Vec<Line<Workspaces>>,
    /// Rows with such a cell are left out.
    pub bad: Vec<BadCell>,
    /// The columns of each sheet by their headings.
    columns: HashMap<(&'static str, String), u32>,
    /// The file and the lines of its rows, where it is CSV.
    text: Option<Lines>,
}

/// A CSV file and the lines that its rows begin on, from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lines {
    file: String,
    of_rows: Vec<u64>,
}

impl Lines {
    fn cell(&self, row: u32, heading: &str) -> Option<Box<InText>> {
        let line = self.of_rows.get(row as usize).copied();
        Some(Box::new(InText {
            file: self.file.clone(),
            line: line.unwrap_or(1),
            heading: heading.to_owned(),
        }))
    }
}

impl Read {
    /// The cell of a row below a heading.
    #[must_use]
    pub fn cell(&self, sheet: &'static str, row: u32, heading: &str) -> Cell {
        let column = self.columns.get(&(sheet, grid::plain(heading)));
        Cell {
            sheet,
            row,
            column: column.copied().unwrap_or(0),
            text: self
                .text
                .as_ref()
                .and_then(|lines| lines.cell(row, heading)),
        }
    }

    /// Whether a sheet has a column.
    #[must_use]
    pub fn has(&self, sheet: &'static str, heading: &str) -> bool {
        self.columns.contains_key(&(sheet, grid::plain(heading)))
    }

    /// Whether a sheet was given: a CSV file is one of them.
    #[must_use]
    pub fn gives(&self, sheet: &'static str) -> bool {
        self.columns.keys().any(|(given, _)| *given == sheet)
    }

    fn add(&mut self, grid: &grid::Grid, settings: &StructureSettings) {
        let columns = grid.columns();
        self.columns
            .extend(columns.map(|(heading, at)| ((grid.name, heading.to_owned()), at)));
        match grid.name {
            COST_CENTERS => self.cost_centers = sheets::cost_centers(grid, &mut self.bad),
            BUDGETS => self.budgets = sheets::budgets(grid, settings, &mut self.bad),
            _ => self.workspaces = sheets::workspaces(grid, &mut self.bad),
        }
    }
}

const COST_CENTERS: &str = "Cost Centers";
const BUDGETS: &str = "Budgets";
const WORKSPACES: &str = "Workspaces";

/// Reads one sheet that was saved as CSV; `file` is its name. Its headings say which one it is.
///
/// # Errors
/// Where it is none, is too large, or is not written in UTF-8.
pub fn read_csv(
    bytes: &[u8],
    file: &str,
    settings: &StructureSettings,
) -> Result<Read, Unreadable> {
    let grid = csv::grid(bytes, file)?;
    let mut read = Read {
        text: grid.lines.clone(),
        ..Read::default()
    };
    read.add(&grid, settings);
    Ok(read)
}

/// Reads a workbook.
///
/// # Errors
/// Where it is none, is too large, or lacks a sheet or a column.
pub fn read(bytes: &[u8], settings: &StructureSettings) -> Result<Read, Unreadable> {
    bounds::check(bytes)?;
    let mut book = grid::Book::open(bytes)?;
    let mut read = Read {
        stamp: book.stamp(),
        ..Read::default()
    };
    let grids = [
        book.sheet(
            COST_CENTERS,
            sheets::COST_CENTERS,
            sheets::OPTIONAL_COST_CENTERS,
        ),
        book.sheet(BUDGETS, sheets::BUDGETS, &sheets::MONTHS),
        book.sheet(WORKSPACES, sheets::WORKSPACES, sheets::OPTIONAL_WORKSPACES),
    ];
    let [cost_centers, budgets, workspaces] = grids;
    let (cost_centers, budgets, workspaces) = (cost_centers?, budgets?, workspaces?);
    for grid in [cost_centers, budgets, workspaces] {
        read.add(&grid, settings);
    }
    Ok(read)
}
