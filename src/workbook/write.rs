//! Writing: rows become a file in the Office Open XML format (ECMA-376).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, Format,
    FormatAlign, FormatBorder, Formula, Note, Workbook, Worksheet, XlsxError,
};

use super::rows::{Budgets, CostCenters, Sheets, Workspaces};
use crate::model::time::Month;

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

/// A column: its heading, its width in characters, and what it means.
struct Column {
    heading: String,
    width: f64,
    note: &'static str,
}

fn column(heading: &str, width: f64, note: &'static str) -> Column {
    Column {
        heading: heading.to_owned(),
        width,
        note,
    }
}

/// Rows below the last that lists and formats reach, for what people add.
const ROOM: u32 = 500;
/// The columns that codes stand in: `D` of the sheet Cost Centers.
const CODES: &str = "'Cost Centers'!$D$2:$D$";
const MONTH: &str = "A month as YYYY-MM, for example 2027-01. Empty: since ever, or for good.";

struct Styles {
    heading: Format,
    text: Format,
    inherited: Format,
    amount: Format,
    whole: Format,
    percent: Format,
    total: Format,
    title: Format,
    wrapped: Format,
}

impl Styles {
    fn new() -> Self {
        let text = || Format::new().set_num_format("@");
        Self {
            heading: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x1F_4E_78))
                .set_border(FormatBorder::Thin)
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter),
            text: text(),
            inherited: text().set_italic().set_font_color(Color::Gray),
            amount: Format::new().set_num_format("#,##0.00"),
            whole: Format::new().set_num_format("#,##0"),
            percent: Format::new().set_num_format("0.00"),
            total: Format::new()
                .set_num_format("#,##0.00")
                .set_background_color(Color::RGB(0xF2_F2_F2)),
            title: Format::new().set_bold().set_font_size(14),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// The workbook's file.
///
/// # Errors
/// Where a sheet cannot hold it: more than 1,048,576 rows, or a text of more than 32,767 characters.
pub fn write(sheets: &Sheets, stamp: &Stamp) -> Result<Vec<u8>, Unwritable> {
    let styles = Styles::new();
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(stamp));
    let codes = format!("{CODES}{}", last(sheets.cost_centers.len()) + 1);
    cost_centers(
        workbook.add_worksheet(),
        &sheets.cost_centers,
        &codes,
        &styles,
    )?;
    budgets(workbook.add_worksheet(), sheets, &codes, &styles)?;
    workspaces(
        workbook.add_worksheet(),
        &sheets.workspaces,
        &codes,
        &styles,
    )?;
    guide(workbook.add_worksheet(), stamp, &styles)?;
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

/// The last row that lists and formats reach, from 0.
fn last(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX - ROOM) + ROOM
}

