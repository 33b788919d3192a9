//! What would change in a file, as people read it.

use crate::config::format;

use super::diagnostics::safe_text;
use super::{Look, style, text};

/// What would change in a file (none: it is not there yet) as a unified diff, without anything that
/// may be a secret.
#[must_use]
pub fn plain(path: &str, before: Option<&str>, after: &str) -> String {
    let after = safe_text(after, &[]);
    match before {
        Some(before) => format::diff(path, &safe_text(before, &[]), &after),
        None => format::diff_of_new(path, &after),
    }
}

/// The same with colour.
#[must_use]
pub fn render(path: &str, before: Option<&str>, after: &str, look: Look) -> String {
    let plain = plain(path, before, after);
    let mut shown = String::with_capacity(plain.len());
    for line in plain.lines() {
        let line = text::harmless(line);
        let style = match line.as_bytes().first() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => style::BOLD,
            Some(b'-') => style::DELETE,
            Some(b'+') => style::ADD,
            Some(b'@') => style::DIM,
            _ => anstyle::Style::new(),
        };
        shown += &look.paint(style, line).to_string();
        shown.push('\n');
    }
    shown
}
