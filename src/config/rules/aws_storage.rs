//! What AWS exports name has the form that S3 and the billing service accept.

use super::support::{choices, shown};
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::config::suggest::closest;
use crate::model::id::is_aws_account;
use crate::model::spec::Export;

pub const RULE: Rule = Rule {
    name: "aws_storage",
    codes: &[
        "aws.bucket",
        "aws.prefix",
        "aws.region",
        "aws.report",
        "aws.table",
        "aws.account",
    ],
    check,
};

/// The tables of Data Exports that hold costs.
const TABLES: &[&str] = &[
    "COST_AND_USAGE_REPORT",
    "FOCUS_1_2_AWS",
    "FOCUS_1_0_AWS",
    "FOCUS_1_0_AWS_PREVIEW",
];
/// Tables of Data Exports that hold no costs.
const OTHER_TABLES: &[&str] = &["CARBON_EMISSIONS", "COST_OPTIMIZATION_RECOMMENDATIONS"];

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let payers = &context.estate.declaration.payers;
    for entry in payers.iter() {
        for (name, export) in &entry.value.exports {
            let at = payers.at(entry).key("exports").key(name).key(export.word());
            let (bucket, owner, region, prefix) = match export {
                Export::Cur(cur) => {
                    report_name(&cur.report, at.clone().key("report"), problems);
                    (
                        &cur.bucket,
                        &cur.bucket_owner,
                        &cur.bucket_region,
                        &cur.prefix,
                    )
                }
                Export::DataExport(export) => {
                    table(&export.table, at.clone().key("table"), problems);
                    match &export.name {
                        Some(name) => report_name(name, at.clone().key("name"), problems),
                        None => export_key(name, at.clone(), problems),
                    }
                    (
                        &export.bucket,
                        &export.bucket_owner,
                        &export.bucket_region,
                        &export.prefix,
                    )
                }
                _ => continue,
            };
            if let Some(why) = bucket_fault(bucket) {
                problems.push(
                    Problem::error(
                        "aws.bucket",
                        at.clone().key("bucket"),
                        format!("`{}` is no name of an S3 bucket: {why}", shown(bucket)),
                        bucket_help(bucket),
                    )
                    .label("not a bucket"),
                );
            }
            if let Some(owner) = owner.as_deref().filter(|owner| !is_aws_account(owner)) {
                problems.push(
                    Problem::error(
                        "aws.account",
                        at.clone().key("bucket_owner"),
                        format!("`{}` is no id of an AWS account", shown(owner)),
                        "write the 12 digits of the account that owns the bucket, between quotes",
                    )
                    .label("not an account"),
                );
            }
            if !is_region(region) {
                problems.push(
                    Problem::error(
                        "aws.region",
                        at.clone().key("bucket_region"),
                        format!("`{}` does not read like an AWS region", shown(region)),
                        "write the region's code, for example `us-east-1`, `eu-west-1`, `us-gov-west-1` or `cn-north-1`",
                    )
                    .label("not a region"),
                );
            }
            if let Some(help) = prefix_fault(prefix) {
                problems.push(
                    Problem::error(
                        "aws.prefix",
                        at.key("prefix"),
                        format!(
                            "`{}` is no prefix that a report can be delivered under",
                            shown(prefix)
                        ),
                        help,
                    )
                    .label("not a prefix"),
                );
            }
        }
    }
}

/// Why S3 would not take a name, if it would not.
pub(super) fn bucket_fault(name: &str) -> Option<&'static str> {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inner = |c: char| edge(c) || matches!(c, '-' | '.');
    let octets = name
        .split('.')
        .filter(|part| part.parse::<u8>().is_ok())
        .count();
    Some(if name.len() < 3 || name.len() > 63 {
        "it must have 3 to 63 characters"
    } else if name.contains('/') || name.contains(':') {
        "it is a path or a URL"
    } else if !name.chars().all(inner) {
        "only small letters, digits, hyphens and dots may stand in it"
    } else if !name.starts_with(edge) || !name.ends_with(edge) {
        "it must begin and end with a letter or a digit"
    } else if name.contains("..") {
        "two dots cannot follow each other"
    } else if octets == 4 && name.split('.').count() == 4 {
        "it reads like an IP address"
    } else if ["xn--", "sthree-", "amzn-s3-demo-"]
        .iter()
        .any(|start| name.starts_with(start))
    {
        "it begins with what AWS keeps for itself"
    } else if ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        "it ends with what AWS keeps for itself"
    } else {
        return None;
    })
}

pub(super) fn bucket_help(name: &str) -> String {
    let plain = name
        .strip_prefix("s3://")
        .or_else(|| name.strip_prefix("arn:aws:s3:::"))
        .unwrap_or(name);
    let (bucket, rest) = plain.split_once('/').unwrap_or((plain, ""));
    let lower = bucket.to_ascii_lowercase();
    if bucket_fault(&lower).is_some() || lower == name {
        return "write the bucket's name alone, for example `bucket: acme-cur`".to_owned();
    }
    match rest.trim_matches('/') {
        "" => format!("write `bucket: {lower}`"),
        rest => format!("write `bucket: {lower}` and `prefix: {}`", shown(rest)),
    }
}

/// The form of a region's code in all partitions: area, part of it, number.
fn is_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let word = |part: &&str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let Some((number, words)) = parts.split_last() else {
        return false;
    };
    let numbered =
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    numbered && (2..=3).contains(&words.len()) && words.iter().all(word)
}

