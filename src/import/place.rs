//! Places: which file an account is declared in.

use std::collections::BTreeMap;

use crate::config::pattern::{Facts, FilePattern, slug};
use crate::config::problem::FileId;
use crate::config::project::Project;
use crate::config::reach;
use crate::config::rules::Ownership;
use crate::config::source::PROJECT_FILE_NAME;

use super::Undeclared;

/// Why an account has no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CannotPlace {
    pub code: &'static str,
    pub message: String,
    /// What to do.
    pub help: String,
}

impl CannotPlace {
    /// A file that accounts cannot be declared in.
    pub(super) fn unfit(path: &str, cause: &str) -> Self {
        Self {
            code: "import.file",
            message: format!("no account can be declared in `{path}`: {cause}"),
            help: "name another file with `--file`, or with `import:` in bursar.yaml".to_owned(),
        }
    }
}

/// The places of one organization's accounts.
pub(super) struct Places<'p> {
    project: &'p Project,
    pattern: Option<&'p FilePattern>,
    usual: String,
    folders: Vec<String>,
    ownership: Ownership<'p>,
}

impl<'p> Places<'p> {
    pub(super) fn new(
        project: &'p Project,
        organization: u32,
        pattern: Option<&'p FilePattern>,
    ) -> Self {
        let settings = project.settings();
        let here = || vec![".".to_owned()];
        let folders = settings.sources.clone().unwrap_or_else(here);
        Self {
            project,
            pattern,
            usual: usual(project, organization, &folders),
            folders,
            ownership: Ownership::of(settings),
        }
    }

    /// The file of one account.
    pub(super) fn of(&self, one: &Undeclared) -> Result<String, CannotPlace> {
        let Some(pattern) = self.pattern else {
            return Ok(self.usual.clone());
        };
        let account = &one.account;
        if pattern.wants_units() && one.units.is_none() {
            return Err(CannotPlace {
                code: "import.listing",
                message: format!(
                    "the listing does not say which organizational units {} is in, and `{{ou}}` \
                     asks for them",
                    account.id
                ),
                help: "use a pattern without `{ou}`, for example `--file estate/{name}.yaml`"
                    .to_owned(),
            });
        }
        Ok(pattern.fill(Facts {
            id: &account.id,
            name: &account.name,
            units: one.units.as_deref().unwrap_or_default(),
            tags: one.tags.as_ref(),
        }))
    }

    /// Whether accounts can be declared in a file.
    pub(super) fn check(&self, path: &str) -> Result<(), CannotPlace> {
        let unfit = |cause: &str| CannotPlace::unfit(path, cause);
        // `files:` says nothing of the project file.
        if let Some(may) = self
            .ownership
            .may(path)
            .filter(|_| path != PROJECT_FILE_NAME)
            && !may.sections.contains("accounts")
        {
            let list: Vec<&str> = may.sections.iter().copied().collect();
            let says = if list.is_empty() {
                "nothing".to_owned()
            } else {
                list.join(", ")
            };
            let mut unfit = unfit(&format!(
                "`files:` in bursar.yaml lets `{}` declare {says}",
                may.glob
            ));
            unfit.help += &format!("; or let it: {} in bursar.yaml", may.with("accounts"));
            return Err(unfit);
        }
        reach::on_disk(&self.project.sources.root, &self.folders, path)
            .map_err(|cause| unfit(&cause))
    }
}

/// The file that holds most of an organization's accounts; where there are none, one of its own in the
/// first of the source folders.
fn usual(project: &Project, organization: u32, folders: &[String]) -> String {
    let declaration = &project.estate.declaration;
    let mut counts: BTreeMap<FileId, usize> = BTreeMap::new();
    for (entry, resolved) in declaration.accounts.iter().zip(&project.estate.accounts) {
        if resolved.organization == Some(organization) {
            *counts.entry(entry.file).or_default() += 1;
        }
    }
    let most = counts
        .iter()
        .max_by_key(|(file, count)| (**count, std::cmp::Reverse(**file)));
    if let Some(source) = most.and_then(|(file, _)| project.sources.get(*file)) {
        return source.path.clone();
    }
    let name = &declaration.organizations.entries()[organization as usize].key;
    let file = slug(name).map_or_else(
        || "accounts.yaml".to_owned(),
        |name| format!("accounts-{name}.yaml"),
    );
    let folder = folders.first().map_or("", |folder| {
        folder.trim_start_matches("./").trim_end_matches('/')
    });
    match folder {
        "" | "." => file,
        folder => format!("{folder}/{file}"),
    }
}
