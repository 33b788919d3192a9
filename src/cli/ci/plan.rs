//! `bursar ci plan`: a pull request's preview.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::access::Board;
use crate::ci::commands::{self, Annotation, Level};
use crate::ci::marker::Shown;
use crate::cli::session::{self, AccessArgs, Session, Trust};
use crate::engine::Change;
use crate::model::address::Address;
use crate::planning::base::{Declared, Marks};
use crate::planning::{self, Lines, Planned, Request};
use crate::report::Look;
use crate::report::diagnostics::human;
use crate::report::markdown::{self, Page, Preview, Verdict};
use crate::report::plan::{self, By, json};
use crate::state::{Snapshot, StateReader};

use super::desk::{self, Desk, Ended, Reason};
use super::known;
use super::pages::Pages;
use super::proposal::{self, Proposed};
use super::told;
use super::{Commented, Common, Context, Exit, Failure};

/// Preview a pull request: what its merge would change
///
/// Plans the pull request's declarations with the settings and credentials of its base, and writes one
/// comment, the step's summary, annotations and outputs. From a fork, without secrets, it compares the
/// declarations with the base's, for the summary only.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// When the pull request gets a comment
    #[arg(long, value_name = "WHEN", default_value = "always")]
    comment: Commented,
    /// The declarations of a pull request from a fork, as `ci plan` wrote them there without secrets; for runs on `workflow_run`
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    declared: Option<PathBuf>,
    /// Ask no provider and no platform over a network
    #[arg(long)]
    offline: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let desk = Desk::open().inspect_err(|failure| desk::fail(failure, context))?;
    let ended = preview(args, &desk, context);
    desk.end(ended, context)
}

fn preview(args: &Args, desk: &Desk, context: &mut Context) -> Result<Ended, Failure> {
    let root = context.root()?;
    let ask = || Ok(super::wait_for(desk.github())?.reader);
    let proposed = proposal::read(
        &root,
        &desk.runner,
        &desk.event,
        args.declared.as_deref(),
        ask,
    )?;
    let name = Desk::project(&root, proposed.project.settings().project.as_deref());
    let pages = Pages::new(desk, name, &proposed);
    told::diagnostics(&proposed.project, context)?;
    if proposed.project.has_errors() {
        return invalid(args, &proposed, &pages, context);
    }
    if let Some(why) = without_state(args, &proposed) {
        return declarations(args, proposed, &why, &pages, context);
    }
    planned(args, proposed, &pages, context).inspect_err(|failure| {
        // An older comment would go on to look like an answer.
        pages.failed(failure, args.comment != Commented::Never);
    })
}

/// Files that do not hold: nothing is planned.
fn invalid(
    args: &Args,
    proposed: &Proposed,
    pages: &Pages<'_>,
    context: &mut Context,
) -> Result<Ended, Failure> {
    let project = &proposed.project;
    let paths = Desk::paths(&project.sources.root);
    let report = human::render(&project.diagnostics, &project.sources, &paths, Look::PLAIN);
    Desk::log(context, "What is wrong", &report)?;
    let errors = project
        .diagnostics
        .iter()
        .filter(|one| one.is_error())
        .count();
    let verdict = crate::report::text::count(errors, "error", "errors") + ": nothing was planned";
    let page = |page: Page| markdown::invalid(pages.head(), &verdict, &report, page);
    pages.desk().outputs.summary(&page(pages.summary()))?;
    if args.comment != Commented::Never && proposed.bundle.is_none() {
        comment(pages, &page(pages.comment()), true, context)?;
    }
    Ok(Ended::badly(Reason::Invalid))
}

/// Why no state can be read; none where it can.
fn without_state(args: &Args, proposed: &Proposed) -> Option<String> {
    if let Some(why) = &proposed.declarations_only {
        return Some(why.clone());
    }
    let trusted = proposed.trusted.as_ref()?;
    let embedded = trusted.state == crate::model::settings::StateSettings::default();
    (embedded && args.common.state_dir.is_none()).then(|| {
        "The state is embedded, and this runner has none of it: a shared state (`state:` in bursar.yaml) or `--state-dir` would be compared with.".to_owned()
    })
}

