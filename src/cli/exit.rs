//! What a run ends with, as a process exit code.

/// The outcome of a run. A later variant is stronger: of several, [`Ord::max`] is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Exit {
    /// Everything is as it should be. Code 0.
    #[default]
    Ok,
    /// There are changes, and `--detailed-exitcode` asked to be told. Code 2.
    Changes,
    /// Something is wrong, failed or was blocked. Code 1.
    Error,
    /// The plan is stale, or something unexpected would change. Code 3.
    Stale,
    /// Somebody else holds the state. Code 4.
    Locked,
}

impl Exit {
    /// The process exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Error => 1,
            Self::Changes => 2,
            Self::Stale => 3,
            Self::Locked => 4,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_strongest_outcome_wins() {
        let mut all = [
            Exit::Changes,
            Exit::Locked,
            Exit::Ok,
            Exit::Stale,
            Exit::Error,
        ];
        all.sort_by(|a, b| b.cmp(a));
        let codes: Vec<u8> = all.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [4, 3, 1, 2, 0]);
    }
}
