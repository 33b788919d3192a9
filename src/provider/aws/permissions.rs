//! `aws.permissions`: may the principal do what the checks need? Asked by simulation, each action on
//! the resources that it is meant for and no others: a policy that is split the right way would fail
//! on a cross product.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Asking, Case, OnlineCheck, Way, check};
use super::client::iam::{self, Refusal, Simulated};
use super::client::{Kind, Principal, Session, Statement, Trouble, policy};
use crate::model::address;
use crate::model::finding::Badge;
use crate::model::spec::Export;
use crate::provider::answer::Answer;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "aws.permissions",
        "May the principal do everything that is asked of it?",
        &["iam:SimulatePrincipalPolicy", "iam:GetRole"],
        &["iam:SimulatePrincipalPolicy"],
        "add the statements to a policy of the principal",
    ),
    ask,
};

/// Actions that belong to the same resources.
struct Need {
    actions: Vec<&'static str>,
    /// The resources to simulate, as they will be asked for; empty for actions that have none.
    resources: Vec<String>,
    /// The resources to allow in a policy, where that is wider.
    allow: Vec<String>,
    /// The prefix that objects are listed with: least-privilege policies have a condition on it.
    prefix: Option<String>,
}

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let (way, needs) = needs(case)?;
        let session = match case.along(way).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match simulated(&session, &needs(&session)).await {
            Ok(answer) => answer,
            Err(trouble) => not_simulated(&session, &trouble),
        })
    })
}

type Needs<'a> = Box<dyn Fn(&Session) -> Vec<Need> + Send + Sync + 'a>;

/// Whose permissions the subject speaks for, and which.
fn needs<'a>(case: &Case<'a>) -> Option<(Way<'a>, Needs<'a>)> {
    if case.external() && case.kind() != address::Kind::Account {
        return None;
    }
    match case.kind() {
        address::Kind::Payer => {
            let (_, payer) = case.payer()?;
            let exports: Vec<(&str, &Export)> = payer
                .exports
                .iter()
                .map(|(name, export)| (name.as_str(), export))
                .collect();
            let needs = move |session: &Session| {
                let mut needs = vec![Need::anywhere(listings(&exports))];
                let definitions = exports.iter();
                needs.extend(
                    definitions.filter_map(|(name, export)| definition(session, name, export)),
                );
                let own = exports
                    .iter()
                    .filter(|(_, export)| export.read_with().is_none());
                needs.extend(own.flat_map(|(name, export)| bucket(session, name, export)));
                needs
            };
            Some((case.way()?, Box::new(needs)))
        }
        address::Kind::Export => {
            let export = case.export()?;
            let name = case.export_name()?;
            export.read_with()?;
            let way = case.reader()?;
            Some((way, Box::new(move |session| bucket(session, name, export))))
        }
        address::Kind::Account if case.signs_in() => {
            let needs =
                |_: &Session| vec![Need::anywhere(vec!["organizations:DescribeOrganization"])];
            Some((case.way()?, Box::new(needs)))
        }
        _ => None,
    }
}

/// What is asked of the payer's account itself.
fn listings(exports: &[(&str, &Export)]) -> Vec<&'static str> {
    let mut actions = vec![
        "organizations:DescribeOrganization",
        "organizations:ListAccounts",
    ];
    if exports
        .iter()
        .any(|(_, export)| matches!(export, Export::Cur(_)))
    {
        actions.push("cur:DescribeReportDefinitions");
    }
    if exports
        .iter()
        .any(|(_, export)| matches!(export, Export::DataExport(_)))
    {
        actions.push("bcm-data-exports:ListExports");
    }
    actions
}

/// What is asked of a data export itself. Its ARN ends in a UUID that nobody declares: any does, as
/// policies have a wildcard there.
fn definition(session: &Session, name: &str, export: &Export) -> Option<Need> {
    let Export::DataExport(declared) = export else {
        return None;
    };
    let arn = format!(
        "arn:{}:bcm-data-exports:{}:{}:export/{}-",
        session.partition.word(),
        session.partition.billing()?,
        session.account,
        declared.name.as_deref().unwrap_or(name),
    );
    Some(Need {
        actions: vec!["bcm-data-exports:GetExport"],
        resources: vec![format!("{arn}00000000-0000-0000-0000-000000000000")],
        allow: vec![format!("{arn}*")],
        prefix: None,
    })
}

