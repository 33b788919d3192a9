//! What holds for every workbook that is written back: the files say what it says, nothing else changes,
//! and reading it again changes nothing.
//!
//! The estates are written at random, in all forms of the language; so are the changes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::compare::{Compared, What, compare};
use super::draft::Draft;
use super::merge::merge;
use super::read::{Read, read};
use super::rows::{Budgets, CostCenters, Sheets, Workspaces};
use super::{Stamp, write};
use crate::config::format::format;
use crate::config::project::{self, Project, Surroundings};
use crate::config::source::Source;
use crate::model::leaf::Leaf;
use crate::model::money::Currency;
use crate::model::time::Month;
use crate::structure::allocation::divide;

const BURSAR: &str = "\
version: 1
structure: {currency: USD, fiscal_year: {starts: 4, named_after: end}}
credentials:
  ci: {aws_default: {}}
organizations:
  acme: {provider: aws, id: o-abcdefghij, credentials: ci}
  other: {provider: aws, id: o-bcdefghijk, credentials: ci, defaults: {cost_center: B1}}
payers:
  \"111122223333\": {organization: acme}
  \"222233334444\": {organization: other}
";

/// Numbers that everything is chosen by.
type Dice = Vec<u16>;

/// Takes numbers one after the other, again and again.
struct Choice<'d> {
    dice: &'d [u16],
    at: usize,
}

impl Choice<'_> {
    fn of(&mut self, most: usize) -> usize {
        self.at += 1;
        usize::from(self.dice[self.at % self.dice.len()]) % most.max(1)
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.of(of.len())]
    }
}

const NAMES: &[&str] = &[
    "Payments",
    "it's \"it\"",
    "NO",
    "012",
    "a: b",
    "Ünï",
    "x, {y}",
    "two words",
    "\\o/",
    "# 1",
    "- x",
    "~",
];
const BRANCHES: [&str; 5] = ["B0", "B1", "B2", "0071", "1e5"];
/// Costs fall on all but the last: that one has months.
const LEAVES: [&str; 5] = ["L0", "L1", "NO", "L 3", "L9"];
const YEARS: [&str; 2] = ["FY2027", "FY2028"];

fn quoted(text: &str, choice: &mut Choice<'_>) -> String {
    match choice.of(2) {
        0 => format!("'{}'", text.replace('\'', "''")),
        _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// An entry with its fields: between braces or on lines, with comments around it.
fn entry(
    out: &mut String,
    indent: usize,
    key: &str,
    fields: &[String],
    choice: &mut Choice<'_>,
    n: &mut usize,
) {
    let mut comment = |out: &mut String, chance: usize, choice: &mut Choice<'_>| {
        if choice.of(chance) == 0 {
            *n += 1;
            let _ = write!(out, "# comment\t{n}");
            true
        } else {
            false
        }
    };
    match choice.of(5) {
        0 => out.push('\n'),
        1 => {
            out.push_str(&" ".repeat(indent));
            if !comment(out, 1, choice) {
                out.push('#');
            }
            out.push('\n');
        }
        2 => {
            let _ = write!(out, "\n{:indent$}", "");
            comment(out, 1, choice);
            out.push_str("\n\n");
        }
        _ => {}
    }
    let behind = |out: &mut String, choice: &mut Choice<'_>, n: &mut usize| {
        if choice.of(4) == 0 {
            *n += 1;
            let _ = write!(out, "  # behind {n}");
        }
        out.push('\n');
    };
    let _ = write!(out, "{:indent$}{key}:", "");
    match fields {
        [value] if !value.contains(": ") || value.starts_with(['"', '\'']) => {
            let _ = write!(out, " {value}");
            behind(out, choice, n);
        }
        fields if choice.of(2) == 0 => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| field.replace('\n', " "))
                .collect();
            let _ = write!(out, " {{{}}}", fields.join(", "));
            behind(out, choice, n);
        }
        fields => {
            behind(out, choice, n);
            for field in fields {
                let _ = write!(out, "{:1$}{field}", "", indent + 2);
                // What stands behind a value that goes, goes with it; a name never does.
                match field.starts_with("name:") {
                    true => behind(out, choice, n),
                    false => out.push('\n'),
                }
            }
        }
    }
}

