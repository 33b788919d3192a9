//! Events to tree. The scanner is saphyr-parser; here are the limits, the refusals and the spans.
//!
//! One pass, no recursion: open lists and maps wait on a stack, their finished parts on two more, so that
//! every list and map ends up in one allocation of its exact size.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::node::{Key, Node, Scalar, Style, Value};
use super::place;
use super::problem::{Problem, code, shown};
use super::resolve::Kind;
use super::span::{Cursor, to_u32};
use super::{Limits, Span, explain};

/// More problems than this in one file help nobody: reading stops.
const MOST_PROBLEMS: usize = 100;

/// Reads the text of one file into a tree; `None` if there is nothing but blanks and comments.
///
/// # Errors
/// All that is wrong with it, in the order of the file. A syntax error and a limit end the reading; duplicate
/// keys, merge keys, tags and the like don't, up to 100 problems.
pub fn parse<'t>(text: &'t str, limits: &Limits) -> Result<Option<Node<'t>>, Vec<Problem>> {
    if let Some(problem) = too_much(text, limits) {
        return Err(vec![problem]);
    }
    let mut builder = Builder::new(text, limits);
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let step = match next {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) => builder.event(event, span),
            Err(error) => {
                let at = builder.cursor.byte(error.marker().index());
                let open = builder
                    .frames
                    .iter()
                    .rev()
                    .find(|frame| frame.flow)
                    .map(|frame| frame.start);
                Err(explain::syntax(text, error.info(), at, open, limits))
            }
        };
        if let Err(problem) = step {
            builder.problems.push(problem);
            break;
        }
        if builder.problems.len() >= MOST_PROBLEMS {
            break;
        }
    }
    if builder.problems.is_empty() {
        Ok(builder.root)
    } else {
        builder.problems.sort_by_key(|problem| problem.span);
        Err(builder.problems)
    }
}

/// What can be refused before scanning: the scanner would hold all of a long `[…]` before its first event.
fn too_much(text: &str, limits: &Limits) -> Option<Problem> {
    if text.len() > limits.file_bytes {
        return Some(Problem::new(
            code::TOO_LARGE,
            Span::default(),
            format!(
                "the file has {} bytes; at most {} are read",
                text.len(),
                limits.file_bytes
            ),
            "Split it into several files: maps of the same name are joined.",
        ));
    }
    if text.len() <= limits.nodes {
        return None;
    }
    let parts = |chunk: &[u8]| {
        let counted = chunk
            .iter()
            .filter(|byte| matches!(byte, b'\n' | b',' | b'[' | b'{'));
        counted.count()
    };
    let parts: usize = text.as_bytes().chunks(4096).map(parts).sum();
    (parts > limits.nodes).then(|| too_many(limits, Span::default()))
}

fn too_many(limits: &Limits, span: Span) -> Problem {
    Problem::new(
        code::TOO_MANY,
        span,
        format!(
            "the file holds more than {} values or lines, the most that is read",
            limits.nodes
        ),
        "Split it into several files: maps of the same name are joined.",
    )
}

/// A list or map whose end has not come yet.
struct Frame<'t> {
    start: u32,
    /// Written with brackets or braces.
    flow: bool,
    anchor: usize,
    /// Where its parts start on the stack of items or entries.
    base: usize,
    kind: Kinds<'t>,
}

enum Kinds<'t> {
    Sequence,
    /// The key whose value is awaited, if one is.
    Mapping(Option<Key<'t>>),
}

/// A finished value that an alias may ask for.
struct Anchored<'t> {
    node: Node<'t>,
    nodes: usize,
    bytes: usize,
    depth: usize,
}

struct Builder<'t, 'l> {
    text: &'t str,
    bytes: &'t [u8],
    limits: &'l Limits,
    cursor: Cursor<'t>,
    /// One past the last byte that belongs to something read.
    last: u32,
    documents: usize,
    frames: Vec<Frame<'t>>,
    items: Vec<Node<'t>>,
    entries: Vec<(Key<'t>, Node<'t>)>,
    root: Option<Node<'t>>,
    anchors: HashMap<usize, Anchored<'t>>,
    nodes: usize,
    expanded: usize,
    problems: Vec<Problem>,
}

type Step = Result<(), Problem>;

