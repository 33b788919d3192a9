//! References: what resolves, what does not, and what is said about it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::model::secret_ref::SecretRef;

fn env(name: &str) -> SecretRef {
    SecretRef {
        env: Some(name.into()),
        ..SecretRef::default()
    }
}

fn file(path: &str) -> SecretRef {
    SecretRef {
        file: Some(path.into()),
        ..SecretRef::default()
    }
}

fn exec(command: &[&str]) -> SecretRef {
    SecretRef {
        exec: Some(command.iter().map(ToString::to_string).collect()),
        ..SecretRef::default()
    }
}

fn resolver(root: &Path, vars: &[(&str, &str)]) -> Resolver {
    let vars: HashMap<String, OsString> = vars
        .iter()
        .map(|(k, v)| ((*k).to_owned(), OsString::from(v)))
        .collect();
    Resolver::new(root).env(Arc::new(move |name| vars.get(name).cloned()))
}

fn code(result: Result<Secret, CredentialError>) -> &'static str {
    let error = result.unwrap_err();
    assert!(
        CredentialError::CODES.contains(&error.code),
        "{}",
        error.code
    );
    assert!(!error.help.is_empty());
    error.code
}

#[test]
fn environment() {
    let dir = tempfile::tempdir().unwrap();
    let resolver = resolver(
        dir.path(),
        &[("GOOD", "value\n"), ("EMPTY", ""), ("BLANK", " \n")],
    );
    assert_eq!(
        resolver.resolve(&env("GOOD")).unwrap().expose_text(),
        Some("value")
    );
    assert_eq!(code(resolver.resolve(&env("EMPTY"))), "credential.empty");
    assert_eq!(code(resolver.resolve(&env("BLANK"))), "credential.empty");
    assert_eq!(
        code(resolver.resolve(&env("MISSING"))),
        "credential.env-missing"
    );
    let own = Resolver::new(dir.path());
    for name in ["", "A=B", "A\0B", "BURSAR_TEST_NOT_SET"] {
        assert_eq!(code(own.resolve(&env(name))), "credential.env-missing");
    }
    assert_eq!(
        code(own.resolve(&SecretRef::default())),
        "credential.no-source"
    );
    let two = SecretRef {
        file: Some("x".into()),
        ..env("X")
    };
    assert_eq!(code(own.resolve(&two)), "credential.no-source");
}

#[test]
fn files() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    write("good", b"\xef\xbb\xbfvalue\r\n");
    write("binary", b"\x30\x82\xff\n");
    write("empty", b"\n");
    write("utf16", b"\xff\xfev\0a\0");
    write("large", &vec![b'x'; 1024 * 1024 + 1]);
    write("largest", &vec![b'x'; 1024 * 1024]);
    fs::create_dir(dir.path().join("folder")).unwrap();
    let resolver = resolver(dir.path(), &[]);
    let get = |name: &str| resolver.resolve(&file(name));
    assert_eq!(get("good").unwrap().expose(), b"value");
    assert_eq!(get("binary").unwrap().expose(), b"\x30\x82\xff\n");
    assert_eq!(get("largest").unwrap().expose().len(), 1024 * 1024);
    assert_eq!(code(get("empty")), "credential.empty");
    assert_eq!(code(get("utf16")), "credential.not-text");
    assert_eq!(code(get("large")), "credential.too-large");
    assert_eq!(code(get("missing")), "credential.file-missing");
    // Windows calls that missing.
    #[cfg(unix)]
    assert_eq!(code(get("good/below")), "credential.file-unreadable");
    assert_eq!(code(get("folder")), "credential.file-unreadable");
    let absolute = dir.path().join("good");
    assert!(get(absolute.to_str().unwrap()).is_ok());
    #[cfg(unix)]
    assert_eq!(code(get("/dev/zero")), "credential.file-unreadable");
}

