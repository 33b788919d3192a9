//! Who pays more and who pays less: beneath each change of the financial structure, and once for the whole
//! plan. Told beside the changes, never part of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::change::Change;
use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::parents::Parents;
use crate::model::record::Action;
use crate::model::time::Month;
use crate::planning::Planned;
use crate::report::text::{self, count, thousands};
use crate::report::{Look, style};
use crate::structure::shift::{self, Shift, Way};

use super::Shown;

/// So many cost centres are named in a line; the rest is counted.
const FEW: usize = 6;
const NOBODY: &str = "nobody";

/// Whom a change makes pay more or less, or, of a cost centre that moves, which ones above carry it.
#[must_use]
pub fn of(change: &Change, trees: &Trees<'_>) -> Vec<Shift> {
    if !matches!(change.action, Action::Update | Action::Rename) {
        return Vec::new();
    }
    let changed = |path: &str| change.fields.iter().find(|field| field.path == path);
    match change.kind() {
        Kind::Account | Kind::Payer => {
            let Some(field) = changed("cost_center") else {
                return Vec::new();
            };
            let (before, after) = (typed(&field.before), typed(&field.after));
            shift::of_timelines(before.as_ref(), after.as_ref())
        }
        Kind::CostCenter if changed("parent").is_some() => {
            let code = change.address.last();
            shift::of_branches(&code, &|code| trees.before(code), &|code| trees.after(code))
        }
        Kind::SharedCost if changed("among").is_some() || changed("method").is_some() => {
            let shared = |mut spec: Value| {
                // Which come before it says nothing of who carries it.
                spec.as_object_mut()?.remove("after");
                serde_json::from_value(spec).ok()
            };
            let specs = former(change).zip(change.spec.as_ref().map(Canonical::value));
            let both = specs.and_then(|(then, now)| shared(then).zip(shared(now)));
            both.map_or_else(Vec::new, |(then, now)| shift::of_shared(&then, &now))
        }
        _ => Vec::new(),
    }
}

fn typed<T: serde::de::DeserializeOwned>(value: &Option<Value>) -> Option<T> {
    serde_json::from_value(value.clone()?).ok()
}

/// The spec before a change, with the names of now: a rename shifts nothing.
#[must_use]
pub fn former(change: &Change) -> Option<Value> {
    let mut spec = change.spec.as_ref()?.value();
    let map = spec.as_object_mut()?;
    for field in &change.fields {
        match &field.before {
            Some(before) => map.insert(field.path.clone(), before.clone()),
            None => map.remove(&field.path),
        };
    }
    Some(spec)
}

/// What stands above each cost centre, before the plan and after it.
pub struct Trees<'a> {
    planned: &'a Planned,
    /// Where it was otherwise before.
    before: BTreeMap<Cow<'a, str>, Option<Parents>>,
}

impl<'a> Trees<'a> {
    #[must_use]
    pub fn of(planned: &'a Planned) -> Self {
        let mut before = BTreeMap::new();
        let changes = planned.plan.changes.iter();
        for change in changes.filter(|change| change.kind() == Kind::CostCenter) {
            let field = change.fields.iter().find(|field| field.path == "parent");
            let was = match (change.action, field) {
                (Action::Update | Action::Rename, Some(field)) => typed(&field.before),
                (Action::Update | Action::Rename, None) => continue,
                _ => change.before.as_ref().and_then(|record| {
                    let spec = record.spec.value();
                    serde_json::from_value(spec.get("parent")?.clone()).ok()
                }),
            };
            before.insert(change.address.last(), was);
        }
        Self { planned, before }
    }

    /// For what stands in no tree: not worth a look at all changes.
    const fn none(planned: &'a Planned) -> Self {
        Self {
            planned,
            before: BTreeMap::new(),
        }
    }

    fn before(&self, code: &str) -> Option<&Parents> {
        match self.before.get(code) {
            Some(was) => was.as_ref(),
            None => self.after(code),
        }
    }

