//! The structure as a drawing: mermaid, which shows in a pull request, and dot, for Graphviz.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::tree::{Shown, money};
use crate::report::text::{clean, count};
use crate::structure::tree::lives;

/// What is drawn.
pub struct Drawn<'a> {
    pub shown: &'a Shown<'a>,
}

impl Drawn<'_> {
    /// The lines of each node's label.
    fn label(&self, at: usize) -> Vec<String> {
        let node = &self.shown.tree.nodes[at];
        let mut lines = vec![clean(node.code), clean(&node.center.name)];
        if let Some((amount, currency)) = self.shown.budgets[at] {
            lines.push(format!("{} {}", self.shown.year, money(amount, currency)));
        }
        match self.shown.accounts[at] {
            0 => {}
            number => lines.push(count(number, "account", "accounts")),
        }
        lines
    }
}

/// A flowchart from the roots down.
#[must_use]
pub fn mermaid(drawn: &Drawn<'_>) -> String {
    let nodes = &drawn.shown.tree.nodes;
    let mut out = "flowchart TD\n".to_owned();
    for (at, _) in drawn.shown.tree.walk() {
        let label: Vec<String> = drawn.label(at).iter().map(|line| entities(line)).collect();
        let _ = writeln!(out, "  c{at}[\"{}\"]", label.join("<br/>"));
    }
    for (at, _) in drawn.shown.tree.walk() {
        if let Some(parent) = nodes[at].parent {
            let _ = writeln!(out, "  c{parent} --> c{at}");
        }
    }
    let gone: Vec<String> = (0..nodes.len())
        .filter(|at| !lives(nodes[*at].center, drawn.shown.month))
        .map(|at| format!("c{at}"))
        .collect();
    if !gone.is_empty() {
        let _ = writeln!(out, "  classDef gone stroke-dasharray: 4 4");
        let _ = writeln!(out, "  class {} gone", gone.join(","));
    }
    if drawn.shown.unallocated > 0 {
        let accounts = count(drawn.shown.unallocated, "account", "accounts");
        let _ = writeln!(out, "  none([\"on no cost centre<br/>{accounts}\"])");
    }
    out
}

/// The part of the tree around some cost centres: those themselves, marked, what stands above them and
/// right below. None where that is too much to look at, or nothing.
#[must_use]
pub fn mermaid_around(drawn: &Drawn<'_>, codes: &BTreeSet<String>) -> Option<String> {
    /// More than that nobody can read.
    const MOST: usize = 60;
    let nodes = &drawn.shown.tree.nodes;
    let marked: BTreeSet<usize> = codes
        .iter()
        .filter_map(|code| drawn.shown.tree.place(code))
        .collect();
    let mut kept = marked.clone();
    for at in &marked {
        let mut above = nodes[*at].parent;
        while let Some(at) = above {
            if !kept.insert(at) {
                break;
            }
            above = nodes[at].parent;
        }
    }
    kept.extend((0..nodes.len()).filter(|at| {
        let parent = nodes[*at].parent;
        parent.is_some_and(|parent| marked.contains(&parent))
    }));
    if kept.is_empty() || kept.len() > MOST {
        return None;
    }
    let mut out = "flowchart TD\n".to_owned();
    for at in &kept {
        let label: Vec<String> = drawn.label(*at).iter().map(|line| entities(line)).collect();
        let _ = writeln!(out, "  c{at}[\"{}\"]", label.join("<br/>"));
    }
    for at in &kept {
        if let Some(parent) = nodes[*at].parent.filter(|parent| kept.contains(parent)) {
            let _ = writeln!(out, "  c{parent} --> c{at}");
        }
    }
    let names: Vec<String> = marked.iter().map(|at| format!("c{at}")).collect();
    let _ = writeln!(out, "  classDef changed stroke-width:3px");
    let _ = writeln!(out, "  class {} changed", names.join(","));
    Some(out)
}

/// Text within a quoted label of mermaid: its entity codes for what has a meaning there.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' | '\\' | '[' | ']' | '{' | '}' => {
                let _ = write!(out, "#{};", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out
}

/// A directed graph.
#[must_use]
pub fn dot(drawn: &Drawn<'_>) -> String {
    let nodes = &drawn.shown.tree.nodes;
    let mut out = "digraph structure {\n  node [shape=box]\n".to_owned();
    for (at, _) in drawn.shown.tree.walk() {
        let label: Vec<String> = drawn.label(at).iter().map(|line| escaped(line)).collect();
        let style = match lives(nodes[at].center, drawn.shown.month) {
            true => "",
            false => ", style=dashed",
        };
        let _ = writeln!(out, "  c{at} [label=\"{}\"{style}]", label.join("\\n"));
    }
    for (at, _) in drawn.shown.tree.walk() {
        if let Some(parent) = nodes[at].parent {
            let _ = writeln!(out, "  c{parent} -> c{at}");
        }
    }
    if drawn.shown.unallocated > 0 {
        let accounts = count(drawn.shown.unallocated, "account", "accounts");
        let _ = writeln!(
            out,
            "  none [shape=ellipse, label=\"on no cost centre\\n{accounts}\"]"
        );
    }
    out + "}\n"
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
