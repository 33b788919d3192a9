//! Patterns of accounts that are left alone.

use globset::{Glob, GlobMatcher};

use crate::config::estate::Estate;
use crate::provider::Listed;

/// Globs over ids, names, paths of units (`Sandbox`, `Workloads/Production`) and names behind those
/// paths (`Sandbox/Shop`). `*` matches across `/`.
#[derive(Debug, Clone, Default)]
pub struct Ignore {
    globs: Vec<GlobMatcher>,
    /// Whether any may speak of units.
    units: bool,
}

/// A pattern that is none, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{glob}` is no pattern: {cause}")]
pub struct Malformed {
    pub glob: String,
    pub cause: String,
}

impl Ignore {
    /// # Errors
    /// The first malformed pattern.
    pub fn new<S: AsRef<str>>(globs: impl IntoIterator<Item = S>) -> Result<Self, Malformed> {
        let mut ignore = Self::default();
        for glob in globs {
            let glob = glob.as_ref();
            let matcher = Glob::new(glob).map_err(|error| Malformed {
                glob: glob.to_owned(),
                cause: error.kind().to_string(),
            })?;
            ignore.globs.push(matcher.compile_matcher());
            // An id needs no units looked up.
            ignore.units |= !glob.bytes().all(|byte| byte.is_ascii_digit());
        }
        Ok(ignore)
    }

    /// What the settings say of an organization; a malformed pattern is left out, a rule speaks of it.
    #[must_use]
    pub fn of(estate: &Estate, organization: u32) -> Self {
        let settings = estate.declaration.settings.import.iter();
        let own = settings.filter(|(name, _)| estate.organization(name) == Some(organization));
        let globs = own.flat_map(|(_, import)| &import.ignore);
        Self::new(globs.filter(|glob| Glob::new(glob).is_ok())).unwrap_or_default()
    }

    /// Takes another's patterns too.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.globs.extend(other.globs);
        self.units |= other.units;
        self
    }

    /// Whether the names of units may decide.
    #[must_use]
    pub fn wants_units(&self) -> bool {
        self.units
    }

    /// Whether an account is left alone by its id or name.
    #[must_use]
    pub fn by_itself(&self, account: &Listed) -> bool {
        self.any(&account.id) || self.any(&account.name)
    }

    /// Whether an account is left alone by the units that it is in.
    #[must_use]
    pub fn by_units(&self, account: &Listed, units: &[String]) -> bool {
        if units.is_empty() {
            return false;
        }
        let path = units.join("/");
        self.any(&path) || self.any(&format!("{path}/{}", account.name))
    }

    fn any(&self, text: &str) -> bool {
        self.globs.iter().any(|glob| glob.is_match(text))
    }
}
