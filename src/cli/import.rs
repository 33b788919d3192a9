//! `bursar import`: declare accounts that a provider lists and nobody declared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use crate::access::Inquiry;
use crate::config::pattern::FilePattern;
use crate::config::project::Project;
use crate::config::reach;
use crate::config::suggest::closest;
use crate::import::{self, Declared, Draft, FileDraft, Ignore, Options, Survey, Wants};
use crate::model::address::Address;
use crate::provider::{self, Answer, Question, Unlisted};
use crate::report::diagnostics::human;
use crate::report::import::{Told, document, render};
use crate::report::progress::Progress;

use super::files::{self, Rewrite};
use super::session::{self, AccessArgs};
use super::{Context, Exit, Failure};

/// Declare the accounts of an organization that nobody declared
///
/// Lists them at the provider, and shows what it would write. Comments and layout of files stay. The
/// settings for `import:` in bursar.yaml hold too.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The organization, by its name in the project
    #[arg(value_name = "ORGANIZATION")]
    from: String,
    /// Write the files
    #[arg(long)]
    write: bool,
    /// The file for each account: a path with {name}, {ou} or {tag:NAME} in it
    #[arg(long, value_name = "PATTERN")]
    file: Option<String>,
    /// Leave out accounts: a glob over ids, names and paths of organizational units; may be given several
    /// times
    #[arg(long, value_name = "GLOB")]
    ignore: Vec<String>,
    /// Declare closed and suspended accounts too, where the provider says since when
    #[arg(long)]
    include_closed: bool,
    /// Run the commands that `exec:` references name
    #[arg(long)]
    allow_exec: bool,
    /// Requests under way to one host at a time; without it 24
    #[arg(long, value_name = "N", value_parser = session::at_least_one)]
    parallelism: Option<usize>,
    /// Print what is declared as JSON; described by schemas/import.schema.json
    #[arg(long)]
    json: bool,
}

/// What is imported from.
struct Organization<'p> {
    name: &'p str,
    /// Its place in the declaration.
    place: u32,
    /// What people call its cloud.
    cloud: &'static str,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let ignore = Ignore::new(&args.ignore).map_err(|error| {
        Failure::new(format!("`--ignore`: {error}"))
            .help("write a glob, for example `Sandbox/*` for a unit with all that is in it")
    })?;
    let project = context.sound_project()?;
    let from = organization(args, &project)?;
    let options = Options {
        file: pattern(args, &project, from.place)?,
        closed: args.include_closed,
    };
    let ignore = ignore.and(Ignore::of(&project.estate, from.place));
    let wants = Wants {
        units: options.file.as_ref().is_some_and(FilePattern::wants_units),
        tags: options.file.as_ref().is_some_and(FilePattern::wants_tags),
        payers: true,
    };
    let (survey, calls) = ask(&project, &from, &ignore, wants, args, context)?;
    let draft = Draft::of(&project, from.place, &survey, &options).map_err(|error| {
        Failure::new(error.message)
            .code(error.code)
            .help(error.help)
    })?;
    judge(&project, &draft, context)?;
    if args.write {
        write(&project.sources.root, &draft.files)?;
    }
    let told = Told {
        organization: from.name,
        cloud: from.cloud,
        survey: &survey,
        draft: &draft,
        written: args.write,
        calls: &calls,
    };
    if args.json {
        context.printer.json(&document(&told))?;
    } else {
        let text = render(&told, context.printer.look());
        context.printer.print(&text)?;
        if draft.accounts() > 0 {
            let next = next(args, from.name);
            context.printer.print(&format!("\nNext: `{next}`\n"))?;
        }
    }
    Ok(Exit::Ok)
}

fn organization<'p>(args: &Args, project: &'p Project) -> Result<Organization<'p>, Failure> {
    let estate = &project.estate;
    let table = &estate.declaration.organizations;
    let wanted = args
        .from
        .strip_prefix("organization/")
        .unwrap_or(&args.from);
    let Some(place) = estate.organization(wanted) else {
        if wanted == "platform" {
            return Err(
                Failure::new("importing what a platform has registered is not built yet")
                    .code("import.unbuilt")
                    .help(
                        "`bursar import ORGANIZATION` declares the accounts of an AWS organization",
                    ),
            );
        }
        let help = match closest(wanted, table.keys()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if table.is_empty() => "declare one under `organizations:` first".to_owned(),
            None => {
                let names: Vec<String> = table.keys().map(|name| format!("`{name}`")).collect();
                format!("declared are {}", names.join(", "))
            }
        };
        return Err(
            Failure::new(format!("no organization is called `{wanted}`"))
                .code("reference.unknown")
                .help(help),
        );
    };
    let entry = &table.entries()[place as usize];
    Ok(Organization {
        name: &entry.key,
        place,
        cloud: provider::name(entry.value.provider),
    })
}

