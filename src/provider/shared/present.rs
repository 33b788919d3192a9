//! `<provider>.credential.present`: can each reference of a credential be resolved here?

use crate::credential::{CredentialError, Origin};
use crate::model::finding::{Check, Status};
use crate::model::secret_ref::SecretRef;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::{Mode, Question, Run};

pub const fn check(id: &'static str) -> Check {
    local::api(
        id,
        "Can each secret of this credential be found where its reference points?",
        "put the secret where the reference points, or correct the reference in `bursar.yaml`",
    )
}

pub fn ask(question: &Question<'_>) -> Option<Answer> {
    let credential = question.subject.credential()?;
    let secrets = credential.common().secrets;
    if secrets.is_empty() {
        return None;
    }
    let seen: Vec<Seen> = secrets
        .iter()
        .map(|(field, at)| look(field, at, question))
        .collect();
    let worst = seen
        .iter()
        .map(|seen| seen.status)
        .max()
        .unwrap_or(Status::Pass);
    let said: Vec<String> = seen
        .iter()
        .filter(|seen| seen.status == worst)
        .map(|seen| format!("{}: {}", seen.field, seen.message))
        .collect();
    let mut answer = match (worst, seen.len()) {
        (Status::Pass, 1) => Answer::pass("the secret is at hand"),
        (Status::Pass, count) => Answer::pass(format!("all {count} secrets are at hand")),
        _ => Answer {
            status: worst,
            ..Answer::pass(said.join("; "))
        },
    };
    let mut remedies: Vec<&str> = Vec::new();
    for seen in &seen {
        if seen.status == worst && !remedies.contains(&seen.remedy.as_str()) {
            remedies.push(&seen.remedy);
        }
    }
    if worst != Status::Pass {
        answer.remedy = remedies.join("; ");
    }
    for ((field, reference), seen) in secrets.iter().zip(&seen) {
        answer = answer.evidence(field, format!("{reference}: {}", seen.state));
    }
    Some(answer)
}

struct Seen {
    field: &'static str,
    status: Status,
    message: String,
    remedy: String,
    /// One word or two, as evidence.
    state: &'static str,
}

fn look(field: &'static str, reference: &SecretRef, question: &Question<'_>) -> Seen {
    match question.run.resolver.resolve_with_origin(reference) {
        Ok((
            _,
            Origin {
                readable_by_others: true,
                ..
            },
        )) => Seen {
            field,
            status: Status::Warn,
            message: format!("others than its owner can read {reference}"),
            remedy: format!(
                "chmod 600 {}",
                reference.file.as_deref().unwrap_or("the file")
            ),
            state: "readable by others",
        },
        Ok(_) => Seen {
            field,
            status: Status::Pass,
            message: String::new(),
            remedy: String::new(),
            state: "at hand",
        },
        Err(error) => {
            let (status, state) = judge(&error, reference, question.run);
            Seen {
                field,
                status,
                message: error.message,
                remedy: error.help,
                state,
            }
        }
    }
}

/// Offline, what a runner has and a laptop does not (or the other way round) is no fault: variables
/// that are not set, or set to nothing as a runner does for pull requests of strangers; files that
/// are not there. Commands that no option would let run are no fault either.
fn judge(error: &CredentialError, reference: &SecretRef, run: &Run<'_>) -> (Status, &'static str) {
    let offline = run.mode == Mode::Offline;
    let never = run.resolver.never_runs_commands();
    match error.code {
        "credential.exec-not-allowed" if offline => (Status::Skipped, "not run offline"),
        "credential.exec-not-allowed" if never => (Status::Skipped, "not run here"),
        "credential.exec-not-allowed" => (Status::Fail, "not run"),
        "credential.env-missing" if offline => (Status::Skipped, "not set here"),
        "credential.file-missing" if offline => (Status::Skipped, "not here"),
        "credential.empty" if offline && reference.env.is_some() => (Status::Skipped, "empty here"),
        "credential.env-missing" | "credential.file-missing" => (Status::Fail, "missing"),
        "credential.empty" => (Status::Fail, "empty"),
        _ => (Status::Fail, "cannot be read"),
    }
}
