//! What people and machines read. The only place beside `cli` that writes to a terminal.
//!
//! Renderers turn plain data into text for a [`Look`]; the [`Printer`] writes it. Colour never carries
//! a meaning alone: everything is also said in words or signs.

pub mod accounts;
pub mod applied;
mod behind;
pub mod check;
pub mod ci_outputs;
pub mod codes;
mod data;
pub mod diagnostics;
pub mod difference;
pub mod findings;
pub mod history;
pub mod import;
pub mod login;
mod look;
pub mod markdown;
pub mod plan;
mod printer;
pub mod progress;
pub mod schemas;
pub mod show;
pub mod structure;
pub mod text;

pub use look::{Color, Look, Styled, style};
pub use printer::Printer;

/// A failure of a command: `error[code]: message`, its help lines, and what to paste.
#[must_use]
pub fn failure(
    code: Option<&str>,
    message: &str,
    help: &[String],
    paste: &str,
    look: Look,
) -> String {
    let head = match code {
        Some(code) => format!("error[{code}]:"),
        None => "error:".to_owned(),
    };
    trouble(&head, style::ERROR, message, help, paste, look)
}

/// Trouble of a command that did what it should: `warning[code]: message` and its help lines.
#[must_use]
pub fn warning(code: &str, message: &str, help: &[String], look: Look) -> String {
    let head = format!("warning[{code}]:");
    trouble(&head, style::WARNING, message, help, "", look)
}

fn trouble(
    head: &str,
    color: anstyle::Style,
    message: &str,
    help: &[String],
    paste: &str,
    look: Look,
) -> String {
    let first = format!("{} ", look.paint(color, head));
    let mut told = text::wrap(
        &text::clean(message),
        look.width,
        &first,
        head.len() + 1,
        "       ",
    );
    for line in help {
        let first = format!("  {} ", look.paint(style::HELP, "help:"));
        told += &text::wrap(&text::clean(line), look.width, &first, 8, "        ");
    }
    for line in paste.lines() {
        told += &format!("        {}\n", text::clean(line));
    }
    told
}
