//! `azure_csp.partner.profile`: is the partner who it is declared to be?

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Resource;
use super::client::partner_center::MpnProfile;
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "azure_csp.partner.profile",
        "Is the user's partner the one with this Microsoft partner id?",
        &["partnercenter:GetMpnProfile"],
        &[
            "Microsoft Partner Center: user_impersonation",
            "Partner Center: Admin agent",
        ],
        "correct `partner_id` and the payer's id, or sign in as a user of that partner",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let wanted = match case.kind() {
            Kind::Organization => case.organization()?.partner_id.as_deref()?,
            Kind::Payer => case.own_payer()?.0,
            _ => return None,
        };
        if case.external() {
            return Some(Answer::skipped("the bill is somebody else's"));
        }
        let (way, token) = match case.user(Resource::PartnerCenter).await {
            Ok(signed) => signed,
            Err(skipped) => return Some(skipped),
        };
        Some(match case.csp.profile(way, &token).await {
            Ok(profile) => judge(wanted, &profile),
            Err(trouble) => trouble.answer("read the partner's profile"),
        })
    })
}

fn judge(wanted: &str, profile: &MpnProfile) -> Answer {
    let found = profile.mpn_id.trim();
    let answer = if found == wanted {
        Answer::pass(format!("the partner is {found}"))
    } else {
        Answer::fail(format!("the user's partner is {found}, not {wanted}"))
    };
    let answer = answer.evidence("mpn_id", found);
    match &profile.partner_name {
        Some(name) => answer.evidence("partner_name", name),
        None => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn the_partner_is_the_one_that_is_declared() {
        let profile = MpnProfile {
            mpn_id: "1234567".to_owned(),
            partner_name: Some("Acme Cloud".to_owned()),
        };
        assert_eq!(judge("1234567", &profile).status, Status::Pass);
        let other = judge("7654321", &profile);
        assert_eq!(other.status, Status::Fail);
        assert_eq!(other.message, "the user's partner is 1234567, not 7654321");
    }
}