/// What is declared otherwise than at the base: no state, no network, no secret.
fn declarations(
    args: &Args,
    proposed: Proposed,
    why: &str,
    pages: &Pages<'_>,
    context: &mut Context,
) -> Result<Ended, Failure> {
    let desk = pages.desk();
    if let Some(bundle) = &proposed.bundle {
        let path = proposal::bundle_path(&desk.temp());
        let written = bundle.to_json().map_err(std::io::Error::other);
        let written = written.and_then(|text| std::fs::write(&path, text));
        written
            .map_err(|cause| Failure::new(format!("cannot write {}: {cause}", path.display())))?;
        desk.outputs.set("declared-file", &path.to_string_lossy())?;
    }
    let before = match proposed.base.declared {
        Declared::Otherwise(before) => *before,
        Declared::Same | Declared::Nothing => crate::config::project::load_texts(
            &proposed.project.sources.root,
            Vec::new(),
            &Default::default(),
        ),
    };
    let planned = planning::since(&before, proposed.project);
    let lines = Lines::new(&planned.project);
    let board = Board::default();
    let shown = session::shown(
        &planned,
        &lines,
        &board,
        By::Organization,
        true,
        context.now,
    );
    let told = markdown::Declarations {
        shown: &shown,
        why,
        proposal: &proposed.proposal,
        head: pages.head(),
    };
    let summary = planned.plan.summary();
    let text = format!(
        "{why}\n\nDeclarations only: {}\n{}",
        plan::verdict(&summary),
        plan::changes(&shown, markdown::LOOK)
    );
    Desk::log(context, "What is declared otherwise", &text)?;
    desk.outputs
        .summary(&markdown::declarations(&told, pages.summary()))?;
    desk.count(&summary, 0)?;
    let changes = planned.plan.has_changes();
    desk.outputs
        .set("changes", if changes { "true" } else { "false" })?;
    let wanted = match args.comment {
        Commented::Always => true,
        Commented::Changes => changes,
        Commented::Never => false,
    };
    // A run from a fork may not comment, and need not: it is in the summary.
    if args.comment != Commented::Never && proposed.bundle.is_none() {
        let text = markdown::declarations(&told, pages.comment());
        comment(pages, &text, wanted, context)?;
    }
    Ok(Ended::WELL)
}

