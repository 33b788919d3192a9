//! What the commands that ask about access have in common: how far the command line, and the author of
//! the text, let them go.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{self, Board};
use crate::config::project::Project;
use crate::credential::{Exec, Resolver};
use crate::import::{self, Compared};
use crate::model::address::Address;
use crate::planning::Planned;
use crate::provider::{self, Mode, Run};
use crate::report::progress::Progress;

use super::session::wait;
use super::{Context, Failure};

/// What was asked on the command line about access.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct AccessArgs {
    /// Ask no provider and no platform over a network; run only the checks that need none, and block nothing
    #[arg(long)]
    pub offline: bool,
    /// Run the commands that `exec:` references name
    #[arg(long)]
    pub allow_exec: bool,
    /// Requests under way to one host at a time; without it 24 to a provider, 10 writes to a platform
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub parallelism: Option<usize>,
}

/// For options that count what is under way.
pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one request must be allowed".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("a whole number is wanted".to_owned()),
    }
}

/// Whose text the declarations are.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'a> {
    /// The user's own: merged, or on a laptop.
    Own,
    /// A pull request's: commands never run, files stay inside the project, and what these
    /// credentials reach is not asked, as nobody agreed to them yet.
    Proposed(&'a BTreeSet<Address>),
}

/// Asks about what a plan touches, and blocks what is not proven.
pub fn prove(
    planned: &mut Planned,
    stored: &Board,
    compared: &BTreeSet<Address>,
    args: AccessArgs,
    trust: Trust<'_>,
    context: &Context,
) -> Result<Proof, Failure> {
    let mut asked = access::asked(&planned.plan, &planned.project.estate);
    let mut compared = compared.clone();
    let mut withheld = BTreeSet::new();
    if let Trust::Proposed(untrusted) = trust {
        let estate = &planned.project.estate;
        withheld = access::reached_with(estate, untrusted, &asked);
        let unlisted = access::reached_with(estate, untrusted, &compared);
        asked.retain(|address| !withheld.contains(address));
        compared.retain(|address| !unlisted.contains(address));
    }
    let mut board = stored.clone();
    let Asked {
        findings: fresh,
        compared,
        ..
    } = ask(&planned.project, &asked, &compared, args, trust, context)?;
    for address in asked.iter().chain(&withheld) {
        // Of what is withheld, what was found belongs to what stood there before.
        board.clear(address);
    }
    board.add(fresh);
    let known = |address: &Address| planned.desired.get(address.as_str()).is_some();
    board.retain(known);
    if !args.offline {
        let require = planned.project.settings().access.require;
        access::block(&mut planned.plan, &board, require, &planned.project.estate);
    }
    Ok(Proof {
        board,
        compared,
        withheld,
    })
}

/// What a plan is shown with, beyond itself.
pub struct Proof {
    pub board: Board,
    /// Listings of accounts, compared with what is declared.
    pub compared: Vec<Compared>,
    /// What would have been asked, and is reached with credentials that nobody agreed to yet.
    pub withheld: BTreeSet<Address>,
}

/// Resolves secrets as far as the command line and the text's author allow.
pub fn resolver(project: &Project, args: AccessArgs, trust: Trust<'_>) -> Resolver {
    let exec = match (args, trust) {
        (AccessArgs { offline: true, .. }, _) => Exec::Offline,
        (_, Trust::Proposed(_)) => Exec::PullRequest,
        (
            AccessArgs {
                allow_exec: true, ..
            },
            Trust::Own,
        ) => Exec::Allowed,
        _ => Exec::NotAllowed,
    };
    let inside_only = matches!(trust, Trust::Proposed(_));
    Resolver::new(&project.sources.root)
        .exec(exec)
        .inside_only(inside_only)
}

/// What holds for all questions of this run.
pub fn asking<'a>(
    project: &'a Project,
    resolver: &'a Resolver,
    args: AccessArgs,
    context: &Context,
) -> Run<'a> {
    Run {
        now: context.now,
        mode: if args.offline {
            Mode::Offline
        } else {
            Mode::Online
        },
        expiring_within: project.settings().access.expiring_within(),
        parallelism: args.parallelism.unwrap_or(provider::AT_ONCE),
        resolver,
        credentials: &project.estate.declaration,
    }
}

/// Asks about resources, applies the waivers, and compares what providers list in organizations with
/// what is declared of them.
pub fn ask(
    project: &Project,
    addresses: &BTreeSet<Address>,
    compared: &BTreeSet<Address>,
    args: AccessArgs,
    trust: Trust<'_>,
    context: &Context,
) -> Result<Asked, Failure> {
    let resolver = resolver(project, args, trust);
    let run = asking(project, &resolver, args, context);
    let inquiry = access::Inquiry::new(&project.estate, addresses);
    let mut findings = access::ask_local(&inquiry, &run);
    let mut calls = BTreeMap::new();
    let organizations = access::Inquiry::new(&project.estate, compared);
    let mut compared = Vec::new();
    let nothing = inquiry.is_empty() && organizations.is_empty();
    if !args.offline && !nothing {
        // The same probes: one listing answers both.
        let probes = provider::online_probes(run);
        let progress = Progress::new("asking", inquiry.len());
        let done = |count| progress.at(count);
        let answers = wait(async {
            tokio::join!(
                access::ask_online(&inquiry, &run, &probes, &done),
                import::compare(organizations.subjects(), &project.estate, &run, &probes),
            )
        });
        progress.end();
        let (answers, listed) = answers?;
        findings.extend(answers);
        compared = listed;
        for probe in &probes {
            calls.extend(probe.calls());
        }
    }
    provider::apply_waivers(&mut findings, &project.settings().waive, run.today());
    Ok(Asked {
        findings,
        compared,
        calls,
    })
}

/// What asking brought.
pub struct Asked {
    pub findings: Vec<crate::model::finding::Finding>,
    pub compared: Vec<Compared>,
    /// The requests that it took, retries included, by `service:Operation`.
    pub calls: BTreeMap<String, u64>,
}
