//! A page of limited length: what comes first stays, what does not fit is cut at a line, and said.

use super::block;
use crate::report::text::thousands;

/// Bytes that a comment may have: GitHub takes 65,536 characters, and refuses more.
pub const COMMENT: usize = 60_000;
/// Bytes that a step's summary may have: GitHub takes 1 MiB.
pub const SUMMARY: usize = 1_000_000;

/// Bytes that are kept for saying what was cut, and for the end of the page.
const RESERVE: usize = 1_200;
/// As many lines are shown unfolded.
const SHORT: usize = 15;

/// A page that is being written.
#[derive(Debug)]
pub struct Page {
    text: String,
    limit: usize,
    /// Where all of it can be read, in words: told where something is cut.
    elsewhere: String,
    cut: bool,
}

impl Page {
    /// A page of at most so many bytes. `elsewhere` says where all of it is.
    #[must_use]
    pub fn new(limit: usize, elsewhere: impl Into<String>) -> Self {
        Self {
            text: String::new(),
            limit,
            elsewhere: elsewhere.into(),
            cut: false,
        }
    }

    /// Whether something did not fit.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    fn room(&self) -> usize {
        self.limit.saturating_sub(self.text.len() + RESERVE)
    }

    /// Markdown that stays whole, or away.
    pub fn add(&mut self, markdown: &str) {
        if markdown.len() <= self.room() {
            self.text += markdown;
        } else {
            self.cut = true;
        }
    }

    /// Plain text under a title, as code: folded where it is long and may be folded.
    pub fn lines(&mut self, title: &str, language: &str, text: &str, fold: Fold) {
        let text = text.trim_end_matches('\n').trim_start_matches('\n');
        if text.is_empty() {
            return;
        }
        let all = text.lines().count();
        let folded = match fold {
            Fold::Never => false,
            Fold::Long => all > SHORT,
            Fold::Always => true,
        };
        let (kept, left) = self.fitting(text, all, title.len() + 80);
        if kept.is_empty() {
            self.cut = true;
            return;
        }
        let code = block(kept, language);
        self.text += &if folded {
            format!("\n<details><summary>{title}</summary>\n\n{code}\n</details>\n")
        } else if title.is_empty() {
            format!("\n{code}")
        } else {
            format!("\n**{title}**\n\n{code}")
        };
        if left > 0 {
            self.cut = true;
            let lines = if left == 1 { "line" } else { "lines" };
            let more = format!("\n_{} more {lines}: {}_\n", thousands(left), self.elsewhere);
            self.text += &more;
        }
    }

    /// As many lines as there is room for, and how many are left.
    fn fitting<'t>(&self, text: &'t str, all: usize, around: usize) -> (&'t str, usize) {
        // The fence may be as long as the longest run of its sign.
        let around = around + 2 * (super::longest(text, '`') + 1) + self.elsewhere.len();
        let room = self.room().saturating_sub(around);
        if text.len() <= room {
            return (text, 0);
        }
        let mut end = 0;
        let mut kept = 0;
        for line in text.split_inclusive('\n') {
            if end + line.len() > room {
                break;
            }
            end += line.len();
            kept += 1;
        }
        (&text[..end], all - kept)
    }

    /// The page, with what is always said at its end.
    #[must_use]
    pub fn end(mut self, foot: &str) -> String {
        if self.cut {
            self.text += &format!("\n> [!NOTE]\n> This is not all: {}.\n", self.elsewhere);
        }
        self.text += foot;
        self.text
    }
}

/// Whether lines are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    Never,
    Long,
    Always,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_at_a_line_and_says_so() {
        let mut page = Page::new(3_000, "the summary has all");
        page.add("### verdict\n");
        let long: String = (0..400).map(|at| format!("+ account {at:04}\n")).collect();
        page.lines("Added", "text", &long, Fold::Long);
        page.lines("More", "text", &long, Fold::Long);
        page.add(&"x".repeat(5_000));
        assert!(page.is_cut());
        let text = page.end("\nfoot\n");
        assert!(text.len() <= 3_000, "{}", text.len());
        assert!(text.contains("+ account 0000\n") && text.ends_with("\nfoot\n"));
        let shown = text.matches("+ account").count();
        let told = format!("_{} more lines: the summary has all_", 400 - shown);
        assert!(shown > 50 && text.contains(&told), "{text}");
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
        assert_eq!(text.matches("```").count() % 2, 0);
    }

    #[test]
    fn whatever_is_put_on_it_a_page_keeps_its_limit() {
        use proptest::prelude::*;
        proptest!(|(
            limit in 2_000_usize..9_000,
            texts in proptest::collection::vec("[a-z`\né]{0,3000}", 0..6),
        )| {
            let mut page = Page::new(limit, "elsewhere");
            for text in &texts {
                page.lines("T", "text", text, Fold::Long);
            }
            let text = page.end("foot\n");
            prop_assert!(text.len() <= limit, "{} > {limit}", text.len());
        });
    }
}
