//! Files of a project that a command writes: each in one step, so that a crash leaves the old or the
//! new one.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::Path;

use super::Failure;

/// A file of a project as it is to be.
pub struct Rewrite<'d> {
    /// From the project's folder, with `/`.
    pub path: &'d str,
    /// What was read of it; none where there was no such file.
    pub before: Option<&'d str>,
    pub after: &'d str,
}

/// Writes files that were worked out from what they held, unless somebody changed one of them since.
///
/// # Errors
/// `import.changed`, and where a file cannot be written; says which were written before that.
pub fn rewrite(root: &Path, files: &[Rewrite<'_>]) -> Result<(), Failure> {
    for file in files {
        unchanged(root, file).map_err(|failure| failure.help("nothing was written"))?;
    }
    let mut done: Vec<&str> = Vec::new();
    for file in files {
        if let Err(failure) = rewrite_one(root, file) {
            return Err(if done.is_empty() {
                failure.help("nothing was written")
            } else {
                failure.help(format!("written before that: {}", done.join(", ")))
            });
        }
        done.push(file.path);
    }
    Ok(())
}

fn changed(file: &Rewrite<'_>) -> Failure {
    Failure::new(format!("{} was changed meanwhile", file.path))
        .code("import.changed")
        .help("run it again: it reads the file as it is now")
}

fn failed(file: &Rewrite<'_>, cause: &io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {cause}", file.path))
        .help("give the user that runs bursar the right to write there")
}

fn unchanged(root: &Path, file: &Rewrite<'_>) -> Result<(), Failure> {
    let path = root.join(file.path);
    match file.before {
        None if path.symlink_metadata().is_ok() => Err(changed(file)),
        None => Ok(()),
        Some(before) => match std::fs::read(&path) {
            Ok(now) if now == before.as_bytes() => Ok(()),
            Ok(_) => Err(changed(file)),
            Err(cause) => Err(failed(file, &cause)),
        },
    }
}

fn rewrite_one(root: &Path, file: &Rewrite<'_>) -> Result<(), Failure> {
    unchanged(root, file)?;
    let path = root.join(file.path);
    let content = file.after.as_bytes();
    let written = match file.before {
        None => create(&path, content),
        Some(_) => replace(&path, content),
    };
    written.map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => changed(file),
        _ => failed(file, &cause),
    })
}

/// Replaces a file's content. A link stays a link, and permissions stay.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = dunce::canonicalize(path)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_somebody_changed_meanwhile_stops_all() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
        std::fs::write(root.join("a.yaml"), "a").unwrap();
        std::fs::write(root.join("b.yaml"), "other").unwrap();
        let file = |path, before, after| Rewrite {
            path,
            before,
            after,
        };
        let both = [
            file("a.yaml", Some("a"), "new a"),
            file("b.yaml", Some("b"), "new b"),
        ];
        let failure = rewrite(root, &both).unwrap_err();
        assert_eq!(failure.code, Some("import.changed"));
        assert_eq!(failure.message, "b.yaml was changed meanwhile");
        assert_eq!(
            (read("a.yaml"), read("b.yaml")),
            ("a".into(), "other".into())
        );
        // A new file is not put over one that came meanwhile.
        let new = [
            file("a.yaml", Some("a"), "new a"),
            file("b.yaml", None, "new b"),
        ];
        assert!(rewrite(root, &new).is_err());
        assert_eq!(read("a.yaml"), "a");
        let good = [
            file("a.yaml", Some("a"), "new a"),
            file("x/c.yaml", None, "c"),
        ];
        rewrite(root, &good).unwrap();
        assert_eq!(
            (read("a.yaml"), read("x/c.yaml")),
            ("new a".into(), "c".into())
        );
    }
}
