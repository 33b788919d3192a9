//! Maps on lines: entries are added and taken out as whole lines, with the comments that are their own.

use std::collections::HashMap;

use crate::config::format::{order, scalar::scalar};
use crate::config::yaml::{Key, Node, Value as Tree};

use super::{
    CannotPatch, Entries, Entry, Patch, Patcher, Place, Value, column, rank, section_lines,
};

impl Patcher<'_> {
    /// The file itself: a map of sections.
    pub(super) fn top(&mut self, top: &Entries) -> Result<(), CannotPatch> {
        let tree = self.tree;
        let Tree::Mapping(sections) = &tree.value else {
            return self.cannot(
                tree.span,
                "it is no map of sections",
                "write sections as keys",
            );
        };
        if self.is_flow(tree) {
            return self.cannot(
                tree.span,
                "all of the file stands between braces",
                "write its sections on lines of their own",
            );
        }
        let mut new = Vec::new();
        for (name, patch) in &top.changes {
            match sections.iter().find(|(key, _)| key.text == *name) {
                Some((key, node)) => {
                    let entry = Entry { key, node };
                    if self.goes(node, patch) {
                        self.alone(node)?;
                        self.emptied(entry);
                    } else {
                        self.section(entry, patch)?;
                    }
                }
                None => new.extend(patch.fresh().map(|value| (name.clone(), value))),
            }
        }
        if !new.is_empty() {
            let indent = sections
                .first()
                .map_or(0, |(key, _)| column(self.text, key));
            let parted = self.text.ends_with(&format!("{0}{0}", self.line_break));
            let part = if parted { "" } else { self.line_break };
            let lines = section_lines(&new, indent, self.line_break);
            let end = self.text.len();
            self.edit(end, end, format!("{part}{lines}"));
        }
        Ok(())
    }

    /// A section that holds nothing gets its entries on lines, however short they are.
    fn section(&mut self, entry: Entry<'_, '_>, patch: &Patch) -> Result<(), CannotPatch> {
        let empty = match &entry.node.value {
            Tree::Mapping(entries) => entries.is_empty(),
            Tree::Scalar(_) => super::Said::of(entry.node) == super::Said::null(),
            Tree::Sequence(_) => false,
        };
        let Some(fresh) = patch.fresh().filter(|_| empty) else {
            return self.patch(entry, patch, false);
        };
        self.alone(entry.node)?;
        let section = [(entry.key.text.to_string(), fresh)];
        let indent = column(self.text, entry.key);
        let whole = section_lines(&section, indent, self.line_break);
        let lines = &whole[order::line_end(&whole, 0)..];
        let node = entry.node.span;
        if !node.is_empty() {
            let before = self.text.get(..node.start as usize).unwrap_or_default();
            self.edit(
                before.trim_end_matches([' ', '\t']).len(),
                node.end as usize,
                "",
            );
        }
        let below = order::line_end(self.text, entry.end());
        self.edit(below, below, lines);
        Ok(())
    }

    /// A section that lost all its entries, as `{}`.
    fn emptied(&mut self, entry: Entry<'_, '_>) {
        let Entry { key, node } = entry;
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        if self.is_flow(node) {
            return self.edit(start, end, "{}");
        }
        let below = order::line_end(self.text, key.span.end as usize);
        let rest = &self.text[key.span.end as usize..];
        let colon = key.span.end as usize + rest.find(':').map_or(0, |at| at + 1);
        self.edit(colon, colon, " {}");
        self.edit(below, order::line_end(self.text, end), "");
    }

    /// A map on lines, of which the first can be at `from`; `outer` is the column of the key above it.
    pub(super) fn block_map(
        &mut self,
        node: &Node<'_>,
        from: usize,
        all: &[(Key<'_>, Node<'_>)],
        entries: &Entries,
        outer: usize,
    ) -> Result<(), CannotPatch> {
        let blocks = order::blocks_of(from, &order::ranges(all), self.text);
        let places = places(all);
        let mut new: Vec<(&str, (Value, &[String]))> = Vec::new();
        for (name, patch) in &entries.changes {
            let Some(at) = places.get(name.as_str()).copied() else {
                let near: &[String] = match patch {
                    Patch::Beside { near, .. } => near,
                    _ => &[],
                };
                new.extend(patch.fresh().map(|value| (name.as_str(), (value, near))));
                continue;
            };
            let (key, node) = &all[at];
            if !self.goes(node, patch) {
                self.patch(Entry { key, node }, patch, false)?;
                continue;
            }
            self.alone(node)?;
            match &blocks {
                Some(blocks) => self.take_out(blocks, at),
                None => return self.cannot(key.span, NO_LINES, NO_LINES_HELP),
            }
        }
        let blocks = match blocks {
            Some(blocks) => blocks,
            None if new.is_empty() => return Ok(()),
            None => return self.cannot(node.span, NO_LINES, NO_LINES_HELP),
        };
        sort(&mut new, &entries.place);
        let indent = all
            .first()
            .map_or(outer + 2, |(key, _)| column(self.text, key));
        let keys: Vec<&str> = all.iter().map(|(key, _)| &*key.text).collect();
        let headed: Vec<bool> = blocks.iter().map(|block| block.headed).collect();
        for (name, (value, near)) in new {
            let (group, behind) = match &entries.place {
                Place::Fields(_) => (0, place(&keys, name, &entries.place)),
                Place::Sorted => in_group(&keys, &headed, name, near),
            };
            // What heads a group stays above it.
            let first = blocks.get(behind).filter(|_| behind == group);
            let at = match (
                first,
                behind.checked_sub(1).and_then(|before| blocks.get(before)),
            ) {
                (Some(first), _) => first.lines.start,
                (None, Some(before)) => before.lines.end,
                (None, None) => from,
            };
            let lines = value.entry(&scalar(name), indent, self.line_break);
            self.edit(at, at, lines);
        }
        Ok(())
    }

    /// Takes the lines of an entry out. A blank line that parted it from the one before parts the next.
    pub(super) fn take_out(&mut self, blocks: &[order::Block], at: usize) {
        let lines = blocks[at].lines.clone();
        let lead = order::blank_lines(&self.text[lines.clone()]).len();
        let next = blocks
            .get(at + 1)
            .map(|next| &self.text[next.lines.clone()]);
        let parts = next.is_some_and(|next| order::blank_lines(next).is_empty());
        let start = if parts {
            lines.start + lead
        } else {
            lines.start
        };
        self.edit(start, lines.end, "");
    }
}

