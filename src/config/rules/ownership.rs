//! A file declares only what `files:` in bursar.yaml lets it declare.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobMatcher};
use rayon::prelude::*;

use super::support::shown;
use super::{Context, Rule};
use crate::config::declaration::{PROJECT_FILE, Section, Table};
use crate::config::problem::{At, FileId, Problem};
use crate::model::settings::Settings;

pub const RULE: Rule = Rule {
    name: "ownership",
    codes: &["files.ownership"],
    check,
};

/// What `files:` says of paths.
pub struct Ownership<'s>(Vec<(&'s str, GlobMatcher, &'s [String])>);

/// What one path may declare.
pub struct May<'s> {
    /// The first pattern that says so.
    pub glob: &'s str,
    pub sections: BTreeSet<&'s str>,
}

impl<'s> Ownership<'s> {
    /// As the settings say. A malformed pattern is left out: another rule speaks of it.
    #[must_use]
    pub fn of(settings: &'s Settings) -> Self {
        let matcher = |(glob, sections): (&'s String, &'s Vec<String>)| {
            let matcher = GlobBuilder::new(glob).literal_separator(true).build().ok()?;
            Some((glob.as_str(), matcher.compile_matcher(), sections.as_slice()))
        };
        Self(settings.files.iter().filter_map(matcher).collect())
    }

    /// What a path may declare; none where it may declare all.
    #[must_use]
    pub fn may(&self, path: &str) -> Option<May<'s>> {
        let matching = || self.0.iter().filter(|(_, glob, _)| glob.is_match(path));
        let (glob, ..) = matching().next()?;
        // What any pattern lets it declare, it may declare.
        let mut sections: BTreeSet<&str> = matching()
            .flat_map(|(_, _, sections)| sections.iter().map(String::as_str))
            .collect();
        // Defaults are part of the accounts that they stand above.
        if sections.contains("accounts") {
            sections.insert("defaults");
        }
        Some(May { glob, sections })
    }
}

impl May<'_> {
    /// The setting that would let it declare one section more.
    #[must_use]
    pub fn with(&self, section: &str) -> String {
        let all: Vec<&str> = self.sections.iter().copied().chain([section]).collect();
        format!("`files: {{{}: [{}]}}`", shown(self.glob), all.join(", "))
    }
}

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    let ownership = Ownership::of(&declaration.settings);
    if ownership.0.is_empty() {
        return;
    }
    for (file, sections) in sections(context) {
        let Some(source) = context.sources.get(file).filter(|_| file != PROJECT_FILE) else {
            continue;
        };
        let Some(may) = ownership.may(&source.path) else {
            continue;
        };
        for section in sections
            .iter()
            .filter(|section| !may.sections.contains(section.as_str()))
        {
            let section = section.as_str();
            let list: Vec<&str> = may.sections.iter().copied().collect();
            let said = if list.is_empty() {
                "nothing".to_owned()
            } else {
                list.join(", ")
            };
            problems.push(
                Problem::error(
                    "files.ownership",
                    At::file(file).key(section).name(),
                    format!("`{}` may not declare `{section}`", shown(&source.path)),
                    format!(
                        "move it to a file that may, or let this one: {} in bursar.yaml",
                        may.with(section)
                    ),
                )
                .label(format!("may declare: {said}"))
                .related(At::file(PROJECT_FILE).key("files").key(may.glob).name(), "says so"),
            );
        }
    }
}

/// Which sections each file has.
fn sections(context: Context<'_>) -> BTreeMap<FileId, BTreeSet<Section>> {
    let declaration = &context.estate.declaration;
    let mut found: BTreeMap<FileId, BTreeSet<Section>> = BTreeMap::new();
    let mut add = |section: Section, files: BTreeSet<FileId>| {
        for file in files {
            found.entry(file).or_default().insert(section);
        }
    };
    fn files<T: Sync>(table: &Table<T>) -> BTreeSet<FileId> {
        table
            .entries()
            .par_chunks(8192)
            .map(|chunk| {
                chunk
                    .iter()
                    .map(|entry| entry.file)
                    .collect::<BTreeSet<_>>()
            })
            .reduce(BTreeSet::new, |mut a, b| {
                a.extend(b);
                a
            })
    }
    add(Section::Credentials, files(&declaration.credentials));
    add(Section::Organizations, files(&declaration.organizations));
    add(Section::Payers, files(&declaration.payers));
    add(Section::Accounts, files(&declaration.accounts));
    add(Section::CostCenters, files(&declaration.cost_centers));
    add(Section::Budgets, files(&declaration.budgets));
    add(Section::SharedCosts, files(&declaration.shared_costs));
    add(Section::Removed, files(&declaration.removed));
    add(
        Section::Defaults,
        declaration.defaults.keys().copied().collect(),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found_in, project};
    use super::*;

    #[test]
    fn files_declare_what_they_may() {
        let settings = "version: 1
files: {teams/**: [accounts], teams/finance/*: [cost_centers], '**/*.yml': [budgets]}
organizations: {core: {provider: aws, id: o-abcdefghij}}
";
        let accounts = "defaults: {organization: core}\naccounts: {a: A}\n";
        let centers = "cost_centers: {A: {name: A}}\naccounts: {b: {organization: core}}\n";
        let other = "cost_centers: {B: {name: B}}\n";
        let files = [
            ("bursar.yaml", settings),
            ("teams/a.yaml", accounts),
            ("teams/finance/b.yaml", centers),
            ("other.yaml", other),
            ("teams/c.yaml", "cost_centers: {C: {name: C}}\n"),
        ];
        assert_eq!(
            found_in(&RULE, &files),
            ["files.ownership 4: ~cost_centers"]
        );
        let problems = super::super::testing::ask(&project(&files), &RULE);
        assert!(
            problems[0].help.ends_with(
                "`files: {teams/**: [accounts, defaults, cost_centers]}` in bursar.yaml"
            )
        );
    }
}
