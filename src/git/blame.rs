//! Blame: who wrote a line of a file, and when.

use git2::{BlameOptions, ErrorCode, Oid};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{GitError, GitRepo};
use crate::model::time::Date;
use crate::model::touched::Touched;

/// The lines of a file as it is now, each with the commit that it comes from.
pub struct Blame<'g> {
    git: &'g GitRepo,
    /// The commits of its lines; none for those that no commit has.
    lines: Vec<Option<Oid>>,
}

impl GitRepo {
    /// Whom the lines of a file come from. `path` is from the project's folder, `content` what the file
    /// holds now.
    ///
    /// # Errors
    /// Where its history cannot be read.
    pub fn blame(&self, path: &str, content: &[u8]) -> Result<Blame<'_>, GitError> {
        let path = self.folder.join(path);
        let mut options = BlameOptions::new();
        options.use_mailmap(true);
        let committed = match self.repository.blame_file(&path, Some(&mut options)) {
            Ok(committed) => committed,
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::UnbornBranch) => {
                let lines = Vec::new();
                return Ok(Blame { git: self, lines });
            }
            Err(error) => return Err(error.into()),
        };
        let mut lines = Vec::new();
        for hunk in committed.blame_buffer(content)?.iter() {
            let commit = hunk.final_commit_id();
            let start = hunk.final_start_line().saturating_sub(1);
            let end = start + hunk.lines_in_hunk();
            lines.resize(lines.len().max(end), None);
            lines[start..end].fill((!commit.is_zero()).then_some(commit));
        }
        Ok(Blame { git: self, lines })
    }
}

impl Blame<'_> {
    /// Who touched a line last; lines count from 1.
    #[must_use]
    pub fn line(&self, line: usize) -> Touched {
        let id = line.checked_sub(1).and_then(|at| *self.lines.get(at)?);
        let commit = id.and_then(|id| self.git.repository.find_commit(id).ok());
        let Some(commit) = commit else {
            return Touched::Uncommitted;
        };
        let author = commit.author();
        let day = Timestamp::from_second(author.when().seconds()).ok();
        Touched::Committed {
            commit: commit.id().to_string(),
            author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
            day: day.map(|at| Date::new(at.to_zoned(TimeZone::UTC).date())),
        }
    }
}
