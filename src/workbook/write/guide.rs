//! The sheet Guide: what to write where, and from which commit the workbook comes. It is not read.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Stamp;
use super::cells::paper;
use super::styles::Styles;

const GUIDE: &[(&str, &str)] = &[
    (
        "Cost Centers",
        "One row for each cost centre. Codes are what everything else refers to. A manager in grey is that of the cost centre above.",
    ),
    (
        "Budgets",
        "One row for each cost centre and fiscal year, with an amount for each month in one currency. The total calculates itself.",
    ),
    (
        "Workspaces",
        "One row says which cost centre pays for an account, subscription, project or compartment from a month on. Split it with several rows that have the same month and total 100 percent.",
    ),
    (
        "To change a cost centre next month",
        "Add a row with the same Workspace ID, the month in From, and the new code. Leave the old row: what was paid stays.",
    ),
    (
        "To move a cost centre next month",
        "Leave the code in Parent Code, and add the month and the new one behind it: BU-1; from 2027-01 BU-2. The word none stands for no parent: BU-1; from 2027-01 none. A code with a semicolon or quotes stands in quotes.",
    ),
    (
        "Months",
        "Write YYYY-MM, for example 2027-01. Months that are closed cannot be changed.",
    ),
    (
        "Where this comes from",
        "The structure is kept as text under version control. This workbook shows it as it was at the commit below.",
    ),
];

/// The width of the guide's text in characters.
const LINE: u16 = 90;

/// The height of a row of the guide: programs do not make wrapped text fit by themselves.
fn height(text: &str) -> f64 {
    // Words do not fill their lines.
    let lines = text.chars().count().div_ceil(usize::from(LINE) * 9 / 10);
    16.0 * f64::from(u8::try_from(lines).unwrap_or(u8::MAX))
}

pub(super) fn sheet(
    sheet: &mut Worksheet,
    stamp: &Stamp,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("Guide")?;
    sheet.set_column_width(0, 36)?;
    sheet.set_column_width(1, LINE)?;
    paper(sheet);
    sheet.write_string_with_format(0, 0, "Financial structure", &styles.title)?;
    let mut at = 2;
    for (what, means) in GUIDE {
        sheet.write_string_with_format(at, 0, *what, &styles.wrapped)?;
        sheet.write_string_with_format(at, 1, *means, &styles.wrapped)?;
        sheet.set_row_height(at, height(means))?;
        at += 1;
    }
    at += 1;
    let stamps = [
        ("Project", stamp.project.as_deref().unwrap_or("-")),
        ("Commit", stamp.commit.as_deref().unwrap_or("-")),
        ("Exported on", &*stamp.day),
    ];
    for (what, value) in stamps {
        sheet.write_string_with_format(at, 0, what, &styles.wrapped)?;
        sheet.write_string_with_format(at, 1, value, &styles.text)?;
        at += 1;
    }
    Ok(())
}
