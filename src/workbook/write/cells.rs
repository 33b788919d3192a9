//! What the sheets share: headings, values in cells, and what people may write into them.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, Formula, Note, Worksheet,
    XlsxError,
};

use super::styles::Styles;
use crate::model::time::Month;

/// A column: its heading, its width in characters, and what it means.
pub(super) struct Column {
    heading: String,
    width: f64,
    note: &'static str,
}

pub(super) fn column(heading: &str, width: f64, note: &'static str) -> Column {
    Column {
        heading: heading.to_owned(),
        width,
        note,
    }
}

/// Rows below the last that lists and formats reach, for what people add.
const ROOM: u32 = 500;

pub(super) const MONTH: &str =
    "A month as YYYY-MM, for example 2027-01. Empty: since ever, or for good.";

/// The last row that lists and formats reach, from 0.
pub(super) fn last(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX - ROOM) + ROOM
}

/// Name, headings, widths, notes; the headings stay in sight.
pub(super) fn head(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[Column],
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_row_height(0, 32)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    paper(sheet);
    for (at, column) in (0u16..).zip(columns) {
        sheet.set_column_width(at, column.width)?;
        sheet.write_string_with_format(0, at, &column.heading, &styles.heading)?;
        if !column.note.is_empty() {
            sheet.insert_note(0, at, &Note::new(column.note).set_width(320))?;
        }
    }
    Ok(())
}

/// On paper: all columns on one page.
pub(super) fn paper(sheet: &mut Worksheet) {
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
}

pub(super) fn text(
    sheet: &mut Worksheet,
    at: (u32, u16),
    value: Option<&str>,
    style: &Format,
) -> Result<(), XlsxError> {
    match value {
        Some(value) => sheet.write_string_with_format(at.0, at.1, value, style)?,
        None => sheet.write_blank(at.0, at.1, style)?,
    };
    Ok(())
}

pub(super) fn month(
    sheet: &mut Worksheet,
    at: (u32, u16),
    value: Option<Month>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let value = value.map(|month| month.to_string());
    text(sheet, at, value.as_deref(), &styles.text)
}

/// Spreadsheets calculate with 15 digits; what has more stands there as text, whole.
pub(super) fn number(
    sheet: &mut Worksheet,
    at: (u32, u16),
    value: Decimal,
    style: &Format,
) -> Result<(), XlsxError> {
    let digits = value
        .mantissa()
        .unsigned_abs()
        .checked_ilog10()
        .unwrap_or(0);
    match value.to_f64().filter(|_| digits < 15) {
        Some(number) => sheet.write_number_with_format(at.0, at.1, number, style)?,
        None => sheet.write_string(at.0, at.1, value.to_string())?,
    };
    Ok(())
}

/// A list of what is there already; other text may be written, with a warning.
pub(super) fn choose(list: &str, what: &str) -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_list_formula(Formula::new(format!("={list}")))
        .ignore_blank(true)
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title(what)?
        .set_error_message("This is not in the list.")
}

pub(super) fn percentage() -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_decimal_number(DataValidationRule::Between(0.0, 1000.0))
        .ignore_blank(true)
        .set_error_title("Percentage")?
        .set_error_message("Write a number of percent, for example 60 or 33.34.")
}
