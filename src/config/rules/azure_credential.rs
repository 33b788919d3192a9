//! Azure's ids in credentials are GUIDs, and each is the one that its field asks for.

use std::collections::HashMap;

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::model::id::{is_domain, is_guid};
use crate::model::spec::Credential;

pub const RULE: Rule = Rule {
    name: "azure_credential",
    codes: &["azure.guid", "credential.same-id", "credential.crossed"],
    check,
};

/// The ids of a credential, by field.
fn ids(credential: &Credential) -> Vec<(&'static str, &str)> {
    let mut ids: Vec<(&'static str, &str)> = Vec::new();
    match credential {
        Credential::AzureDefault(c) => {
            ids.extend(c.tenant_id.as_deref().map(|id| ("tenant_id", id)))
        }
        Credential::AzureClientSecret(c) => {
            ids.extend([
                ("tenant_id", c.tenant_id.as_str()),
                ("client_id", &c.client_id),
            ]);
            ids.extend(c.object_id.as_deref().map(|id| ("object_id", id)));
            ids.extend(c.secret_id.as_deref().map(|id| ("secret_id", id)));
        }
        Credential::AzureCertificate(c) => {
            ids.extend([
                ("tenant_id", c.tenant_id.as_str()),
                ("client_id", &c.client_id),
            ]);
        }
        Credential::AzureFederated(c) => {
            ids.extend([
                ("tenant_id", c.tenant_id.as_str()),
                ("client_id", &c.client_id),
            ]);
        }
        Credential::PartnerCenter(c) => ids.extend([
            ("tenant_id", c.tenant_id.as_str()),
            ("client_id", &c.client_id),
            ("application_id", &c.application_id),
        ]),
        Credential::PartnerApi(c) => ids.extend([
            ("tenant_id", c.tenant_id.as_str()),
            ("client_id", &c.client_id),
            ("application_id", &c.application_id),
        ]),
        _ => {}
    }
    ids
}

/// What a field wants, and where Azure shows it.
fn wanted(field: &str) -> &'static str {
    match field {
        "tenant_id" => "the Directory (tenant) ID, which Entra shows under Overview",
        "object_id" => {
            "the service principal's Object ID, which Entra shows under Enterprise applications"
        }
        "secret_id" => "the Secret ID, which Entra shows beside the secret's value",
        _ => "the Application (client) ID, which Entra shows under App registrations",
    }
}

/// Two ids that Entra gives out together may be the same: the two names of one application.
fn may_be_same(a: &str, b: &str) -> bool {
    matches!(
        (a, b),
        ("client_id", "application_id") | ("application_id", "client_id")
    )
}

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.credentials;
    let mut applications: HashMap<String, &str> = HashMap::new();
    for entry in table.iter() {
        for (field, id) in ids(&entry.value) {
            if field == "application_id" && is_guid(id) {
                applications.insert(id.to_ascii_lowercase(), &entry.key);
            }
        }
    }
    for entry in table.iter() {
        let at = table.at(entry).key(entry.value.common().word);
        let ids = ids(&entry.value);
        for (position, (field, id)) in ids.iter().enumerate() {
            let place = at.clone().key(field);
            if !is_guid(id) {
                problems.push(no_guid(field, id, place));
                continue;
            }
            let same = ids[..position].iter().find(|(other, known)| {
                known.eq_ignore_ascii_case(id) && !may_be_same(other, field)
            });
            if let Some((other, _)) = same {
                problems.push(
                    Problem::error(
                        "credential.same-id",
                        place,
                        format!(
                            "`{field}` and `{other}` are the same GUID, and no two of these are"
                        ),
                        format!(
                            "write {} as `{field}`, and {} as `{other}`",
                            wanted(field),
                            wanted(other)
                        ),
                    )
                    .label(format!("the same as `{other}`"))
                    .related(at.clone().key(other), "also here"),
                );
            }
        }
        crossed(&entry.key, &ids, &applications, &at, problems);
    }
}

fn no_guid(field: &str, id: &str, at: At) -> Problem {
    let help = if field == "tenant_id" && is_domain(id) {
        "a domain can move to another tenant: write the Directory (tenant) ID, a GUID that Entra shows under Overview".to_owned()
    } else {
        format!("write {}", wanted(field))
    };
    Problem::error(
        "azure.guid",
        at,
        format!("`{}` is no GUID, and `{field}` is one", shown(id)),
        help,
    )
    .label("not a GUID")
}

/// A client id that is another credential's application, while its own application is a different one.
fn crossed(
    key: &str,
    ids: &[(&'static str, &str)],
    applications: &HashMap<String, &str>,
    at: &At,
    problems: &mut Vec<Problem>,
) {
    let of = |field: &str| {
        ids.iter()
            .find(|(name, _)| *name == field)
            .map(|(_, id)| *id)
    };
    let (Some(client), Some(application)) = (of("client_id"), of("application_id")) else {
        return;
    };
    if client.eq_ignore_ascii_case(application) {
        return;
    }
    let Some(other) = applications
        .get(&client.to_ascii_lowercase())
        .filter(|other| **other != key)
    else {
        return;
    };
    problems.push(
        Problem::error(
            "credential.crossed",
            at.clone().key("client_id"),
            format!("this client id is the application of the credential `{}`", shown(other)),
            "write the client id that goes with this `application_id`: Partner Center and the Partner API are two applications",
        )
        .label("another application's"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn ids_are_guids_and_not_each_other() {
        let (a, b, c) = (
            "aaaaaaaa-4d5e-4f60-8a7b-9c0d1e2f3a4b",
            "bbbbbbbb-4d5e-4f60-8a7b-9c0d1e2f3a4b",
            "cccccccc-4d5e-4f60-8a7b-9c0d1e2f3a4b",
        );
        let d = "dddddddd-4d5e-4f60-8a7b-9c0d1e2f3a4b";
        let text = format!(
            "version: 1
credentials:
  good: {{azure_client_secret: {{tenant_id: {a}, client_id: {b}, object_id: {c}, client_secret: {{env: X}}}}}}
  domain: {{azure_default: {{tenant_id: acme.onmicrosoft.com}}}}
  same: {{azure_client_secret: {{tenant_id: {a}, client_id: {b}, object_id: {b}, secret_id: x, client_secret: {{env: X}}}}}}
  center: {{partner_center: {{tenant_id: {a}, client_id: {b}, application_id: {b}, secret_key: {{env: X}}}}}}
  api: {{partner_api: {{tenant_id: {a}, client_id: {b}, application_id: {d}, secret_key: {{env: X}}, refresh_token: {{env: Y}}}}}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "credential.crossed credentials.api.partner_api.client_id",
                "azure.guid credentials.domain.azure_default.tenant_id",
                "credential.same-id credentials.same.azure_client_secret.object_id",
                "azure.guid credentials.same.azure_client_secret.secret_id",
            ]
        );
        assert!(said(&RULE, &text)[1].contains("a domain can move"));
    }
}
