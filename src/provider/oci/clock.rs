//! `oci.clock`: is this machine's clock near OCI's? Signatures carry the time, and OCI accepts five
//! minutes.

use jiff::SignedDuration;

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::{SKEW, Unsigned};
use crate::model::finding::{Badge, Check};
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: Check {
        required: false,
        ..check(
            Badge::Api,
            "oci.clock",
            "Is this machine's clock within a minute of OCI's?",
            &["identity:GetTenancy"],
            &[],
            "set this machine's clock (NTP): OCI refuses what is five minutes off",
        )
    },
    ask,
};

/// From here on it is only a question of time.
const DRIFTS: SignedDuration = SignedDuration::from_mins(1);

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(Credential::OciApiKey(_)) = case.subject.what else {
            return None;
        };
        let name = case.subject.address.last();
        Some(match case.sign_in(&name).await {
            Ok(session) => match session.ahead {
                Some(ahead) => judged(ahead),
                None => Answer::skipped("OCI's answer has no date to compare with"),
            },
            Err(Unsigned::Trouble(trouble)) if trouble.kind == Kind::Clock => {
                Answer::skipped("more than five minutes off: `oci.identity` says so")
            }
            Err(_) => Answer::skipped(format!("not asked: `{name}` cannot sign in")),
        })
    })
}

fn judged(ahead: SignedDuration) -> Answer {
    let off = ahead.abs();
    let side = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let told = format!("the clock is {} seconds {side} OCI's", off.as_secs());
    let answer = if off > DRIFTS {
        Answer::warn(format!("{told}; from {} on it refuses", SKEW.as_secs()))
    } else {
        Answer::pass("the clock is within a minute of OCI's")
    };
    answer.evidence("seconds_ahead", ahead.as_secs().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn a_minute_is_enough() {
        let status = |seconds| judged(SignedDuration::from_secs(seconds)).status;
        assert_eq!(status(0), Status::Pass);
        assert_eq!(status(-60), Status::Pass);
        assert_eq!(status(61), Status::Warn);
        let answer = judged(SignedDuration::from_secs(-200));
        assert_eq!(
            answer.message,
            "the clock is 200 seconds behind OCI's; from 300 on it refuses"
        );
    }
}
