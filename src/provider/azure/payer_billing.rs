//! `azure.payer.billing`: is the bill there, in use, of the kind that is declared, and in the declared
//! currency? And are the subscriptions that its exports are defined at?

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Session;
use super::client::billing::{Account, Profile};
use super::roles::{BILLING_PROFILE_READER, BillingRole, ENROLLMENT_READER, READER};
use super::scope::{self, Scope};
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::model::spec::{Export, Payer};
use crate::provider::answer::Answer;
use crate::provider::trouble::{self, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "azure.payer.billing",
        "Is the bill there, active, of the declared agreement and currency?",
        &[
            "Billing:BillingAccounts_Get",
            "Billing:BillingProfiles_Get",
            "Resources:Subscriptions_List",
        ],
        &[
            "Microsoft.Billing/billingAccounts/read",
            "Microsoft.Billing/billingAccounts/billingProfiles/read",
        ],
        "correct the payer's id or `billing_account`, or assign the billing role",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != Kind::Payer || case.external() {
            return None;
        }
        let (id, payer) = case.payer()?;
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let bill = Bill {
            case,
            session: &session,
            id,
            payer,
        };
        Some(bill.judged().await)
    })
}

struct Bill<'c> {
    case: &'c Case<'c>,
    session: &'c Session,
    id: &'c str,
    payer: &'c Payer,
}

impl Bill<'_> {
    async fn judged(&self) -> Answer {
        let subscriptions = self.subscriptions().await;
        match self.billed().await {
            Ok(answer) => match subscriptions {
                Some(Err(worse)) => worse,
                _ => answer,
            },
            Err(trouble) => match subscriptions {
                // Nothing of this payer is asked at its bill: subscriptions are enough.
                Some(told) if self.without_bill() && trouble.kind == trouble::Kind::Denied => {
                    told.unwrap_or_else(|wrong| wrong)
                }
                _ => self.hidden(&trouble),
            },
        }
    }

    async fn billed(&self) -> Result<Answer, Trouble> {
        let azure = self.case.azure;
        let id = scope::billing_account(self.id, self.payer);
        let account = azure.account(self.session, id).await?;
        let profile = match self.payer.billing_account {
            None => None,
            Some(_) => {
                let scope = scope::of_bill(self.id, self.payer);
                Some(azure.profile(self.session, &scope).await?)
            }
        };
        let readable = account.readable || profile.as_ref().is_some_and(|one| one.readable);
        let answer = if readable {
            told(self.payer, &account, profile.as_deref(), self.case)
        } else {
            self.role(Answer::fail(format!(
                "{} sees the bill's name, and may not read it",
                self.session.who()
            )))
        };
        Ok(facts(answer, &account, profile.as_deref()))
    }

    /// Whether all exports are defined at subscriptions or management groups.
    fn without_bill(&self) -> bool {
        let mut scopes = self.scopes().peekable();
        scopes.peek().is_some() && scopes.all(|scope| Scope::of(&scope) != Scope::Billing)
    }

    fn scopes(&self) -> impl Iterator<Item = String> {
        self.payer
            .exports
            .values()
            .filter_map(|export| match export {
                Export::CostManagement(export) => Some(
                    export
                        .scope
                        .clone()
                        .unwrap_or_else(|| scope::of_bill(self.id, self.payer)),
                ),
                _ => None,
            })
    }

    /// The subscriptions that exports are defined at; none where there are none. What is wrong with
    /// them is an error.
    async fn subscriptions(&self) -> Option<Result<Answer, Answer>> {
        let scopes: Vec<String> = self.scopes().collect();
        let wanted: Vec<&str> = scopes
            .iter()
            .filter_map(|scope| match Scope::of(scope) {
                Scope::Subscription(id) => Some(id),
                _ => None,
            })
            .collect();
        if wanted.is_empty() {
            return None;
        }
        let listed = match self.case.azure.subscriptions(self.session).await {
            Ok(listed) => listed,
            Err(trouble) => return Some(Err(trouble.answer("list the subscriptions"))),
        };
        for id in &wanted {
            let found = listed.iter().find(|one| one.id.eq_ignore_ascii_case(id));
            let Some(found) = found else {
                let scope = format!("/subscriptions/{id}");
                return Some(Err(Answer::fail(format!(
                    "an export is defined at subscription {id}, which {} does not see",
                    self.session.who()
                ))
                .remedy(format!(
                    "correct `scope`; if it is right, assign {} there:",
                    READER.named()
                ))
                .paste(READER.assign(&self.session.claims.oid, &scope))));
            };
            if !["Enabled", "Warned", "PastDue"].contains(&found.state.as_str()) {
                return Some(Err(Answer::fail(format!(
                    "an export is defined at subscription {id}, which is {}: it no longer runs",
                    found.state
                ))
                .remedy(
                    "define the export at the bill, or at a subscription that is in use",
                )));
            }
        }
        Some(Ok(Answer::pass(
            "the subscriptions that the exports are defined at are in use; the bill itself may not be read",
        )
        .evidence("subscriptions", wanted.join(", "))))
    }

    fn hidden(&self, trouble: &Trouble) -> Answer {
        let answer = trouble.answer("read the bill");
        match trouble.kind {
            trouble::Kind::Denied => self.role(answer),
            // Billing says the same of what is not there and of what one may not see.
            trouble::Kind::Missing => self.role(answer),
            _ => answer,
        }
    }

    /// With the billing role to assign.
    fn role(&self, answer: Answer) -> Answer {
        let role: BillingRole = match self.payer.billing_account {
            None => ENROLLMENT_READER,
            Some(_) => BILLING_PROFILE_READER,
        };
        let by = match self.payer.billing_account {
            None => "an enterprise administrator",
            Some(_) => "an owner of the billing profile",
        };
        let claims = &self.session.claims;
        answer
            .remedy(format!(
                "see that the id is right; then have {by} assign {} (roles of RBAC do not reach \
                 bills):",
                role.named()
            ))
            .paste(role.assign(
                &claims.oid,
                &claims.tid,
                &scope::of_bill(self.id, self.payer),
            ))
    }
}

