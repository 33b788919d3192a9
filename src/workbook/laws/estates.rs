//! Estates at random: files with comments, quotes and line ends of all kinds.

use std::fmt::Write as _;

use super::choice::{Choice, Dice, NAMES};
use crate::config::format::format;
use crate::config::source::Source;

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

pub(super) const BRANCHES: [&str; 5] = ["B0", "B1", "B2", "0071", "1e5"];
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
pub(super) fn estate(dice: &Dice) -> Vec<Source> {
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
