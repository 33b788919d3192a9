//! Every name of a credential leads to one, and to one that can do what is asked of it.

use super::support::{self, Field, Found, Names, Origin, shown};
use super::{Context, Rule};
use crate::config::declaration::{Section, Table};
use crate::config::problem::{At, Problem};
use crate::model::provider::Provider;
use crate::model::spec::{Credential, Export};

pub const RULE: Rule = Rule {
    name: "credential_reference",
    codes: &[
        "reference.unknown",
        "reference.former-name",
        "credential.provider",
        "credential.kind",
    ],
    check,
};

/// What a credential is named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    /// Reaching an organization, a payer or an account.
    Reach(Provider),
    /// Reading what an export delivered.
    Read(Provider),
    /// Assuming a role.
    Source,
    PartnerCenter,
    PartnerApi,
    /// The defaults of a file, whose accounts may be of several providers.
    Any,
}

/// Why a credential does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Misfit {
    Provider,
    Kind,
}

impl Use {
    const fn provider(self) -> Option<Provider> {
        match self {
            Self::Reach(provider) | Self::Read(provider) => Some(provider),
            Self::Source => Some(Provider::Aws),
            Self::PartnerCenter | Self::PartnerApi => Some(Provider::AzureCsp),
            Self::Any => None,
        }
    }

    fn misfit(self, credential: &Credential) -> Option<Misfit> {
        let providers = providers(credential);
        if self
            .provider()
            .is_some_and(|provider| !providers.contains(&provider))
        {
            return Some(Misfit::Provider);
        }
        let fits = match (self, credential) {
            // A signature for one container opens nothing else.
            (Self::Reach(_) | Self::Any, Credential::AzureSas(_)) => false,
            (Self::PartnerCenter, credential) => matches!(credential, Credential::PartnerCenter(_)),
            (Self::PartnerApi, credential) => matches!(credential, Credential::PartnerApi(_)),
            _ => true,
        };
        (!fits).then_some(Misfit::Kind)
    }
}

/// The providers that a credential reaches, without what else is common to all kinds.
const fn providers(credential: &Credential) -> &'static [Provider] {
    match credential {
        Credential::AwsDefault(_) | Credential::AwsRole(_) | Credential::AwsAccessKey(_) => {
            &[Provider::Aws]
        }
        Credential::AzureDefault(_)
        | Credential::AzureClientSecret(_)
        | Credential::AzureCertificate(_)
        | Credential::AzureFederated(_)
        | Credential::AzureSas(_) => &[Provider::Azure, Provider::AzureCsp],
        Credential::PartnerCenter(_) | Credential::PartnerApi(_) => &[Provider::AzureCsp],
        Credential::GcpDefault(_)
        | Credential::GcpServiceAccount(_)
        | Credential::GcpWorkloadIdentity(_) => &[Provider::Gcp],
        Credential::OciApiKey(_) => &[Provider::Oci],
    }
}

struct Judge<'a> {
    names: Names<'a>,
    table: &'a Table<Credential>,
    problems: &'a mut Vec<Problem>,
}

impl Judge<'_> {
    fn judge(&mut self, name: Option<&String>, usage: Use, at: At) {
        let Some(name) = name else { return };
        let found = self.names.report(name, at.clone(), self.problems);
        if let Some(position) = found.position()
            && let Some(misfit) = usage.misfit(&self.table.entries()[position].value)
        {
            self.misfit(position, misfit, usage, at, "");
        }
    }

    fn misfit(&mut self, position: usize, misfit: Misfit, usage: Use, at: At, subject: &str) {
        let entry = &self.table.entries()[position];
        let common = entry.value.common();
        let (key, word) = (shown(&entry.key), common.word);
        let problem = match misfit {
            Misfit::Provider => {
                let provider = usage.provider().map_or("", Provider::as_str);
                let fitting: Vec<&str> = self
                    .table
                    .iter()
                    .filter(|entry| usage.misfit(&entry.value).is_none())
                    .map(|entry| &*entry.key)
                    .collect();
                let help = support::choices(&fitting).map_or_else(
                    || format!("declare a credential for `{provider}` under `credentials:`, and name it here"),
                    |choices| format!("name one that does: {choices}"),
                );
                Problem::error(
                    "credential.provider",
                    at,
                    format!("the credential `{key}` ({word}) cannot reach `{provider}`{subject}"),
                    help,
                )
            }
            Misfit::Kind if matches!(entry.value, Credential::AzureSas(_)) => Problem::error(
                "credential.kind",
                at,
                format!(
                    "the credential `{key}` ({word}) opens a storage container and nothing else{subject}"
                ),
                format!(
                    "write `read_with: {key}` in the export that it reads, and name another credential here"
                ),
            ),
            Misfit::Kind => {
                let wanted = if usage == Use::PartnerApi {
                    "partner_api"
                } else {
                    "partner_center"
                };
                Problem::error(
                    "credential.kind",
                    at,
                    format!(
                        "`{wanted}` wants a credential of kind `{wanted}`, and `{key}` is of kind `{word}`"
                    ),
                    format!("name a credential that is declared as `{{{wanted}: {{…}}}}`"),
                )
            }
        };
        let place = self.table.at(entry).name();
        self.problems.push(
            problem
                .label("does not fit")
                .related(place, "declared here"),
        );
    }
}

