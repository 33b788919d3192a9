//! An export field by field: as declared, and as AWS has it. Only what is declared is compared; what
//! AWS adds by itself is nobody's difference.

use super::place::Place;
use crate::provider::answer::Answer;
use crate::provider::aws::client::cost_reports::Report;
use crate::provider::aws::client::data_exports::Definition;

/// A declared field.
struct Field<'a> {
    /// Its key in YAML.
    key: &'static str,
    wanted: &'a str,
    found: &'a str,
    same: bool,
}

impl<'a> Field<'a> {
    fn new(key: &'static str, wanted: &'a str, found: &'a str) -> Self {
        let same = wanted == found;
        Self {
            key,
            wanted,
            found,
            same,
        }
    }
}

/// What is worth less than it could be, and what to do about it.
type Flaw = (&'static str, &'static str);

/// Judges a legacy report.
#[must_use]
pub fn report(place: &Place<'_>, found: &Report) -> Answer {
    let fields = [
        Field::new("bucket", place.bucket, &found.bucket),
        prefix(place.prefix, &found.prefix),
        Field::new("bucket_region", place.region, &found.region),
    ];
    let mut flaws: Vec<Flaw> = Vec::new();
    if !found.schema_elements.iter().any(|one| one == "RESOURCES") {
        flaws.push((
            "it has no resource ids",
            "include resource IDs (`RESOURCES` in `AdditionalSchemaElements`)",
        ));
    }
    flaws.extend(granularity(&found.time_unit));
    flaws.extend(overwrite(&found.versioning));
    if !found.refresh_closed {
        flaws.push((
            "closed months are not corrected",
            "switch on the automatic refresh (`RefreshClosedReports`)",
        ));
    }
    judged(&fields, &flaws)
        .evidence("found.format", &found.format)
        .evidence("found.compression", &found.compression)
}

/// Judges a Data Export. `owner` is the account that the bucket should belong to.
#[must_use]
pub fn export(
    place: &Place<'_>,
    table: &str,
    owner: &str,
    payer: &str,
    found: &Definition,
) -> Answer {
    let found_table = table_of(found).unwrap_or_default();
    let mut same_table = Field::new("table", table, found_table);
    same_table.same = table.eq_ignore_ascii_case(found_table);
    // AWS leaves the owner out where it is the account that the export belongs to.
    let found_owner = found.bucket_owner.as_deref().filter(|id| !id.is_empty());
    let fields = [
        same_table,
        Field::new("bucket", place.bucket, &found.bucket),
        prefix(place.prefix, &found.prefix),
        Field::new("bucket_region", place.region, &found.region),
        Field::new("bucket_owner", owner, found_owner.unwrap_or(payer)),
    ];
    let setting = |name: &str| {
        let of_table = found
            .tables
            .iter()
            .find(|(table, _)| table.eq_ignore_ascii_case(found_table));
        of_table.and_then(|(_, settings)| settings.get(name).map(String::as_str))
    };
    let mut flaws: Vec<Flaw> = Vec::new();
    // FOCUS always has resources; of CUR 2.0 they are left out unless they are asked for.
    let resources = setting("INCLUDE_RESOURCES").unwrap_or("FALSE");
    if found_table.eq_ignore_ascii_case("COST_AND_USAGE_REPORT")
        && !resources.eq_ignore_ascii_case("TRUE")
    {
        flaws.push((
            "it has no resource ids",
            "include resource IDs (`INCLUDE_RESOURCES`: `TRUE`)",
        ));
    }
    flaws.extend(granularity(setting("TIME_GRANULARITY").unwrap_or_default()));
    flaws.extend(overwrite(&found.overwrite));
    judged(&fields, &flaws)
        .evidence("found.format", &found.format)
        .evidence("found.compression", &found.compression)
}

fn prefix<'a>(wanted: &'a str, found: &'a str) -> Field<'a> {
    Field::new("prefix", wanted.trim_matches('/'), found.trim_matches('/'))
}

fn granularity(unit: &str) -> Option<Flaw> {
    unit.eq_ignore_ascii_case("MONTHLY").then_some((
        "it knows no days, only months",
        "set the time granularity to hourly or daily",
    ))
}

fn overwrite(versioning: &str) -> Option<Flaw> {
    versioning
        .eq_ignore_ascii_case("CREATE_NEW_REPORT")
        .then_some((
            "each delivery adds a whole copy of the month",
            "overwrite the existing files (`OVERWRITE_REPORT`)",
        ))
}

