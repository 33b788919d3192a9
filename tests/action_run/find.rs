//! binary.sh finds the program: a given one, an archive with the right checksum, or one built from source.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Copy, Said, Server, write_program};

const PROGRAM: &str = "#!/bin/sh\necho 'bursar 7.8.9'\n";

/// A copy of the action, an archive that a server has, and where.
fn released() -> (Copy, Server, String, Vec<u8>) {
    released_for("x86_64-unknown-linux-musl")
}

fn released_for(target: &str) -> (Copy, Server, String, Vec<u8>) {
    let copy = Copy::new();
    let (archive, bytes) = copy.archive("7.8.9", target, PROGRAM);
    let server = Server::new(vec![(format!("/mirror/v7.8.9/{archive}"), bytes.clone())]);
    (copy, server, archive, bytes)
}

fn find(copy: &Copy, server: &Server, more: &[(&str, &str)]) -> Said {
    let url = format!("{}/mirror/", server.url);
    let mut with = vec![
        ("ACTION_INPUT_VERSION", "v7.8.9"),
        ("ACTION_INPUT_RELEASE_URL", url.as_str()),
    ];
    with.extend(more);
    copy.script("binary.sh", &with)
}

#[track_caller]
fn refused(said: &Said, words: &[&str]) {
    assert_eq!(said.code, Some(1), "{}", said.text);
    assert!(
        said.text.contains("::error title=bursar::"),
        "{}",
        said.text
    );
    for word in words {
        assert!(said.text.contains(word), "{word} is not in {}", said.text);
    }
    let reason = said.outputs.get("failure-reason").map(String::as_str);
    assert_eq!(reason, Some("error"));
    assert!(!said.outputs.contains_key("path"));
}

#[test]
fn an_archive_with_the_right_checksum_is_run_and_fetched_once() {
    let (copy, server, archive, bytes) = released();
    copy.know(&archive, &bytes);
    for _ in 0..2 {
        let said = find(&copy, &server, &[]);
        assert_eq!(said.code, Some(0), "{}", said.text);
        let program = &said.outputs["path"];
        assert!(Path::new(program).starts_with(copy.path("temp")));
        let version = Command::new(program).output().unwrap();
        assert_eq!(version.stdout, b"bursar 7.8.9\n");
    }
    assert_eq!(server.asked(), [format!("/mirror/v7.8.9/{archive}")]);
}

#[test]
fn an_archive_with_another_checksum_is_refused() {
    let (copy, server, archive, _) = released();
    copy.know(&archive, b"what was released");
    let said = find(&copy, &server, &[]);
    refused(
        &said,
        &["has the checksum", "checksums.txt says", "not run"],
    );
    assert_eq!(server.asked().len(), 1);
    let left = copy.path("temp/bursar-7.8.9");
    assert_eq!(
        fs::read_dir(left).unwrap().count(),
        0,
        "nothing is unpacked"
    );
}

#[test]
fn an_archive_that_another_step_changed_is_refused() {
    let (copy, server, archive, bytes) = released();
    copy.know(&archive, &bytes);
    assert_eq!(find(&copy, &server, &[]).code, Some(0));
    let file = copy.path("temp/bursar-7.8.9").join(&archive);
    fs::write(file, "something else").unwrap();
    refused(&find(&copy, &server, &[]), &["has the checksum"]);
}

/// The programs that the script needs and no cargo.
fn without_cargo(copy: &Copy) -> String {
    let folder = copy.path("programs");
    fs::create_dir(&folder).unwrap();
    for name in [
        "bash", "cat", "grep", "awk", "sort", "sed", "head", "dirname", "basename",
    ] {
        let found = Command::new("sh")
            .args(["-c", &format!("command -v {name}")])
            .output()
            .unwrap();
        let path = String::from_utf8(found.stdout).unwrap();
        std::os::unix::fs::symlink(path.trim_end(), folder.join(name)).unwrap();
    }
    folder.display().to_string()
}

#[test]
fn an_archive_without_a_checksum_is_not_even_fetched() {
    let (copy, server, archive, _) = released();
    // These sources are another version.
    let said = find(&copy, &server, &[]);
    refused(&said, &["knows no", &archive, "pin the action"]);
    // They are that version, but cannot be built.
    let programs = without_cargo(&copy);
    let version = env!("CARGO_PKG_VERSION");
    let more = [("ACTION_INPUT_VERSION", version), ("PATH", &programs)];
    refused(&find(&copy, &server, &more), &["there is no cargo"]);
    assert!(server.asked().is_empty());
}

