//! Selectors: globs over addresses.

use globset::{Glob, GlobBuilder, GlobMatcher};

use super::address::Address;

/// Globs over addresses; one that starts with `!` takes out what it matches. The last one that
/// matches decides. `*` matches across `/`, so that `account/*` is every account.
#[derive(Debug, Clone)]
pub struct Selector(Vec<(bool, GlobMatcher)>);

impl Selector {
    /// # Errors
    /// The position of the malformed glob, and what is wrong with it.
    pub fn new<S: AsRef<str>>(globs: &[S]) -> Result<Self, (usize, String)> {
        let parse = |(at, glob): (usize, &S)| {
            let text = glob.as_ref();
            let (keep, pattern) = text
                .strip_prefix('!')
                .map_or((true, text), |rest| (false, rest));
            matcher(pattern)
                .map(|glob| (keep, glob))
                .map_err(|error| (at, error))
        };
        globs
            .iter()
            .enumerate()
            .map(parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the address is selected. Where the first glob takes out, all else is in.
    #[must_use]
    pub fn selects(&self, address: &Address) -> bool {
        let first = self.0.first().is_none_or(|(keep, _)| !keep);
        self.0
            .iter()
            .rev()
            .find(|(_, glob)| glob.is_match(address.as_str()))
            .map_or(first, |(keep, _)| *keep)
    }

    /// The first glob that is to keep something and matches none of these addresses.
    pub fn idle<'a>(&self, addresses: impl Iterator<Item = &'a str> + Clone) -> Option<&str> {
        let kept = self.0.iter().filter(|(keep, _)| *keep);
        kept.map(|(_, glob)| glob)
            .find(|glob| !addresses.clone().any(|address| glob.is_match(address)))
            .map(|glob| glob.glob().glob())
    }
}

fn matcher(pattern: &str) -> Result<GlobMatcher, String> {
    GlobBuilder::new(pattern)
        .literal_separator(false)
        .build()
        .map(|glob: Glob| glob.compile_matcher())
        .map_err(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_match_decides() {
        let selector = Selector::new(&["*", "!account/oci/*", "account/oci/keep"]).unwrap();
        let selects = |text| selector.selects(&Address::parse(text).unwrap());
        assert!(selects("payer/aws/1"));
        assert!(!selects("account/oci/x"));
        assert!(selects("account/oci/keep"));
        assert!(
            Selector::new(&["!account/*"])
                .unwrap()
                .selects(&Address::cost_center("A"))
        );
        assert_eq!(Selector::new(&["*", "a["]).unwrap_err().0, 1);
    }
}
