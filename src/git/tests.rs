//! Real repositories, made by git, and shallow clones of them.

use std::path::Path;
use std::process::Command;

use super::*;

/// A repository, and the means to make others of it.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// main: 1 - 2 - 3 - 6, feature: 2 - 4 - 5; each commit is tagged with its number.
    fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(world.path("origin")).unwrap();
        world.git("origin", &["init", "--quiet", "-b", "main"]);
        for number in 1..=3 {
            world.commit(number);
        }
        world.git("origin", &["checkout", "--quiet", "-b", "feature", "2"]);
        world.commit(4);
        world.commit(5);
        world.git("origin", &["checkout", "--quiet", "main"]);
        world.commit(6);
        world.git("origin", &["checkout", "--quiet", "feature"]);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn git(&self, repository: &str, arguments: &[&str]) {
        git(&self.path(repository), arguments);
    }

    fn commit(&self, number: usize) {
        let text = format!("version: 1\n# {number}\n");
        std::fs::write(self.path("origin").join("bursar.yaml"), text).unwrap();
        let number = number.to_string();
        self.git("origin", &["add", "."]);
        self.git("origin", &["commit", "--quiet", "-m", &number]);
        self.git("origin", &["tag", &number]);
    }

    /// A merge of a commit into the present one.
    fn merge(&self, other: &str, number: &str) {
        let merge = [
            "merge", "--quiet", "--no-ff", "-X", "ours", "-m", number, other,
        ];
        self.git("origin", &merge);
        self.git("origin", &["tag", number]);
    }

    fn clone(&self, arguments: &[&str]) -> GitRepo {
        let from = format!("file://{}", self.path("origin").display());
        let clone = ["clone", "--quiet", "--no-tags"];
        git(
            self.folder.path(),
            &[&clone, arguments, &[&from, "clone"]].concat(),
        );
        self.open("clone")
    }

    fn open(&self, repository: &str) -> GitRepo {
        GitRepo::discover(&self.path(repository)).unwrap()
    }

    /// The number of a commit.
    fn number(&self, id: &str) -> String {
        let repository = git2::Repository::open(self.path("origin")).unwrap();
        let commit = repository.find_commit(git2::Oid::from_str(id).unwrap());
        commit.unwrap().summary().unwrap().unwrap().to_owned()
    }

    fn numbers(&self, found: &Commits) -> Vec<String> {
        assert!(!found.cut);
        found.ids.iter().map(|id| self.number(id)).collect()
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=Ana", "-c", "user.email=ana@acme.example"];
    let output = Command::new("git")
        .current_dir(folder)
        .args(who)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
}

fn is_shallow<T: std::fmt::Debug>(answer: Result<T, GitError>) {
    assert!(
        matches!(answer, Err(GitError::Shallow { .. })),
        "{answer:?}"
    );
}

#[test]
fn a_whole_history_answers_everything() {
    let world = World::new();
    let git = world.open("origin");
    assert!(!git.is_shallow().unwrap());
    assert_eq!(world.number(&git.merge_base("main", "HEAD").unwrap()), "2");
    assert_eq!(world.number(&git.merge_base("1", "HEAD").unwrap()), "1");
    assert_eq!(git.behind("main").unwrap(), 2);
    assert_eq!(git.behind("2").unwrap(), 0);
    let between = |from, to| world.numbers(&git.commits_between(from, to).unwrap());
    assert_eq!(between("main", "HEAD"), ["5", "4"]);
    assert_eq!(between("HEAD", "main"), ["6", "3"]);
    assert_eq!(between("HEAD", "1"), [""; 0]);
    let parents = |name| {
        let parents = git.parents(name).unwrap();
        let numbers: Vec<String> = parents.iter().map(|id| world.number(id)).collect();
        numbers
    };
    assert_eq!(parents("1"), [""; 0]);
    assert_eq!(parents("HEAD"), ["4"]);
    world.merge("main", "7");
    assert_eq!(parents("HEAD"), ["5", "6"]);
    assert_eq!(git.behind("main").unwrap(), 0);
    assert_eq!(world.number(&git.merge_base("main", "HEAD").unwrap()), "6");
    assert!(matches!(
        git.merge_base("nowhere", "HEAD"),
        Err(GitError::Unknown { shallow: false, .. })
    ));
}

#[test]
fn histories_without_a_common_commit_are_told() {
    let world = World::new();
    world.git("origin", &["checkout", "--quiet", "--orphan", "other"]);
    world.commit(9);
    let git = world.open("origin");
    assert!(matches!(
        git.merge_base("main", "HEAD"),
        Err(GitError::Unrelated { .. })
    ));
    assert_eq!(
        world.numbers(&git.commits_between("main", "HEAD").unwrap()),
        ["9"]
    );
}

