//! What `fmt` or an import would change, as a unified diff. Plain text: colour is the report's.

use similar::TextDiff;

/// The lines that differ, with three lines around them; empty where nothing differs.
#[must_use]
pub fn diff(path: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    unified(&format!("a/{path}"), path, before, after)
}

/// The lines of a file that is not there yet.
#[must_use]
pub fn diff_of_new(path: &str, text: &str) -> String {
    unified("/dev/null", path, "", text)
}

fn unified(from: &str, path: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header(from, &format!("b/{path}"))
        .to_string()
}
