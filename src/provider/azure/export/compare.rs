//! An export field by field: as declared, and as Azure has it. Only what is declared is compared; what
//! stops it, or makes it worth less than it could be, is told as well.

use jiff::Timestamp;

use super::target::Target;
use crate::model::time::Days;
use crate::provider::answer::Answer;
use crate::provider::azure::client::exports::Definition;

/// A declared field.
struct Field<'a> {
    /// Its key in YAML.
    key: &'static str,
    wanted: &'a str,
    found: &'a str,
    same: bool,
}

/// What is wrong with an export that is as declared, and what to do about it.
type Flaw = (String, &'static str);

/// Judges an export.
#[must_use]
pub fn judged(
    target: &Target<'_>,
    found: &Definition,
    now: Timestamp,
    expiring_within: Days,
) -> Answer {
    let fields = fields(target, found);
    let different: Vec<&Field<'_>> = fields.iter().filter(|field| !field.same).collect();
    let stopped = stopped(found, now);
    let flaws = flaws(found, now, expiring_within);
    let answer = if !different.is_empty() {
        differs(&different)
    } else if let Some((seen, todo)) = stopped {
        Answer::fail(seen).remedy(todo)
    } else if !flaws.is_empty() {
        let (seen, todo): (Vec<String>, Vec<&str>) = flaws.into_iter().unzip();
        Answer::warn(format!("it is as declared, but {}", seen.join("; ")))
            .remedy(format!("edit the export in Azure: {}", todo.join("; ")))
    } else {
        Answer::pass("Azure has it as declared")
    };
    let answer = fields.iter().fold(answer, |answer, field| {
        answer
            .evidence(&format!("wanted.{}", field.key), field.wanted)
            .evidence(&format!("found.{}", field.key), field.found)
    });
    [
        ("export_id", &found.id),
        ("found.version", &found.version),
        ("found.format", &found.format),
        ("found.compression", &found.compression),
        ("found.overwrite", &found.overwrite),
        ("found.schedule", &found.schedule),
        ("found.recurrence", &found.recurrence),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .fold(answer, |answer, (name, value)| answer.evidence(name, value))
}

fn fields<'a>(target: &Target<'a>, found: &'a Definition) -> [Field<'a>; 4] {
    let directory = found.directory.trim_matches('/');
    [
        Field {
            key: "dataset",
            wanted: target.dataset,
            found: &found.dataset,
            same: target.dataset.eq_ignore_ascii_case(&found.dataset),
        },
        Field {
            key: "storage",
            wanted: target.storage,
            found: match found.storage.as_str() {
                "" => &found.storage_account,
                id => id,
            },
            same: target.stores_at(found),
        },
        Field {
            key: "container",
            wanted: target.container,
            found: &found.container,
            same: target.container == found.container,
        },
        Field {
            key: "directory",
            wanted: target.directory,
            found: directory,
            same: target.directory == directory,
        },
    ]
}

/// Why Azure does not run it any more.
fn stopped(found: &Definition, now: Timestamp) -> Option<Flaw> {
    if let Some(reason) = &found.suspended {
        return Some((
            format!("Azure suspended it: {reason}"),
            "see the export in Cost Management, Exports: put right what it names, then run it once",
        ));
    }
    if found.schedule.is_empty() {
        return Some((
            "it has no schedule: it runs only when somebody starts it".to_owned(),
            "give it a daily schedule in Cost Management, Exports",
        ));
    }
    if !found.schedule.eq_ignore_ascii_case("Active") {
        return Some((
            format!("its schedule is {}", found.schedule),
            "enable it in Cost Management, Exports",
        ));
    }
    let end = found.ends.filter(|end| *end <= now)?;
    Some((
        format!("its schedule ended by itself on {}", day(end)),
        "give it an end far away (Cost Management, Exports, Edit, Schedule), or make it anew",
    ))
}

/// Versions of datasets that Microsoft calls previews.
fn is_preview(version: &str) -> bool {
    version.to_ascii_lowercase().contains("preview")
}

fn flaws(found: &Definition, now: Timestamp, expiring_within: Days) -> Vec<Flaw> {
    let mut flaws: Vec<Flaw> = Vec::new();
    let soon = i64::from(expiring_within.0) * 86_400;
    if let Some(end) = found.ends
        && end.as_second() - now.as_second() <= soon
    {
        flaws.push((
            format!("its schedule ends by itself on {}", day(end)),
            "give its schedule an end far away",
        ));
    }
    if !found.recurrence.is_empty() && !found.recurrence.eq_ignore_ascii_case("Daily") {
        flaws.push((
            format!("it runs {} only", found.recurrence.to_ascii_lowercase()),
            "let it run daily",
        ));
    }
    let timeframe = found.timeframe.as_str();
    if !timeframe.is_empty()
        && !["MonthToDate", "BillingMonthToDate", "TheCurrentMonth"]
            .iter()
            .any(|one| timeframe.eq_ignore_ascii_case(one))
    {
        flaws.push((
            format!("it exports {timeframe}, not the month to date"),
            "choose the daily export of month-to-date costs",
        ));
    }
    if !found.granularity.is_empty() && !found.granularity.eq_ignore_ascii_case("Daily") {
        flaws.push((
            format!("its granularity is {}", found.granularity),
            "set the granularity to daily",
        ));
    }
    if !found.partitioned {
        flaws.push((
            "it has no manifest, so that nobody knows when a delivery is whole".to_owned(),
            "switch on file partitioning (`partitionData`)",
        ));
    }
    if found.overwrite.is_empty() || found.overwrite.eq_ignore_ascii_case("CreateNewReport") {
        flaws.push((
            "each run adds a whole copy of the month".to_owned(),
            "overwrite the data (`OverwritePreviousReport`)",
        ));
    }
    if is_preview(&found.version) {
        flaws.push((
            format!("its columns are those of a preview ({})", found.version),
            "choose a version that is no preview, for example 1.0 of FOCUS; that takes a new export",
        ));
    }
    flaws
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn differs(different: &[&Field<'_>]) -> Answer {
    let told: Vec<String> = different
        .iter()
        .map(|field| {
            format!(
                "{} is {}, and {} is declared",
                field.key,
                shown(field.found),
                shown(field.wanted)
            )
        })
        .collect();
    let lines: Vec<String> = different
        .iter()
        .map(|field| match field.found {
            "" => format!("{}: \"\"", field.key),
            found => format!("{}: {found}", field.key),
        })
        .collect();
    Answer::fail(told.join("; "))
        .remedy("change the export in Azure, or declare what is there:")
        .paste(lines.join("\n"))
}

fn shown(value: &str) -> String {
    match value {
        "" => "empty".to_owned(),
        value => format!("`{value}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::target::tests::{STORAGE, definition, target};
    use super::*;
    use crate::model::finding::Status;

    fn at(found: &Definition, now: &str) -> Answer {
        judged(&target(), found, now.parse().unwrap(), Days(30))
    }

    fn now(found: &Definition) -> Answer {
        at(found, "2026-11-21T12:00:00Z")
    }

    #[test]
    fn as_declared_passes_whatever_the_capitals_of_ids() {
        let mut found = definition();
        found.storage = STORAGE.to_ascii_uppercase();
        found.directory = "/actual/".to_owned();
        let answer = now(&found);
        assert_eq!(answer.status, Status::Pass, "{answer:?}");
        assert_eq!(answer.evidence["found.format"], "Csv");
        assert_eq!(answer.evidence["found.version"], "2021-10-01");
    }

    #[test]
    fn each_field_that_differs_is_told_with_what_to_declare() {
        let found = Definition {
            dataset: "AmortizedCost".to_owned(),
            container: "other".to_owned(),
            directory: String::new(),
            ..definition()
        };
        let answer = now(&found);
        assert_eq!(answer.status, Status::Fail);
        assert_eq!(
            answer.message,
            "dataset is `AmortizedCost`, and `ActualCost` is declared; container is `other`, and \
             `exports` is declared; directory is empty, and `actual` is declared"
        );
        assert_eq!(
            answer.paste,
            "dataset: AmortizedCost\ncontainer: other\ndirectory: \"\""
        );
        let found = Definition {
            storage: STORAGE.replace("acmecosts", "acmeother"),
            ..definition()
        };
        assert!(now(&found).message.starts_with("storage is `"));
    }

    #[test]
    fn an_export_that_no_longer_runs_fails() {
        let inactive = Definition {
            schedule: "Inactive".to_owned(),
            ..definition()
        };
        assert_eq!(now(&inactive).message, "its schedule is Inactive");
        let by_hand = Definition {
            schedule: String::new(),
            ..definition()
        };
        assert_eq!(now(&by_hand).status, Status::Fail);
        let suspended = Definition {
            suspended: Some("storage gone".to_owned()),
            ..definition()
        };
        assert_eq!(now(&suspended).message, "Azure suspended it: storage gone");
    }

    #[test]
    fn its_own_end_is_seen_ahead() {
        let found = Definition {
            ends: "2026-12-31T00:00:00Z".parse().ok(),
            ..definition()
        };
        assert_eq!(at(&found, "2026-11-30T00:00:00Z").status, Status::Pass);
        let soon = at(&found, "2026-12-01T00:00:00Z");
        assert_eq!(soon.status, Status::Warn);
        assert!(
            soon.message.contains("ends by itself on 2026-12-31"),
            "{}",
            soon.message
        );
        let past = at(&found, "2026-12-31T00:00:00Z");
        assert_eq!(past.status, Status::Fail);
        assert_eq!(past.message, "its schedule ended by itself on 2026-12-31");
    }

    #[test]
    fn what_makes_it_worth_less_is_a_warning() {
        type Spoil = fn(&mut Definition);
        let cases: [(Spoil, &str); 6] = [
            (|one| one.partitioned = false, "no manifest"),
            (
                |one| one.overwrite = "CreateNewReport".to_owned(),
                "whole copy of the month",
            ),
            (|one| one.recurrence = "Weekly".to_owned(), "runs weekly"),
            (
                |one| one.timeframe = "TheLastMonth".to_owned(),
                "not the month to date",
            ),
            (|one| one.granularity = "Monthly".to_owned(), "granularity"),
            (
                |one| one.version = "1.0-preview(v1)".to_owned(),
                "those of a preview",
            ),
        ];
        for (spoil, says) in cases {
            let mut found = definition();
            spoil(&mut found);
            let answer = now(&found);
            assert_eq!(answer.status, Status::Warn, "{says}");
            assert!(answer.message.contains(says), "{}", answer.message);
        }
    }
}
