//! Coverage: which accounts fall on a cost centre in a month, and which do not.

use rust_decimal::Decimal;

use super::tree::{Tree, lives};
use super::who::{open, who};
use crate::config::estate::Estate;
use crate::model::time::Month;

/// How accounts fall on cost centres in a month. Numbers are places in the estate's list of accounts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Accounts that can have costs in that month.
    pub open: usize,
    /// On no cost centre.
    pub none: Vec<usize>,
    /// On several; covered all the same.
    pub several: Vec<usize>,
    /// On one that does not live in that month, or is not declared.
    pub closed: Vec<usize>,
}

impl Coverage {
    #[must_use]
    pub fn covered(&self) -> usize {
        self.open - self.none.len() - self.closed.len()
    }

    /// Of a hundred, rounded down to two decimals: 100 means all. An estate without accounts is covered.
    #[must_use]
    pub fn percent(&self) -> Decimal {
        if self.open == 0 {
            return Decimal::ONE_HUNDRED;
        }
        let covered = Decimal::from(self.covered()) * Decimal::ONE_HUNDRED;
        (covered / Decimal::from(self.open))
            .trunc_with_scale(2)
            .normalize()
    }
}

/// How the declared accounts fall on cost centres in a month.
#[must_use]
pub fn coverage(estate: &Estate, tree: &Tree<'_>, month: Month) -> Coverage {
    let mut coverage = Coverage::default();
    for (at, entry) in estate.declaration.accounts.iter().enumerate() {
        if !open(&entry.value, month) {
            continue;
        }
        coverage.open += 1;
        let paid = who(&entry.value, month);
        let lives = |code: &str| tree.get(code).is_some_and(|node| lives(node.center, month));
        if paid.parts.is_empty() {
            coverage.none.push(at);
        } else if !paid.parts.iter().all(|part| lives(part.code)) {
            coverage.closed.push(at);
        } else if paid.parts.len() > 1 {
            coverage.several.push(at);
        }
    }
    coverage
}
