//! Ids have the form that their provider gives them.

use rayon::prelude::*;

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::model::id;
use crate::model::provider::Provider;
use crate::model::spec::{Account, AccountType, Organization, Payer};

pub const RULE: Rule = Rule {
    name: "id_format",
    codes: &[
        "id.organization",
        "id.payer",
        "id.billing-account",
        "id.account",
        "id.partner",
        "account.type",
    ],
    check,
};

/// What is wrong with an id, and what to do.
type Wrong = (String, String);

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    for entry in declaration.organizations.iter() {
        let at = declaration.organizations.at(entry);
        if let Some((message, help)) = organization(&entry.value) {
            let label = "not an organization's id";
            problems.push(
                Problem::error("id.organization", at.clone().key("id"), message, help).label(label),
            );
        }
        if let Some(partner) = entry.value.partner_id.as_deref()
            && entry.value.provider == Provider::AzureCsp
            && !is_partner(partner)
        {
            problems.push(
                Problem::error(
                    "id.partner",
                    at.key("partner_id"),
                    format!("`{}` is no Microsoft partner id", shown(partner)),
                    "write its digits between quotes, as Partner Center shows them, for example `partner_id: \"1234567\"`",
                )
                .label("not a partner id"),
            );
        }
    }
    for (entry, resolved) in declaration.payers.iter().zip(&estate.payers) {
        let Some(provider) = resolved.provider else {
            continue;
        };
        let at = declaration.payers.at(entry);
        if let Some((message, help)) = payer(provider, &resolved.id) {
            let label = "not a payer's id";
            problems
                .push(Problem::error("id.payer", at.clone().name(), message, help).label(label));
        } else if provider == Provider::Azure {
            problems.extend(billing_account(&resolved.id, &entry.value, at));
        }
    }
    let accounts = &declaration.accounts;
    let wrong: Vec<(usize, Provider, bool)> = accounts
        .entries()
        .par_iter()
        .zip(estate.accounts.par_iter())
        .enumerate()
        .filter_map(|(at, (entry, resolved))| {
            let provider = resolved.provider?;
            let form = is_account(provider, &resolved.id);
            let kind = type_fits(provider, &entry.value, &resolved.id);
            (!form || !kind).then_some((at, provider, form))
        })
        .collect();
    for (position, provider, form) in wrong {
        let entry = &accounts.entries()[position];
        let at = accounts.at(entry);
        problems.push(if form {
            account_type(&entry.value, at)
        } else {
            let (message, help) = account(provider, &entry.key);
            Problem::error("id.account", at.name(), message, help).label("not an account's id")
        });
    }
}

fn is_partner(id: &str) -> bool {
    id.len() >= 5 && id::is_number(id, 10)
}

fn organization(organization: &Organization) -> Option<Wrong> {
    let id = organization.id.as_str();
    let text = shown(id);
    let wrong = |message: String, help: &str| Some((message, help.to_owned()));
    match organization.provider {
        Provider::Aws if id::is_aws_organization(id) => None,
        Provider::Aws if id::is_aws_account(id) => wrong(
            format!("`{text}` is the id of an AWS account, not of an organization"),
            "write the id that starts with `o-`: AWS Organizations shows it under Settings, and `aws organizations describe-organization` prints it; the account belongs under `payers:`",
        ),
        Provider::Aws => wrong(
            format!("`{text}` is no id of an AWS organization"),
            "write `o-` and its 10 to 32 small letters and digits, for example `o-abcdefghij`",
        ),
        Provider::Azure | Provider::AzureCsp if id::is_guid(id) => None,
        Provider::Azure | Provider::AzureCsp if id::is_domain(id) => wrong(
            format!("`{text}` is the domain of an Entra tenant, and its id is wanted"),
            "write the Directory (tenant) ID, a GUID that Entra shows under Overview: a domain can move, the id cannot",
        ),
        Provider::Azure | Provider::AzureCsp => wrong(
            format!("`{text}` is no id of an Entra tenant"),
            "write the Directory (tenant) ID, a GUID such as `0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b`",
        ),
        Provider::Gcp if id::is_number(id, 20) => None,
        Provider::Gcp
            if id
                .strip_prefix("organizations/")
                .is_some_and(|id| id::is_number(id, 20)) =>
        {
            wrong(
                format!("`{text}` is the name of a Google Cloud organization with its path"),
                "write its digits only, without `organizations/`",
            )
        }
        Provider::Gcp => wrong(
            format!("`{text}` is no id of a Google Cloud organization"),
            "write its digits, as `gcloud organizations list` prints them, between quotes",
        ),
        Provider::Oci if id::is_ocid("tenancy", &id.to_ascii_lowercase()) => None,
        Provider::Oci => wrong(
            format!("`{text}` is no OCID of a tenancy"),
            "write the root tenancy's OCID, `ocid1.tenancy.oc1..…`: the console shows it under Tenancy details",
        ),
    }
}

