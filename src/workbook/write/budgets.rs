//! The sheet Budgets.

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Formula, Worksheet, XlsxError,
};

use super::cells::{choose, column, head, last, number, text};
use super::styles::Styles;
use crate::workbook::rows::{Budgets, Sheets};

/// The months' headings.
pub const NAMES: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

pub(super) fn sheet(
    sheet: &mut Worksheet,
    sheets: &Sheets,
    codes: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let mut columns = vec![
        column(
            "Cost Center Code",
            20.0,
            "A code of the sheet Cost Centers.",
        ),
        column("Fiscal Year", 12.0, "For example FY2027."),
        column("Currency", 10.0, "ISO 4217, for example USD or BRL."),
    ];
    let first = usize::try_from(sheets.starts - 1).unwrap_or(0);
    for place in 0..12 {
        columns.push(column(NAMES[(first + place) % 12], 14.0, ""));
    }
    columns.push(column("Total", 16.0, "Calculated; not read."));
    head(sheet, "Budgets", &columns, styles)?;
    for (at, row) in (1u32..).zip(&sheets.budgets) {
        budget(sheet, at, row, styles)?;
    }
    let last = last(sheets.budgets.len());
    sheet.add_data_validation(1, 0, last, 0, &choose(codes, "Cost Center Code")?)?;
    let mut known: Vec<&str> = sheets
        .budgets
        .iter()
        .map(|row| row.currency.code())
        .collect();
    known.extend([
        sheets.currency.code(),
        "USD",
        "EUR",
        "BRL",
        "GBP",
        "JPY",
        "INR",
    ]);
    known.sort_unstable();
    known.dedup();
    let currencies = DataValidation::new()
        // Excel holds 255 characters in a list: more than sixty currencies.
        .allow_list_strings(&known[..known.len().min(60)])?
        .ignore_blank(true)
        .set_error_style(DataValidationErrorStyle::Warning);
    sheet.add_data_validation(1, 2, last, 2, &currencies)?;
    let amount = DataValidation::new()
        .allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0))
        .ignore_blank(true)
        .set_error_title("Amount")?
        .set_error_message("Write an amount, zero or more.")?;
    sheet.add_data_validation(1, 3, last, 14, &amount)?;
    Ok(())
}

fn budget(sheet: &mut Worksheet, at: u32, row: &Budgets, styles: &Styles) -> Result<(), XlsxError> {
    text(sheet, (at, 0), Some(&row.code), &styles.text)?;
    text(sheet, (at, 1), Some(&row.year), &styles.text)?;
    text(sheet, (at, 2), Some(row.currency.code()), &styles.text)?;
    let style = if row.currency.minor_digits() == 0 {
        &styles.whole
    } else {
        &styles.amount
    };
    for (place, amount) in (3u16..).zip(row.months) {
        if let Some(amount) = amount {
            number(sheet, (at, place), amount, style)?;
        }
    }
    let sum: Decimal = row.months.iter().flatten().sum();
    let line = at + 1;
    // With its result, for programs that show without calculating.
    let formula = Formula::new(format!("=SUM(D{line}:O{line})")).set_result(sum.to_string());
    sheet.write_formula_with_format(at, 15, formula, &styles.total)?;
    Ok(())
}
