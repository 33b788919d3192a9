//! A Python program that runs beside a test: started on a free port with its output in a file, and
//! gone when the test is, however that ends.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Runs a module, and ends when standard input does: the test holds the other end of the pipe, so a
/// test that is killed leaves nothing behind.
const WATCHED: &str = "
import os, runpy, sys, threading
def watch():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)
";

const PATIENCE: Duration = Duration::from_secs(60);

/// A running program.
pub struct Program {
    child: Child,
    log: PathBuf,
    pub port: u16,
}

/// How a program is started.
pub struct Recipe<'a> {
    pub name: &'a str,
    pub python: &'a Path,
    pub module: &'a str,
    pub arguments: &'a dyn Fn(u16) -> Vec<String>,
    pub environment: &'a dyn Fn(u16) -> Vec<(&'static str, String)>,
    /// A path that answers 200 once it is up.
    pub health: &'a str,
}

impl Program {
    /// Starts it and waits until it answers.
    ///
    /// # Panics
    /// If it does not, with what it wrote.
    pub fn start(recipe: &Recipe<'_>) -> Self {
        let mut last = String::new();
        for _ in 0..5 {
            // Another process may take the port before the program does: then again, with another.
            let mut program = Self::spawn(recipe, free_port());
            match program.wait(recipe.health) {
                Ok(()) => return program,
                Err(error) => last = format!("{error}\n{}", program.written()),
            }
        }
        panic!("{} does not start: {last}", recipe.name);
    }

    fn spawn(recipe: &Recipe<'_>, port: u16) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(recipe.name);
        fs::create_dir_all(&folder).unwrap();
        sweep(&folder);
        let log = folder.join(format!("{port}.log"));
        let output = File::create(&log).unwrap();
        let child = Command::new(recipe.python)
            .args(["-c", WATCHED, recipe.module])
            .args((recipe.arguments)(port))
            // Nothing of the developer's own AWS settings, and nothing left in the home folder.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &folder)
            .env("TMPDIR", &folder)
            .env("PYTHONUNBUFFERED", "1")
            .envs((recipe.environment)(port))
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", recipe.name));
        Self { child, log, port }
    }

    fn wait(&mut self, health: &str) -> Result<(), String> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Err(format!("it ended ({status})"));
            }
            if matches!(ask(self.port, "GET", health), Some((200, _))) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("no answer in {PATIENCE:?}"));
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it wrote.
    pub fn written(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The end of it, and where the rest is.
    pub fn last_words(&self) -> String {
        let written = self.written();
        let lines: Vec<&str> = written.lines().collect();
        let tail = &lines[lines.len().saturating_sub(30)..];
        format!("{}:\n{}", self.log.display(), tail.join("\n"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.last_words());
        } else {
            let _ = fs::remove_file(&self.log);
        }
    }
}

/// Removes what earlier runs left: a program that lives as long as its test leaves its log.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|file| file.modified());
        let old = changed.ok().and_then(|at| at.elapsed().ok());
        if old.is_some_and(|age| age > Duration::from_secs(3600)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A request without a body; status and body of the answer.
pub fn ask(port: u16, method: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}
