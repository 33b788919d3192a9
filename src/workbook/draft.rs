//! A draft: the files as they would be, worked out and judged before the first is written.

use super::compare::What;
use super::plan::{CannotWrite, Placed, Plan};
use super::rows::Sheets;
use crate::config::format::{self, Entries};
use crate::config::project::{self, Project, Surroundings};
use crate::config::scaffold::SCHEMA_FILE_NAME;
use crate::config::source::Source;
use crate::model::time::Month;

/// The files as they would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Those that change, by path.
    pub files: Vec<FileDraft>,
    pub placed: Vec<Placed>,
}

/// One file as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDraft {
    /// From the project's folder, with `/`.
    pub path: String,
    /// The text as it is; none where there is no such file.
    pub before: Option<String>,
    pub after: String,
}

impl Draft {
    /// The files of a project, which mean `now`, so that they mean `wanted`.
    ///
    /// # Errors
    /// Where they cannot say it, or not without changing more.
    pub fn of(project: &Project, now: &Sheets, wanted: &Sheets) -> Result<Self, CannotWrite> {
        let plan = Plan::of(project, now, wanted)?;
        let mut files = Vec::new();
        for (path, entries) in &plan.files {
            let file = patched(project, path, entries)?;
            if file.before.as_ref() != Some(&file.after) {
                files.push(file);
            }
        }
        Ok(Self {
            files,
            placed: plan.placed,
        })
    }

    /// The project as it would be: what is wrong with it is in its diagnostics.
    #[must_use]
    pub fn judged(&self, project: &Project, surroundings: &Surroundings) -> Project {
        let text = |source: &Source| {
            let changed = self.files.iter().find(|file| file.path == source.path);
            let bytes = changed.map_or_else(
                || source.bytes.clone(),
                |file| file.after.clone().into_bytes(),
            );
            let path = source.path.clone();
            Source { path, bytes }
        };
        let mut texts: Vec<Source> = project.sources.files.iter().map(text).collect();
        let new = self.files.iter().filter(|file| file.before.is_none());
        texts.extend(new.map(|file| Source {
            path: file.path.clone(),
            bytes: file.after.clone().into_bytes(),
        }));
        if let Some(others) = texts.get_mut(1..) {
            others.sort_by(|a, b| a.path.cmp(&b.path));
        }
        project::load_texts(&project.sources.root, texts, surroundings)
    }

    /// What the project would say otherwise than it should.
    #[must_use]
    pub fn amiss(judged: &Project, wanted: &Sheets, month: Month) -> Vec<What> {
        wanted.differences(&Sheets::of(&judged.estate, month))
    }
}

fn patched(project: &Project, path: &str, entries: &Entries) -> Result<FileDraft, CannotWrite> {
    let mut sources = project.sources.files.iter();
    let Some(source) = sources.find(|source| source.path == path) else {
        let schema = project.sources.root.join(SCHEMA_FILE_NAME);
        let top = if schema.is_file() {
            let up = "../".repeat(path.matches('/').count());
            format!("# yaml-language-server: $schema={up}{SCHEMA_FILE_NAME}\n\n")
        } else {
            String::new()
        };
        return Ok(FileDraft {
            path: path.to_owned(),
            before: None,
            after: format::patched_new(&top, entries),
        });
    };
    let before = std::str::from_utf8(&source.bytes).unwrap_or_default();
    let after = format::patch(before, entries).map_err(|error| CannotWrite {
        message: format!("{path}:{} cannot be changed: {}", error.line, error.why),
        help: error.help,
    })?;
    Ok(FileDraft {
        path: path.to_owned(),
        before: Some(before.to_owned()),
        after,
    })
}
