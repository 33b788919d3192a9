//! Markdown for GitHub: comments, step summaries, issues. What users declared and providers said
//! stands in it as text only: nothing of it can become markup, a mention or a link.

mod applied;
mod checked;
mod page;
mod payers;
mod plan;
mod tree;

use super::text;

pub use applied::{Applied, applied};
pub use checked::{check_summary, checked, mended};
pub use page::{COMMENT, Page, SUMMARY};
pub use plan::{Declarations, Head, LOOK, Preview, Verdict, declarations, invalid, preview};

/// Text within a line of markdown: every sign that could have a meaning is escaped, and a mention
/// names nobody.
#[must_use]
pub fn inline(given: &str) -> String {
    let mut out = String::with_capacity(given.len() + 8);
    for char in text::clean(given).chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A sign of no width behind it: nobody is called, no issue is linked.
            '@' | '#' => {
                out.push(char);
                out.push('\u{2060}');
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    // A bare address would become a link.
    out.replace("://", "\u{2060}://")
        .replace("www.", "www\u{2060}.")
}

/// Text as code within a line.
#[must_use]
pub fn code(given: &str) -> String {
    let given = text::clean(given);
    let ticks = "`".repeat(longest(&given, '`') + 1);
    // The sign of code takes one space on each side for its own.
    let space = if given.starts_with('`') || given.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{given}{space}{ticks}")
}

/// Lines as a block of code that nothing in them can end.
#[must_use]
pub fn block(given: &str, language: &str) -> String {
    let given = text::harmless(given);
    let fence = "`".repeat((longest(&given, '`') + 1).max(3));
    format!(
        "{fence}{language}\n{}\n{fence}\n",
        given.trim_end_matches('\n')
    )
}

/// The longest run of a sign.
fn longest(text: &str, sign: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for char in text.chars() {
        run = if char == sign { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_declared_becomes_markup() {
        assert_eq!(
            inline("@team <b> [x](https://evil) #12 `a` ![i](u) a|b\nc"),
            "@\u{2060}team &lt;b&gt; \\[x\\]\\(https\u{2060}://evil\\) #\u{2060}12 \\`a\\` \\!\\[i\\]\\(u\\) a\\|b c"
        );
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(
            block("x\n````\n</details>\n", "text"),
            "`````text\nx\n````\n</details>\n`````\n"
        );
        assert_eq!(block("", ""), "```\n\n```\n");
    }
}
