//! What holds for every file: the declaration stays, the comments stay, and twice is once.
//!
//! The files are written at random: sections, entries in any order, every style of quotes, maps over lines
//! and in braces, comments and blank lines in any place, blanks at line ends, either line break.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::format;
use crate::config::declaration::{Declaration, Entry, Table};
use crate::config::project::{self, Project, Surroundings};
use crate::config::source::Source;

/// A line of a file, before indentation.
#[derive(Debug, Clone)]
enum Line {
    Blank(u8),
    Comment(u8),
}

/// What stands above an entry, behind its first line and below it.
#[derive(Debug, Clone)]
struct Around {
    above: Vec<Line>,
    behind: Option<u8>,
    below: Vec<Line>,
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = prop_oneof![
        (0u8..3).prop_map(Line::Blank),
        (0u8..6).prop_map(Line::Comment)
    ];
    prop_oneof![3 => Just(Vec::new()), 2 => prop::collection::vec(line, 1..4)]
}

fn around() -> impl Strategy<Value = Around> {
    let below = prop_oneof![4 => Just(Vec::new()), 1 => lines()];
    (lines(), prop::option::weighted(0.3, 0u8..3), below).prop_map(|(above, behind, below)| {
        Around {
            above,
            behind,
            below,
        }
    })
}

/// Texts that are read as something else without quotes, and some that are not.
fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "Shop",
        "NO",
        "1e5",
        "0071000",
        "it's",
        "a: b",
        "12:30",
        "0x1f",
        "1_000",
        "2026-01-01",
        "é # ü",
        "null",
        "true",
        "~",
        "say \"yes\"",
        "two words",
        "o-abcdefghij",
        "CC-1",
        "*star",
        "{x}",
        "",
    ])
    .prop_map(str::to_owned)
}

/// One way of writing a text.
fn written() -> impl Strategy<Value = String> {
    (text(), 0u8..4).prop_map(|(text, style)| quoted(&text, style))
}

