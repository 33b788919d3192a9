//! What is no longer declared and must be spoken of: entries to paste, never wrapped.

use std::fmt::Write;

use crate::engine::Refusal;
use crate::report::text::thousands;

/// As many entries are written out.
const MOST: usize = 50;

/// A `removed:` section for the resources that were refused; nothing where there are none.
#[must_use]
pub fn section(refusals: &[Refusal]) -> String {
    let unasked = refusals.iter().filter(|one| one.code == "removal.unasked");
    let addresses: Vec<_> = unasked.filter_map(|one| one.address.as_ref()).collect();
    if addresses.is_empty() {
        return String::new();
    }
    let mut out = String::from("\nto paste, once each entry says what is meant:\n\nremoved:\n");
    for address in addresses.iter().take(MOST) {
        let _ = writeln!(out, "  {address}: {{action: forget}}");
    }
    if let Some(more) = addresses.len().checked_sub(MOST + 1) {
        let more = thousands(more + 1);
        let _ = writeln!(out, "  # and {more} more: `bursar plan --json` has all");
    }
    out
}
