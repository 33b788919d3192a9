//! Scopes: where in Azure something is, by its resource id. Compared without regard to capitals, as
//! Azure does.

use crate::model::spec::Payer;

/// What kind of scope a resource id is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// A subscription or something in it: RBAC decides.
    Subscription(&'a str),
    /// A management group: RBAC decides.
    ManagementGroup(&'a str),
    /// A billing account or something in it: billing roles decide.
    Billing,
}

impl<'a> Scope<'a> {
    /// The kind of a scope that the rules let through.
    #[must_use]
    pub fn of(id: &'a str) -> Self {
        let parts: Vec<&str> = id.split('/').skip(1).collect();
        match parts.as_slice() {
            [first, subscription, ..] if first.eq_ignore_ascii_case("subscriptions") => {
                Self::Subscription(subscription)
            }
            [_, _, groups, group] if groups.eq_ignore_ascii_case("managementGroups") => {
                Self::ManagementGroup(group)
            }
            _ => Self::Billing,
        }
    }
}

/// The billing account that a payer is, or belongs to.
#[must_use]
pub fn billing_account<'a>(id: &'a str, payer: &'a Payer) -> &'a str {
    payer.billing_account.as_deref().unwrap_or(id)
}

/// The scope of a payer's bill: an enrolment, or a billing profile of a billing account.
#[must_use]
pub fn of_bill(id: &str, payer: &Payer) -> String {
    match &payer.billing_account {
        None => format!("/providers/Microsoft.Billing/billingAccounts/{id}"),
        Some(account) => {
            format!("/providers/Microsoft.Billing/billingAccounts/{account}/billingProfiles/{id}")
        }
    }
}

/// A storage account's resource id in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storage<'a> {
    pub subscription: &'a str,
    pub group: &'a str,
    pub account: &'a str,
}

impl<'a> Storage<'a> {
    /// None for what is no storage account: the rules say so.
    #[must_use]
    pub fn of(id: &'a str) -> Option<Self> {
        let parts: Vec<&str> = id.split('/').collect();
        let [_, _, subscription, _, group, _, _, _, account] = parts.as_slice() else {
            return None;
        };
        Some(Self {
            subscription,
            group,
            account,
        })
    }
}

/// The resource id of a container.
#[must_use]
pub fn container(storage: &str, container: &str) -> String {
    format!("{storage}/blobServices/default/containers/{container}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_told_apart() {
        assert_eq!(Scope::of("/subscriptions/a"), Scope::Subscription("a"));
        assert_eq!(
            Scope::of("/Subscriptions/a/resourceGroups/b"),
            Scope::Subscription("a")
        );
        assert_eq!(
            Scope::of("/providers/Microsoft.Management/managementGroups/root"),
            Scope::ManagementGroup("root")
        );
        for billing in [
            "/providers/Microsoft.Billing/billingAccounts/8608480",
            "/providers/Microsoft.Billing/billingAccounts/x/billingProfiles/y",
        ] {
            assert_eq!(Scope::of(billing), Scope::Billing);
        }
    }

    #[test]
    fn storage_accounts_are_taken_apart() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
        let storage = Storage::of(id).unwrap();
        assert_eq!(
            (storage.subscription, storage.group, storage.account),
            ("s", "g", "a")
        );
        assert_eq!(Storage::of("acme"), None);
    }
}