fn quoted(text: &str, style: u8) -> String {
    let special = text.is_empty()
        || text.contains([':', '#', '"', '\'', '*', '{'])
        || matches!(text, "null" | "true" | "~");
    match style {
        0 | 1 if !special => text.to_owned(),
        2 => format!("'{}'", text.replace('\'', "''")),
        _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

fn key() -> impl Strategy<Value = String> {
    let number = (0u64..60).prop_map(|n| format!("{:012}", n * 7_777_777_777 % 1_000_000_000_000));
    let name = prop::sample::select(vec![
        "NO",
        "1e5",
        "CC-110",
        "CC-9",
        "acme core",
        "B0000000-0000-4000-8000-000000000000",
        "a0000000-0000-4000-8000-000000000000",
        "ocid1.tenancy.oc1..root",
        "null",
        "2026",
        "FY2027",
        "é",
    ]);
    prop_oneof![2 => number, 1 => name.prop_map(str::to_owned)]
}

/// An entry's value: on the line of the key, or as lines below it.
#[derive(Debug, Clone)]
enum Body {
    Inline(String),
    Lines(Vec<String>),
}

fn fields(options: Vec<BoxedStrategy<(&'static str, String)>>) -> BoxedStrategy<Body> {
    let picked = prop::sample::subsequence(options.clone(), 1..=options.len())
        .prop_flat_map(|picked| picked);
    (picked.prop_shuffle(), any::<bool>())
        .prop_map(|(fields, flow)| {
            let line = |(name, value): &(&str, String)| format!("{name}: {value}");
            let lines: Vec<String> = fields.iter().map(line).collect();
            if flow && !lines.iter().any(|line| line.contains('\n')) {
                Body::Inline(format!("{{{}}}", lines.join(", ")))
            } else {
                Body::Lines(lines)
            }
        })
        .boxed()
}

fn field<S: Strategy<Value = String> + 'static>(
    name: &'static str,
    value: S,
) -> BoxedStrategy<(&'static str, String)> {
    value.prop_map(move |value| (name, value)).boxed()
}

fn account() -> BoxedStrategy<Body> {
    let center = prop::sample::select(vec![
        "CC-110",
        "0110",
        "{split: {CC-110: 60, 0120: 40}}",
        "[{split: [CC-110, 0120]}, {from: 2027-01, cost_center: 'CC-110'}]",
        "\n      - split: {CC-110: 33.33, \"0120\": 66.67} # thirds\n      - from: 2027-02\n        cost_center: 0120",
    ]);
    let labels = prop::sample::select(vec![
        "{on: yes, env: 'prod'}",
        "\n      2027: 1\n      # by team\n      team: \"a # b\"",
    ]);
    let name = prop_oneof![
        3 => written(),
        1 => Just("|\n      two  \n\n        lines".to_owned()),
        1 => Just(">-\n      folded\n      text".to_owned()),
        1 => Just("\"over\n      lines\"".to_owned()),
        1 => Just("plain over\n      lines".to_owned()),
    ];
    let long = fields(vec![
        field("name", name),
        field("owner", written()),
        field("payer", key().prop_map(|k| quoted(&k, 0))),
        field("cost_center", center.prop_map(str::to_owned)),
        field("labels", labels.prop_map(str::to_owned)),
        field("protect", Just("true".to_owned())),
        field("closed", Just("2026-11-14".to_owned())),
    ]);
    prop_oneof![1 => written().prop_map(Body::Inline), 3 => long].boxed()
}

fn cost_center() -> BoxedStrategy<Body> {
    let required = written().prop_map(|name| {
        Body::Inline(format!("{{name: {name}, alerts: [50, 80], from: 2024-04}}"))
    });
    required.boxed()
}

fn budget() -> BoxedStrategy<Body> {
    let budgets = vec![
        "120000",
        "4000.50",
        "{amount: 700000, currency: BRL}",
        "{2026-04: 9000, '2026-05': 1}",
    ];
    prop::sample::select(budgets)
        .prop_map(|text| Body::Inline(text.to_owned()))
        .boxed()
}

fn removal() -> BoxedStrategy<Body> {
    written()
        .prop_map(|reason| Body::Lines(vec!["action: forget".into(), format!("reason: {reason}")]))
        .boxed()
}

fn shared() -> BoxedStrategy<Body> {
    Just(Body::Inline(
        "{match: {service: 1e5}, method: {fixed: {CC-110: 60, 0120: 40}}}".to_owned(),
    ))
    .boxed()
}

type Section = Vec<(String, Around, Body)>;

fn entries(body: BoxedStrategy<Body>) -> impl Strategy<Value = Section> {
    let key = (key(), 0u8..4);
    prop::collection::btree_map(
        key.prop_map(|(key, style)| (key, style)),
        (around(), body),
        1..7,
    )
    .prop_map(|map| {
        // One key may have been drawn in two styles.
        let unique: BTreeMap<String, _> = map
            .into_iter()
            .map(|((key, style), rest)| (key, (style, rest)))
            .collect();
        let entry = |(key, (style, (around, body))): (String, (u8, (Around, Body)))| {
            (quoted(&key, style), around, body)
        };
        unique.into_iter().map(entry).collect::<Vec<_>>()
    })
    .prop_shuffle()
}

struct Writer {
    text: String,
    comments: usize,
}

impl Writer {
    fn line(&mut self, indent: usize, line: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn around(&mut self, indent: usize, lines: &[Line]) {
        for line in lines {
            match line {
                Line::Blank(blanks) => self.line(usize::from(*blanks), ""),
                Line::Comment(shift) => {
                    self.comments += 1;
                    let comment = format!(
                        "# comment\t{} {}",
                        self.comments,
                        " ".repeat(usize::from(*shift) % 2)
                    );
                    // Some stand deeper than the entry, some less deep.
                    self.line((indent + usize::from(*shift)).saturating_sub(2), &comment);
                }
            }
        }
    }

    fn entry(&mut self, indent: usize, (key, around, body): &(String, Around, Body)) {
        self.around(indent, &around.above);
        let block = |value: &str| value.contains('\n');
        let mut behind = String::new();
        if let Some(blanks) = around.behind {
            self.comments += 1;
            behind = format!(
                " {}# behind {}",
                " ".repeat(usize::from(blanks)),
                self.comments
            );
        }
        match body {
            Body::Inline(value) => self.line(indent, &format!("{key}: {value}{behind}")),
            Body::Lines(lines) => {
                self.line(indent, &format!("{key}:{behind}"));
                for (at, line) in lines.iter().enumerate() {
                    self.line(indent + 2, line);
                    if at == 0 && !block(line) {
                        self.around(indent + 2, &around.below);
                    }
                }
            }
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) text: String,
}

pub(super) fn file() -> impl Strategy<Value = File> {
    let sections = (
        prop::option::of(entries(account())),
        prop::option::of(entries(cost_center())),
        prop::option::of(prop::collection::vec((key(), entries(budget())), 1..3)),
        prop::option::of(entries(removal())),
        prop::option::of(entries(shared())),
    );
    let ends = (any::<bool>(), any::<bool>(), 0usize..3, lines());
    (sections, ends).prop_map(
        |((accounts, centers, budgets, removed, shared), (crlf, close, extra, between))| {
            let mut writer = Writer {
                text: String::new(),
                comments: 0,
            };
            let mut section = |name: &str, entries: &Option<Section>| {
                if let Some(entries) = entries {
                    writer.around(0, &between);
                    writer.line(0, &format!("{name}:"));
                    entries.iter().for_each(|entry| writer.entry(2, entry));
                }
            };
            section("accounts", &accounts);
            section("cost_centers", &centers);
            section("removed", &removed);
            section("shared_costs", &shared);
            if let Some(years) = budgets {
                writer.line(0, "budgets:");
                let years: BTreeMap<String, Section> = years.into_iter().collect();
                for (year, entries) in years.iter().rev() {
                    writer.line(2, &format!("{}: # a year", quoted(year, 2)));
                    entries.iter().for_each(|entry| writer.entry(4, entry));
                }
            }
            writer.text.push_str("version: 1");
            if close {
                writer.text.push_str(&"\n".repeat(extra));
            }
            let text = if crlf {
                writer.text.replace('\n', "\r\n")
            } else {
                writer.text
            };
            File { text }
        },
    )
}

pub(super) fn read(text: &str) -> Project {
    let source = Source {
        path: "bursar.yaml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    project::load_texts(Path::new("."), vec![source], &Surroundings::default())
}

/// A declaration without its places.
pub(super) fn said(declaration: &Declaration) -> Vec<String> {
    fn table<T: std::fmt::Debug>(table: &Table<T>, said: &mut Vec<String>) {
        let entry = |entry: &Entry<T>| {
            format!(
                "{:?} {:?} {:?} {:?}",
                table.section, entry.year, entry.key, entry.value
            )
        };
        said.extend(table.iter().map(entry));
    }
    let mut said = vec![format!(
        "{:?} {:?} {:?}",
        declaration.settings, declaration.defaults, declaration.broken
    )];
    table(&declaration.credentials, &mut said);
    table(&declaration.organizations, &mut said);
    table(&declaration.payers, &mut said);
    table(&declaration.accounts, &mut said);
    table(&declaration.cost_centers, &mut said);
    table(&declaration.budgets, &mut said);
    table(&declaration.shared_costs, &mut said);
    table(&declaration.removed, &mut said);
    // The first shared cost that matches wins: their order in the file counts.
    let mut shared: Vec<_> = declaration
        .shared_costs
        .iter()
        .map(|e| (e.span, &e.key))
        .collect();
    shared.sort();
    said.extend(shared.into_iter().map(|(_, key)| key.to_string()));
    said
}

fn complaints(project: &Project) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = project
        .diagnostics
        .iter()
        .map(|d| (d.code, d.message.as_str()))
        .collect();
    all.sort_unstable();
    all
}

/// All comments, without the blanks behind them.
pub(super) fn comments(text: &str) -> Vec<&str> {
    let comment = |line: &'_ str| line.find("# comment\t").or_else(|| line.find("# behind "));
    let mut found: Vec<&str> = text
        .lines()
        .filter_map(|l| comment(l).map(|at| l[at..].trim_end()))
        .collect();
    found.sort_unstable();
    found
}

/// Whether a comment heads the entry at `key`: one that is not deeper, with a blank line behind it.
fn headed(text: &str, key: usize) -> bool {
    let line = text[..key].rfind('\n').map_or(0, |at| at + 1);
    let column = key - line;
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let above: Vec<&str> = text[..line].lines().rev().collect();
    let own = above.iter().take_while(|line| is_comment(line)).count();
    above[own..]
        .iter()
        .take_while(|line| line.trim().is_empty() || is_comment(line))
        .any(|line| is_comment(line) && line.len() - line.trim_start().len() <= column)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn formatting_keeps_the_declaration_and_the_comments_and_is_idempotent(file in file()) {
        let before = &file.text;
        let after = format(before).unwrap_or_else(|problems| panic!("{problems:?}\n{before}")).text;
        let again = format(&after).unwrap_or_else(|problems| panic!("{problems:?}\n{after}")).text;
        prop_assert_eq!(&again, &after, "twice is once");
        prop_assert_eq!(comments(before), comments(&after));
        let (read_before, read_after) = (read(before), read(&after));
        prop_assert_eq!(said(&read_before.estate.declaration), said(&read_after.estate.declaration));
        prop_assert_eq!(complaints(&read_before), complaints(&read_after));
        prop_assert!(after.ends_with('\n') && !after.ends_with("\n\n"));
        let last = after.lines().filter(|line| line.trim_start().starts_with('#'));
        for line in last {
            prop_assert_eq!(line.trim_end(), line);
        }
        // Every key of the accounts has quotes, and they are in order within their groups.
        let project = &read_after.estate.declaration;
        let mut places: Vec<_> = project.accounts.iter().map(|entry| (entry.span, &entry.key)).collect();
        places.sort();
        for (span, _) in &places {
            prop_assert!(span.of(&after).starts_with(['"', '\'']));
        }
        let rank = |key: &str| (crate::model::id::canonical(None, key).into_owned(), key.to_owned());
        let groups = places.chunk_by(|_, (next, _)| !headed(&after, next.start as usize));
        for group in groups {
            prop_assert!(group.is_sorted_by_key(|(_, key)| rank(key)), "in order:\n{}", after);
        }
    }
}
