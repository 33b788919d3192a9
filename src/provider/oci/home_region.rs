//! `oci.region.home`: is the declared region the tenancy's home region? Oracle keeps the reports
//! there and nowhere else.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::identity::{self, Subscribed};
use super::client::{Region, Session};
use super::statements::allow;
use crate::model::finding::Badge;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "oci.region.home",
        "Is the declared region the tenancy's home region, where the reports are?",
        &["identity:ListRegionSubscriptions"],
        &["inspect tenancies"],
        "declare the home region, as the console shows it under Tenancy details",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(Credential::OciApiKey(_)) = case.subject.what else {
            return None;
        };
        let session = match case.along(&case.subject.address.last()).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match identity::regions(&session).await {
            Ok(regions) => judged(&session.region, &regions),
            Err(trouble) if trouble.kind == Kind::Denied => {
                trouble.evidence(match session.home() {
                    Some(home) => compared(&session.region, &home.name),
                    None => hidden(&session),
                })
            }
            Err(trouble) => trouble.answer("ask for the home region"),
        })
    })
}

fn judged(declared: &Region, regions: &[Subscribed]) -> Answer {
    let Some(home) = regions.iter().find(|region| region.home) else {
        return Answer::unknown("OCI names no home region")
            .remedy("ask again; the console shows it under Tenancy details");
    };
    let ready = regions.iter().filter(|region| region.status == "READY");
    compared(declared, &home.name).evidence("subscribed", ready.count().to_string())
}

fn compared(declared: &Region, home: &str) -> Answer {
    let answer = if declared.name == home {
        Answer::pass(format!("{home} is the tenancy's home region"))
    } else {
        Answer::fail(format!(
            "the tenancy's home region is {home}, and {} is declared",
            declared.name
        ))
        .remedy(format!(
            "write `region: {home}`: Oracle keeps the reports in the home region alone"
        ))
    };
    answer
        .evidence("home", home)
        .evidence("declared", &declared.name)
}

fn hidden(session: &Session) -> Answer {
    Answer::warn(format!(
        "whether {} is the tenancy's home region cannot be seen",
        session.region.name
    ))
    .remedy("add this to a policy in the root compartment:")
    .paste(allow(&["inspect tenancies"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn the_home_region_is_wanted() {
        let region = |name: &str, home| Subscribed {
            name: name.to_owned(),
            status: "READY".to_owned(),
            home,
        };
        let regions = [
            region("eu-frankfurt-1", true),
            region("us-ashburn-1", false),
        ];
        let judged = |text| {
            judged(
                &Region::find(text, "ocid1.tenancy.oc1..a").unwrap(),
                &regions,
            )
        };
        assert_eq!(judged("FRA").status, Status::Pass);
        let answer = judged("iad");
        assert_eq!(answer.status, Status::Fail);
        assert_eq!(
            answer.message,
            "the tenancy's home region is eu-frankfurt-1, and us-ashburn-1 is declared"
        );
        assert_eq!(answer.evidence["subscribed"], "2");
    }
}
