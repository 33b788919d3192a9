//! One thing is declared once, also where its id is written in two ways.

use std::collections::HashMap;

use rayon::prelude::*;

use super::support::shown;
use super::{Context, Rule};
use crate::config::declaration::Table;
use crate::config::estate::Resolved;
use crate::config::problem::Problem;

pub const RULE: Rule = Rule {
    name: "duplicate_id",
    codes: &["declared.same-id"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    judge(
        "payer",
        &estate.declaration.payers,
        &estate.payers,
        problems,
    );
    judge(
        "account",
        &estate.declaration.accounts,
        &estate.accounts,
        problems,
    );
    organizations(context, problems);
}

/// Keys are equal or sorted apart; two that differ mean one id only if one of them is not canonical.
fn judge<T: Sync>(
    noun: &str,
    table: &Table<T>,
    resolved: &[Resolved],
    problems: &mut Vec<Problem>,
) {
    let entries = table.entries();
    let odd: Vec<usize> = entries
        .par_iter()
        .zip(resolved.par_iter())
        .enumerate()
        .filter(|(_, (entry, resolved))| entry.key != resolved.id)
        .map(|(at, _)| at)
        .collect();
    let mut first: HashMap<&str, usize> = HashMap::new();
    for at in odd {
        let id = &*resolved[at].id;
        let other = table
            .position(id)
            .or_else(|| first.get(id).copied())
            .filter(|other| resolved[*other].provider == resolved[at].provider);
        first.entry(id).or_insert(at);
        let Some(other) = other else { continue };
        problems.push(
            Problem::error(
                "declared.same-id",
                table.at(&entries[at]).name(),
                format!(
                    "`{}` and `{}` are the same {noun}, written in two ways",
                    shown(&entries[at].key),
                    shown(&entries[other].key)
                ),
                format!("delete one of them, and write the other as `{}`", shown(id)),
            )
            .label("the same again")
            .related(table.at(&entries[other]).name(), "first declared here"),
        );
    }
}

/// Two names for one tenant would register its accounts twice.
fn organizations(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.organizations;
    let mut first = HashMap::new();
    for entry in table.iter() {
        let id = entry.value.id.to_ascii_lowercase();
        let Some(other) = first.insert((entry.value.provider, id), entry) else {
            continue;
        };
        problems.push(
            Problem::error(
                "declared.same-id",
                table.at(entry).key("id"),
                format!(
                    "`{}` and `{}` are the same organization of `{}`",
                    shown(&other.key),
                    shown(&entry.key),
                    entry.value.provider
                ),
                "keep one of the two names; where it was renamed, give the other one under `previously`",
            )
            .label("the same again")
            .related(table.at(other).key("id"), "first declared here"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn one_id_in_two_spellings_is_one_thing() {
        let text = "version: 1
organizations:
  azure: {provider: azure, id: 0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b}
  again: {provider: azure, id: 0E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B}
  csp: {provider: azure_csp, id: 0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b}
  gcp: {provider: gcp, id: '1'}
payers:
  01ABCD-234567-89EFAB: {organization: gcp}
  01abcd-234567-89efab: {organization: gcp}
accounts:
  1e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b: {organization: azure}
  1E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B: {organization: azure}
  2E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B: {organization: azure}
  2e1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B: {organization: azure}
  3E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B: {organization: azure}
";
        assert_eq!(
            found(&RULE, text),
            [
                "declared.same-id ~accounts.1E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B",
                "declared.same-id ~accounts.2e1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B",
                "declared.same-id organizations.azure.id",
                "declared.same-id ~payers.01abcd-234567-89efab",
            ]
        );
    }
}
