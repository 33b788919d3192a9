//! Where a declared export is defined, and where it is to be delivered.

use crate::model::spec::{CostManagement, Dataset};
use crate::provider::azure::client::exports::Definition;
use crate::provider::azure::scope::Storage;

/// A declared Cost Management export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    /// The name that Azure has it under, where it is declared.
    pub name: Option<&'a str>,
    pub scope: String,
    pub dataset: &'static str,
    /// The storage account's resource id.
    pub storage: &'a str,
    pub container: &'a str,
    /// Without slashes at its ends; may be empty.
    pub directory: &'a str,
}

impl<'a> Target<'a> {
    /// `bill` is the payer's own scope.
    #[must_use]
    pub fn of(export: &'a CostManagement, bill: impl FnOnce() -> String) -> Self {
        Self {
            name: export.name.as_deref(),
            scope: export.scope.clone().unwrap_or_else(bill),
            dataset: match export.dataset {
                Dataset::ActualCost => "ActualCost",
                Dataset::AmortizedCost => "AmortizedCost",
                Dataset::FocusCost => "FocusCost",
            },
            storage: &export.storage,
            container: &export.container,
            directory: export.directory.trim_matches('/'),
        }
    }

    /// The storage account's name.
    #[must_use]
    pub fn account(&self) -> &'a str {
        Storage::of(self.storage).map_or("", |storage| storage.account)
    }

    /// Whether an export is delivered to the declared storage account.
    #[must_use]
    pub fn stores_at(&self, found: &Definition) -> bool {
        match found.storage.as_str() {
            "" => found.storage_account.eq_ignore_ascii_case(self.account()),
            id => id.eq_ignore_ascii_case(self.storage),
        }
    }

    /// Whether an export has the declared dataset and destination.
    #[must_use]
    pub fn fits(&self, found: &Definition) -> bool {
        found.dataset.eq_ignore_ascii_case(self.dataset)
            && self.stores_at(found)
            && found.container == self.container
            && found.directory.trim_matches('/') == self.directory
    }

    /// The exports that are meant: that with the declared name, else those of the declared dataset and
    /// destination.
    #[must_use]
    pub fn find<'d>(&self, all: &'d [Definition]) -> Vec<&'d Definition> {
        let meant = |one: &&Definition| match self.name {
            Some(name) => one.name.eq_ignore_ascii_case(name),
            None => self.fits(one),
        };
        all.iter().filter(meant).collect()
    }

    /// The folder that an export of some name is delivered below, ending in a slash.
    #[must_use]
    pub fn folder(&self, name: &str) -> String {
        match self.directory {
            "" => format!("{name}/"),
            directory => format!("{directory}/{name}/"),
        }
    }

    /// `https://account/container/directory`, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        let place = format!("{}/{}", self.account(), self.container);
        match self.directory {
            "" => place,
            directory => format!("{place}/{directory}"),
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub const STORAGE: &str = "/subscriptions/0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b/resourceGroups/costs/providers/Microsoft.Storage/storageAccounts/acmecosts";

    pub fn target() -> Target<'static> {
        Target {
            name: None,
            scope: "/providers/Microsoft.Billing/billingAccounts/8608480".to_owned(),
            dataset: "ActualCost",
            storage: STORAGE,
            container: "exports",
            directory: "actual",
        }
    }

    /// What [`target`] asks for, as it should be.
    pub fn definition() -> Definition {
        let text = str::to_owned;
        Definition {
            id: text(
                "/providers/Microsoft.Billing/billingAccounts/8608480/providers/Microsoft.CostManagement/exports/actual-daily",
            ),
            name: text("actual-daily"),
            dataset: text("ActualCost"),
            timeframe: text("MonthToDate"),
            granularity: text("Daily"),
            version: text("2021-10-01"),
            format: text("Csv"),
            compression: text("gzip"),
            overwrite: text("OverwritePreviousReport"),
            partitioned: true,
            storage: text(STORAGE),
            container: text("exports"),
            directory: text("actual"),
            schedule: text("Active"),
            recurrence: text("Daily"),
            starts: "2026-01-01T00:00:00Z".parse().ok(),
            ends: "2036-01-01T00:00:00Z".parse().ok(),
            ..Definition::default()
        }
    }

    #[test]
    fn without_a_name_dataset_and_destination_decide() {
        let other = Definition {
            name: "amortized-daily".to_owned(),
            dataset: "AmortizedCost".to_owned(),
            ..definition()
        };
        let all = [definition(), other];
        let found = target().find(&all);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "actual-daily");
        let named = Target {
            name: Some("AMORTIZED-daily"),
            ..target()
        };
        assert_eq!(named.find(&all)[0].name, "amortized-daily");
    }

    #[test]
    fn exports_are_delivered_below_directory_and_name() {
        assert_eq!(target().folder("actual-daily"), "actual/actual-daily/");
        let root = Target {
            directory: "",
            ..target()
        };
        assert_eq!(root.folder("actual-daily"), "actual-daily/");
        assert_eq!(root.shown(), "acmecosts/exports");
    }
}
