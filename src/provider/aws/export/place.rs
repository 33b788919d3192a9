//! Where an export is delivered to, as declared. Layouts: AWS's user guides, "Understanding export
//! delivery" (Data Exports) and "Understanding your report versions" (legacy).

use crate::model::spec::Export;

/// Where an export is delivered to, as declared.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub bucket: &'a str,
    pub region: &'a str,
    pub prefix: &'a str,
    /// The report's or export's name in AWS.
    pub name: &'a str,
    pub layout: Layout,
}

/// Which service delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Cost and Usage Reports: `PREFIX/NAME/YYYYMMDD-YYYYMMDD/`.
    Legacy,
    /// Data Exports: `PREFIX/NAME/{data,metadata}/BILLING_PERIOD=YYYY-MM/`.
    DataExports,
}

impl<'a> Place<'a> {
    /// The place of an export that is declared under a name; none of another provider's.
    #[must_use]
    pub fn of(declared: &'a str, export: &'a Export) -> Option<Self> {
        match export {
            Export::Cur(cur) => Some(Self {
                bucket: &cur.bucket,
                region: &cur.bucket_region,
                prefix: &cur.prefix,
                name: &cur.report,
                layout: Layout::Legacy,
            }),
            Export::DataExport(export) => Some(Self {
                bucket: &export.bucket,
                region: &export.bucket_region,
                prefix: &export.prefix,
                name: export.name.as_deref().unwrap_or(declared),
                layout: Layout::DataExports,
            }),
            _ => None,
        }
    }

    /// The folder that everything is in, with a slash behind it.
    #[must_use]
    pub fn folder(&self) -> String {
        match self.prefix.trim_matches('/') {
            "" => format!("{}/", self.name),
            prefix => format!("{prefix}/{}/", self.name),
        }
    }
}
