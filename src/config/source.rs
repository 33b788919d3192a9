//! Sources: which files a project reads. Finds and reads them; parses nothing.

use std::path::{Path, PathBuf};

use super::problem::FileId;

/// One file that a project reads.
#[derive(Debug)]
pub struct Source {
    /// Path from the project's folder, with `/` on every system.
    pub path: String,
    /// The text, without a byte order mark. Empty where it could not be read.
    pub text: String,
}

/// The files of a project: `bursar.yaml` first, then the others sorted by path.
#[derive(Debug, Default)]
pub struct Sources {
    /// The project's folder.
    pub root: PathBuf,
    pub files: Vec<Source>,
}

impl Sources {
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(file.0 as usize)
    }

    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}
