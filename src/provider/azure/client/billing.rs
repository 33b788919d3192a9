//! Billing accounts, billing profiles and their subscriptions, API version 2024-04-01
//! (<https://learn.microsoft.com/rest/api/billing>).

use jiff::Timestamp;
use serde::Deserialize;

use super::{Session, text};
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

const VERSION: &str = "2024-04-01";

const ACCOUNT: Call = Call {
    name: "Billing:BillingAccounts_Get",
    action: "Microsoft.Billing/billingAccounts/read",
};
const PROFILE: Call = Call {
    name: "Billing:BillingProfiles_Get",
    action: "Microsoft.Billing/billingAccounts/billingProfiles/read",
};
const SUBSCRIPTIONS: Call = Call {
    name: "Billing:BillingSubscriptions_List",
    action: "Microsoft.Billing/billingAccounts/billingSubscriptions/read",
};

/// A billing account. Texts are empty where Azure leaves them out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    /// `Active`, `Expired`, `Terminated` and others.
    pub status: String,
    /// `EnterpriseAgreement`, `MicrosoftCustomerAgreement`, `MicrosoftPartnerAgreement` and others.
    pub agreement: String,
    /// False where the caller sees that it is there, and no more.
    pub readable: bool,
    /// Of an enrolment.
    pub currency: String,
    /// When an enrolment ends.
    pub ends: Option<Timestamp>,
}

/// A billing profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    /// `Active`, `Warned`, `Disabled`, `Deleted` and others.
    pub status: String,
    /// Why the status is what it is.
    pub reason: String,
    pub currency: String,
    pub readable: bool,
}

/// A subscription as its bill knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    pub id: String,
    pub name: String,
    /// `Active`, `Disabled`, `Deleted`, `Warned`, `Expired`, `Suspended` and others.
    pub status: String,
    /// The tenant that uses it, where the bill says so.
    pub tenant: String,
}

/// A billing account.
///
/// # Errors
/// Where it cannot be read.
pub async fn account(session: &Session, id: &str) -> Result<Account, Trouble> {
    let path = format!("/providers/Microsoft.Billing/billingAccounts/{id}");
    let found: wire::Document<wire::Account> = session.get(&ACCOUNT, &path, VERSION).await?;
    let found = found.properties;
    let enrolment = found.enrollment_details.unwrap_or_default();
    Ok(Account {
        name: found.display_name,
        status: found.account_status,
        agreement: found.agreement_type,
        readable: found.has_read_access.unwrap_or(true),
        currency: enrolment.currency,
        ends: enrolment
            .end_date
            .as_deref()
            .and_then(super::exports::moment),
    })
}

/// A billing profile, by its scope.
///
/// # Errors
/// Where it cannot be read.
pub async fn profile(session: &Session, scope: &str) -> Result<Profile, Trouble> {
    let found: wire::Document<wire::Profile> = session.get(&PROFILE, scope, VERSION).await?;
    let found = found.properties;
    Ok(Profile {
        name: found.display_name,
        status: found.status,
        reason: found.status_reason_code,
        currency: found.currency,
        readable: found.has_read_access.unwrap_or(true),
    })
}

/// The subscriptions that a billing account or profile pays for.
///
/// # Errors
/// Where they cannot be listed.
pub async fn subscriptions(session: &Session, scope: &str) -> Result<Vec<Billed>, Trouble> {
    let path = format!("{scope}/billingSubscriptions");
    let found: Vec<wire::Document<wire::Subscription>> =
        session.list(&SUBSCRIPTIONS, &path, VERSION, &[]).await?;
    // Licences are billed the same way, and have no id of a subscription.
    let billed = found
        .into_iter()
        .map(|one| one.properties)
        .map(|one| Billed {
            id: one.subscription_id,
            name: one.display_name,
            status: one.status,
            tenant: one.beneficiary_tenant_id,
        });
    Ok(billed.filter(|one| !one.id.is_empty()).collect())
}

/// The JSON of Azure, as far as it is read.
mod wire {
    use super::{Deserialize, text};

    #[derive(Deserialize)]
    pub struct Document<T> {
        pub properties: T,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Account {
        #[serde(default, deserialize_with = "text")]
        pub display_name: String,
        #[serde(default, deserialize_with = "text")]
        pub account_status: String,
        #[serde(default, deserialize_with = "text")]
        pub agreement_type: String,
        pub has_read_access: Option<bool>,
        pub enrollment_details: Option<Enrolment>,
    }

    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Enrolment {
        #[serde(default, deserialize_with = "text")]
        pub currency: String,
        pub end_date: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Profile {
        #[serde(default, deserialize_with = "text")]
        pub display_name: String,
        #[serde(default, deserialize_with = "text")]
        pub status: String,
        #[serde(default, deserialize_with = "text")]
        pub status_reason_code: String,
        #[serde(default, deserialize_with = "text")]
        pub currency: String,
        pub has_read_access: Option<bool>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Subscription {
        #[serde(default, deserialize_with = "text")]
        pub subscription_id: String,
        #[serde(default, deserialize_with = "text")]
        pub display_name: String,
        #[serde(default, deserialize_with = "text")]
        pub status: String,
        #[serde(default, deserialize_with = "text")]
        pub beneficiary_tenant_id: String,
    }
}