/// Which file each account goes into, as the command line or else the settings say.
fn pattern(args: &Args, project: &Project, place: u32) -> Result<Option<FilePattern>, Failure> {
    let settings = project.settings();
    let own = settings
        .import
        .iter()
        .filter(|(name, _)| project.estate.organization(name) == Some(place))
        .find_map(|(_, import)| import.file.as_ref());
    let Some(text) = args.file.as_ref().or(own) else {
        return Ok(None);
    };
    let pattern = FilePattern::parse(text).map_err(|cause| {
        Failure::new(format!("`{text}` is no pattern of a file: {cause}"))
            .code("import.pattern")
            .help("write a path with `{name}`, `{ou}` or `{tag:NAME}` where accounts differ, for example `estate/teams/{ou}.yaml`")
    })?;
    let here = [".".to_owned()];
    let folders = settings.sources.as_deref().unwrap_or(&here);
    reach::by_name(folders, text).map_err(|cause| {
        Failure::new(format!("no account can be declared in `{text}`: {cause}"))
            .code("import.file")
            .help("write a path below one of the `sources:`, from the project's folder")
    })?;
    Ok(Some(pattern))
}

/// Lists the organization's accounts and compares them with what is declared.
fn ask(
    project: &Project,
    from: &Organization<'_>,
    ignore: &Ignore,
    wants: Wants,
    args: &Args,
    context: &Context,
) -> Result<(Survey, BTreeMap<String, u64>), Failure> {
    let access = AccessArgs {
        offline: false,
        allow_exec: args.allow_exec,
        parallelism: args.parallelism,
    };
    let resolver = session::resolver(project, access, session::Trust::Own);
    let run = session::asking(project, &resolver, access, context);
    let inquiry = Inquiry::new(
        &project.estate,
        &BTreeSet::from([Address::organization(from.name)]),
    );
    let unbuilt = || {
        Failure::new(format!(
            "this version of bursar cannot list the accounts of {} yet",
            from.cloud
        ))
        .code("import.unbuilt")
        .help("declare them by hand: an account's id and name are enough")
    };
    let Some(subject) = inquiry.subjects().next() else {
        return Err(unbuilt());
    };
    let probes = provider::online_probes(run);
    let mut probes = probes.iter();
    let Some(probe) = probes.find(|probe| probe.provider() == subject.provider()) else {
        return Err(unbuilt());
    };
    let question = Question { subject, run: &run };
    let declared = Declared::of(&project.estate);
    let survey = session::wait(async {
        let asking = import::survey(&**probe, &question, &declared, from.place, ignore, wants);
        let mut asking = std::pin::pin!(asking);
        match tokio::time::timeout(Duration::from_secs(1), &mut asking).await {
            Ok(survey) => survey,
            Err(_) => {
                let progress = Progress::waiting("listing accounts");
                let survey = asking.await;
                progress.end();
                survey
            }
        }
    })?;
    match survey {
        None => Err(unbuilt()),
        Some(Ok(survey)) => Ok((survey, probe.calls())),
        Some(Err(Unlisted::Nothing(why))) => Err(Failure::new(format!(
            "there are no accounts of `{}` to list: {why}",
            from.name
        ))
        .code("import.listing")
        .help("declare its accounts by hand: an account's id and name are enough")),
        Some(Err(Unlisted::Unsigned { answer, .. } | Unlisted::Trouble(answer))) => {
            Err(unlisted(*answer, from))
        }
    }
}

fn unlisted(answer: Answer, from: &Organization<'_>) -> Failure {
    let failure = Failure::new(format!(
        "`{}` cannot be imported: {}",
        from.name, answer.message
    ))
    .code("import.listing");
    let failure = if answer.remedy.is_empty() {
        let check = format!("`bursar check organization/{}` tells more", from.name);
        failure.help(check)
    } else {
        failure.help(answer.remedy)
    };
    failure.paste(answer.paste)
}

/// Nothing is written that would not hold.
fn judge(project: &Project, draft: &Draft, context: &mut Context) -> Result<(), Failure> {
    if draft.files.is_empty() {
        return Ok(());
    }
    let surroundings = session::surroundings(&project.sources.root);
    let judged = draft.judged(project, &surroundings);
    if !judged.has_errors() {
        return Ok(());
    }
    let errors: Vec<_> = Draft::errors(&judged).cloned().collect();
    let paths = context.paths(&project.sources.root);
    let look = context.printer.err_look();
    let report = human::render(&errors, &judged.sources, &paths, look);
    context.printer.note(&report);
    Err(
        Failure::new("with these accounts the project would not be valid; nothing was written")
            .code("import.invalid")
            .help("correct what is said above, or leave accounts out with `--ignore`"),
    )
}

fn write(root: &Path, drafts: &[FileDraft]) -> Result<(), Failure> {
    let mut files = Vec::with_capacity(drafts.len());
    for draft in drafts {
        files.push(Rewrite {
            path: &draft.path,
            before: draft.before.as_deref(),
            after: &draft.after,
        });
    }
    files::rewrite(root, &files)
}

/// The command to go on with.
fn next(args: &Args, organization: &str) -> String {
    if args.write {
        return "bursar plan".to_owned();
    }
    let mut command = format!("bursar import {}", word(organization));
    let mut add = |option: &str, value: &str| command += &format!(" {option} {}", word(value));
    if let Some(file) = &args.file {
        add("--file", file);
    }
    for glob in &args.ignore {
        add("--ignore", glob);
    }
    if args.include_closed {
        command += " --include-closed";
    }
    if args.allow_exec {
        command += " --allow-exec";
    }
    command + " --write"
}

/// A word as a shell takes it.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
