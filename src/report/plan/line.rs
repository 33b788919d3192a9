//! One change: its line with where it is declared, what else there is to say, and its fields.

use std::fmt::Write;

use serde_json::Value;

use crate::engine::change::{Block, Change};
use crate::model::address::Kind;
use crate::model::record::{Action, Provenance};
use crate::report::{Look, style, text};

use super::{Shown, field, finance, now, value};

/// Stands before a place that a removed resource was declared in.
pub const WAS: &str = "was ";

/// Sign and blanks before the text of a line.
const MARGIN: usize = 4;
/// An id is shortened to no less than this.
const LEAST_ID: usize = 17;

/// One change in full.
#[must_use]
pub fn change(change: &Change, shown: &Shown<'_>, look: Look) -> String {
    let mut out = head(change, shown, look);
    let mut say = |line: String| {
        let _ = writeln!(out, "      {line}");
    };
    if change.action == Action::Forget {
        say("forgotten here, left where it is registered".to_owned());
    }
    if let Some(reason) = &change.reason {
        say(format!("reason: {}", text::clean(reason)));
    }
    if change.follows > 0 {
        let verb = if change.follows == 1 {
            "reference follows"
        } else {
            "references follow"
        };
        say(format!("{} {verb}", text::thousands(change.follows)));
    }
    if change.used_by > 0 {
        say(format!("used by {}", text::thousands(change.used_by)));
    }
    if let Some(block) = &change.blocked {
        say(format!(
            "{} {}",
            look.paint(style::ERROR, "blocked:"),
            cause(block)
        ));
    }
    out += &field::lines(&[change], shown, look);
    out
}

/// Why a change is blocked, in a few words.
#[must_use]
pub fn cause(block: &Block) -> String {
    format!("{} of {}", block.check, block.address)
}

fn head(change: &Change, shown: &Shown<'_>, look: Look) -> String {
    let mut place = place(&shown.lines.of_change(change));
    if change.removes() && !place.is_empty() {
        place = format!("{WAS}{place}");
    }
    let mut about = about(change, shown);
    if let Some(from) = &change.from {
        let former = match from.kind() {
            Kind::Budget => from.parts().next().unwrap_or_default(),
            _ => from.last(),
        };
        about = format!("was {former}  {about}").trim_end().to_owned();
    }
    let address = change.address.as_str();
    line(change.action, address, &about, &place, look)
}

/// A line of a plan that fits: first the path of the file gives way, then the middle of the id,
/// then the rest.
#[must_use]
pub fn line(action: Action, address: &str, about: &str, place: &str, look: Look) -> String {
    let width = |text: &str| text.chars().count();
    let room = look.width.saturating_sub(MARGIN);
    let about_room = if about.is_empty() {
        0
    } else {
        2 + width(about)
    };
    let mut place = place.to_owned();
    if width(address) + about_room + 2 + width(&place) > room {
        place = short_path(&place);
    }
    let left = room.saturating_sub(about_room + 2 + width(&place));
    let address = shortened(address, left);
    let left = room.saturating_sub(width(&address) + 2 + width(&place) + 2);
    let about = text::end(about, left.max(8));
    let head = match (address.as_str(), about.as_ref()) {
        (_, "") => address,
        ("", about) => about.to_owned(),
        (address, about) => format!("{address}  {about}"),
    };
    let sign = look.paint(super::color(action), action.symbol());
    if place.is_empty() {
        return format!("  {sign} {head}\n");
    }
    let gap = room.saturating_sub(width(&head) + width(&place)).max(2);
    format!(
        "  {sign} {head}{}{}\n",
        " ".repeat(gap),
        look.paint(style::DIM, place)
    )
}

