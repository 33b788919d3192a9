//! Policy statements to paste. They go into a policy of the root compartment; who writes them knows the
//! group, which stands there as `GROUP` where it is not known.

use super::client::Region;

/// Oracle's tenancy that keeps the reports of the commercial realm (user guide, "Cost and Usage
/// Reports").
pub const USAGE_REPORT: &str =
    "ocid1.tenancy.oc1..aaaaaaaaned4fkpkisbwjlr56u7cj63lf3wffbilvqknstgtvzub7vhqkggq";

/// Where the group is not known.
const GROUP: &str = "GROUP";

/// Statements that allow this to a group in its own tenancy: `inspect tenancies`.
#[must_use]
pub fn allow(actions: &[&str]) -> String {
    allow_to(None, actions)
}

/// The same, to a group that may be known.
#[must_use]
pub fn allow_to(group: Option<&str>, actions: &[&str]) -> String {
    let group = group.unwrap_or(GROUP);
    let statements: Vec<String> = actions
        .iter()
        .map(|action| format!("Allow group {group} to {action} in tenancy"))
        .collect();
    statements.join("\n")
}

/// Statements that let a group read the reports.
#[must_use]
pub fn endorse(tenancy: &str, group: Option<&str>) -> String {
    let keeper = keeper(tenancy).unwrap_or("OCID-OF-ORACLES-TENANCY");
    let group = group.unwrap_or(GROUP);
    format!(
        "define tenancy usage-report as {keeper}\n\
         endorse group {group} to read objects in tenancy usage-report"
    )
}

/// Oracle's tenancy that keeps the reports of a tenancy's realm; none where it is not known.
#[must_use]
pub fn keeper(tenancy: &str) -> Option<&'static str> {
    (tenancy.split('.').nth(2) == Some("oc1")).then_some(USAGE_REPORT)
}

/// Adds a user to a group.
#[must_use]
pub fn add_to_group(user: &str, group: &str, home: Option<&Region>) -> String {
    let region = home.map_or_else(String::new, |home| format!(" --region {}", home.name));
    format!("oci iam group add-user --user-id {user} --group-id {group}{region}")
}
