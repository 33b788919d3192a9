//! `bursar state`: look after the state itself.

use std::path::PathBuf;

use clap::Subcommand;

use super::session::{self, Session};
use super::{Context, Exit, Failure};
use crate::report::text::{count as counted, grouped};

/// Look after the state: describe, back up, restore, rebuild
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say where the state is, at which serial, how large, and who writes
    Show {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a backup: one file with records and history
    Pull {
        /// The file to write
        file: PathBuf,
    },
    /// Restore a backup
    Push {
        /// A file that `state pull` wrote
        file: PathBuf,
        /// Also where the state is newer than the backup, or another one
        #[arg(long)]
        force: bool,
    },
    /// Make the register anew from the log
    Rebuild,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let session = Session::open(context)?;
    match &args.command {
        Command::Show { json } => show(*json, &session, context),
        Command::Pull { file } => {
            let pulled = session
                .store
                .pull(file, &session::holder(context, "state pull"))?;
            let text = format!(
                "Wrote {}: everything up to serial {}.\n",
                file.display(),
                pulled.serial
            );
            context.printer.print(&text)?;
            if !pulled.whole {
                context
                    .printer
                    .note("warning: the history is damaged, and part of it is not in the backup\n");
            }
            Ok(Exit::Ok)
        }
        Command::Push { file, force } => {
            let serial =
                session
                    .store
                    .push(file, *force, &session::holder(context, "state push"))?;
            context.printer.print(&format!(
                "Restored {}: the state is at serial {serial}.\n",
                file.display()
            ))?;
            Ok(Exit::Ok)
        }
        Command::Rebuild => {
            let rebuilt = session
                .store
                .rebuild(&session::holder(context, "state rebuild"))?;
            let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
            let mut text = format!(
                "Made the register anew: serial {}, {}.\n",
                rebuilt.serial,
                counted(size(rebuilt.records), "record", "records")
            );
            if rebuilt.lost > 0 {
                let (one, many) = ("commit is lost", "commits are lost");
                let lost = counted(size(rebuilt.lost), one, many);
                text += &format!("{lost}: what they held could not be read any more.\n");
            }
            for path in &rebuilt.set_aside {
                text += &format!(
                    "Set aside, to be removed once all is well: {}\n",
                    path.display()
                );
            }
            context.printer.print(&text)?;
            Ok(Exit::Ok)
        }
    }
}

fn show(json: bool, session: &Session, context: &mut Context) -> Result<Exit, Failure> {
    let state = session.store.describe()?;
    if json {
        context.printer.json(&serde_json::json!({
            "format_version": 1,
            "folder": state.folder,
            "lineage": state.lineage,
            "project": state.project,
            "platform": state.platform,
            "format": state.format,
            "serial": state.serial,
            "records": state.records,
            "open_intents": state.open_intents,
            "log_bytes": state.log_size,
            "base_bytes": state.base_size,
            "history_bytes": state.history_size,
            "register_bytes": state.register_size,
            "held_by": state.holder,
        }))?;
        return Ok(Exit::Ok);
    }
    let mut text = format!("{}\n", state.folder.display());
    if state.serial == 0 {
        text += "  nothing was registered yet\n";
    } else {
        text += &format!(
            "  serial {}, {}, lineage {}\n",
            state.serial,
            counted(state.records, "record", "records"),
            state.lineage
        );
    }
    if let Some(project) = &state.project {
        text += &format!("  project {project}, platform {}\n", state.platform);
    }
    if state.open_intents > 0 {
        let open = counted(state.open_intents, "announced change", "announced changes");
        text += &format!("  {open} without a receipt: the next apply settles what is left\n");
    }
    let kib = |bytes: u64| grouped(&bytes.div_ceil(1024).to_string());
    text += &format!(
        "  log {} KiB, base {} KiB, history {} KiB, register {} KiB\n",
        kib(state.log_size),
        kib(state.base_size),
        kib(state.history_size),
        kib(state.register_size)
    );
    if let Some(holder) = &state.holder {
        text += &format!("  being written by {holder}\n");
    }
    context.printer.print(&text)?;
    Ok(Exit::Ok)
}
