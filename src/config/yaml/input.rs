//! What the scanner reads from: the text, cut off where a limit is met before the scanner gives its next event.
//!
//! The scanner hands nothing out while it reads a value, and it holds a list or map between brackets until
//! the closing one wherever that could still turn out to be a key. So what bounds the tree comes too late for
//! these; here every character passes. Counts only: what is said about it stands in `bounds`.

use std::cell::Cell;

use saphyr_parser::Input;
use saphyr_parser::input::SkipTabs;

use super::Limits;
use super::span::Shift;

/// A limit that was met inside the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    /// Too much text without an event: a value without end, or nearly so.
    Length,
    /// Too many tokens without an event.
    Tokens,
    /// Too many brackets open.
    Depth,
}

/// What the input and the reader of events tell each other.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    moved: Cell<bool>,
    tokens: Cell<usize>,
    met: Cell<Option<(Met, usize)>>,
}

impl Gauge {
    /// An event came: what was held is free.
    pub(super) fn event(&self) {
        self.moved.set(true);
        self.tokens.set(0);
    }

    /// The limit that was met, and the byte at which.
    pub(super) fn met(&self) -> Option<(Met, usize)> {
        self.met.get()
    }
}

/// How many times longer than its text a value may be written: escapes, indentation.
pub(super) const WRITTEN: usize = 4;
/// In how many steps that length is measured.
const STEPS: usize = 64;
/// Behind this on the same line, a bracket cannot open a key: then the scanner does not hold what follows.
const DOCUMENT: &str = "--- ";
/// Not worth it below.
const LARGE: usize = 64 << 10;

/// A text as input of the scanner.
pub(super) struct Text<'t, 'g> {
    text: &'t str,
    at: usize,
    /// Where to look at the limits next.
    turn: usize,
    /// Steps since the last event.
    steps: usize,
    /// Open brackets.
    depth: usize,
    /// The text itself and where in it to start, while [`DOCUMENT`] stands in front of it.
    behind: Option<(&'t str, usize)>,
    limits: Limits,
    gauge: &'g Gauge,
}

impl<'t, 'g> Text<'t, 'g> {
    pub(super) fn new(text: &'t str, limits: &Limits, gauge: &'g Gauge) -> Self {
        let mut input = Self {
            text,
            at: 0,
            turn: 0,
            steps: 0,
            depth: 0,
            behind: None,
            limits: *limits,
            gauge,
        };
        match bracket(text) {
            Some(start) if text.len() > LARGE => {
                input.text = DOCUMENT;
                input.turn = DOCUMENT.len();
                input.behind = Some((text, start));
            }
            _ => input.turn = input.step(),
        }
        input
    }

    /// Between the scanner's count and the text's; to be asked before the scanner gets this.
    pub(super) fn shift(&self) -> Shift {
        match self.behind {
            Some((_, start)) => Shift {
                more: DOCUMENT.len(),
                fewer: start,
            },
            None => Shift::default(),
        }
    }

    fn step(&self) -> usize {
        (self.limits.scalar_bytes * WRITTEN / STEPS).max(1)
    }

    #[cold]
    fn turn(&mut self) {
        if let Some((text, start)) = self.behind.take() {
            self.text = text;
            self.at = start;
        } else {
            let bytes = self.text.as_bytes();
            let passed = bytes.get(self.at.saturating_sub(self.step())..self.at);
            let blank = passed.is_some_and(|passed| passed.iter().all(u8::is_ascii_whitespace));
            self.steps = match (self.gauge.moved.take(), blank) {
                (true, _) => 0,
                (false, true) => self.steps,
                (false, false) => self.steps + 1,
            };
            if self.steps > STEPS {
                self.stop(Met::Length);
            }
        }
        self.turn = self.at + self.step();
    }

    /// Ends the text here.
    #[cold]
    fn stop(&mut self, met: Met) {
        if self.gauge.met.get().is_none() {
            self.gauge.met.set(Some((met, self.at)));
        }
        self.text = "";
        self.at = 0;
    }

    /// Counts a token if one starts here. Words of a text do not, unless they look like one; two tokens
    /// without any of these characters between them there are not.
    fn token(&mut self) {
        let starts = matches!(
            self.text.as_bytes().get(self.at),
            Some(
                b',' | b':' | b'[' | b']' | b'{' | b'}' | b'?' | b'&' | b'*' | b'!' | b'"' | b'\''
            )
        );
        if starts {
            self.hold();
        }
    }

