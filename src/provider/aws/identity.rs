//! `aws.identity`: does AWS know the credential, and is it in the account that it is used for?

use super::case::{Asking, Case, OnlineCheck, Way, check};
use super::client::{Arn, Denial, Kind, Principal, Session, Trouble, Unsigned, Why, policy};
use crate::model::finding::Badge;
use crate::model::spec::{AwsRole, Credential};
use crate::provider::answer::Answer;
use crate::provider::subject::What;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "aws.identity",
        "Does AWS know the credential, and is it in the account that it is used for?",
        &["sts:GetCallerIdentity", "sts:AssumeRole"],
        &["sts:AssumeRole"],
        "correct the credential in `bursar.yaml`, or the role's trust policy in AWS",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        match case.subject.what {
            What::Credential(credential) => credential_itself(case, credential).await,
            _ if case.external() || !case.signs_in() => None,
            _ => place(case).await,
        }
    })
}

/// The credential by itself. A role by name is asked for where it is used; here only who assumes it.
async fn credential_itself(case: &Case<'_>, credential: &Credential) -> Option<Answer> {
    let name = case.subject.address.last();
    let way = Way {
        credential: &name,
        account: None,
    };
    let by_name = match credential {
        Credential::AwsRole(role) if role.role_arn.is_none() => Some(role),
        Credential::AwsRole(_) | Credential::AwsDefault(_) | Credential::AwsAccessKey(_) => None,
        _ => return None,
    };
    let signed = match by_name {
        Some(role) => case.aws.sessions.source(role, case.place(way)).await,
        None => case.sign_in(way).await,
    };
    Some(match signed {
        Ok(session) if by_name.is_some() => {
            Answer::pass(format!("assumed by {}", session.arn)).evidence("source", &session.arn)
        }
        Ok(session) => known(&session),
        Err(unsigned) => failed(case, way, &unsigned)?,
    })
}

/// Where the credential is used.
async fn place(case: &Case<'_>) -> Option<Answer> {
    let Some(way) = case.way() else {
        return Some(Answer::skipped("no credential is declared for this"));
    };
    Some(match case.sign_in(way).await {
        Ok(session)
            if way
                .account
                .is_some_and(|account| account != session.account) =>
        {
            elsewhere(way, &session)
        }
        Ok(session) => known(&session),
        Err(unsigned) => failed(case, way, &unsigned)?,
    })
}

fn known(session: &Session) -> Answer {
    Answer::pass(format!("signed in as {}", session.arn))
        .evidence("arn", &session.arn)
        .evidence("account", &session.account)
}

fn elsewhere(way: Way<'_>, session: &Session) -> Answer {
    let account = way.account.unwrap_or_default();
    Answer::fail(format!(
        "`{}` is in account {}, and is used for {account}",
        way.credential, session.account
    ))
    .remedy(format!(
        "give {account} a credential of its own, or make `{}` an `aws_role` with `role_name`: that \
         is assumed in each account it is used for",
        way.credential
    ))
    .evidence("arn", &session.arn)
    .evidence("account", &session.account)
    .evidence("wanted", account)
}

/// What went wrong, told where the cause is: at a credential that others build on it is told there.
fn failed(case: &Case<'_>, way: Way<'_>, unsigned: &Unsigned) -> Option<Answer> {
    let at_credential = matches!(case.subject.what, What::Credential(_));
    let by_arn_or_key = case
        .role(way.credential)
        .is_none_or(|role| role.role_arn.is_some());
    match unsigned {
        // `aws.credential.present` says so.
        Unsigned::Secret(error) => Some(Answer::skipped(format!("not looked at: {error}"))),
        Unsigned::Unclear(why) if at_credential => {
            Some(Answer::skipped(format!("not asked: {why}")))
        }
        Unsigned::Unclear(why) => Some(Answer::fail(why.clone())),
        Unsigned::Trouble {
            credential,
            trouble,
        } => {
            let own = credential == way.credential;
            let nameless = credential.is_empty() && at_credential;
            if own && (at_credential || !by_arn_or_key) {
                Some(told(case, way, trouble))
            } else if nameless {
                Some(trouble.answer("sign in to assume the role"))
            } else {
                let at = if credential.is_empty() {
                    way.credential
                } else {
                    credential
                };
                Some(Answer::skipped(format!("not asked: `{at}` cannot sign in")))
            }
        }
    }
}

fn told(case: &Case<'_>, way: Way<'_>, trouble: &Trouble) -> Answer {
    match case.role(way.credential) {
        Some(role) if trouble.action == "sts:AssumeRole" && trouble.kind == Kind::Denied => {
            not_trusted(role, trouble)
        }
        Some(_) if trouble.action == "sts:AssumeRole" => trouble.answer("assume the role"),
        _ => trouble.answer("sign in"),
    }
}

/// AWS says the same of a role that is not there, that does not trust, and that may not be assumed:
/// so all three are told, with both policies.
fn not_trusted(role: &AwsRole, trouble: &Trouble) -> Answer {
    let denial = Denial::of(trouble);
    let who = denial.as_ref().map(|denial| denial.who.as_str());
    let arn = denial.as_ref().and_then(|denial| denial.resource.clone());
    let arn = arn
        .or_else(|| role.role_arn.clone())
        .unwrap_or_else(|| format!("role {}", role.role_name.as_deref().unwrap_or_default()));
    let why = denial.as_ref().map_or(Why::Unsaid, |denial| denial.why);
    // Of a role by name the same is said of each account, so that one cause is told once.
    let named = role.role_name.as_deref().unwrap_or(&arn);
    let message = format!(
        "{} may not assume {named}",
        who.unwrap_or("the source credential")
    );
    let answer = match why {
        Why::ServiceControlPolicy | Why::Boundary | Why::Session => {
            Answer::fail(format!("{message}: {}", trouble.explained()))
                .remedy("allow `sts:AssumeRole` in that policy too")
        }
        _ => {
            let asks = role.external_id.as_ref().map_or_else(
                || "and asks for no external id".to_owned(),
                |id| format!("and asks for external id `{id}`, letter by letter"),
            );
            Answer::fail(message).remedy(format!(
                "see three things in the account: the role is there under this name, its trust policy \
                 names the principal below {asks}, and the principal's own policy allows \
                 `sts:AssumeRole` on it; a change takes up to a minute to hold. Its trust policy:",
            ))
            .paste(trust_policy(who, role.external_id.as_deref()))
        }
    };
    trouble.evidence(answer).evidence("role_arn", arn)
}

/// The trust policy that lets a principal assume a role.
pub(super) fn trust_policy(who: Option<&str>, external_id: Option<&str>) -> String {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Trust {
        effect: &'static str,
        principal: std::collections::BTreeMap<&'static str, String>,
        action: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        condition: Option<serde_json::Value>,
    }
    let trust = Trust {
        effect: "Allow",
        principal: [("AWS", who.map_or_else(String::new, principal))].into(),
        action: "sts:AssumeRole",
        condition: external_id
            .map(|id| serde_json::json!({"StringEquals": {"sts:ExternalId": id}})),
    };
    policy(&[trust])
}

/// The principal to write into a policy: of a role its own ARN, not its session's.
pub(super) fn principal(who: &str) -> String {
    match Arn::parse(who) {
        Some(arn) => match Principal::of(&arn) {
            Principal::Role(name) => format!(
                "arn:{}:iam::{}:role/{name}",
                arn.partition.word(),
                arn.account
            ),
            _ => who.to_owned(),
        },
        None => who.to_owned(),
    }
}
