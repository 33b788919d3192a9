//! Sources: which files a project reads. Finds and reads them; parses nothing.

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::problem::FileId;

/// The file of settings and trust; its folder is the project.
pub const PROJECT_FILE_NAME: &str = "bursar.yaml";

/// One file that a project reads.
#[derive(Debug, Default)]
pub struct Source {
    /// Path from the project's folder, with `/` on every system.
    pub path: String,
    /// The bytes as they are on the disk.
    pub bytes: Vec<u8>,
}

/// The files of a project: `bursar.yaml` first, then the others sorted by path.
#[derive(Debug, Default)]
pub struct Sources {
    /// The project's folder.
    pub root: PathBuf,
    pub files: Vec<Source>,
}

/// Why a file or folder could not be read.
#[derive(Debug)]
pub struct Unreadable {
    /// Path from the project's folder.
    pub path: String,
    pub cause: io::Error,
}

impl Sources {
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(file.0 as usize)
    }

    /// The text of a file; empty where it is not UTF-8.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", Source::text)
    }

    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Each file with its number.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files
            .iter()
            .enumerate()
            .map(|(at, source)| (FileId(at as u32), source))
    }
}

impl Source {
    /// The text, without a byte order mark; empty where it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        let bytes = self
            .bytes
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&self.bytes);
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// The project that a folder is in: the nearest folder upwards with a `bursar.yaml`.
#[must_use]
pub fn find_project(from: &Path) -> Option<PathBuf> {
    from.ancestors()
        .find(|folder| folder.join(PROJECT_FILE_NAME).is_file())
        .map(Path::to_path_buf)
}

/// Finds the YAML files below the source folders: every `*.yaml` and `*.yml`, without those in
/// hidden, git-ignored and symlinked folders and in folders with a `bursar.yaml` of their own.
/// The project file itself is not among them. Sorted by path.
///
/// # Errors
/// Every folder that could not be read.
pub fn find(root: &Path, folders: &[String]) -> Result<Vec<String>, Vec<Unreadable>> {
    let mut found = Vec::new();
    let mut unreadable = Vec::new();
    for folder in folders {
        walk(root, folder, &mut found, &mut unreadable);
    }
    found.sort();
    found.dedup();
    if unreadable.is_empty() {
        Ok(found)
    } else {
        Err(unreadable)
    }
}

/// The folder on the way to a source folder that is a project of its own, if there is one: it is read
/// by nobody else, from the disk or from git.
fn other_project(root: &Path, folder: &str) -> Option<String> {
    let mut way = Vec::new();
    for part in folder.split('/').filter(|part| !matches!(*part, "" | ".")) {
        way.push(part);
        let passed = way.join("/");
        if root.join(&passed).join(PROJECT_FILE_NAME).exists() {
            return Some(passed);
        }
    }
    None
}

fn walk(root: &Path, folder: &str, found: &mut Vec<String>, unreadable: &mut Vec<Unreadable>) {
    let start = root.join(folder);
    if let Err(cause) = std::fs::read_dir(&start) {
        unreadable.push(Unreadable {
            path: folder.to_owned(),
            cause,
        });
        return;
    }
    if let Some(other) = other_project(root, folder) {
        unreadable.push(Unreadable {
            path: folder.to_owned(),
            cause: io::Error::other(format!(
                "{other} has a {PROJECT_FILE_NAME} of its own: it is another project"
            )),
        });
        return;
    }
    let own = start.clone();
    let walker = WalkBuilder::new(&start)
        .follow_links(false)
        // Only what is committed with the project decides what it declares: `.gitignore` files up
        // to the root of the repository, never what one user or one clone keeps for itself.
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(in_repository(&start))
        .filter_entry(move |entry| {
            let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            !folder || entry.path() == own || !entry.path().join(PROJECT_FILE_NAME).exists()
        })
        .build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = folder.to_owned();
                unreadable.push(Unreadable {
                    path,
                    cause: io::Error::other(error.to_string()),
                });
                continue;
            }
        };
        let path = entry.path();
        let yaml = path
            .extension()
            .is_some_and(|kind| kind == "yaml" || kind == "yml");
        // A symlink counts unless it leads to a folder: one that leads nowhere cannot be read, and
        // is not to be passed over.
        let file = entry
            .file_type()
            .is_some_and(|kind| kind.is_file() || (kind.is_symlink() && !path.is_dir()));
        if yaml && file {
            let relative = path.strip_prefix(root).unwrap_or(path);
            let relative = relative.to_string_lossy().replace('\\', "/");
            let relative = relative.strip_prefix("./").unwrap_or(&relative);
            if relative != PROJECT_FILE_NAME {
                found.push(relative.to_owned());
            }
        }
    }
}

/// Whether a folder is in a git repository: above its root no `.gitignore` counts.
fn in_repository(folder: &Path) -> bool {
    dunce::canonicalize(folder)
        .is_ok_and(|folder| folder.ancestors().any(|above| above.join(".git").exists()))
}

/// Reads one file, up to one byte more than the limit: what is longer is refused by the reader.
///
/// # Errors
/// Where it cannot be read.
pub fn read(root: &Path, path: &str, limit: usize) -> Result<Source, Unreadable> {
    let read = || -> io::Result<Vec<u8>> {
        use std::io::Read;
        let file = std::fs::File::open(root.join(path))?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("this is not a file"));
        }
        let expected = usize::try_from(metadata.len())
            .unwrap_or(usize::MAX)
            .min(limit);
        let mut bytes = Vec::with_capacity(expected + 1);
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) => Ok(Source {
            path: path.to_owned(),
            bytes,
        }),
        Err(cause) => Err(Unreadable {
            path: path.to_owned(),
            cause,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn only_ignore_files_that_are_committed_with_the_project_count() {
        let folder = tempfile::tempdir().unwrap();
        let above = folder.path();
        write(above, ".gitignore", "above.yaml\n");
        write(above, "repo/.git/HEAD", "ref: refs/heads/main\n");
        write(above, "repo/.git/info/exclude", "excluded.yaml\n");
        write(above, "repo/.gitignore", "top.yaml\n");
        write(above, "repo/project/.gitignore", "here.yaml\n");
        write(above, "repo/project/.ignore", "hidden.yaml\n");
        for name in ["above", "excluded", "top", "here", "hidden", "plain"] {
            write(
                above,
                &format!("repo/project/estate/{name}.yaml"),
                "accounts: {}\n",
            );
        }
        let found = find(&above.join("repo/project"), &["estate".to_owned()]).unwrap();
        assert_eq!(
            found,
            ["above", "excluded", "hidden", "plain"].map(|name| format!("estate/{name}.yaml"))
        );
    }
}
