//! Reach: whether a project reads a file at a path, also one that is not there yet. The same answers
//! as [`source::find`](super::source::find), which finds what is there.

use std::path::{Component, Path};

use ignore::gitignore::GitignoreBuilder;

use super::source::PROJECT_FILE_NAME;

/// Whether a project of these source folders would read a file by this path, as far as the path tells.
///
/// # Errors
/// Why it would not, in a clause.
pub fn by_name(folders: &[String], path: &str) -> Result<(), String> {
    let plain = |part| matches!(part, Component::Normal(_));
    if path.is_empty()
        || path.contains(['\\', '\0', '\n'])
        || path.starts_with('~')
        || path.contains("//")
        || path.ends_with('/')
        || !Path::new(path).components().all(plain)
    {
        return Err("it is no path inside the project".to_owned());
    }
    if !path.ends_with(".yaml") && !path.ends_with(".yml") {
        return Err("only files that end with `.yaml` or `.yml` are read".to_owned());
    }
    if path == PROJECT_FILE_NAME {
        return Ok(());
    }
    if !folders.iter().any(|folder| is_below(path, folder)) {
        let folders: Vec<String> = folders.iter().map(|name| format!("`{name}`")).collect();
        return Err(format!(
            "it is in none of the folders that are read ({})",
            folders.join(", ")
        ));
    }
    let visible = |folder: &&String| below(path, folder).is_some_and(|rest| !is_hidden(rest));
    if !folders.iter().any(|folder| visible(&folder)) {
        return Err("hidden files and folders are not read".to_owned());
    }
    Ok(())
}

/// Whether a project would read a file at this path, whatever is there now.
///
/// # Errors
/// Why it would not, in a clause.
pub fn on_disk(root: &Path, folders: &[String], path: &str) -> Result<(), String> {
    by_name(folders, path)?;
    if path == PROJECT_FILE_NAME {
        return Ok(());
    }
    let mut told = Err("it is in none of the folders that are read".to_owned());
    for folder in folders {
        if let Some(rest) = below(path, folder)
            && !is_hidden(rest)
        {
            told = walked(root, &path[..path.len() - rest.len()], rest);
            if told.is_ok() {
                break;
            }
        }
    }
    told?;
    if is_ignored(root, path) {
        return Err("git ignores it, and what git ignores is not read".to_owned());
    }
    Ok(())
}

/// Whether the walk from a source folder comes to the file.
fn walked(root: &Path, folder: &str, rest: &str) -> Result<(), String> {
    let mut at = root.join(folder);
    let mut parts = rest.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        if parts.peek().is_none() {
            if at.is_dir() {
                return Err("there is a folder of that name".to_owned());
            }
        } else if at.is_symlink() {
            return Err(format!("`{part}` is a symlink, and those are not followed"));
        } else if at.join(PROJECT_FILE_NAME).exists() {
            return Err(format!("`{part}` is another project"));
        } else if at.exists() && !at.is_dir() {
            return Err(format!("`{part}` is a file, not a folder"));
        }
    }
    Ok(())
}

/// The path from a source folder on, where it is below that.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let folder = folder.trim_start_matches("./").trim_end_matches('/');
    match folder {
        "" | "." => Some(path),
        folder => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Whether a path is in a folder, as `sources:` names it.
#[must_use]
pub fn is_below(path: &str, folder: &str) -> bool {
    below(path, folder).is_some()
}

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

/// Whether a `.gitignore` between the file and the root of its repository takes it out.
fn is_ignored(root: &Path, path: &str) -> bool {
    let Ok(root) = dunce::canonicalize(root) else {
        return false;
    };
    let file = root.join(path);
    for folder in file.ancestors().skip(1) {
        let rules = folder.join(".gitignore");
        if rules.is_file() {
            let mut builder = GitignoreBuilder::new(folder);
            builder.add(rules);
            let matched = builder
                .build()
                .map(|rules| rules.matched_path_or_any_parents(&file, false).is_ignore());
            if matched.unwrap_or(false) {
                return true;
            }
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_path_alone_tells_most() {
        let estate = folders(&["estate", ".config"]);
        for good in [
            "estate/a.yaml",
            "estate/b/c.yml",
            ".config/a.yaml",
            "bursar.yaml",
        ] {
            assert_eq!(by_name(&estate, good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("/etc/a.yaml", "no path inside"),
            ("estate/../a.yaml", "no path inside"),
            ("./estate/a.yaml", "no path inside"),
            ("estate//a.yaml", "no path inside"),
            ("~/a.yaml", "no path inside"),
            ("estate/a.txt", "only files"),
            ("other/a.yaml", "(`estate`, `.config`)"),
            ("estates/a.yaml", "none of the folders"),
            ("estate/.a.yaml", "hidden"),
            ("estate/.b/a.yaml", "hidden"),
            (".config/.b/a.yaml", "hidden"),
        ] {
            let said = by_name(&estate, bad).unwrap_err();
            assert!(said.contains(why), "{bad}: {said}");
        }
        assert_eq!(by_name(&folders(&["."]), "a.yaml"), Ok(()));
        assert!(by_name(&folders(&["."]), ".a/a.yaml").is_err());
    }

    /// What is said of a path before the file is there is what finding it afterwards says.
    #[test]
    fn the_disk_is_seen_as_the_walk_sees_it() {
        let folder = tempfile::tempdir().unwrap();
        let above = folder.path();
        let write = |path: &str, text: &str| {
            let path = above.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(".gitignore", "above.yaml\n");
        write("repo/.git/HEAD", "ref: refs/heads/main\n");
        write("repo/.gitignore", "top.yaml\n/project/estate/gone/\n");
        write(
            "repo/project/estate/.gitignore",
            "here*.yaml\n!here-not.yaml\n",
        );
        write("repo/project/estate/other/bursar.yaml", "version: 1\n");
        write("repo/project/estate/teams", "a file\n");
        std::fs::create_dir_all(above.join("real")).unwrap();
        let project = above.join("repo/project");
        // Elsewhere a link needs rights, and a folder of that name that is another project is not read either.
        #[cfg(unix)]
        std::os::unix::fs::symlink(above.join("real"), project.join("estate/link")).unwrap();
        #[cfg(not(unix))]
        write("repo/project/estate/link/bursar.yaml", "version: 1\n");
        let folders = folders(&["estate"]);
        for (path, read) in [
            ("estate/above.yaml", true),
            ("estate/top.yaml", false),
            ("estate/deep/top.yaml", false),
            ("estate/gone/a.yaml", false),
            ("estate/here1.yaml", false),
            ("estate/here-not.yaml", true),
            ("estate/new/folder/a.yaml", true),
            ("estate/other/a.yaml", false),
            ("estate/link/a.yaml", false),
        ] {
            let said = on_disk(&project, &folders, path);
            assert_eq!(said.is_ok(), read, "{path}: {said:?}");
            write(&format!("repo/project/{path}"), "accounts: {}\n");
            let found = super::super::source::find(&project, &folders).unwrap();
            assert_eq!(found.iter().any(|one| one == path), read, "{path}");
        }
        assert!(on_disk(&project, &folders, "estate/teams/a.yaml").is_err());
    }
}
