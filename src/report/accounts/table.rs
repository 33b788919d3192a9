//! The account list as people read it: one line each, at any width from 60 columns on.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;

use crate::model::address::Kind;
use crate::model::finding::{Badge, Light};
use crate::model::timeline::Shares;
use crate::report::plan::{now, shares};
use crate::report::text::{self, thousands};
use crate::report::{Look, style};

use super::{Register, Row};

/// Widths of the badges' columns, as their headings stand: `API  PAYER  COST  RECS`.
const BADGES: [usize; 4] = [5, 7, 6, 4];
/// Two blanks and a day: `  DATA THROUGH`.
const DATA: usize = 14;
/// From this width on there is room for the day that cost data goes to.
const WIDE: usize = 100;
/// Ids are shortened to no less.
const LEAST_ID: usize = 15;
/// Answers from this age on, in days, show it.
const OLD: i64 = 7;

/// The list as text; at most `most` rows.
#[must_use]
pub fn render(register: &Register, look: Look, most: usize, now: Timestamp) -> String {
    let rows = &register.rows;
    if rows.is_empty() {
        return "No accounts are registered: `bursar plan` shows what an apply would add.\n"
            .to_owned();
    }
    let listed = &rows[..rows.len().min(most)];
    let mut out = String::new();
    let same = |a: &Row, b: &Row| {
        (a.address.provider(), &a.organization) == (b.address.provider(), &b.organization)
    };
    // One width for all, so that the columns behind the names stand below each other.
    let data = look.width >= WIDE && listed.iter().any(|row| row.data_through().is_some());
    let center = center_width(listed, room(look, data), now);
    for (at, rows) in listed.chunk_by(same).enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out += &Table::new(rows, look, now, center, data).render();
    }
    if rows.len() > most {
        let more = thousands(rows.len() - most);
        let _ = writeln!(out, "and {more} more: `bursar accounts` lists all");
    }
    out.push('\n');
    out + &total(register, look, now)
}

fn total(register: &Register, look: Look, now: Timestamp) -> String {
    let rows = &register.rows;
    let payers = rows
        .iter()
        .filter(|row| row.address.kind() == Kind::Payer)
        .count();
    let accounts = rows.len() - payers;
    let seen: BTreeSet<Light> = rows.iter().flat_map(|row| row.badges.lights).collect();
    let signs: Vec<String> = seen
        .into_iter()
        .map(|light| format!("{} {}", sign(light, look), word(light)))
        .collect();
    let old = rows.iter().any(|row| {
        Badge::ALL
            .into_iter()
            .any(|badge| age(row, badge, now).is_some())
    });
    let old = if old {
        "; behind a sign the age of its oldest answer in days or weeks"
    } else {
        ""
    };
    let paid = match payers {
        0 => String::new(),
        _ => format!("{} {}, ", thousands(payers), Kind::Payer.noun(payers)),
    };
    let text = format!(
        "{paid}{} {}. Badges: {}{old}",
        thousands(accounts),
        Kind::Account.noun(accounts),
        signs.join(", "),
    );
    text::wrap(&text, look.width, "", 0, "")
}

/// The rows of one organization.
struct Table<'r> {
    rows: &'r [Row],
    look: Look,
    now: Timestamp,
    id: usize,
    name: usize,
    center: usize,
    /// How far accounts stand below the payer above them, if it is listed.
    indent: usize,
    /// Whether the day stands there that cost data goes to.
    data: bool,
}

impl<'r> Table<'r> {
    fn new(rows: &'r [Row], look: Look, now: Timestamp, center: usize, data: bool) -> Self {
        let widest = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
        let payers = rows.iter().any(|row| row.address.kind() == Kind::Payer);
        let below = if payers { 2 } else { 0 };
        let id = widest(&|row| indent(row, below) + row.address.last().chars().count());
        let name = widest(&|row| name(row).chars().count() + mark(row, rows).chars().count());
        let rest = room(look, data).saturating_sub(center);
        let id = id.min(rest.saturating_sub(name).max(LEAST_ID + 2));
        Self {
            rows,
            look,
            now,
            id,
            name: rest.saturating_sub(id),
            center,
            indent: below,
            data,
        }
    }

