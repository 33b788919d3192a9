//! Ticks: what people ticked in the checklist, by what they ticked it for. A tick stays as long as
//! its value does.

use std::collections::HashMap;

use crate::model::hash::ContentHash;

/// One box of the checklist.
#[derive(Debug, Clone)]
pub struct Item {
    /// Names it through all versions of the checklist: no blanks.
    pub key: String,
    /// What is to be done, or entered.
    pub text: String,
    /// What a tick is about: another value is to be entered again.
    pub value: String,
    /// Lines below it.
    pub below: Vec<String>,
    /// It is known to be done, whoever ticked it.
    pub done: bool,
}

impl Item {
    pub fn new(key: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            key: key.into(),
            value: text.clone(),
            text,
            below: Vec::new(),
            done: false,
        }
    }

    /// A tick is about this, beside the text.
    pub fn about(mut self, value: &str) -> Self {
        self.value.push('\u{1f}');
        self.value.push_str(value);
        self
    }

    pub fn below(mut self, line: impl Into<String>) -> Self {
        self.below.push(line.into());
        self
    }
}

/// How a box stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tick {
    ticked: bool,
    hash: ContentHash,
    /// It was ticked for another value.
    stale: bool,
}

/// All boxes of a checklist as people left it.
#[derive(Debug, Default)]
pub struct Ticks(HashMap<String, Tick>);

const MARK: &str = "<!-- bursar:";

impl Ticks {
    /// Reads a checklist; lines that are none of ours are passed over.
    pub fn of(text: &str) -> Self {
        Self(text.lines().filter_map(tick).collect())
    }

    /// The lines of a box.
    pub fn line(&self, item: &Item) -> String {
        let hash = ContentHash::of(item.value.as_bytes());
        let old = self.0.get(&item.key);
        let same = old.is_some_and(|old| old.hash == hash);
        let ticked = item.done || old.is_some_and(|old| old.ticked && same);
        let stale = !ticked && old.is_some_and(|old| old.stale || (old.ticked && !same));
        let (box_, mark) = (
            if ticked { 'x' } else { ' ' },
            if stale { " stale" } else { "" },
        );
        let mut out = format!(
            "- [{box_}] {} {MARK}{} {hash}{mark} -->\n",
            clean(&item.text),
            item.key
        );
        if stale {
            out += "  - **changed since it was ticked: enter it again**\n";
        }
        for line in &item.below {
            out += &format!("  - {}\n", clean(line));
        }
        out
    }
}

fn tick(line: &str) -> Option<(String, Tick)> {
    let rest = line.trim_start().strip_prefix("- [")?;
    let ticked = rest.starts_with(['x', 'X']);
    let (_, mark) = rest.rsplit_once(MARK)?;
    let mut words = mark.strip_suffix("-->")?.split_whitespace();
    let key = words.next()?.to_owned();
    let tick = Tick {
        ticked,
        hash: ContentHash::parse(words.next()?)?,
        stale: words.next() == Some("stale"),
    };
    Some((key, tick))
}

/// One line, and no end of a comment in it.
fn clean(text: &str) -> String {
    let plain = |char: char| if char.is_control() { ' ' } else { char };
    let text: String = text.chars().map(plain).collect();
    text.replace("<!--", "<! --").replace("-->", "-- >")
}

/// A value as it is to be entered.
pub fn code(value: &str) -> String {
    let value = value.replace('`', "'");
    format!("`{value}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: &str) -> Item {
        Item::new(
            "organization/acme.bucket",
            format!("Bucket path: {}", code(value)),
        )
    }

    #[test]
    fn a_tick_stays_as_long_as_its_value() {
        let first = Ticks::default().line(&item("s3://a"));
        assert!(
            first.starts_with("- [ ] Bucket path: `s3://a` <!-- bursar:organization/acme.bucket "),
            "{first}"
        );
        let ticked = first.replace("- [ ]", "- [X]");
        let kept = Ticks::of(&ticked).line(&item("s3://a"));
        assert_eq!(kept, first.replace("- [ ]", "- [x]"));
        let changed = Ticks::of(&kept).line(&item("s3://b"));
        assert!(
            changed.starts_with("- [ ]") && changed.contains("changed since"),
            "{changed}"
        );
        let still = Ticks::of(&changed).line(&item("s3://b"));
        assert_eq!(still, changed, "it stays told until somebody ticks it");
        let again = Ticks::of(&still.replace("- [ ]", "- [x]")).line(&item("s3://b"));
        assert!(
            again.starts_with("- [x]") && !again.contains("changed since"),
            "{again}"
        );
    }

    #[test]
    fn what_people_write_around_it_is_no_tick() {
        let text = "- [x] mine\n- [x] forged <!-- bursar:a zz -->\n  - [x] <!-- bursar:\n";
        assert!(Ticks::of(text).0.is_empty());
        let evil = Item::new("k", "a --> <!-- bursar:k 0 -->\n- [x] b");
        let line = Ticks::default().line(&evil);
        assert_eq!(line.lines().count(), 1);
        assert_eq!(line.matches("-->").count(), 1, "{line}");
    }
}
