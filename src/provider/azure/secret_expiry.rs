//! `azure.secret.expiry`: until when is the client secret good? Microsoft Graph knows, where it may be
//! asked; else `expires_on` counts.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::graph::{self, Application, ClientSecret};
use crate::credential::inspect::azure_secret;
use crate::model::finding::Badge;
use crate::model::spec::{AzureClientSecret, Credential};
use crate::provider::answer::Answer;
use crate::provider::expiry;
use crate::provider::probe::Run;
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "azure.secret.expiry",
        "Is the client secret good for long enough, as Microsoft Graph knows it?",
        &["Graph:application_get"],
        &["Application.Read.All"],
        "make a new client secret in Entra (App registrations, Certificates & secrets), put its value \
         where the reference points, then set `secret_id` and `rotated`",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(Credential::AzureClientSecret(declared)) = case.subject.what else {
            return None;
        };
        let name = case.subject.address.last();
        let session = match case.along(&name).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match graph::application(&session, &declared.client_id).await {
            Ok(application) => judged(case, declared, &application),
            Err(trouble) if trouble.kind == Kind::Denied => trouble.evidence(not_allowed(declared)),
            // The application's home may be another tenant.
            Err(trouble) if trouble.kind == Kind::Missing => trouble.evidence(Answer::skipped(
                "the application is registered in another tenant, which alone knows its secrets; \
                 `expires_on` counts",
            )),
            Err(trouble) => trouble.answer("ask Microsoft Graph for the application's secrets"),
        })
    })
}

fn not_allowed(declared: &AzureClientSecret) -> Answer {
    let instead = match declared.expires_on {
        Some(day) => format!("`expires_on` counts: {day}"),
        None => "and `expires_on` is not declared: nobody watches it".to_owned(),
    };
    let message = format!("Microsoft Graph may not be asked when the secret expires; {instead}");
    let todo = "give the application the permission Application.Read.All of Microsoft Graph, with \
                admin consent; or declare `expires_on`";
    match declared.expires_on {
        Some(_) => Answer::skipped(message),
        None => Answer::warn(message).remedy(todo),
    }
}

fn judged(case: &Case<'_>, declared: &AzureClientSecret, application: &Application) -> Answer {
    let hinted = |one: &ClientSecret| match (
        &one.hint,
        case.run.resolver.resolve(&declared.client_secret),
    ) {
        (Some(hint), Ok(secret)) => azure_secret::has_hint(&secret, hint),
        _ => false,
    };
    told(declared.secret_id.as_deref(), application, hinted, case.run)
}

/// Judges the secret that is meant: by its id, else by how it begins, else the only one.
fn told(
    id: Option<&str>,
    application: &Application,
    hinted: impl Fn(&ClientSecret) -> bool,
    run: &Run<'_>,
) -> Answer {
    let all = &application.secrets;
    let meant: Vec<&ClientSecret> = match id {
        Some(id) => all
            .iter()
            .filter(|one| one.key_id.eq_ignore_ascii_case(id))
            .collect(),
        None => match all.iter().filter(|one| hinted(one)).collect::<Vec<_>>() {
            none if none.is_empty() && all.len() == 1 => all.iter().collect(),
            some => some,
        },
    };
    // Several may begin alike: the one that ends first is the one to watch.
    let first = meant.iter().filter(|one| one.ends.is_some());
    let first = first.min_by_key(|one| one.ends);
    let Some((one, ends)) = first.and_then(|one| Some((one, one.ends?))) else {
        return absent(id, application);
    };
    let what = match &one.name {
        Some(name) => format!("the client secret `{name}` of {}", application.name),
        None => format!("the client secret of {}", application.name),
    };
    expiry::of_moment(&what, ends, run).evidence("secret_id", &one.key_id)
}

fn absent(id: Option<&str>, application: &Application) -> Answer {
    let there: Vec<String> = application
        .secrets
        .iter()
        .map(|one| one.key_id.clone())
        .collect();
    let answer = match id {
        Some(id) => Answer::fail(format!(
            "{} has no client secret with the id {id}",
            application.name
        ))
        .remedy("write the Secret ID of the secret that is used; Entra shows it beside the value"),
        None => Answer::warn(format!(
            "it is not known which client secret of {} is used",
            application.name
        ))
        .remedy("write its Secret ID as `secret_id`; Entra shows it beside the value"),
    };
    answer.evidence("found.secret_ids", there.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::Resolver;
    use crate::model::finding::Status;
    use crate::model::time::Days;
    use crate::provider::probe::Mode;
    use std::collections::BTreeMap;

    fn secret(id: &str, ends: &str, hint: &str) -> ClientSecret {
        ClientSecret {
            key_id: id.to_owned(),
            name: None,
            ends: ends.parse().ok(),
            hint: Some(hint.to_owned()),
        }
    }

    fn answer(id: Option<&str>, secrets: Vec<ClientSecret>, begins: &str) -> Answer {
        let application = Application {
            name: "reader".to_owned(),
            secrets,
        };
        let resolver = Resolver::new(".");
        let run = Run {
            now: "2026-11-21T12:00:00Z".parse().unwrap(),
            mode: Mode::Online,
            expiring_within: Days(30),
            parallelism: 1,
            resolver: &resolver,
            credentials: &BTreeMap::new(),
        };
        let hinted = |one: &ClientSecret| one.hint.as_deref() == Some(begins);
        told(id, &application, hinted, &run)
    }

    #[test]
    fn the_secret_is_known_by_its_id() {
        let both = || {
            vec![
                secret("a", "2027-11-21T00:00:00Z", "xyz"),
                secret("b", "2026-12-01T00:00:00Z", "abc"),
            ]
        };
        assert_eq!(answer(Some("A"), both(), "").status, Status::Pass);
        let soon = answer(Some("b"), both(), "");
        assert_eq!(soon.status, Status::Warn);
        assert!(
            soon.message.contains("expires in 9 days"),
            "{}",
            soon.message
        );
        assert_eq!(answer(Some("c"), both(), "").status, Status::Fail);
        // Without an id by how it begins, else it is not known.
        assert_eq!(answer(None, both(), "abc").status, Status::Warn);
        assert_eq!(answer(None, both(), "xyz").status, Status::Pass);
        let unknown = answer(None, both(), "???");
        assert!(unknown.message.starts_with("it is not known which"));
        let past = vec![secret("a", "2026-11-01T00:00:00Z", "???")];
        assert_eq!(answer(None, past, "").status, Status::Fail);
    }
}
