//! Every account has one payer, and one of its own organization.

use std::collections::HashMap;

use super::support::{self, Field, Ids, Origin, choices, shown};
use super::{Context, Rule};
use crate::config::declaration::Section;
use crate::config::problem::{At, Problem};
use crate::config::suggest::Suggester;
use crate::model::provider::Provider;

pub const RULE: Rule = Rule {
    name: "payer_reference",
    codes: &[
        "reference.unknown",
        "reference.ambiguous",
        "reference.organization",
    ],
    check,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Cause {
    Unknown,
    Ambiguous,
    Foreign(u32),
}

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    let mut of_organization: HashMap<u32, Vec<u32>> = HashMap::new();
    for (at, payer) in estate.payers.iter().enumerate() {
        if let Some(organization) = payer.organization {
            of_organization
                .entry(organization)
                .or_default()
                .push(at as u32);
        }
    }
    let payers = Ids::new(&declaration.payers, &estate.payers);
    let mut suggester = Suggester::new(declaration.payers.keys());
    // A payer that is declared, but not well, is not to be missed.
    let unread = |provider: Option<Provider>, written: &str| {
        declaration.may_declare_id(Section::Payers, provider, written)
    };
    let exists = |written: &str| {
        std::iter::once(None)
            .chain(Provider::ALL.map(Some))
            .any(|provider| payers.find_written(provider, written).is_some() || unread(provider, written))
    };
    for (file, defaults) in &declaration.defaults {
        if let Some(payer) = defaults.payer.as_deref().filter(|payer| !exists(payer)) {
            let at = At::file(*file).key(Section::Defaults.as_str()).key("payer");
            problems.push(unknown(payer, at, &mut suggester));
        }
    }
    for (position, entry) in declaration.organizations.iter().enumerate() {
        let Some(payer) = entry.value.defaults.payer.as_deref() else {
            continue;
        };
        let at = declaration
            .organizations
            .at(entry)
            .key("defaults")
            .key("payer");
        match payers.find_written(Some(entry.value.provider), payer) {
            None if unread(Some(entry.value.provider), payer) => {}
            None => problems.push(unknown(payer, at, &mut suggester)),
            Some(payer) if estate.payers[payer].organization != Some(position as u32) => {
                problems.push(foreign(context, payer, position, at, ""));
            }
            Some(_) => {}
        }
    }
    let hits = support::accounts(estate, Field::Payer, |account, resolved| {
        let organization = resolved.organization?;
        let cause = match (resolved.payer, &account.value.payer) {
            (Some(payer), _) => {
                let foreign = estate.payers[payer as usize].organization != Some(organization);
                foreign.then_some(Cause::Foreign(payer))
            }
            (None, Some(written)) => {
                (!unread(resolved.provider, written)).then_some(Cause::Unknown)
            }
            (None, None) => {
                let several = of_organization
                    .get(&organization)
                    .is_some_and(|all| all.len() > 1);
                several.then_some(Cause::Ambiguous)
            }
        };
        cause.map(|cause| (cause, organization))
    });
    for hit in hits {
        let (cause, organization) = hit.cause;
        let account = &declaration.accounts.entries()[hit.account];
        let written = account.value.payer.as_deref().unwrap_or_default();
        let own = matches!(hit.origin, Origin::Own(_));
        let at = match hit.origin {
            // The default is right for others: it is this account that must say otherwise.
            Origin::File(_) => declaration.accounts.at(account).name(),
            origin => support::place(estate, origin, Field::Payer),
        };
        let more = match hit.more {
            0 => String::new(),
            more => format!(" (nor {more} more of this file)"),
        };
        match cause {
            Cause::Ambiguous => {
                let of = of_organization
                    .get(&organization)
                    .map_or(&[][..], Vec::as_slice);
                problems.push(ambiguous(context, of, organization, at, &account.key));
            }
            Cause::Unknown if own => problems.push(unknown(written, at, &mut suggester)),
            Cause::Unknown if matches!(hit.origin, Origin::File(_)) && exists(written) => {
                let organization = &declaration.organizations.entries()[organization as usize];
                let provider = organization.value.provider;
                problems.push(
                    Problem::error(
                        "reference.organization",
                        at,
                        format!(
                            "the payer `{}` is not one of `{provider}`, as the account `{}` is{more}",
                            shown(written),
                            shown(&account.key)
                        ),
                        format!("give this account a payer of `{}`: `payer: …`", shown(&organization.key)),
                    )
                    .related(support::place(estate, hit.origin, Field::Payer), "taken from here"),
                );
            }
            Cause::Foreign(payer) if !matches!(hit.origin, Origin::Organization(_)) => {
                problems.push(foreign(
                    context,
                    payer as usize,
                    organization as usize,
                    at,
                    &more,
                ));
            }
            _ => {}
        }
    }
}

