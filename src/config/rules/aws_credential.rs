//! Roles, users and external ids of AWS credentials have the form that IAM gives them.

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::model::id::is_aws_account;
use crate::model::spec::Credential;

pub const RULE: Rule = Rule {
    name: "aws_credential",
    codes: &["aws.arn", "aws.external-id", "aws.role-name"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.credentials;
    for entry in table.iter() {
        match &entry.value {
            Credential::AwsRole(role) => {
                let at = table.at(entry).key("aws_role");
                if let Some(arn) = &role.role_arn {
                    judge_arn(arn, "role", at.clone().key("role_arn"), problems);
                }
                if let Some(name) = &role.role_name
                    && let Some(help) = role_name_fault(name)
                {
                    problems.push(
                        Problem::error(
                            "aws.role-name",
                            at.clone().key("role_name"),
                            format!("`{}` is no name of an IAM role", shown(name)),
                            help,
                        )
                        .label("not a role's name"),
                    );
                }
                if let Some(id) = role.external_id.as_deref().filter(|id| !is_external_id(id)) {
                    problems.push(
                        Problem::error(
                            "aws.external-id",
                            at.key("external_id"),
                            format!("AWS takes no external id like `{}`", shown(id)),
                            "write 2 to 1224 letters, digits and `_ + = , . @ : / -`, the same as in the role's trust policy",
                        )
                        .label("not an external id"),
                    );
                }
            }
            Credential::AwsAccessKey(key) => {
                if let Some(arn) = &key.user_arn {
                    let at = table.at(entry).key("aws_access_key").key("user_arn");
                    judge_arn(arn, "user", at, problems);
                }
            }
            _ => {}
        }
    }
}

fn judge_arn(arn: &str, kind: &str, at: At, problems: &mut Vec<Problem>) {
    if let Some(help) = arn_fault(arn, kind) {
        problems.push(
            Problem::error(
                "aws.arn",
                at,
                format!("`{}` is no ARN of an IAM {kind}", shown(arn)),
                help,
            )
            .label(format!("not a {kind}")),
        );
    }
}

/// What to write instead, if it is no ARN of an IAM role or user.
fn arn_fault(arn: &str, kind: &str) -> Option<String> {
    let form = format!(
        "write `arn:aws:iam::111122223333:{kind}/Name` (`arn:aws-cn:` in China, `arn:aws-us-gov:` in GovCloud)"
    );
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = parts.as_slice() else {
        return Some(form);
    };
    let known = partition.strip_prefix("aws").is_some_and(|rest| {
        rest.is_empty()
            || (rest.starts_with('-')
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
    });
    if !known {
        return Some(
            "behind `arn:` stands the partition: `aws`, `aws-cn` or `aws-us-gov`".to_owned(),
        );
    }
    if *service == "sts" && kind == "role" {
        let role = resource
            .strip_prefix("assumed-role/")
            .and_then(|rest| rest.split('/').next());
        return Some(match role {
            Some(role) => format!(
                "this is a session of a role; write the role itself: `arn:{partition}:iam::{account}:role/{}`",
                shown(role)
            ),
            None => form,
        });
    }
    if *service != "iam" || !region.is_empty() {
        return Some(form);
    }
    if !is_aws_account(account) {
        return Some("the account in it must have 12 digits".to_owned());
    }
    match resource.split_once('/') {
        Some((found, name)) if found == kind => role_name_fault(name),
        Some((found @ ("role" | "user" | "group"), _)) => Some(format!(
            "this is the ARN of a {found}, and a {kind} is wanted here: `arn:{partition}:iam::{account}:{kind}/Name`"
        )),
        _ => Some(form),
    }
}

/// What to write instead, if it is no name of a role or user, with or without its path.
fn role_name_fault(name: &str) -> Option<String> {
    let (path, last) = name.rsplit_once('/').unwrap_or(("", name));
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if name.starts_with("arn:") {
        return Some("write the ARN as `role_arn:`, or the name alone here".to_owned());
    }
    if name.starts_with('/') {
        return Some(format!(
            "write it without the first slash: `{}`",
            shown(name.trim_start_matches('/'))
        ));
    }
    let good = (1..=64).contains(&last.len())
        && last.chars().all(allowed)
        && path.len() <= 510
        && path.chars().all(|c| c.is_ascii_graphic())
        && !path.contains("//");
    (!good).then(|| "write the name that IAM shows: at most 64 letters, digits and `_ + = , . @ -`, with its path in front where it has one".to_owned())
}

fn is_external_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    (2..=1224).contains(&id.len()) && id.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn arns_of_all_partitions_are_taken() {
        for right in [
            "arn:aws:iam::111122223333:role/BursarReader",
            "arn:aws-cn:iam::111122223333:role/finance/BursarReader",
            "arn:aws-us-gov:iam::012345678901:role/a+b=c,d.e@f-g_h",
        ] {
            assert_eq!(arn_fault(right, "role"), None, "{right}");
        }
        for (wrong, help) in [
            ("BursarReader", "arn:aws:iam::111122223333:role/Name"),
            ("arn:aws:iam::1:role/x", "12 digits"),
            ("arn:aws:iam::111122223333:user/x", "a role is wanted"),
            (
                "arn:aws:sts::111122223333:assumed-role/Reader/me",
                "arn:aws:iam::111122223333:role/Reader",
            ),
            ("arn:gcp:iam::111122223333:role/x", "the partition"),
            ("arn:aws:s3:::bucket", "arn:aws:iam"),
            ("arn:aws:iam::111122223333:role/", "at most 64"),
        ] {
            let fault = arn_fault(wrong, "role").unwrap_or_default();
            assert!(fault.contains(help), "{wrong}: {fault}");
        }
    }

    #[test]
    fn credentials_are_judged_field_by_field() {
        let text = "version: 1
credentials:
  good: {aws_role: {role_name: path/BursarReader, external_id: acme-7f3k}}
  bad: {aws_role: {role_name: '/x y', external_id: 'a b'}}
  arn: {aws_role: {role_arn: x}}
  key: {aws_access_key: {csv: {file: key.csv}, user_arn: 'arn:aws:iam::111122223333:role/x'}}
";
        assert_eq!(
            found(&RULE, text),
            [
                "aws.arn credentials.arn.aws_role.role_arn",
                "aws.external-id credentials.bad.aws_role.external_id",
                "aws.role-name credentials.bad.aws_role.role_name",
                "aws.arn credentials.key.aws_access_key.user_arn",
            ]
        );
        assert!(
            !is_external_id("x")
                && is_external_id(&"x".repeat(1224))
                && !is_external_id(&"x".repeat(1225))
        );
    }
}
