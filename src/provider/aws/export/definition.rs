//! `aws.export.definition`: does AWS have the export, field by field as it is declared?

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::data_exports::Listed;
use super::super::client::{Kind, Partition, Session, Statement, Trouble, policy};
use super::place::{Layout, Place};
use super::{Entry, compare};
use crate::model::finding::Badge;
use crate::model::spec::Export;
use crate::provider::answer::Answer;
use crate::provider::shared::near::near;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "aws.export.definition",
        "Does AWS have the export as it is declared, with resources, and with its months corrected?",
        &[
            "cur:DescribeReportDefinitions",
            "bcm-data-exports:ListExports",
            "bcm-data-exports:GetExport",
        ],
        &[
            "cur:DescribeReportDefinitions",
            "bcm-data-exports:ListExports",
            "bcm-data-exports:GetExport",
        ],
        "create the export in the payer's account (Billing and Cost Management, Data Exports), or \
         correct its declaration",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let place = case.destination()?;
        if case.external() {
            return None;
        }
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        if session.partition == Partition::UsGov {
            return Some(in_govcloud());
        }
        Some(match case.entry(&session, &place).await {
            Ok(Some(Entry::Report(report))) => compare::report(&place, &report),
            Ok(Some(Entry::Export(listed))) => compared(case, &session, &place, &listed).await,
            Ok(None) => absent(case, &session, &place).await,
            Err(trouble) => hidden(&session, &trouble),
        })
    })
}

async fn compared(
    case: &Case<'_>,
    session: &Session,
    place: &Place<'_>,
    listed: &Listed,
) -> Answer {
    let table = match case.export() {
        Some(Export::DataExport(export)) => export.table.as_str(),
        _ => "",
    };
    let payer = case.payer().map_or("", |(id, _)| id);
    let owner = case.bucket_owner().unwrap_or(payer);
    match case.aws.definition(session, &listed.arn).await {
        Ok(found) => compare::export(place, table, owner, payer, &found),
        Err(trouble) => hidden(session, &trouble),
    }
    .evidence("export_arn", &listed.arn)
}

/// No such name: which there are, and whether the export was meant under another one or another kind.
async fn absent(case: &Case<'_>, session: &Session, place: &Place<'_>) -> Answer {
    let aws = case.aws;
    let legacy = place.layout == Layout::Legacy;
    // The other kind is asked only here: most reports that are not found are declared as the wrong one.
    let reports = aws.reports(session).await;
    let exports = aws.exports(session).await;
    let reports: Vec<_> = reports.iter().flat_map(|all| all.iter()).collect();
    let exports: Vec<_> = exports.iter().flat_map(|all| all.iter()).collect();
    let of_reports: Vec<&str> = reports.iter().map(|one| one.name.as_str()).collect();
    let of_exports: Vec<&str> = exports.iter().map(|one| one.name.as_str()).collect();
    let (own, others) = if legacy {
        (of_reports, of_exports)
    } else {
        (of_exports, of_reports)
    };
    let there = reports.iter().find(|report| {
        legacy && report.bucket == place.bucket && same_prefix(&report.prefix, place.prefix)
    });
    not_found(
        place,
        &own,
        &others,
        there.map(|report| report.name.as_str()),
    )
}

fn same_prefix(one: &str, other: &str) -> bool {
    one.trim_matches('/') == other.trim_matches('/')
}

fn not_found(place: &Place<'_>, own: &[&str], others: &[&str], there: Option<&str>) -> Answer {
    let name = place.name;
    let (kind, other, key) = match place.layout {
        Layout::Legacy => ("Cost and Usage Report", "Data Export", "data_export"),
        Layout::DataExports => ("Data Export", "legacy Cost and Usage Report", "cur"),
    };
    let listed = match own {
        [] => "there is none at all".to_owned(),
        own => {
            let own: Vec<String> = own.iter().map(|name| format!("`{name}`")).collect();
            format!("there is {}", own.join(", "))
        }
    };
    let answer = Answer::fail(format!(
        "the payer has no {kind} with the name `{name}`; {listed}"
    ))
    .evidence("wanted.name", name)
    .evidence("found.names", own.join(", "));
    if others.contains(&name) {
        return answer.remedy(format!("a {other} has this name: declare it as `{key}`"));
    }
    if let Some(there) = there {
        return answer.remedy(format!(
            "`{there}` is delivered to the declared bucket and prefix: if that is it, write \
             `report: {there}`"
        ));
    }
    match near(name, own) {
        Some(near) => answer.remedy(format!("did you mean `{near}`? else create it in AWS")),
        None => answer,
    }
}

fn hidden(session: &Session, trouble: &Trouble) -> Answer {
    let answer = trouble.answer("ask for the export's definition");
    if trouble.kind != Kind::Denied {
        return answer;
    }
    let (word, account) = (session.partition.word(), &session.account);
    let region = session.partition.billing().unwrap_or_default();
    let statement = match trouble.action {
        "bcm-data-exports:GetExport" => Statement::allow(
            [trouble.action],
            [format!(
                "arn:{word}:bcm-data-exports:{region}:{account}:export/*"
            )],
        ),
        action => Statement::allow([action], ["*"]),
    };
    answer
        .remedy("add this to a policy of the principal in the payer's account:")
        .paste(policy(&[statement]))
}

fn in_govcloud() -> Answer {
    Answer::fail("AWS GovCloud has no billing of its own").remedy(
        "declare the standard account that this one is linked to as the payer: its bill has the \
         costs of both, and its exports are the ones to declare",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    fn place(layout: Layout) -> Place<'static> {
        Place {
            bucket: "acme-cur",
            region: "eu-west-1",
            prefix: "cur",
            name: "acme-hourly",
            layout,
        }
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let legacy = place(Layout::Legacy);
        let none = not_found(&legacy, &[], &[], None);
        assert_eq!(none.status, Status::Fail);
        assert!(
            none.message.ends_with("there is none at all"),
            "{}",
            none.message
        );
        let near = not_found(&legacy, &["lake", "acme_hourly"], &[], None);
        assert!(near.message.ends_with("there is `lake`, `acme_hourly`"));
        assert!(near.remedy.starts_with("did you mean `acme_hourly`?"));
        let moved = not_found(&legacy, &["lake"], &[], Some("lake"));
        assert!(moved.remedy.contains("`report: lake`"), "{}", moved.remedy);
    }

    #[test]
    fn the_wrong_kind_is_noticed() {
        let as_cur = not_found(&place(Layout::Legacy), &[], &["acme-hourly"], None);
        assert_eq!(
            as_cur.remedy,
            "a Data Export has this name: declare it as `data_export`"
        );
        let as_export = not_found(&place(Layout::DataExports), &[], &["acme-hourly"], None);
        assert_eq!(
            as_export.remedy,
            "a legacy Cost and Usage Report has this name: declare it as `cur`"
        );
    }
}
