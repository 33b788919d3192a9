//! Planted secrets, and the hunt for them in everything that a run leaves behind.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use bursar::state::StateReader;

use crate::sandbox::{Platform, Said, Sandbox};

/// Letters and digits that nobody writes by chance: the same for the same name.
pub fn noise(name: &str, length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0; length];
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes());
    hasher.finalize_xof().fill(&mut bytes);
    bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

/// So many letters and digits of a secret in a row are a find: line breaks, quotes, frames and
/// colours that a report puts between them don't hide it, and a shortened secret is found too.
const WINDOW: usize = 10;

/// What must be found nowhere.
#[derive(Default)]
pub struct Hunt {
    windows: HashMap<Vec<u8>, &'static str>,
    /// Bytes that begin no window are passed over at once.
    begins: HashSet<[u8; 2]>,
}

fn letters(text: &[u8]) -> Vec<u8> {
    let kept = text.iter().copied().filter(u8::is_ascii_alphanumeric);
    kept.collect()
}

impl Hunt {
    pub fn secret(&mut self, name: &'static str, secret: &str) {
        let letters = letters(secret.as_bytes());
        assert!(letters.len() >= WINDOW, "{name} is too short to be found");
        for window in letters.windows(WINDOW) {
            self.windows.insert(window.to_vec(), name);
            self.begins.insert([window[0], window[1]]);
        }
    }

    #[track_caller]
    pub fn in_bytes(&self, bytes: &[u8], place: &str) {
        let letters = letters(bytes);
        for window in letters.windows(WINDOW) {
            if self.begins.contains(&[window[0], window[1]])
                && let Some(name) = self.windows.get(window)
            {
                panic!(
                    "{name} was found in {place}:\n{}",
                    String::from_utf8_lossy(bytes)
                );
            }
        }
    }

    #[track_caller]
    pub fn in_said(&self, said: &Said, place: &str) {
        self.in_bytes(said.out.as_bytes(), &format!("the output of {place}"));
        self.in_bytes(said.err.as_bytes(), &format!("the errors of {place}"));
    }

    #[track_caller]
    pub fn in_folder(&self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.in_folder(&path);
            } else {
                self.in_bytes(&fs::read(&path).unwrap(), &path.display().to_string());
            }
        }
    }

    /// The state as its own reader unpacks it.
    #[track_caller]
    pub fn in_state(&self, sandbox: &Sandbox) {
        let Ok(snapshot) = sandbox.store().load() else {
            return;
        };
        let text = format!(
            "{:?}\n{:?}\n{:?}\n{:?}",
            snapshot.records().unwrap(),
            snapshot.open_intents(),
            sandbox.history(),
            sandbox.store().findings().unwrap()
        );
        self.in_bytes(text.as_bytes(), "the state");
    }

    /// Runs everything that could give a secret away, and looks for it everywhere.
    #[track_caller]
    pub fn run_all(&self, sandbox: &Sandbox, environment: &[(&str, &str)]) {
        let plan = sandbox.folder().join("plan.json");
        let plan = plan.to_str().unwrap();
        let traced = [environment, &[("BURSAR_LOG", "trace")]].concat();
        let commands: &[&[&str]] = &[
            &["validate"],
            &["validate", "--format", "json"],
            &["validate", "--format", "github"],
            &["validate", "--format", "sarif"],
            &["fmt", "--check"],
            &["plan", "--offline"],
            &["plan", "--allow-exec"],
            &["plan", "--allow-exec", "--json"],
            &["plan", "--allow-exec", "--out", plan],
            &["check", "--allow-exec"],
            &["apply", "--auto-approve", "--allow-exec"],
            &["apply", "--auto-approve", "--allow-exec", "--json"],
            &["check", "--allow-exec", "--json"],
            &["accounts"],
            &["accounts", "--json"],
            &["show", "credential/aws"],
            &["history"],
            &["history", "--json"],
        ];
        for args in commands {
            let said = sandbox.run_with(args, environment);
            self.in_said(&said, &args.join(" "));
            let verbose = [*args, &["-vv"]].concat();
            let said = sandbox.run_with(&verbose, &traced);
            self.in_said(&said, &verbose.join(" "));
        }
        self.in_folder(&sandbox.state());
        self.in_folder(&sandbox.platform_folder());
        self.in_state(sandbox);
        if let Ok(bytes) = fs::read(plan) {
            self.in_bytes(&bytes, "the plan file");
        }
    }
}

pub const PLATFORMS: [Platform; 2] = [Platform::Local, Platform::TestDir];
