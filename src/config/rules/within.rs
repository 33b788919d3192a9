//! What an account is part of is declared, fits its kind, and is not part of the account itself.

use std::collections::HashMap;

use rayon::prelude::*;

use super::support::{Ids, shown};
use super::{Context, Rule};
use crate::config::declaration::Section;
use crate::config::problem::Problem;
use crate::config::suggest::Suggester;
use crate::model::provider::Provider;
use crate::model::spec::AccountType;

pub const RULE: Rule = Rule {
    name: "within",
    codes: &[
        "reference.unknown",
        "reference.organization",
        "within.kind",
        "within.missing",
        "cycle.within",
    ],
    check,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Unknown,
    /// The account at that position is of another organization.
    Foreign(u32),
    /// The account at that position is no customer.
    NoCustomer(u32),
    CustomerWithin,
    MissingCustomer,
    MissingType,
}

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let accounts = &estate.declaration.accounts;
    let ids = Ids::new(accounts, &estate.accounts);
    // The root tenancy of an organization or payer need not be an account of its own.
    let roots: Vec<&str> = estate
        .declaration
        .organizations
        .iter()
        .filter(|entry| entry.value.provider == Provider::Oci)
        .map(|entry| entry.value.id.as_str())
        .chain(
            estate
                .payers
                .iter()
                .filter(|payer| payer.provider == Some(Provider::Oci))
                .map(|payer| &*payer.id),
        )
        .collect();
    let judge = |at: usize| {
        let account = &accounts.entries()[at].value;
        let resolved = &estate.accounts[at];
        let provider = resolved.provider?;
        let customer = account.account_type == Some(AccountType::Customer);
        let within = match (&account.within, provider) {
            (None, Provider::AzureCsp) => {
                return match account.account_type {
                    None => Some(Wrong::MissingType),
                    Some(AccountType::Subscription) => Some(Wrong::MissingCustomer),
                    Some(_) => None,
                };
            }
            (Some(_), Provider::AzureCsp) if customer => return Some(Wrong::CustomerWithin),
            (Some(within), Provider::AzureCsp | Provider::Oci) => within.as_str(),
            // Other providers have no such field, which another rule says.
            _ => return None,
        };
        let Some(target) = ids.find(within) else {
            let root = provider == Provider::Oci && roots.contains(&within);
            let known = root
                || context.estate.declaration.may_declare_id(
                    Section::Accounts,
                    Some(provider),
                    within,
                );
            return (!known).then_some(Wrong::Unknown);
        };
        let other = &estate.accounts[target];
        if other.organization != resolved.organization {
            return Some(Wrong::Foreign(target as u32));
        }
        let kind = accounts.entries()[target].value.account_type;
        let no_customer = provider == Provider::AzureCsp && kind != Some(AccountType::Customer);
        no_customer.then_some(Wrong::NoCustomer(target as u32))
    };
    let found: Vec<(usize, Wrong)> = (0..accounts.len())
        .into_par_iter()
        .filter_map(|at| judge(at).map(|wrong| (at, wrong)))
        .collect();
    let mut suggester = None;
    for (at, wrong) in found {
        problems.push(problem(context, at, wrong, &mut suggester));
    }
    cycles(context, &ids, problems);
}

