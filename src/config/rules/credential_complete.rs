//! A credential gives what it needs in one of the ways that its kind offers, and in one only.

use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::model::spec::Credential;

pub const RULE: Rule = Rule {
    name: "credential_complete",
    codes: &["credential.incomplete", "credential.either-or"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.credentials;
    for entry in table.iter() {
        let at = table.at(entry).key(entry.value.common().word);
        match &entry.value {
            Credential::AwsRole(role) => one_of(
                &at,
                [
                    ("role_arn", role.role_arn.is_some()),
                    ("role_name", role.role_name.is_some()),
                ],
                "`role_name: BursarReader` for the role of that name in each account, or `role_arn: arn:aws:iam::111122223333:role/BursarReader` for one role",
                problems,
            ),
            Credential::AzureSas(sas) => one_of(
                &at,
                [
                    ("token", sas.token.is_some()),
                    ("connection_string", sas.connection_string.is_some()),
                ],
                "`token: {env: AZURE_SAS}` or `connection_string: {env: AZURE_STORAGE}`",
                problems,
            ),
            Credential::AwsAccessKey(key) => {
                let (id, secret) = (key.access_key_id.is_some(), key.secret_access_key.is_some());
                let ways = "`csv: {file: accessKeys.csv}`, or `access_key_id: {env: AWS_ACCESS_KEY_ID}` with `secret_access_key: {env: AWS_SECRET_ACCESS_KEY}`";
                if key.csv.is_some() && (id || secret) {
                    let other = if id {
                        "access_key_id"
                    } else {
                        "secret_access_key"
                    };
                    either_or(&at, "csv", other, ways, problems);
                } else if key.csv.is_none() && !(id && secret) {
                    let message = match (id, secret) {
                        (true, _) => "the access key has an id and no `secret_access_key`",
                        (_, true) => "the access key has a secret and no `access_key_id`",
                        _ => "the access key says neither its id nor its secret",
                    };
                    incomplete(&at, message, ways, problems);
                }
            }
            _ => {}
        }
    }
}

fn one_of(at: &At, fields: [(&str, bool); 2], ways: &str, problems: &mut Vec<Problem>) {
    let [(first, has_first), (second, has_second)] = fields;
    match (has_first, has_second) {
        (true, true) => either_or(at, first, second, ways, problems),
        (false, false) => incomplete(
            at,
            &format!("neither `{first}` nor `{second}` is given"),
            ways,
            problems,
        ),
        _ => {}
    }
}

fn either_or(at: &At, first: &str, second: &str, ways: &str, problems: &mut Vec<Problem>) {
    problems.push(
        Problem::error(
            "credential.either-or",
            at.clone().key(second).name(),
            format!("`{first}` and `{second}` are both given, and one of them is enough"),
            format!("keep one: {ways}"),
        )
        .label("one too many")
        .related(at.clone().key(first).name(), "the other one"),
    );
}

fn incomplete(at: &At, message: &str, ways: &str, problems: &mut Vec<Problem>) {
    let place = at.clone().name();
    problems.push(
        Problem::error(
            "credential.incomplete",
            place,
            message,
            format!("write {ways}"),
        )
        .label("incomplete"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn each_kind_is_given_in_one_way() {
        let text = "version: 1
credentials:
  a1: {aws_role: {role_name: R}}
  a2: {aws_role: {}}
  a3: {aws_role: {role_name: R, role_arn: 'arn:aws:iam::111122223333:role/R'}}
  b1: {azure_sas: {token: {env: T}}}
  b2: {azure_sas: {}}
  b3: {azure_sas: {token: {env: T}, connection_string: {env: C}}}
  c1: {aws_access_key: {csv: {file: k.csv}}}
  c2: {aws_access_key: {access_key_id: {env: I}, secret_access_key: {env: S}}}
  c3: {aws_access_key: {access_key_id: {env: I}}}
  c4: {aws_access_key: {}}
  c5: {aws_access_key: {csv: {file: k.csv}, secret_access_key: {env: S}}}
";
        assert_eq!(
            found(&RULE, text),
            [
                "credential.incomplete ~credentials.a2.aws_role",
                "credential.either-or ~credentials.a3.aws_role.role_name",
                "credential.incomplete ~credentials.b2.azure_sas",
                "credential.either-or ~credentials.b3.azure_sas.connection_string",
                "credential.incomplete ~credentials.c3.aws_access_key",
                "credential.incomplete ~credentials.c4.aws_access_key",
                "credential.either-or ~credentials.c5.aws_access_key.secret_access_key",
            ]
        );
    }
}
