//! Planning: what the files of a project must say so that it means other rows. Which file and which field;
//! how a file's text changes is the matter of [`format::patch`](crate::config::format::patch).

mod budgets;
mod centers;
mod places;
mod workspaces;

use std::collections::BTreeMap;

use super::compare::What;
use super::rows::Sheets;
use crate::config::format::{Entries, Patch, Place};
use crate::config::problem::FileId;
use crate::config::project::Project;

use places::Places;

/// What becomes of each file.
#[derive(Debug, Default)]
pub struct Plan {
    /// By path from the project's folder; a path that is not among the sources is a new file.
    pub files: BTreeMap<String, Entries>,
    pub placed: Vec<Placed>,
}

/// Where something new is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub what: What,
    pub path: String,
    /// A clause.
    pub why: String,
}

/// Why the files cannot say it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CannotWrite {
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Plan {
    /// What changes in the files of a project, which mean `now`, so that they mean `wanted`.
    ///
    /// # Errors
    /// Where the language has no way of saying it, or no file may.
    pub fn of(project: &Project, now: &Sheets, wanted: &Sheets) -> Result<Self, CannotWrite> {
        let mut planner = Planner {
            project,
            places: Places::new(project),
            plan: Self::default(),
        };
        let different = now.differences(wanted);
        planner.centers(now, wanted, &different)?;
        planner.budgets(now, wanted, &different)?;
        planner.workspaces(wanted, &different)?;
        Ok(planner.plan)
    }
}

struct Planner<'p> {
    project: &'p Project,
    places: Places<'p>,
    plan: Plan,
}

impl Planner<'_> {
    fn path(&self, file: FileId) -> String {
        let source = self.project.sources.get(file);
        source.map_or_else(String::new, |source| source.path.clone())
    }

    fn put(&mut self, path: String, at: &[&str], patch: Patch) {
        let new = || Entries {
            place: Place::Fields(&["cost_centers", "budgets", "accounts"]),
            ..Entries::default()
        };
        let file = self.plan.files.entry(path).or_insert_with(new);
        file.put(at, patch);
    }
}
