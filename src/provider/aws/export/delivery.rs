//! What was delivered: the newest manifests below an export's folder. A manifest is written last, so
//! one that is there stands for a whole delivery.
//!
//! Three listings for an export, however long it exists and however much it delivers: its months, and
//! the manifests of the newest two.

use jiff::Timestamp;
use jiff::civil::Date;

use super::period::of_folder;
use super::place::{Layout, Place};
use crate::provider::aws::client::{Session, Trouble, s3};
use crate::provider::shared::period::Period;

/// A manifest that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    pub key: String,
    pub period: Period,
    pub at: Timestamp,
}

/// The manifests of the newest two periods, the newest manifest of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deliveries(Vec<Delivered>);

impl FromIterator<Delivered> for Deliveries {
    fn from_iter<I: IntoIterator<Item = Delivered>>(delivered: I) -> Self {
        Self(delivered.into_iter().collect())
    }
}

impl Deliveries {
    /// The manifest that was written last.
    #[must_use]
    pub fn newest(&self) -> Option<&Delivered> {
        self.0.iter().max_by_key(|one| (one.at, one.period))
    }

    /// The last day that there are costs of. A month that is closed may be delivered again after the
    /// one that runs.
    #[must_use]
    pub fn through(&self) -> Option<Date> {
        self.0.iter().map(|one| one.period.through(one.at)).max()
    }

    /// Lists them.
    pub async fn list(session: &Session, region: &str, place: &Place<'_>) -> Result<Self, Trouble> {
        let folder = place.folder();
        let months = match place.layout {
            Layout::Legacy => folder,
            Layout::DataExports => format!("{folder}metadata/"),
        };
        let folders = s3::folders(session, region, place.bucket, &months).await?;
        let newest = newest_periods(&folders, place.layout);
        let listings = newest.into_iter().map(|(period, folder)| async move {
            let prefix = match place.layout {
                // Each version of the report has a folder with a manifest of its own; the one beside
                // them is that of the newest.
                Layout::Legacy => format!("{folder}{}-Manifest.json", place.name),
                Layout::DataExports => folder.to_owned(),
            };
            let objects = s3::objects(session, region, place.bucket, &prefix).await?;
            Ok::<_, Trouble>(newest_manifest(objects, period))
        });
        let found = futures::future::try_join_all(listings).await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// The newest two periods among folders.
fn newest_periods(folders: &[String], layout: Layout) -> Vec<(Period, &str)> {
    let mut periods: Vec<(Period, &str)> = folders
        .iter()
        .filter_map(|folder| Some((of_folder(folder, layout)?, folder.as_str())))
        .collect();
    periods.sort_unstable_by(|a, b| b.cmp(a));
    periods.truncate(2);
    periods
}

/// The manifest among objects that was written last.
fn newest_manifest(objects: Vec<s3::Object>, period: Period) -> Option<Delivered> {
    objects
        .into_iter()
        .filter(|object| object.key.ends_with("Manifest.json"))
        .filter_map(|object| {
            Some(Delivered {
                at: object.modified?,
                key: object.key,
                period,
            })
        })
        .max_by(|a, b| a.at.cmp(&b.at).then_with(|| a.key.cmp(&b.key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, at: &str) -> s3::Object {
        s3::Object {
            key: key.to_owned(),
            modified: at.parse().ok(),
        }
    }

    fn delivered(folder: &str, at: &str) -> Delivered {
        let period = of_folder(folder, Layout::DataExports).unwrap();
        let key = format!("{folder}x-Manifest.json");
        newest_manifest(vec![object(&key, at)], period).unwrap()
    }

    #[test]
    fn the_newest_two_months_are_looked_at_and_nothing_else() {
        let folders = [
            "m/BILLING_PERIOD=2026-09/",
            "m/BILLING_PERIOD=2026-11/",
            "m/BILLING_PERIOD=2025-12/",
            "m/billing_period=2026-10/",
            "m/other/",
        ]
        .map(str::to_owned);
        let newest = newest_periods(&folders, Layout::DataExports);
        let names: Vec<&str> = newest.iter().map(|(_, folder)| *folder).collect();
        assert_eq!(
            names,
            ["m/BILLING_PERIOD=2026-11/", "m/billing_period=2026-10/"]
        );
        assert!(newest_periods(&[], Layout::Legacy).is_empty());
    }

    #[test]
    fn of_several_versions_the_one_written_last_counts() {
        let period = of_folder("20261101-20261201/", Layout::Legacy).unwrap();
        let objects = vec![
            object(
                "a/20261120T010000Z-1/x-Manifest.json",
                "2026-11-20T01:00:00Z",
            ),
            object(
                "a/20261121T010000Z-2/x-Manifest.json",
                "2026-11-21T01:00:00Z",
            ),
            object(
                "a/20261121T010000Z-2/x-00001.csv.gz",
                "2026-11-21T02:00:00Z",
            ),
            object("a/undated-Manifest.json", "never"),
        ];
        let newest = newest_manifest(objects, period).unwrap();
        assert_eq!(newest.key, "a/20261121T010000Z-2/x-Manifest.json");
        assert_eq!(newest_manifest(Vec::new(), period), None);
    }

    #[test]
    fn a_closed_month_that_is_delivered_again_takes_nothing_back() {
        let november = delivered("BILLING_PERIOD=2026-11/", "2026-12-05T12:00:00Z");
        let december = delivered("BILLING_PERIOD=2026-12/", "2026-12-05T06:00:00Z");
        let both = Deliveries(vec![december, november.clone()]);
        assert_eq!(both.newest(), Some(&november));
        assert_eq!(both.through().unwrap().to_string(), "2026-12-05");
        // On the first of a month only the last one is there.
        let only = Deliveries(vec![november]);
        assert_eq!(only.through().unwrap().to_string(), "2026-11-30");
        assert_eq!(Deliveries::default().through(), None);
    }
}
