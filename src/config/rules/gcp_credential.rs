//! Service accounts and identity providers of Google Cloud credentials have their form.

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::model::id::{is_domain, is_number};
use crate::model::spec::Credential;

pub const RULE: Rule = Rule {
    name: "gcp_credential",
    codes: &["gcp.service-account", "gcp.audience"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.credentials;
    for entry in table.iter() {
        let at = table.at(entry).key(entry.value.common().word);
        match &entry.value {
            Credential::GcpDefault(c) => {
                email(c.impersonate.as_deref(), at.key("impersonate"), problems)
            }
            Credential::GcpServiceAccount(c) => {
                email(c.email.as_deref(), at.key("email"), problems)
            }
            Credential::GcpWorkloadIdentity(c) => {
                email(
                    c.impersonate.as_deref(),
                    at.clone().key("impersonate"),
                    problems,
                );
                if let Some(help) = audience_fault(&c.audience) {
                    problems.push(
                        Problem::error(
                            "gcp.audience",
                            at.key("audience"),
                            format!(
                                "`{}` is no full name of a workload identity provider",
                                shown(&c.audience)
                            ),
                            help,
                        )
                        .label("not a provider's name"),
                    );
                }
            }
            _ => {}
        }
    }
}

fn email(address: Option<&str>, at: At, problems: &mut Vec<Problem>) {
    let Some(address) = address.filter(|address| !is_service_account(address)) else {
        return;
    };
    problems.push(
        Problem::error(
            "gcp.service-account",
            at,
            format!(
                "`{}` is no e-mail address of a service account",
                shown(address)
            ),
            "write it as IAM shows it: `name@project.iam.gserviceaccount.com`",
        )
        .label("not a service account"),
    );
}

fn is_service_account(address: &str) -> bool {
    let Some((name, domain)) = address.split_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&name.len())
        && name.chars().all(plain)
        && is_domain(domain)
        && domain.ends_with("gserviceaccount.com")
}

/// What to write instead, if it is no full resource name of a provider.
fn audience_fault(audience: &str) -> Option<String> {
    const FORM: &str = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/POOL/providers/PROVIDER";
    let full = audience.strip_prefix("https:").unwrap_or(audience);
    let Some(path) = full.strip_prefix("//iam.googleapis.com/") else {
        return Some(if audience.starts_with("projects/") {
            format!(
                "put the service in front: `//iam.googleapis.com/{}`",
                shown(audience)
            )
        } else {
            format!("write `{FORM}`")
        });
    };
    let plain = |part: &str| {
        (4..=32).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [
            "projects",
            project,
            "locations",
            "global",
            "workloadIdentityPools",
            pool,
            "providers",
            provider,
        ] => {
            if !is_number(project, 20) {
                Some("behind `projects/` stands the project's number, not its id".to_owned())
            } else if !plain(pool) || !plain(provider) {
                Some("pool and provider have 4 to 32 small letters, digits and hyphens".to_owned())
            } else {
                None
            }
        }
        _ => Some(format!("write `{FORM}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn accounts_and_audiences_have_their_form() {
        let pool = "locations/global/workloadIdentityPools/github/providers/github-oidc";
        let text = format!(
            "version: 1
credentials:
  a: {{gcp_default: {{impersonate: bursar@acme-billing.iam.gserviceaccount.com}}}}
  b: {{gcp_default: {{impersonate: ana@acme.example}}}}
  c: {{gcp_service_account: {{email: bursar, key: {{env: KEY}}}}}}
  d: {{gcp_workload_identity: {{audience: //iam.googleapis.com/projects/123456789012/{pool}}}}}
  e: {{gcp_workload_identity: {{audience: projects/123456789012/{pool}}}}}
  f: {{gcp_workload_identity: {{audience: //iam.googleapis.com/projects/acme-billing/{pool}}}}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "gcp.service-account credentials.b.gcp_default.impersonate",
                "gcp.service-account credentials.c.gcp_service_account.email",
                "gcp.audience credentials.e.gcp_workload_identity.audience",
                "gcp.audience credentials.f.gcp_workload_identity.audience",
            ]
        );
        assert!(
            audience_fault("projects/1/x")
                .unwrap_or_default()
                .contains("//iam.googleapis.com/projects/1/x")
        );
    }
}
