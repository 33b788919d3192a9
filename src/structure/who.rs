//! Who pays for an account in a month.

use super::allocation::{Part, parts};
use crate::model::spec::Account;
use crate::model::time::Month;
use crate::model::timeline::{Period, Shares};

/// Who pays for an account in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid<'a> {
    pub parts: Vec<Part<'a>>,
    /// How it is divided; none where it falls on no cost centre.
    pub shares: Option<&'a Shares>,
    /// Which of the account's periods it is, from 0; none where none has begun.
    pub period: Option<usize>,
    /// The first month of this; none for since ever.
    pub since: Option<Month>,
    /// The last month of this; none for open.
    pub until: Option<Month>,
    /// What was before.
    pub before: Option<&'a Shares>,
    /// What follows.
    pub after: Option<&'a Shares>,
}

/// Whether an account can have costs in a month: a closed one has them up to the month in which it
/// was closed.
#[must_use]
pub fn open(account: &Account, month: Month) -> bool {
    account.closed.is_none_or(|closed| month <= closed.month())
}

/// Who pays for an account in a month, as it is declared.
#[must_use]
pub fn who(account: &Account, month: Month) -> Paid<'_> {
    let periods: &[Period] = account
        .cost_center
        .as_ref()
        .map_or(&[], |timeline| timeline.0.as_slice());
    let begun = |period: &Period| period.from.is_none_or(|from| from <= month);
    let place = periods.iter().rposition(begun);
    let period = place.map(|at| &periods[at]);
    let next = place.map_or(periods.first(), |at| periods.get(at + 1));
    let before = place
        .and_then(|at| at.checked_sub(1))
        .map(|at| &periods[at].shares);
    Paid {
        parts: period.map_or_else(Vec::new, |period| parts(&period.shares)),
        shares: period.map(|period| &period.shares),
        period: place,
        since: period.and_then(|period| period.from),
        until: next.and_then(|next| next.from).map(|from| from.plus(-1)),
        before,
        after: next.map(|next| &next.shares),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::leaf::Leaf;

    fn account(yaml: &str) -> Account {
        serde_yaml::from_str(yaml).unwrap()
    }

    fn told(account: &Account, month: &str) -> String {
        let paid = who(account, Month::parse(month).unwrap());
        let parts: Vec<String> = paid
            .parts
            .iter()
            .map(|part| format!("{} {}", part.code, part.percent))
            .collect();
        let months = |month: Option<Month>| month.map_or_else(|| "..".into(), |m| m.to_string());
        format!(
            "{} [{} - {}]",
            parts.join(", "),
            months(paid.since),
            months(paid.until)
        )
    }

    #[test]
    fn each_period_runs_until_the_next_one() {
        let account = account(
            "cost_center:\n- {split: {A: 60, B: 40}}\n- {from: 2027-01, split: [A, B, C]}\n- {from: 2027-06, cost_center: C}\n",
        );
        assert_eq!(told(&account, "2020-01"), "A 60, B 40 [.. - 2026-12]");
        assert_eq!(told(&account, "2026-12"), "A 60, B 40 [.. - 2026-12]");
        assert_eq!(
            told(&account, "2027-01"),
            "A 33.34, B 33.33, C 33.33 [2027-01 - 2027-05]"
        );
        assert_eq!(told(&account, "2030-01"), "C 100 [2027-06 - ..]");
    }

    #[test]
    fn nobody_pays_before_the_first_period_or_without_any() {
        let later = account("cost_center: [{from: 2027-01, cost_center: A}]\n");
        assert_eq!(told(&later, "2026-12"), " [.. - 2026-12]");
        assert_eq!(told(&account("{}"), "2026-12"), " [.. - ..]");
    }

    #[test]
    fn a_closed_account_has_costs_up_to_the_month_it_was_closed_in() {
        let closed = account("closed: 2026-11-14\n");
        let open = |month| open(&closed, Month::parse(month).unwrap());
        assert!(open("2026-11") && !open("2026-12"));
    }
}
