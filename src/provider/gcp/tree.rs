//! The tree of an organization: its folders and projects, as far as a session sees them.

use std::collections::HashMap;

use super::client::resource_manager::{Folder, Project};

/// More folders than this are in no way from a project to its organization (Google allows ten).
const DEEPEST: usize = 32;

/// Projects and folders, of whatever organization.
#[derive(Debug, Default)]
pub struct Tree {
    projects: Vec<Project>,
    /// Places in `projects`, by id.
    places: HashMap<String, usize>,
    folders: HashMap<String, Folder>,
}

/// What a project belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home<'t> {
    /// The organization with this id.
    Organization(&'t str),
    /// None: somebody made it without one.
    Nobody,
    /// A folder that the session does not see.
    Unseen(&'t str),
}

impl Tree {
    #[must_use]
    pub fn new(projects: Vec<Project>, folders: Vec<Folder>) -> Self {
        let places = projects.iter().enumerate();
        Self {
            places: places
                .map(|(at, one)| (one.project_id.clone(), at))
                .collect(),
            folders: folders
                .into_iter()
                .map(|one| (one.name.clone(), one))
                .collect(),
            projects,
        }
    }

    #[must_use]
    pub fn project(&self, id: &str) -> Option<&Project> {
        self.places.get(id).map(|at| &self.projects[*at])
    }

    /// The name of a folder, by its number.
    #[must_use]
    pub fn folder(&self, number: &str) -> Option<&str> {
        let folder = self.folders.get(&format!("folders/{number}"))?;
        Some(&folder.display_name)
    }

    /// What a project belongs to, and the numbers of the folders between, from the outermost on.
    #[must_use]
    pub fn way<'t>(&'t self, project: &'t Project) -> (Home<'t>, Vec<&'t str>) {
        let mut folders = Vec::new();
        let mut parent = project.parent.as_str();
        let home = loop {
            if let Some(id) = parent.strip_prefix("organizations/") {
                break Home::Organization(id);
            }
            if parent.is_empty() {
                break Home::Nobody;
            }
            match self.folders.get(parent) {
                Some(folder) if folders.len() < DEEPEST => {
                    folders.push(parent.strip_prefix("folders/").unwrap_or(parent));
                    parent = &folder.parent;
                }
                _ => break Home::Unseen(parent),
            }
        };
        folders.reverse();
        (home, folders)
    }

    /// The projects of an organization, and those that may be in it, in folders that are not seen.
    pub fn of<'t>(&'t self, organization: &'t str) -> impl Iterator<Item = &'t Project> {
        self.projects
            .iter()
            .filter(move |project| match self.way(project).0 {
                Home::Organization(id) => id == organization,
                Home::Unseen(_) => true,
                Home::Nobody => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(id: &str, parent: &str) -> Project {
        Project {
            project_id: id.to_owned(),
            parent: parent.to_owned(),
            ..Project::default()
        }
    }

    fn folder(number: &str, parent: &str) -> Folder {
        Folder {
            name: format!("folders/{number}"),
            display_name: format!("Folder {number}"),
            parent: parent.to_owned(),
        }
    }

    #[test]
    fn a_way_leads_through_folders_to_an_organization_or_ends() {
        let tree = Tree::new(
            vec![
                project("deep", "folders/2"),
                project("flat", "organizations/7"),
                project("lone", ""),
                project("hidden", "folders/9"),
                project("other", "organizations/8"),
                project("loop", "folders/3"),
            ],
            vec![
                folder("1", "organizations/7"),
                folder("2", "folders/1"),
                folder("3", "folders/3"),
            ],
        );
        let way = |id| tree.way(tree.project(id).unwrap());
        assert_eq!(way("deep"), (Home::Organization("7"), vec!["1", "2"]));
        assert_eq!(way("flat"), (Home::Organization("7"), vec![]));
        assert_eq!(way("lone").0, Home::Nobody);
        assert_eq!(way("hidden").0, Home::Unseen("folders/9"));
        assert!(matches!(way("loop").0, Home::Unseen(_)));
        let of: Vec<_> = tree.of("7").map(|one| one.project_id.as_str()).collect();
        assert_eq!(of, ["deep", "flat", "hidden", "loop"]);
        assert_eq!(tree.folder("2"), Some("Folder 2"));
    }
}
