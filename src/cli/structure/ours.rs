//! Ours: where the values stand that a workbook is in conflict with, and who wrote them.

use std::collections::HashMap;

use crate::config::declaration::{Entry, Section};
use crate::config::project::Project;
use crate::engine::desired::SourceRef;
use crate::git::{Blame, GitRepo};
use crate::model::record::Provenance;
use crate::model::time::Month;
use crate::planning::Lines;
use crate::report::structure::Ours;
use crate::structure::Tree;
use crate::workbook::compare::{Compared, What};

/// Of each conflict, then of each thing that changed and lost its row; in their order.
pub fn of(project: &Project, compared: &Compared, deletes: bool, month: Month) -> Vec<Ours> {
    let lost = compared.missing.iter();
    // Accounts are never deleted.
    let is_account = |what: &What| matches!(what, What::Workspace { .. });
    let lost = lost.filter(|missing| deletes && missing.changed && !is_account(&missing.what));
    let conflicts = compared.conflicts.iter();
    let all: Vec<(&What, &str)> = conflicts
        .map(|edit| (&edit.what, edit.field))
        .chain(lost.map(|missing| (&missing.what, "")))
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let finder = Finder {
        project,
        lines: Lines::new(project),
        month,
        accounts: accounts(project),
    };
    let git = GitRepo::discover(&project.sources.root)
        .inspect_err(|error| tracing::debug!("{error}"))
        .ok();
    let mut files: HashMap<String, Option<Blame<'_>>> = HashMap::new();
    let ours = |(what, field): (&What, &str)| {
        let at = finder.find(what, field);
        let touched = git.as_ref().and_then(|git| {
            let (path, line) = (at.file.as_deref()?, at.line?);
            let blame = files.entry(path.to_owned()).or_insert_with(|| {
                let mut sources = project.sources.files.iter();
                let source = sources.find(|source| source.path == path)?;
                let blame = git.blame(path, &source.bytes);
                blame.inspect_err(|error| tracing::debug!("{error}")).ok()
            });
            Some(blame.as_ref()?.line(line as usize))
        });
        Ours { at, touched }
    };
    all.into_iter().map(ours).collect()
}

/// The places of accounts by provider and id.
fn accounts(project: &Project) -> HashMap<(String, String), usize> {
    let resolved = project.estate.accounts.iter().zip(0..);
    resolved
        .filter_map(|(resolved, at)| {
            let provider = resolved.provider?.as_str().to_owned();
            Some(((provider, resolved.id.to_string()), at))
        })
        .collect()
}

struct Finder<'p> {
    project: &'p Project,
    lines: Lines<'p>,
    month: Month,
    accounts: HashMap<(String, String), usize>,
}

impl Finder<'_> {
    /// The line that declares a value now; that of the whole where nothing does.
    fn find(&self, what: &What, field: &str) -> Provenance {
        let declaration = &self.project.estate.declaration;
        match what {
            What::CostCenter(code) => {
                let table = &declaration.cost_centers;
                let path = match field {
                    "Manager e-mail" => "manager.email",
                    "Manager Name" => "manager.name",
                    "Cost Center Name" => "name",
                    "Parent Code" => "parent",
                    "From" => "from",
                    "To" => "to",
                    "Alert 1 %" => "alerts",
                    _ => "",
                };
                // A manager may be that of a cost centre above.
                let tree = Tree::of(table, self.month);
                let named = tree.place(code).and_then(|at| tree.manager(at));
                let code = match named {
                    Some((_, names)) if path.starts_with("manager") => names,
                    _ => code.as_str(),
                };
                self.field(Section::CostCenters, table.get(code), path)
            }
            What::Budget { code, year } => {
                let mut budgets = declaration.budgets.iter();
                let entry = budgets.find(|entry| {
                    *entry.key == **code && entry.year.as_deref() == Some(year.as_str())
                });
                let path = if field == "Currency" { "currency" } else { "" };
                self.field(Section::Budgets, entry, path)
            }
            What::Workspace { provider, id } => {
                let at = self.accounts.get(&(provider.clone(), id.clone()));
                let entry = at.and_then(|at| declaration.accounts.entries().get(*at));
                let origin = entry.and_then(|entry| self.lines.of_period(entry, None));
                match origin {
                    Some(origin) => origin.at,
                    None => self.field(Section::Accounts, entry, ""),
                }
            }
        }
    }

    fn field<T>(&self, section: Section, entry: Option<&Entry<T>>, path: &str) -> Provenance {
        let Some(entry) = entry else {
            return Provenance::default();
        };
        let source = SourceRef {
            section,
            file: entry.file,
            offset: entry.span.start,
        };
        self.lines.of_field(&source, path)
    }
}
