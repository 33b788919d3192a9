//! The account list: what is registered, on which cost centre, with badges.

use std::collections::BTreeMap;
use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::access::{Board, Links, Wall};
use crate::model::address::{Address, Kind};
use crate::model::finding::{Badge, Light};
use crate::model::record::Record;
use crate::provider::{Badges, badges};

use super::plan::shown;
use super::text::thousands as number;
use super::{Look, style};

/// As many accounts are listed behind an apply.
pub const FEW: usize = 40;

/// One registered payer or account.
#[derive(Debug)]
pub struct Row {
    pub address: Address,
    pub spec: Value,
    pub organization: String,
    pub badges: Badges,
}

/// What is registered, sorted by provider, organization, payers first.
#[derive(Debug)]
pub struct Register {
    pub rows: Vec<Row>,
}

impl Register {
    /// The payers and accounts among the records.
    #[must_use]
    pub fn of(records: &[Record], board: &Board) -> Self {
        let specs: Vec<(Address, Value)> = records
            .iter()
            .map(|record| (record.address.clone(), record.spec.value()))
            .collect();
        let links = Links::recorded(specs.iter().map(|(address, spec)| (address, spec)));
        let wall = Wall {
            board,
            links: &links,
        };
        let mut rows: Vec<Row> = specs
            .iter()
            .filter(|(address, _)| matches!(address.kind(), Kind::Payer | Kind::Account))
            .map(|(address, spec)| Row {
                address: address.clone(),
                organization: spec
                    .get("organization")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                spec: spec.clone(),
                badges: badges(address, &wall),
            })
            .collect();
        rows.sort_by(|a, b| {
            let key = |row: &Row| {
                (
                    row.address.provider(),
                    row.organization.clone(),
                    row.address.kind(),
                )
            };
            key(a).cmp(&key(b)).then_with(|| a.address.cmp(&b.address))
        });
        Self { rows }
    }

    /// Keeps the rows that have all of these labels.
    pub fn with_labels(&mut self, labels: &[(String, String)]) {
        self.rows.retain(|row| {
            labels
                .iter()
                .all(|(name, value)| row.spec["labels"][name.as_str()].as_str() == Some(value))
        });
    }
}

/// The list as text; at most `most` rows.
#[must_use]
pub fn render(register: &Register, look: Look, most: usize) -> String {
    let rows = &register.rows;
    if rows.is_empty() {
        return "No accounts are registered.\n".to_owned();
    }
    let table = Table::new(&rows[..rows.len().min(most)], look);
    let mut text = table.render();
    if rows.len() > most {
        let _ = writeln!(
            text,
            "and {} more: `bursar accounts` lists all",
            number(rows.len() - most)
        );
    }
    let payers = rows
        .iter()
        .filter(|row| row.address.kind() == Kind::Payer)
        .count();
    let accounts = rows.len() - payers;
    let _ = writeln!(
        text,
        "\n{} {}, {} {}. {}",
        number(payers),
        Kind::Payer.noun(payers),
        number(accounts),
        Kind::Account.noun(accounts),
        legend(rows, look),
    );
    text
}

struct Table<'r> {
    rows: &'r [Row],
    look: Look,
    id: usize,
    name: usize,
    center: usize,
}

/// Widths of the columns that never change: four badges and the blanks between.
const BADGES: usize = 4 + 6 + 5 + 4;

impl<'r> Table<'r> {
    fn new(rows: &'r [Row], look: Look) -> Self {
        let widest = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
        let id = widest(&|row| row.address.last().chars().count()).clamp(12, 38);
        let center = widest(&|row| center(row).chars().count()).clamp(6, 24);
        let rest = look.width.saturating_sub(2 + id + 2 + BADGES + 2);
        let center = center.min(rest / 2);
        let name = widest(&|row| name(row).chars().count())
            .clamp(4, rest.saturating_sub(center + 2).max(8));
        Self {
            rows,
            look,
            id,
            name,
            center,
        }
    }

    fn render(&self) -> String {
        let mut text = String::new();
        let mut group = None;
        for row in self.rows {
            let present = (row.address.provider(), &row.organization);
            if group != Some(present) {
                if group.is_some() {
                    text.push('\n');
                }
                group = Some(present);
                self.heading(row, &mut text);
            }
            self.row(row, &mut text);
        }
        text
    }

