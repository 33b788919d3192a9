//! `azure.permissions`: may the principal do what the checks need? Asked of Azure itself, at each scope
//! that RBAC decides on; what billing roles give is `azure.payer.billing`'s to say, as billing has no
//! list of permissions by name.

mod allowed;

use std::collections::BTreeSet;

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Session;
use super::export::target::Target;
use super::roles::{BLOB_DATA_READER, COST_MANAGEMENT_READER, Role};
use super::scope::{self, Scope};
use crate::model::address;
use crate::model::finding::Badge;
use crate::model::spec::Export;
use crate::provider::answer::Answer;
use crate::provider::trouble::{Kind, Trouble};

pub use allowed::{Action, Permission, allowed};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "azure.permissions",
        "May the principal do everything that is asked of it?",
        &["Authorization:Permissions_List"],
        &["Microsoft.Authorization/permissions/read"],
        "assign the roles that are named",
    ),
    ask,
};

const EXPORTS: Action = Action::Control("Microsoft.CostManagement/exports/read");
const BLOBS: Action =
    Action::Data("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read");

/// An action that is needed at a scope, and the role that gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Need {
    scope: String,
    action: Action,
    role: Role,
}

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let (way, needs) = needs(case)?;
        if needs.is_empty() {
            return None;
        }
        let session = match case.along(way).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(asked(case, &session, needs).await)
    })
}

/// Whose permissions the subject speaks for, and which.
fn needs<'a>(case: &Case<'a>) -> Option<(&'a str, Vec<Need>)> {
    if case.external() {
        return None;
    }
    let mut needs = Vec::new();
    match case.kind() {
        address::Kind::Payer => {
            let (_, payer) = case.payer()?;
            let way = case.way()?;
            for export in payer.exports.values() {
                let Export::CostManagement(declared) = export else {
                    continue;
                };
                let target = Target::of(declared, || case.bill());
                let mut add = |need: Need| {
                    if !needs.contains(&need) {
                        needs.push(need);
                    }
                };
                definition(&target).into_iter().for_each(&mut add);
                if export.read_with().is_none() {
                    add(blobs(&target));
                }
            }
            Some((way, needs))
        }
        address::Kind::Export => {
            let target = case.target()?;
            let reader = case.export()?.read_with()?;
            if !case.reads_with_sas() {
                needs.push(blobs(&target));
            }
            Some((reader, needs))
        }
        _ => None,
    }
}

/// What reading the export's definition needs, where RBAC decides on it and says so.
fn definition(target: &Target<'_>) -> Option<Need> {
    matches!(Scope::of(&target.scope), Scope::Subscription(_)).then(|| Need {
        scope: target.scope.clone(),
        action: EXPORTS,
        role: COST_MANAGEMENT_READER,
    })
}

fn blobs(target: &Target<'_>) -> Need {
    Need {
        scope: scope::container(target.storage, target.container),
        action: BLOBS,
        role: BLOB_DATA_READER,
    }
}

/// What was found at the scopes.
#[derive(Default)]
struct Found {
    missing: Vec<Need>,
    /// Where Azure did not say what is allowed.
    untold: Vec<String>,
    scopes: BTreeSet<String>,
    /// The principal has only the role that guides for this purpose name, and which gives nothing.
    event_grid: bool,
}

async fn asked(case: &Case<'_>, session: &Session, needs: Vec<Need>) -> Answer {
    let scopes: BTreeSet<&str> = needs.iter().map(|need| need.scope.as_str()).collect();
    let asking = scopes.into_iter().map(|scope| async move {
        (
            scope.to_owned(),
            case.azure.permissions(session, scope).await,
        )
    });
    let mut found = Found::default();
    for (scope, permissions) in futures::future::join_all(asking).await {
        match permissions {
            Ok(permissions) => {
                found.event_grid |= has_event_grid(&permissions);
                let here = needs.iter().filter(|need| need.scope == scope);
                let missing = here.filter(|need| !allowed(&permissions, need.action));
                found.missing.extend(missing.cloned());
            }
            Err(trouble) if trouble.kind == Kind::Denied || trouble.kind == Kind::Missing => {
                // Who may do it need not be allowed to read that: the check that does it tells.
                found.untold.push(scope.clone());
            }
            Err(trouble) => return not_read(&trouble),
        }
        found.scopes.insert(scope);
    }
    judged(session, &found)
}

fn not_read(trouble: &Trouble) -> Answer {
    trouble.answer("ask what the principal may do")
}

fn has_event_grid(permissions: &[Permission]) -> bool {
    permissions
        .iter()
        .flat_map(|one| &one.actions)
        .any(|action| {
            action
                .to_ascii_lowercase()
                .starts_with("microsoft.eventgrid/")
        })
}

fn judged(session: &Session, found: &Found) -> Answer {
    let who = session.who();
    let answer = if found.missing.is_empty() {
        if found.untold.len() == found.scopes.len() {
            Answer::skipped(
                "Azure does not tell the principal what it may do; the other checks try it",
            )
        } else {
            Answer::pass(format!("{who} may do everything that is asked of it"))
        }
    } else {
        let told: Vec<String> = found
            .missing
            .iter()
            .map(|need| format!("{} at {}", need.action.name(), need.scope))
            .collect();
        let roles: BTreeSet<String> = found.missing.iter().map(|need| need.role.named()).collect();
        let roles: Vec<String> = roles.into_iter().collect();
        let lines: Vec<String> = found
            .missing
            .iter()
            .map(|need| need.role.assign(&session.claims.oid, &need.scope))
            .collect();
        let event_grid = if found.event_grid {
            "; the role EventGrid EventSubscription Reader, which it has, gives no access to costs or \
             blobs"
        } else {
            ""
        };
        Answer::fail(format!("{who} may not {}{event_grid}", told.join(", ")))
            .remedy(format!(
                "assign {}; an assignment takes up to ten minutes to hold:",
                roles.join(" and ")
            ))
            .paste(lines.join("\n"))
    };
    let scopes: Vec<&str> = found.scopes.iter().map(String::as_str).collect();
    let answer = answer.evidence("scopes", scopes.join(", "));
    if found.untold.is_empty() {
        answer
    } else {
        answer.evidence("untold", found.untold.join(", "))
    }
}