const fn export_provider(export: &Export) -> Provider {
    match export {
        Export::Cur(_) | Export::DataExport(_) => Provider::Aws,
        Export::CostManagement(_) => Provider::Azure,
        Export::PartnerBilling(_) => Provider::AzureCsp,
        Export::BigQuery(_) => Provider::Gcp,
        Export::Reports(_) => Provider::Oci,
    }
}

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    let table = &declaration.credentials;
    let names = Names::new("credential", declaration, table, |credential| {
        previously(credential)
    });
    let mut judge = Judge {
        names,
        table,
        problems,
    };
    for entry in declaration.organizations.iter() {
        let at = declaration.organizations.at(entry);
        let organization = &entry.value;
        let reach = Use::Reach(organization.provider);
        judge.judge(
            organization.credentials.as_ref(),
            reach,
            at.clone().key("credentials"),
        );
        let defaults = at.clone().key("defaults").key("credentials");
        judge.judge(organization.defaults.credentials.as_ref(), reach, defaults);
        if organization.provider == Provider::AzureCsp {
            let center = at.clone().key("partner_center");
            judge.judge(
                organization.partner_center.as_ref(),
                Use::PartnerCenter,
                center,
            );
            judge.judge(
                organization.partner_api.as_ref(),
                Use::PartnerApi,
                at.key("partner_api"),
            );
        }
    }
    for (entry, resolved) in declaration.payers.iter().zip(&estate.payers) {
        let at = declaration.payers.at(entry);
        let reach = resolved.provider.map_or(Use::Any, Use::Reach);
        judge.judge(
            entry.value.credentials.as_ref(),
            reach,
            at.clone().key("credentials"),
        );
        for (name, export) in &entry.value.exports {
            let read_with = export.read_with().map(str::to_owned);
            let at = at
                .clone()
                .key("exports")
                .key(name)
                .key(export.word())
                .key("read_with");
            judge.judge(read_with.as_ref(), Use::Read(export_provider(export)), at);
        }
    }
    for entry in table.iter() {
        if let Credential::AwsRole(role) = &entry.value {
            let at = table.at(entry).key("aws_role").key("source");
            judge.judge(role.source.as_ref(), Use::Source, at);
        }
    }
    for (file, defaults) in &declaration.defaults {
        let at = At::file(*file)
            .key(Section::Defaults.as_str())
            .key("credentials");
        judge.judge(defaults.credentials.as_ref(), Use::Any, at);
    }
    judge_accounts(context, &mut judge);
}