/// A plan against the state, as the base's settings say.
fn planned(
    args: &Args,
    proposed: Proposed,
    pages: &Pages<'_>,
    context: &mut Context,
) -> Result<Ended, Failure> {
    let desk = pages.desk();
    let Some(trusted) = &proposed.trusted else {
        return Err(Failure::new("the base says nothing of where the state is"));
    };
    let root = proposed.project.sources.root.clone();
    let folder = args.common.state_dir.as_deref();
    let session = Session::of(root, trusted, folder, context.now)?;
    let snapshot = session.store.load()?;
    let findings = session.store.findings()?;
    let request = Request::default();
    let access = AccessArgs {
        offline: args.offline,
        allow_exec: false,
        parallelism: args.common.parallelism,
    };
    let untrusted = proposed.proposal.untrusted();
    let mut notes = proposed.base.notes.clone();
    let (mut planned, marks) = session::compare_with(
        &session,
        proposed.project,
        &snapshot,
        args.offline,
        &request,
        Some(proposed.base),
    )?;
    notes.extend(interrupted(&snapshot));
    let compared = match args.offline {
        true => BTreeSet::new(),
        false => organizations(&planned),
    };
    let trust = Trust::Proposed(&untrusted);
    let stored = Board::stored(&findings);
    let session::Proof {
        board,
        compared,
        withheld,
    } = session::prove(&mut planned, &stored, &compared, access, trust, context)?;
    let lines = Lines::new(&planned.project);
    let mut shown = session::shown(
        &planned,
        &lines,
        &board,
        By::Organization,
        args.offline,
        context.now,
    );
    shown.compared = &compared;
    shown.marks = marks.as_ref();
    let text = plan::render(&shown, markdown::LOOK);
    let refusals = session::reviewed_refusals(
        &planned,
        &Desk::paths(&planned.project.sources.root),
        markdown::LOOK,
    );
    Desk::log(context, "The plan", &(text + &refusals))?;
    let document = json::document(&shown, snapshot.lineage(), snapshot.serial());
    let path = desk.temp().join("bursar-plan.json");
    crate::cli::plan::write(&path, &document)?;
    desk.outputs.set("plan-file", &path.to_string_lossy())?;
    desk.outputs
        .set("digest", &planned.plan.digest.to_string())?;
    let verdict = Verdict::of(&shown);
    // The pull request's own: what waited before is counted apart.
    desk.count(&verdict.own, verdict.drifted)?;
    let before = verdict.before.total();
    desk.outputs.set("from-before", &before.to_string())?;
    let changes = verdict.own.total() > 0;
    desk.outputs
        .set("changes", if changes { "true" } else { "false" })?;
    told::planned(&planned, marks.as_ref(), &lines, context)?;
    let (own, other) = hashes(&planned, marks.as_ref());
    let gone = known::gone(marks.as_ref(), &own, &other);
    let pages = pages.with_changes(planned.plan.digest, &own, &other, gone);
    let preview = Preview {
        shown: &shown,
        proposal: &proposed.proposal,
        withheld: &withheld,
        notes: &notes,
        head: pages.head(),
        refusals: &refusals,
        warnings: &told::warnings(&planned.project),
        serial: snapshot.serial(),
    };
    desk.outputs
        .summary(&markdown::preview(&preview, pages.summary()))?;
    let wanted = match args.comment {
        Commented::Always => true,
        Commented::Changes => verdict.matters(),
        Commented::Never => false,
    };
    if args.comment != Commented::Never {
        let text = markdown::preview(&preview, pages.comment());
        comment(&pages, &text, wanted, context)?;
    }
    Ok(match () {
        () if verdict.refused > 0 => Ended::badly(Reason::Refused),
        () if verdict.own.blocked > 0 => Ended::badly(Reason::Blocked),
        () => Ended::WELL,
    })
}

/// A plan's changes as a comment's hidden line knows them: those of this pull request, and the others.
fn hashes(planned: &Planned, marks: Option<&Marks>) -> (Vec<Shown>, Vec<Shown>) {
    let changes = planned.plan.changes.iter();
    let (own, other): (Vec<_>, Vec<_>) =
        changes.partition(|change| marks.is_none_or(|marks| marks.is_own(change)));
    let shown = |changes: Vec<&Change>| changes.into_iter().map(known::shown).collect();
    (shown(own), shown(other))
}

fn interrupted(snapshot: &Snapshot) -> Option<String> {
    let open = snapshot.open_intents().len();
    (open > 0).then(|| {
        format!(
            "an apply was interrupted: the next one first asks the platform what became of {open} announced {}",
            if open == 1 { "change" } else { "changes" }
        )
    })
}

/// The organizations whose accounts are listed: all of them.
fn organizations(planned: &Planned) -> BTreeSet<Address> {
    let organizations = planned.project.estate.declaration.organizations.keys();
    organizations
        .map(Address::organization)
        .filter(|address| planned.desired.get(address.as_str()).is_some())
        .collect()
}

/// Writes the comment, and says where it was left to a newer run.
fn comment(
    pages: &Pages<'_>,
    text: &str,
    wanted: bool,
    context: &mut Context,
) -> Result<(), Failure> {
    if let Some(why) = pages.post(text, wanted)? {
        let notice = Annotation {
            level: Level::Notice,
            file: None,
            line: None,
            title: "bursar".to_owned(),
            message: why,
        };
        desk::command(context, &commands::annotations(&[notice]))?;
    }
    Ok(())
}
