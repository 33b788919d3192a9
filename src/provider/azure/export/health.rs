//! `azure.export.health`: how did the newest runs of the export end?

use jiff::Timestamp;

use super::super::case::{Asking, OnlineCheck, check};
use super::super::client::exports::{self, Definition, Run};
use super::{Case, FIRST_DELIVERY, lasting};
use crate::model::finding::{Badge, SAID};
use crate::provider::answer::Answer;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "azure.export.health",
        "Did the newest run of the export complete?",
        &["CostManagement:Exports_List", "CostManagement:Exports_Get"],
        &["Microsoft.CostManagement/exports/read"],
        "see the export's run history in Cost Management, Exports",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let target = case.target()?;
        if case.external() {
            return None;
        }
        let Ok(Some(mut found)) = case.known_definition(&target).await else {
            return Some(Answer::skipped(
                "not asked: `azure.export.definition` says why",
            ));
        };
        // The list holds the newest run; where that says nothing, those before it are asked for.
        if found.runs.iter().any(|run| !tells(run)) {
            let session = case.session().await.ok()?;
            match exports::runs(&session, &target.scope, &found.name).await {
                Ok(runs) => found.runs = runs,
                Err(trouble) => return Some(trouble.answer("read the export's run history")),
            }
        }
        Some(judged(&found, case.run.now))
    })
}

/// Whether a run says how deliveries go: one that is under way, or found nothing new, does not.
fn tells(run: &Run) -> bool {
    !matches!(
        run.status.as_str(),
        "Queued" | "InProgress" | "NewDataNotAvailable"
    )
}

/// Runs with an outcome, the newest first; and whether one is under way.
fn sorted(runs: &[Run]) -> (Vec<&Run>, bool) {
    let under_way = |run: &&Run| matches!(run.status.as_str(), "Queued" | "InProgress");
    let mut ended: Vec<&Run> = runs.iter().filter(|run| !under_way(run)).collect();
    ended.sort_by_key(|run| std::cmp::Reverse(run.submitted));
    (ended, runs.iter().any(|run| under_way(&run)))
}

fn judged(found: &Definition, now: Timestamp) -> Answer {
    let (ended, under_way) = sorted(&found.runs);
    // "Nothing new" says nothing about the runs before.
    let told = ended.iter().find(|run| run.status != "NewDataNotAvailable");
    let Some(newest) = told else {
        return never(found, under_way || !ended.is_empty(), now);
    };
    let ago = newest
        .submitted
        .map(|at| format!(", {} ago", lasting(now.duration_since(at))))
        .unwrap_or_default();
    let answer = match newest.status.as_str() {
        "Completed" => Answer::pass(format!("the newest run completed{ago}")),
        "DataNotAvailable" => Answer::warn(format!(
            "the newest run found no data{ago}: there are no costs at this scope yet"
        ))
        .remedy("see that the scope has costs in this month; else wait for the next run"),
        "Failed" | "Timeout" => failed(newest, &ago),
        other => Answer::warn(format!("the newest run is {other}{ago}")),
    };
    facts(answer, newest)
}

fn never(found: &Definition, started: bool, now: Timestamp) -> Answer {
    if started {
        return Answer::pending("the first run is under way")
            .remedy("wait: a first run takes some hours");
    }
    match found.starts {
        Some(start) if start > now => Answer::pending(format!(
            "the schedule begins on {}",
            start.strftime("%Y-%m-%d")
        ))
        .remedy("wait until then, or run it once by hand (Run now)"),
        Some(start) if now.duration_since(start) < FIRST_DELIVERY => {
            Answer::pending("it has not run yet")
                .remedy("wait: the first run comes within a day; or start it (Run now)")
        }
        _ => Answer::fail("it has never run").remedy(
            "start it in Cost Management, Exports (Run now), and see what its run history says",
        ),
    }
}

fn facts(answer: Answer, run: &Run) -> Answer {
    let said: Vec<&str> = [run.code.as_deref(), run.message.as_deref()]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    let answer = answer.evidence("status", &run.status);
    let answer = match run.submitted {
        Some(at) => answer.evidence("submitted_at", at.to_string()),
        None => answer,
    };
    if said.is_empty() {
        answer
    } else {
        answer.evidence(SAID, said.join(": "))
    }
}

fn failed(run: &Run, ago: &str) -> Answer {
    let code = run.code.as_deref().unwrap_or_default();
    let words = format!("{code} {}", run.message.as_deref().unwrap_or_default());
    let words = words.to_ascii_lowercase();
    let (seen, todo) = explained(&words);
    let named = match code {
        "" => String::new(),
        code => format!(" ({code})"),
    };
    if run.status == "Timeout" {
        return Answer::fail(format!("the newest run took too long{ago}{named}")).remedy(
            "start it again (Run now); if it stays so, define the export at a smaller scope, or switch on \
             file partitioning",
        );
    }
    Answer::fail(format!("the newest run failed{ago}: {seen}{named}")).remedy(todo)
}

