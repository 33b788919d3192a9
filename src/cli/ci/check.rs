//! `bursar ci check`: watches over access between merges.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::blocks;
use crate::ci::api::IssueState;
use crate::ci::commands::{self, Annotation, Level};
use crate::ci::marker::{Kind, Marker};
use crate::ci::sticky::{self, Kept};
use crate::cli::check::{everything, keep};
use crate::cli::session::{self, AccessArgs, Session, Trust};
use crate::config::project::{self, Project};
use crate::model::address::{Address, Kind as Of};
use crate::model::finding::{Finding, Status};
use crate::report::diagnostics::human;
use crate::report::markdown::{self, COMMENT, Head, Page, SUMMARY};
use crate::report::{check, text};
use crate::state::StateStore;

use super::desk::{self, Desk, Ended, Reason};
use super::{Common, Context, Exit, Failure, patience, told};

/// Ask about all access, and keep one issue about what is broken
///
/// Opens an issue when access breaks or something expires, brings it up to date, and closes it when all
/// is well again.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Open no issue, and touch none
    #[arg(long)]
    no_issue: bool,
    /// The label of the issue
    #[arg(long, value_name = "LABEL", default_value = "bursar")]
    label: String,
    /// Run the commands that `exec:` references name
    #[arg(long)]
    allow_exec: bool,
}

/// How long a check waits for an apply to end, before its answers are not stored.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(300);

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let desk = Desk::open().inspect_err(|failure| desk::fail(failure, context))?;
    let ended = watch(args, &desk, context);
    desk.end(ended, context)
}

fn watch(args: &Args, desk: &Desk, context: &mut Context) -> Result<Ended, Failure> {
    let root = context.root()?;
    let project = project::load(&root, &session::surroundings(&root));
    if project.has_errors() {
        return invalid(project, desk, context);
    }
    told::diagnostics(&project, context)?;
    let folder = args.common.state_dir.as_deref();
    let session = Session::of(root, project.settings(), folder, context.now)?;
    let asked = everything(&project.estate);
    let access = AccessArgs {
        offline: false,
        allow_exec: args.allow_exec,
        parallelism: args.common.parallelism,
    };
    let none = BTreeSet::new();
    let session::Asked { findings, .. } =
        session::ask(&project, &asked, &none, access, Trust::Own, context)?;
    let look = markdown::LOOK;
    let report = check::render(&findings, &project.estate, context.now, look);
    Desk::log(context, "Access", &report)?;
    let require = project.settings().access.require;
    let bad = findings.iter().filter(|one| blocks(one, require)).count();
    annotate(&findings, &project, context, |one| blocks(one, require))?;
    tell(args, desk, &findings, &project, &report)?;
    // Last: what was found is told, whether or not it can be kept.
    store(desk, &asked, &findings, &session, context)?;
    Ok(match bad {
        0 => Ended::WELL,
        _ => Ended::badly(Reason::Access),
    })
}

/// Files that do not hold: nothing is asked.
pub fn invalid(project: Project, desk: &Desk, context: &mut Context) -> Result<Ended, Failure> {
    told::diagnostics(&project, context)?;
    let paths = Desk::paths(&project.sources.root);
    let (files, look) = (&project.sources, markdown::LOOK);
    let report = human::render(&project.diagnostics, files, &paths, look);
    let errors = project
        .diagnostics
        .iter()
        .filter(|one| one.is_error())
        .count();
    let errors = text::count(errors, "error", "errors");
    let page = Page::new(SUMMARY, "the log of this step has all");
    let head = Head {
        commit: &desk.runner.sha,
        ..Head::default()
    };
    let summary = markdown::invalid(head, &format!("{errors}: nothing was done"), &report, page);
    desk.outputs.summary(&summary)?;
    // It has errors: they are told, and it is not given back.
    let _ = context.sound(project);
    Ok(Ended::badly(Reason::Invalid))
}

/// Stores the answers for the badges; an apply that runs meanwhile is waited for.
fn store(
    desk: &Desk,
    asked: &BTreeSet<Address>,
    findings: &[Finding],
    session: &Session,
    context: &mut Context,
) -> Result<(), Failure> {
    if !session.has_state()? {
        return Ok(());
    }
    let holder = desk.holder(context, "ci check");
    let writer = patience::wait(PATIENCE, || session.store.writer(&holder));
    let writer = writer.inspect_err(|error| {
        // The run fails with the same words.
        let _ = desk.locked(error);
    })?;
    keep(asked, findings, writer, context).map_err(|failure| session.lost(failure))
}

/// Whether somebody must see to it: what blocks, and what will.
fn matters(finding: &Finding) -> bool {
    let bad = match finding.status {
        Status::Fail | Status::Unknown | Status::Warn => true,
        Status::Pending | Status::Pass | Status::Skipped => false,
    };
    bad && finding.waived.is_none()
}

