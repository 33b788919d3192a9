//! The way to standard output and standard error.

use std::io::{self, BufWriter, Write};

use super::look::{Color, Look};

/// Writes: results to standard output, everything else to standard error.
pub struct Printer {
    out: BufWriter<Box<dyn Write + Send>>,
    err: Box<dyn Write + Send>,
    look: Look,
    err_look: Look,
}

impl Printer {
    /// To the process's own outputs.
    #[must_use]
    pub fn new(color: Color) -> Self {
        Self {
            out: BufWriter::new(Box::new(io::stdout())),
            err: Box::new(io::stderr()),
            look: Look::of_stdout(color),
            err_look: Look::of_stderr(color),
        }
    }

    /// How standard output looks.
    #[must_use]
    pub const fn look(&self) -> Look {
        self.look
    }

    /// How standard error looks.
    #[must_use]
    pub const fn err_look(&self) -> Look {
        self.err_look
    }

    /// Writes a result, as it is.
    ///
    /// # Errors
    /// Where it cannot be written; where nobody reads any more it is a broken pipe, which ends a
    /// command quietly.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Writes a document and a line break.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub fn json(&mut self, document: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, document)?;
        self.out.write_all(b"\n")
    }

    /// Writes a remark to standard error, after the results before it. A remark that cannot be
    /// written is dropped.
    pub fn note(&mut self, text: &str) {
        let _ = self.out.flush();
        let _ = self.err.write_all(text.as_bytes());
        let _ = self.err.flush();
    }

    /// Writes out what is held back.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