/// The table that a query selects from; what AWS lists beside the query where that cannot be read.
fn table_of(definition: &Definition) -> Option<&str> {
    let mut words = definition.query.split_whitespace();
    let from = words
        .find(|word| word.eq_ignore_ascii_case("FROM"))
        .and_then(|_| words.next())
        .map(|table| table.trim_matches(['"', '`', ';']));
    let listed = || definition.tables.keys().next().map(String::as_str);
    from.filter(|table| !table.is_empty()).or_else(listed)
}

fn judged(fields: &[Field<'_>], flaws: &[Flaw]) -> Answer {
    let different: Vec<&Field<'_>> = fields.iter().filter(|field| !field.same).collect();
    let answer = if !different.is_empty() {
        differs(&different)
    } else if !flaws.is_empty() {
        let (seen, todo): (Vec<&str>, Vec<&str>) = flaws.iter().copied().unzip();
        Answer::warn(format!("it is as declared, but {}", seen.join("; ")))
            .remedy(format!("edit the export in AWS: {}", todo.join("; ")))
            .evidence("flaws", seen.join("; "))
    } else {
        Answer::pass("AWS has it as declared")
    };
    fields.iter().fold(answer, |answer, field| {
        answer
            .evidence(&format!("wanted.{}", field.key), field.wanted)
            .evidence(&format!("found.{}", field.key), field.found)
    })
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
        .map(|field| format!("{}: {}", field.key, yaml(field.found)))
        .collect();
    let of_table = different.iter().any(|field| field.key == "table");
    let table = if of_table {
        " (a table cannot be changed: that takes a new export)"
    } else {
        ""
    };
    Answer::fail(told.join("; "))
        .remedy(format!(
            "change the export in AWS{table}, or declare what is there:"
        ))
        .paste(lines.join("\n"))
}

fn shown(value: &str) -> String {
    match value {
        "" => "empty".to_owned(),
        value => format!("`{value}`"),
    }
}

/// A value as YAML has it: account ids stay text.
fn yaml(value: &str) -> String {
    if value.is_empty() || value.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::place::Layout;
    use super::*;
    use crate::model::finding::Status;

    fn place() -> Place<'static> {
        Place {
            bucket: "acme-cur",
            region: "eu-west-1",
            prefix: "cur",
            name: "hourly",
            layout: Layout::Legacy,
        }
    }

    fn hourly() -> Report {
        Report {
            name: "hourly".into(),
            bucket: "acme-cur".into(),
            prefix: "cur".into(),
            region: "eu-west-1".into(),
            format: "Parquet".into(),
            compression: "Parquet".into(),
            time_unit: "HOURLY".into(),
            schema_elements: vec!["SPLIT_COST_ALLOCATION_DATA".into(), "RESOURCES".into()],
            versioning: "OVERWRITE_REPORT".into(),
            refresh_closed: true,
            last_status: None,
            last_delivery: None,
        }
    }

    fn cur2() -> Definition {
        let settings = [
            ("INCLUDE_RESOURCES", "TRUE"),
            ("TIME_GRANULARITY", "HOURLY"),
            // Added by AWS.
            (
                "BILLING_VIEW_ARN",
                "arn:aws:billing::111122223333:billingview/primary",
            ),
            ("INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY", "FALSE"),
        ];
        let settings: BTreeMap<String, String> = settings
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        Definition {
            name: "hourly".into(),
            query:
                "SELECT bill_payer_account_id, line_item_usage_amount\nFROM COST_AND_USAGE_REPORT"
                    .into(),
            tables: [("COST_AND_USAGE_REPORT".to_owned(), settings)].into(),
            bucket: "acme-cur".into(),
            bucket_owner: None,
            prefix: "cur".into(),
            region: "eu-west-1".into(),
            format: "PARQUET".into(),
            compression: "PARQUET".into(),
            overwrite: "OVERWRITE_REPORT".into(),
            cadence: "SYNCHRONOUS".into(),
        }
    }

    fn judge(found: &Definition) -> Answer {
        export(
            &place(),
            "COST_AND_USAGE_REPORT",
            "111122223333",
            "111122223333",
            found,
        )
    }

    #[test]
    fn a_report_as_declared_passes_with_its_fields() {
        let answer = report(&place(), &hourly());
        assert_eq!(answer.status, Status::Pass);
        assert_eq!(answer.evidence["wanted.bucket"], "acme-cur");
        assert_eq!(answer.evidence["found.bucket"], "acme-cur");
        // Slashes around a prefix make no difference.
        let found = Report {
            prefix: "/cur/".into(),
            ..hourly()
        };
        assert_eq!(report(&place(), &found).status, Status::Pass);
    }

    #[test]
    fn each_field_that_differs_is_named_with_what_to_declare() {
        let found = Report {
            bucket: "other".into(),
            prefix: String::new(),
            region: "us-east-1".into(),
            ..hourly()
        };
        let answer = report(&place(), &found);
        assert_eq!(answer.status, Status::Fail);
        assert_eq!(
            answer.message,
            "bucket is `other`, and `acme-cur` is declared; prefix is empty, and `cur` is declared; \
             bucket_region is `us-east-1`, and `eu-west-1` is declared"
        );
        assert_eq!(
            answer.paste,
            "bucket: other\nprefix: \"\"\nbucket_region: us-east-1"
        );
    }

    #[test]
    fn a_report_that_is_worth_less_than_it_could_be_is_a_warning() {
        let found = Report {
            schema_elements: vec![],
            time_unit: "MONTHLY".into(),
            versioning: "CREATE_NEW_REPORT".into(),
            refresh_closed: false,
            ..hourly()
        };
        let answer = report(&place(), &found);
        assert_eq!(answer.status, Status::Warn);
        for (seen, todo) in [
            ("no resource ids", "`RESOURCES`"),
            ("only months", "hourly or daily"),
            ("a whole copy", "`OVERWRITE_REPORT`"),
            ("not corrected", "`RefreshClosedReports`"),
        ] {
            assert!(answer.message.contains(seen), "{}", answer.message);
            assert!(answer.remedy.contains(todo), "{}", answer.remedy);
        }
        // Daily is fine.
        let daily = Report {
            time_unit: "DAILY".into(),
            ..hourly()
        };
        assert_eq!(report(&place(), &daily).status, Status::Pass);
    }

    #[test]
    fn what_aws_adds_to_an_export_is_no_difference() {
        assert_eq!(judge(&cur2()).status, Status::Pass);
        let own = Definition {
            bucket_owner: Some("111122223333".into()),
            ..cur2()
        };
        assert_eq!(judge(&own).status, Status::Pass);
    }

    #[test]
    fn the_table_is_the_one_that_the_query_selects_from() {
        let focus = |query: &str| Definition {
            query: query.to_owned(),
            tables: BTreeMap::new(),
            ..cur2()
        };
        let found = judge(&focus("SELECT a FROM FOCUS_1_2_AWS"));
        assert_eq!(found.status, Status::Fail);
        assert!(
            found.message.starts_with("table is `FOCUS_1_2_AWS`"),
            "{}",
            found.message
        );
        assert!(found.remedy.contains("a new export"), "{}", found.remedy);
        for query in [
            "select a from cost_and_usage_report where x = 'FROM y'",
            "SELECT a\n  FROM\n\"COST_AND_USAGE_REPORT\";",
        ] {
            let found = focus(query);
            assert_eq!(
                judge(&found).evidence["wanted.table"],
                "COST_AND_USAGE_REPORT"
            );
            assert_ne!(judge(&found).status, Status::Fail, "{query}");
        }
        let unreadable = Definition {
            query: "?".into(),
            ..cur2()
        };
        assert_eq!(judge(&unreadable).status, Status::Pass);
    }

    #[test]
    fn a_bucket_of_another_owner_is_a_difference() {
        let found = Definition {
            bucket_owner: Some("999900001111".into()),
            ..cur2()
        };
        let answer = judge(&found);
        assert_eq!(answer.status, Status::Fail);
        assert_eq!(answer.paste, "bucket_owner: \"999900001111\"");
        let declared = export(
            &place(),
            "COST_AND_USAGE_REPORT",
            "999900001111",
            "111122223333",
            &found,
        );
        assert_eq!(declared.status, Status::Pass);
    }

    #[test]
    fn an_export_without_resources_or_days_is_a_warning() {
        let without = |name: &str, value: Option<&str>| {
            let mut found = cur2();
            let settings = found.tables.get_mut("COST_AND_USAGE_REPORT").unwrap();
            match value {
                Some(value) => settings.insert(name.to_owned(), value.to_owned()),
                None => settings.remove(name),
            };
            judge(&found)
        };
        for answer in [
            without("INCLUDE_RESOURCES", Some("FALSE")),
            without("INCLUDE_RESOURCES", None),
            without("TIME_GRANULARITY", Some("MONTHLY")),
        ] {
            assert_eq!(answer.status, Status::Warn, "{}", answer.message);
        }
        // AWS's default is hourly.
        assert_eq!(without("TIME_GRANULARITY", None).status, Status::Pass);
        let copies = Definition {
            overwrite: "CREATE_NEW_REPORT".into(),
            ..cur2()
        };
        assert_eq!(judge(&copies).status, Status::Warn);
    }
}
