//! What a shared cost matches is declared: payers and accounts, written `provider/id`.

use super::support::{Ids, shown};
use super::{Context, Rule};
use crate::config::declaration::{Declaration, Table};
use crate::config::estate::Resolved;
use crate::config::problem::{At, Problem};
use crate::config::suggest::Suggester;
use crate::model::provider::Provider;

pub const RULE: Rule = Rule {
    name: "shared_match",
    codes: &["reference.unknown", "reference.form"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    let mut payers = Known::new("payer", declaration, &declaration.payers, &estate.payers);
    let mut accounts = Known::new("account", declaration, &declaration.accounts, &estate.accounts);
    for entry in declaration.shared_costs.iter() {
        let at = declaration.shared_costs.at(entry).key("match");
        for (position, text) in entry.value.charges.payers.iter().enumerate() {
            payers.judge(text, at.clone().key("payers").index(position), problems);
        }
        for (position, text) in entry.value.charges.accounts.iter().enumerate() {
            accounts.judge(text, at.clone().key("accounts").index(position), problems);
        }
    }
}

struct Known<'e, T> {
    noun: &'static str,
    declaration: &'e Declaration,
    ids: Ids<'e, T>,
    table: &'e Table<T>,
    resolved: &'e [Resolved],
    suggester: Option<Suggester<'e>>,
}

impl<'e, T> Known<'e, T> {
    fn new(
        noun: &'static str,
        declaration: &'e Declaration,
        table: &'e Table<T>,
        resolved: &'e [Resolved],
    ) -> Self {
        Self {
            noun,
            declaration,
            ids: Ids::new(table, resolved),
            table,
            resolved,
            suggester: None,
        }
    }

    fn judge(&mut self, text: &str, at: At, problems: &mut Vec<Problem>) {
        let noun = self.noun;
        let parts = text.split_once('/').and_then(|(provider, id)| {
            Provider::from_name(provider)
                .filter(|_| !id.is_empty())
                .map(|provider| (provider, id))
        });
        let Some((provider, id)) = parts else {
            let known = self
                .ids
                .find_written(None, text)
                .and_then(|at| self.resolved[at].provider);
            let example = known.map_or_else(
                || "aws/111122223333".to_owned(),
                |provider| format!("{provider}/{}", shown(text)),
            );
            problems.push(
                Problem::error(
                    "reference.form",
                    at,
                    format!("`{}` does not name a provider and the id of one of its {noun}s", shown(text)),
                    format!("write the provider (aws, azure, azure_csp, gcp or oci), a slash and the id: `{example}`"),
                )
                .label("not `provider/id`"),
            );
            return;
        };
        let section = self.table.section;
        if self.ids.find_written(Some(provider), id).is_some()
            || self.declaration.may_declare_id(section, Some(provider), id)
        {
            return;
        }
        let suggester = self
            .suggester
            .get_or_insert_with(|| Suggester::new(self.table.keys()));
        let help = suggester.nearest(id).map_or_else(
            || {
                format!(
                    "declare it under `{}:`, or take it out of the match",
                    self.table.section.as_str()
                )
            },
            |near| format!("did you mean `{provider}/{}`?", shown(near)),
        );
        let message = format!("no {noun} of `{provider}` has the id `{}`", shown(id));
        problems
            .push(Problem::error("reference.unknown", at, message, help).label("leads nowhere"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn matches_name_what_is_declared() {
        let text = "version: 1
organizations: {core: {provider: aws, id: o-abcdefghij}}
payers: {'111122223333': {organization: core}}
accounts: {'210987654321': {organization: core}}
shared_costs:
  a: {match: {payers: [aws/111122223333], accounts: [aws/210987654321]}, method: even, among: [X]}
  b: {match: {payers: ['111122223333', gcp/111122223333, aws/111122223334], accounts: [aws/, cloud/1]}, method: even, among: [X]}
";
        assert_eq!(
            found(&RULE, text),
            [
                "reference.form shared_costs.b.match.accounts[0]",
                "reference.form shared_costs.b.match.accounts[1]",
                "reference.form shared_costs.b.match.payers[0]",
                "reference.unknown shared_costs.b.match.payers[1]",
                "reference.unknown shared_costs.b.match.payers[2]",
            ]
        );
        let said = said(&RULE, text);
        assert!(said[2].ends_with("`aws/111122223333`"), "{}", said[2]);
        assert!(
            said[4].ends_with("did you mean `aws/111122223333`?"),
            "{}",
            said[4]
        );
    }
}