    fn hold(&mut self) {
        let tokens = self.gauge.tokens.get() + 1;
        self.gauge.tokens.set(tokens);
        if tokens > self.limits.held {
            self.stop(Met::Tokens);
        }
    }

    /// The scanner steps over blanks right behind every bracket that it takes as one.
    fn bracket(&mut self) {
        let before = self.at.checked_sub(1);
        match before.and_then(|before| self.text.as_bytes().get(before)) {
            Some(b'[' | b'{') => self.depth += 1,
            Some(b']' | b'}') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > self.limits.depth {
            self.stop(Met::Depth);
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.text.get(at..)?.chars().next(),
            None => None,
        }
    }

    /// The bytes from here to the end of the line.
    fn rest_of_line(&self) -> &'t str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest
            .bytes()
            .position(|byte| matches!(byte, b'\n' | b'\r' | b'\0'));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    /// Steps over a comment, which is no part of a value: gives its characters.
    fn comment(&mut self) -> usize {
        let line = self.rest_of_line();
        let line = line.split('\u{FEFF}').next().unwrap_or_default();
        self.at += line.len();
        self.turn += line.len();
        line.chars().count()
    }
}

/// The first byte, if it is a bracket.
fn bracket(text: &str) -> Option<usize> {
    let start = text.len() - text.trim_ascii_start().len();
    text.get(start..)?.starts_with(['[', '{']).then_some(start)
}

impl Input for Text<'_, '_> {
    #[inline]
    fn lookahead(&mut self, count: usize) {
        /// What the scanner asks for before it looks which token comes.
        const TOKEN: usize = 4;
        if count == TOKEN {
            self.token();
        }
    }

    #[inline]
    fn buflen(&self) -> usize {
        self.bufmaxlen()
    }

    /// The scanner makes room for that much before every plain scalar; with the first character these are the
    /// 32 bytes that it has already.
    #[inline]
    fn bufmaxlen(&self) -> usize {
        31
    }

    #[inline]
    fn raw_read_ch(&mut self) -> char {
        let c = self.peek();
        self.skip();
        c
    }

    #[inline]
    fn raw_read_non_breakz_ch(&mut self) -> Option<char> {
        let c = self
            .peek_opt()
            .filter(|c| !matches!(c, '\n' | '\r' | '\0' | '\u{FEFF}'))?;
        self.skip();
        Some(c)
    }

    #[inline]
    fn skip(&mut self) {
        self.at += match self.text.as_bytes().get(self.at) {
            Some(0..0x80) => 1,
            Some(0x80..0xE0) => 2,
            Some(0xE0..0xF0) => 3,
            Some(0xF0..) => 4,
            None => return,
        };
        if self.at >= self.turn {
            self.turn();
        }
    }

    #[inline]
    fn skip_n(&mut self, count: usize) {
        for _ in 0..count {
            self.skip();
        }
    }

    #[inline]
    fn peek(&self) -> char {
        self.char_at(self.at).unwrap_or('\0')
    }

    #[inline]
    fn peek_opt(&self) -> Option<char> {
        self.char_at(self.at)
    }

    #[inline]
    fn peek_nth(&self, n: usize) -> char {
        let near = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if near.iter().take(n + 1).all(u8::is_ascii) {
            return near.get(n).map_or('\0', |byte| char::from(*byte));
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.chars().nth(n).unwrap_or('\0')
    }

    fn skip_while_non_breakz(&mut self) -> usize {
        self.comment()
    }

    /// Asked between the words of a directive only, all of which are held.
    fn skip_while_blank(&mut self) -> usize {
        self.hold();
        let mut count = 0;
        while matches!(self.peek(), ' ' | '\t') {
            self.skip();
            count += 1;
        }
        count
    }

    fn skip_ws_to_eol(&mut self, skip_tabs: SkipTabs) -> (usize, Result<SkipTabs, &'static str>) {
        if skip_tabs == SkipTabs::Yes {
            self.bracket();
        }
        let (mut count, mut space, mut tab) = (0, false, false);
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ') => space = true,
                Some(b'\t') if skip_tabs == SkipTabs::Yes => tab = true,
                Some(b'#') if !space && !tab => {
                    return (
                        count,
                        Err("comments must be separated from other tokens by whitespace"),
                    );
                }
                Some(b'#') => {
                    count += self.comment();
                    break;
                }
                _ => break,
            }
            count += 1;
            self.skip();
        }
        (count, Ok(SkipTabs::Result(tab, space)))
    }
}