pub(super) const NO_LINES: &str = "its entries don't stand on lines of their own";
pub(super) const NO_LINES_HELP: &str =
    "write each entry on a line of its own, all with the same indentation";

/// The places of entries by their keys.
pub(super) fn places<'n>(all: &'n [(Key<'_>, Node<'_>)]) -> HashMap<&'n str, usize> {
    let keys = all.iter().map(|(key, _)| &*key.text);
    keys.zip(0..).collect()
}

/// New entries in the order in which they come.
pub(super) fn sort<T>(new: &mut [(&str, T)], place: &Place) {
    match place {
        Place::Fields(fields) => new.sort_by_key(|(key, _)| rank(fields, key)),
        _ => new.sort_by(|(a, _), (b, _)| order::rank(a).cmp(&order::rank(b))),
    }
}

/// How many of the present entries a new one comes behind.
pub(super) fn place(keys: &[&str], name: &str, place: &Place) -> usize {
    match place {
        Place::Fields(fields) => {
            let own = rank(fields, name);
            let before = keys.iter().rposition(|key| rank(fields, key) < own);
            before.map_or(0, |at| at + 1)
        }
        _ => sorted(keys, name),
    }
}

/// In front of the first that comes after it.
fn sorted(keys: &[&str], name: &str) -> usize {
    let after = keys
        .iter()
        .position(|key| order::rank(key) > order::rank(name));
    after.unwrap_or(keys.len())
}

/// Where the group begins that a new entry comes into, and how many entries it comes behind: the group of the
/// last of the entries near it; else that which begins with the last key before it.
fn in_group(keys: &[&str], headed: &[bool], name: &str, near: &[String]) -> (usize, usize) {
    let mut starts: Vec<usize> = (0..keys.len())
        .filter(|at| *at == 0 || headed[*at])
        .collect();
    if starts.is_empty() {
        return (0, 0);
    }
    starts.push(keys.len());
    let begins = |at: usize| {
        starts
            .iter()
            .rposition(|start| *start <= at && *start < keys.len())
    };
    let neighbour = keys
        .iter()
        .rposition(|key| near.iter().any(|near| near == key));
    let group = match neighbour.and_then(begins) {
        Some(group) => group,
        None => {
            let before = |start: &usize| order::rank(keys[*start]) < order::rank(name);
            starts[..starts.len() - 1]
                .iter()
                .rposition(before)
                .unwrap_or(0)
        }
    };
    let (start, end) = (starts[group], starts[group + 1]);
    (start, start + sorted(&keys[start..end], name))
}