    /// Declared now, also where it is told by a name that it had before.
    fn after(&self, code: &str) -> Option<&Parents> {
        let planned = self.planned;
        let table = &planned.project.estate.declaration.cost_centers;
        let present = || planned.desired.renames.get(&Address::cost_center(code));
        let entry = table.get(code).or_else(|| table.get(&present()?.last()))?;
        entry.value.parent.as_ref()
    }
}

/// Who pays more and less because of alike changes, each way in a line.
#[must_use]
pub fn lines(changes: &[&Change], shown: &Shown<'_>, look: Look) -> String {
    let Some((change, others)) = changes.split_first() else {
        return String::new();
    };
    let structure = ["cost_center", "parent", "among", "method"];
    if !change
        .fields
        .iter()
        .any(|field| structure.contains(&&*field.path))
    {
        return String::new();
    }
    let trees = match change.kind() {
        Kind::CostCenter => Trees::of(shown.planned),
        _ => Trees::none(shown.planned),
    };
    let shifts = of(change, &trees);
    // Shared costs of the same change may be divided in different ways.
    let unlike = |other: &&Change| of(other, &trees) != shifts;
    if change.kind() == Kind::SharedCost && others.iter().any(unlike) {
        return String::new();
    }
    let verbs = match change.kind() {
        Kind::CostCenter => ["carries less", "carries more", "carries"],
        _ => ["pays less", "pays more", "more or less, by its costs"],
    };
    let mut out = String::new();
    for (way, verb) in [Way::Less, Way::More, Way::Depends].into_iter().zip(verbs) {
        let mut codes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for shift in shifts.iter().filter(|shift| shift.way == way) {
            let code = match (&shift.code, way) {
                (Some(code), _) => code,
                // Less on nobody is more on somebody, and that is told.
                (None, Way::More) => NOBODY,
                (None, _) => continue,
            };
            codes.entry(code).or_default().extend(parts(shift, look));
        }
        if codes.is_empty() {
            continue;
        }
        let named = codes
            .iter()
            .take(FEW)
            .map(|(code, parts)| match parts.as_slice() {
                [] => text::clean(code),
                parts => format!("{} ({})", text::clean(code), parts.join(", ")),
            });
        let mut told = named.collect::<Vec<_>>().join(", ");
        if codes.len() > FEW {
            told += &format!(" and {} more", thousands(codes.len() - FEW));
        }
        let first = format!("      {verb}: ");
        let indent = first.chars().count();
        out += &text::wrap(&told, look.width, &first, indent, "        ");
    }
    out
}

/// `100 % → 0 % from 2027-01`; nothing where no number is known.
fn parts(shift: &Shift, look: Look) -> Option<String> {
    let arrow = if look.unicode { "→" } else { "->" };
    let percent = |part: Option<Decimal>| match part {
        Some(part) => format!("{} %", part.normalize()),
        None => "in proportion".to_owned(),
    };
    if shift.before.is_none() && shift.after.is_none() {
        return None;
    }
    let (before, after) = (percent(shift.before), percent(shift.after));
    Some(format!("{before} {arrow} {after}{}", shift.months))
}

/// How many accounts a cost centre pays more of, and less of.
#[derive(Debug, Default, Clone, Copy)]
pub struct Count {
    pub more: usize,
    pub less: usize,
}

/// All accounts that move, counted.
#[derive(Debug, Default)]
pub struct Counted {
    /// How many they are.
    pub accounts: usize,
    /// By cost centre; none stands for nobody.
    pub counts: BTreeMap<Option<String>, Count>,
    /// The last month in which something of it begins; none where all of it is since ever.
    pub last: Option<Month>,
}