fn judge_accounts(context: Context<'_>, judge: &mut Judge<'_>) {
    let estate = context.estate;
    let (names, table) = (&judge.names, judge.table);
    let hits = support::accounts(estate, Field::Credentials, |account, resolved| {
        let name = account.value.credentials.as_deref()?;
        let usage = resolved.provider.map_or(Use::Any, Use::Reach);
        let found = names.find(name);
        let misfit = found
            .position()
            .and_then(|position| usage.misfit(&table.entries()[position].value));
        (misfit.is_some() || !matches!(found, Found::Present(_) | Found::Unread)).then_some((
            found,
            misfit,
            usage,
            resolved.organization,
        ))
    });
    for hit in hits {
        let (found, misfit, usage, _) = hit.cause;
        let account = &estate.declaration.accounts.entries()[hit.account];
        let own = matches!(hit.origin, Origin::Own(_));
        let at = support::place(estate, hit.origin, Field::Credentials);
        let name = account.value.credentials.as_deref().unwrap_or_default();
        // Names that defaults spell wrongly are reported where the defaults stand.
        match found {
            Found::Nowhere if own => judge.problems.push(judge.names.unknown(name, at.clone())),
            Found::Former(now) if own => {
                judge
                    .problems
                    .push(judge.names.former_name(name, now, at.clone()))
            }
            _ => {}
        }
        let Some((misfit, position)) = misfit.zip(found.position()) else {
            continue;
        };
        match hit.origin {
            Origin::Own(_) => judge.misfit(position, misfit, usage, at, ""),
            // The organization's defaults are judged with it; a file's fit some and not others.
            Origin::File(_) if misfit == Misfit::Provider => {
                let place = estate.declaration.accounts.at(account).name();
                let more = match hit.more {
                    0 => String::new(),
                    more => format!(" (nor for {more} more of this file)"),
                };
                let before = judge.problems.len();
                judge.misfit(position, misfit, usage, place, &more);
                if let Some(problem) = judge.problems.get_mut(before) {
                    problem.related.push((at, "taken from here".to_owned()));
                }
            }
            _ => {}
        }
    }
}

fn previously(credential: &Credential) -> &[String] {
    credential.common().previously
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, found_in, said};
    use super::*;

    const HEAD: &str = "version: 1
credentials:
  ci: {aws_default: {}}
  role: {aws_role: {role_name: Reader, source: ci, previously: [old-role]}}
  entra: {azure_default: {}}
  sas: {azure_sas: {token: {env: SAS}}}
  center: {partner_center: {tenant_id: t, client_id: c, application_id: a, secret_key: {env: PC}}}
organizations:
  core: {provider: aws, id: o-abcdefghij, credentials: role}
  azure: {provider: azure, id: t, credentials: entra}
";

    #[test]
    fn right_references_pass() {
        let text = format!(
            "{HEAD}  csp: {{provider: azure_csp, id: t, partner_center: center, credentials: entra}}
payers:
  '1': {{organization: azure, credentials: entra, exports: {{a: {{cost_management: {{dataset: ActualCost, storage: s, container: c, read_with: sas}}}}}}}}
accounts:
  '2': {{organization: core, credentials: ci}}
"
        );
        assert_eq!(found(&RULE, &text), Vec::<String>::new());
    }

    #[test]
    fn wrong_references_are_told_apart() {
        let text = format!(
            "{HEAD}  csp: {{provider: azure_csp, id: t, partner_center: entra, partner_api: cente}}
payers:
  '1': {{organization: core, credentials: entra, exports: {{a: {{cur: {{report: r, bucket: b, bucket_region: r, read_with: sas}}}}}}}}
  '2': {{organization: azure, credentials: sas}}
accounts:
  '3': {{organization: core, credentials: rol}}
  '4': {{organization: core, credentials: old-role}}
  '5': {{organization: core, credentials: entra}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "reference.unknown accounts.3.credentials",
                "warning reference.former-name accounts.4.credentials",
                "credential.provider accounts.5.credentials",
                "reference.unknown organizations.csp.partner_api",
                "credential.kind organizations.csp.partner_center",
                "credential.provider payers.1.credentials",
                "credential.provider payers.1.exports.a.cur.read_with",
                "credential.kind payers.2.credentials",
            ]
        );
        assert!(said(&RULE, &text).contains(
            &"the credential `entra` (azure_default) cannot reach `aws`; name one that does: `ci` or `role`".to_owned()
        ));
    }

    #[test]
    fn a_files_default_that_fits_some_accounts_is_said_once() {
        let file = "defaults: {organization: azure, credentials: ci}
accounts: {'3': A, '4': B, '5': {organization: core}}
";
        assert_eq!(
            found_in(&RULE, &[("bursar.yaml", HEAD), ("a.yaml", file)]),
            ["credential.provider 1: ~accounts.3"]
        );
    }
}