/// The summary, and the issue.
fn tell(
    args: &Args,
    desk: &Desk,
    findings: &[Finding],
    project: &Project,
    report: &str,
) -> Result<(), Failure> {
    let run = desk.runner.run_url();
    let name = Desk::project(&project.sources.root, project.settings().project.as_deref());
    let head = Head {
        project: Some(name.as_str()).filter(|name| !name.is_empty()),
        commit: &desk.runner.sha,
        run: Some(&run),
    };
    let mattering: Vec<&Finding> = findings.iter().filter(|one| matters(one)).collect();
    let marker = Marker::new(Kind::Check, head.project.unwrap_or_default(), head.commit);
    let limit = COMMENT.saturating_sub(marker.line().len() + 1);
    let issue = match mattering.is_empty() {
        true => markdown::mended(head),
        false => {
            let page = Page::new(limit, format!("the [run]({run}) tells all"));
            markdown::checked(&mattering, &project.estate, head, page)
        }
    };
    let page = Page::new(SUMMARY, "the log of this step tells all");
    desk.outputs
        .summary(&markdown::check_summary(head, report, page))?;
    if args.no_issue {
        return Ok(());
    }
    let title = title(head.project, &mattering);
    let kept = Kept {
        label: &args.label,
        title: &title,
        state: match mattering.is_empty() {
            true => IssueState::Closed,
            false => IssueState::Open,
        },
    };
    let posted = super::wait_for(async {
        let github = desk.github().await?;
        sticky::issue(
            &github.reader,
            &github.writer,
            &github.viewer,
            kept,
            &marker,
            &issue,
        )
        .await
    })?;
    if let Some(posted) = posted {
        desk.outputs.set("issue-url", &posted.url)?;
    }
    Ok(())
}

fn title(project: Option<&str>, mattering: &[&Finding]) -> String {
    let of = project
        .map(|name| format!(" of {}", text::clean(name)))
        .unwrap_or_default();
    let broken = mattering.iter().any(|one| one.status != Status::Warn);
    match (mattering.is_empty(), broken) {
        (true, _) => format!("bursar: access{of} is well"),
        (false, true) => format!("bursar: cost data{of} cannot be read"),
        (false, false) => format!("bursar: access{of} needs care soon"),
    }
}

/// Findings at the lines that declare what they are about, the worst first.
fn annotate(
    findings: &[Finding],
    project: &Project,
    context: &mut Context,
    blocks: impl Fn(&Finding) -> bool,
) -> Result<(), Failure> {
    let places = places(project);
    let paths = Desk::paths(&project.sources.root);
    let annotation = |finding: &&Finding| {
        let at = places.get(&owner(&finding.address));
        Annotation {
            level: match blocks(finding) {
                true => Level::Error,
                false => Level::Warning,
            },
            file: at.map(|(file, _)| paths.show(file)),
            line: at.map(|(_, line)| *line),
            title: finding.check.clone(),
            message: text::clean(&format!("{}: {}", finding.address, finding.message)),
        }
    };
    let mattering = findings.iter().filter(|one| matters(one));
    let all: Vec<Annotation> = mattering
        .collect::<Vec<_>>()
        .iter()
        .map(annotation)
        .collect();
    desk::command(context, &commands::annotations(&all))?;
    Ok(())
}

/// What an export or a setting is declared with.
fn owner(address: &Address) -> Address {
    match (address.kind(), address.provider()) {
        (Of::Export, Some(provider)) => {
            let payer = address.parts().nth(1).unwrap_or_default();
            Address::payer(provider, &payer)
        }
        (Of::Recommendations, _) => Address::organization(&address.last()),
        _ => address.clone(),
    }
}

/// File and line of what can be asked about, accounts beside.
fn places(project: &Project) -> BTreeMap<Address, (String, usize)> {
    let declaration = &project.estate.declaration;
    let mut all = BTreeMap::new();
    let mut put = |address: Address, file, span: crate::config::yaml::Span| {
        let Some(source) = project.sources.get(file) else {
            return;
        };
        let before = source.text().get(..span.start as usize).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        all.insert(address, (source.path.clone(), line));
    };
    for entry in declaration.credentials.iter() {
        put(Address::credential(&entry.key), entry.file, entry.span);
    }
    for entry in declaration.organizations.iter() {
        put(Address::organization(&entry.key), entry.file, entry.span);
    }
    for (entry, resolved) in declaration.payers.iter().zip(&project.estate.payers) {
        if let Some(provider) = resolved.provider {
            put(
                Address::payer(provider, &resolved.id),
                entry.file,
                entry.span,
            );
        }
    }
    all
}
