//! The newest report. Names come in their order, oldest first, a thousand at a time: of FOCUS reports,
//! which lie in a folder for each day, today's folder is looked into first, and the newest one of this
//! month and the last where it is empty.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::spec::ReportFormat;
use crate::provider::oci::client::storage::{self, Object, Wanted};
use crate::provider::oci::client::{Region, Session};
use crate::provider::trouble::Trouble;

/// The folder of FOCUS reports.
const FOCUS: &str = "FOCUS Reports/";
/// The folder of cost reports.
const COST: &str = "reports/cost-csv/";

/// More pages than a year of reports has: a million names.
const MOST_PAGES: usize = 1000;

/// The newest report of a format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Newest {
    /// None where there is none at all.
    pub object: Option<Object>,
    /// The formats that the bucket has reports of, where this one has none.
    pub others: Vec<ReportFormat>,
}

/// Looks for the newest report.
pub async fn newest(
    session: &Session,
    format: ReportFormat,
    today: Date,
) -> Result<Newest, Trouble> {
    let region = session.home_or_declared();
    let bucket = Bucket { session, region };
    let object = match format {
        ReportFormat::Focus => bucket.focus(today).await?,
        ReportFormat::Cost => bucket.newest_in(COST).await?,
    };
    let others = match object {
        Some(_) => Vec::new(),
        None => bucket.formats().await?,
    };
    Ok(Newest { object, others })
}

/// Whether the name is a report's: Oracle puts other files beside them.
fn is_report(object: &Object) -> bool {
    object.name.ends_with(".csv.gz")
}

/// The folder of a day.
fn day(day: Date) -> String {
    format!("{}{:02}/", month(day), day.day())
}

/// The folder of a month.
fn month(day: Date) -> String {
    format!("{FOCUS}{:04}/{:02}/", day.year(), day.month())
}

/// The last folder by its name among those named by digits.
fn last_dated(folders: Vec<String>) -> Option<String> {
    let dated = |folder: &String| {
        let name = folder.trim_end_matches('/').rsplit('/').next();
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()))
    };
    folders.into_iter().filter(dated).max()
}

struct Bucket<'a> {
    session: &'a Session,
    region: Region,
}

impl Bucket<'_> {
    async fn focus(&self, today: Date) -> Result<Option<Object>, Trouble> {
        if let Some(found) = self.newest_in(&day(today)).await? {
            return Ok(Some(found));
        }
        let this = today.first_of_month();
        for first in [this, this.saturating_sub(1.month())] {
            if let Some(day) = self.last_in(&month(first)).await? {
                return self.newest_in(&day).await;
            }
        }
        // Older ones: the last year, its last month, its last day.
        let mut folder = FOCUS.to_owned();
        for _ in ["year", "month", "day"] {
            match self.last_in(&folder).await? {
                Some(last) => folder = last,
                None => return Ok(None),
            }
        }
        self.newest_in(&folder).await
    }

    /// The last of the folders right below a folder.
    async fn last_in(&self, folder: &str) -> Result<Option<String>, Trouble> {
        let folders = self.folders(folder).await?;
        Ok(last_dated(folders))
    }

    async fn folders(&self, prefix: &str) -> Result<Vec<String>, Trouble> {
        let wanted = Wanted {
            prefix,
            one_level: true,
            start: None,
        };
        Ok(self.list(wanted).await?.prefixes)
    }

    /// The newest report below a folder, over all pages.
    async fn newest_in(&self, prefix: &str) -> Result<Option<Object>, Trouble> {
        let mut newest: Option<Object> = None;
        let mut start: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = self
                .list(Wanted {
                    prefix,
                    one_level: false,
                    start: start.as_deref(),
                })
                .await?;
            let reports = page.objects.into_iter().filter(is_report);
            newest = reports
                .chain(newest)
                .max_by(|a, b| a.created.cmp(&b.created).then_with(|| a.name.cmp(&b.name)));
            match page.next_start_with {
                // A page that starts where the last one did would go round in circles.
                Some(next) if start.as_ref().is_none_or(|start| *start < next) => {
                    start = Some(next);
                }
                _ => break,
            }
        }
        Ok(newest)
    }

    /// The formats that there are folders of.
    async fn formats(&self) -> Result<Vec<ReportFormat>, Trouble> {
        let mut formats = Vec::new();
        let top = self.folders("").await?;
        if top.iter().any(|folder| folder == FOCUS) {
            formats.push(ReportFormat::Focus);
        }
        if top.iter().any(|folder| folder == "reports/")
            && self
                .folders("reports/")
                .await?
                .iter()
                .any(|one| one == COST)
        {
            formats.push(ReportFormat::Cost);
        }
        Ok(formats)
    }

    async fn list(&self, wanted: Wanted<'_>) -> Result<storage::Page, Trouble> {
        storage::list(self.session, &self.region, &self.session.tenancy, wanted).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_those_of_oracle() {
        let date = jiff::civil::date(2026, 3, 7);
        assert_eq!(day(date), "FOCUS Reports/2026/03/07/");
        let folders = ["F/2026/02/", "F/2026/11/", "F/2026/9x/", "F/2026/old/"];
        let folders = folders.map(str::to_owned).to_vec();
        assert_eq!(last_dated(folders).as_deref(), Some("F/2026/11/"));
        assert_eq!(last_dated(vec!["F//".to_owned()]), None);
    }
}
