//! The tree decoded into types.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::config::yaml::{LeafProblem, code, decode_node};

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename = "bursar::Id")]
struct Id(String);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename = "bursar::Month")]
struct Month(String);

#[derive(Debug, PartialEq, Deserialize)]
struct Plain(String);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Nothing,
    Reports {},
    Cur { report: String, bucket: Option<Id> },
    Named(Plain),
    Pair(u8, String),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    name: Option<Plain>,
    #[serde(default)]
    protect: bool,
    month: Option<Month>,
    #[serde(default)]
    exports: BTreeMap<String, Kind>,
    percent: Option<u8>,
    ratio: Option<f64>,
    letter: Option<char>,
    #[serde(default)]
    list: Vec<Month>,
}

type Accounts = BTreeMap<Id, Account>;

/// Ids may not hold `!`, months must hold `-`.
fn leaf(name: &'static str, text: &str) -> Option<LeafProblem> {
    let (bad, placeholder) = match name {
        "bursar::Id" => (text.contains('!'), format!("placeholder-{}", text.len())),
        "bursar::Month" => (!text.contains('-'), "2000-01".to_owned()),
        other => panic!("{other} is no leaf"),
    };
    bad.then(|| LeafProblem {
        code: "test.leaf",
        message: format!("not a {name}"),
        help: "write it well".to_owned(),
        placeholder,
    })
}

fn decoded<T: for<'a> Deserialize<'a>>(text: &str) -> (Option<T>, Vec<Problem>) {
    let tree = tree(text);
    let mut problems = Vec::new();
    let value = decode_node(&tree, &leaf, &mut problems);
    (value, problems)
}

fn good<T: for<'a> Deserialize<'a>>(text: &str) -> T {
    let (value, problems) = decoded(text);
    assert_eq!(problems, [], "{text:?}");
    value.unwrap()
}

/// The only problem, as `"marked": message`.
fn bad<T: for<'a> Deserialize<'a> + std::fmt::Debug>(text: &str) -> String {
    let (value, problems) = decoded::<T>(text);
    assert_eq!(problems.len(), 1, "{problems:?} {value:?}");
    assert!(value.is_none());
    assert_eq!(problems[0].code, code::VALUE);
    format!("{:?}: {}", problems[0].span.of(text), problems[0].message)
}

#[test]
fn text_stays_as_written() {
    let accounts: Accounts = good(
        "012345678901:\n  name: 0071000\n  protect: true\n  month: 2026-10\n  percent: 60\n  ratio: 1e-1\n  letter: é\n\
         1e5: {name: NO, list: [2026-11, '2026-12']}\nNO: {name: ~, month: null, percent: }\n",
    );
    let first = &accounts[&Id("012345678901".into())];
    assert_eq!(first.name, Some(Plain("0071000".into())));
    assert_eq!(
        (first.protect, first.percent, first.ratio, first.letter),
        (true, Some(60), Some(0.1), Some('é'))
    );
    assert_eq!(accounts[&Id("1e5".into())].name, Some(Plain("NO".into())));
    assert_eq!(accounts[&Id("1e5".into())].list.len(), 2);
    let last = &accounts[&Id("NO".into())];
    assert_eq!(
        (&last.name, &last.month, last.percent),
        (&None, &None, None)
    );
    assert_eq!(good::<Option<String>>("'~'"), Some("~".into()));
    assert_eq!(
        good::<Vec<Option<String>>>("- ''\n-\n- null\n"),
        [Some(String::new()), None, None]
    );
}

#[test]
fn numbers_of_all_kinds() {
    assert_eq!(
        good::<Vec<i64>>("[-1, +7, 012, 0x1f, 0o17, 1e3, 2.0, '5']"),
        [-1, 7, 12, 31, 15, 1000, 2, 5]
    );
    assert_eq!(good::<Vec<u64>>("[18446744073709551615]"), [u64::MAX]);
    assert_eq!(
        good::<i128>("-170141183460469231731687303715884105728"),
        i128::MIN
    );
    assert_eq!(
        good::<BTreeMap<u8, bool>>("{1: true, 02: False}"),
        BTreeMap::from([(1, true), (2, false)])
    );
    assert_eq!(
        bad::<u8>("256"),
        "\"256\": this is a number; a whole number from 0 to 255 is expected"
    );
    assert_eq!(
        bad::<u8>("1.5"),
        "\"1.5\": this is a number; a whole number from 0 to 255 is expected"
    );
    assert_eq!(
        bad::<f64>(".inf"),
        "\".inf\": this is text; a number is expected"
    );
}

