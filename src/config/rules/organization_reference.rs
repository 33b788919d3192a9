//! Every payer and account belongs to an organization that is declared.

use std::collections::BTreeMap;

use super::support::{self, Field, Found, Names, Origin, shown};
use super::{Context, Rule};
use crate::config::declaration::Section;
use crate::config::problem::{At, FileId, Problem};

pub const RULE: Rule = Rule {
    name: "organization_reference",
    codes: &[
        "reference.unknown",
        "reference.former-name",
        "reference.missing",
        "defaults.organization",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    let table = &declaration.organizations;
    let mut names = Names::new("organization", declaration, table, |organization| {
        &organization.previously
    });
    for payer in declaration.payers.iter() {
        let at = declaration.payers.at(payer).key("organization");
        names.report(&payer.value.organization, at, problems);
    }
    for (file, defaults) in &declaration.defaults {
        if let Some(name) = &defaults.organization {
            let at = At::file(*file)
                .key(Section::Defaults.as_str())
                .key("organization");
            names.report(name, at, problems);
        }
    }
    for entry in table
        .iter()
        .filter(|entry| entry.value.defaults.organization.is_some())
    {
        problems.push(Problem::error(
            "defaults.organization",
            table.at(entry).key("defaults").key("organization"),
            "the defaults of an organization cannot name an organization",
            "delete it here; to give the accounts of a file their organization, write `defaults: {organization: …}` at the top of that file",
        ));
    }
    let hits = support::accounts(estate, Field::Organization, |account, resolved| {
        let silent = match &account.value.organization {
            Some(name) => names.find(name) == Found::Unread,
            // What the defaults of a file say that were refused is not known.
            None => declaration.unread.sections.contains(&Section::Defaults),
        };
        (!silent && (resolved.organization.is_none() || resolved.former))
            .then_some((account.value.organization.is_none(), resolved.organization))
    });
    let mut without: BTreeMap<FileId, Vec<(At, &str)>> = BTreeMap::new();
    for hit in hits {
        // What defaults say wrongly is said above, where they stand.
        if !matches!(hit.origin, Origin::Own(_)) {
            continue;
        }
        let at = support::place(estate, hit.origin, Field::Organization);
        let account = &declaration.accounts.entries()[hit.account];
        match (hit.cause, &account.value.organization) {
            ((true, _), _) => {
                let of_file = without.entry(account.file).or_default();
                of_file.push((at, &account.key));
            }
            ((_, Some(now)), Some(name)) => {
                let key = shown(name);
                problems.push(
                    Problem::warning(
                        "reference.former-name",
                        at,
                        format!(
                            "the organization `{key}` is named here by a name that it had before"
                        ),
                        format!("write `{key}` here"),
                    )
                    .label("a former name")
                    .related(
                        table.at(&table.entries()[now as usize]).name(),
                        "has this name now",
                    ),
                );
            }
            (_, name) => {
                problems.push(names.unknown(name.as_deref().unwrap_or_default(), at));
            }
        }
    }
    problems.extend(
        without
            .into_values()
            .filter_map(|accounts| missing(accounts, &names)),
    );
}

/// Accounts of one file that name no organization: the first, and how many more.
fn missing(accounts: Vec<(At, &str)>, names: &Names<'_>) -> Option<Problem> {
    const SHOWN: usize = 3;
    let example = names.known().first().map_or("acme", |name| name);
    let example = shown(example);
    let more = match accounts.len() {
        0 | 1 => String::new(),
        count => format!(", nor {} more of this file", count - 1),
    };
    let mut accounts = accounts.into_iter();
    let (at, key) = accounts.next()?;
    let problem = Problem::error(
        "reference.missing",
        at,
        format!("the account `{}` names no organization{more}", shown(key)),
        format!(
            "give all accounts of this file one at its top: `defaults: {{organization: {example}}}`; or each its own: `organization: {example}`"
        ),
    )
    .label("no organization");
    Some(accounts.take(SHOWN).fold(problem, |problem, (at, _)| {
        problem.related(at, "nor does this one")
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, found_in, said};
    use super::*;

    const ORGANIZATIONS: &str = "version: 1
organizations:
  acme-core: {provider: aws, id: o-abcdefghij, previously: [core]}
";

    #[test]
    fn names_lead_to_organizations() {
        let wrong = format!(
            "{ORGANIZATIONS}
payers:
  '111122223333': {{organization: acme-cor}}
  '111122223334': {{organization: core}}
accounts:
  '210987654321': {{organization: nowhere}}
  '210987654322': A name
  '210987654323': {{organization: core}}
  '210987654324': {{organization: acme-core}}
"
        );
        assert_eq!(
            found(&RULE, &wrong),
            [
                "reference.unknown accounts.210987654321.organization",
                "reference.missing ~accounts.210987654322",
                "warning reference.former-name accounts.210987654323.organization",
                "reference.unknown payers.111122223333.organization",
                "warning reference.former-name payers.111122223334.organization",
            ]
        );
        assert!(said(&RULE, &wrong).contains(
            &"no organization is called `acme-cor`; did you mean `acme-core`? If not, declare it under `organizations:`".to_owned()
        ));
    }

    #[test]
    fn defaults_are_blamed_once_and_not_their_accounts() {
        let file = "defaults: {organization: acme-corr}
accounts: {'210987654321': A, '210987654322': B}
";
        assert_eq!(
            found_in(&RULE, &[("bursar.yaml", ORGANIZATIONS), ("a.yaml", file)]),
            ["reference.unknown 1: defaults.organization"]
        );
        let right = "defaults: {organization: acme-core}
accounts: {'210987654321': A, '210987654322': {}}
";
        assert!(found_in(&RULE, &[("bursar.yaml", ORGANIZATIONS), ("a.yaml", right)]).is_empty());
    }

    #[test]
    fn an_organizations_defaults_name_none() {
        let text = "version: 1
organizations:
  acme-core: {provider: aws, id: o-abcdefghij, defaults: {organization: acme-core}}
";
        assert_eq!(
            found(&RULE, text),
            ["defaults.organization organizations.acme-core.defaults.organization"]
        );
    }
}
