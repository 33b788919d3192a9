//! A request that AWS will make when it delivers, and what a statement makes of it. Some keys of
//! conditions are known here, some are known to be absent, and of others nobody here can tell.
//! Keys: IAM user guide, "AWS global condition context keys".

use super::document::{Condition, Statement, like, texts};
use serde_json::Value;

/// Whether something applies to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Yes,
    No,
    /// It hangs on something that is not known here.
    Unsure,
}

impl From<bool> for Holds {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl Holds {
    const fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unsure => Self::Unsure,
        }
    }

    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unsure, _) | (_, Self::Unsure) => Self::Unsure,
            _ => Self::Yes,
        }
    }
}

/// Whom AWS delivers for: what is the same of all its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The payer.
    pub account: String,
    /// The organization that it manages, where that is declared.
    pub organization: Option<String>,
    pub service: &'static str,
    /// What AWS may give as the source: the very export, or any of the account's, as its own policies
    /// have it.
    pub sources: Vec<String>,
}

/// A request that must be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'d> {
    pub delivery: &'d Delivery,
    pub action: &'static str,
    /// A resource like those that are asked for.
    pub resource: String,
    /// The resource as a policy has it.
    pub shown: String,
}

/// What a condition's key is in a request.
enum Known {
    Values(Vec<String>),
    Absent,
    Unknown,
}

impl Request<'_> {
    /// Whether a statement is for whoever makes the request.
    #[must_use]
    pub fn by_principal(&self, statement: &Statement) -> Holds {
        match (&statement.principal, &statement.not_principal) {
            (Some(principal), _) => self.is_named(principal).into(),
            (None, Some(others)) => Holds::from(self.is_named(others)).not(),
            (None, None) => Holds::No,
        }
    }

    fn is_named(&self, principal: &Value) -> bool {
        let service = self.delivery.service;
        let is_service = |name: &String| {
            // China's services have this name, and some another with its ending.
            let name = name.trim_end_matches(".cn");
            like(&name.to_ascii_lowercase(), service)
        };
        match principal {
            Value::String(anyone) => anyone == "*",
            Value::Object(kinds) => kinds.iter().any(|(kind, names)| {
                let names = texts(names);
                if kind.eq_ignore_ascii_case("Service") {
                    names.iter().any(is_service)
                } else {
                    kind.eq_ignore_ascii_case("AWS") && names.iter().any(|name| name == "*")
                }
            }),
            _ => false,
        }
    }

    #[must_use]
    pub fn by_action(&self, statement: &Statement) -> bool {
        let action = self.action.to_ascii_lowercase();
        let named = |names: &Value| {
            let names = texts(names);
            names
                .iter()
                .any(|name| like(&name.to_ascii_lowercase(), &action))
        };
        match (&statement.action, &statement.not_action) {
            (Some(names), _) => named(names),
            (None, Some(others)) => !named(others),
            (None, None) => false,
        }
    }

    #[must_use]
    pub fn by_resource(&self, statement: &Statement) -> bool {
        let named = |names: &Value| texts(names).iter().any(|name| like(name, &self.resource));
        match (&statement.resource, &statement.not_resource) {
            (Some(names), _) => named(names),
            (None, Some(others)) => !named(others),
            (None, None) => false,
        }
    }

    /// Whether all conditions of a statement hold.
    #[must_use]
    pub fn by_conditions(&self, statement: &Statement) -> Holds {
        statement.conditions().fold(Holds::Yes, |held, condition| {
            held.and(self.by_condition(&condition))
        })
    }

    /// Whether a statement applies to the request.
    #[must_use]
    pub fn applies(&self, statement: &Statement) -> Holds {
        self.by_principal(statement)
            .and(self.by_action(statement).into())
            .and(self.by_resource(statement).into())
            .and(self.by_conditions(statement))
    }

    fn known(&self, key: &str) -> Known {
        let delivery = self.delivery;
        let one = |text: &str| Known::Values(vec![text.to_owned()]);
        match key.to_ascii_lowercase().as_str() {
            "aws:sourceaccount" => one(&delivery.account),
            "aws:sourcearn" => Known::Values(delivery.sources.clone()),
            "aws:sourceorgid" => match &delivery.organization {
                Some(organization) => one(organization),
                None => Known::Unknown,
            },
            "aws:securetransport" | "aws:principalisawsservice" => one("true"),
            "aws:viaawsservice" => one("false"),
            "aws:principalservicename" | "aws:principalservicenameslist" => one(delivery.service),
            // A service is no principal of an account, and comes through no network of anybody's.
            "aws:principalorgid"
            | "aws:principalorgpaths"
            | "aws:principalaccount"
            | "aws:principalarn"
            | "aws:sourcevpc"
            | "aws:sourcevpce"
            | "aws:sourcevpcarn"
            | "aws:vpcsourceip"
            | "aws:multifactorauthpresent"
            | "aws:multifactorauthage" => Known::Absent,
            key if key.starts_with("aws:principaltag/") => Known::Absent,
            _ => Known::Unknown,
        }
    }

    /// Whether one condition holds.
    #[must_use]
    pub fn by_condition(&self, condition: &Condition<'_>) -> Holds {
        let operator = condition.operator.to_ascii_lowercase();
        let (all, operator) = match operator.split_once(':') {
            Some((quantity, operator)) => (quantity == "forallvalues", operator.to_owned()),
            None => (false, operator),
        };
        let (if_exists, operator) = match operator.strip_suffix("ifexists") {
            Some(operator) => (true, operator),
            None => (false, operator.as_str()),
        };
        let known = self.known(condition.key);
        if operator == "null" {
            let absent = match known {
                Known::Absent => Holds::Yes,
                Known::Values(_) => Holds::No,
                Known::Unknown => return Holds::Unsure,
            };
            let wanted = condition
                .values
                .iter()
                .any(|value| value.eq_ignore_ascii_case("true"));
            return if wanted { absent } else { absent.not() };
        }
        let Some((negated, compare)) = comparison(operator) else {
            return Holds::Unsure;
        };
        match known {
            Known::Unknown => Holds::Unsure,
            Known::Absent => (negated || if_exists || all).into(),
            Known::Values(_) if condition.values.iter().any(|value| value.contains("${")) => {
                Holds::Unsure
            }
            Known::Values(found) => {
                let fits = found
                    .iter()
                    .any(|found| condition.values.iter().any(|value| compare(value, found)));
                (fits != negated).into()
            }
        }
    }
}