#[test]
fn kinds_are_one_key_maps_or_bare_words() {
    let exports: BTreeMap<String, Kind> = good(
        "a: nothing\nb: {nothing: }\nc: {reports: {}}\nd: {cur: {report: 1e5, bucket: x}}\ne: {named: y}\nf: {pair: [1, z]}\n\
         g: {nothing: {}}\n",
    );
    assert_eq!(exports["a"], Kind::Nothing);
    assert_eq!(exports["b"], Kind::Nothing);
    assert_eq!(exports["c"], Kind::Reports {});
    assert_eq!(
        exports["d"],
        Kind::Cur {
            report: "1e5".into(),
            bucket: Some(Id("x".into()))
        }
    );
    assert_eq!(exports["e"], Kind::Named(Plain("y".into())));
    assert_eq!(exports["f"], Kind::Pair(1, "z".into()));
    assert_eq!(exports["g"], Kind::Nothing);
}

#[test]
fn all_bad_leaves_are_reported_at_once_with_their_spans() {
    let text = "a!b:\n  month: june\n  list: [x, 2026-01, y]\nc: {month: \"july\", exports: {e: {cur: {report: r, bucket: '!'}}}}\n";
    let (value, problems) = decoded::<Accounts>(text);
    let marked: Vec<_> = problems
        .iter()
        .map(|problem| (problem.span.of(text), problem.message.as_str()))
        .collect();
    assert_eq!(
        marked,
        [
            ("a!b", "not a bursar::Id"),
            ("june", "not a bursar::Month"),
            ("x", "not a bursar::Month"),
            ("y", "not a bursar::Month"),
            ("\"july\"", "not a bursar::Month"),
            ("'!'", "not a bursar::Id"),
        ]
    );
    assert!(
        problems
            .iter()
            .all(|problem| problem.code == "test.leaf" && problem.help == "write it well")
    );
    let value = value.unwrap();
    assert_eq!(
        value[&Id("placeholder-3".into())].month,
        Some(Month("2000-01".into()))
    );
}

#[test]
fn other_failures_are_placed_and_never_tell_a_value() {
    insta::assert_snapshot!([
        bad::<Accounts>("a: {nam: x}"),
        bad::<Accounts>("a: {protect: secret}"),
        bad::<Accounts>("a: [secret]"),
        bad::<Accounts>("a: {name: [x]}"),
        bad::<Accounts>("a: {month: {x: y}}"),
        bad::<Accounts>("a: {letter: secret}"),
        bad::<Kind>("secret"),
        bad::<Kind>("{secret: 1}"),
        bad::<Kind>("{}"),
        bad::<Kind>("{cur: {report: x}, named: y}"),
        bad::<Kind>("[nothing]"),
        bad::<Kind>("reports"),
        bad::<Kind>("cur: {bucket: b}"),
        bad::<Kind>("nothing: {x: 1}"),
        bad::<Kind>("pair: [1]"),
        bad::<(u8, u8)>("[1, 2, 3]"),
    ].join("\n"), @r##"
        "nam": the key `nam` is unknown here; known: name, protect, month, exports, percent, ratio, letter, list
        "secret": this is text; a boolean is expected
        "[secret]": this is a list; a map is expected
        "[x]": this is a list; text is expected
        "{x: y}": this is a map; text is expected
        "secret": this text is not a character
        "secret": this is none of the kinds known here: nothing, reports, cur, named, pair
        "secret": this is none of the kinds known here: nothing, reports, cur, named, pair
        "{}": this map is empty, where one key names the kind
        "named": one key names the kind here; this is another
        "[nothing]": this is a list; a kind, as a word or as a key is expected
        "reports": this is a bare word; this word as a key, with its fields under it is expected
        "{bucket: b}": the key `report` is missing
        "{x: 1}": nothing stands under this kind; write `{}`
        "[1]": there are 1 items here; another number of items is expected
        "[1, 2, 3]": there are 3 items here; another number of items is expected
        "##);
}

#[test]
fn earlier_problems_are_kept() {
    let tree = tree("1");
    let mut problems = problems("a: 1\na: 2\n");
    assert_eq!(decode_node::<u8>(&tree, &leaf, &mut problems), Some(1));
    assert_eq!(problems.len(), 1);
}
