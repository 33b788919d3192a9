//! Why a command could not do its work: what happened, and what to do about it.

use std::io;

use crate::config::diagnostic::Diagnostic;

use super::exit::Exit;

/// A command that could not do its work. Becomes `error: …` and `help: …` on standard error.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    /// Stable code, for `bursar explain`.
    pub code: Option<&'static str>,
    /// What happened, in one sentence without a period at the end.
    pub message: String,
    /// What to do: one line each.
    pub help: Vec<String>,
    /// Text to paste where the help says.
    pub paste: String,
}

#[derive(Debug)]
enum Kind {
    /// To be told.
    Told(Exit),
    /// Told already.
    Reported(Exit),
    /// Nobody reads the output any more.
    Pipe,
}

impl Failure {
    /// A failure that ends with [`Exit::Error`].
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Told(Exit::Error),
            code: None,
            message: message.into(),
            help: Vec::new(),
            paste: String::new(),
        }
    }

    /// A failure that everything has been said about.
    #[must_use]
    pub fn reported(exit: Exit) -> Self {
        Self {
            kind: Kind::Reported(exit),
            ..Self::new(String::new())
        }
    }

    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Text to paste where the last help says.
    #[must_use]
    pub fn paste(mut self, paste: impl Into<String>) -> Self {
        self.paste = paste.into();
        self
    }

    /// Ends with another code than 1.
    #[must_use]
    pub fn exit_with(mut self, exit: Exit) -> Self {
        self.kind = Kind::Told(exit);
        self
    }

    /// Whether it has this code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code == Some(code)
    }

    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self.kind {
            Kind::Told(exit) | Kind::Reported(exit) => exit,
            Kind::Pipe => Exit::Ok,
        }
    }

    /// Whether there is something left to say.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        matches!(self.kind, Kind::Told(_))
    }

    /// The same as a diagnostic of the project, for reports that machines read; `None` where
    /// nothing is to be said.
    #[must_use]
    pub fn to_diagnostic(&self) -> Option<Diagnostic> {
        self.is_told().then(|| {
            let code = self.code.unwrap_or("command.failed");
            Diagnostic::of_project(code, self.message.clone(), self.help.join("; "))
        })
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // ERROR_PIPE_NOT_CONNECTED, of named pipes, which the standard library has no word for.
        let hung_up = cfg!(windows) && error.raw_os_error() == Some(233);
        if error.kind() == io::ErrorKind::BrokenPipe || hung_up {
            return Self {
                kind: Kind::Pipe,
                ..Self::new(String::new())
            };
        }
        Self::new(format!("cannot write the output: {error}"))
    }
}