/// The address with its longest part shortened in the middle, if it must be.
fn shortened(address: &str, width: usize) -> String {
    let length = address.chars().count();
    if length <= width {
        return address.to_owned();
    }
    let parts: Vec<&str> = address.split('/').collect();
    let longest = parts
        .iter()
        .map(|part| part.chars().count())
        .max()
        .unwrap_or(0);
    let keep = longest.saturating_sub(length - width).max(LEAST_ID);
    parts
        .iter()
        .map(|part| {
            text::middle(
                part,
                if part.chars().count() == longest {
                    keep
                } else {
                    longest
                },
            )
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// `…/payments.yaml:8`
fn short_path(place: &str) -> String {
    place.rsplit_once('/').map_or_else(
        || place.to_owned(),
        |(path, file)| {
            let was = if path.starts_with(WAS) { WAS } else { "" };
            format!("{was}…/{file}")
        },
    )
}

/// File and line of a provenance.
#[must_use]
pub fn place(provenance: &Provenance) -> String {
    match (&provenance.file, provenance.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.clone(),
        _ => String::new(),
    }
}

/// What a reader wants to know beside the address: a name, and what matters for the kind.
#[must_use]
pub fn about(change: &Change, shown: &Shown<'_>) -> String {
    let Some(spec) = spec(change) else {
        return String::new();
    };
    let text = |field: &str| spec.get(field).and_then(Value::as_str).map(text::clean);
    let name = text("name").unwrap_or_default();
    let appears = matches!(change.action, Action::Create | Action::Adopt);
    let more = match change.kind() {
        Kind::Account if change.action != Action::Update => {
            let center = center(&spec, shown);
            match (appears, center) {
                (true, Some(center)) => format!("→ {center}"),
                (true, None) => "→ no cost centre".to_owned(),
                (false, Some(center)) => format!("({center})"),
                (false, None) => String::new(),
            }
        }
        Kind::CostCenter if appears => match spec.get("parent") {
            Some(parent) => format!("below {}", text::clean(&value::shown("parent", parent))),
            None => String::new(),
        },
        Kind::Budget if appears => budget(&spec, shown),
        Kind::Credential | Kind::Export => match spec.as_object().and_then(|map| map.keys().next())
        {
            Some(word) => word.clone(),
            None => spec.as_str().unwrap_or_default().to_owned(),
        },
        _ => String::new(),
    };
    format!("{name} {more}").trim().to_owned()
}

/// The cost centre of an account in the present month.
#[must_use]
pub fn center(spec: &Value, shown: &Shown<'_>) -> Option<String> {
    now::allocation(spec, shown.now).map(|shares| finance::shares(&shares))
}

fn budget(spec: &Value, shown: &Shown<'_>) -> String {
    let base = shown.planned.project.settings().structure.currency;
    let base = base.map_or("USD", |currency| currency.code());
    let currency = spec.get("currency").and_then(Value::as_str).unwrap_or(base);
    finance::total(spec, currency)
}

/// What a change is about: the spec from now on, or the one before a removal.
#[must_use]
pub fn spec(change: &Change) -> Option<Value> {
    let spec = change
        .spec
        .as_ref()
        .or(change.before.as_ref().map(|record| &record.spec));
    spec.map(crate::model::canonical::Canonical::value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_never_pass_the_edge() {
        let id = "ocid1.tenancy.oc1..aaaaaaaaacmerootq2w3e4r5t6y7uq2w3e4r5t6y7uq2w3e4r5t6y7uq2w3e";
        let lines = [
            line(
                Action::Create,
                "account/aws/210987654321",
                "Shop",
                "estate/teams/payments.yaml:8",
                Look::PLAIN,
            ),
            line(
                Action::Create,
                &format!("account/oci/{id}"),
                "Analytics → CC-130",
                "estate/teams/data.yaml:38",
                Look::PLAIN,
            ),
            line(
                Action::Create,
                &format!("export/oci/{id}/focus"),
                "reports",
                "estate/organizations.yaml:88",
                Look::PLAIN,
            ),
            line(
                Action::Delete,
                "account/gcp/x",
                &"A long name ".repeat(9),
                "a/very/long/path/to/some.yaml:1",
                Look::PLAIN,
            ),
        ];
        let text = lines.concat();
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        insta::assert_snapshot!(text, @r###"
        + account/aws/210987654321  Shop                  estate/teams/payments.yaml:8
        + account/oci/ocid1.tenancy.…4r5t6y7uq2w3e  Analytics → CC-130  …/data.yaml:38
        + export/oci/ocid1.tenanc…r5t6y7uq2w3e/focus  reports  …/organizations.yaml:88
        - account/gcp/x  A long name A long name A long name A long na…  …/some.yaml:1
        "###);
    }
}
