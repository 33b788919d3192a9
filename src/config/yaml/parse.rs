//! Events to tree. The scanner is saphyr-parser; here are the stack, the limits, the spans of lists and maps.
//!
//! One pass, no recursion: open lists and maps wait on a stack, their finished parts on two more, so that
//! every list and map ends up in one allocation of its exact size.

mod scalar;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, Span as Mark, Tag};

use super::input::{self, Gauge, Met};
use super::node::{Key, Node, Value};
use super::problem::{Problem, code, shown};
use super::span::{Cursor, Shift, to_u32};
use super::{Limits, Span, bounds, explain, keys, place, tag};

/// More problems than this in one file help nobody: reading stops.
const MOST_PROBLEMS: usize = 100;

/// Reads the text of one file into a tree; `None` if there is nothing but blanks and comments.
///
/// # Errors
/// All that is wrong with it, in the order of the file. A syntax error, a second document and a limit end
/// the reading; duplicate keys, merge keys, tags and the like don't, up to about 100 problems.
pub fn parse<'t>(text: &'t str, limits: &Limits) -> Result<Option<Node<'t>>, Vec<Problem>> {
    if let Some(problem) = bounds::before_reading(limits, text) {
        return Err(vec![problem]);
    }
    let gauge = Gauge::default();
    let input = input::Text::new(text, limits, &gauge);
    let mut builder = Builder::new(text, limits, input.shift());
    let mut parser = Parser::new(input);
    while let Some(next) = parser.next_event() {
        if let Some((met, at)) = gauge.met() {
            builder.problems.push(builder.too_much(met, at));
            break;
        }
        gauge.event();
        let step = match next {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, mark)) => builder.event(event, mark),
            Err(error) => {
                let at = builder.cursor.byte(error.marker().index());
                let open = builder.frames.iter().rev().find(|frame| frame.flow);
                Err(explain::syntax(
                    text,
                    error.info(),
                    at,
                    open.map(|frame| frame.start),
                    limits,
                ))
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

/// A list or map whose end has not come yet.
struct Frame<'t> {
    start: u32,
    /// Written with brackets or braces.
    flow: bool,
    anchor: usize,
    /// Where its parts start on the stack of items or entries.
    base: usize,
    kind: Kind<'t>,
}

enum Kind<'t> {
    Sequence,
    /// The key whose value is awaited, if one is.
    Mapping(Option<Key<'t>>),
}

/// A finished value that an alias may ask for, and what a copy of it costs.
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
    /// Values so far, copies for anchors and aliases included.
    nodes: usize,
    /// Bytes of text that anchors and aliases copied.
    expanded: usize,
    problems: Vec<Problem>,
}

type Step = Result<(), Problem>;

