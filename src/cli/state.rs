//! `bursar state`: look after the state itself.

use std::path::PathBuf;

use clap::Subcommand;

use super::session::{self, Session};
use super::{Context, Exit, Failure};
use crate::model::hash::ContentHash;
use crate::report::text::{count as counted, grouped};
use crate::state::{EmbeddedStore, Migrated, SharedStore, Store};

/// Look after the state: describe, back up, restore, rebuild, unlock, migrate
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
    /// Make the register anew from the log, or the shards of a shared state from their history
    ///
    /// Stored answers of checks that cannot be read are begun anew.
    Rebuild {
        /// Also where announced changes of a shared state cannot be read: they are forgotten
        #[arg(long)]
        force: bool,
    },
    /// End the lease of a shared state whose holder is gone
    Unlock {
        /// The lease's id, as `state show` and the refused command tell it
        lease: String,
    },
    /// Take the state from `.bursar/` to the place that `state:` names, or back
    Migrate {
        /// Where it goes
        to: Kind,
        /// Also where another state, or a newer one, stands there: it is set aside
        #[arg(long)]
        force: bool,
    },
}

/// The two kinds of places for a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// What `state:` in bursar.yaml names
    Shared,
    /// `.bursar/` beside bursar.yaml
    Embedded,
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
        Command::Unlock { lease } => {
            let holder = session.store.unlock(lease)?;
            context.printer.print(&format!(
                "Ended the lease of {holder}. What it had committed stands; announced changes are settled by the next apply.\n"
            ))?;
            Ok(Exit::Ok)
        }
        Command::Migrate { to, force } => migrate(*to, *force, &session, context),
        Command::Rebuild { force } => {
            let rebuilt = session
                .store
                .rebuild(*force, &session::holder(context, "state rebuild"))?;
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
            if rebuilt.forgotten > 0 {
                let (one, many) = ("announced change was", "announced changes were");
                let forgotten = counted(rebuilt.forgotten, one, many);
                text += &format!(
                    "{forgotten} forgotten: what the platform has of that shows in the next `bursar plan`.\n"
                );
            }
            if rebuilt.findings_lost {
                text += "Stored answers of checks could not be read any more: `bursar check` asks anew.\n";
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

fn migrate(
    to: Kind,
    force: bool,
    session: &Session,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let Store::Shared(_) = &session.store else {
        return Err(Failure::new("bursar.yaml names no shared place for the state")
            .code("state.elsewhere")
            .help("write `state: {s3: {bucket: …, region: …}}`, `{gcs: …}` or `{azure_blob: …}` first; take it out only after the way back"));
    };
    let embedded = Store::Embedded(session.embedded());
    let (from, target) = match to {
        Kind::Shared => (&embedded, &session.store),
        Kind::Embedded => (&session.store, &embedded),
    };
    let holder = session::holder(context, "state migrate");
    let Migrated { serial, whole } = from.migrate(target, force, &holder)?;
    let history = match whole {
        true => ", with its history",
        false => "",
    };
    let mut text = format!(
        "Moved the state from {} to {}: serial {serial}{history}.\n",
        from.name(),
        target.name()
    );
    text += match to {
        Kind::Shared => {
            "What was in the folder is set aside there, to be removed once all is well.\n"
        }
        Kind::Embedded => {
            "Now take `state:` out of bursar.yaml: until then commands are refused there.\n"
        }
    };
    context.printer.print(&text)?;
    if !whole {
        context.printer.note(&format!(
            "warning: the history in {} is damaged and did not go along: one commit that makes all records stands in for it; what can be read of it stays where it was\n",
            from.name()
        ));
    }
    Ok(Exit::Ok)
}

fn show(json: bool, session: &Session, context: &mut Context) -> Result<Exit, Failure> {
    match &session.store {
        Store::Embedded(store) => show_embedded(json, store, context),
        Store::Shared(store) => show_shared(json, store, context),
    }
}

fn show_shared(json: bool, store: &SharedStore, context: &mut Context) -> Result<Exit, Failure> {
    let state = store.describe()?;
    if json {
        let lease = state.lease.as_ref().map(|(holder, terms)| {
            serde_json::json!({"id": terms.lease, "until": terms.until, "holder": holder})
        });
        context.printer.json(&serde_json::json!({
            "format_version": 1,
            "place": state.place,
            "lineage": state.lineage,
            "project": state.project,
            "platform": state.platform,
            "format": state.format,
            "serial": state.serial,
            "records": state.records,
            "open_intents": state.open_intents,
            "shards": state.shards,
            "history_bytes": state.history_size,
            "lease": lease,
        }))?;
        return Ok(Exit::Ok);
    }
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut text = format!("{}\n", state.place);
    text += &standing(state.serial, size(state.records), state.lineage);
    text += &bound(
        state.project.as_deref(),
        &state.platform,
        state.open_intents,
    );
    text += &format!(
        "  {}, history {} KiB\n",
        counted(state.shards, "shard", "shards"),
        grouped(&state.history_size.div_ceil(1024).to_string())
    );
    if let Some((holder, terms)) = &state.lease {
        text += &format!(
            "  held by {holder} under the lease {} until {}\n",
            terms.lease, terms.until
        );
    }
    context.printer.print(&text)?;
    Ok(Exit::Ok)
}

fn standing(serial: u64, records: usize, lineage: ContentHash) -> String {
    if serial == 0 {
        return "  nothing was registered yet\n".to_owned();
    }
    format!(
        "  serial {serial}, {}, lineage {lineage}\n",
        counted(records, "record", "records")
    )
}

fn bound(project: Option<&str>, platform: &str, open: usize) -> String {
    let mut text = String::new();
    if let Some(project) = project {
        text += &format!("  project {project}, platform {platform}\n");
    }
    if open > 0 {
        let open = counted(open, "announced change", "announced changes");
        text += &format!("  {open} without a receipt: the next apply settles what is left\n");
    }
    text
}

fn show_embedded(
    json: bool,
    store: &EmbeddedStore,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let state = store.describe()?;
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
    text += &standing(state.serial, state.records, state.lineage);
    text += &bound(
        state.project.as_deref(),
        &state.platform,
        state.open_intents,
    );
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
