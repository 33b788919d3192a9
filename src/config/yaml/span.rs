//! Positions: byte spans, lines and columns, and the way from the scanner's character counts to bytes.

/// A range of bytes in a file's decoded text. Files are at most 64 MiB, so 32 bits are plenty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether it covers nothing, as the place of a value that was left out does.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The text that it covers; empty where the span is not one of `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }
}

/// Where the lines of a text start: built once per file that has something to report.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of `text`. A line ends with `\n` (also as `\r\n`).
    #[must_use]
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
        let mut starts = Vec::with_capacity(breaks + 1);
        starts.push(0);
        starts.extend(text.match_indices('\n').map(|(at, _)| to_u32(at + 1)));
        Self { starts }
    }

    /// How many lines there are; at least one.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The line of a byte offset, from 1. An offset past the end is on the last line.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1)
    }

    /// The line and the column of a byte offset, both from 1, the column in characters of `text`.
    ///
    /// An offset past the end is taken as the end.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> (usize, usize) {
        let offset = offset.min(to_u32(text.len()));
        let line = self.line_of(offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        // Inside a character, as many bytes of it count as none.
        let before = text.as_bytes().get(start as usize..offset as usize);
        let whole = before.unwrap_or_default().utf8_chunks().next();
        let column = whole.map_or(0, |chunk| chunk.valid().chars().count());
        (line, column + 1)
    }

    /// The bytes of a line, counted from 1, with its line break.
    #[must_use]
    pub fn line(&self, text: &str, line: usize) -> Option<Span> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).copied().unwrap_or(to_u32(text.len()));
        Some(Span::new(start, end))
    }
}

/// How the scanner's count of characters differs from that of the text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shift {
    /// Characters that it counts in front of the text.
    pub(super) more: usize,
    /// Characters at the start of the text that it does not count.
    pub(super) fewer: usize,
}

/// Turns the scanner's character counts into byte offsets.
///
/// Counts come nearly in order, so the cursor walks from the last one in either direction; a text that
/// is all ASCII is not walked at all.
pub(super) struct Cursor<'t> {
    bytes: &'t [u8],
    ascii: bool,
    shift: Shift,
    chars: usize,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, shift: Shift) -> Self {
        Self {
            bytes: text.as_bytes(),
            ascii: text.is_ascii(),
            shift,
            chars: 0,
            at: 0,
        }
    }

    /// The byte at which the scanner's character `index` starts; the end of the text where there are fewer.
    pub(super) fn byte(&mut self, index: usize) -> u32 {
        let Shift { more, fewer } = self.shift;
        let index = index.saturating_sub(more) + fewer;
        if self.ascii {
            return to_u32(index.min(self.bytes.len()));
        }
        while self.chars > index {
            self.at -= 1;
            while self.at > 0 && is_continuation(self.bytes[self.at]) {
                self.at -= 1;
            }
            self.chars -= 1;
        }
        while self.chars < index && self.at < self.bytes.len() {
            const STRIDE: usize = 16;
            if index - self.chars >= STRIDE
                && let Some(next) = self.bytes.get(self.at..self.at + STRIDE)
                && next.is_ascii()
            {
                self.at += STRIDE;
                self.chars += STRIDE;
                continue;
            }
            self.at += 1;
            while self
                .bytes
                .get(self.at)
                .copied()
                .is_some_and(is_continuation)
            {
                self.at += 1;
            }
            self.chars += 1;
        }
        to_u32(self.at)
    }
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Offsets fit: larger files are refused before they are read.
pub(super) fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