    fn heading(&self, row: &Row, text: &mut String) {
        let provider = row
            .address
            .provider()
            .map(|provider| provider.to_string())
            .unwrap_or_default();
        let title = fit(
            &format!("{} ({provider})", row.organization),
            self.id + self.name + 4,
        );
        let center = fit("COST CENTRE", self.center);
        let badges = "API  PAYER  COST  RECS";
        let line = format!("{title}  {center}  {badges}");
        let _ = writeln!(text, "{}", self.look.paint(style::BOLD, line.trim_end()));
    }

    fn row(&self, row: &Row, text: &mut String) {
        let id = fit(&row.address.last(), self.id);
        let name = fit(&name(row), self.name);
        let center = fit(&center(row), self.center);
        let mut line = format!("  {id}  {name}  {center}  ");
        let widths = [5, 7, 6, 4];
        for (badge, width) in Badge::ALL.into_iter().zip(widths) {
            let light = row.badges.light(badge);
            let sign = sign(light, self.look);
            let _ = write!(line, "{}", self.look.paint(color(light), sign));
            line.push_str(&" ".repeat(width - 1));
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// A text of exactly this many columns.
fn fit(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return format!("{text}{}", " ".repeat(width - length));
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn name(row: &Row) -> String {
    let name = row
        .spec
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mark = match row.address.kind() {
        Kind::Payer => " [payer]",
        _ if row.spec.get("closed").is_some() => " [closed]",
        _ => "",
    };
    format!("{name}{mark}").trim().to_owned()
}

fn center(row: &Row) -> String {
    row.spec
        .get("cost_center")
        .map(|value| shown("cost_center", value))
        .unwrap_or_default()
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

/// What the signs mean: those that are there.
fn legend(rows: &[Row], look: Look) -> String {
    let mut seen: BTreeMap<Light, ()> = BTreeMap::new();
    for row in rows {
        for light in row.badges.lights {
            seen.insert(light, ());
        }
    }
    let word = |light: Light| match light {
        Light::NotAsked => "not asked",
        Light::Green => "good",
        Light::Amber => "warning",
        Light::Pending => "not delivered yet",
        Light::Unknown => "unknown",
        Light::Red => "failed",
    };
    let signs: Vec<String> = seen
        .keys()
        .map(|light| format!("{} {}", sign(*light, look), word(*light)))
        .collect();
    format!("Badges: {}", signs.join(", "))
}

/// The account list as machines read it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    pub format_version: u32,
    pub serial: u64,
    pub payers: Vec<Listed>,
    pub accounts: Vec<Listed>,
}

/// One registered payer or account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    pub address: String,
    pub id: String,
    pub provider: String,
    pub organization: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The cost centre, where it is one since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<String>,
    /// The split or timeline, where it is not just one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation: Option<Value>,
    /// The day on which it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Value>,
    /// Light of each badge, with the time of the oldest answer behind it.
    pub badges: BTreeMap<&'static str, ListedBadge>,
    /// The last day that cost data was found for; null until a provider was asked.
    pub data_through: Option<String>,
}

/// One badge.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedBadge {
    /// `green`, `amber`, `red`, `pending`, `unknown` or `not asked`.
    pub light: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
}

/// The document of the list.
#[must_use]
pub fn document(register: &Register, serial: u64) -> Document {
    let of = |kind| {
        register
            .rows
            .iter()
            .filter(move |row| row.address.kind() == kind)
            .map(listed)
            .collect()
    };
    Document {
        format_version: 1,
        serial,
        payers: of(Kind::Payer),
        accounts: of(Kind::Account),
    }
}

fn listed(row: &Row) -> Listed {
    let text = |field: &str| {
        row.spec
            .get(field)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let center = row.spec.get("cost_center");
    let badges = Badge::ALL.into_iter().map(|badge| {
        let light = row.badges.light(badge).as_str();
        (
            badge.as_str(),
            ListedBadge {
                light,
                oldest: row.badges.oldest[badge as usize].clone(),
            },
        )
    });
    Listed {
        address: row.address.to_string(),
        id: row.address.last().into_owned(),
        provider: row
            .address
            .provider()
            .map(|provider| provider.to_string())
            .unwrap_or_default(),
        organization: row.organization.clone(),
        payer: text("payer"),
        name: text("name"),
        owner: text("owner"),
        cost_center: center.and_then(Value::as_str).map(str::to_owned),
        allocation: center.filter(|value| !value.is_string()).cloned(),
        closed: text("closed"),
        labels: row.spec.get("labels").cloned(),
        badges: badges.collect(),
        data_through: None,
    }
}
