//! Blanks: none at line ends, no tabs between values, one line break at the end. Texts and comments keep theirs.

use crate::config::yaml::{Node, Style, Value};

use super::Draft;

/// Removes what is not seen.
pub(super) fn clean(draft: &mut Draft) {
    let protected = draft
        .tree()
        .map(|tree| protected(&tree, &draft.text))
        .unwrap_or_default();
    for (tabs, end) in [(true, true), (false, true), (true, false), (false, false)] {
        let mut text = between(&draft.text, &protected, tabs);
        if end {
            finish(&mut text, line_break(&draft.text));
        }
        if draft.replace(text) {
            return;
        }
    }
}

/// A range of bytes that holds a value as written.
struct Protected {
    start: usize,
    end: usize,
    /// A text over several lines whose line ends are folded away.
    folds: bool,
}

fn protected(tree: &Node<'_>, text: &str) -> Vec<Protected> {
    let mut found = Vec::new();
    collect(tree, text, &mut found);
    found
}

fn collect(node: &Node<'_>, text: &str, found: &mut Vec<Protected>) {
    let (start, mut end) = (node.span.start as usize, node.span.end as usize);
    let mut push = |end, folds| found.push(Protected { start, end, folds });
    if node.is_alias(text) {
        return push(end, false);
    }
    match &node.value {
        Value::Scalar(scalar) => {
            let block = matches!(scalar.style, Style::Literal | Style::Folded);
            if block {
                end = behind_block(text, start, end);
            }
            push(end, matches!(scalar.style, Style::Plain | Style::Tagged));
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, text, found)),
        Value::Mapping(entries) => {
            for (key, node) in entries {
                found.push(Protected {
                    start: key.span.start as usize,
                    end: key.span.end as usize,
                    folds: false,
                });
                collect(node, text, found);
            }
        }
    }
}

/// The end of a block's last line, and of the blank lines behind it that are part of the text: those with
/// more blanks than its indentation.
fn behind_block(text: &str, start: usize, end: usize) -> usize {
    let block = text.get(start..end).unwrap_or_default();
    let mut lines = block.lines();
    let header = lines.next().unwrap_or_default();
    let header = header.split('#').next().unwrap_or_default();
    let indent = if header.bytes().any(|byte| byte.is_ascii_digit()) {
        0
    } else {
        let content = lines.filter(|line| !line.trim().is_empty());
        let indents = content.map(|line| line.len() - line.trim_start_matches(' ').len());
        indents.min().unwrap_or(usize::MAX)
    };
    let mut at = end;
    let mut last = end;
    for line in text.get(end..).unwrap_or_default().split_inclusive('\n') {
        let first = at == end;
        if !first && !line.trim().is_empty() {
            break;
        }
        at += line.len();
        if first || line.trim_end_matches(['\r', '\n']).len() > indent {
            last = at;
        }
    }
    last
}

/// Rewrites what stands between the protected ranges.
fn between(text: &str, protected: &[Protected], tabs: bool) -> String {
    let mut writer = Writer {
        result: String::with_capacity(text.len()),
        blanks: String::new(),
        tabs,
    };
    let mut at = 0;
    for range in protected {
        if range.start < at || range.end < range.start {
            continue;
        }
        writer.gap(text.get(at..range.start).unwrap_or_default());
        writer.flush();
        let value = text.get(range.start..range.end).unwrap_or_default();
        if range.folds && value.contains('\n') {
            writer.folded(value);
        } else {
            writer.result.push_str(value);
        }
        at = range.end;
    }
    writer.gap(text.get(at..).unwrap_or_default());
    writer.result
}

struct Writer {
    result: String,
    /// Blanks that are written only if something follows them on their line.
    blanks: String,
    tabs: bool,
}

impl Writer {
    fn flush(&mut self) {
        self.result.push_str(&self.blanks);
        self.blanks.clear();
    }

    /// What stands between two values: indicators, comments, line breaks.
    fn gap(&mut self, text: &str) {
        let mut comment = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\n' => {
                    comment = false;
                    self.blanks.clear();
                    self.result.push(c);
                }
                '\r' if chars.peek() == Some(&'\n') => {
                    self.blanks.clear();
                    self.result.push(c);
                }
                '\t' if self.tabs && !comment => self.blanks.push(' '),
                ' ' | '\t' => self.blanks.push(c),
                _ => {
                    comment |= c == '#' && (!self.blanks.is_empty() || self.at_line_start());
                    self.flush();
                    self.result.push(c);
                }
            }
        }
    }

    fn at_line_start(&self) -> bool {
        self.result.is_empty() || self.result.ends_with(['\n', '\r'])
    }

    fn folded(&mut self, value: &str) {
        for line in value.split_inclusive('\n') {
            let content = line.trim_end_matches([' ', '\t', '\r', '\n']);
            let ending = &line[content.len()..];
            self.result.push_str(content);
            self.result.push_str(ending.trim_start_matches([' ', '\t']));
        }
    }
}

/// The line break that the text uses first.
pub(super) fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Leaves one line break behind the last line that holds something.
fn finish(text: &mut String, line_break: &str) {
    let mut end = text.len();
    for line in text.split_inclusive('\n').rev() {
        if !line.trim().is_empty() {
            break;
        }
        end -= line.len();
    }
    text.truncate(end);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(line_break);
    }
}