fn unknown(payer: &str, at: At, suggester: &mut Suggester<'_>) -> Problem {
    let help = if let Some(near) = suggester.nearest(payer) {
        format!(
            "did you mean `{}`? If not, declare it under `payers:`",
            shown(near)
        )
    } else if let Some(choices) = choices(suggester.known()) {
        format!("declare it under `payers:`, or write {choices}")
    } else {
        "declare it under `payers:`".to_owned()
    };
    Problem::error(
        "reference.unknown",
        at,
        format!("no payer has the id `{}`", shown(payer)),
        help,
    )
    .label("leads nowhere")
}

fn ambiguous(
    context: Context<'_>,
    of: &[u32],
    organization: u32,
    at: At,
    account: &str,
) -> Problem {
    let declaration = &context.estate.declaration;
    let organization = &declaration.organizations.entries()[organization as usize];
    let entries = declaration.payers.entries();
    let keys: Vec<&str> = of.iter().map(|at| &*entries[*at as usize].key).collect();
    let first = keys.first().map_or("", |key| key);
    let help = match choices(&keys) {
        Some(all) => format!(
            "say which one: `payer: \"{}\"` (it has {all})",
            shown(first)
        ),
        None => format!("say which one, for example `payer: \"{}\"`", shown(first)),
    };
    Problem::error(
        "reference.ambiguous",
        at,
        format!(
            "the organization `{}` has {} payers, and the account `{}` names none of them",
            shown(&organization.key),
            of.len(),
            shown(account)
        ),
        help,
    )
    .label("which payer?")
}

fn foreign(context: Context<'_>, payer: usize, organization: usize, at: At, more: &str) -> Problem {
    let estate = context.estate;
    let declaration = &estate.declaration;
    let entry = &declaration.payers.entries()[payer];
    let organizations = declaration.organizations.entries();
    let own = &organizations[organization];
    let message = match estate.payers[payer].organization {
        Some(other) => format!(
            "the payer `{}` belongs to the organization `{}`, not to `{}`{more}",
            shown(&entry.key),
            shown(&organizations[other as usize].key),
            shown(&own.key)
        ),
        None => format!(
            "the payer `{}` belongs to no declared organization",
            shown(&entry.key)
        ),
    };
    Problem::error(
        "reference.organization",
        at,
        message,
        format!(
            "name a payer of `{0}`, or move the account to the payer's organization with `organization:`",
            shown(&own.key)
        ),
    )
    .label("of another organization")
    .related(declaration.payers.at(entry).key("organization"), "the payer's organization")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, found_in, said};
    use super::*;

    const HEAD: &str = "version: 1
organizations:
  core: {provider: aws, id: o-abcdefghij}
  other: {provider: aws, id: o-abcdefghik}
  gcp: {provider: gcp, id: '1'}
payers:
  '111122223333': {organization: core}
  '111122224444': {organization: core}
  '999922223333': {organization: other}
  01ABCD-234567-89EFAB: {organization: gcp}
";

    #[test]
    fn payers_exist_are_named_and_belong() {
        let text = format!(
            "{HEAD}
accounts:
  a: {{organization: core, payer: '111122223333'}}
  b: {{organization: core}}
  c: {{organization: core, payer: '111122223334'}}
  d: {{organization: core, payer: '999922223333'}}
  e: {{organization: other}}
  f: {{organization: gcp, payer: 01abcd-234567-89efab}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "reference.ambiguous ~accounts.b",
                "reference.unknown accounts.c.payer",
                "reference.organization accounts.d.payer",
            ]
        );
        assert_eq!(
            said(&RULE, &text)[0],
            "the organization `core` has 2 payers, and the account `b` names none of them; say which one: `payer: \"111122223333\"` (it has `111122223333` or `111122224444`)"
        );
    }

    #[test]
    fn defaults_are_judged_where_they_stand() {
        let file = "defaults: {organization: core, payer: '111122223334'}
accounts: {a: A, b: B}
";
        let files = [("bursar.yaml", HEAD), ("a.yaml", file)];
        assert_eq!(
            found_in(&RULE, &files),
            ["reference.unknown 1: defaults.payer"]
        );
        let file = "defaults: {organization: core, payer: '111122223333'}
accounts: {a: A, b: {organization: gcp}, c: {organization: other}}
";
        assert_eq!(
            found_in(&RULE, &[("bursar.yaml", HEAD), ("a.yaml", file)]),
            [
                "reference.organization 1: ~accounts.b",
                "reference.organization 1: ~accounts.c"
            ]
        );
    }
}
