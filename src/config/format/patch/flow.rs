//! Maps between braces: entries are changed, added and taken out between the commas.

use std::ops::Range;

use crate::config::format::{order, scalar::scalar};
use crate::config::yaml::{Node, Value as Tree};

use super::value::Said;
use super::{CannotPatch, Entries, Entry, Patch, Patcher, expected, map};

impl Patcher<'_> {
    pub(super) fn flow_map(
        &mut self,
        node: &Node<'_>,
        entries: &Entries,
    ) -> Result<(), CannotPatch> {
        let Tree::Mapping(all) = &node.value else {
            return Ok(());
        };
        let mut gone = vec![false; all.len()];
        let places = map::places(all);
        let mut new: Vec<(&str, String)> = Vec::new();
        for (name, patch) in &entries.changes {
            match places.get(name.as_str()).copied() {
                Some(at) => {
                    let (key, node) = &all[at];
                    if self.goes(node, patch) {
                        self.alone(node)?;
                        gone[at] = true;
                    } else {
                        self.patch(Entry { key, node }, patch, true)?;
                    }
                }
                None => {
                    let fresh = patch.fresh();
                    let line =
                        |value: &super::Value| format!("{}: {}", scalar(name), value.inline());
                    new.extend(fresh.as_ref().map(|value| (name.as_str(), line(value))));
                }
            }
        }
        let ranges = order::ranges(all);
        self.take_out_between(&ranges, &gone);
        map::sort(&mut new, &entries.place);
        let keys: Vec<&str> = all.iter().map(|(key, _)| &*key.text).collect();
        let kept: Vec<usize> = (0..all.len()).filter(|at| !gone[*at]).collect();
        if kept.is_empty() && !new.is_empty() {
            let lines: Vec<String> = new.into_iter().map(|(_, line)| line).collect();
            let at = node.span.start as usize + 1;
            self.edit(at, at, lines.join(", "));
            return Ok(());
        }
        for (name, line) in new {
            let behind = map::place(&keys, name, &entries.place);
            match kept.iter().rev().find(|at| **at < behind) {
                Some(at) => {
                    let end = ranges[*at].end;
                    self.edit(end, end, format!(", {line}"));
                }
                None => {
                    let start = ranges[kept[0]].start;
                    self.edit(start, start, format!("{line}, "));
                }
            }
        }
        Ok(())
    }
}

impl Patcher<'_> {
    /// Takes entries out between the commas, each run of them at once.
    fn take_out_between(&mut self, ranges: &[Range<usize>], gone: &[bool]) {
        let mut at = 0;
        while at < gone.len() {
            let run = gone[at..].iter().take_while(|gone| **gone).count();
            let (first, next) = (at, at + run);
            at = next + 1;
            if run == 0 {
                continue;
            }
            let (start, end) = (ranges[first].start, ranges[next - 1].end);
            let before = first.checked_sub(1).map(|before| ranges[before].end);
            match (ranges.get(next), before) {
                (Some(next), _) => self.edit(start, next.start, ""),
                // A comment behind the comma is that of the entry before.
                (None, Some(before)) if !self.text[before..start].contains('#') => {
                    self.edit(before, end, "");
                }
                (None, _) => self.edit(start, end, ""),
            }
        }
    }

    /// Whether a patch leaves nothing of an entry, which then goes with its key.
    pub(super) fn goes(&self, node: &Node<'_>, patch: &Patch) -> bool {
        expected::empties(&Said::of(node), patch)
    }
}
