//! Runs a command that prints a secret. Its standard error is thrown away, as it may hold secrets.

use std::io::Read;
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
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => std::thread::sleep(POLL),
            Ok(None) => {
                stop(&mut child);
                return Err(late());
            }
            Err(_) => return Err(failed("its end could not be awaited")),
        }
    };
    if !status.success() {
        return Err(failed(&how_it_ended(status)));
    }
    Ok(bytes.to_vec())
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
