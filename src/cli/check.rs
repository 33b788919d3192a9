//! `bursar check`: ask everything about access, keep the answers, fail on bad ones.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{self, Board};
use crate::config::estate::Estate;
use crate::model::address::Address;
use crate::model::finding::Finding;
use crate::model::selector::Selector;
use crate::report::check;
use crate::report::plan::first_file;
use crate::state::{Findings, StateError, StateStore, StateWriter};

use crate::testkit;

use super::session::{self, AccessArgs, Session};
use super::{Context, Exit, Failure};

/// Ask about access: credentials, payers, exports, accounts
///
/// Asks everything that is declared, keeps the answers for the badges, and exits with 1 where a
/// required check fails or could not be answered.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these addresses: globs, for example credential/payers or payer/aws/*
    #[arg(value_name = "GLOB")]
    only: Vec<String>,
    #[command(flatten)]
    access: AccessArgs,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let only = Selector::new(&args.only)
        .map_err(|(at, cause)| Failure::new(format!("`{}` is no glob: {cause}", args.only[at])))?;
    let session = Session::open(context)?;
    let project = context.sound_project()?;
    let chosen = |address: &Address| args.only.is_empty() || only.selects(address);
    let asked: BTreeSet<Address> = access::askable(&project.estate)
        .into_iter()
        .filter(chosen)
        .collect();
    let asked = access::with_credentials(&project.estate, asked);
    if asked.is_empty() && args.only.is_empty() {
        if args.json {
            context
                .printer
                .json(&check::document(&[], &BTreeMap::new()))?;
        } else {
            let file = first_file(project.settings());
            context.printer.print(&format!(
                "Nothing to ask: no credential, payer or account is declared yet; begin with {file}\n"
            ))?;
        }
        return Ok(Exit::Ok);
    }
    if asked.is_empty() {
        return Err(Failure::new("nothing that is declared matches")
            .help("give globs over addresses, for example `credential/*`"));
    }
    let session::Asked {
        findings, calls, ..
    } = session::ask(
        &project,
        &asked,
        &BTreeSet::new(),
        args.access,
        session::Trust::Own,
        context,
    )?;
    testkit::reach("check.asked");
    if session.has_state()? {
        let writer = session.store.writer(&session::holder(context, "check"))?;
        keep(&asked, &findings, writer, context).map_err(|failure| session.lost(failure))?;
    }
    let require = project.settings().access.require;
    let bad = findings
        .iter()
        .filter(|finding| access::blocks(finding, require))
        .count();
    if args.json {
        context.printer.json(&check::document(&findings, &calls))?;
    } else {
        let text = check::render(
            &findings,
            &project.estate,
            context.now,
            context.printer.look(),
        );
        context.printer.print(&text)?;
    }
    Ok(if bad > 0 { Exit::Error } else { Exit::Ok })
}

/// Everything that can be asked about, with the credentials that it is reached with.
pub fn everything(estate: &Estate) -> BTreeSet<Address> {
    access::with_credentials(estate, access::askable(estate))
}

/// Puts the answers among those that are stored. They are read under the lock: what another check
/// has stored meanwhile stays.
pub fn keep(
    asked: &BTreeSet<Address>,
    findings: &[Finding],
    mut writer: Box<dyn StateWriter>,
    context: &mut Context,
) -> Result<(), Failure> {
    let stored = match writer.findings() {
        Err(StateError::Damaged { path, .. }) => {
            // What is damaged must not pass for stored where the same is stored again.
            writer.put_findings(&Findings::new())?;
            context.printer.note(&format!(
                "warning: {} is damaged: what was answered before is lost, and begun anew\n",
                path.display()
            ));
            Findings::new()
        }
        stored => stored?,
    };
    let mut board = Board::stored(&stored);
    for address in asked {
        board.clear(address);
    }
    board.add(findings.iter().cloned());
    writer.put_findings(&board.to_stored())?;
    writer.close()?;
    Ok(())
}