fn told(payer: &Payer, account: &Account, profile: Option<&Profile>, case: &Case<'_>) -> Answer {
    if let Some(wrong) = agreement(account, profile.is_some()) {
        return wrong;
    }
    let currency = match profile {
        Some(profile) => &profile.currency,
        None => &account.currency,
    };
    if let Some(declared) = payer.currency
        && !currency.is_empty()
        && !declared.to_string().eq_ignore_ascii_case(currency)
    {
        return Answer::fail(format!(
            "the bill is in {currency}, and {declared} is declared"
        ))
        .remedy("declare what it is in:")
        .paste(format!("currency: {currency}"));
    }
    let status = match profile {
        Some(profile) => &profile.status,
        None => &account.status,
    };
    if let Some(bad) = status_of(status, profile.map_or("", |one| &one.reason)) {
        return bad;
    }
    if let Some(ends) = account.ends.filter(|ends| *ends <= case.run.now)
        && account.status != "Extended"
    {
        return Answer::warn(format!(
            "the enrolment ended on {}",
            ends.strftime("%Y-%m-%d")
        ))
        .remedy("renew it, or declare the agreement that follows it as another payer");
    }
    Answer::pass("the bill is there, active, and as declared")
}

/// Whether the agreement is another than the id says.
fn agreement(account: &Account, profile: bool) -> Option<Answer> {
    let found = account.agreement.as_str();
    let todo = match (found, profile) {
        ("" | "EnterpriseAgreement", false) | ("" | "MicrosoftCustomerAgreement", true) => {
            return None;
        }
        ("MicrosoftPartnerAgreement", _) => {
            "it is a partner's: declare the organization with `provider: azure_csp`"
        }
        ("MicrosoftCustomerAgreement", false) => {
            "under a Microsoft Customer Agreement the billing profile pays: write its id as the key, and \
             this one as `billing_account`"
        }
        ("EnterpriseAgreement", true) => {
            "under an Enterprise Agreement the enrolment pays: write its number as the key, without \
             `billing_account`"
        }
        ("MicrosoftOnlineServicesProgram", _) => {
            "such an account (pay as you go) has no exports of its own: define them at its subscriptions \
             (`scope: /subscriptions/…`)"
        }
        _ => "see which agreement it is under Cost Management + Billing, Properties",
    };
    Some(
        Answer::fail(format!("the billing account's agreement is {found}"))
            .remedy(todo)
            .evidence("found.agreement", found),
    )
}

fn status_of(status: &str, reason: &str) -> Option<Answer> {
    let why = match reason {
        "" => String::new(),
        reason => format!(" ({reason})"),
    };
    match status {
        "" | "Active" | "Extended" => None,
        "Disabled" | "Deleted" | "Terminated" | "Expired" | "Transferred" => Some(
            Answer::fail(format!("the bill is {status}{why}"))
                .remedy("declare the one that follows it; costs before that stay on this one"),
        ),
        _ => Some(
            Answer::warn(format!("the bill is {status}{why}"))
                .remedy("see Cost Management + Billing, Properties"),
        ),
    }
}

fn facts(answer: Answer, account: &Account, profile: Option<&Profile>) -> Answer {
    let (status, currency, name) = match profile {
        Some(profile) => (&profile.status, &profile.currency, &profile.name),
        None => (&account.status, &account.currency, &account.name),
    };
    [
        ("agreement", &account.agreement),
        ("status", status),
        ("currency", currency),
        ("name", name),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .fold(answer, |answer, (key, value)| answer.evidence(key, value))
}
