//! Patterns of files: which file an account is declared in, by what its provider knows of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where an account without the tag goes.
const UNTAGGED: &str = "untagged";
/// Where an account goes that is in no unit.
const ROOT: &str = "root";

/// A pattern such as `estate/teams/{ou}.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name,
    Ou,
    Tag(String),
}

/// What a pattern is filled with.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub id: &'a str,
    pub name: &'a str,
    /// The names of the units that the account is in, from the outermost on.
    pub units: &'a [String],
    pub tags: Option<&'a BTreeMap<String, String>>,
}

impl FilePattern {
    /// # Errors
    /// What is wrong with it, in a clause.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(open);
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let end = from.find('}').filter(|_| from.starts_with('{'));
            let Some(end) = end else {
                return Err("a brace has no partner".to_owned());
            };
            parts.push(match &from[1..end] {
                "name" => Part::Name,
                "ou" => Part::Ou,
                word => match word.strip_prefix("tag:") {
                    Some(tag) if !tag.is_empty() => Part::Tag(tag.to_owned()),
                    _ => return Err(format!("`{{{word}}}` is nothing that is known")),
                },
            });
            rest = &from[end + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if !matches!(parts.last(), Some(Part::Text(text)) if is_yaml(text)) {
            return Err("it does not end with `.yaml` or `.yml`".to_owned());
        }
        Ok(Self(parts))
    }

    /// Whether it needs to know the units that accounts are in.
    #[must_use]
    pub fn wants_units(&self) -> bool {
        self.0.contains(&Part::Ou)
    }

    /// Whether it needs to know the accounts' tags.
    #[must_use]
    pub fn wants_tags(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Tag(_)))
    }

    /// The path for one account.
    #[must_use]
    pub fn fill(&self, facts: Facts<'_>) -> String {
        let mut path = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => path.push_str(text),
                Part::Name => path.push_str(&slug(facts.name).unwrap_or_else(|| facts.id.into())),
                Part::Ou if facts.units.is_empty() => path.push_str(ROOT),
                Part::Ou => {
                    for (at, unit) in facts.units.iter().enumerate() {
                        let between = if at > 0 { "/" } else { "" };
                        let unit = slug(unit).unwrap_or_else(|| "unit".to_owned());
                        let _ = write!(path, "{between}{unit}");
                    }
                }
                Part::Tag(tag) => {
                    let value = facts.tags.and_then(|tags| tags.get(tag));
                    let slug = value.and_then(|value| slug(value));
                    path.push_str(slug.as_deref().unwrap_or(UNTAGGED));
                }
            }
        }
        path
    }
}

/// Whether a file of this name is read.
fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// A text as part of a file's name: letters and digits, small, with hyphens between. None where it
/// has neither.
#[must_use]
pub fn slug(text: &str) -> Option<String> {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    // A name may have 255 bytes, also on the file systems of others.
    let mut end = slug.len().min(100);
    while !slug.is_char_boundary(end) {
        end -= 1;
    }
    slug.truncate(end);
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(pattern: &str, name: &str, units: &[&str], tags: &[(&str, &str)]) -> String {
        let units: Vec<String> = units.iter().map(|&unit| unit.to_owned()).collect();
        let tags = tags
            .iter()
            .map(|&(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        FilePattern::parse(pattern).unwrap().fill(Facts {
            id: "210987654321",
            name,
            units: &units,
            tags: Some(&tags),
        })
    }

    #[test]
    fn patterns_are_filled() {
        let pattern = "estate/{ou}/{tag:team}-{name}.yaml";
        assert_eq!(
            fill(
                pattern,
                "Shop (Prod)",
                &["Work Loads", "Éire/2"],
                &[("team", "Pay & Go")]
            ),
            "estate/work-loads/éire-2/pay-go-shop-prod.yaml"
        );
        assert_eq!(
            fill(pattern, "🚀", &[], &[("Team", "x")]),
            "estate/root/untagged-210987654321.yaml"
        );
        assert_eq!(fill("a.yml", "x", &[], &[]), "a.yml");
    }

    #[test]
    fn nothing_that_is_filled_in_leaves_its_folder() {
        assert_eq!(
            fill(
                "estate/{ou}/{name}.yaml",
                "../../etc/passwd",
                &["..", ".hidden"],
                &[]
            ),
            "estate/unit/hidden/etc-passwd.yaml"
        );
        assert!(fill("e/{name}.yaml", &"ü".repeat(500), &[], &[]).len() < 120);
    }

    #[test]
    fn malformed_patterns_are_told_apart() {
        let said = |text| FilePattern::parse(text).unwrap_err();
        assert_eq!(said("a/{team}.yaml"), "`{team}` is nothing that is known");
        assert_eq!(said("a/{tag:}.yaml"), "`{tag:}` is nothing that is known");
        assert_eq!(said("a/{ou.yaml"), "a brace has no partner");
        assert_eq!(said("a}.yaml"), "a brace has no partner");
        assert_eq!(said("a/{ou}"), "it does not end with `.yaml` or `.yml`");
        assert_eq!(said(""), "it does not end with `.yaml` or `.yml`");
    }

    #[test]
    fn what_must_be_asked_is_known() {
        let pattern = |text| FilePattern::parse(text).unwrap();
        assert!(pattern("{ou}.yaml").wants_units() && !pattern("{ou}.yaml").wants_tags());
        assert!(pattern("{tag:a}.yaml").wants_tags() && !pattern("{name}.yaml").wants_units());
    }
}
