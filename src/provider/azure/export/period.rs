//! Billing periods as the folders of a delivery name them: `20261101-20261130`, the last day included.

use crate::provider::shared::period::{Period, compact};

/// The period of a folder, by its last name.
#[must_use]
pub fn of_folder(folder: &str) -> Option<Period> {
    let name = folder.trim_end_matches('/').rsplit('/').next()?;
    let (start, last) = name.split_once('-')?;
    let (start, last) = (compact(start)?, compact(last)?);
    (start <= last).then_some(Period { start, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_name_periods() {
        let period = of_folder("actual/daily/20261101-20261130/").unwrap();
        assert_eq!(period.start.to_string(), "2026-11-01");
        assert_eq!(period.last.to_string(), "2026-11-30");
        for folder in [
            "a/manifest/",
            "20261301-20261330/",
            "20261130-20261101/",
            "",
        ] {
            assert_eq!(of_folder(folder), None, "{folder}");
        }
    }
}