fn centers(out: &mut String, half: usize, choice: &mut Choice<'_>, n: &mut usize) {
    out.push_str("cost_centers:\n");
    let all: Vec<&str> = BRANCHES.into_iter().chain(LEAVES).collect();
    for (at, code) in all.iter().enumerate().filter(|(at, _)| at % 2 == half) {
        let mut fields = vec![format!("name: {}", quoted(choice.one(NAMES), choice))];
        let parents = at.min(BRANCHES.len());
        if parents > 0 && choice.of(4) > 0 {
            let parent = BRANCHES[choice.of(parents)];
            let later = BRANCHES[choice.of(parents)];
            fields.push(match choice.of(4) {
                0 => format!("parent: [{parent}, {{from: 2027-02, parent: {later}}}]"),
                1 => format!("parent: [{{from: 2027-02, parent: {parent}}}, {{from: 2028-01}}]"),
                _ => format!("parent: {}", quoted(parent, choice)),
            });
        }
        match choice.of(4) {
            0 => fields.push("manager: {name: Ana, email: ana@acme.example}".into()),
            1 => fields.push("manager: {email: bob@acme.example}".into()),
            _ => {}
        }
        if choice.of(3) == 0 {
            let more = if *code == "L9" { ", 120" } else { "" };
            fields.push(format!("alerts: [50, 80, 100{more}]"));
        }
        if *code == "L9" && choice.of(2) == 0 {
            fields.push("to: \"2030-03\"".into());
        }
        entry(out, 2, &quoted(code, choice), &fields, choice, n);
    }
}

fn budgets(out: &mut String, year: &str, choice: &mut Choice<'_>, n: &mut usize) {
    let _ = writeln!(out, "budgets:\n  {year}:");
    let first: i16 = year[2..].parse::<i16>().unwrap() - 1;
    for code in ["B0", "0071", "L0", "NO"] {
        let fields = match choice.of(5) {
            0 => vec!["120000".to_owned()],
            1 => vec!["100.50".to_owned()],
            2 => vec!["amount: 1000".into(), "currency: BRL".into()],
            3 => vec![
                "currency: JPY".into(),
                format!("{first}-04: 9000"),
                format!("\"{first}-11\": 7"),
            ],
            _ => vec![format!("\"{first}-04\": 9000.50"), format!("{first}-06: 0")],
        };
        entry(out, 4, &quoted(code, choice), &fields, choice, n);
    }
}

fn accounts(out: &mut String, from: usize, choice: &mut Choice<'_>, n: &mut usize) {
    out.push_str("accounts:\n");
    for at in from..from + 5 {
        let name = quoted(choice.one(NAMES), choice);
        let mut fields = vec![format!("name: {name}")];
        match choice.of(7) {
            0 => fields = vec![name],
            1 => fields.push("cost_center: L0".into()),
            2 => fields.push("cost_center: {split: {B0: 60, \"0071\": 40}}".into()),
            3 => fields.push("cost_center: [B0, {from: 2027-01, split: [B1, B2, L1]}]".into()),
            4 => fields.push("cost_center: [{from: 2026-01, cost_center: B0}, {from: \"2027-01\", split: {B0: 33.5, B2: 66.5}}, {from: 2028-01, cost_center: NO}]".into()),
            5 => fields.push("owner: somebody@acme.example".into()),
            _ => {}
        }
        let block = "cost_center:\n      - B0\n      - {from: 2027-01, split: [B1, B2, L1]}";
        if fields.len() == 1 && fields[0].starts_with("name:") && choice.of(3) == 0 {
            let _ = write!(out, "  \"{at:012}\":\n    {}\n    {block}\n", fields[0]);
        } else {
            entry(out, 2, &format!("\"{at:012}\""), &fields, choice, n);
        }
    }
}

/// The files of an estate.
fn estate(dice: &Dice) -> Vec<Source> {
    let mut choice = Choice { dice, at: 0 };
    let (choice, mut n) = (&mut choice, 0);
    let mut files = vec![("bursar.yaml", BURSAR.to_owned())];
    let mut a = "# One\n\n".to_owned();
    centers(&mut a, 0, choice, &mut n);
    budgets(&mut a, YEARS[0], choice, &mut n);
    files.push(("a.yaml", a));
    let mut b = String::new();
    budgets(&mut b, YEARS[1], choice, &mut n);
    centers(&mut b, 1, choice, &mut n);
    files.push(("b.yaml", b));
    let mut c = "defaults: {organization: acme, cost_center: B0} # all\n".to_owned();
    accounts(&mut c, 1, choice, &mut n);
    files.push(("c.yaml", c));
    let mut d = "defaults: {organization: other}\n".to_owned();
    accounts(&mut d, 11, choice, &mut n);
    files.push(("d.yaml", d));
    files.push((
        "e.yaml",
        "shared_costs:\n    x: {match: {service: S}, method: even, among: [B0]}   \n".to_owned(),
    ));
    let mut sources = Vec::new();
    for (path, text) in files {
        let text = match choice.of(4) {
            0 => text.replace('\n', "\r\n"),
            1 => text,
            _ => format(&text).unwrap().text,
        };
        sources.push(Source {
            path: path.to_owned(),
            bytes: text.into_bytes(),
        });
    }
    sources
}

