//! A cell of the column Parent Code: a code, or codes by month: `BU-1; from 2027-01 BU-2; from 2027-07 none`.

use super::read::Wrong;
use crate::model::leaf::Leaf;
use crate::model::parents::{Above, Parents};
use crate::model::time::Month;

/// Stands for no parent.
const NONE: &str = "none";
const FROM: &str = "from";

/// The parents as a cell has them; none where there is none in any month.
#[must_use]
pub fn told(parents: &Parents) -> Option<String> {
    let period = |above: &Above| {
        let code = above
            .parent
            .as_deref()
            .map_or_else(|| NONE.to_owned(), code);
        match above.from {
            Some(from) => format!("{FROM} {from} {code}"),
            None => code,
        }
    };
    let periods: Vec<String> = parents.told().iter().map(period).collect();
    (!periods.is_empty()).then(|| periods.join("; "))
}

/// The codes that a cell names, in the order of its months; none where it cannot be read.
#[must_use]
pub fn codes(cell: Option<&str>) -> Vec<String> {
    let parents = cell.and_then(|text| parse(text).ok().flatten());
    parents.map_or_else(Vec::new, |parents| {
        parents.codes().map(str::to_owned).collect()
    })
}

/// The parent that a cell says for a month.
#[must_use]
pub fn at(cell: Option<&str>, month: Month) -> Option<String> {
    let parents = parse(cell?).ok().flatten()?;
    parents.at(month).map(str::to_owned)
}

/// A code; in quotes where it could be taken for something else.
fn code(code: &str) -> String {
    let plain = !code.contains([';', '"'])
        && code.trim() == code
        && !matches!(code, "" | NONE)
        && month_of(code).is_none();
    match plain {
        true => code.to_owned(),
        false => format!("\"{}\"", code.replace('"', "\"\"")),
    }
}

/// What stands behind the word `from`.
fn month_of(part: &str) -> Option<&str> {
    let rest = part.strip_prefix(FROM)?;
    rest.starts_with(char::is_whitespace).then(|| rest.trim())
}

/// The parents that a cell says; none where it says that there are none.
///
/// # Errors
/// Says which part cannot be read, and what to write.
pub fn parse(text: &str) -> Result<Option<Parents>, Wrong> {
    const HELP: &str = "write a code, or codes by month: BU-1; from 2027-01 BU-2";
    let mut periods: Vec<Above> = Vec::new();
    for (place, part) in parts(text).into_iter().enumerate() {
        let wrong = |message: String| Err((message, HELP.to_owned()));
        let (from, rest) = match month_of(part) {
            None => (None, part),
            Some(rest) => {
                let (month, code) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                match Month::parse(month) {
                    Ok(month) => (Some(month), code.trim()),
                    Err(_) => return wrong(format!("`{month}` behind `from` is no month")),
                }
            }
        };
        if rest.is_empty() {
            return wrong(match from {
                Some(from) => format!("no code stands behind `from {from}`"),
                None => "there is an empty part between two `;`".to_owned(),
            });
        }
        if place > 0 && from.is_none() {
            return wrong(format!(
                "`{part}` does not say from which month on it holds"
            ));
        }
        let last = periods.last().and_then(|above: &Above| above.from);
        if let (Some(last), Some(from)) = (last, from)
            && from <= last
        {
            return wrong(format!("`from {from}` stands behind `from {last}`"));
        }
        let Some(parent) = read(rest) else {
            return wrong(format!("the quotes around {rest} do not close"));
        };
        periods.push(Above { from, parent });
    }
    let parents = Parents(periods);
    Ok((!parents.is_top()).then_some(parents))
}

/// The parts between semicolons, as far as those stand outside of quotes; one at the end closes the last.
fn parts(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let mut parts: Vec<&str> = text
        .split(|char| {
            quoted ^= char == '"';
            char == ';' && !quoted
        })
        .map(str::trim)
        .collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| last.is_empty()) {
        parts.pop();
    }
    parts
}

/// A code or none. Fails where quotes do not close.
#[allow(clippy::option_option)]
fn read(text: &str) -> Option<Option<String>> {
    match text.strip_prefix('"') {
        None if text == NONE => Some(None),
        None => Some(Some(text.to_owned())),
        Some(rest) => {
            let inner = rest.strip_suffix('"')?;
            let plain = inner.replace("\"\"", "");
            (!plain.contains('"')).then(|| Some(inner.replace("\"\"", "\"")))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn again(text: &str) -> Result<String, String> {
        let parents = parse(text).map_err(|(message, _)| message)?;
        Ok(parents.as_ref().and_then(told).unwrap_or_default())
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        for (text, read) in [
            ("BU-1", "BU-1"),
            ("none", ""),
            ("BU-1 ;from  2027-01   BU 2;", "BU-1; from 2027-01 BU 2"),
            ("from 2027-01 BU-2", "from 2027-01 BU-2"),
            ("none; from 2027-01 BU-2", "from 2027-01 BU-2"),
            ("A; from 2027-01 none", "A; from 2027-01 none"),
            ("from-here", "from-here"),
            ("\"a;b\"", "\"a;b\""),
        ] {
            assert_eq!(again(text).as_deref(), Ok(read), "{text}");
        }
        for (text, told) in [
            ("A; B", "`B` does not say from which month on it holds"),
            (
                "A;; from 2027-01 B",
                "there is an empty part between two `;`",
            ),
            ("A; from Jan B", "`Jan` behind `from` is no month"),
            ("A; from 2027-01", "no code stands behind `from 2027-01`"),
            (
                "from 2027-01 A; from 2026-12 B",
                "`from 2026-12` stands behind `from 2027-01`",
            ),
            ("\"A", "the quotes around \"A do not close"),
        ] {
            assert_eq!(again(text).unwrap_err(), told, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_codes_come_back(
            codes in prop::collection::vec(prop::option::of("[^\\p{C}]{0,6}|none|from 2027-01 x|[;\"a ]{1,5}"), 1..5),
            first in any::<bool>(),
        ) {
            let periods = codes.into_iter().enumerate().map(|(at, parent)| {
                let month = Month::new(2027, i8::try_from(at).unwrap() + 1).unwrap();
                Above { from: (at > 0 || first).then_some(month), parent }
            });
            let parents = Parents(periods.collect());
            let said = told(&parents);
            let read = said.as_deref().map(|text| parse(text).unwrap()).unwrap_or_default();
            prop_assert_eq!(read.as_ref().map_or(&[][..], Parents::told), parents.told(), "{:?}", said);
        }
    }
}
