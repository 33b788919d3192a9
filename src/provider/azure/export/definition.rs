//! `azure.export.definition`: does Cost Management have the export, as it is declared and running?

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::Session;
use super::super::client::exports::Definition;
use super::super::roles::COST_MANAGEMENT_READER;
use super::super::scope::{self, Scope};
use super::target::Target;
use super::{Meant, compare};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::shared::near::near;
use crate::provider::trouble::{Kind, Trouble};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "azure.export.definition",
        "Does Cost Management have the export as it is declared, active, and with an end far away?",
        &["CostManagement:Exports_List"],
        &["Microsoft.CostManagement/exports/read"],
        "create the export in Cost Management, Exports, at the payer's scope, or correct its declaration",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let target = case.target()?;
        if case.external() {
            return None;
        }
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let answer = match case.meant(&session, &target).await {
            Ok((Meant::One(found), _)) => {
                compare::judged(&target, &found, case.run.now, case.run.expiring_within)
            }
            Ok((Meant::None, all)) => not_found(&target, &all),
            Ok((Meant::Several(names), _)) => several(&names),
            Err(trouble) => {
                let bill = Scope::of(&target.scope) == Scope::Billing;
                if bill && trouble.kind == Kind::Denied && !case.reads_bill(&session).await {
                    return Some(Answer::skipped("not asked: `azure.payer.billing` says why"));
                }
                hidden(&session, &target, &trouble)
            }
        };
        Some(answer.evidence("scope", &target.scope))
    })
}

impl Case<'_> {
    /// Whether the bill itself can be read.
    async fn reads_bill(&self, session: &Session) -> bool {
        let Some((id, payer)) = self.payer() else {
            return false;
        };
        let account = scope::billing_account(id, payer);
        let account = self.azure.account(session, account).await;
        account.is_ok_and(|account| account.readable || payer.billing_account.is_some())
    }
}

fn several(names: &[String]) -> Answer {
    Answer::fail(format!(
        "several exports have this dataset and destination: {}; they overwrite or double each other's \
         costs",
        shown(names.iter().map(String::as_str))
    ))
    .remedy("keep one of them, or say which is meant with `name`")
}

fn shown<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// None is meant: which there are, and what may have been meant.
fn not_found(target: &Target<'_>, all: &[Definition]) -> Answer {
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let listed = match names.as_slice() {
        [] => "there is none at all".to_owned(),
        names => format!("there is {}", shown(names.iter().copied())),
    };
    let wanted = match target.name {
        Some(name) => format!("no export with the name `{name}`"),
        None => format!("no export of {} to {}", target.dataset, target.shown()),
    };
    let answer = Answer::fail(format!(
        "Cost Management has {wanted} at this scope; {listed}"
    ))
    .evidence("found.names", names.join(", "));
    if let Some(name) = target.name {
        let by_place = all.iter().find(|one| target.fits(one));
        return match (by_place, near(name, &names)) {
            (Some(one), _) => answer.remedy(format!(
                "`{0}` has the declared dataset and destination: if that is it, write `name: {0}`",
                one.name
            )),
            (None, Some(near)) => {
                answer.remedy(format!("did you mean `{near}`? else create it in Azure"))
            }
            (None, None) => answer.remedy(create(target)),
        };
    }
    // Of the same dataset: the one that was meant, delivered elsewhere.
    let same = all
        .iter()
        .find(|one| one.dataset.eq_ignore_ascii_case(target.dataset));
    match same {
        Some(one) => answer.remedy(format!(
            "`{}` has this dataset and is delivered to {}: if that is it, declare that, with `name: {}`",
            one.name,
            place(one),
            one.name
        )),
        None => answer.remedy(create(target)),
    }
}

fn place(found: &Definition) -> String {
    let account = match found.storage.rsplit('/').next() {
        Some("") | None => &found.storage_account,
        Some(account) => account,
    };
    let directory = found.directory.trim_matches('/');
    format!("{account}/{}/{directory}", found.container)
}

fn create(target: &Target<'_>) -> String {
    format!(
        "create it in Cost Management, Exports: dataset {}, daily, month to date, to {}, with file \
         partitioning and overwriting; or correct `scope`",
        target.dataset,
        target.shown()
    )
}

fn hidden(session: &Session, target: &Target<'_>, trouble: &Trouble) -> Answer {
    let answer = trouble.answer("list the exports");
    if trouble.kind == Kind::Missing {
        return answer.remedy("correct `scope`, or the payer's id: Azure knows no such scope");
    }
    if trouble.kind != Kind::Denied {
        return answer;
    }
    match Scope::of(&target.scope) {
        Scope::Billing => answer.remedy(
            "the bill can be read, and its exports cannot: of some agreements Microsoft lets applications \
             not see exports at the bill, whatever their role. Define the exports at subscriptions or a \
             management group, and declare that as their `scope`",
        ),
        _ => answer
            .remedy(format!("assign {}:", COST_MANAGEMENT_READER.named()))
            .paste(COST_MANAGEMENT_READER.assign(&session.claims.oid, &target.scope)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::target::tests::{definition, target};
    use super::*;

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let none = not_found(&target(), &[]);
        assert!(
            none.message.ends_with("there is none at all"),
            "{}",
            none.message
        );
        assert!(none.remedy.starts_with("create it"), "{}", none.remedy);
        let moved = Definition {
            container: "other".to_owned(),
            ..definition()
        };
        let answer = not_found(&target(), &[moved]);
        assert_eq!(
            answer.remedy,
            "`actual-daily` has this dataset and is delivered to acmecosts/other/actual: if that is it, \
             declare that, with `name: actual-daily`"
        );
        let named = Target {
            name: Some("actual_dayly"),
            ..target()
        };
        let answer = not_found(&named, &[definition()]);
        assert!(
            answer.remedy.contains("write `name: actual-daily`"),
            "{}",
            answer.remedy
        );
    }
}
