//! Setting aside: what is in the way keeps its bytes under another name.

use std::fs;
use std::path::{Path, PathBuf};

use crate::state::error::StateError;

/// Renames what is in the way to `NAME.aside-N`; returns the new name.
pub(in crate::state) fn set_aside(path: &Path) -> Result<Option<PathBuf>, StateError> {
    aside(path, |from, to| fs::rename(from, to))
}

/// Keeps a copy of what is about to be replaced as `NAME.aside-N`.
pub(in crate::state) fn copy_aside(path: &Path) -> Result<Option<PathBuf>, StateError> {
    aside(path, |from, to| fs::copy(from, to).map(drop))
}

fn aside(
    path: &Path,
    act: impl FnOnce(&Path, &Path) -> std::io::Result<()>,
) -> Result<Option<PathBuf>, StateError> {
    if !path.exists() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let free = (1_u32..)
        .map(|count| path.with_file_name(format!("{name}.aside-{count}")))
        .find(|aside| !aside.exists());
    let Some(free) = free else { return Ok(None) };
    act(path, &free)
        .map(|()| Some(free))
        .map_err(|cause| StateError::io("set aside", path, cause))
}