    fn render(&self) -> String {
        let mut out = self.heading();
        for row in self.rows {
            let indent = indent(row, self.indent);
            let id = row.address.last();
            let id = text::middle(&id, self.id.saturating_sub(indent));
            let id = pad(&format!("{}{id}", " ".repeat(indent)), self.id);
            let mark = mark(row, self.rows);
            let room = self.name.saturating_sub(mark.chars().count());
            let name = name(row);
            let name = format!("{}{mark}", text::end(&name, room));
            let name = pad(name.trim_start(), self.name);
            let center = pad(&center(row, self.center, self.now), self.center);
            let data = row.data_through().filter(|_| self.data);
            let line = format!(
                "  {id}  {name}  {center}  {}  {}",
                self.badges(row),
                data.unwrap_or_default()
            );
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out
    }

    fn heading(&self) -> String {
        let Some(row) = self.rows.first() else {
            return String::new();
        };
        let provider = row.address.provider().map(|provider| provider.to_string());
        let title = format!("{} ({})", row.organization, provider.unwrap_or_default());
        let room = 2 + self.id + 2 + self.name;
        let title = pad(&text::end(&title, room), room);
        let center = pad(&text::end("COST CENTRE", self.center), self.center);
        let data = if self.data { "  DATA THROUGH" } else { "" };
        let line = format!("{title}  {center}  API  PAYER  COST  RECS{data}");
        format!("{}\n", self.look.paint(style::BOLD, line))
    }

    fn badges(&self, row: &Row) -> String {
        let mut out = String::new();
        for (badge, width) in Badge::ALL.into_iter().zip(BADGES) {
            let light = row.badges.light(badge);
            let age = age(row, badge, self.now).unwrap_or_default();
            let used = 1 + age.chars().count();
            let sign = self.look.paint(color(light), sign(light, self.look));
            let age = self.look.paint(style::DIM, age);
            let _ = write!(out, "{sign}{age}{}", " ".repeat(width.saturating_sub(used)));
        }
        out
    }
}

/// Columns for id, name and cost centre: two blanks stand between columns, the badges at the edge.
fn room(look: Look, data: bool) -> usize {
    let badges: usize = BADGES.iter().sum();
    let data = if data { DATA } else { 0 };
    look.width.saturating_sub(2 + badges + data + 6)
}

fn center_width(rows: &[Row], room: usize, now: Timestamp) -> usize {
    let widths = rows
        .iter()
        .map(|row| center(row, usize::MAX, now).chars().count());
    widths.max().unwrap_or(0).clamp(11, 14).min(room / 3)
}

/// The cost centre of this month; of several that do not fit, the first and how many more.
fn center(row: &Row, width: usize, now: Timestamp) -> String {
    let Some(parts) = now::allocation(&row.spec, now) else {
        return String::new();
    };
    let whole = shares(&parts);
    if whole.chars().count() <= width {
        return whole;
    }
    let codes: Vec<&str> = parts.codes().collect();
    match (&parts, codes.as_slice()) {
        (Shares::Whole(code), _) => text::middle(code, width).into_owned(),
        (_, [first, rest @ ..]) => {
            let more = format!(" +{}", rest.len());
            let room = width.saturating_sub(more.len());
            format!("{}{more}", text::middle(first, room))
        }
        (_, []) => String::new(),
    }
}

/// A text filled up with blanks.
fn pad(text: &str, width: usize) -> String {
    let gap = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(gap))
}

/// Accounts stand below their payer.
fn indent(row: &Row, below: usize) -> usize {
    if row.address.kind() == Kind::Account {
        below
    } else {
        0
    }
}

fn name(row: &Row) -> String {
    text::clean(row.text("name").unwrap_or_default())
}

/// What a row is, where that is not plain: a payer, the payer's own account, a closed account.
fn mark(row: &Row, rows: &[Row]) -> &'static str {
    if row.address.kind() == Kind::Payer {
        return " [payer]";
    }
    if row.spec.get("closed").is_some() {
        return " [closed]";
    }
    let id = row.address.last();
    let own = |other: &&Row| other.address.kind() == Kind::Payer && other.address.last() == id;
    if rows
        .iter()
        .take_while(|other| other.address != row.address)
        .any(|other| own(&other))
    {
        return " [payer's own]";
    }
    ""
}

/// The age of an old answer behind a badge: `9d`, `20w`, `3y`.
fn age(row: &Row, badge: Badge, now: Timestamp) -> Option<String> {
    let oldest = row.badges.oldest[badge as usize].as_ref()?;
    let at: Timestamp = oldest.parse().ok()?;
    let days = now.duration_since(at).as_hours() / 24;
    match days {
        ..OLD => None,
        OLD..100 => Some(format!("{days}d")),
        100..700 => Some(format!("{}w", days / 7)),
        _ => Some(format!("{}y", days / 365)),
    }
}

const fn sign(light: Light, look: Look) -> &'static str {
    match (light, look.unicode) {
        (Light::NotAsked, true) => "·",
        (Light::NotAsked, false) => "-",
        (Light::Green, true) => "✓",
        (Light::Green, false) => "+",
        (Light::Amber, _) => "!",
        (Light::Pending, true) => "…",
        (Light::Pending, false) => "~",
        (Light::Unknown, _) => "?",
        (Light::Red, true) => "✗",
        (Light::Red, false) => "X",
    }
}

const fn color(light: Light) -> anstyle::Style {
    match light {
        Light::NotAsked => style::DIM,
        Light::Green => style::GOOD,
        Light::Amber | Light::Pending | Light::Unknown => style::WARNING,
        Light::Red => style::ERROR,
    }
}

/// What a sign means.
const fn word(light: Light) -> &'static str {
    match light {
        Light::NotAsked => "not asked",
        Light::Green => "good",
        Light::Amber => "warning",
        Light::Pending => "not delivered yet",
        Light::Unknown => "unknown",
        Light::Red => "failed",
    }
}
