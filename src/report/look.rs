//! How output looks: colour, signs and width of what it is written to.

use std::fmt::{self, Display};
use std::io::IsTerminal;

use crate::env;

/// Whether colour was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    Always,
    Never,
}

/// The colours, by what they say.
pub mod style {
    use anstyle::{AnsiColor, Style};

    pub const ERROR: Style = AnsiColor::Red.on_default().bold();
    pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
    pub const HELP: Style = AnsiColor::Cyan.on_default();
    pub const GOOD: Style = AnsiColor::Green.on_default();
    pub const ADD: Style = AnsiColor::Green.on_default();
    pub const CHANGE: Style = AnsiColor::Yellow.on_default();
    pub const DELETE: Style = AnsiColor::Red.on_default();
    pub const BOLD: Style = Style::new().bold();
    pub const DIM: Style = Style::new().dimmed();
}

/// How output looks. Plain data: renderers ask it, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub color: bool,
    /// Lines and signs beyond ASCII.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// Whether somebody watches: progress and questions make sense.
    pub terminal: bool,
}

/// The width of what is no terminal.
const PIPE_WIDTH: usize = 80;
/// Below this nothing can be laid out.
const LEAST_WIDTH: usize = 40;
/// Beyond this, lines are hard to read.
const MOST_WIDTH: usize = 140;

impl Look {
    /// No colour, 80 columns: what a pipe gets.
    pub const PLAIN: Self = Self {
        color: false,
        unicode: true,
        width: PIPE_WIDTH,
        terminal: false,
    };

    /// The look of standard output.
    #[must_use]
    pub fn of_stdout(color: Color) -> Self {
        let size = terminal_size::terminal_size_of(std::io::stdout());
        Self::of(color, std::io::stdout().is_terminal(), size)
    }

    /// The look of standard error.
    #[must_use]
    pub fn of_stderr(color: Color) -> Self {
        let size = terminal_size::terminal_size_of(std::io::stderr());
        Self::of(color, std::io::stderr().is_terminal(), size)
    }

    fn of(
        color: Color,
        terminal: bool,
        size: Option<(terminal_size::Width, terminal_size::Height)>,
    ) -> Self {
        let dumb = env::get(env::TERM).is_some_and(|term| term == "dumb");
        let width = match size {
            Some((terminal_size::Width(width), _)) if terminal && width > 0 => {
                usize::from(width).clamp(LEAST_WIDTH, MOST_WIDTH)
            }
            _ => PIPE_WIDTH,
        };
        Self {
            color: match color {
                Color::Auto => terminal && !dumb && env::get(env::NO_COLOR).is_none(),
                Color::Always => true,
                Color::Never => false,
            },
            unicode: !dumb,
            width,
            terminal,
        }
    }

    /// Text in a style, or as it is where there is no colour.
    #[must_use]
    pub const fn paint<T: Display>(self, style: anstyle::Style, text: T) -> Styled<T> {
        Styled {
            style: if self.color { Some(style) } else { None },
            text,
        }
    }
}

/// Text that shows itself in a style.
#[derive(Debug, Clone, Copy)]
pub struct Styled<T> {
    style: Option<anstyle::Style>,
    text: T,
}

impl<T: Display> Display for Styled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Some(style) => write!(f, "{style}{}{style:#}", self.text),
            None => self.text.fmt(f),
        }
    }
}
