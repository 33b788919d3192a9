//! A shared cost matches something, and says among whom and how it is divided.

use super::support::shown;
use super::timeline;
use super::{Context, Rule};
use crate::config::problem::Problem;
use crate::model::spec::Method;

pub const RULE: Rule = Rule {
    name: "shared_cost",
    codes: &[
        "shared-cost.match",
        "shared-cost.among",
        "split.total",
        "split.duplicate",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.shared_costs;
    for entry in table.iter() {
        let (cost, at) = (&entry.value, table.at(entry));
        let key = shown(&entry.key);
        let charges = &cost.charges;
        let service = charges
            .service
            .as_deref()
            .is_some_and(|service| !service.trim().is_empty());
        if !service && charges.accounts.is_empty() && charges.payers.is_empty() {
            problems.push(
                Problem::error(
                    "shared-cost.match",
                    at.clone().key("match"),
                    format!("the shared cost `{key}` matches no charges"),
                    "say which: `match: {service: AWSSupportEnterprise}`, or `payers: […]`, or `accounts: […]`",
                )
                .label("matches nothing"),
            );
        }
        match &cost.method {
            Method::Fixed(parts) => {
                timeline::total(
                    parts.values(),
                    &at.clone().key("method").key("fixed"),
                    problems,
                );
                if !cost.among.is_empty() {
                    problems.push(
                        Problem::error(
                            "shared-cost.among",
                            at.clone().key("among").name(),
                            "`among` has no meaning with fixed parts, which name their cost centres themselves",
                            "delete `among`, or write `method: even` or `method: proportional`",
                        )
                        .label("not with `fixed`"),
                    );
                }
            }
            Method::Even | Method::Proportional if cost.among.is_empty() => problems.push(
                Problem::error(
                    "shared-cost.among",
                    at.clone().name(),
                    format!("nothing says which cost centres carry the shared cost `{key}`"),
                    "name them: `among: [CC-110, CC-120]`",
                )
                .label("among whom?"),
            ),
            Method::Even | Method::Proportional => {
                timeline::duplicates(&cost.among, &at.clone().key("among"), problems);
            }
        }
        let mut seen = std::collections::HashSet::new();
        for (field, list) in [("accounts", &charges.accounts), ("payers", &charges.payers)] {
            for (position, text) in list.iter().enumerate() {
                if !seen.insert((field, text.to_ascii_lowercase())) {
                    problems.push(
                        Problem::error(
                            "split.duplicate",
                            at.clone().key("match").key(field).index(position),
                            format!("`{}` is named twice", shown(text)),
                            "name it once",
                        )
                        .label("named again"),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn shared_costs_match_and_are_divided() {
        let text = "version: 1
shared_costs:
  a: {match: {service: s}, method: even, among: [A, B]}
  b: {match: {service: s}, method: {fixed: {A: 60, B: 40}}}
  c: {match: {payers: []}, method: even, among: [A]}
  d: {match: {service: s}, method: proportional}
  e: {match: {service: s}, method: even, among: [A, A]}
  f: {match: {payers: [aws/1, aws/1]}, method: {fixed: {A: 60, B: 41}}, among: [A]}
";
        assert_eq!(
            found(&RULE, text),
            [
                "shared-cost.match shared_costs.c.match",
                "shared-cost.among ~shared_costs.d",
                "split.duplicate shared_costs.e.among[1]",
                "shared-cost.among ~shared_costs.f.among",
                "split.duplicate shared_costs.f.match.payers[1]",
                "split.total shared_costs.f.method.fixed",
            ]
        );
    }
}
