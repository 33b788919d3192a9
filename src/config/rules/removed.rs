//! What is said to be removed is an address, and is not declared at the same time.

use super::support::{Ids, shown};
use super::{Context, Rule};
use crate::config::declaration::{Entry, Table};
use crate::config::problem::{At, Problem};
use crate::config::suggest::closest;
use crate::model::address::{Address, AddressError, Kind};

pub const RULE: Rule = Rule {
    name: "removed",
    codes: &["removed.address", "removed.declared", "removed.renamed"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.removed;
    for entry in table.iter() {
        let at = table.at(entry).name();
        let address = match Address::parse(&entry.key) {
            Ok(address) => address,
            Err(error) => {
                problems.push(malformed(&entry.key, &error, at));
                continue;
            }
        };
        if let Some(place) = declared(context, &address) {
            problems.push(
                Problem::error(
                    "removed.declared",
                    at,
                    format!(
                        "`{}` is declared, and it is said to be removed",
                        shown(&entry.key)
                    ),
                    "delete one of the two: this entry to keep it, the declaration to remove it",
                )
                .label("still declared")
                .related(place, "declared here"),
            );
        } else if let Some((now, place)) = renamed(context, &address) {
            problems.push(
                Problem::error(
                    "removed.renamed",
                    at,
                    format!("`{}` is renamed to `{}`, and it is said to be removed", shown(&entry.key), shown(now)),
                    "delete this entry to rename it, or take the name out of `previously` to remove it",
                )
                .label("renamed, not removed")
                .related(place.key("previously"), "renamed here"),
            );
        }
    }
}

fn malformed(key: &str, error: &AddressError, at: At) -> Problem {
    let first = key.split('/').next().unwrap_or_default();
    let kinds = Kind::ALL.map(Kind::as_str);
    let help = match error {
        AddressError::Kind(_) => match closest(first, kinds.into_iter()) {
            Some(near) => format!("did you mean `{}`?", shown(&key.replacen(first, near, 1))),
            None => "write an address as a plan shows it, for example `account/aws/410987654321` or `credential/old`".to_owned(),
        },
        AddressError::Parts { kind, .. } => format!("write `{}`", form(*kind)),
    };
    let message = match error {
        AddressError::Kind(_) => format!("`{}` is no address", shown(key)),
        AddressError::Parts { kind, .. } => {
            format!("`{}` is no address of a {}", shown(key), kind.noun(1))
        }
    };
    Problem::error("removed.address", at, message, help).label("not an address")
}

const fn form(kind: Kind) -> &'static str {
    match kind {
        Kind::Credential => "credential/NAME",
        Kind::Organization => "organization/NAME",
        Kind::Payer => "payer/PROVIDER/ID",
        Kind::Export => "export/PROVIDER/PAYER/NAME",
        Kind::Recommendations => "recommendations/ORGANIZATION",
        Kind::Account => "account/PROVIDER/ID",
        Kind::CostCenter => "cost_center/CODE",
        Kind::Budget => "budget/CODE/YEAR",
        Kind::SharedCost => "shared_cost/NAME",
    }
}