/// What is asked of an export's bucket.
fn bucket(session: &Session, name: &str, export: &Export) -> Vec<Need> {
    let Some(place) = super::export::Place::of(name, export) else {
        return Vec::new();
    };
    let bucket = format!("arn:{}:s3:::{}", session.partition.word(), place.bucket);
    vec![
        Need {
            actions: vec![
                "s3:GetBucketLocation",
                "s3:GetBucketPolicy",
                "s3:ListBucket",
            ],
            resources: vec![bucket.clone()],
            allow: vec![bucket.clone()],
            prefix: Some(place.folder()),
        },
        Need {
            actions: vec!["s3:GetObject"],
            resources: vec![format!("{bucket}/{}manifest.json", place.folder())],
            allow: vec![format!("{bucket}/{}*", place.folder())],
            prefix: None,
        },
    ]
}

impl Need {
    fn anywhere(actions: Vec<&'static str>) -> Self {
        Self {
            actions,
            resources: Vec::new(),
            allow: vec!["*".to_owned()],
            prefix: None,
        }
    }
}

async fn simulated(session: &Session, needs: &[Need]) -> Result<Answer, Trouble> {
    let principal = match &session.principal {
        Principal::Root => {
            return Ok(Answer::pass(
                "the root user may do everything in its account",
            ));
        }
        Principal::Other => {
            return Ok(Answer::skipped(
                "not asked: AWS simulates users and roles, not federated users",
            ));
        }
        Principal::User => session.arn.clone(),
        Principal::Role(name) => match &session.role_arn {
            Some(arn) => arn.clone(),
            None => iam::role_arn(session, name).await?,
        },
    };
    let asked = needs.iter().map(|need| {
        iam::simulate(
            session,
            &principal,
            &need.actions,
            &need.resources,
            need.prefix.as_deref(),
        )
    });
    let results = futures::future::try_join_all(asked).await?;
    // Exports in one bucket need the same of it.
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut missing: Vec<(&Need, Simulated)> = Vec::new();
    for (need, results) in needs.iter().zip(results) {
        for one in results {
            let new = seen.insert((one.action.clone(), one.resource.clone()));
            if new && one.refused.is_some() {
                missing.push((need, one));
            }
        }
    }
    Ok(told(&principal, seen.len(), &missing))
}

fn told(principal: &str, count: usize, missing: &[(&Need, Simulated)]) -> Answer {
    if missing.is_empty() {
        return Answer::pass(match count {
            1 => "the permission is there".to_owned(),
            count => format!("all {count} permissions are there"),
        })
        .evidence("principal", principal)
        .evidence("simulated", count.to_string());
    }
    let named: Vec<String> = missing
        .iter()
        .map(|(_, one)| match one.resource.as_str() {
            "*" => one.action.clone(),
            resource => format!("{} on {resource}", one.action),
        })
        .collect();
    let why = |refusal| missing.iter().any(|(_, one)| one.refused == Some(refusal));
    let mut remedy = vec![];
    if why(Refusal::Implicit) {
        remedy.push("add the statements below to a policy of the principal");
    }
    if why(Refusal::Explicit) {
        remedy.push("a policy denies some explicitly: take that out");
    }
    if why(Refusal::ServiceControlPolicy) {
        remedy.push("a service control policy of the organization stands in the way of some");
    }
    if why(Refusal::Boundary) {
        remedy.push("the permissions boundary stands in the way of some");
    }
    Answer::fail(format!(
        "{} of {count} permissions {} missing: {}",
        missing.len(),
        if missing.len() == 1 { "is" } else { "are" },
        named.join(", ")
    ))
    .remedy(remedy.join("; "))
    .paste(statements(missing))
    .evidence("principal", principal)
    .evidence("missing", named.join(", "))
}

/// The statements that allow what is missing, one for each set of resources.
fn statements(missing: &[(&Need, Simulated)]) -> String {
    let mut by_resource: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
    for (need, one) in missing {
        by_resource
            .entry(&need.allow)
            .or_default()
            .push(&one.action);
    }
    let statements: Vec<Statement> = by_resource
        .into_iter()
        .map(|(resources, actions)| Statement::allow(actions, resources.to_vec()))
        .collect();
    policy(&statements)
}

/// Without a simulation the other checks speak for themselves; it only names all at once.
fn not_simulated(session: &Session, trouble: &Trouble) -> Answer {
    match trouble.kind {
        Kind::Denied => {
            let principal = session.role_arn.as_deref().unwrap_or(&session.arn);
            trouble.evidence(
                Answer::warn(format!(
                    "permissions cannot be simulated: {}",
                    trouble.explained()
                ))
                .remedy(
                    "allow the principal to simulate itself, so that missing permissions are named \
                     all at once and before they are needed:",
                )
                .paste(policy(&[Statement::allow(
                    ["iam:SimulatePrincipalPolicy"],
                    [super::identity::principal(principal)],
                )])),
            )
        }
        _ => trouble.answer("simulate the principal's policies"),
    }
}
