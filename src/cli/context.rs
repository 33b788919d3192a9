//! What every command is given: where it runs, the time, and the way to print.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config::project::{self, Project};
use crate::config::source::{self, PROJECT_FILE_NAME};
use crate::report::Printer;
use crate::report::diagnostics::{Paths, human};

use super::exit::Exit;
use super::failure::Failure;

/// What every command is given.
pub struct Context {
    /// The folder that the command was started for (`-C`), absolute.
    pub directory: PathBuf,
    /// The moment that this run takes for now.
    pub now: Timestamp,
    pub printer: Printer,
}

impl Context {
    /// # Errors
    /// Where the folder cannot be entered.
    pub fn new(
        directory: Option<&Path>,
        now: Timestamp,
        printer: Printer,
    ) -> Result<Self, Failure> {
        let wanted = directory.unwrap_or(Path::new("."));
        let directory = dunce::canonicalize(wanted)
            .and_then(|path| {
                if path.is_dir() {
                    Ok(path)
                } else {
                    Err(std::io::ErrorKind::NotADirectory.into())
                }
            })
            .map_err(|cause| {
                Failure::new(format!("cannot go to {}: {cause}", wanted.display()))
                    .help("give an existing folder to `-C`")
            })?;
        Ok(Self {
            directory,
            now,
            printer,
        })
    }

    /// The project's folder: the nearest one upwards with a `bursar.yaml`.
    ///
    /// # Errors
    /// `project.missing`.
    pub fn root(&self) -> Result<PathBuf, Failure> {
        source::find_project(&self.directory).ok_or_else(|| {
            Failure::new(format!(
                "no {PROJECT_FILE_NAME} in {} or any folder above it",
                self.directory.display()
            ))
            .code("project.missing")
            .help("`bursar init` makes a project here; `bursar -C DIR` works in another folder")
        })
    }

    /// Reads the project around the folder, with everything that is wrong with it. Prints nothing.
    ///
    /// # Errors
    /// `project.missing`.
    pub fn read(&self) -> Result<Project, Failure> {
        let root = self.root()?;
        Ok(project::load(&root, &super::session::surroundings(&root)))
    }

    /// Reads the project for a command that needs a sound one: tells its errors and warnings on
    /// standard error.
    ///
    /// # Errors
    /// `project.missing`, or where the project has errors (told already).
    pub fn sound_project(&mut self) -> Result<Project, Failure> {
        let project = self.read()?;
        self.sound(project)
    }

    /// A project that was read, if it has no errors; what is wrong with it goes to standard error.
    pub fn sound(&mut self, project: Project) -> Result<Project, Failure> {
        if !project.diagnostics.is_empty() {
            let paths = self.paths(&project.sources.root);
            let report = human::render(
                &project.diagnostics,
                &project.sources,
                &paths,
                self.printer.err_look(),
            );
            self.printer.note(&report);
        }
        if project.has_errors() {
            return Err(Failure::reported(Exit::Error));
        }
        Ok(project)
    }

    /// How paths of the project are shown to people: from the folder that they are in.
    #[must_use]
    pub fn paths(&self, root: &Path) -> Paths {
        let here = std::env::current_dir().and_then(dunce::canonicalize);
        Paths::seen_from(here.ok().as_deref(), root)
    }
}