#[test]
fn of_a_clone_with_one_commit_only_what_it_says_itself_is_known() {
    let world = World::new();
    world.merge("main", "7");
    let git = world.clone(&["--depth", "1", "--no-single-branch"]);
    assert!(git.is_shallow().unwrap());
    let parents = git.parents("HEAD").unwrap();
    assert_eq!(
        parents
            .iter()
            .map(|id| world.number(id))
            .collect::<Vec<_>>(),
        ["5", "6"]
    );
    // Its second parent, which is here, has no path to it here.
    is_shallow(git.merge_base("origin/main", "HEAD"));
    is_shallow(git.behind("origin/main"));
    is_shallow(git.commits_between("origin/main", "HEAD"));
    assert_eq!(git.behind("HEAD").unwrap(), 0);
    assert!(matches!(
        git.merge_base("HEAD~1", "HEAD"),
        Err(GitError::Unknown { shallow: true, .. })
    ));
    // A work tree beside it has the same part of the history.
    world.git("clone", &["worktree", "add", "--quiet", "../beside"]);
    let beside = world.open("beside");
    assert!(beside.is_shallow().unwrap());
    is_shallow(beside.merge_base("origin/main", "HEAD"));
}

/// With every depth the answer is that of the whole history, or none.
#[test]
fn a_part_of_the_history_never_answers_wrongly() {
    let world = World::new();
    world.merge("3", "7");
    world.commit(8);
    world.git("origin", &["checkout", "--quiet", "main"]);
    world.merge("4", "9");
    world.commit(10);
    world.git("origin", &["checkout", "--quiet", "feature"]);
    let names = ["main", "feature"];
    let whole = world.open("origin");
    let mut answers = 0;
    for depth in 1..=8 {
        let depth = depth.to_string();
        let git = world.clone(&["--depth", &depth, "--no-single-branch"]);
        for (a, b) in [(0, 1), (1, 0), (0, 0)] {
            let [there, then] = [names[a], names[b]].map(|name| format!("origin/{name}"));
            let (a, b) = (names[a], names[b]);
            match git.merge_base(&there, &then) {
                Ok(found) => {
                    // Several are equally good here.
                    let all = [
                        whole.merge_base(a, b).unwrap(),
                        whole.merge_base(b, a).unwrap(),
                    ];
                    assert!(all.contains(&found), "{depth}: {a} {b}");
                    answers += 1;
                }
                other => is_shallow(other),
            }
            match git.commits_between(&there, &then) {
                Ok(found) => {
                    let mut found = world.numbers(&found);
                    let mut all = world.numbers(&whole.commits_between(a, b).unwrap());
                    found.sort_unstable();
                    all.sort_unstable();
                    assert_eq!(found, all, "{depth}: {a} {b}");
                    answers += 1;
                }
                other => is_shallow(other),
            }
        }
        std::fs::remove_dir_all(world.path("clone")).unwrap();
    }
    assert!(answers > 20, "{answers}");
}

/// A commit that is here and an ancestor of one that is not: by what is here, no ancestor at all.
#[test]
fn a_detour_around_the_edge_is_seen() {
    let world = World::new();
    // main goes on for long, and feature is merged early: the short way to 4 is the branch itself.
    world.git("origin", &["checkout", "--quiet", "main"]);
    world.merge("feature", "7");
    for number in 8..=12 {
        world.commit(number);
    }
    let git = world.clone(&["--depth", "3", "--no-single-branch"]);
    let whole = world.open("origin");
    assert_eq!(
        whole.commits_between("main", "feature").unwrap(),
        Commits::default()
    );
    is_shallow(git.commits_between("origin/main", "origin/feature"));
    is_shallow(git.merge_base("origin/main", "origin/feature"));
}

#[test]
fn an_unchanged_folder_is_the_same() {
    let world = World::new();
    let below = world.path("origin/below");
    std::fs::create_dir(&below).unwrap();
    std::fs::write(below.join("bursar.yaml"), "version: 1\n").unwrap();
    world.commit(20);
    world.commit(21);
    let top = world.open("origin");
    let folder = GitRepo::discover(&below).unwrap();
    assert!(!top.holds_same("20", "21").unwrap());
    assert!(folder.holds_same("20", "21").unwrap());
    assert!(!folder.holds_same("6", "21").unwrap());
    #[cfg(unix)]
    {
        // What a link leads to may have changed.
        std::os::unix::fs::symlink("../bursar.yaml", below.join("linked.yaml")).unwrap();
        world.commit(22);
        world.commit(23);
        assert!(!folder.holds_same("22", "23").unwrap());
    }
}
