//! The settings of `bursar.yaml` say what can be meant.

use globset::GlobBuilder;

use super::support::{choices, shown};
use super::{Context, Rule};
use crate::config::declaration::{PROJECT_FILE, Section};
use crate::config::problem::{At, Problem};
use crate::config::suggest::closest;
use crate::model::selector::Selector;
use crate::model::settings::Settings;

pub const RULE: Rule = Rule {
    name: "settings",
    codes: &[
        "settings.version",
        "settings.project",
        "settings.sources",
        "settings.section",
        "settings.glob",
        "settings.guard",
        "settings.check",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let settings = &context.estate.declaration.settings;
    let at = At::file(PROJECT_FILE);
    // A project file that is missing, or a version that cannot be read, is reported by who reads it.
    let unread = &context.estate.declaration.unread;
    if !unread.project
        && !unread.settings.contains("version")
        && !context.sources.text(PROJECT_FILE).trim().is_empty()
    {
        version(settings, &at, problems);
    }
    if let Some(project) = settings.project.as_deref().filter(|name| !is_project(name)) {
        problems.push(
            Problem::error(
                "settings.project",
                at.clone().key("project"),
                format!("`{}` cannot be a project's name", shown(project)),
                "write letters, digits, dots, hyphens and underscores, at most 64, beginning with a letter or digit",
            )
            .label("not a name"),
        );
    }
    for (position, folder) in settings.sources.iter().flatten().enumerate() {
        let out = folder.starts_with(['/', '~', '\\'])
            || folder.split(['/', '\\']).any(|part| part == "..");
        // What a commit holds there is passed over when git is read: previews would not show it.
        let hidden = |part: &str| part.starts_with('.') && !matches!(part, "." | "..");
        if !out && folder.split(['/', '\\']).any(hidden) {
            problems.push(
                Problem::error(
                    "settings.sources",
                    at.clone().key("sources").index(position),
                    format!("`{}` is hidden: nothing in it is read", shown(folder)),
                    "give the folder a name that does not begin with a dot",
                )
                .label("a hidden folder"),
            );
        }
        if out || folder.trim().is_empty() {
            problems.push(
                Problem::error(
                    "settings.sources",
                    at.clone().key("sources").index(position),
                    format!("`{}` is no folder inside the project", shown(folder)),
                    "write the path of a folder below the one that bursar.yaml is in, for example `sources: [estate]`",
                )
                .label("outside the project"),
            );
        }
    }
    files(settings, &at, problems);
    selectors(settings, &at, problems);
    guard(settings, &at, problems);
    checks(context, &at, problems);
}

/// A version that is not known is refused before the rules are asked.
fn version(settings: &Settings, at: &At, problems: &mut Vec<Problem>) {
    if settings.version.is_none() {
        problems.push(Problem::error(
            "settings.version",
            at.clone(),
            "bursar.yaml does not say which version of the language it is written in",
            "add `version: 1` as its first line",
        ));
    }
}

fn is_project(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

pub(super) fn malformed(text: &str, cause: &str, at: At) -> Problem {
    Problem::error(
        "settings.glob",
        at,
        format!("`{}` is no pattern: {cause}", shown(text)),
        "write `*` for any text, `?` for one character, `[ab]` for one of several, `{a,b}` for one of several words",
    )
    .label("not a pattern")
}

fn files(settings: &Settings, at: &At, problems: &mut Vec<Problem>) {
    let known = Section::ALL.map(Section::as_str);
    for (glob, sections) in &settings.files {
        let at = at.clone().key("files").key(glob);
        if let Err(error) = GlobBuilder::new(glob).literal_separator(true).build() {
            problems.push(malformed(
                glob,
                &error.kind().to_string(),
                at.clone().name(),
            ));
        }
        for (position, section) in sections.iter().enumerate() {
            if known.contains(&section.as_str()) {
                continue;
            }
            let help = match closest(section, known.into_iter()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "write some of {}",
                    known.map(|name| format!("`{name}`")).join(", ")
                ),
            };
            problems.push(
                Problem::error(
                    "settings.section",
                    at.clone().index(position),
                    format!("no section is called `{}`", shown(section)),
                    help,
                )
                .label("not a section"),
            );
        }
    }
}

fn selectors(settings: &Settings, at: &At, problems: &mut Vec<Problem>) {
    for (position, glob) in settings.select.iter().flatten().enumerate() {
        if let Err((_, cause)) = Selector::new(&[glob]) {
            problems.push(malformed(
                glob,
                &cause,
                at.clone().key("select").index(position),
            ));
        }
    }
    for (position, waiver) in settings.waive.iter().enumerate() {
        if let Err((_, cause)) = Selector::new(&[&waiver.applies_to]) {
            let at = at.clone().key("waive").index(position).key("for");
            problems.push(malformed(&waiver.applies_to, &cause, at));
        }
    }
}

fn guard(settings: &Settings, at: &At, problems: &mut Vec<Problem>) {
    let guard = &settings.guard;
    for (name, threshold) in [("delete", guard.delete), ("update", guard.update)] {
        if threshold.percent > 100 {
            problems.push(
                Problem::error(
                    "settings.guard",
                    at.clone().key("guard").key(name).key("percent"),
                    format!("{} is more than all", threshold.percent),
                    "write a percentage from 0 to 100; 100 lets everything pass",
                )
                .label("above 100"),
            );
        }
    }
}

fn checks(context: Context<'_>, at: &At, problems: &mut Vec<Problem>) {
    let known = context.surroundings.checks.as_slice();
    if known.is_empty() {
        return;
    }
    for (position, waiver) in context.estate.declaration.settings.waive.iter().enumerate() {
        let check = waiver.check.as_str();
        if known.contains(&check) {
            continue;
        }
        let help = match closest(check, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => choices(known).map_or_else(
                || "write a check's id as `bursar check` shows it".to_owned(),
                |choices| format!("write {choices}"),
            ),
        };
        problems.push(
            Problem::error(
                "settings.check",
                at.clone().key("waive").index(position).key("check"),
                format!("no check has the id `{}`", shown(check)),
                help,
            )
            .label("not a check"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn right_settings_pass() {
        let text = "version: 1
project: acme
sources: [estate]
files: {teams/**: [accounts, defaults]}
select: ['*', '!account/oci/*']
guard: {delete: {percent: 100, at_least: 5}, update: {percent: 0, at_least: 0}}
waive: [{check: azure.sas.expiry, for: 'organization/*', until: 2000-01-01, reason: known}]
";
        assert_eq!(found(&RULE, text), Vec::<String>::new());
    }

    #[test]
    fn wrong_settings_are_told_apart() {
        let text = "version: 1
project: a b
sources: [../other, /etc, estate/.hidden, ./estate, .]
files: {'teams/[': [account]}
select: ['a[']
guard: {delete: {percent: 101, at_least: 5}, update: {percent: 50, at_least: 20}}
waive: [{check: azure.sas.expire, for: 'b[', until: 2000-01-01, reason: known}]
";
        assert_eq!(
            found(&RULE, text),
            [
                "settings.glob ~files.teams/[",
                "settings.section files.teams/[[0]",
                "settings.guard guard.delete.percent",
                "settings.project project",
                "settings.glob select[0]",
                "settings.sources sources[0]",
                "settings.sources sources[1]",
                "settings.sources sources[2]",
                "settings.check waive[0].check",
                "settings.glob waive[0].for",
            ]
        );
        let said = said(&RULE, text);
        assert!(said[1].ends_with("did you mean `accounts`?"), "{}", said[1]);
        assert!(
            said[8].ends_with("did you mean `azure.sas.expiry`?"),
            "{}",
            said[8]
        );
    }

    #[test]
    fn the_version_must_be_said() {
        assert_eq!(found(&RULE, "project: acme\n"), ["settings.version "]);
    }
}