#[test]
fn in_a_pull_request_files_stay_inside_the_project() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("project");
    fs::create_dir_all(root.join("keys")).unwrap();
    fs::write(root.join("keys/in"), "inside").unwrap();
    fs::write(dir.path().join("out"), "outside").unwrap();
    let resolver = resolver(&root, &[]).inside_only(true);
    let get = |path: &str| resolver.resolve(&file(path));
    assert!(get("keys/in").is_ok());
    assert!(get("keys/../keys/./in").is_ok());
    let absolute = dir.path().join("out");
    for path in [
        "../out",
        "keys/../../out",
        "../project/keys/in",
        absolute.to_str().unwrap(),
        "../missing",
    ] {
        assert_eq!(code(get(path)), "credential.outside-project", "{path}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(dir.path().join("out"), root.join("link")).unwrap();
        std::os::unix::fs::symlink(dir.path(), root.join("up")).unwrap();
        assert_eq!(code(get("link")), "credential.outside-project");
        assert_eq!(code(get("up/out")), "credential.outside-project");
        std::os::unix::fs::symlink(root.join("keys/in"), root.join("fine")).unwrap();
        assert!(get("fine").is_ok());
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    fs::write(&path, "secret").unwrap();
    let resolver = resolver(dir.path(), &[]);
    for (mode, open) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let (_, origin) = resolver.resolve_with_origin(&file("key")).unwrap();
        assert_eq!(origin.readable_by_others, open, "{mode:o}");
    }
}

#[cfg(unix)]
#[test]
fn commands_run_only_when_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let ran = exec(&["sh", "-c", "touch ran; echo value"]);
    for (policy, said) in [
        (Exec::NotAllowed, "--allow-exec"),
        (Exec::Offline, "--offline"),
        (Exec::PullRequest, "pull requests"),
    ] {
        let error = resolver(dir.path(), &[])
            .exec(policy)
            .resolve(&ran)
            .unwrap_err();
        assert_eq!(error.code, "credential.exec-not-allowed");
        assert!(error.message.contains(said), "{error}");
        assert!(!dir.path().join("ran").exists());
    }
    let allowed = resolver(dir.path(), &[]).exec(Exec::Allowed);
    assert_eq!(allowed.resolve(&ran).unwrap().expose(), b"value");
    assert!(
        dir.path().join("ran").exists(),
        "it runs in the project's folder"
    );
}

#[cfg(unix)]
#[test]
fn commands_run_once_until_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let resolver = resolver(dir.path(), &[]).exec(Exec::Allowed);
    let counted = exec(&["sh", "-c", "echo x >> count; wc -l < count"]);
    let get = || {
        resolver
            .resolve(&counted)
            .unwrap()
            .expose_text()
            .unwrap()
            .trim()
            .to_owned()
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(get(), "1"));
        }
    });
    resolver.forget(&counted);
    assert_eq!(get(), "2");
}

#[cfg(unix)]
#[test]
fn commands_that_fail_say_no_more_than_how() {
    let dir = tempfile::tempdir().unwrap();
    let allowed = || resolver(dir.path(), &[]).exec(Exec::Allowed);
    let fail = |command: &[&str]| allowed().resolve(&exec(command)).unwrap_err();
    let error = fail(&["sh", "-c", "echo leaked-out; echo leaked-err >&2; exit 7"]);
    assert_eq!(error.code, "credential.exec-failed");
    assert!(
        error.message.ends_with("it ended with exit code 7"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("leaked"), "{error:?}");
    assert!(fail(&["sh", "-c", "kill -9 $$"]).message.contains("signal"));
    assert!(
        fail(&["bursar-no-such-program"])
            .message
            .contains("could not be started")
    );
    assert!(fail(&[]).message.contains("empty"));
    assert_eq!(fail(&["true"]).code, "credential.empty");
    assert_eq!(
        fail(&["sh", "-c", "cat"]).code,
        "credential.empty",
        "nothing on standard input"
    );
    assert_eq!(fail(&["cat", "/dev/zero"]).code, "credential.too-large");
    let start = Instant::now();
    // A grandchild that keeps the output open, and one that closes it, are both left behind.
    for command in ["sleep 20 & sleep 20", "exec >&-; sleep 20"] {
        let hurried = allowed().deadline(Duration::from_millis(300));
        let error = hurried.resolve(&exec(&["sh", "-c", command])).unwrap_err();
        assert!(error.message.contains("longer than"), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_secret_is_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let resolver = resolver(dir.path(), &[("S", "planted-in-debug")]);
    let secret = resolver.resolve(&env("S")).unwrap();
    assert_eq!(format!("{secret:?}"), "Secret(***)");
    assert_eq!(redact("x planted-in-debug y"), "x *** y");
}
