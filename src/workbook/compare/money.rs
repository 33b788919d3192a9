//! Budgets in two currencies: no amount of one may end in the other.

use super::{Edit, Facts, What};

/// The column of the currency.
const CURRENCY: &str = "Currency";

/// The currencies of a budget: then, now, in the workbook. Amounts mean nothing without theirs.
pub(super) struct Money<'a> {
    was: &'a str,
    is: &'a str,
    theirs: &'a str,
}

impl<'a> Money<'a> {
    /// None where it is no budget, or where there is none on one side.
    pub(super) fn of(
        what: &What,
        before: Option<&'a Facts>,
        declared: Option<&'a Facts>,
        theirs: &'a Facts,
    ) -> Option<Self> {
        let of = |facts: &'a Facts| facts.values.get(CURRENCY).map(String::as_str);
        match what {
            What::Budget { .. } => Some(Self {
                was: of(before?)?,
                is: of(declared?)?,
                theirs: of(theirs)?,
            }),
            _ => None,
        }
    }

    /// An amount that was changed here while the currency was changed there, or the other way, is a
    /// conflict: no amount of one currency may end in the other.
    pub(super) fn told(&self, edit: &mut Edit, before: Option<&Facts>, declared: Option<&Facts>) {
        if edit.field != CURRENCY {
            if self.was != self.is && self.theirs != self.is {
                let ours = edit.ours.take();
                let ours = ours.unwrap_or_else(|| edit.before.clone());
                edit.ours = Some(format!("{ours} {}", self.is).trim().to_owned());
                edit.before = format!("{} {}", edit.before, self.was).trim().to_owned();
                edit.after = format!("{} {}", edit.after, self.theirs).trim().to_owned();
            }
            return;
        }
        let amounts = |facts: Option<&Facts>| {
            let mut values = facts.map(|facts| facts.values.clone()).unwrap_or_default();
            values.remove(CURRENCY);
            values
        };
        if amounts(before) != amounts(declared) {
            edit.ours
                .get_or_insert_with(|| format!("{}, with other amounts since", self.is));
        }
    }
}
