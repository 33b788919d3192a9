//! Who pays more and who pays less of the accounts that move, for people who know cost centres by their
//! names: with what each pays for then, and its budget. All of it is declared; what accounts cost is not
//! known here.

use std::cmp::Reverse;
use std::fmt::Write as _;

use crate::model::time::{Date, Month};
use crate::report::plan::{Shown, paying};
use crate::report::structure::{self, money};
use crate::report::text::{clean, count, thousands};

/// As many cost centres are named; the rest is counted.
const NAMED: usize = 40;

/// A line for each cost centre, those of most accounts first; nothing where fewer than two accounts move.
#[must_use]
pub fn payers(shown: &Shown<'_>) -> String {
    let moved = paying::counted(shown);
    if moved.accounts < 2 {
        return String::new();
    }
    let today = Date::new(shown.now.to_zoned(jiff::tz::TimeZone::UTC).date());
    // The first month in which all of it is in force.
    let month = moved
        .last
        .map_or(today.month(), |last| last.max(today.month()));
    let tree = structure::Shown::of(&shown.planned.project.estate, month);
    let mut all: Vec<_> = moved.counts.iter().collect();
    all.retain(|(_, count)| count.more + count.less > 0);
    all.sort_by_key(|(code, count)| (Reverse(count.more + count.less), *code));
    let mut out = String::new();
    for (code, moves) in all.iter().take(NAMED) {
        let mut moved: Vec<String> = Vec::new();
        for (number, word) in [(moves.more, "more"), (moves.less, "less")] {
            if number > 0 {
                moved.push(format!("{} {word}", count(number, "account", "accounts")));
            }
        }
        let known = match code {
            Some(code) => then(&tree, code, month),
            None => format!("{} of all in {month}", thousands(tree.unallocated)),
        };
        let name = match code {
            Some(code) => named(&tree, code),
            None => "on no cost centre".to_owned(),
        };
        let _ = writeln!(
            out,
            "{name}: {}{}{known}",
            moved.join(", "),
            match known.as_str() {
                "" => "",
                _ => "; ",
            }
        );
    }
    if let Some(more) = all.len().checked_sub(NAMED + 1) {
        let others = count(more + 1, "more cost centre", "more cost centres");
        let _ = writeln!(out, "and {others}");
    }
    out
}

/// Code and name.
fn named(tree: &structure::Shown<'_>, code: &str) -> String {
    let name = tree.tree.get(code).map(|node| &*node.center.name);
    match name {
        Some(name) if !name.is_empty() => format!("{} {}", clean(code), clean(name)),
        _ => clean(code),
    }
}

/// What a cost centre pays for in a month, and its budget for the year; nothing of one that is gone.
fn then(tree: &structure::Shown<'_>, code: &str, month: Month) -> String {
    let Some(at) = tree.tree.place(code) else {
        return String::new();
    };
    let mut told = match tree.accounts[at] {
        0 => format!("pays for no account in {month}"),
        number => format!(
            "pays for {} in {month}",
            count(number, "account", "accounts")
        ),
    };
    if let Some((amount, currency)) = tree.budgets[at] {
        let _ = write!(told, ", budget {} {}", tree.year, money(amount, currency));
    }
    told
}
