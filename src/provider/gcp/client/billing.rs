//! Cloud Billing v1: billing accounts, and the projects that they pay for.

use serde::Deserialize;

use super::{Session, escaped, pages, test_permissions, url};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::Trouble;

const SERVICE: &str = "cloudbilling";

const GET: Call = Call {
    name: "Billing:GetBillingAccount",
    action: "billing.accounts.get",
};
const LIST_PROJECTS: Call = Call {
    name: "Billing:ListProjectBillingInfo",
    action: "billing.resourceAssociations.list",
};
const GET_INFO: Call = Call {
    name: "Billing:GetProjectBillingInfo",
    action: "resourcemanager.projects.get",
};
const TEST: Call = Call {
    name: "Billing:TestIamPermissions",
    action: "cloudbilling.billingAccounts.testIamPermissions",
};

/// A billing account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Account {
    pub display_name: String,
    pub open: bool,
    /// ISO 4217; empty where Google does not say.
    pub currency_code: String,
    /// `billingAccounts/…` of a reseller, where this is one of its customers'.
    pub master_billing_account: String,
}

/// Who pays for a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Billed {
    pub project_id: String,
    /// `billingAccounts/…`; empty where nobody does.
    pub billing_account_name: String,
    /// Whether that account is open.
    pub billing_enabled: bool,
}

impl Billed {
    /// The id of the billing account, where there is one.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.billing_account_name.strip_prefix("billingAccounts/")
    }
}

/// A billing account.
pub async fn account(session: &Session, id: &str) -> Result<Account, Trouble> {
    let url = url(
        &GET,
        SERVICE,
        &format!("/v1/billingAccounts/{}", escaped(id)),
        &[],
    )?;
    session.http.json(&GET, Request::get(url), session).await
}

/// All projects that a billing account pays for.
pub async fn projects(session: &Session, id: &str) -> Result<Vec<Billed>, Trouble> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Page {
        project_billing_info: Vec<Billed>,
        next_page_token: String,
    }
    let mut all = Vec::new();
    let path = format!("/v1/billingAccounts/{}/projects", escaped(id));
    pages!(
        session,
        LIST_PROJECTS,
        SERVICE,
        &path,
        [("pageSize", "500")],
        Page,
        |page: Page| all.extend(page.project_billing_info)
    );
    Ok(all)
}

/// Who pays for a project.
pub async fn info(session: &Session, project: &str) -> Result<Billed, Trouble> {
    let path = format!("/v1/projects/{}/billingInfo", escaped(project));
    let url = url(&GET_INFO, SERVICE, &path, &[])?;
    session
        .http
        .json(&GET_INFO, Request::get(url), session)
        .await
}

/// Which of these permissions the caller has on a billing account.
pub async fn test(
    session: &Session,
    id: &str,
    permissions: &[&str],
) -> Result<Vec<String>, Trouble> {
    let path = format!("/v1/billingAccounts/{}", escaped(id));
    test_permissions(session, &TEST, SERVICE, &path, permissions).await
}
