//! A field stands only where its provider has a meaning for it.

use rayon::prelude::*;

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::model::provider::Provider;
use crate::model::spec::{AccountType, Export};

pub const RULE: Rule = Rule {
    name: "provider_field",
    codes: &["provider.field", "provider.export"],
    check,
};

fn field(at: At, name: &str, provider: Provider, help: impl Into<String>) -> Problem {
    Problem::error(
        "provider.field",
        at.key(name),
        format!("`{name}` means nothing for `{provider}`"),
        help,
    )
    .label("of another provider")
}

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    for entry in declaration.organizations.iter() {
        let organization = &entry.value;
        let provider = organization.provider;
        if provider == Provider::AzureCsp {
            continue;
        }
        let fields = [
            ("partner_id", organization.partner_id.is_some()),
            ("partner_center", organization.partner_center.is_some()),
            ("partner_api", organization.partner_api.is_some()),
        ];
        for (name, _) in fields.into_iter().filter(|(_, given)| *given) {
            let at = declaration.organizations.at(entry);
            let help = "delete it; only a CSP partner (`provider: azure_csp`) has it";
            problems.push(field(at, name, provider, help));
        }
    }
    for (entry, resolved) in declaration.payers.iter().zip(&estate.payers) {
        let Some(provider) = resolved.provider else {
            continue;
        };
        let at = declaration.payers.at(entry);
        if entry.value.billing_account.is_some() && provider != Provider::Azure {
            let help = "delete it; only Azure's billing profiles belong to a billing account";
            problems.push(field(at.clone(), "billing_account", provider, help));
        }
        for (name, export) in &entry.value.exports {
            if !exports(provider).contains(&export.word()) {
                problems.push(wrong_export(
                    provider,
                    export,
                    at.clone().key("exports").key(name),
                ));
            }
        }
    }
    accounts(context, problems);
}

/// The kinds of export that a provider's payers can have.
const fn exports(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Aws => &["cur", "data_export"],
        Provider::Azure => &["cost_management"],
        Provider::AzureCsp => &["partner_billing", "cost_management"],
        Provider::Gcp => &["bigquery"],
        Provider::Oci => &["reports"],
    }
}

fn wrong_export(provider: Provider, export: &Export, at: At) -> Problem {
    let word = export.word();
    let right: Vec<String> = exports(provider)
        .iter()
        .map(|word| format!("`{word}`"))
        .collect();
    Problem::error(
        "provider.export",
        at.key(word).name(),
        format!("a payer of `{provider}` has no export of kind `{word}`"),
        format!(
            "write {}, or put it below the payer that it belongs to",
            right.join(" or ")
        ),
    )
    .label("of another provider")
}

fn accounts(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let table = &estate.declaration.accounts;
    let within = |provider| matches!(provider, Provider::AzureCsp | Provider::Oci);
    let found: Vec<(usize, Provider, &str)> = table
        .entries()
        .par_iter()
        .zip(estate.accounts.par_iter())
        .enumerate()
        .filter_map(|(at, (entry, resolved))| {
            let provider = resolved.provider?;
            let account = &entry.value;
            if account
                .account_type
                .is_some_and(|kind| !types(provider).contains(&kind))
            {
                return Some((at, provider, "type"));
            }
            (account.within.is_some() && !within(provider)).then_some((at, provider, "within"))
        })
        .collect();
    for (position, provider, name) in found {
        let entry = &table.entries()[position];
        let at = table.at(entry);
        let (kind, right) = (entry.value.account_type, types(provider));
        problems.push(match kind {
            Some(kind) if name == "type" && !right.is_empty() => {
                let right: Vec<String> = right
                    .iter()
                    .map(|kind| format!("`type: {}`", kind.as_str()))
                    .collect();
                Problem::error(
                    "provider.field",
                    at.key("type"),
                    format!("an account of `{provider}` is no {}", kind.as_str()),
                    format!("write {}, or delete it", right.join(" or ")),
                )
                .label("of another provider")
            }
            _ => {
                let help = format!("delete it from `{}`", shown(&entry.key));
                field(at, name, provider, help)
            }
        });
    }
}

/// The types that a provider's accounts can have.
const fn types(provider: Provider) -> &'static [AccountType] {
    match provider {
        Provider::Aws | Provider::Gcp => &[],
        Provider::Azure => &[AccountType::Subscription],
        Provider::AzureCsp => &[AccountType::Customer, AccountType::Subscription],
        Provider::Oci => &[AccountType::Tenancy, AccountType::Compartment],
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn fields_of_other_providers_are_refused() {
        let text = "version: 1
organizations:
  aws: {provider: aws, id: o-abcdefghij, partner_id: '1234567'}
  csp: {provider: azure_csp, id: t, partner_id: '1234567'}
  azure: {provider: azure, id: t}
  gcp: {provider: gcp, id: '1'}
payers:
  '1': {organization: azure, exports: {a: {cur: {report: r, bucket: b, bucket_region: r}}}}
  '2': {organization: gcp, billing_account: x, exports: {a: {bigquery: {dataset: p.d, location: EU}}}}
  '3': {organization: csp, exports: {a: {partner_billing: {}}}}
accounts:
  a: {organization: aws, type: tenancy}
  b: {organization: gcp, within: x}
  c: {organization: csp, type: customer}
  d: {organization: azure, type: customer}
";
        assert_eq!(
            found(&RULE, text),
            [
                "provider.field accounts.a.type",
                "provider.field accounts.b.within",
                "provider.field accounts.d.type",
                "provider.field organizations.aws.partner_id",
                "provider.export ~payers.1.exports.a.cur",
                "provider.field payers.2.billing_account",
            ]
        );
    }
}
