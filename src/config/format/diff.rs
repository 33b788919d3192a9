//! What `fmt` would change, as a unified diff. Plain text: colour is the report's.

use similar::TextDiff;

/// The lines that differ, with three lines around them; empty where nothing differs.
#[must_use]
pub fn diff(path: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}