/// Name, headings, widths, notes; the headings stay in sight.
fn head(
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
fn paper(sheet: &mut Worksheet) {
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
}

fn text(
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

fn month(
    sheet: &mut Worksheet,
    at: (u32, u16),
    value: Option<Month>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let value = value.map(|month| month.to_string());
    text(sheet, at, value.as_deref(), &styles.text)
}

/// Spreadsheets calculate with 15 digits; what has more stands there as text, whole.
fn number(
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
fn choose(list: &str, what: &str) -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_list_formula(Formula::new(format!("={list}")))
        .ignore_blank(true)
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title(what)?
        .set_error_message("This is not in the list.")
}

fn percentage() -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_decimal_number(DataValidationRule::Between(0.0, 1000.0))
        .ignore_blank(true)
        .set_error_title("Percentage")?
        .set_error_message("Write a number of percent, for example 60 or 33.34.")
}

fn cost_centers(
    sheet: &mut Worksheet,
    rows: &[CostCenters],
    codes: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let columns = [
        column(
            "Manager e-mail",
            30.0,
            "Who answers for the cost centre. In grey: taken from the cost centre above; write over it to name another.",
        ),
        column("Manager Name", 24.0, "Name and surname."),
        column(
            "Cost Center Name",
            32.0,
            "At most 40 characters on Onicloud.",
        ),
        column(
            "Cost Center Code",
            20.0,
            "What it is known by; at most 20 characters on Onicloud. A changed code is a new cost centre.",
        ),
        column(
            "Parent Code",
            20.0,
            "The cost centre above it. Empty: none. By month: BU-1; from 2027-01 BU-2",
        ),
        column("From", 10.0, MONTH),
        column("To", 10.0, MONTH),
        column(
            "Alert 1 %",
            10.0,
            "People are told at this percentage of the budget.",
        ),
        column("Alert 2 %", 10.0, ""),
        column("Alert 3 %", 10.0, ""),
    ];
    head(sheet, "Cost Centers", &columns, styles)?;
    for (at, row) in (1u32..).zip(rows) {
        let manager = if row.inherited {
            &styles.inherited
        } else {
            &styles.text
        };
        text(sheet, (at, 0), row.manager_email.as_deref(), manager)?;
        text(sheet, (at, 1), row.manager_name.as_deref(), manager)?;
        text(sheet, (at, 2), Some(&row.name), &styles.text)?;
        text(sheet, (at, 3), Some(&row.code), &styles.text)?;
        text(sheet, (at, 4), row.parent.as_deref(), &styles.text)?;
        month(sheet, (at, 5), row.from, styles)?;
        month(sheet, (at, 6), row.to, styles)?;
        for (place, alert) in (7u16..10).zip(&row.alerts) {
            sheet.write_number_with_format(at, place, *alert, &styles.whole)?;
        }
    }
    let last = last(rows.len());
    sheet.add_data_validation(1, 4, last, 4, &choose(codes, "Parent Code")?)?;
    sheet.add_data_validation(1, 7, last, 9, &percentage()?)?;
    Ok(())
}

/// The months' headings.
pub const NAMES: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn budgets(
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

fn workspaces(
    sheet: &mut Worksheet,
    rows: &[Workspaces],
    codes: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let columns = [
        column("Provider", 12.0, "aws, azure, azure_csp, gcp or oci."),
        column("Organization", 22.0, "As it is declared."),
        column(
            "Workspace ID",
            40.0,
            "AWS account, Azure subscription, Google Cloud project, OCI compartment or tenancy.",
        ),
        column(
            "Workspace Name",
            32.0,
            "To find it by; changed where accounts are declared.",
        ),
        column(
            "From",
            10.0,
            "The month from which on this holds, as YYYY-MM, until a later row of the same workspace. Empty: since ever.",
        ),
        column("Cost Center Code", 20.0, "Who pays. Empty: nobody."),
        column(
            "Percent",
            10.0,
            "Of its cost. Rows of one workspace with the same From total 100.00.",
        ),
    ];
    head(sheet, "Workspaces", &columns, styles)?;
    for (at, row) in (1u32..).zip(rows) {
        text(sheet, (at, 0), Some(&row.provider), &styles.text)?;
        text(sheet, (at, 1), Some(&row.organization), &styles.text)?;
        text(sheet, (at, 2), Some(&row.id), &styles.text)?;
        text(sheet, (at, 3), row.name.as_deref(), &styles.text)?;
        month(sheet, (at, 4), row.from, styles)?;
        text(sheet, (at, 5), row.code.as_deref(), &styles.text)?;
        number(sheet, (at, 6), row.percent, &styles.percent)?;
    }
    let last = last(rows.len());
    sheet.autofilter(0, 0, last.max(1), 6)?;
    sheet.add_data_validation(1, 5, last, 5, &choose(codes, "Cost Center Code")?)?;
    sheet.add_data_validation(1, 6, last, 6, &percentage()?)?;
    Ok(())
}

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

fn guide(sheet: &mut Worksheet, stamp: &Stamp, styles: &Styles) -> Result<(), XlsxError> {
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