fn payer(provider: Provider, id: &str) -> Option<Wrong> {
    let text = shown(id);
    let wrong = |what: &str, help: String| Some((format!("`{text}` is no {what}"), help));
    match provider {
        Provider::Aws if id::is_aws_account(id) => None,
        Provider::Aws => wrong("id of an AWS account", twelve_digits(id)),
        Provider::Azure if id::is_number(id, 12) || id::is_billing_profile(id) => None,
        Provider::Azure if id::is_mca_billing_account(id) => wrong(
            "billing profile",
            "under a Microsoft Customer Agreement the billing profile pays: write its id (`XXXX-XXXX-XXX-XXX`) as the key, and this one as `billing_account:`".to_owned(),
        ),
        Provider::Azure if id::is_billing_profile(&id.to_ascii_uppercase()) => wrong(
            "billing profile as Azure writes it",
            format!("write it in capitals: `{}`", shown(&id.to_ascii_uppercase())),
        ),
        Provider::Azure => wrong(
            "Azure enrolment or billing profile",
            "write the enrolment number (digits) of an Enterprise Agreement, or the billing profile's id (`XXXX-XXXX-XXX-XXX`) of a Microsoft Customer Agreement".to_owned(),
        ),
        Provider::AzureCsp if is_partner(id) => None,
        Provider::AzureCsp => wrong(
            "Microsoft partner id",
            "write the partner's id, its digits between quotes, for example `\"1234567\"`".to_owned(),
        ),
        Provider::Gcp if id::is_billing_account(id) => None,
        Provider::Gcp => {
            let plain = id.strip_prefix("billingAccounts/").unwrap_or(id).replace('_', "-").to_ascii_uppercase();
            let help = if id::is_billing_account(&plain) {
                format!("write `{plain}`")
            } else {
                "write it as Cloud Billing shows it, three groups of six: `01ABCD-234567-89EFAB`".to_owned()
            };
            wrong("Cloud Billing account", help)
        }
        Provider::Oci if id::is_ocid("tenancy", id) => None,
        Provider::Oci => wrong(
            "OCID of a tenancy",
            "write the root tenancy's OCID, `ocid1.tenancy.oc1..…`".to_owned(),
        ),
    }
}

fn billing_account(id: &str, payer: &Payer, at: At) -> Option<Problem> {
    let profile = id::is_billing_profile(id);
    let place = at.clone().key("billing_account");
    match payer.billing_account.as_deref() {
        None if profile => Some(
            Problem::error(
                "id.billing-account",
                at.name(),
                format!("the billing profile `{}` does not say which billing account it belongs to", shown(id)),
                "write `billing_account: \"<GUID>:<GUID>_2019-05-31\"`: Azure shows it under Cost Management + Billing, Properties",
            )
            .label("no billing account"),
        ),
        Some(account) if profile && !id::is_mca_billing_account(account) => Some(
            Problem::error(
                "id.billing-account",
                place,
                format!("`{}` is no billing account of a Microsoft Customer Agreement", shown(account)),
                "write two GUIDs with a colon between them and a date behind: `<GUID>:<GUID>_2019-05-31`",
            )
            .label("not a billing account"),
        ),
        Some(account) if !profile && account != id => Some(
            Problem::error(
                "id.billing-account",
                place,
                format!("the enrolment `{}` is its own billing account", shown(id)),
                "delete `billing_account`; for a Microsoft Customer Agreement, make the billing profile's id the key",
            )
            .label("not for an enrolment"),
        ),
        _ => None,
    }
}

