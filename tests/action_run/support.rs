//! A copy of the action in a folder of its own, a program that notes what it is given, and a server with archives.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};

/// The action, copied so that a test can change it, and a runner's folders.
pub struct Copy {
    folder: tempfile::TempDir,
}

/// What a script said and did.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub text: String,
    /// What it wrote to GITHUB_OUTPUT.
    pub outputs: BTreeMap<String, String>,
}

impl Copy {
    pub fn new() -> Self {
        let copy = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(copy.path("temp")).unwrap();
        copy_action(&copy.path("repository"));
        copy
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One of the action's scripts, as a runner on Linux starts it. Nothing else is in its environment.
    pub fn script(&self, name: &str, with: &[(&str, &str)]) -> Said {
        let output = self.path("output");
        fs::write(&output, "").unwrap();
        let found = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(self.path("repository/action").join(name))
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("GITHUB_OUTPUT", &output)
            .env("RUNNER_TEMP", self.path("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .envs(with.iter().copied())
            .output()
            .unwrap();
        let outputs = fs::read_to_string(output).unwrap();
        // Values of one line are enough here.
        let pair = |line: &str| {
            let (name, value) = line.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        };
        Said {
            code: found.status.code(),
            text: text(&found),
            outputs: outputs.lines().filter_map(pair).collect(),
        }
    }

    /// The archive of a release with this program, made as releases are; its file name and its bytes.
    pub fn archive(&self, version: &str, target: &str, program: &str) -> (String, Vec<u8>) {
        let file = self.path("program");
        write_program(&file, program);
        let made = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/archive"))
            .arg(&file)
            .args([version, target])
            .arg(self.path("archives"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", text(&made));
        let name = format!("bursar-v{version}-{target}.tar.gz");
        let bytes = fs::read(self.path("archives").join(&name)).unwrap();
        (name, bytes)
    }

    /// Lets the action know the checksum of an archive.
    pub fn know(&self, archive: &str, bytes: &[u8]) {
        let line = format!("{}  {archive}\n", hex::encode(Sha256::digest(bytes)));
        let list = self.path("repository/action/checksums.txt");
        let known = fs::read_to_string(&list).unwrap();
        fs::write(list, known + &line).unwrap();
    }
}

/// The action's files, as a checkout of its repository has them.
pub fn copy_action(to: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(to.join("action")).unwrap();
    for name in ["action.yml", "Cargo.toml"] {
        fs::copy(root.join(name), to.join(name)).unwrap();
    }
    for entry in fs::read_dir(root.join("action")).unwrap() {
        let entry = entry.unwrap();
        // With its permissions: a script that nobody may start would fail here too.
        fs::copy(entry.path(), to.join("action").join(entry.file_name())).unwrap();
    }
}

pub fn write_program(file: &Path, script: &str) {
    fs::write(file, script).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A program in place of bursar: notes its arguments beside itself, writes outputs, and ends with the code in `exit`.
pub const NOTES: &str = r#"#!/bin/bash
here=$(dirname "$0")
printf '%s\0' "$@" > "$here/arguments"
printf '%s' "$GITHUB_TOKEN" > "$here/token"
printf 'changes=true\nto-add=3\ndeclared-file=%s\n' "$RUNNER_TEMP/a b.json" >> "$GITHUB_OUTPUT"
printf 'lock-info<<end\n{"by": "somebody",\n "since": "now"}\nend\n' >> "$GITHUB_OUTPUT"
echo "the program ran"
exit "$(cat "$here/exit" 2>/dev/null || echo 0)"
"#;

/// The arguments that [`NOTES`] was given.
pub fn noted(folder: &Path) -> Vec<String> {
    let noted = fs::read_to_string(folder.join("arguments")).expect("the program ran");
    let mut arguments: Vec<String> = noted.split('\0').map(str::to_owned).collect();
    assert_eq!(arguments.pop().as_deref(), Some(""));
    arguments
}

/// A server on this machine with files by path. It lives as long as the test.
pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn new(files: Vec<(String, Vec<u8>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(path) = serve(stream, &files) {
                    log.lock().unwrap().push(path);
                }
            }
        });
        Self { url, asked }
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, files: &[(String, Vec<u8>)]) -> Option<String> {
    let mut reader = BufReader::new(stream.try_clone().ok()?).take(65_536);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    while line.trim_end() != "" {
        line.clear();
        reader.read_line(&mut line).ok()?;
    }
    let found = files.iter().find(|(name, _)| *name == path);
    let (status, bytes) = match found {
        Some((_, bytes)) => ("200 OK", bytes.as_slice()),
        None => ("404 Not Found", [].as_slice()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(bytes).ok()?;
    Some(path)
}
