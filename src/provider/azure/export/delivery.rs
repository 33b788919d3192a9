//! What was delivered: the newest manifests below an export's folder. A manifest is written last, so
//! one that is there stands for a whole delivery. Exports without partitions have none: there the data
//! itself counts.
//!
//! Three lists for an export, however long it exists: its months, and what is in the newest two.

use jiff::Timestamp;
use jiff::civil::Date;

use super::period::of_folder;
use crate::provider::azure::client::blobs::{Blob, Container};
use crate::provider::shared::period::Period;
use crate::provider::trouble::Trouble;

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The manifest, or the data itself.
    pub blob: String,
    pub is_manifest: bool,
    pub period: Period,
    pub at: Timestamp,
}

/// The newest delivery of each of the newest two periods.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deliveries(Vec<Delivered>);

impl FromIterator<Delivered> for Deliveries {
    fn from_iter<I: IntoIterator<Item = Delivered>>(delivered: I) -> Self {
        Self(delivered.into_iter().collect())
    }
}

impl Deliveries {
    /// What was written last.
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
    pub async fn list(container: &Container<'_>, folder: &str) -> Result<Self, Trouble> {
        let folders = container.folders(folder).await?;
        let listings = newest_periods(&folders)
            .into_iter()
            .map(|(period, folder)| async move {
                let blobs = container.blobs(folder).await?;
                Ok::<_, Trouble>(newest(&blobs, period))
            });
        let found = futures::future::try_join_all(listings).await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// The newest two periods among folders.
fn newest_periods(folders: &[String]) -> Vec<(Period, &str)> {
    let mut periods: Vec<(Period, &str)> = folders
        .iter()
        .filter_map(|folder| Some((of_folder(folder)?, folder.as_str())))
        .collect();
    periods.sort_unstable_by(|a, b| b.cmp(a));
    periods.truncate(2);
    periods
}

/// The manifest among blobs that was written last; where there is none, the data.
fn newest(blobs: &[Blob], period: Period) -> Option<Delivered> {
    let of = |is_manifest: bool| {
        blobs
            .iter()
            .filter(|blob| blob.name.ends_with("manifest.json") == is_manifest)
            .filter(|blob| is_manifest || is_data(&blob.name))
            .filter_map(|blob| {
                Some(Delivered {
                    at: blob.modified?,
                    blob: blob.name.clone(),
                    is_manifest,
                    period,
                })
            })
            .max_by(|a, b| a.at.cmp(&b.at).then_with(|| a.blob.cmp(&b.blob)))
    };
    of(true).or_else(|| of(false))
}

fn is_data(name: &str) -> bool {
    [".csv", ".csv.gz", ".parquet"]
        .iter()
        .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(name: &str, at: &str) -> Blob {
        Blob {
            name: name.to_owned(),
            modified: at.parse().ok(),
        }
    }

    fn delivered(folder: &str, at: &str) -> Delivered {
        let period = of_folder(folder).unwrap();
        newest(&[blob(&format!("{folder}run/manifest.json"), at)], period).unwrap()
    }

    #[test]
    fn the_newest_two_months_are_looked_at_and_nothing_else() {
        let folders = [
            "x/20260901-20260930/",
            "x/20261101-20261130/",
            "x/other/",
            "x/20251201-20251231/",
            "x/20261001-20261031/",
        ]
        .map(str::to_owned);
        let names: Vec<&str> = newest_periods(&folders)
            .into_iter()
            .map(|(_, f)| f)
            .collect();
        assert_eq!(names, ["x/20261101-20261130/", "x/20261001-20261031/"]);
    }

    #[test]
    fn of_several_runs_the_manifest_written_last_counts() {
        let period = of_folder("20261101-20261130").unwrap();
        let blobs = [
            blob("a/1/manifest.json", "2026-11-20T01:00:00Z"),
            blob("a/2/manifest.json", "2026-11-21T01:00:00Z"),
            blob("a/2/part_0_0001.csv", "2026-11-21T02:00:00Z"),
        ];
        assert_eq!(newest(&blobs, period).unwrap().blob, "a/2/manifest.json");
        let bare = newest(&blobs[2..], period).unwrap();
        assert!(!bare.is_manifest);
        assert_eq!(
            newest(&[blob("a/_x", "2026-11-21T02:00:00Z")], period),
            None
        );
    }

    #[test]
    fn a_closed_month_that_is_delivered_again_takes_nothing_back() {
        let november = delivered("20261101-20261130/", "2026-12-05T12:00:00Z");
        let december = delivered("20261201-20261231/", "2026-12-05T06:00:00Z");
        let both = Deliveries::from_iter([december, november.clone()]);
        assert_eq!(both.newest(), Some(&november));
        assert_eq!(both.through().unwrap().to_string(), "2026-12-05");
        let only = Deliveries::from_iter([november]);
        assert_eq!(only.through().unwrap().to_string(), "2026-11-30");
        assert_eq!(Deliveries::default().through(), None);
    }
}