fn load(files: Vec<Source>) -> Project {
    let project = project::load_texts(Path::new("/nowhere"), files, &Surroundings::default());
    let errors: Vec<_> = project
        .diagnostics
        .iter()
        .filter(|d| d.is_error())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    project
}

const NOW: Month = Month::FIRST;

fn through_a_file(sheets: &Sheets, project: &Project) -> Read {
    let bytes = write(sheets, &Stamp::default()).unwrap();
    let read = read(&bytes, &project.settings().structure).unwrap();
    assert_eq!(read.bad, []);
    read
}

/// What somebody changes in the sheets.
fn change(sheets: &mut Sheets, choice: &mut Choice<'_>, new: usize) {
    let at = choice.of(sheets.cost_centers.len());
    let budget = choice.of(sheets.budgets.len());
    let amount = Decimal::new(i64::try_from(choice.of(9_000_000)).unwrap(), 0);
    match choice.of(16) {
        0 => sheets.cost_centers[at].name = format!("New {}", choice.one(NAMES)),
        1 => {
            let center = &mut sheets.cost_centers[at];
            center.manager_email =
                Some(choice.one(&["eva@acme.example", "ana@acme.example"]).into());
            center.manager_name = (choice.of(2) == 0).then(|| choice.one(NAMES).into());
        }
        2 => {
            sheets.cost_centers[at].manager_email = None;
            sheets.cost_centers[at].manager_name = None;
        }
        3 => {
            let center = &mut sheets.cost_centers[at];
            let below = BRANCHES.iter().position(|code| *code == center.code);
            let parents = below.unwrap_or(BRANCHES.len());
            let parent = choice.of(parents + 1);
            let now = (parent < parents).then(|| BRANCHES[parent].to_owned());
            let later = BRANCHES[choice.of(parents.max(1))];
            center.parent = match now {
                Some(now) if parents > 0 && choice.of(2) == 0 && later != now => {
                    Some(format!("{now}; from 2027-09 {later}"))
                }
                now => now,
            };
        }
        4 if sheets.cost_centers[at].code != "L9" => {
            let alerts = [vec![], vec![90], vec![10, 20, 30]];
            sheets.cost_centers[at].alerts = alerts[choice.of(3)].clone();
        }
        5 => {
            let center = &mut sheets.cost_centers[at];
            if center.code == "L9" {
                center.from = [None, Month::new(2024, 4)][choice.of(2)];
                center.to = [None, Month::new(2031, 1)][choice.of(2)];
            }
        }
        6 => sheets.budgets[budget].months[choice.of(12)] = Some(amount),
        7 => {
            let row = &mut sheets.budgets[budget];
            let parts = divide(amount, row.currency.minor_digits(), &[Decimal::ONE; 12]);
            for (month, part) in row.months.iter_mut().zip(parts) {
                *month = Some(part.normalize());
            }
        }
        8 => {
            let row = &mut sheets.budgets[budget];
            row.months[choice.of(11)] = None;
            row.months[11] = Some(amount);
        }
        9 => {
            let row = &mut sheets.budgets[budget];
            if row.currency.minor_digits() == 2 {
                row.currency = Currency::parse(choice.one(&["BRL", "USD", "EUR"])).unwrap();
            }
        }
        10 => {
            let code = sheets.cost_centers[at].code.clone();
            let year = choice
                .one(&["FY2026", "FY2027", "FY2028", "FY2031"])
                .to_owned();
            if !sheets
                .budgets
                .iter()
                .any(|row| row.code == code && row.year == year)
            {
                let mut months = [None; 12];
                months[choice.of(12)] = Some(amount);
                let currency = Currency::parse(choice.one(&["BRL", "USD"])).unwrap();
                sheets.budgets.push(Budgets {
                    code,
                    year,
                    currency,
                    months,
                });
            }
        }
        11 => {
            let parent = choice.of(BRANCHES.len() + 1);
            sheets.cost_centers.push(CostCenters {
                manager_email: (choice.of(2) == 0).then(|| "new@acme.example".into()),
                manager_name: None,
                inherited: false,
                name: choice.one(NAMES).into(),
                code: format!("N{new}"),
                parent: BRANCHES.get(parent).map(|code| (*code).to_owned()),
                from: None,
                to: [None, Month::new(2031, 1)][choice.of(2)],
                alerts: vec![80],
            });
        }
        _ => falls(sheets, choice),
    }
}

