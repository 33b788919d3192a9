//! Writes a renewed secret back to where its reference says: a file, or a command's standard input.
//!
//! In two steps, so that nothing is renewed that could not be kept: [`Writer::prepare`] finds out
//! whether and where it can be written, before the old secret is spent; [`Prepared::write`] writes. A
//! file is replaced whole: whoever reads it meanwhile, or after a crash, has the old secret or the new.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::error::CredentialError;
use super::exec;
use super::resolver::{Exec, Resolver};
use super::secret::Secret;
use crate::model::secret_ref::SecretRef;

/// Writes renewed secrets. It may do no more than the resolver that it stands beside: neither of
/// them runs commands that nobody allowed.
pub struct Writer<'a>(&'a Resolver);

/// A place that a renewed secret will be written to.
pub struct Prepared<'a> {
    resolver: &'a Resolver,
    place: Place<'a>,
    name: String,
}

enum Place<'a> {
    File(Replacement),
    Command(&'a [String]),
}

impl<'a> Writer<'a> {
    /// Beside a resolver, with its project's folder and its rules for commands.
    #[must_use]
    pub fn beside(resolver: &'a Resolver) -> Self {
        Self(resolver)
    }

    /// Finds the place of a reference. Of a file, an empty one beside it is made, which vanishes again
    /// if nothing is written.
    ///
    /// # Errors
    /// Where there is none that this run may write to, with what to do.
    pub fn prepare(&self, reference: &'a SecretRef) -> Result<Prepared<'a>, CredentialError> {
        let resolver = self.0;
        match resolver.exec {
            Exec::Offline => return Err(CredentialError::exec_offline(reference)),
            Exec::PullRequest => return Err(CredentialError::exec_in_pull_request(reference)),
            Exec::Allowed | Exec::NotAllowed => {}
        }
        let cannot = |why: &str, help: &str| CredentialError::not_writable(reference, why, help);
        let (place, name) = match (&reference.write, &reference.file) {
            (Some(command), _) => {
                if resolver.exec != Exec::Allowed {
                    return Err(cannot(
                        "its `write` command needs --allow-exec",
                        "run again with --allow-exec if you trust the commands in bursar.yaml",
                    ));
                }
                let program = command.first().map_or("", String::as_str);
                (Place::Command(command), format!("command {program}"))
            }
            (None, Some(path)) => {
                let replacement = self.replacement(path).map_err(|why| {
                    cannot(
                        &why,
                        "let the user that runs bursar write into the file's folder, or name a \
                         `write` command",
                    )
                })?;
                (Place::File(replacement), format!("file {path}"))
            }
            (None, None) => {
                return Err(cannot(
                    "bursar can only read there",
                    "refer to the refresh token by `file:`, or by `exec:` with a `write:` command \
                     beside it",
                ));
            }
        };
        Ok(Prepared {
            resolver,
            place,
            name,
        })
    }

    fn replacement(&self, path: &str) -> Result<Replacement, String> {
        let full = self.0.root.join(path);
        let told = |error: std::io::Error| error.kind().to_string();
        // A link stays one: what it leads to is replaced.
        let target = match dunce::canonicalize(&full) {
            Ok(real) => real,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = full.parent().unwrap_or(Path::new("."));
                let folder = dunce::canonicalize(folder).map_err(told)?;
                folder.join(full.file_name().ok_or("it names no file")?)
            }
            Err(error) => return Err(told(error)),
        };
        if fs::metadata(&target).is_ok_and(|meta| !meta.is_file()) {
            return Err("it is no regular file".to_owned());
        }
        if self.0.inside_only {
            let root = dunce::canonicalize(&self.0.root).map_err(told)?;
            if !target.starts_with(root) {
                return Err("it is outside the project's folder".to_owned());
            }
        }
        Replacement::begin(target).map_err(told)
    }
}

impl Prepared<'_> {
    /// Where it will be written to, for people.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.name
    }

    /// Writes. What is read from there from now on is the new secret.
    ///
    /// # Errors
    /// Where it could not be stored; what was there before still stands, as far as bursar can tell.
    pub fn write(self, secret: &Secret) -> Result<(), CredentialError> {
        let written = match self.place {
            Place::File(replacement) => replacement
                .finish(secret.expose())
                .map_err(|error| error.kind().to_string()),
            Place::Command(command) => exec::feed(
                command,
                secret.expose(),
                &self.resolver.root,
                self.resolver.deadline,
            ),
        };
        written.map_err(|why| CredentialError::write_failed(&self.name, &why))
    }
}

/// A file that is about to be replaced, and the new one beside it.
struct Replacement {
    target: PathBuf,
    beside: PathBuf,
    file: File,
}