#[test]
fn what_nobody_released_is_built_from_source() {
    let (copy, server, _, _) = released();
    let programs = without_cargo(&copy);
    let cargo = "#!/bin/bash\n\
        echo \"$@\" > \"$RUNNER_TEMP/cargo\"\n\
        while [ \"$1\" != --root ]; do shift; done\n\
        /bin/mkdir -p \"$2/bin\"\n\
        echo built > \"$2/bin/bursar\"\n\
        /bin/chmod +x \"$2/bin/bursar\"\n";
    write_program(&copy.path("programs/cargo"), cargo);
    // The version that the action runs where nothing is said.
    let more = [("ACTION_INPUT_VERSION", ""), ("PATH", programs.as_str())];
    let said = find(&copy, &server, &more);
    assert_eq!(said.code, Some(0), "{}", said.text);
    assert!(
        said.text.contains("from source") && said.text.contains("seconds"),
        "{}",
        said.text
    );
    let built = fs::read_to_string(&said.outputs["path"]).unwrap();
    assert_eq!(built, "built\n");
    let asked = fs::read_to_string(copy.path("temp/cargo")).unwrap();
    assert!(
        asked.starts_with("install --quiet --locked --path "),
        "{asked}"
    );
    assert!(server.asked().is_empty());
}

#[test]
fn where_nothing_can_be_fetched_a_mirror_is_named() {
    let (copy, server, archive, bytes) = released();
    copy.know(&archive, &bytes);
    let nowhere = format!("{}/nowhere", server.url);
    let more = [
        ("ACTION_INPUT_RELEASE_URL", nowhere.as_str()),
        ("GITHUB_SERVER_URL", "https://github.acme.example"),
    ];
    let said = find(&copy, &server, &more);
    refused(
        &said,
        &["release-url", "https://github.acme.example", "404"],
    );
    // `uses: ./` names no repository.
    let said = find(&copy, &server, &[("ACTION_INPUT_RELEASE_URL", "")]);
    refused(&said, &["release-url"]);
}

#[test]
fn what_is_given_wins() {
    let (copy, server, _, _) = released();
    write_program(&copy.path("mine"), PROGRAM);
    let said = find(&copy, &server, &[("ACTION_INPUT_BINARY", "./mine")]);
    assert_eq!(said.code, Some(0), "{}", said.text);
    let canonical = copy.path("mine").canonicalize().unwrap();
    assert_eq!(
        Path::new(&said.outputs["path"]).canonicalize().unwrap(),
        canonical
    );
    assert!(Path::new(&said.outputs["path"]).is_absolute());
    let said = find(&copy, &server, &[("ACTION_INPUT_BINARY", "no such")]);
    refused(&said, &["no such"]);
}

#[test]
fn other_systems_and_other_versions_are_refused() {
    let (copy, server, _, _) = released();
    let said = find(&copy, &server, &[("RUNNER_ARCH", "ARM")]);
    refused(&said, &["does not run on Linux ARM"]);
    for version in ["../../v1", "1.2", "1.2.3\n4.5.6", "1.2.3;id", "latest"] {
        let said = find(&copy, &server, &[("ACTION_INPUT_VERSION", version)]);
        refused(&said, &["the input version"]);
    }
}

/// What Git for Windows has in place of folders with drives: a bash that is no Windows' own knows neither.
const CYGPATH: &str = r#"#!/bin/sh
[ "$1" = --unix ] || exit 1
printf '%s\n' "${2#D:}" | tr '\\' /
"#;

#[test]
fn a_runner_with_windows_gets_the_program_for_windows() {
    let (copy, server, archive, bytes) = released_for("x86_64-pc-windows-msvc");
    copy.know(&archive, &bytes);
    fs::create_dir(copy.path("programs")).unwrap();
    write_program(&copy.path("programs/cygpath"), CYGPATH);
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", copy.path("programs").display());
    let temp = copy.path("temp").display().to_string();
    let temp = format!("D:{}", temp.replace('/', "\\"));
    for architecture in ["X64", "ARM64"] {
        let more = [
            ("RUNNER_OS", "Windows"),
            ("RUNNER_ARCH", architecture),
            ("RUNNER_TEMP", &temp),
            ("PATH", &path),
        ];
        let said = find(&copy, &server, &more);
        assert_eq!(said.code, Some(0), "{}", said.text);
        let program = Path::new(&said.outputs["path"]);
        assert!(program.starts_with(copy.path("temp")), "{program:?}");
        assert!(program.ends_with("bursar.exe"));
        let version = Command::new(program).output().unwrap();
        assert_eq!(version.stdout, b"bursar 7.8.9\n");
    }
    assert_eq!(server.asked(), [format!("/mirror/v7.8.9/{archive}")]);
}