impl<'t, 'l> Builder<'t, 'l> {
    fn new(text: &'t str, limits: &'l Limits) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            limits,
            cursor: Cursor::new(text),
            last: 0,
            documents: 0,
            frames: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            nodes: 0,
            expanded: 0,
            problems: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'t>, span: saphyr_parser::Span) -> Step {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(explicit) => self.document(explicit, span),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceStart(anchor, tag) => self.open(false, anchor, tag.as_deref(), span),
            Event::MappingStart(anchor, tag) => self.open(true, anchor, tag.as_deref(), span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
        }
    }

    fn document(&mut self, explicit: bool, span: saphyr_parser::Span) -> Step {
        let start = self.cursor.byte(span.start.index());
        let end = if explicit { start + 3 } else { start };
        self.documents += 1;
        if self.documents > 1 {
            return Err(Problem::new(
                code::MULTI_DOCUMENT,
                Span::new(start, end),
                "a second document starts here; a file may hold one",
                "Move it to a file of its own, or delete the `---` before it.",
            ));
        }
        self.last = end;
        Ok(())
    }

    fn scalar(
        &mut self,
        value: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: saphyr_parser::Span,
    ) -> Step {
        let mut start = self.cursor.byte(span.start.index());
        let properties = anchor != 0 || tag.is_some();
        if properties {
            start = to_u32(place::skip_properties(self.bytes, start as usize));
        }
        let rest = self.text.get(start as usize..).unwrap_or_default();
        let (span, mut text, style) = match style {
            ScalarStyle::Plain if value.is_empty() => {
                let at = if properties {
                    self.trimmed(self.last, span)
                } else {
                    to_u32(self.behind_indicator())
                };
                (Span::new(at, at), Cow::Borrowed(""), Style::Plain)
            }
            ScalarStyle::Plain => match prefix(rest, &value) {
                Some(text) => (
                    Span::new(start, start + to_u32(text.len())),
                    Cow::Borrowed(text),
                    Style::Plain,
                ),
                None => (
                    Span::new(start, self.trimmed(start, span)),
                    value,
                    Style::Plain,
                ),
            },
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                let (quote, style) = match style {
                    ScalarStyle::SingleQuoted => (b'\'', Style::Single),
                    _ => (b'"', Style::Double),
                };
                match within_quotes(rest, &value, quote) {
                    Some(text) => (
                        Span::new(start, start + to_u32(text.len() + 2)),
                        Cow::Borrowed(text),
                        style,
                    ),
                    None => {
                        let end = self.cursor.byte(span.end.index());
                        let end =
                            to_u32(place::quoted_end(self.bytes, start as usize, end as usize));
                        (Span::new(start, end), value, style)
                    }
                }
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                // The scanner marks the content; the header with `|` or `>` belongs to the value.
                let header = if properties {
                    start as usize
                } else {
                    self.content()
                };
                let end = self.trimmed(to_u32(header), span);
                let style = if style == ScalarStyle::Literal {
                    Style::Literal
                } else {
                    Style::Folded
                };
                (
                    Span::new(to_u32(header), end.max(to_u32(header))),
                    value,
                    style,
                )
            }
        };
        self.last = span.end.max(self.last);
        if text.len() > self.limits.scalar_bytes {
            return Err(Problem::new(
                code::SCALAR_TOO_LARGE,
                span,
                format!(
                    "this value has {} bytes; at most {} are read",
                    text.len(),
                    self.limits.scalar_bytes
                ),
                "Look for a quote that is not closed, or keep the text in a file of its own.",
            ));
        }
        if matches!(text, Cow::Owned(_)) && text.contains('\0') {
            self.problems.push(Problem::new(
                code::NUL,
                span,
                "this text holds the escape for NUL, which no name, path or variable can hold",
                "Delete the `\\0`.",
            ));
            text = Cow::Borrowed("");
        }
        let mut scalar = Scalar { text, style };
        if let Some(tag) = tag {
            self.tagged_scalar(&mut scalar, tag, span);
        }
        self.place(
            Node {
                span,
                value: Value::Scalar(scalar),
            },
            anchor,
            properties,
        )
    }

    fn open(
        &mut self,
        mapping: bool,
        anchor: usize,
        tag: Option<&Tag>,
        span: saphyr_parser::Span,
    ) -> Step {
        let mut start = self.cursor.byte(span.start.index()) as usize;
        if anchor != 0 || tag.is_some() {
            start = place::skip_properties(self.bytes, start);
        } else if !mapping {
            // The mark of a list that stands below its key without indentation is behind the first `-`.
            start = self.content();
        }
        let flow = self.bytes.get(start) == Some(if mapping { &b'{' } else { &b'[' });
        let start = to_u32(start);
        if let Some(tag) = tag {
            self.tagged_collection(tag, mapping, Span::new(start, start + 1));
        }
        if self.frames.len() >= self.limits.depth {
            return Err(explain::too_deep(self.limits, Span::new(start, start)));
        }
        self.last = if flow { start + 1 } else { start };
        self.frames.push(Frame {
            start,
            flow,
            anchor,
            base: if mapping {
                self.entries.len()
            } else {
                self.items.len()
            },
            kind: if mapping {
                Kinds::Mapping(None)
            } else {
                Kinds::Sequence
            },
        });
        Ok(())
    }

    fn close(&mut self, span: saphyr_parser::Span) -> Step {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let mut end = self.last;
        if frame.flow {
            let at = self.cursor.byte(span.start.index());
            if matches!(self.bytes.get(at as usize), Some(b']' | b'}')) {
                end = at + 1;
            }
        }
        self.last = end;
        let value = match frame.kind {
            Kinds::Sequence => Value::Sequence(self.items.drain(frame.base..).collect()),
            Kinds::Mapping(_) => {
                let found = super::duplicate::duplicates(
                    self.entries.get(frame.base..).unwrap_or_default(),
                );
                self.problems.extend(found.into_iter().take(MOST_PROBLEMS));
                Value::Mapping(self.entries.drain(frame.base..).collect())
            }
        };
        let span = Span::new(frame.start, end.max(frame.start));
        self.place(Node { span, value }, frame.anchor, true)
    }

    fn alias(&mut self, anchor: usize, span: saphyr_parser::Span) -> Step {
        let start = self.cursor.byte(span.start.index());
        let span = Span::new(start, self.trimmed(start, span));
        self.last = span.end;
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(Problem::new(
                code::ALIAS,
                span,
                format!(
                    "the alias `{}` stands inside the value that it names",
                    shown(span.of(self.text))
                ),
                "Write the value out where the alias stands.",
            ));
        };
        self.nodes += anchored.nodes - 1;
        self.expanded += anchored.bytes;
        if self.frames.len() + anchored.depth > self.limits.depth {
            return Err(explain::too_deep(self.limits, span));
        }
        self.expansion(span)?;
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Ok(());
        };
        let value = anchored.node.value.clone();
        self.place(Node { span, value }, 0, true)
    }

    fn expansion(&self, span: Span) -> Step {
        if self.expanded > self.text.len().saturating_mul(self.limits.alias_factor) {
            return Err(Problem::new(
                code::ALIAS_BOMB,
                span,
                format!(
                    "anchors and aliases make more than {} times the file's own size out of it",
                    self.limits.alias_factor
                ),
                "Write the values out, or use `defaults:`.",
            ));
        }
        if self.nodes > self.limits.nodes {
            return Err(too_many(self.limits, span));
        }
        Ok(())
    }

    /// Puts a finished value where it belongs: root, item, key or value.
    fn place(&mut self, node: Node<'t>, anchor: usize, explicit: bool) -> Step {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            return Err(too_many(self.limits, node.span));
        }
        if anchor != 0 {
            let (nodes, bytes) = node.weight();
            self.nodes += nodes;
            self.expanded += bytes;
            self.expansion(node.span)?;
            let depth = node.depth();
            self.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    nodes,
                    bytes,
                    depth,
                },
            );
        }
        match self.frames.last_mut() {
            None => {
                let left_out =
                    matches!(&node.value, Value::Scalar(s) if s.is_plain() && s.text.is_empty());
                if explicit || !left_out {
                    self.root = Some(node);
                }
            }
            Some(Frame {
                kind: Kinds::Sequence,
                ..
            }) => self.items.push(node),
            Some(Frame {
                kind: Kinds::Mapping(awaited),
                ..
            }) => match awaited.take() {
                Some(key) => self.entries.push((key, node)),
                None => *awaited = Some(key(node, self.text, &mut self.problems)),
            },
        }
        Ok(())
    }

    fn tagged_scalar(&mut self, scalar: &mut Scalar<'t>, tag: &Tag, span: Span) {
        let name = tag_name(tag);
        let plain = Scalar {
            text: Cow::Borrowed(scalar.text.as_ref()),
            style: Style::Plain,
        };
        let fits = match name.as_deref() {
            Some("str") => {
                if scalar.style == Style::Plain {
                    scalar.style = Style::Tagged;
                }
                return;
            }
            Some("null") => plain.kind() == Kind::Null,
            Some("bool") => matches!(plain.kind(), Kind::Bool(_)),
            Some("int") => plain.number().is_some_and(|number| !number.is_f64()),
            Some("float") => plain.kind() == Kind::Number,
            _ => {
                self.problems.push(refused_tag(tag, span));
                return;
            }
        };
        if fits {
            scalar.style = Style::Plain;
        } else {
            self.problems.push(Problem::new(
                code::TAG,
                span,
                format!(
                    "this value is not what its tag `!!{}` says",
                    shown(&name.unwrap_or_default())
                ),
                "Correct the value, or delete the tag: types follow from the place of a value.",
            ));
        }
    }

    fn tagged_collection(&mut self, tag: &Tag, mapping: bool, span: Span) {
        match (tag_name(tag).as_deref(), mapping) {
            (Some("map"), true) | (Some("seq"), false) => {}
            (Some("str"), _) if tag.suffix == "!" => {}
            _ => self.problems.push(refused_tag(tag, span)),
        }
    }

    /// The end of a scanner's span in bytes, without what trails, not before `start`.
    fn trimmed(&mut self, start: u32, span: saphyr_parser::Span) -> u32 {
        let end = self.cursor.byte(span.end.index());
        to_u32(place::trim_end(self.bytes, start as usize, end as usize))
    }

    /// Behind the indicator (`:`, `-`, `?`, `,`) that announces the next value; the last end where none does.
    fn behind_indicator(&self) -> usize {
        let mut end = self.last as usize;
        let Some(frame) = self.frames.last() else {
            return end;
        };
        let indicators: &[u8] = match (&frame.kind, frame.flow) {
            (Kinds::Mapping(Some(_)), _) => b":",
            (Kinds::Mapping(None), true) => b",?",
            (Kinds::Mapping(None), false) => b"?",
            (Kinds::Sequence, true) => b",",
            (Kinds::Sequence, false) => b"-",
        };
        for indicator in indicators {
            let at = place::skip_blank(self.bytes, end);
            if self.bytes.get(at) == Some(indicator) {
                end = at + 1;
            }
        }
        end
    }

    /// The first byte of the next value.
    fn content(&self) -> usize {
        place::skip_blank(self.bytes, self.behind_indicator())
    }
}