impl Replacement {
    fn begin(target: PathBuf) -> std::io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let beside = format!(".{name}.bursar-{}-{number}", std::process::id());
        let beside = target.with_file_name(beside);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&beside)?;
        Ok(Self {
            target,
            beside,
            file,
        })
    }

    fn finish(mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_all()?;
        fs::rename(&self.beside, &self.target)?;
        // The new name is durable once its folder is; some file systems cannot be asked for that.
        if let Some(folder) = self.target.parent() {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // Once it was renamed there is nothing under this name.
        let _ = fs::remove_file(&self.beside);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn reference(text: &str) -> SecretRef {
        serde_json::from_str(text).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let token = dir.path().join("token");
        fs::write(&token, "old").unwrap();
        fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
        let resolver = Resolver::new(dir.path());
        let to = reference(r#"{"file": "token"}"#);
        let prepared = Writer::beside(&resolver).prepare(&to).unwrap();
        assert_eq!(fs::read(&token).unwrap(), b"old");
        prepared
            .write(&Secret::issued("the-new-one".to_owned()))
            .unwrap();
        assert_eq!(fs::read(&token).unwrap(), b"the-new-one");
        let mode = fs::metadata(&token).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(names(dir.path()), ["token"]);
        let read = resolver.resolve(&to).unwrap();
        assert_eq!(read.expose(), b"the-new-one");
    }

    #[test]
    fn a_link_stays_one_and_a_new_file_is_made() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("kept")).unwrap();
        fs::write(dir.path().join("kept/real"), "old").unwrap();
        std::os::unix::fs::symlink("kept/real", dir.path().join("link")).unwrap();
        let resolver = Resolver::new(dir.path());
        for (path, real) in [("link", "kept/real"), ("kept/fresh", "kept/fresh")] {
            let to = reference(&format!(r#"{{"file": "{path}"}}"#));
            let prepared = Writer::beside(&resolver).prepare(&to).unwrap();
            prepared.write(&Secret::issued("new".to_owned())).unwrap();
            assert_eq!(fs::read(dir.path().join(real)).unwrap(), b"new");
        }
        assert!(dir.path().join("link").is_symlink());
    }

    #[test]
    fn what_is_not_written_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let resolver = Resolver::new(dir.path());
        let to = reference(r#"{"file": "token"}"#);
        drop(Writer::beside(&resolver).prepare(&to).unwrap());
        assert_eq!(names(dir.path()), [""; 0]);
    }

    #[test]
    fn where_nothing_can_be_written_is_known_before() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("folder")).unwrap();
        let resolver = || Resolver::new(dir.path());
        let code = |resolver: &Resolver, text: &str| {
            let to = reference(text);
            let error = Writer::beside(resolver).prepare(&to).err().unwrap();
            assert!(CredentialError::CODES.contains(&error.code));
            error.code
        };
        for text in [
            r#"{"env": "TOKEN"}"#,
            r#"{"exec": ["cat", "token"]}"#,
            r#"{"exec": ["cat", "token"], "write": ["tee", "token"]}"#,
            r#"{"file": "folder"}"#,
            r#"{"file": "missing/token"}"#,
        ] {
            assert_eq!(code(&resolver(), text), "credential.not-writable", "{text}");
        }
        let outside = resolver().inside_only(true);
        let up = r#"{"file": "../token"}"#;
        assert_eq!(code(&outside, up), "credential.not-writable");
        for never in [Exec::Offline, Exec::PullRequest] {
            let resolver = resolver().exec(never);
            let file = r#"{"file": "token"}"#;
            assert_eq!(code(&resolver, file), "credential.exec-not-allowed");
        }
        assert_eq!(names(dir.path()), ["folder"]);
    }

    #[test]
    fn a_command_takes_it_on_its_standard_input() {
        let dir = tempfile::tempdir().unwrap();
        let resolver = Resolver::new(dir.path()).exec(Exec::Allowed);
        let write = |command: &str| {
            let command =
                serde_json::json!({"exec": ["cat", "kept"], "write": ["sh", "-c", command]});
            let to: SecretRef = serde_json::from_value(command).unwrap();
            let prepared = Writer::beside(&resolver).prepare(&to).unwrap();
            prepared.write(&Secret::issued("planted-for-a-command".to_owned()))
        };
        write("cat > kept").unwrap();
        let kept = fs::read(dir.path().join("kept")).unwrap();
        assert_eq!(kept, b"planted-for-a-command");
        let error = write("cat; cat >&2; exit 3").unwrap_err();
        assert_eq!(error.code, "credential.write-failed");
        assert!(error.message.ends_with("exit code 3"), "{error}");
        assert!(!format!("{error:?}").contains("planted"));
    }

    #[test]
    fn a_command_that_never_reads_or_never_ends_is_told_so() {
        let dir = tempfile::tempdir().unwrap();
        let resolver = Resolver::new(dir.path())
            .exec(Exec::Allowed)
            .deadline(std::time::Duration::from_millis(300));
        let write = |command: &str, size: usize| {
            let command = serde_json::json!({"exec": ["true"], "write": ["sh", "-c", command]});
            let to: SecretRef = serde_json::from_value(command).unwrap();
            let prepared = Writer::beside(&resolver).prepare(&to).unwrap();
            prepared
                .write(&Secret::issued("x".repeat(size)))
                .unwrap_err()
        };
        assert!(write("sleep 20", 10).message.contains("longer than"));
        // More than a pipe holds, and nobody takes it.
        let unread = write("exec <&-; exit 0", 500_000);
        assert!(unread.message.contains("before it had read"), "{unread}");
    }
}