fn declared(context: Context<'_>, address: &Address) -> Option<At> {
    let estate = context.estate;
    let declaration = &estate.declaration;
    fn named<T>(table: &Table<T>, name: &str) -> Option<At> {
        table.get(name).map(|entry| table.at(entry).name())
    }
    let mut parts = address.parts();
    let first = parts.next()?;
    let second = parts.next().unwrap_or_default();
    let third = parts.next().unwrap_or_default();
    let provider = address.provider();
    match address.kind() {
        Kind::Credential => named(&declaration.credentials, &first),
        Kind::Organization => named(&declaration.organizations, &first),
        Kind::CostCenter => named(&declaration.cost_centers, &first),
        Kind::SharedCost => named(&declaration.shared_costs, &first),
        Kind::Recommendations => {
            let entry = declaration.organizations.get(&first)?;
            let at = declaration.organizations.at(entry).key("recommendations");
            entry.value.recommendations.then_some(at)
        }
        Kind::Budget => {
            let of =
                |entry: &&Entry<_>| *entry.key == *first && entry.year.as_deref() == Some(&second);
            let entry = declaration.budgets.iter().find(of)?;
            Some(declaration.budgets.at(entry).name())
        }
        Kind::Account => {
            let ids = Ids::new(&declaration.accounts, &estate.accounts);
            let at = ids.find_written(Some(provider?), &second)?;
            let entry = &declaration.accounts.entries()[at];
            Some(declaration.accounts.at(entry).name())
        }
        Kind::Payer | Kind::Export => {
            let ids = Ids::new(&declaration.payers, &estate.payers);
            let at = ids.find_written(Some(provider?), &second)?;
            let entry = &declaration.payers.entries()[at];
            let at = declaration.payers.at(entry);
            if address.kind() == Kind::Payer {
                return Some(at.name());
            }
            let exports = &entry.value.exports;
            exports
                .contains_key(&*third)
                .then(|| at.key("exports").key(&third).name())
        }
    }
}

/// What has a removed address's name as a former one.
fn renamed<'a>(context: Context<'a>, address: &Address) -> Option<(&'a str, At)> {
    fn of<'a, T>(
        table: &'a Table<T>,
        name: &str,
        previously: impl Fn(&'a T) -> &'a [String],
    ) -> Option<(&'a str, At)> {
        let entry = table
            .iter()
            .find(|entry| previously(&entry.value).iter().any(|p| p == name))?;
        Some((&entry.key, table.at(entry)))
    }
    let declaration = &context.estate.declaration;
    let name = address.last();
    match address.kind() {
        Kind::Credential => of(&declaration.credentials, &name, |c| c.common().previously),
        Kind::Organization => of(&declaration.organizations, &name, |o| &o.previously),
        Kind::CostCenter => of(&declaration.cost_centers, &name, |c| &c.previously),
        Kind::SharedCost => of(&declaration.shared_costs, &name, |s| &s.previously),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn removed_addresses_are_addresses_and_gone() {
        let text = "version: 1
credentials: {ci: {aws_default: {previously: [old-ci]}}}
organizations: {core: {provider: gcp, id: '1', recommendations: true}}
payers: {01ABCD-234567-89EFAB: {organization: core, exports: {a: {bigquery: {dataset: p.d, location: EU}}}}}
accounts: {shop-prod: {organization: core}}
cost_centers: {CC-1: {name: One}}
budgets: {FY2027: {CC-1: 1}}
removed:
  account/gcp/shop-prod: {action: forget}
  account/gcp/shop-gone: {action: delete}
  payer/gcp/01abcd-234567-89efab: {action: delete}
  export/gcp/01ABCD-234567-89EFAB/a: {action: delete}
  export/gcp/01ABCD-234567-89EFAB/b: {action: delete}
  recommendations/core: {action: delete}
  budget/CC-1/FY2027: {action: delete}
  budget/CC-1/FY2026: {action: delete}
  credential/ci: {action: delete}
  credential/old-ci: {action: delete}
  acount/gcp/x: {action: delete}
  account/x: {action: delete}
";
        assert_eq!(
            found(&RULE, text),
            [
                "removed.declared ~removed.account/gcp/shop-prod",
                "removed.address ~removed.account/x",
                "removed.address ~removed.acount/gcp/x",
                "removed.declared ~removed.budget/CC-1/FY2027",
                "removed.declared ~removed.credential/ci",
                "removed.renamed ~removed.credential/old-ci",
                "removed.declared ~removed.export/gcp/01ABCD-234567-89EFAB/a",
                "removed.declared ~removed.payer/gcp/01abcd-234567-89efab",
                "removed.declared ~removed.recommendations/core",
            ]
        );
        assert_eq!(
            said(&RULE, text)[2],
            "`acount/gcp/x` is no address; did you mean `account/gcp/x`?"
        );
    }
}
