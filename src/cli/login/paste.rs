//! Reads one line that somebody pastes. On a terminal it is not echoed, and may be longer than the
//! 4,096 bytes that a terminal gives out at a time otherwise: addresses with codes are long.

use std::io::{self, IsTerminal, Read};

use tokio::sync::oneshot;

use crate::credential::Secret;

/// More than any address has.
const LONGEST: usize = 64 * 1024;

/// One line of standard input, without its end. `quiet` is what was begun before anybody was asked to
/// paste, so that nothing is echoed meanwhile.
///
/// # Errors
/// Where there is none.
pub async fn line(quiet: Option<Quiet>) -> io::Result<Secret> {
    let quietly = quiet.is_some();
    let (sender, receiver) = oneshot::channel();
    // A thread of its own, as nothing can stop one that waits for a terminal: it ends with the process.
    std::thread::spawn(move || {
        let _ = sender.send(pasted(quietly));
    });
    let read = receiver
        .await
        .unwrap_or(Err(io::ErrorKind::BrokenPipe.into()));
    drop(quiet);
    read
}

#[cfg(not(windows))]
fn pasted(quietly: bool) -> io::Result<Secret> {
    read(&mut io::stdin().lock(), quietly)
}

/// Windows gives out lines of any length, and a console hides them only while it is asked for one.
#[cfg(windows)]
fn pasted(quietly: bool) -> io::Result<Secret> {
    if quietly {
        read(&mut rpassword::read_password()?.as_bytes(), false)
    } else {
        read(&mut io::stdin().lock(), false)
    }
}

fn read(input: &mut dyn Read, raw: bool) -> io::Result<Secret> {
    let mut bytes = Vec::new();
    let mut one = [0];
    while bytes.len() < LONGEST {
        if input.read(&mut one)? == 0 {
            break;
        }
        match one[0] {
            b'\n' | b'\r' if !bytes.is_empty() => break,
            b'\n' | b'\r' => {}
            // What a terminal does itself as long as nobody reads it byte by byte.
            0x04 if raw => break,
            0x08 | 0x7f if raw => {
                bytes.pop();
            }
            0x15 if raw => bytes.clear(),
            byte => bytes.push(byte),
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    // Terminals may put these around what is pasted.
    let text = text.replace("\u{1b}[200~", "").replace("\u{1b}[201~", "");
    if text.trim().is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "nothing was pasted",
        ));
    }
    Ok(Secret::issued(text))
}

/// A terminal that gives each byte at once and shows none, until this is dropped.
#[cfg(unix)]
pub struct Quiet(rustix::termios::Termios);

#[cfg(unix)]
impl Quiet {
    /// None where nobody sits at a terminal.
    pub fn begin() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let input = io::stdin();
        if !input.is_terminal() {
            return None;
        }
        let before = tcgetattr(&input).ok()?;
        let mut quiet = before.clone();
        quiet
            .local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(&input, OptionalActions::Now, &quiet).ok()?;
        Some(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Says that somebody sits at a console.
#[cfg(not(unix))]
pub struct Quiet;

#[cfg(not(unix))]
impl Quiet {
    /// None where nobody sits at a terminal.
    pub fn begin() -> Option<Self> {
        io::stdin().is_terminal().then_some(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(input: &[u8], raw: bool) -> Option<String> {
        let read = read(&mut &*input, raw).ok()?;
        read.expose_text().map(str::to_owned)
    }

    #[test]
    fn one_line_is_read_however_it_ends() {
        for input in ["abc", "abc\n", "abc\r\n", "\n\nabc\nmore"] {
            assert_eq!(text(input.as_bytes(), false).as_deref(), Some("abc"));
        }
        let long = "x".repeat(10_000);
        assert_eq!(text(long.as_bytes(), true).as_deref(), Some(&*long));
        for nothing in ["", "\n", "  \n"] {
            assert_eq!(text(nothing.as_bytes(), false), None);
        }
        assert_eq!(text(b"\xff\n", false), None);
    }

    #[test]
    fn a_terminal_that_gives_each_byte_is_edited_here() {
        assert_eq!(text(b"abx\x7fc\n", true).as_deref(), Some("abc"));
        assert_eq!(text(b"wrong\x15abc\x04", true).as_deref(), Some("abc"));
        let pasted = b"\x1b[200~abc\x1b[201~\n";
        assert_eq!(text(pasted, true).as_deref(), Some("abc"));
    }
}
