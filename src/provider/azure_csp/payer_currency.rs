//! `azure_csp.payer.currency`: is the partner billed in the currency that is declared?

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Resource;
use crate::model::finding::{Badge, Check};
use crate::provider::answer::Answer;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: Check {
        required: false,
        ..check(
            Badge::Payer,
            "azure_csp.payer.currency",
            "Is the partner billed in the declared currency?",
            &["partnercenter:GetBillingProfile"],
            &[
                "Microsoft Partner Center: user_impersonation",
                "Partner Center: Billing admin",
            ],
            "correct the payer's `currency`",
        )
    },
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let (_, payer) = case.own_payer()?;
        let wanted = payer.currency.as_ref()?.to_string();
        if case.external() {
            return Some(Answer::skipped("the bill is somebody else's"));
        }
        let (way, token) = match case.user(Resource::PartnerCenter).await {
            Ok(signed) => signed,
            Err(skipped) => return Some(skipped),
        };
        Some(match case.csp.billing(way, &token).await {
            Ok(profile) => judge(&wanted, profile.billing_currency.as_deref()),
            Err(trouble) => trouble.answer("read how the partner is billed"),
        })
    })
}

fn judge(wanted: &str, found: Option<&str>) -> Answer {
    match found.map(str::trim).filter(|found| !found.is_empty()) {
        None => Answer::skipped("Partner Center does not say in which currency it bills"),
        Some(found) if found.eq_ignore_ascii_case(wanted) => {
            Answer::pass(format!("billed in {wanted}")).evidence("currency", found)
        }
        Some(found) => Answer::fail(format!("billed in {found}, not in {wanted}"))
            .evidence("currency", found)
            .evidence("wanted", wanted),
    }
}