fn is_account(provider: Provider, id: &str) -> bool {
    match provider {
        Provider::Aws => id::is_aws_account(id),
        Provider::Azure | Provider::AzureCsp => id::is_guid(id),
        Provider::Gcp => id::is_gcp_project(id),
        Provider::Oci => matches!(id::ocid_kind(id), Some("tenancy" | "compartment")),
    }
}

fn account(provider: Provider, id: &str) -> Wrong {
    let text = shown(id);
    match provider {
        Provider::Aws => (format!("`{text}` is no id of an AWS account"), twelve_digits(id)),
        Provider::Azure | Provider::AzureCsp => {
            let plain = id.rsplit('/').next().unwrap_or_default();
            let what = if provider == Provider::Azure { "subscription" } else { "customer or subscription" };
            let help = if id::is_guid(plain) {
                format!("write the GUID alone: `{}`", plain.to_ascii_lowercase())
            } else {
                "write its id, a GUID such as `0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b`, and its name as `name:`".to_owned()
            };
            (format!("`{text}` is no id of a {what}"), help)
        }
        Provider::Gcp if id::is_number(id, 20) => (
            format!("`{text}` is the number of a Google Cloud project, and its id is wanted"),
            format!("write the project's id (`gcloud projects describe {text}` prints it as `projectId`)"),
        ),
        Provider::Gcp => (
            format!("`{text}` is no id of a Google Cloud project"),
            "write 6 to 30 small letters, digits and hyphens, beginning with a letter: the id, not the name".to_owned(),
        ),
        Provider::Oci => (
            format!("`{text}` is no OCID of a tenancy or compartment"),
            match id::ocid_kind(id) {
                Some(kind) => format!("this one is of a {}: write `ocid1.tenancy.…` or `ocid1.compartment.…`", shown(kind)),
                None => "write `ocid1.tenancy.oc1..…` or `ocid1.compartment.oc1..…`".to_owned(),
            },
        ),
    }
}

fn twelve_digits(id: &str) -> String {
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    let dashed = id
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '-' | ' '));
    if id::is_number(id, 11) && id.len() >= 8 {
        format!(
            "it has {} digits and not 12: was a leading zero lost? Then write `\"{id:0>12}\"`",
            id.len()
        )
    } else if dashed && digits.len() == 12 {
        format!("write the digits alone: `\"{digits}\"`")
    } else {
        "write its 12 digits between quotes, for example `\"210987654321\"`".to_owned()
    }
}

/// Whether the declared type goes with the provider and the id. Types that a provider does not
/// have are another rule's.
fn type_fits(provider: Provider, account: &Account, id: &str) -> bool {
    match (provider, account.account_type) {
        (Provider::Oci, Some(AccountType::Tenancy)) => id::ocid_kind(id) == Some("tenancy"),
        (Provider::Oci, Some(AccountType::Compartment)) => id::ocid_kind(id) == Some("compartment"),
        _ => true,
    }
}

