//! Places: which file something new is declared in.

use std::collections::BTreeMap;

use super::CannotWrite;
use crate::config::declaration::Section;
use crate::config::problem::FileId;
use crate::config::project::Project;
use crate::config::rules::Ownership;
use crate::config::source::PROJECT_FILE_NAME;

/// A place that was found.
pub(super) struct Found {
    pub path: String,
    pub why: String,
    /// What it comes near to within the file.
    pub near: Vec<String>,
}

/// The places of what is declared, and of what this plan adds.
pub(super) struct Places<'p> {
    ownership: Ownership<'p>,
    /// By code: path, and the parent that it has in the end.
    centers: BTreeMap<String, (String, Option<String>)>,
    /// By year and code: path.
    budgets: BTreeMap<(String, String), String>,
    /// The file for what is alone of its kind.
    usual: String,
}

impl<'p> Places<'p> {
    pub(super) fn new(project: &'p Project) -> Self {
        let declaration = &project.estate.declaration;
        let path = |file: FileId| {
            let source = project.sources.get(file);
            source.map_or_else(String::new, |source| source.path.clone())
        };
        let center = |entry: &crate::config::declaration::Entry<crate::model::spec::CostCenter>| {
            let parents = entry.value.parent.as_ref();
            let parent = parents.and_then(|parents| parents.codes().last().map(str::to_owned));
            let place = (path(entry.file), parent);
            (entry.key.to_string(), place)
        };
        let budget = |entry: &crate::config::declaration::Entry<crate::model::spec::Budget>| {
            let year = entry.year.as_deref().unwrap_or_default();
            ((year.to_owned(), entry.key.to_string()), path(entry.file))
        };
        Self {
            ownership: Ownership::of(project.settings()),
            centers: declaration.cost_centers.iter().map(center).collect(),
            budgets: declaration.budgets.iter().map(budget).collect(),
            usual: usual(project),
        }
    }

    /// Beside its siblings, else beside its parent, else where most cost centres are.
    pub(super) fn of_center(
        &mut self,
        code: &str,
        parent: Option<&str>,
    ) -> Result<Found, CannotWrite> {
        let siblings: Vec<(&str, &str)> = self
            .centers
            .iter()
            .filter(|(_, (_, of))| of.as_deref() == parent)
            .map(|(code, (path, _))| (code.as_str(), path.as_str()))
            .collect();
        let near = |path: &str| {
            let here = siblings.iter().filter(|(_, of)| *of == path);
            here.map(|(code, _)| (*code).to_owned()).collect()
        };
        let mut choices: Vec<(String, String, Vec<String>)> = Vec::new();
        if let Some(path) = most(siblings.iter().map(|(_, path)| *path)) {
            let why = match parent {
                Some(parent) => format!("beside the others below {parent}"),
                None => "beside the others without a parent".to_owned(),
            };
            choices.push((path.to_owned(), why, near(path)));
        }
        if let Some((parent, (path, _))) = parent.and_then(|code| self.centers.get_key_value(code))
        {
            let why = format!("beside its parent {parent}");
            choices.push((path.clone(), why, vec![parent.clone()]));
        }
        if let Some(path) = most(self.centers.values().map(|(path, _)| path.as_str())) {
            let why = "where most cost centres are".to_owned();
            choices.push((path.to_owned(), why, Vec::new()));
        }
        if let Some(path) = most(self.budgets.values().map(String::as_str)) {
            choices.push((
                path.to_owned(),
                "where the budgets are".to_owned(),
                Vec::new(),
            ));
        }
        let found = self.choose(choices, Section::CostCenters)?;
        let place = (found.path.clone(), parent.map(str::to_owned));
        self.centers.insert(code.to_owned(), place);
        Ok(found)
    }

    /// Beside the others of its year, else where those of other years are, else beside its cost centre.
    pub(super) fn of_budget(&mut self, code: &str, year: &str) -> Result<Found, CannotWrite> {
        let of_year = |wanted: &str| {
            let here = self.budgets.iter().filter(|((year, _), _)| year == wanted);
            most(here.map(|(_, path)| path.as_str()))
        };
        let mut choices: Vec<(String, String, Vec<String>)> = Vec::new();
        if let Some(path) = of_year(year) {
            let why = format!("beside the others of {year}");
            choices.push((path.to_owned(), why, Vec::new()));
        }
        // The last year before it, else the first one after.
        let mut years: Vec<&str> = self.budgets.keys().map(|(year, _)| year.as_str()).collect();
        years.dedup();
        let before = years.iter().rev().find(|other| **other < year);
        if let Some(other) = before.or(years.iter().find(|other| **other > year))
            && let Some(path) = of_year(other)
        {
            let why = format!("where those of {other} are");
            choices.push((path.to_owned(), why, Vec::new()));
        }
        if let Some((path, _)) = self.centers.get(code) {
            let why = "beside its cost centre".to_owned();
            choices.push((path.clone(), why, Vec::new()));
        }
        let found = self.choose(choices, Section::Budgets)?;
        let key = (year.to_owned(), code.to_owned());
        self.budgets.insert(key, found.path.clone());
        Ok(found)
    }

    /// The first that may declare such a section.
    fn choose(
        &self,
        choices: Vec<(String, String, Vec<String>)>,
        section: Section,
    ) -> Result<Found, CannotWrite> {
        let usual = (
            self.usual.clone(),
            "there are no others yet".to_owned(),
            Vec::new(),
        );
        let may = |path: &str| {
            let may = self
                .ownership
                .may(path)
                .filter(|_| path != PROJECT_FILE_NAME);
            may.is_none_or(|may| may.sections.contains(section.as_str()))
        };
        let mut all = choices.into_iter().chain([usual]);
        let found = all.find(|(path, ..)| may(path));
        found
            .map(|(path, why, near)| Found { path, why, near })
            .ok_or_else(|| CannotWrite {
                message: format!(
                    "`files:` in bursar.yaml lets no file that fits declare {}",
                    section.as_str()
                ),
                help: format!(
                    "let one: `files: {{\"{}\": [{}]}}`",
                    self.usual,
                    section.as_str()
                ),
            })
    }
}

/// What comes most often; of several the first by name.
fn most<'a>(paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in paths {
        *counts.entry(path).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|(path, count)| (*count, std::cmp::Reverse(*path)));
    most.map(|(path, _)| path)
}

/// `finance.yaml` in the first of the folders that are read.
fn usual(project: &Project) -> String {
    let sources = project.settings().sources.as_ref();
    let folder = sources.and_then(|sources| sources.first());
    let folder = folder.map_or("", |folder| {
        folder.trim_start_matches("./").trim_end_matches('/')
    });
    match folder {
        "" | "." => "finance.yaml".to_owned(),
        folder => format!("{folder}/finance.yaml"),
    }
}
