//! The sheet Workspaces.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cells::{choose, column, head, last, month, number, percentage, text};
use super::styles::Styles;
use crate::workbook::rows::Workspaces;

pub(super) fn sheet(
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