fn prefix_fault(prefix: &str) -> Option<String> {
    let trimmed = prefix.trim_matches('/');
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/!-_.*'()".contains(c);
    if trimmed != prefix {
        Some(if trimmed.is_empty() {
            "delete it: no prefix is the default".to_owned()
        } else {
            format!(
                "write it without a slash at its ends: `prefix: {}`",
                shown(trimmed)
            )
        })
    } else if !prefix.chars().all(allowed) || prefix.len() > 256 {
        Some("write letters, digits and `/ ! - _ . * ' ( )` only, at most 256 of them".to_owned())
    } else if prefix.contains("//") {
        Some("write one slash between two parts".to_owned())
    } else {
        None
    }
}

fn is_report_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!-_.*'()".contains(c);
    (1..=256).contains(&name.len()) && name.chars().all(allowed)
}

fn report_name(name: &str, at: At, problems: &mut Vec<Problem>) {
    if !is_report_name(name) {
        problems.push(
            Problem::error(
                "aws.report",
                at,
                format!("`{}` is no name of a report or export", shown(name)),
                "write it as AWS shows it: letters, digits and `! - _ . * ' ( )`, no spaces, at most 256 characters",
            )
            .label("not a name"),
        );
    }
}

fn export_key(key: &str, at: At, problems: &mut Vec<Problem>) {
    if !is_report_name(key) {
        problems.push(
            Problem::error(
                "aws.report",
                at,
                format!(
                    "the export has no `name`, and `{}`, which it is declared under, cannot be one",
                    shown(key)
                ),
                "write the export's name in AWS: `name: …`",
            )
            .label("no name"),
        );
    }
}

fn table(name: &str, at: At, problems: &mut Vec<Problem>) {
    if TABLES.contains(&name) {
        return;
    }
    let help = match closest(name, TABLES.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write {}", choices(TABLES).unwrap_or_default()),
    };
    let message = if OTHER_TABLES.contains(&name) {
        format!("the table `{name}` holds no costs")
    } else {
        format!("Data Exports has no table `{}`", shown(name))
    };
    problems.push(Problem::error("aws.table", at, message, help).label("not a table of costs"));
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn bucket_names_follow_all_of_s3s_rules() {
        for right in ["acme-cur", "a1b", "acme.cur.eu", "0acme", &"a".repeat(63)] {
            assert_eq!(bucket_fault(right), None, "{right}");
        }
        for wrong in [
            "ab",
            "Acme-cur",
            "acme_cur",
            "-acme",
            "acme-",
            "acme..cur",
            "192.168.5.4",
            "xn--acme",
            "acme-s3alias",
            "acme--ol-s3",
            "s3://acme",
            "acme/cur",
            "sthree-acme",
            "acmé",
            &"a".repeat(64),
        ] {
            assert!(bucket_fault(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn regions_are_judged_by_their_form() {
        for right in [
            "us-east-1",
            "ap-southeast-2",
            "us-gov-west-1",
            "cn-northwest-1",
            "us-iso-east-1",
            "xx-new-11",
        ] {
            assert!(is_region(right), "{right}");
        }
        for wrong in [
            "",
            "us-east",
            "US-EAST-1",
            "useast1",
            "us-east-1a",
            "us-east-1-2",
            "Europe (Ireland)",
        ] {
            assert!(!is_region(wrong), "{wrong}");
        }
    }

    #[test]
    fn exports_are_judged_field_by_field() {
        let text = "version: 1
organizations: {core: {provider: aws, id: o-abcdefghij}}
payers:
  '111122223333':
    organization: core
    exports:
      good: {cur: {report: acme-hourly, bucket: acme-cur, prefix: cur/hourly, bucket_region: us-east-1}}
      focus: {data_export: {table: FOCUS_1_2_AWS, bucket: acme-lake, bucket_region: eu-west-1, bucket_owner: '999900001111'}}
      bad: {cur: {report: acme hourly, bucket: 's3://Acme-Cur/x/', prefix: /cur/, bucket_region: useast1, bucket_owner: '1'}}
      other name: {data_export: {table: FOCUS_1_1_AWS, bucket: acme-lake, prefix: a//b, bucket_region: eu-west-1}}
";
        let at = |field| format!("payers.111122223333.exports.bad.cur.{field}");
        assert_eq!(
            found(&RULE, text),
            [
                format!("aws.bucket {}", at("bucket")),
                format!("aws.account {}", at("bucket_owner")),
                format!("aws.region {}", at("bucket_region")),
                format!("aws.prefix {}", at("prefix")),
                format!("aws.report {}", at("report")),
                "aws.report payers.111122223333.exports.other name.data_export".to_owned(),
                "aws.prefix payers.111122223333.exports.other name.data_export.prefix".to_owned(),
                "aws.table payers.111122223333.exports.other name.data_export.table".to_owned(),
            ]
        );
        let said = said(&RULE, text);
        assert!(
            said[0].ends_with("write `bucket: acme-cur` and `prefix: x`"),
            "{}",
            said[0]
        );
        assert!(said[3].ends_with("`prefix: cur`"), "{}", said[3]);
        assert!(
            said[7].ends_with("did you mean `FOCUS_1_2_AWS`?") || said[7].contains("FOCUS_1_0_AWS"),
            "{}",
            said[7]
        );
    }
}
