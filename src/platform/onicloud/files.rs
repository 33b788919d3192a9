//! Files that bursar writes for people to carry: each replaced in one step, so that a death in
//! between leaves the old or the new one.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::platform::PlatformError;

/// Replaces a file, or makes it, with the folders around it. One that is right already stays
/// untouched; returns whether it was written.
pub fn put(path: &Path, content: &[u8]) -> io::Result<bool> {
    if std::fs::read(path).is_ok_and(|old| old == content) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.bursar-{}", std::process::id()));
    let write = || {
        let mut file = File::create(&draft)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&draft);
    })?;
    Ok(true)
}

/// A file that cannot be read or written.
pub fn trouble(what: &str, shown: &str, error: &io::Error) -> PlatformError {
    PlatformError::File {
        code: "onicloud.file",
        message: format!("cannot {what} {shown}: {error}"),
        help:
            "see to the rights and the space there, and close it where another program has it open"
                .to_owned(),
    }
}