/// Microsoft has no list of the codes of runs: what they say is known by its words.
fn explained(words: &str) -> (&'static str, &'static str) {
    let any = |marks: &[&str]| marks.iter().any(|mark| words.contains(mark));
    if any(&["firewall", "network", "publicnetworkaccess", "ipnot"]) {
        (
            "the storage account's firewall keeps Cost Management out",
            "in the storage account, Networking: allow trusted Microsoft services, and give the export a \
             managed identity (edit and save it again in the portal)",
        )
    } else if any(&[
        "containernotfound",
        "container does not exist",
        "invalidexportcontainer",
    ]) {
        (
            "the container is not there",
            "create the container again, or point the export at another",
        )
    } else if any(&[
        "storageaccountnotfound",
        "storage account not found",
        "resourcenotfound",
        "resourcegroupnotfound",
    ]) {
        (
            "the storage account is not there",
            "create it again, or point the export at another",
        )
    } else if any(&["keybasedauthentication", "sharedkey", "shared key"]) {
        (
            "the storage account forbids shared keys, which the export still uses",
            "edit the export in the portal and save it with a managed identity",
        )
    } else if any(&["notregistered", "not registered", "resource provider"]) {
        (
            "the resource provider of exports is not registered",
            "see `azure.export.provider`",
        )
    } else if any(&[
        "unauthorized",
        "authorization",
        "authoriz",
        "permission",
        "forbidden",
        "403",
    ]) {
        (
            "Cost Management may not write to the storage account",
            "edit the export and save it again as somebody who owns the storage account: that gives it \
             its rights anew; and see its Networking",
        )
    } else {
        (
            "Azure says why below",
            "see the export's run history in Cost Management, Exports; start it again (Run now)",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::target::tests::definition;
    use super::*;
    use crate::model::finding::Status;

    fn run(status: &str, submitted: &str) -> Run {
        Run {
            status: status.to_owned(),
            submitted: submitted.parse().ok(),
            ..Run::default()
        }
    }

    fn answer(runs: Vec<Run>, starts: &str) -> Answer {
        let found = Definition {
            runs,
            starts: starts.parse().ok(),
            ..definition()
        };
        judged(&found, "2026-11-21T12:00:00Z".parse().unwrap())
    }

    const LONG_AGO: &str = "2026-01-01T00:00:00Z";

    #[test]
    fn the_newest_run_with_an_outcome_counts() {
        let runs = || {
            vec![
                run("Failed", "2026-11-20T06:00:00Z"),
                run("Completed", "2026-11-21T06:00:00Z"),
            ]
        };
        let good = answer(runs(), LONG_AGO);
        assert_eq!(good.status, Status::Pass);
        assert_eq!(good.message, "the newest run completed, 6 hours ago");
        let mut with = runs();
        with.push(run("NewDataNotAvailable", "2026-11-21T08:00:00Z"));
        with.push(run("InProgress", "2026-11-21T11:00:00Z"));
        assert_eq!(answer(with, LONG_AGO).status, Status::Pass);
        let bad = answer(
            vec![
                run("Completed", "2026-11-20T06:00:00Z"),
                run("Failed", "2026-11-21T06:00:00Z"),
            ],
            LONG_AGO,
        );
        assert_eq!(bad.status, Status::Fail);
        for status in ["DataNotAvailable", "SomethingNew"] {
            let runs = vec![run(status, "2026-11-21T06:00:00Z")];
            assert_eq!(answer(runs, LONG_AGO).status, Status::Warn);
        }
    }

    #[test]
    fn a_first_run_has_a_day() {
        assert_eq!(answer(vec![], LONG_AGO).status, Status::Fail);
        for starts in ["2026-11-20T12:00:01Z", "2026-12-01T00:00:00Z"] {
            assert_eq!(answer(vec![], starts).status, Status::Pending);
        }
        let queued = vec![run("Queued", "2026-11-21T11:00:00Z")];
        assert_eq!(answer(queued, LONG_AGO).status, Status::Pending);
    }

    #[test]
    fn causes_are_explained() {
        let mut told = Vec::new();
        for (code, message) in [
            ("StorageFirewallError", "blocked by network rules"),
            (
                "ContainerNotFound",
                "The specified container does not exist",
            ),
            ("StorageAccountNotFound", ""),
            ("KeyBasedAuthenticationNotPermitted", ""),
            ("SubscriptionNotRegistered", "not registered"),
            ("Unauthorized", "The exports service is not authorized"),
            ("SomethingNew", "whatever"),
        ] {
            let failed = Run {
                code: Some(code.to_owned()),
                message: Some(message.to_owned()),
                ..run("Failed", "2026-11-21T06:00:00Z")
            };
            let answer = answer(vec![failed], LONG_AGO);
            assert_eq!(answer.status, Status::Fail);
            assert!(answer.message.contains(code), "{}", answer.message);
            assert!(answer.evidence["said"].starts_with(code));
            assert!(!told.contains(&answer.remedy), "{}", answer.remedy);
            told.push(answer.remedy);
        }
        let late = vec![run("Timeout", "2026-11-21T06:00:00Z")];
        assert!(answer(late, LONG_AGO).message.contains("too long"));
    }
}
