//! Order: the entries of a section by key, each with its comments, so that branches which add entries merge.
//!
//! Entries move as whole lines. A section whose entries don't stand on lines of their own stays as it is.
//! A comment with a blank line behind it is no entry's own: it heads those below it, and none moves past it.

use std::borrow::Cow;
use std::ops::Range;

use crate::config::declaration::Section;
use crate::config::yaml::{Key, Node};
use crate::model::id;

use super::{Draft, Edit};

/// The sections whose order means nothing. The first shared cost that matches wins, so those stay.
const SECTIONS: [Section; 7] = [
    Section::Credentials,
    Section::Organizations,
    Section::Payers,
    Section::Accounts,
    Section::CostCenters,
    Section::Budgets,
    Section::Removed,
];

/// Puts entries in order: first those inside the years of budgets, then all others. Says whether any were not.
pub(super) fn order(draft: &mut Draft) -> bool {
    let mut any = false;
    for inner in [true, false] {
        let edits = match draft.tree() {
            None => break,
            Some(tree) => edits(&tree, &draft.text, inner),
        };
        any |= !edits.is_empty();
        draft.edit(edits);
    }
    any
}

fn edits(tree: &Node<'_>, text: &str, inner: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    for section in SECTIONS {
        let Some((key, node)) = tree.entry(section.as_str()) else {
            continue;
        };
        if !inner {
            edits.extend(rearranged(key, node, text));
        } else if section == Section::Budgets && !node.is_alias(text) {
            for (year, codes) in node.as_mapping().unwrap_or_default() {
                edits.extend(rearranged(year, codes, text));
            }
        }
    }
    edits
}

/// The entries below `above` in order, group by group; nothing where they are, or cannot be moved.
fn rearranged(above: &Key<'_>, node: &Node<'_>, text: &str) -> Vec<Edit> {
    let entries = node.as_mapping().unwrap_or_default();
    let keys: Vec<Rank<'_>> = entries.iter().map(|(key, _)| rank(&key.text)).collect();
    if node.is_alias(text) || node.span.of(text).starts_with('{') || keys.is_sorted() {
        return Vec::new();
    }
    let Some(blocks) = blocks(above, entries, text) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    let mut start = 0;
    for group in blocks.chunk_by(|_, next| !next.headed) {
        let keys = &keys[start..start + group.len()];
        edits.extend(sorted(group, keys, text));
        start += group.len();
    }
    edits
}

/// The blocks of one group in order.
fn sorted(group: &[Block], keys: &[Rank<'_>], text: &str) -> Option<Edit> {
    if keys.is_sorted() {
        return None;
    }
    let mut sorted: Vec<usize> = (0..group.len()).collect();
    sorted.sort_by(|a, b| keys[*a].cmp(&keys[*b]));
    let blocks: Vec<Range<usize>> = group.iter().map(|block| block.lines.clone()).collect();
    let whole = blocks.first()?.start..blocks.last()?.end;
    let first = *sorted.first()?;
    // A blank line before the entry that comes first parts it from the one that was first.
    let lead = blank_lines(&text[blocks[first].clone()]);
    let mut result = String::with_capacity(whole.len());
    for at in sorted {
        let block = &text[blocks[at].clone()];
        match at {
            _ if at == first => result.push_str(&block[lead.len()..]),
            0 => {
                result.push_str(lead);
                result.push_str(block);
            }
            _ => result.push_str(block),
        }
    }
    Some(Edit {
        start: whole.start,
        end: whole.end,
        text: result,
    })
}

/// By what entries are sorted: ids in their canonical form, then as written.
type Rank<'k> = (Cow<'k, str>, &'k str);

/// What entries are ordered by.
pub(super) fn rank(key: &str) -> Rank<'_> {
    (id::canonical(None, key), key)
}

/// The lines of an entry.
pub(super) struct Block {
    pub(super) lines: Range<usize>,
    /// Whether a comment stands above it that is not its own.
    pub(super) headed: bool,
}

/// The lines of each entry: from behind the one before to its own end. Above the first, and below a comment
/// that heads a group, only the comments that stand directly on it are its own.
pub(super) fn blocks(
    above: &Key<'_>,
    entries: &[(Key<'_>, Node<'_>)],
    text: &str,
) -> Option<Vec<Block>> {
    blocks_of(
        line_end(text, above.span.end as usize),
        &ranges(entries),
        text,
    )
}

/// From the first byte of each key to the last of its value.
pub(super) fn ranges(entries: &[(Key<'_>, Node<'_>)]) -> Vec<Range<usize>> {
    let range = |(key, node): &(Key<'_>, Node<'_>)| {
        key.span.start as usize..key.span.end.max(node.span.end) as usize
    };
    entries.iter().map(range).collect()
}

/// The same of anything that stands on lines of its own, below the byte `from`.
pub(super) fn blocks_of(from: usize, entries: &[Range<usize>], text: &str) -> Option<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::with_capacity(entries.len());
    let mut column = None;
    for (at, entry) in entries.iter().enumerate() {
        let key_start = entry.start;
        let line = line_start(text, key_start);
        let indent = text.get(line..key_start)?;
        if indent.bytes().any(|byte| byte != b' ')
            || *column.get_or_insert(indent.len()) != indent.len()
        {
            return None;
        }
        let own = match blocks.last() {
            Some(before) => own_comments(text, before.lines.end, line),
            None => own_comments(text, from, line),
        };
        let before = blocks.last().map_or(own, |before| before.lines.end);
        // Between two entries there are blanks and comments, or something unexpected.
        let mut between = text.get(before..line)?.lines();
        if !between.all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return None;
        }
        let headed = text.get(before..own)?.contains('#');
        let start = if headed { own } else { before };
        let until = match entries.get(at + 1) {
            Some(next) => line_start(text, next.start),
            None => text.len(),
        };
        let end = deeper_comments(text, line_end(text, entry.end), until, indent.len());
        if !text.get(..end)?.ends_with('\n') {
            return None;
        }
        blocks.push(Block {
            lines: start..end,
            headed,
        });
    }
    Some(blocks)
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |found| found + 1)
}

/// Behind the line break of the line that holds `at`.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |found| at + found + 1)
}

/// Where the comments begin that stand directly above the line at `line`, not before `from`.
fn own_comments(text: &str, from: usize, line: usize) -> usize {
    let mut start = line;
    let lines = text
        .get(from..line)
        .unwrap_or_default()
        .split_inclusive('\n');
    for comment in lines.rev() {
        if !comment.trim_start().starts_with('#') {
            break;
        }
        start -= comment.len();
    }
    start
}

/// The end of an entry with the comments below it that are indented further than its key.
fn deeper_comments(text: &str, from: usize, until: usize, column: usize) -> usize {
    let mut end = from;
    let mut at = from;
    let lines = text
        .get(from..until)
        .unwrap_or_default()
        .split_inclusive('\n');
    for line in lines {
        at += line.len();
        let content = line.trim_start();
        if content.starts_with('#') && line.len() - content.len() > column {
            end = at;
        } else if !content.is_empty() {
            break;
        }
    }
    end
}

/// The blank lines that a text begins with.
pub(super) fn blank_lines(text: &str) -> &str {
    let lines = text.split_inclusive('\n');
    let blank = lines.take_while(|line| line.trim().is_empty());
    &text[..blank.map(str::len).sum()]
}
