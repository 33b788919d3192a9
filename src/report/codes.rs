//! The pages of all codes.

/// Code and page.
pub static PAGES: &[(&str, &str)] = &[];

/// The page of a code.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    PAGES
        .iter()
        .find(|(name, _)| *name == code)
        .map(|(_, page)| *page)
}
