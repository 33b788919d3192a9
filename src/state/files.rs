//! Files that are replaced whole or not at all, folders that remember it, and what systems do differently with both.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::error::StateError;

/// Syncs a folder, so that a file which appeared in it or was renamed stays.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StateError> {
    sync_names(folder).map_err(|cause| StateError::io("sync", folder, cause))
}

/// [`sync_folder`] with the system's own error.
#[cfg(not(windows))]
pub(super) fn sync_names(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows flushes no folders: NTFS journals the names itself, and in the order they were given.
#[cfg(windows)]
pub(super) fn sync_names(folder: &Path) -> io::Result<()> {
    folder.metadata().map(drop)
}

/// Opens a file that somebody else writes, to sync it: Windows wants to be asked for writing for that.
pub(super) fn open_to_sync(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

/// Fills `bytes` from a place in the file, wherever others read it.
#[cfg(not(windows))]
pub(super) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Fills `bytes` from a place in the file. Windows moves the file's cursor with it, which nothing here uses
/// after a file's first pass, and may hand over less than asked.
#[cfg(windows)]
pub(super) fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                bytes = &mut bytes[read..];
                at += read as u64;
            }
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(())
}

/// Creates a folder and those above it; syncs the one that holds the first new one.
pub(super) fn create_folder(folder: &Path) -> Result<(), StateError> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut standing = folder.parent();
    while let Some(parent) = standing {
        if parent.as_os_str().is_empty() || parent.is_dir() {
            break;
        }
        standing = parent.parent();
    }
    fs::create_dir_all(folder).map_err(|cause| StateError::io("create", folder, cause))?;
    match standing {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    }
}

/// Writes `path` anew through a temporary file beside it: readers see the old or the new content,
/// also after a crash. `written` is called once the temporary file is synced.
pub(super) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
    written: impl FnOnce(),
) -> Result<T, StateError> {
    let temporary = path.with_extension("new");
    let fail = |cause| StateError::io("write", path, cause);
    let result = (|| {
        let mut file = BufWriter::with_capacity(1 << 18, File::create(&temporary)?);
        let value = write(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()?;
        written();
        fs::rename(&temporary, path)?;
        Ok(value)
    })();
    match result {
        Ok(value) => {
            sync_folder(path.parent().unwrap_or(Path::new(".")))?;
            Ok(value)
        }
        Err(cause) => {
            let _ = fs::remove_file(&temporary);
            Err(fail(cause))
        }
    }
}

/// The file's bytes, or none where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(StateError::io("read", path, cause)),
    }
}

/// Opens a file for reading, or none where there is no such file.
pub(super) fn open(path: &Path) -> Result<Option<File>, StateError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(StateError::io("read", path, cause)),
    }
}