/// Who pays for one workspace.
fn falls(sheets: &mut Sheets, choice: &mut Choice<'_>) {
    let row = sheets.workspaces[choice.of(sheets.workspaces.len())].clone();
    let all = |rows: &[Workspaces]| -> Vec<Workspaces> {
        rows.iter()
            .filter(|other| other.id == row.id)
            .cloned()
            .collect()
    };
    let mut rows = all(&sheets.workspaces);
    sheets.workspaces.retain(|other| other.id != row.id);
    let part = |from: Option<Month>, code: &str, percent: i64| Workspaces {
        from,
        code: Some(code.to_owned()),
        percent: Decimal::new(percent, 2),
        ..row.clone()
    };
    let split = |from: Option<Month>, kind: usize| match kind {
        0 => vec![part(from, "B2", 10_000)],
        1 => vec![part(from, "B0", 2500), part(from, "NO", 7500)],
        2 => vec![part(from, "B0", 5000), part(from, "B1", 5000)],
        _ => vec![
            part(from, "B0", 3334),
            part(from, "B1", 3333),
            part(from, "L0", 3333),
        ],
    };
    match choice.of(4) {
        0 => rows = split(None, choice.of(4)),
        1 => {
            let from = Month::new(2029, 1 + i8::try_from(choice.of(12)).unwrap());
            rows.retain(|other| other.code.is_some() && other.from < from);
            rows.extend(split(from, choice.of(4)));
        }
        2 => {
            let from = Month::new(2026, 6);
            rows.retain(|other| other.code.is_some() && other.from != from);
            rows.extend(split(from, choice.of(4)));
        }
        _ => {
            // One period less, where there are several.
            let months: BTreeSet<Option<Month>> = rows.iter().map(|row| row.from).collect();
            let gone = months.iter().nth(choice.of(months.len())).copied();
            if months.len() > 1 {
                rows.retain(|row| Some(row.from) != gone);
            }
        }
    }
    sheets.workspaces.extend(rows);
}

/// All comments, without the blanks behind them.
fn comments(text: &str) -> Vec<&str> {
    let comment = |line: &'_ str| line.find("# comment\t").or_else(|| line.find("# behind "));
    let lines = text
        .lines()
        .filter_map(|line| comment(line).map(|at| line[at..].trim_end()));
    let mut found: Vec<&str> = lines.collect();
    found.sort_unstable();
    found
}

