//! Where an export is: project, dataset and table, by the names that Google gives them. Source: "Cloud
//! Billing data tables".

use super::super::grant::To;
use crate::model::spec::{BigQuery, BigQueryTable};

/// The place of one export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    pub project: &'a str,
    pub dataset: &'a str,
    pub location: &'a str,
    /// The project that queries run in, and that pays for them.
    pub query_project: &'a str,
    pub kind: BigQueryTable,
    /// The billing account, as its id is written.
    pub account: &'a str,
    pub table: String,
}

/// The kinds of exports, in the order in which they are told.
pub const KINDS: [BigQueryTable; 3] = [
    BigQueryTable::Standard,
    BigQueryTable::Detailed,
    BigQueryTable::Focus,
];

impl<'a> Place<'a> {
    /// The place that is declared; none where the dataset does not read like one.
    #[must_use]
    pub fn of(account: &'a str, export: &'a BigQuery) -> Option<Self> {
        let (project, dataset) = export.dataset.rsplit_once('.')?;
        Some(Self {
            project,
            dataset,
            location: &export.location,
            query_project: export.query_project.as_deref().unwrap_or(project),
            kind: export.table,
            account,
            table: table_name(export.table, account),
        })
    }

    /// `project.dataset`, as it is declared.
    #[must_use]
    pub fn declared(&self) -> String {
        format!("{}.{}", self.project, self.dataset)
    }

    /// `project.dataset.table`.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{}.{}.{}", self.project, self.dataset, self.table)
    }

    /// Where reading it is granted.
    #[must_use]
    pub fn grant(&self) -> To<'a> {
        To::Dataset {
            project: self.project,
            dataset: self.dataset,
            location: self.location,
        }
    }

    /// The dataset that Google makes for FOCUS: `gcp_billing_immutable_<account>_<location>`.
    #[must_use]
    pub fn immutable(&self) -> String {
        let location = self.location.to_ascii_lowercase().replace('-', "_");
        format!(
            "gcp_billing_immutable_{}_{location}",
            underscored(self.account)
        )
    }
}

/// A billing account's id as it stands in names of tables.
fn underscored(account: &str) -> String {
    account.to_ascii_uppercase().replace('-', "_")
}

/// What the names of a kind's tables begin with.
#[must_use]
pub const fn prefix(kind: BigQueryTable) -> &'static str {
    match kind {
        BigQueryTable::Standard => "gcp_billing_export_v1_",
        BigQueryTable::Detailed => "gcp_billing_export_resource_v1_",
        BigQueryTable::Focus => "gcp_billing_export_focus_",
    }
}

/// The table of a kind for a billing account.
#[must_use]
pub fn table_name(kind: BigQueryTable, account: &str) -> String {
    format!("{}{}", prefix(kind), underscored(account))
}

/// The word that a kind is declared with.
#[must_use]
pub const fn word(kind: BigQueryTable) -> &'static str {
    match kind {
        BigQueryTable::Standard => "standard",
        BigQueryTable::Detailed => "detailed",
        BigQueryTable::Focus => "focus",
    }
}

/// What Google's console calls a kind.
#[must_use]
pub const fn title(kind: BigQueryTable) -> &'static str {
    match kind {
        BigQueryTable::Standard => "Standard usage cost",
        BigQueryTable::Detailed => "Detailed usage cost",
        BigQueryTable::Focus => "FOCUS usage cost",
    }
}

/// The kind and billing account that a table holds, by its name.
#[must_use]
pub fn read_name(table: &str) -> Option<(BigQueryTable, String)> {
    KINDS.into_iter().find_map(|kind| {
        let account = table.strip_prefix(prefix(kind))?;
        let form = |c: char| c.is_ascii_hexdigit() || c == '_';
        (account.len() == 20 && account.chars().all(form))
            .then(|| (kind, account.replace('_', "-")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_as_google_names_them() {
        let export = BigQuery {
            dataset: "example.com:acme-billing.costs".to_owned(),
            location: "europe-west1".to_owned(),
            query_project: None,
            read_with: None,
            table: BigQueryTable::Detailed,
        };
        let place = Place::of("010101-F0FFF0-61C528", &export).unwrap();
        assert_eq!(place.project, "example.com:acme-billing");
        assert_eq!(place.query_project, "example.com:acme-billing");
        assert_eq!(place.dataset, "costs");
        assert_eq!(
            place.table,
            "gcp_billing_export_resource_v1_010101_F0FFF0_61C528"
        );
        assert_eq!(
            place.immutable(),
            "gcp_billing_immutable_010101_F0FFF0_61C528_europe_west1"
        );
    }

    #[test]
    fn names_tell_kind_and_account() {
        for kind in KINDS {
            let name = table_name(kind, "010101-F0FFF0-61C528");
            assert_eq!(
                read_name(&name),
                Some((kind, "010101-F0FFF0-61C528".to_owned()))
            );
        }
        assert_eq!(read_name("gcp_billing_export_v1_mine"), None);
        assert_eq!(read_name("cloud_pricing_export"), None);
    }
}
