//! For the rules' tests: declarations from YAML text, and problems as short lines.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::{Context, Rule};
use crate::config::declaration::{Declaration, Entry, Section, Table};
use crate::config::estate::Estate;
use crate::config::problem::{At, FileId, Problem, Severity, Step};
use crate::config::source::{Source, Sources};
use crate::config::yaml::{self, LeafProblem, Limits, Node, Value};
use crate::model::leaf;
use crate::model::settings::Settings;

/// A declaration and its sources.
pub struct Fixture {
    pub estate: Estate,
    pub sources: Sources,
}

/// The files of a project, `bursar.yaml` first.
pub fn project(files: &[(&str, &str)]) -> Fixture {
    let trees: Vec<Option<Node<'_>>> = files
        .iter()
        .map(|(path, text)| {
            yaml::parse(text, &Limits::default()).unwrap_or_else(|problem| panic!("{path}: {problem:?}"))
        })
        .collect();
    let settings = trees.first().and_then(Option::as_ref);
    let mut defaults = BTreeMap::new();
    for (file, tree) in trees.iter().enumerate() {
        if let Some(node) = tree.as_ref().and_then(|tree| value(tree, "defaults")) {
            defaults.insert(FileId(file as u32), decode(node));
        }
    }
    let declaration = Declaration {
        settings: settings.map_or_else(Settings::default, decode),
        credentials: table(&trees, Section::Credentials),
        organizations: table(&trees, Section::Organizations),
        payers: table(&trees, Section::Payers),
        accounts: table(&trees, Section::Accounts),
        cost_centers: table(&trees, Section::CostCenters),
        budgets: table(&trees, Section::Budgets),
        shared_costs: table(&trees, Section::SharedCosts),
        removed: table(&trees, Section::Removed),
        defaults,
    };
    let mut sources = Sources::default();
    sources.files = files
        .iter()
        .map(|(path, text)| Source {
            path: (*path).to_owned(),
            bytes: text.as_bytes().to_vec(),
        })
        .collect();
    Fixture {
        estate: Estate::resolve(declaration),
        sources,
    }
}

fn value<'n, 't>(node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
    match &node.value {
        Value::Mapping(entries) => entries.iter().find(|(k, _)| k.text == key).map(|(_, v)| v),
        _ => None,
    }
}

fn entries<'n, 't>(node: &'n Node<'t>) -> &'n [(yaml::Key<'t>, Node<'t>)] {
    match &node.value {
        Value::Mapping(entries) => entries,
        _ => &[],
    }
}

fn table<T: DeserializeOwned>(trees: &[Option<Node<'_>>], section: Section) -> Table<T> {
    let mut found = Vec::new();
    for (file, tree) in trees.iter().enumerate() {
        let Some(node) = tree.as_ref().and_then(|tree| value(tree, section.as_str())) else {
            continue;
        };
        let mut add = |year: Option<&str>, key: &yaml::Key<'_>, node: &Node<'_>| {
            found.push(Entry {
                key: key.text.as_ref().into(),
                year: year.map(Into::into),
                file: FileId(file as u32),
                span: key.span,
                value: decode(node),
            });
        };
        for (key, node) in entries(node) {
            if section == Section::Budgets {
                for (code, budget) in entries(node) {
                    add(Some(&key.text), code, budget);
                }
            } else {
                add(None, key, node);
            }
        }
    }
    Table::new(section, found)
}

fn decode<T: DeserializeOwned>(node: &Node<'_>) -> T {
    let check = |name: &'static str, text: &str| {
        leaf::check(name, text).map(|(error, placeholder)| LeafProblem {
            code: error.code,
            message: error.message,
            help: error.help,
            placeholder: placeholder.to_owned(),
        })
    };
    let mut problems = Vec::new();
    let value = yaml::decode_node(node, &check, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    value.expect("decodes")
}

/// A place as `0: a.b[1]`; a `~` in front of a key's own place.
pub fn place(at: &At) -> String {
    let mut out = String::new();
    if at.file.0 > 0 {
        out.push_str(&format!("{}: ", at.file.0));
    }
    if at.on_key {
        out.push('~');
    }
    for (n, step) in at.path.iter().enumerate() {
        match step {
            Step::Key(key) => {
                if n > 0 {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

impl Fixture {
    /// Asks one rule.
    pub fn ask(&self, rule: &Rule) -> Vec<Problem> {
        let mut problems = Vec::new();
        let context = Context {
            estate: &self.estate,
            sources: &self.sources,
            tracked: &|path| path.contains("tracked"),
            checks: &["aws.recommendations.trusted_advisor", "azure.sas.expiry"],
        };
        (rule.check)(context, &mut problems);
        problems.sort_by(|a, b| (&a.at, a.code, &a.message).cmp(&(&b.at, b.code, &b.message)));
        for problem in &problems {
            assert!(rule.codes.contains(&problem.code), "{} is not among the rule's codes", problem.code);
            assert!(!problem.message.ends_with('.') && !problem.help.is_empty(), "{problem:?}");
        }
        problems
    }
}

/// What a rule finds in one file, as `code place`, warnings with `warning` in front.
pub fn found(rule: &Rule, text: &str) -> Vec<String> {
    found_in(rule, &[("bursar.yaml", text)])
}

/// What a rule finds in several files.
pub fn found_in(rule: &Rule, files: &[(&str, &str)]) -> Vec<String> {
    let line = |problem: &Problem| {
        let severity = match problem.severity {
            Severity::Error => "",
            Severity::Warning => "warning ",
        };
        format!("{severity}{} {}", problem.code, place(&problem.at))
    };
    project(files).ask(rule).iter().map(line).collect()
}

/// What a rule says about one file: messages and help.
pub fn said(rule: &Rule, text: &str) -> Vec<String> {
    let problems = project(&[("bursar.yaml", text)]).ask(rule);
    problems
        .iter()
        .map(|problem| format!("{}; {}", problem.message, problem.help))
        .collect()
}
