//! Runs a command that prints a secret, or one that takes a renewed one. Its standard error is thrown
//! away, as it may hold secrets.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;

use super::error::CredentialError;
use super::resolver::LIMIT;
use crate::model::secret_ref::SecretRef;

/// How often an ended command is looked for once its output has ended.
const POLL: Duration = Duration::from_millis(10);

/// What the command prints, within `deadline`. Runs in the project's folder, with nothing on its
/// standard input.
pub(super) fn run(
    reference: &SecretRef,
    command: &[String],
    root: &Path,
    deadline: Duration,
) -> Result<Vec<u8>, CredentialError> {
    let failed = |why: &str| CredentialError::exec_failed(reference, why);
    let Some((program, arguments)) = command.split_first() else {
        return Err(failed("the command is empty"));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(&format!("it could not be started ({})", error.kind())))?;
    let until = Instant::now() + deadline;
    let late = || failed(&format!("it took longer than {} s", deadline.as_secs()));
    let Some(output) = child.stdout.take() else {
        stop(&mut child);
        return Err(failed("its output could not be read"));
    };
    // A thread of its own reads, so that a command that hangs cannot hang the run.
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = output
            .take(LIMIT as u64 + 1)
            .read_to_end(&mut bytes)
            .map(|_| bytes);
        // Nobody listens any more when the deadline has passed.
        let _ = sender.send(read);
    });
    let bytes = match receiver.recv_timeout(deadline) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            stop(&mut child);
            return Err(failed("its output could not be read"));
        }
        Err(_) => {
            stop(&mut child);
            return Err(late());
        }
    };
    if bytes.len() > LIMIT {
        stop(&mut child);
        return Err(CredentialError::too_large(reference, LIMIT));
    }
    match end(&mut child, until) {
        Ok(Some(status)) if status.success() => Ok(bytes.to_vec()),
        Ok(Some(status)) => Err(failed(&how_it_ended(status))),
        Ok(None) => Err(late()),
        Err(_) => Err(failed("its end could not be awaited")),
    }
}

/// Gives a secret to a command on its standard input, within `deadline`. What it prints is thrown
/// away, as it may hold secrets.
pub(super) fn feed(
    command: &[String],
    secret: &[u8],
    root: &Path,
    deadline: Duration,
) -> Result<(), String> {
    let Some((program, arguments)) = command.split_first() else {
        return Err("the command is empty".to_owned());
    };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("it could not be started ({})", error.kind()))?;
    let until = Instant::now() + deadline;
    let Some(mut input) = child.stdin.take() else {
        stop(&mut child);
        return Err("it takes no input".to_owned());
    };
    let bytes = Zeroizing::new(secret.to_vec());
    // A thread of its own writes, so that a command that never reads cannot hang the run. Whether all
    // of it was taken is known from it before the command's end counts.
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let written = input.write_all(&bytes);
        drop(input);
        let _ = sender.send(written.is_ok());
    });
    let late = || format!("it took longer than {} s", deadline.as_secs());
    match end(&mut child, until) {
        Ok(Some(status)) if status.success() => match receiver.recv_timeout(POLL * 100) {
            Ok(true) => Ok(()),
            _ => Err("it ended before it had read the secret".to_owned()),
        },
        Ok(Some(status)) => Err(how_it_ended(status)),
        Ok(None) => Err(late()),
        Err(_) => Err("its end could not be awaited".to_owned()),
    }
}

/// How the command ended; none where it did not in time, and was stopped.
fn end(child: &mut Child, until: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if Instant::now() < until => std::thread::sleep(POLL),
            None => {
                stop(child);
                return Ok(None);
            }
        }
    }
}

/// Ends the command; it may have ended by itself.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn how_it_ended(status: ExitStatus) -> String {
    status.code().map_or_else(
        || "it was ended by a signal".to_owned(),
        |code| format!("it ended with exit code {code}"),
    )
}
