//! Where the document of a platform stands that people carry to and fro: what waits for them, what
//! is kept though nobody declares it, what it cannot hold.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::address::{Address, Kind};
use crate::platform::Document;
use crate::report::{Look, style, text};

use super::Shown;

/// As many are named.
const NAMED: usize = 5;

/// The section, with a blank line above it; nothing where registrations live elsewhere.
pub fn render(shown: &Shown<'_>, look: Look) -> String {
    match &shown.planned.document {
        Some(document) => told(
            document,
            &unmanaged(shown, document),
            &shown.planned.not_carried,
            look,
        ),
        None => String::new(),
    }
}

/// What is on the platform, and neither recorded nor declared now.
pub fn unmanaged<'d>(shown: &Shown<'_>, document: &'d Document) -> Vec<&'d Address> {
    let desired = &shown.planned.desired;
    let all = document.unmanaged.iter();
    all.filter(|address| desired.get(address.as_str()).is_none())
        .collect()
}

fn told(document: &Document, unmanaged: &[&Address], not_carried: &[String], look: Look) -> String {
    let title = look.paint(style::BOLD, document.title);
    let mut out = format!("\n{title}\n");
    let mut line = |what: &str, said: &str| {
        let width = what.chars().count() + 4;
        let first = format!("  {}: ", look.paint(style::HELP, what));
        out += &text::wrap(&text::clean(said), look.width, &first, width, "      ");
    };
    if document.unwritten {
        let file = &document.file;
        let said = format!("{file} is not as it should be; `bursar apply` writes it");
        line("not written yet", &said);
    }
    if !document.waiting.is_empty() {
        let said = format!(
            "{} (in {})",
            counted(document.waiting.iter()),
            document.file
        );
        line("written, waiting for upload", &said);
    }
    if !document.leaving.is_empty() {
        line(
            "removed here, left out of the upload",
            &named(document.leaving.iter()),
        );
    }
    if !unmanaged.is_empty() {
        line("not managed here, kept", &named(unmanaged.iter().copied()));
    }
    if !not_carried.is_empty() {
        line("not carried over", &not_carried.join("; "));
    }
    if !document.fetched {
        let said = format!(
            "{} is not there, so that {} counts as empty; download it to see what is",
            document.observed, document.title
        );
        line("not downloaded yet", &said);
    }
    for note in &document.notes {
        line("note", note);
    }
    if out.lines().count() <= 2 {
        let _ = writeln!(out, "  all of it is in {}", document.observed);
    }
    out
}

/// Few by name, many by kind.
fn named<'a>(addresses: impl Iterator<Item = &'a Address>) -> String {
    let all: Vec<&Address> = addresses.collect();
    if all.len() > NAMED {
        return format!(
            "{}: `bursar plan --json` names them",
            counted(all.into_iter())
        );
    }
    let names: Vec<&str> = all.iter().map(|address| address.as_str()).collect();
    names.join(", ")
}

/// How many of each kind.
fn counted<'a>(addresses: impl Iterator<Item = &'a Address>) -> String {
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for address in addresses {
        *kinds.entry(address.kind()).or_default() += 1;
    }
    let parts: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count)| format!("{} {}", text::thousands(count), kind.noun(count)))
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_people_is_said_once() {
        let center = |code: &str| Address::cost_center(code);
        let mut document = Document {
            title: "Onicloud",
            file: "onicloud/upload.xlsx".to_owned(),
            observed: "finance.xlsx".to_owned(),
            fetched: true,
            ..Document::default()
        };
        assert_eq!(
            told(&document, &[], &[], Look::PLAIN),
            "\nOnicloud\n  all of it is in finance.xlsx\n"
        );
        document.waiting = vec![center("A"), center("B"), Address::budget("A", "FY2027")];
        document.leaving = vec![center("C")];
        let not_carried = ["the parent of 2 cost centres".to_owned()];
        let kept = center("HAND");
        let told = told(&document, &[&kept], &not_carried, Look::PLAIN);
        assert_eq!(
            told,
            "\nOnicloud\n\
             \x20 written, waiting for upload: 2 cost centres, 1 budget (in\n      onicloud/upload.xlsx)\n\
             \x20 removed here, left out of the upload: cost_center/C\n\
             \x20 not managed here, kept: cost_center/HAND\n\
             \x20 not carried over: the parent of 2 cost centres\n"
        );
    }
}
