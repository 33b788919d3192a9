//! Files of a project that a command writes: each in one step, so that a crash leaves the old or the
//! new one.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file's content. A link stays a link, and permissions stay.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = std::fs::canonicalize(path)?;
    let permissions = std::fs::metadata(&path)?.permissions();
    put(&path, content, Some(permissions))
}

/// Makes a file, with the folders around it.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    put(path, content, None)
}

fn put(path: &Path, content: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.bursar-{}", std::process::id()));
    let write = || {
        let mut file = File::create(&draft)?;
        file.write_all(content)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        std::fs::rename(&draft, path)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&draft);
    })
}