/// The text itself, where the file starts with it.
fn prefix<'t>(rest: &'t str, value: &str) -> Option<&'t str> {
    rest.starts_with(value)
        .then(|| rest.get(..value.len()))
        .flatten()
}

/// The text itself, where it stands between the quotes as it is.
fn within_quotes<'t>(rest: &'t str, value: &str, quote: u8) -> Option<&'t str> {
    let inner = rest.get(1..)?;
    let text = prefix(inner, value)?;
    let after = inner.as_bytes().get(value.len()..)?;
    let closed = after.first() == Some(&quote) && (quote == b'"' || after.get(1) != Some(&quote));
    closed.then_some(text)
}

/// Makes a key of a value, and says what is wrong with it as one.
fn key<'t>(node: Node<'t>, text: &str, problems: &mut Vec<Problem>) -> Key<'t> {
    let span = node.span;
    let (scalar, problem) = match node.value {
        Value::Scalar(scalar) if scalar.is_plain() && scalar.text == "<<" => {
            let problem = Problem::new(
                code::MERGE_KEY,
                span,
                "the merge key `<<` is not taken: it hides where a value comes from",
                "Write the keys out, or use `defaults:` for what the accounts of a file share.",
            );
            (Some(scalar), Some(problem))
        }
        Value::Scalar(scalar) if scalar.is_plain() && scalar.text.is_empty() => {
            let problem = Problem::new(
                code::KEY,
                span,
                "a key is missing before this `:`",
                "Write the key, or delete the line.",
            );
            (None, Some(problem))
        }
        Value::Scalar(scalar) => (Some(scalar), None),
        Value::Sequence(_) | Value::Mapping(_) => {
            let what = if matches!(node.value, Value::Sequence(_)) {
                "a list"
            } else {
                "a map"
            };
            let help = if span.of(text).starts_with("{{") || span.of(text).starts_with('{') {
                "A key is plain text. If this is a template, expand it first; if it is text, put it between quotes."
            } else {
                "A key is plain text; put it between quotes if it starts with `[`, `{` or `?`."
            };
            (
                None,
                Some(Problem::new(
                    code::KEY,
                    span,
                    format!("{what} cannot be a key"),
                    help,
                )),
            )
        }
    };
    problems.extend(problem);
    // The tree of a file with problems is never seen; the text only has to differ from the other keys.
    let text = scalar.map_or_else(
        || Cow::Owned(format!("\0{}", span.start)),
        |scalar| scalar.text,
    );
    Key { text, span }
}

/// The name of a tag of the core schema; `!` alone says "text", as `!!str` does.
fn tag_name(tag: &Tag) -> Option<String> {
    let whole = format!("{}{}", tag.handle, tag.suffix);
    match whole.strip_prefix("tag:yaml.org,2002:") {
        Some(name) => Some(name.to_owned()),
        None if whole == "!" => Some("str".to_owned()),
        None => None,
    }
}

fn refused_tag(tag: &Tag, span: Span) -> Problem {
    let name = match tag_name(tag) {
        Some(name) => format!("!!{name}"),
        None => format!("{}{}", tag.handle, tag.suffix),
    };
    Problem::new(
        code::TAG,
        span,
        format!("the tag `{}` is not taken here", shown(&name)),
        "Delete the tag. Only !!str, !!int, !!float, !!bool, !!null, !!seq and !!map are known, each on its own kind of value.",
    )
}
