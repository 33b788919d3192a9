//! Reading: a workbook that people edited becomes rows again. Everything that is wrong with its cells
//! is found at once, each under its name, for example `Budgets!F7`.
//!
//! Order of columns and rows is free; hidden rows count like others; a formula counts with its value.

mod bounds;
mod cells;
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
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        }
    }
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
            "Cost Centers",
            sheets::COST_CENTERS,
            sheets::OPTIONAL_COST_CENTERS,
        ),
        book.sheet("Budgets", sheets::BUDGETS, &sheets::MONTHS),
        book.sheet(
            "Workspaces",
            sheets::WORKSPACES,
            sheets::OPTIONAL_WORKSPACES,
        ),
    ];
    let [cost_centers, budgets, workspaces] = grids;
    let (cost_centers, budgets, workspaces) = (cost_centers?, budgets?, workspaces?);
    for grid in [&cost_centers, &budgets, &workspaces] {
        let columns = grid.columns();
        read.columns
            .extend(columns.map(|(heading, at)| ((grid.name, heading.to_owned()), at)));
    }
    read.cost_centers = sheets::cost_centers(&cost_centers, &mut read.bad);
    read.budgets = sheets::budgets(&budgets, settings, &mut read.bad);
    read.workspaces = sheets::workspaces(&workspaces, &mut read.bad);
    Ok(read)
}
