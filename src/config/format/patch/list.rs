//! Lists: items that stay keep their lines and comments; those between them are written anew.

use crate::config::format::order;
use crate::config::yaml::Node;

use super::map::{NO_LINES, NO_LINES_HELP};
use super::value::Said;
use super::{CannotPatch, Entry, Item, Patcher, Value};

/// What becomes of a run of items between two that stay.
struct Run<'v> {
    /// The present ones, by their places.
    old: std::ops::Range<usize>,
    new: Vec<&'v Value>,
}

fn runs(list: usize, items: &[Item]) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut from = 0;
    let mut new = Vec::new();
    for item in items {
        match item {
            Item::New(value) => new.push(value),
            Item::Keep(at) => {
                runs.push(Run {
                    old: from..*at,
                    new: std::mem::take(&mut new),
                });
                from = at + 1;
            }
        }
    }
    runs.push(Run {
        old: from..list,
        new,
    });
    runs
}

impl Patcher<'_> {
    pub(super) fn items(
        &mut self,
        entry: Entry<'_, '_>,
        list: &[Node<'_>],
        items: &[Item],
        flow: bool,
    ) -> Result<(), CannotPatch> {
        if items.is_empty() {
            return self.set(entry, &Value::List(Vec::new()), flow);
        }
        for run in runs(list.len(), items) {
            for node in &list[run.old.clone()] {
                self.alone(node)?;
            }
            let paired = run.old.len().min(run.new.len());
            for (at, value) in run.old.clone().zip(&run.new) {
                self.item(&list[at], value);
            }
            let left = run.old.start + paired..run.old.end;
            let more = &run.new[paired..];
            if self.is_flow(entry.node) {
                self.flow_items(list, left, more);
            } else {
                self.block_items(entry, list, left, more)?;
            }
        }
        Ok(())
    }

    /// Another item in the place of one.
    fn item(&mut self, node: &Node<'_>, value: &Value) {
        if Said::of(node) != Said::value(value) {
            self.edit(
                node.span.start as usize,
                node.span.end as usize,
                value.inline(),
            );
        }
    }

    /// Takes `left` out, or writes `more` in front of where it begins.
    fn flow_items(&mut self, list: &[Node<'_>], left: std::ops::Range<usize>, more: &[&Value]) {
        let start = |at: usize| list[at].span.start as usize;
        let end = |at: usize| list[at].span.end as usize;
        for at in left.clone() {
            // Something stays in front of it, or follows it.
            match at {
                0 => self.edit(start(0), list.get(1).map_or(end(0), |_| start(1)), ""),
                at if left.start == 0 => {
                    let next = list.get(at + 1).map_or(end(at), |_| start(at + 1));
                    self.edit(start(at), next, "");
                }
                at => self.edit(end(at - 1), end(at), ""),
            }
        }
        if more.is_empty() {
            return;
        }
        let texts: Vec<String> = more.iter().map(|value| value.inline()).collect();
        let texts = texts.join(", ");
        match left.start.checked_sub(1) {
            Some(before) => self.edit(end(before), end(before), format!(", {texts}")),
            None => self.edit(start(0), start(0), format!("{texts}, ")),
        }
    }

    fn block_items(
        &mut self,
        entry: Entry<'_, '_>,
        list: &[Node<'_>],
        left: std::ops::Range<usize>,
        more: &[&Value],
    ) -> Result<(), CannotPatch> {
        if left.is_empty() && more.is_empty() {
            return Ok(());
        }
        let text = self.text;
        // From the dash to the end of the item.
        let dashed = |node: &Node<'_>| {
            let start = node.span.start as usize;
            let before = text.get(..start)?.trim_end_matches([' ', '\t']);
            before
                .ends_with('-')
                .then(|| before.len() - 1..node.span.end as usize)
        };
        let ranges: Option<Vec<_>> = list.iter().map(dashed).collect();
        let from = order::line_end(text, entry.key.span.end as usize);
        let blocks = ranges.and_then(|ranges| {
            let column = ranges.first()?.start - order::line_start(text, ranges.first()?.start);
            Some((order::blocks_of(from, &ranges, text)?, column))
        });
        let Some((blocks, indent)) = blocks else {
            return self.cannot(entry.key.span, NO_LINES, NO_LINES_HELP);
        };
        for at in left.clone() {
            self.take_out(&blocks, at);
        }
        let at = match left.start.checked_sub(1) {
            Some(before) => blocks[before].lines.end,
            None => blocks[0].lines.start,
        };
        let lines: String = more
            .iter()
            .map(|value| format!("{:indent$}- {}{}", "", value.inline(), self.line_break))
            .collect();
        if !lines.is_empty() {
            self.edit(at, at, lines);
        }
        Ok(())
    }
}