/// Over all accounts that move, of a branch those that it moves.
#[must_use]
pub fn counted(shown: &Shown<'_>) -> Counted {
    let trees = Trees::none(shown.planned);
    let changes = shown.planned.plan.changes.par_iter();
    let own = |change: &Change| shown.marks.is_none_or(|marks| marks.is_own(change));
    let accounts = changes.filter(|change| change.kind() == Kind::Account && own(change));
    let shifts: Vec<Vec<Shift>> = accounts.map(|change| of(change, &trees)).collect();
    let mut counted = Counted::default();
    for shifts in shifts {
        counted.accounts += usize::from(!shifts.is_empty());
        // By code: one that gains in some months and loses in others counts for both.
        let mut told: Vec<(&Option<String>, Way)> = Vec::new();
        for shift in &shifts {
            counted.last = counted.last.max(shift.months.from);
            if told.contains(&(&shift.code, shift.way)) {
                continue;
            }
            told.push((&shift.code, shift.way));
            let count = counted.counts.entry(shift.code.clone()).or_default();
            match shift.way {
                Way::More => count.more += 1,
                Way::Less => count.less += 1,
                Way::Depends => {}
            }
        }
    }
    counted
}

/// `Who pays: CC-120 more (+3 accounts), CC-110 less (-3 accounts)`, where several accounts move.
#[must_use]
pub fn summary(shown: &Shown<'_>, look: Look) -> String {
    let Counted {
        accounts, counts, ..
    } = counted(shown);
    if accounts < 2 {
        return String::new();
    }
    let side = |of: &dyn Fn(&Count) -> usize, word: &str, sign: char| {
        let mut all: Vec<(&str, usize)> = counts
            .iter()
            .filter(|(code, _)| code.is_some() || sign == '+')
            .map(|(code, count)| (code.as_deref().unwrap_or(NOBODY), of(count)))
            .filter(|(_, number)| *number > 0)
            .collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let named = all.iter().take(FEW).map(|(code, number)| {
            let accounts = count(*number, "account", "accounts");
            format!("{} {word} ({sign}{accounts})", text::clean(code))
        });
        let mut told: Vec<String> = named.collect();
        if all.len() > FEW {
            told.push(format!("{} others {word}", thousands(all.len() - FEW)));
        }
        told
    };
    let mut told = side(&|count| count.more, "more", '+');
    told.extend(side(&|count| count.less, "less", '-'));
    let first = format!("\n{} ", look.paint(style::BOLD, "Who pays:"));
    text::wrap(&told.join(", "), look.width, &first, 10, "  ")
}

/// What a change makes one cost centre pay.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Shifted {
    /// Left out for what falls on no cost centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<String>,
    /// `more`, `less`, or `depends`: on what it costs directly in a month.
    pub pays: String,
    /// Of a hundred, two decimals; left out where it is in proportion to what it costs directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Of a hundred, two decimals; left out where it is in proportion to what it costs directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The first month of this, YYYY-MM; left out for since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last month of this; left out where it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// The shifts of a change, for machines.
#[must_use]
pub fn shifted(change: &Change, trees: &Trees<'_>) -> Vec<Shifted> {
    let percent = |part: Option<Decimal>| part.map(|part| format!("{part:.2}"));
    let one = |shift: Shift| Shifted {
        cost_center: shift.code,
        pays: match shift.way {
            Way::More => "more",
            Way::Less => "less",
            Way::Depends => "depends",
        }
        .to_owned(),
        before: percent(shift.before),
        after: percent(shift.after),
        from: shift.months.from.map(|month| month.to_string()),
        until: shift.months.until.map(|month| month.to_string()),
    };
    of(change, trees).into_iter().map(one).collect()
}

/// How many of the changed accounts a cost centre pays more of, and less of.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Pays {
    /// Left out for accounts that fall on no cost centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<String>,
    /// Accounts that it pays more of in some month.
    pub more: usize,
    /// Accounts that it pays less of in some month.
    pub less: usize,
}

/// Over the whole plan, for machines.
#[must_use]
pub fn who_pays(shown: &Shown<'_>) -> Vec<Pays> {
    let counts = counted(shown).counts;
    let one = |(cost_center, count): (Option<String>, Count)| Pays {
        cost_center,
        more: count.more,
        less: count.less,
    };
    counts.into_iter().map(one).collect()
}
