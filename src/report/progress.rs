//! Progress on a terminal, for work of more than a second; never in a pipe.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of `length` steps. Draws nothing where standard error is no terminal.
    #[must_use]
    pub fn new(what: &'static str, length: usize) -> Self {
        let bar = ProgressBar::new(length as u64);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) =
            ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
        {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self(bar)
    }

    /// A sign that something is waited for, of which nobody knows how long it takes.
    #[must_use]
    pub fn waiting(what: &'static str) -> Self {
        let sign = ProgressBar::new_spinner();
        if std::io::stderr().is_terminal() {
            sign.enable_steady_tick(Duration::from_millis(120));
        } else {
            sign.set_draw_target(ProgressDrawTarget::hidden());
        }
        sign.set_message(what);
        Self(sign)
    }

    /// Says how much is done. The first second is quiet: most work is over by then.
    pub fn at(&self, done: usize) {
        if self.0.elapsed() > Duration::from_secs(1) {
            self.0.set_position(done as u64);
        }
    }

    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