impl<'t, 'l> Builder<'t, 'l> {
    fn new(text: &'t str, limits: &'l Limits, shift: Shift) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            limits,
            cursor: Cursor::new(text, shift),
            last: 0,
            documents: 0,
            frames: Vec::new(),
            items: Vec::new(),
            entries: Vec::with_capacity(64),
            root: None,
            anchors: HashMap::new(),
            nodes: 0,
            expanded: 0,
            problems: Vec::new(),
        }
    }

    #[inline]
    fn event(&mut self, event: Event<'t>, mark: Mark) -> Step {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), mark)
            }
            Event::SequenceStart(anchor, tag) => self.open(false, anchor, tag.as_deref(), mark),
            Event::MappingStart(anchor, tag) => self.open(true, anchor, tag.as_deref(), mark),
            Event::SequenceEnd | Event::MappingEnd => self.close(mark),
            Event::Alias(anchor) => self.alias(anchor, mark),
            Event::DocumentStart(explicit) => self.document(explicit, mark),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn document(&mut self, explicit: bool, mark: Mark) -> Step {
        let start = self.cursor.byte(mark.start.index());
        let written = explicit && self.bytes.get(start as usize) == Some(&b'-');
        let end = if written { start + 3 } else { start };
        self.documents += 1;
        if self.documents > 1 {
            let first = explain::character(self.text, start as usize);
            return Err(Problem::new(
                code::MULTI_DOCUMENT,
                if explicit {
                    Span::new(start, end)
                } else {
                    first
                },
                "a second document starts here; a file may hold one",
                "Move it to a file of its own, or delete the `---` or `...` before it.",
            ));
        }
        self.last = end;
        Ok(())
    }

    fn open(&mut self, mapping: bool, anchor: usize, tag: Option<&Tag>, mark: Mark) -> Step {
        let mut start = self.cursor.byte(mark.start.index()) as usize;
        if let Some(tag) = tag {
            self.problems
                .extend(tag::collection(tag, mapping, place::tag(self.bytes, start)));
        }
        if anchor != 0 || tag.is_some() {
            start = place::skip_properties(self.bytes, start);
        } else if !mapping {
            // The mark of a list that stands below its key without indentation is behind the first `-`.
            start = self.content();
        }
        let flow = self.bytes.get(start) == Some(if mapping { &b'{' } else { &b'[' });
        let start = to_u32(start);
        if self.frames.len() >= self.limits.depth {
            return Err(bounds::too_deep(self.limits, Span::new(start, start)));
        }
        self.last = if flow { start + 1 } else { start };
        let (base, kind) = if mapping {
            (self.entries.len(), Kind::Mapping(None))
        } else {
            (self.items.len(), Kind::Sequence)
        };
        self.frames.push(Frame {
            start,
            flow,
            anchor,
            base,
            kind,
        });
        Ok(())
    }

    fn close(&mut self, mark: Mark) -> Step {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        if frame.flow {
            let at = self.cursor.byte(mark.start.index());
            if matches!(self.bytes.get(at as usize), Some(b']' | b'}')) {
                self.last = at + 1;
            }
        }
        let value = match frame.kind {
            Kind::Sequence => Value::Sequence(cut(&mut self.items, frame.base)),
            Kind::Mapping(_) => {
                let entries = self.entries.get(frame.base..).unwrap_or_default();
                self.problems
                    .extend(keys::duplicates(entries, MOST_PROBLEMS));
                Value::Mapping(cut(&mut self.entries, frame.base))
            }
        };
        let span = Span::new(frame.start, self.last.max(frame.start));
        self.put(Node { span, value }, frame.anchor)
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Step {
        let start = self.cursor.byte(mark.start.index());
        let span = Span::new(start, self.trimmed(start, mark));
        self.last = span.end;
        let Some(anchored) = self.anchors.get(&anchor) else {
            let name = shown(span.of(self.text));
            return Err(Problem::new(
                code::ALIAS,
                span,
                format!("the alias `{name}` stands inside the value that it names"),
                "Write the value out where the alias stands.",
            ));
        };
        if self.frames.len() + anchored.depth > self.limits.depth {
            return Err(bounds::too_deep(self.limits, span));
        }
        let (nodes, bytes) = (anchored.nodes, anchored.bytes);
        self.count(nodes - 1, bytes, span)?;
        match self.anchors.get(&anchor) {
            Some(anchored) => {
                let value = anchored.node.value.clone();
                self.put(Node { span, value }, 0)
            }
            None => Ok(()),
        }
    }

    /// What is said where the input ended early.
    fn too_much(&self, met: Met, at: usize) -> Problem {
        let here = explain::character(self.text, self.content());
        match met {
            Met::Length => bounds::too_long(self.limits, here),
            Met::Tokens => bounds::flow_too_large(self.limits, here),
            Met::Depth => bounds::too_deep(self.limits, Span::new(to_u32(at), to_u32(at))),
        }
    }

    /// Counts values, and the bytes that a copy for an anchor or an alias takes.
    #[inline]
    fn count(&mut self, nodes: usize, bytes: usize, span: Span) -> Step {
        self.nodes += nodes;
        self.expanded += bytes;
        if self.expanded > self.text.len().saturating_mul(self.limits.alias_factor) {
            return Err(bounds::alias_bomb(self.limits, span));
        }
        if self.nodes > self.limits.nodes {
            return Err(bounds::too_many(self.limits, span));
        }
        Ok(())
    }

    /// Puts a finished value where it belongs: root, item, key or value.
    fn put(&mut self, node: Node<'t>, anchor: usize) -> Step {
        if anchor != 0 {
            let (nodes, bytes) = node.weight();
            // The books of an anchor weigh as much as several values.
            self.count(nodes + 8, bytes, node.span)?;
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
        let span = node.span;
        match self.frames.last_mut() {
            None => self.root = Some(node),
            Some(Frame {
                kind: Kind::Sequence,
                ..
            }) => self.items.push(node),
            Some(Frame {
                kind: Kind::Mapping(awaited),
                ..
            }) => match awaited.take() {
                Some(key) => self.entries.push((key, node)),
                None => {
                    *awaited = Some(keys::key(node, self.text, &mut self.problems));
                    return Ok(());
                }
            },
        }
        self.count(1, 0, span)
    }

    /// The end of a scanner's span in bytes, without the blanks before it, not before `start`.
    fn trimmed(&mut self, start: u32, mark: Mark) -> u32 {
        let end = self.cursor.byte(mark.end.index());
        to_u32(place::trim_end(self.bytes, start as usize, end as usize))
    }

    /// Behind the indicator (`:`, `-`, `?`, `,`) that announces the next value; the last end where none does.
    fn behind_indicator(&self) -> usize {
        let mut end = self.last as usize;
        let Some(frame) = self.frames.last() else {
            return end;
        };
        let indicators: &[u8] = match (&frame.kind, frame.flow) {
            (Kind::Mapping(Some(_)), _) => b":",
            (Kind::Mapping(None), true) => b",?",
            (Kind::Mapping(None), false) => b"?",
            (Kind::Sequence, true) => b",",
            (Kind::Sequence, false) => b"-",
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

/// Takes the parts from `base` on: a copy of the exact size, or the whole stack where that is long, for a
/// section of very many entries is not to be there twice.
fn cut<T>(parts: &mut Vec<T>, base: usize) -> Vec<T> {
    const LONG: usize = 1 << 12;
    if base == 0 && parts.len() > LONG {
        return std::mem::take(parts);
    }
    parts.drain(base..).collect()
}