fn problem<'e>(
    context: Context<'e>,
    at: usize,
    wrong: Wrong,
    suggester: &mut Option<Suggester<'e>>,
) -> Problem {
    let accounts = &context.estate.declaration.accounts;
    let entry = &accounts.entries()[at];
    let key = shown(&entry.key);
    let within = entry.value.within.as_deref().unwrap_or_default();
    let place = accounts.at(entry);
    let field = place.clone().key("within");
    let place_of = |target: u32| {
        let entry = &accounts.entries()[target as usize];
        accounts.at(entry).name()
    };
    match wrong {
        Wrong::Unknown => {
            let known = suggester.get_or_insert_with(|| Suggester::new(accounts.keys()));
            let help = known.nearest(within).map_or_else(
                || "declare it under `accounts:` in the same organization".to_owned(),
                |near| format!("did you mean `{}`? If not, declare it under `accounts:`", shown(near)),
            );
            let message = format!("no account has the id `{}`", shown(within));
            Problem::error("reference.unknown", field, message, help).label("leads nowhere")
        }
        Wrong::Foreign(target) => Problem::error(
            "reference.organization",
            field,
            format!("`{}` belongs to another organization than `{key}`", shown(within)),
            "give both the same `organization:`, or name an account of this one",
        )
        .label("of another organization")
        .related(place_of(target), "declared here"),
        Wrong::NoCustomer(target) => Problem::error(
            "within.kind",
            field,
            format!("`{}` is no customer, and a CSP subscription is part of a customer", shown(within)),
            "name the customer's id here; if this is the customer, write `type: customer` where it is declared",
        )
        .label("not a customer")
        .related(place_of(target), "declared here"),
        Wrong::CustomerWithin => Problem::error(
            "within.kind",
            field,
            format!("`{key}` is a CSP customer, and a customer is part of no other account"),
            "delete `within`, or `type: customer` if this is a subscription",
        )
        .label("not for a customer"),
        Wrong::MissingCustomer => Problem::error(
            "within.missing",
            place.name(),
            format!("the CSP subscription `{key}` does not say whose it is"),
            "name its customer: `within: <the customer's id>`",
        ),
        Wrong::MissingType => Problem::error(
            "within.missing",
            place.name(),
            format!("nothing says whether `{key}` is a CSP customer or a subscription"),
            "write `type: customer`, or for a subscription `within: <the customer's id>`",
        ),
    }
}

/// Compartments that are inside themselves.
fn cycles(
    context: Context<'_>,
    ids: &Ids<'_, crate::model::spec::Account>,
    problems: &mut Vec<Problem>,
) {
    let estate = context.estate;
    let accounts = &estate.declaration.accounts;
    let parents: HashMap<usize, usize> = accounts
        .entries()
        .par_iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let within = entry.value.within.as_deref()?;
            ids.find(within).map(|parent| (at, parent))
        })
        .collect();
    let mut starts: Vec<usize> = parents.keys().copied().collect();
    starts.sort_unstable();
    for cycle in super::cycle::find(starts, |at| parents.get(&at).copied()) {
        let keys: Vec<&str> = cycle
            .iter()
            .map(|at| &*accounts.entries()[*at].key)
            .collect();
        let Some(first) = cycle.first() else { continue };
        problems.push(
            Problem::error(
                "cycle.within",
                accounts.at(&accounts.entries()[*first]).key("within"),
                format!(
                    "accounts are inside each other: {}",
                    super::cycle::path(&keys)
                ),
                "take `within` out of one of them, or name its real parent",
            )
            .label("leads back here"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    const HEAD: &str = "version: 1
organizations:
  csp: {provider: azure_csp, id: t}
  csp2: {provider: azure_csp, id: u}
  oci: {provider: oci, id: ocid1.tenancy.oc1..root}
accounts:
";

    #[test]
    fn parents_are_declared_and_fit() {
        let text = format!(
            "{HEAD}
  0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b: {{organization: csp, type: customer}}
  a1: {{organization: csp, within: 0E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B}}
  a2: {{organization: csp}}
  a3: {{organization: csp, type: subscription}}
  a4: {{organization: csp, within: nobody}}
  a5: {{organization: csp, within: a1}}
  a6: {{organization: csp2, within: 0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b}}
  a7: {{organization: csp, type: customer, within: a1}}
  c1: {{organization: oci, within: ocid1.tenancy.oc1..root}}
  c2: {{organization: oci, within: c1}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "within.missing ~accounts.a2",
                "within.missing ~accounts.a3",
                "reference.unknown accounts.a4.within",
                "within.kind accounts.a5.within",
                "reference.organization accounts.a6.within",
                "within.kind accounts.a7.within",
            ]
        );
    }

    #[test]
    fn compartments_form_a_tree() {
        let text = format!(
            "{HEAD}  c1: {{organization: oci, within: c3}}
  c2: {{organization: oci, within: c1}}
  c3: {{organization: oci, within: c2}}
  c4: {{organization: oci, within: c1}}
"
        );
        assert_eq!(found(&RULE, &text), ["cycle.within accounts.c1.within"]);
    }
}
