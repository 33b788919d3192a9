//! Writing: rows become a file in the Office Open XML format (ECMA-376). One file here for each sheet;
//! [`cells`] has what they share.

mod budgets;
mod cells;
mod cost_centers;
mod guide;
mod styles;
mod workspaces;

use rust_xlsxwriter::{DocProperties, Workbook, XlsxError};

use super::rows::Sheets;
use cells::last;
use styles::Styles;

pub use budgets::NAMES;

/// Why a workbook cannot be made: too many rows for a sheet, or a text too long for a cell.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unwritable(String);

impl From<XlsxError> for Unwritable {
    fn from(error: XlsxError) -> Self {
        Self(error.to_string())
    }
}

/// From where a workbook comes: an edited one is merged with what changed in git since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    pub project: Option<String>,
    /// The commit's id; none outside of git.
    pub commit: Option<String>,
    /// The day of the export, YYYY-MM-DD.
    pub day: String,
}

/// The columns that codes stand in: `D` of the sheet Cost Centers.
const CODES: &str = "'Cost Centers'!$D$2:$D$";

/// The workbook's file.
///
/// # Errors
/// Where a sheet cannot hold it: more than 1,048,576 rows, or a text of more than 32,767 characters.
pub fn write(sheets: &Sheets, stamp: &Stamp) -> Result<Vec<u8>, Unwritable> {
    let styles = Styles::new();
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(stamp));
    let codes = format!("{CODES}{}", last(sheets.cost_centers.len()) + 1);
    cost_centers::sheet(
        workbook.add_worksheet(),
        &sheets.cost_centers,
        &codes,
        &styles,
    )?;
    budgets::sheet(workbook.add_worksheet(), sheets, &codes, &styles)?;
    workspaces::sheet(
        workbook.add_worksheet(),
        &sheets.workspaces,
        &codes,
        &styles,
    )?;
    guide::sheet(workbook.add_worksheet(), stamp, &styles)?;
    Ok(workbook.save_to_buffer()?)
}

fn properties(stamp: &Stamp) -> DocProperties {
    let properties = DocProperties::new()
        .set_title("Financial structure")
        .set_custom_property("bursar.version", env!("CARGO_PKG_VERSION"));
    match &stamp.commit {
        Some(commit) => properties.set_custom_property("bursar.commit", commit.as_str()),
        None => properties,
    }
}
