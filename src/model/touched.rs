//! Who touched a line of a file last, as version control tells.

use super::time::Date;

/// Who touched a line last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    Committed {
        /// The commit's full id.
        commit: String,
        /// The author's name.
        author: String,
        /// The day in UTC; none where the commit's time is no date.
        day: Option<Date>,
    },
    /// The line is not as it is in the last commit.
    Uncommitted,
}
