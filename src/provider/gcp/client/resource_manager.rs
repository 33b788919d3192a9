//! Cloud Resource Manager v3: projects, folders, and what may be done with them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Session, escaped, pages, test_permissions};
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

const SERVICE: &str = "cloudresourcemanager";

const SEARCH_PROJECTS: Call = Call {
    name: "ResourceManager:SearchProjects",
    action: "resourcemanager.projects.get",
};
const SEARCH_FOLDERS: Call = Call {
    name: "ResourceManager:SearchFolders",
    action: "resourcemanager.folders.get",
};
const TEST_ORGANIZATION: Call = Call {
    name: "ResourceManager:TestIamPermissions",
    action: "cloudresourcemanager.organizations.testIamPermissions",
};
const TEST_PROJECT: Call = Call {
    name: "ResourceManager:TestIamPermissions",
    action: "cloudresourcemanager.projects.testIamPermissions",
};

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Project {
    /// `projects/NUMBER`.
    pub name: String,
    pub project_id: String,
    pub display_name: String,
    /// `organizations/N` or `folders/N`; empty where it belongs to nobody.
    pub parent: String,
    pub labels: BTreeMap<String, String>,
    /// `ACTIVE` or `DELETE_REQUESTED`.
    pub state: String,
    #[serde(deserialize_with = "super::moment")]
    pub delete_time: Option<Timestamp>,
}

/// A folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Folder {
    /// `folders/N`.
    pub name: String,
    pub display_name: String,
    pub parent: String,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Page {
    projects: Vec<Project>,
    folders: Vec<Folder>,
    next_page_token: String,
}

/// All projects that the caller may see, of whatever organization.
pub async fn projects(session: &Session) -> Result<Vec<Project>, Trouble> {
    let mut all = Vec::new();
    pages!(
        session,
        SEARCH_PROJECTS,
        SERVICE,
        "/v3/projects:search",
        [("pageSize", "500")],
        Page,
        |page: Page| all.extend(page.projects)
    );
    Ok(all)
}

/// All folders that the caller may see.
pub async fn folders(session: &Session) -> Result<Vec<Folder>, Trouble> {
    let mut all = Vec::new();
    pages!(
        session,
        SEARCH_FOLDERS,
        SERVICE,
        "/v3/folders:search",
        [("pageSize", "500")],
        Page,
        |page: Page| all.extend(page.folders)
    );
    Ok(all)
}

/// Which of these permissions the caller has on an organization.
pub async fn test_organization(
    session: &Session,
    organization: &str,
    permissions: &[&str],
) -> Result<Vec<String>, Trouble> {
    let path = format!("/v3/organizations/{}", escaped(organization));
    test_permissions(session, &TEST_ORGANIZATION, SERVICE, &path, permissions).await
}

/// Which of these permissions the caller has on a project.
pub async fn test_project(
    session: &Session,
    project: &str,
    permissions: &[&str],
) -> Result<Vec<String>, Trouble> {
    let path = format!("/v3/projects/{}", escaped(project));
    test_permissions(session, &TEST_PROJECT, SERVICE, &path, permissions).await
}
