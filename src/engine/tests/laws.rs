//! Laws that hold for every estate.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use proptest::prelude::*;

use crate::model::address::Kind;
use crate::model::canonical::Canonical;
use crate::model::record::Record;
use crate::model::spec;

use super::world::{How, World, declare, tell};

/// A random estate: its entries by section, so that they can stand in any order.
#[derive(Debug, Clone)]
struct Estate {
    accounts: BTreeMap<u8, Account>,
    centers: BTreeMap<u8, Option<u8>>,
    budgets: BTreeMap<u8, u32>,
    recommendations: bool,
    exports: Vec<bool>,
}

#[derive(Debug, Clone)]
struct Account {
    name: Option<String>,
    center: Option<(u8, Option<u8>)>,
    label: Option<u8>,
    other: bool,
}

fn account() -> impl Strategy<Value = Account> {
    let center = proptest::option::of((0..6u8, proptest::option::of(0..6u8)));
    let name = proptest::option::of("[A-Za-z][a-z :#'\"{}]{0,8}[a-z]");
    (name, center, proptest::option::of(0..3u8), any::<bool>()).prop_map(
        |(name, center, label, other)| Account {
            name,
            center,
            label,
            other,
        },
    )
}

fn estate() -> impl Strategy<Value = Estate> {
    (
        proptest::collection::btree_map(0..30u8, account(), 0..12),
        proptest::collection::btree_map(6..12u8, proptest::option::of(0..6u8), 0..5),
        proptest::collection::btree_map(0..6u8, 1..100_000u32, 0..4),
        any::<bool>(),
        proptest::collection::vec(any::<bool>(), 2),
    )
        .prop_map(
            |(accounts, centers, budgets, recommendations, exports)| Estate {
                accounts,
                centers,
                budgets,
                recommendations,
                exports,
            },
        )
}

impl Estate {
    /// The files; `turned` puts everything in another order.
    fn files(&self, turned: bool) -> Vec<String> {
        let order = |mut lines: Vec<String>| {
            if turned {
                lines.reverse();
            }
            lines.concat()
        };
        let accounts = self.accounts.iter().map(|(id, account)| {
            let mut fields = vec![format!(
                "organization: {}",
                if account.other { "labs" } else { "acme" }
            )];
            fields.extend(
                account
                    .name
                    .as_ref()
                    .map(|name| format!("name: {}", serde_json::to_string(name).unwrap())),
            );
            fields.extend(
                account
                    .label
                    .map(|label| format!("labels: {{env: e{label}}}")),
            );
            fields.extend(account.center.map(|center| match center {
                (one, None) => format!("cost_center: C-{one}"),
                (one, Some(two)) if one == two => format!("cost_center: [C-{one}]"),
                (one, Some(two)) => {
                    format!("cost_center: [C-{one}, {{from: 2027-01, split: [C-{two}, C-{one}]}}]")
                }
            }));
            if turned {
                fields.reverse();
            }
            format!("  \"7000000000{id:02}\": {{{}}}\n", fields.join(", "))
        });
        let centers = (0..6u8)
            .map(|code| (code, &None))
            .chain(self.centers.iter().map(|(code, parent)| (*code, parent)));
        let centers = centers.map(|(code, parent)| match parent {
            Some(parent) => format!("  C-{code}: {{name: Centre {code}, parent: C-{parent}}}\n"),
            None => format!("  C-{code}: {{name: Centre {code}}}\n"),
        });
        let budgets: Vec<String> = self
            .budgets
            .iter()
            .map(|(code, amount)| format!("    C-{code}: {amount}\n"))
            .collect();
        let exports = [
            "      one: {cur: {report: one, bucket: acme-cur, prefix: one, bucket_region: us-east-1}}\n",
            "      two: {cur: {report: two, bucket: acme-cur, prefix: two, bucket_region: us-east-1}}\n",
        ];
        let exports: Vec<String> = exports
            .iter()
            .zip(&self.exports)
            .filter(|(_, on)| **on)
            .map(|(text, _)| (*text).to_owned())
            .collect();
        let mut settings =
            String::from("version: 1\ncredentials:\n  reader: {aws_default: {}}\norganizations:\n");
        let _ = writeln!(
            settings,
            "  acme: {{provider: aws, id: o-abcdefghij, credentials: reader, recommendations: {}}}",
            self.recommendations
        );
        settings += "  labs: {provider: aws, id: o-abcdefghik, credentials: reader}\npayers:\n  \"111122223333\":\n    organization: acme\n";
        if !exports.is_empty() {
            settings += "    exports:\n";
            settings += &order(exports);
        }
        settings += "  \"444455556666\": {organization: labs}\n";
        let mut accounts_file = String::new();
        if !self.accounts.is_empty() {
            accounts_file = format!("accounts:\n{}", order(accounts.collect()));
        }
        let mut finance = format!("cost_centers:\n{}", order(centers.collect()));
        if !budgets.is_empty() {
            finance += &format!("budgets:\n  FY2027:\n{}", order(budgets));
        }
        let mut files = vec![finance];
        files.extend((!accounts_file.is_empty()).then_some(accounts_file));
        if turned {
            files.reverse();
        }
        files.insert(0, settings);
        files
    }

