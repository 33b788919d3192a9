//! What Azure exports name has the form of Azure's resource ids, containers and scopes.

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::Problem;
use crate::model::id::{is_billing_profile, is_guid, is_mca_billing_account, is_number};
use crate::model::spec::Export;

pub const RULE: Rule = Rule {
    name: "azure_storage",
    codes: &[
        "azure.storage",
        "azure.container",
        "azure.directory",
        "azure.scope",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let payers = &context.estate.declaration.payers;
    for entry in payers.iter() {
        for (name, export) in &entry.value.exports {
            let Export::CostManagement(export) = export else {
                continue;
            };
            let at = payers
                .at(entry)
                .key("exports")
                .key(name)
                .key("cost_management");
            let (storage, container) = (&export.storage, &export.container);
            if let Some(help) = storage_fault(storage) {
                problems.push(
                    Problem::error(
                        "azure.storage",
                        at.clone().key("storage"),
                        format!(
                            "`{}` is no resource id of a storage account",
                            shown(storage)
                        ),
                        help,
                    )
                    .label("not a storage account"),
                );
            }
            if !is_container(container) {
                problems.push(
                    Problem::error(
                        "azure.container",
                        at.clone().key("container"),
                        format!("`{}` is no name of a blob container", shown(container)),
                        "write 3 to 63 small letters, digits and single hyphens, beginning and ending with a letter or digit; a folder in it goes to `directory:`",
                    )
                    .label("not a container"),
                );
            }
            if let Some(help) = directory_fault(&export.directory) {
                problems.push(
                    Problem::error(
                        "azure.directory",
                        at.clone().key("directory"),
                        format!(
                            "`{}` is no folder that an export can be delivered to",
                            shown(&export.directory)
                        ),
                        help,
                    )
                    .label("not a folder"),
                );
            }
            if let Some(scope) = export.scope.as_deref().filter(|scope| !is_scope(scope)) {
                problems.push(
                    Problem::error(
                        "azure.scope",
                        at.key("scope"),
                        format!("`{}` is no scope that a cost export can be defined at", shown(scope)),
                        "write a subscription (`/subscriptions/<GUID>`), a management group (`/providers/Microsoft.Management/managementGroups/<id>`) or a billing scope (`/providers/Microsoft.Billing/billingAccounts/<id>/…`), or delete it for the payer's own scope",
                    )
                    .label("not a scope"),
                );
            }
        }
    }
}

/// What to write instead, if it is no resource id of a storage account.
fn storage_fault(id: &str) -> Option<String> {
    const FORM: &str = "/subscriptions/<GUID>/resourceGroups/<group>/providers/Microsoft.Storage/storageAccounts/<name>";
    let parts: Vec<&str> = id.split('/').collect();
    let same = |at: usize, word: &str| {
        parts
            .get(at)
            .is_some_and(|part| part.eq_ignore_ascii_case(word))
    };
    let frame = parts.len() == 9
        && parts[0].is_empty()
        && same(1, "subscriptions")
        && same(3, "resourceGroups")
        && same(5, "providers")
        && same(6, "Microsoft.Storage")
        && same(7, "storageAccounts");
    if !frame {
        return Some(if is_account(id) {
            format!(
                "write its whole resource id, which the portal shows under Endpoints or Properties: `{FORM}`"
            )
        } else {
            format!("write `{FORM}`")
        });
    }
    if !is_guid(parts[2]) {
        Some("the part behind `/subscriptions/` must be the subscription's id, a GUID".to_owned())
    } else if !is_group(parts[4]) {
        Some("the part behind `/resourceGroups/` must be a resource group's name: at most 90 letters, digits and `. _ - ( )`, no dot at the end".to_owned())
    } else if !is_account(parts[8]) {
        Some("the storage account's name has 3 to 24 small letters and digits".to_owned())
    } else {
        None
    }
}

/// Whether a storage account could have this name.
pub(super) fn is_account(name: &str) -> bool {
    (3..=24).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_group(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '(' | ')');
    (1..=90).contains(&name.chars().count()) && name.chars().all(allowed) && !name.ends_with('.')
}

pub(super) fn is_container(name: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.chars().all(|c| edge(c) || c == '-')
        && name.starts_with(edge)
        && name.ends_with(edge)
        && !name.contains("--")
}

fn directory_fault(directory: &str) -> Option<String> {
    let trimmed = directory.trim_matches('/');
    if trimmed != directory {
        Some(format!(
            "write it without a slash at its ends: `directory: {}`",
            shown(trimmed)
        ))
    } else if directory.contains(':') {
        Some("an export refuses `:` in it: write another name".to_owned())
    } else if directory.contains(['\\', '?', '#', '"', '<', '>', '|', '*'])
        || directory.contains("//")
    {
        Some("write plain names with single slashes between them".to_owned())
    } else if directory.chars().any(char::is_control) || directory.len() > 400 {
        Some("write a shorter name without control characters".to_owned())
    } else {
        None
    }
}

/// The scopes of cost exports: subscription, resource group, management group, and the billing
/// scopes of an enrolment (EA), a customer agreement (MCA) and a partner (CSP).
fn is_scope(scope: &str) -> bool {
    let lower = scope.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('/').collect();
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.()".contains(&byte))
    };
    match parts.as_slice() {
        ["", "subscriptions", id] => is_guid(id),
        ["", "subscriptions", id, "resourcegroups", group] => is_guid(id) && is_group(group),
        [
            "",
            "providers",
            "microsoft.management",
            "managementgroups",
            group,
        ] => plain(group) && group.len() <= 90,
        [
            "",
            "providers",
            "microsoft.billing",
            "billingaccounts",
            account,
            rest @ ..,
        ] => {
            let enrolment = is_number(account, 12);
            let customer = is_mca_billing_account(account) || is_guid(account);
            let profile = |id: &str| is_billing_profile(&id.to_ascii_uppercase()) || plain(id);
            match rest {
                [] => enrolment || customer,
                ["departments" | "enrollmentaccounts", id] => enrolment && plain(id),
                ["departments", department, "enrollmentaccounts", id] => {
                    enrolment && plain(department) && plain(id)
                }
                ["billingprofiles", id] => customer && profile(id),
                ["billingprofiles", id, "invoicesections", section] => {
                    customer && profile(id) && profile(section)
                }
                ["customers", id] => customer && is_guid(id),
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    const GUID: &str = "0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b";

    #[test]
    fn scopes_of_all_agreements_are_known() {
        let billing = "/providers/Microsoft.Billing/billingAccounts";
        for right in [
            format!("/subscriptions/{GUID}"),
            format!("/subscriptions/{GUID}/resourceGroups/rg-Costs"),
            "/providers/Microsoft.Management/managementGroups/acme-root".to_owned(),
            format!("{billing}/8608480"),
            format!("{billing}/8608480/departments/1234"),
            format!("{billing}/8608480/enrollmentAccounts/1234"),
            format!("{billing}/{GUID}:{GUID}_2019-05-31"),
            format!("{billing}/{GUID}:{GUID}_2019-05-31/billingProfiles/PE2Q-NOIT-BG7-TGB"),
            format!(
                "{billing}/{GUID}:{GUID}_2019-05-31/billingProfiles/PE2Q-NOIT-BG7-TGB/invoiceSections/SH3V-RTSN-PJA-TGB"
            ),
            format!("{billing}/{GUID}:{GUID}_2018-09-30/customers/{GUID}"),
        ] {
            assert!(is_scope(&right), "{right}");
        }
        for wrong in [
            String::new(),
            GUID.to_owned(),
            format!("/subscriptions/{GUID}/"),
            "/subscriptions/x".to_owned(),
            format!("{billing}/8608480/billingProfiles/PE2Q-NOIT-BG7-TGB"),
            format!("{billing}/x"),
        ] {
            assert!(!is_scope(&wrong), "{wrong}");
        }
    }

    #[test]
    fn exports_are_judged_field_by_field() {
        let text = format!(
            "version: 1
organizations: {{azure: {{provider: azure, id: {GUID}}}}}
payers:
  '8608480':
    organization: azure
    exports:
      good: {{cost_management: {{dataset: ActualCost, storage: /subscriptions/{GUID}/resourcegroups/rg/providers/microsoft.storage/storageAccounts/acmecosts, container: exports, directory: de/actual}}}}
      bad: {{cost_management: {{dataset: ActualCost, storage: acmecosts, container: Exports/x, directory: /de, scope: my-subscription}}}}
      worse: {{cost_management: {{dataset: ActualCost, storage: /subscriptions/x/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acmecosts, container: a--b, directory: 'de:fr'}}}}
"
        );
        let at = |name, field| format!("payers.8608480.exports.{name}.cost_management.{field}");
        assert_eq!(
            found(&RULE, &text),
            [
                format!("azure.container {}", at("bad", "container")),
                format!("azure.directory {}", at("bad", "directory")),
                format!("azure.scope {}", at("bad", "scope")),
                format!("azure.storage {}", at("bad", "storage")),
                format!("azure.container {}", at("worse", "container")),
                format!("azure.directory {}", at("worse", "directory")),
                format!("azure.storage {}", at("worse", "storage")),
            ]
        );
        assert!(said(&RULE, &text)[3].contains("write its whole resource id"));
    }
}
