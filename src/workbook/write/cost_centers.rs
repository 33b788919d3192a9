//! The sheet Cost Centers.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cells::{MONTH, choose, column, head, last, month, percentage, text};
use super::styles::Styles;
use crate::workbook::rows::CostCenters;

pub(super) fn sheet(
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
