//! A former name belongs to one thing, which is no longer called so.

use std::collections::HashMap;

use super::support::shown;
use super::{Context, Rule};
use crate::config::declaration::Table;
use crate::config::problem::{At, Problem};

pub const RULE: Rule = Rule {
    name: "former_name",
    codes: &["former-name.declared", "former-name.twice"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    let inside =
        |credential: &crate::model::spec::Credential, at: At| at.key(credential.common().word);
    judge(
        &declaration.credentials,
        |c| c.common().previously,
        inside,
        problems,
    );
    judge(
        &declaration.organizations,
        |o| &o.previously,
        |_, at| at,
        problems,
    );
    judge(
        &declaration.cost_centers,
        |c| &c.previously,
        |_, at| at,
        problems,
    );
    judge(
        &declaration.shared_costs,
        |s| &s.previously,
        |_, at| at,
        problems,
    );
}

fn judge<'a, T>(
    table: &'a Table<T>,
    previously: impl Fn(&'a T) -> &'a [String],
    inside: impl Fn(&T, At) -> At,
    problems: &mut Vec<Problem>,
) {
    let mut seen: HashMap<&str, At> = HashMap::new();
    for entry in table.iter() {
        for (position, name) in previously(&entry.value).iter().enumerate() {
            let at = inside(&entry.value, table.at(entry))
                .key("previously")
                .index(position);
            if let Some(other) = table.get(name) {
                let same = other.key == entry.key;
                let message = if same {
                    format!("`{}` cannot be a former name of itself", shown(name))
                } else {
                    format!(
                        "`{}` is said to be renamed, and it is still declared",
                        shown(name)
                    )
                };
                problems.push(
                    Problem::error(
                        "former-name.declared",
                        at.clone(),
                        message,
                        "take the name out of `previously`, or delete what is declared under it",
                    )
                    .label("still declared")
                    .related(table.at(other).name(), "declared here"),
                );
            }
            if let Some(first) = seen.get(name.as_str()) {
                problems.push(
                    Problem::error(
                        "former-name.twice",
                        at,
                        format!("`{}` is given as a former name twice", shown(name)),
                        "leave it with the one that it was renamed to",
                    )
                    .label("given again")
                    .related(first.clone(), "first given here"),
                );
            } else {
                seen.insert(name, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn former_names_are_free_and_given_once() {
        let text = "version: 1
credentials:
  a: {aws_default: {previously: [b, z]}}
  b: {aws_default: {}}
cost_centers:
  CC-1: {name: One, previously: [CC-1]}
  CC-2: {name: Two, previously: [CC-0, CC-9]}
  CC-3: {name: Three, previously: [CC-0]}
";
        assert_eq!(
            found(&RULE, text),
            [
                "former-name.declared cost_centers.CC-1.previously[0]",
                "former-name.twice cost_centers.CC-3.previously[0]",
                "former-name.declared credentials.a.aws_default.previously[0]",
            ]
        );
    }
}