fn account_type(account: &Account, at: At) -> Problem {
    let written = account.account_type.map_or("", AccountType::as_str);
    let real = if written == "tenancy" {
        "compartment"
    } else {
        "tenancy"
    };
    Problem::error(
        "account.type",
        at.key("type"),
        format!("the OCID is of a {real}, and the type says {written}"),
        format!("write `type: {real}`, or delete it: the OCID says it already"),
    )
    .label("does not go with the OCID")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    const GUID: &str = "0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b";
    const ORGANIZATIONS: &str = "version: 1
organizations:
  aws: {provider: aws, id: o-abcdefghij}
  azure: {provider: azure, id: 0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b}
  csp: {provider: azure_csp, id: 0E1B2A3C-4d5e-4f60-8a7b-9c0d1e2f3a4b, partner_id: 1234567}
  gcp: {provider: gcp, id: 123456789012}
  oci: {provider: oci, id: ocid1.tenancy.oc1..root}
";

    #[test]
    fn right_ids_pass() {
        let text = format!(
            "{ORGANIZATIONS}
payers:
  012345678901: {{organization: aws}}
  PE2Q-NOIT-BG7-TGB: {{organization: azure, billing_account: '{GUID}:{GUID}_2019-05-31'}}
  8608480: {{organization: azure}}
  1234567: {{organization: csp}}
  01abcd-234567-89EFAB: {{organization: gcp}}
  ocid1.tenancy.oc1..root: {{organization: oci}}
accounts:
  012345678902: {{organization: aws}}
  {GUID}: {{organization: azure}}
  shop-prod: {{organization: gcp}}
  example.com:shop-prod: {{organization: gcp}}
  ocid1.compartment.oc1..a: {{organization: oci, type: compartment}}
"
        );
        assert_eq!(found(&RULE, &text), Vec::<String>::new());
    }

    #[test]
    fn wrong_ids_are_explained() {
        let text = format!(
            "{ORGANIZATIONS}  o1: {{provider: aws, id: 111122223333}}
  o2: {{provider: azure, id: acme.onmicrosoft.com}}
  o3: {{provider: gcp, id: organizations/1}}
  o4: {{provider: oci, id: ocid1.user.oc1..a}}
  o5: {{provider: azure_csp, id: x, partner_id: MPN-1}}
payers:
  12345678901: {{organization: aws}}
  pe2q-noit-bg7-tgb: {{organization: azure}}
  PE2Q-NOIT-BG7-TGA: {{organization: azure}}
  PE2Q-NOIT-BG7-TGC: {{organization: azure, billing_account: 8608480}}
  8608480: {{organization: azure, billing_account: 1}}
  billingAccounts/01abcd-234567-89efab: {{organization: gcp}}
accounts:
  2109-8765-4321: {{organization: aws}}
  /subscriptions/{GUID}: {{organization: azure}}
  123456789012: {{organization: gcp}}
  ocid1.tenancy.oc1..x: {{organization: oci, type: compartment}}
  ocid1.user.oc1..x: {{organization: oci}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "id.account ~accounts./subscriptions/0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b",
                "id.account ~accounts.123456789012",
                "id.account ~accounts.2109-8765-4321",
                "account.type accounts.ocid1.tenancy.oc1..x.type",
                "id.account ~accounts.ocid1.user.oc1..x",
                "id.organization organizations.o1.id",
                "id.organization organizations.o2.id",
                "id.organization organizations.o3.id",
                "id.organization organizations.o4.id",
                "id.organization organizations.o5.id",
                "id.partner organizations.o5.partner_id",
                "id.payer ~payers.12345678901",
                "id.billing-account payers.8608480.billing_account",
                "id.billing-account ~payers.PE2Q-NOIT-BG7-TGA",
                "id.billing-account payers.PE2Q-NOIT-BG7-TGC.billing_account",
                "id.payer ~payers.billingAccounts/01abcd-234567-89efab",
                "id.payer ~payers.pe2q-noit-bg7-tgb",
            ]
        );
        let said = said(&RULE, &text);
        for part in [
            "write the GUID alone: `0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b`",
            "is the number of a Google Cloud project",
            "`\"210987654321\"`",
            "was a leading zero lost? Then write `\"012345678901\"`",
            "write it in capitals: `PE2Q-NOIT-BG7-TGB`",
            "write `01ABCD-234567-89EFAB`",
            "is the domain of an Entra tenant",
        ] {
            assert!(
                said.iter().any(|line| line.contains(part)),
                "{part}\n{said:#?}"
            );
        }
    }
}