    fn desired(&self, turned: bool) -> crate::engine::Desired {
        let files = self.files(turned);
        declare(&files.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

const ALL: How = How {
    allow_delete: true,
    override_guard: true,
    closed_through: None,
    restate: None,
};

/// A spec that goes through its type and back.
fn again(record: &Record) -> Canonical {
    fn through<T: serde::Serialize + serde::de::DeserializeOwned>(text: &str) -> Canonical {
        Canonical::of(&serde_json::from_str::<T>(text).unwrap()).unwrap()
    }
    let text = record.spec.as_str();
    match record.address.kind() {
        Kind::Credential => through::<spec::Credential>(text),
        Kind::Organization => through::<spec::Organization>(text),
        Kind::Recommendations => through::<spec::Recommendations>(text),
        Kind::Payer => through::<spec::Payer>(text),
        Kind::Export => through::<spec::Export>(text),
        Kind::Account => through::<spec::Account>(text),
        Kind::CostCenter => through::<spec::CostCenter>(text),
        Kind::Budget => through::<spec::Budget>(text),
        Kind::SharedCost => through::<spec::SharedCost>(text),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn after_an_apply_there_is_nothing_to_do(first in estate(), second in estate()) {
        let mut world = World::default();
        for estate in [&first, &second, &first] {
            let desired = estate.desired(false);
            world.apply(&world.plan_of(&desired, ALL));
            let plan = world.plan_of(&desired, ALL);
            prop_assert!(plan.changes.is_empty() && plan.refreshes.is_empty(), "{}", tell(&plan));
            prop_assert_eq!(plan.unchanged, world.records.len());
        }
    }

    #[test]
    fn order_means_nothing(first in estate(), second in estate()) {
        let mut world = World::default();
        world.apply(&world.plan_of(&first.desired(false), ALL));
        let (one, two) = (world.plan_of(&second.desired(false), ALL), world.plan_of(&second.desired(true), ALL));
        prop_assert_eq!(one.digest, two.digest);
        prop_assert_eq!(tell(&one), tell(&two));
    }

    #[test]
    fn a_saved_plan_has_just_the_changes_of_an_apply(first in estate(), second in estate()) {
        let mut world = World::default();
        world.apply(&world.plan_of(&first.desired(false), ALL));
        let saved: HashSet<_> = world.plan_of(&second.desired(false), ALL).changes.iter().map(|change| change.digest).collect();
        let now = world.plan_of(&second.desired(true), ALL);
        prop_assert!(now.changes.iter().all(|change| saved.contains(&change.digest)));
        prop_assert_eq!(now.changes.len(), saved.len());
    }

    #[test]
    fn what_is_recorded_can_be_declared_again(estate in estate()) {
        let mut world = World::default();
        world.apply(&world.plan_of(&estate.desired(false), ALL));
        for record in world.records.values() {
            prop_assert_eq!(&again(record), &record.spec, "{}", record.address);
        }
    }
}