type Compare = fn(&str, &str) -> bool;

/// Whether an operator is negated, and how it compares a policy's value with a request's; none for
/// operators that no key known here has.
fn comparison(operator: &str) -> Option<(bool, Compare)> {
    let (negated, plain) = match operator {
        "stringnotequals" => (true, "stringequals"),
        "stringnotequalsignorecase" => (true, "stringequalsignorecase"),
        "stringnotlike" => (true, "stringlike"),
        "arnnotequals" => (true, "arnequals"),
        "arnnotlike" => (true, "arnlike"),
        plain => (false, plain),
    };
    let compare: Compare = match plain {
        "stringequals" => |value, found| value == found,
        "stringequalsignorecase" | "bool" => |value, found| value.eq_ignore_ascii_case(found),
        "stringlike" => like,
        "arnequals" | "arnlike" => arn_like,
        _ => return None,
    };
    Some((negated, compare))
}

/// ARNs fit part by part: a star takes no colon.
fn arn_like(pattern: &str, arn: &str) -> bool {
    let parts = |text: &str| -> Vec<String> { text.splitn(6, ':').map(str::to_owned).collect() };
    let (patterns, found) = (parts(pattern), parts(arn));
    patterns.len() == found.len()
        && patterns
            .iter()
            .zip(&found)
            .all(|(pattern, part)| like(pattern, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> Delivery {
        Delivery {
            account: "111122223333".into(),
            organization: Some("o-abcdefghij".into()),
            service: "bcm-data-exports.amazonaws.com",
            sources: vec![
                "arn:aws:bcm-data-exports:us-east-1:111122223333:export/*".into(),
                "arn:aws:bcm-data-exports:us-east-1:111122223333:export/focus-1".into(),
            ],
        }
    }

    fn holds(operator: &str, key: &str, value: &str) -> Holds {
        let delivery = delivery();
        let request = Request {
            delivery: &delivery,
            action: "s3:PutObject",
            resource: "arn:aws:s3:::acme/f/x".into(),
            shown: "arn:aws:s3:::acme/*".into(),
        };
        request.by_condition(&Condition {
            operator,
            key,
            values: vec![value.to_owned()],
        })
    }

    #[test]
    fn conditions_on_what_is_known_are_answered() {
        use Holds::{No, Yes};
        let arn = "arn:aws:bcm-data-exports:us-east-1:111122223333:export/*";
        for (operator, key, value, held) in [
            ("StringEquals", "aws:SourceAccount", "111122223333", Yes),
            ("StringEquals", "AWS:sourceACCOUNT", "999900001111", No),
            ("StringLike", "aws:SourceAccount", "1111*", Yes),
            ("StringNotEquals", "aws:SourceAccount", "999900001111", Yes),
            (
                "StringEqualsIgnoreCase",
                "aws:SourceOrgID",
                "O-ABCDEFGHIJ",
                Yes,
            ),
            // AWS's own policies have a star behind StringEquals.
            ("StringEquals", "aws:SourceArn", arn, Yes),
            ("ArnLike", "aws:SourceArn", arn, Yes),
            (
                "ArnEquals",
                "aws:SourceArn",
                "arn:aws:*:*:111122223333:*",
                Yes,
            ),
            ("ArnLike", "aws:SourceArn", "arn:aws:*:export/*", No),
            (
                "ForAnyValue:StringLike",
                "aws:SourceArn",
                "*:export/focus-?",
                Yes,
            ),
            ("ArnNotLike", "aws:SourceArn", arn, No),
            ("Bool", "aws:SecureTransport", "false", No),
            ("BoolIfExists", "aws:PrincipalIsAWSService", "false", No),
            ("Null", "aws:SourceAccount", "true", No),
            ("Null", "aws:SourceAccount", "false", Yes),
        ] {
            assert_eq!(
                holds(operator, key, value),
                held,
                "{operator} {key} {value}"
            );
        }
    }

    #[test]
    fn conditions_on_what_a_service_has_not_are_answered() {
        use Holds::{No, Yes};
        for (operator, key, held) in [
            ("StringEquals", "aws:PrincipalOrgID", No),
            ("StringNotEquals", "aws:PrincipalOrgID", Yes),
            ("StringEqualsIfExists", "aws:SourceVpce", Yes),
            ("StringNotEquals", "aws:SourceVpce", Yes),
            ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", Yes),
            ("ArnNotLike", "aws:PrincipalArn", Yes),
            ("StringEquals", "aws:PrincipalTag/team", No),
        ] {
            assert_eq!(holds(operator, key, "x"), held, "{operator} {key}");
        }
        assert_eq!(holds("Null", "aws:SourceVpce", "true"), Yes);
    }

    #[test]
    fn what_nobody_here_can_tell_stays_open() {
        for (operator, key, value) in [
            (
                "StringNotEquals",
                "s3:x-amz-server-side-encryption",
                "aws:kms",
            ),
            ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ("StringNotLike", "aws:userId", "AROA:*"),
            (
                "StringEquals",
                "aws:SourceAccount",
                "${aws:PrincipalAccount}",
            ),
            ("Null", "s3:x-amz-acl", "true"),
            ("Newfangled", "aws:SourceAccount", "1"),
        ] {
            assert_eq!(
                holds(operator, key, value),
                Holds::Unsure,
                "{operator} {key}"
            );
        }
    }
}
