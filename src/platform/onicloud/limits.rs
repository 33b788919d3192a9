//! What is declared and Onicloud cannot hold, in a few words each.

use super::download::Download;
use super::held::Structure;
use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::spec::Payer;
use crate::model::time::Month;
use crate::structure::allocation::parts;

/// `3 cost centres`, `1 cost centre`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What of these specs no column holds.
pub fn not_carried(
    declared: &[(&Address, &Canonical)],
    download: &Download,
    month: Month,
) -> Vec<String> {
    let structure = Structure::of_specs(declared.iter().copied());
    let centers = || structure.centers.values();
    let layout = download.layout;
    let mut told = Vec::new();
    let mut tell = |number: usize, one: &str, many: &str, what: &str| {
        if number > 0 {
            told.push(format!("{what} {}", count(number, one, many)));
        }
    };
    let center = ("cost centre", "cost centres");
    if !layout.parents {
        let parents = centers().filter(|one| one.parent.is_some()).count();
        tell(parents, center.0, center.1, "the parent of");
    }
    if !layout.from || !layout.to {
        let lives = centers().filter(|one| one.from.is_some() || one.to.is_some());
        tell(lives.count(), center.0, center.1, "first and last month of");
    }
    if !layout.managers {
        let managers = centers().filter(|one| one.manager.is_some()).count();
        tell(managers, center.0, center.1, "the manager of");
    }
    if !layout.alerts {
        let alerts = centers().filter(|one| !one.alerts.is_empty()).count();
        tell(alerts, center.0, center.1, "the alerts of");
    }
    let budget = ("budget", "budgets");
    if !layout.months {
        tell(structure.budgets.len(), budget.0, budget.1, "the months of");
    }
    if !layout.currency {
        let named = structure
            .budgets
            .values()
            .filter(|one| one.currency.is_some());
        tell(named.count(), budget.0, budget.1, "the currency of");
    }
    let timelines = || {
        structure
            .accounts
            .values()
            .filter_map(|one| one.cost_center.as_ref())
    };
    let account = ("account", "accounts");
    if !layout.percent {
        let split = timelines().filter_map(|all| all.at(month));
        let split = split
            .filter(|period| parts(&period.shares).len() > 1)
            .count();
        let what = "all but the largest part of";
        tell(split, account.0, account.1, what);
    }
    let later = timelines().filter(|all| {
        let last = all.0.last().and_then(|period| period.from);
        last.is_some_and(|from| from > month)
    });
    let what = "until they begin (apply again then), the later cost centres of";
    tell(later.count(), account.0, account.1, what);
    let of = |kind: Kind| declared.iter().filter(move |one| one.0.kind() == kind);
    let payers = of(Kind::Payer).filter(|(_, spec)| {
        let payer: Result<Payer, _> = serde_json::from_str(spec.as_str());
        payer.is_ok_and(|payer| payer.cost_center.is_some())
    });
    tell(payers.count(), "payer", "payers", "the cost centre of");
    let shared = of(Kind::SharedCost).count();
    tell(shared, "shared cost", "shared costs", "the division of");
    told
}