fn dice(most: usize) -> impl Strategy<Value = Dice> {
    prop::collection::vec(any::<u16>(), 40..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_workbook_that_is_written_back_is_what_the_files_say(
        files in dice(300),
        changes in dice(120),
        number in 1usize..12,
        delete in any::<bool>(),
    ) {
        let before = load(estate(&files));
        let now = Sheets::of(&before.estate, NOW);
        // Nothing changes by the way of a file alone.
        let read = through_a_file(&now, &before);
        prop_assert_eq!(compare(&read, &now, &now), Compared::default());

        let mut edited = now.clone();
        let mut choice = Choice { dice: &changes, at: 0 };
        for new in 0..number {
            change(&mut edited, &mut choice, new);
        }
        if delete {
            let at = choice.of(edited.budgets.len());
            edited.budgets.remove(at);
        }
        let read = through_a_file(&edited, &before);
        let compared = compare(&read, &now, &now);
        prop_assert_eq!(&compared.bad, &[]);
        prop_assert_eq!(&compared.conflicts, &[]);
        let wanted = merge(&read, &now, &compared, delete);
        let draft = Draft::of(&before, &now, &wanted).unwrap_or_else(|error| panic!("{error:?}"));
        let after = draft.judged(&before, &Surroundings::default());
        let told: String = draft.files.iter().map(|file| {
            crate::config::format::diff(&file.path, file.before.as_deref().unwrap_or_default(), &file.after)
        }).collect();
        let errors: Vec<_> = after.diagnostics.iter().filter(|found| found.is_error()).collect();
        prop_assert!(errors.is_empty(), "{:#?}\n{}", errors, told);
        prop_assert_eq!(Draft::amiss(&after, &wanted, NOW), Vec::<What>::new(), "{}", told);
        // What somebody wrote is what is there; a manager who is not named is that of one above.
        let then = Sheets::of(&after.estate, NOW);
        let plain = |sheets: &Sheets| {
            let mut sheets = sheets.clone();
            for row in &mut sheets.cost_centers {
                (row.manager_email, row.manager_name, row.inherited) = (None, None, false);
                row.alerts.truncate(3);
            }
            sheets
        };
        let mut plainly = plain(&edited);
        // Nobody pays before the first period anyway.
        let later: BTreeSet<String> = plainly.workspaces.iter().filter(|row| row.from.is_some()).map(|row| row.id.clone()).collect();
        plainly.workspaces.retain(|row| row.code.is_some() || !later.contains(&row.id));
        plainly.workspaces.sort_by(|a, b| (&a.id, a.from, &a.code).cmp(&(&b.id, b.from, &b.code)));
        let mut is = plain(&then);
        is.workspaces.sort_by(|a, b| (&a.id, a.from, &a.code).cmp(&(&b.id, b.from, &b.code)));
        prop_assert_eq!(plainly.differences(&is), Vec::<What>::new(), "{}", told);
        // Once more changes nothing.
        let again = compare(&read, &now, &then);
        prop_assert_eq!((&again.edits, &again.conflicts), (&Vec::new(), &Vec::new()), "{}", told);
        for file in &draft.files {
            let old = file.before.as_deref().unwrap_or_default();
            prop_assert!(old != file.after);
            if !delete {
                prop_assert_eq!(comments(old), comments(&file.after), "{}", told);
            }
            if !format(old).unwrap().changed {
                prop_assert!(!format(&file.after).unwrap().changed, "{}", told);
            }
        }
    }

    #[test]
    fn a_workbook_without_changes_writes_nothing(files in dice(200)) {
        let project = load(estate(&files));
        let now = Sheets::of(&project.estate, NOW);
        let read = through_a_file(&now, &project);
        let wanted = merge(&read, &now, &compare(&read, &now, &now), true);
        let draft = Draft::of(&project, &now, &wanted).unwrap();
        prop_assert_eq!(draft, Draft::default());
    }

    /// What was changed here since stays, what was changed there comes on top, and a conflict stays one.
    #[test]
    fn changes_of_both_sides_come_together(
        files in dice(300),
        ours in dice(120),
        theirs in dice(120),
        numbers in (1usize..8, 1usize..8),
    ) {
        let base = load(estate(&files));
        let then = Sheets::of(&base.estate, NOW);
        let edited = |dice: &Dice, number: usize, new: usize| {
            let mut edited = then.clone();
            let mut choice = Choice { dice, at: 0 };
            (0..number).for_each(|at| change(&mut edited, &mut choice, new + at));
            through_a_file(&edited, &base)
        };
        let written = |project: &Project, read: &Read, now: &Sheets| {
            let compared = compare(read, &then, now);
            assert_eq!(compared.bad, []);
            let wanted = merge(read, now, &compared, false);
            let draft = Draft::of(project, now, &wanted).unwrap_or_else(|error| panic!("{error:?}"));
            let after = draft.judged(project, &Surroundings::default());
            let errors: Vec<_> = after.diagnostics.iter().filter(|found| found.is_error()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            assert_eq!(Draft::amiss(&after, &wanted, NOW), []);
            after
        };
        let here = written(&base, &edited(&ours, numbers.0, 100), &then);
        let now = Sheets::of(&here.estate, NOW);
        let read = edited(&theirs, numbers.1, 0);
        let after = written(&here, &read, &now);
        let named = |compared: &Compared| -> BTreeSet<(What, &'static str)> {
            let conflicts = compared.conflicts.iter();
            conflicts.map(|edit| (edit.what.clone(), edit.field)).collect()
        };
        let before = compare(&read, &then, &now);
        let again = compare(&read, &then, &Sheets::of(&after.estate, NOW));
        prop_assert_eq!(&again.edits, &[]);
        prop_assert!(named(&again).is_subset(&named(&before)), "{:#?}", again.conflicts);
    }
}
