//! The outputs of `bursar ci` that later steps of a workflow read: their names and what they mean.
//!
//! action.yml and docs/action.md are made from this table (tests/action.rs). Values are never made here.

/// One output. It is written by every run of its commands that got far enough to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// As `steps.ID.outputs.NAME` has it.
    pub name: &'static str,
    /// The commands that write it; each of them is one of [`COMMANDS`].
    pub commands: &'static [&'static str],
    /// What its value means.
    pub about: &'static str,
}

/// The commands of `bursar ci`.
pub const COMMANDS: [&str; 3] = ["plan", "apply", "check"];

const PLANNED: &[&str] = &["plan", "apply"];

const fn output(
    name: &'static str,
    commands: &'static [&'static str],
    about: &'static str,
) -> Output {
    Output {
        name,
        commands,
        about,
    }
}

/// All outputs, in the order in which they are told.
pub const ALL: &[Output] = &[
    output(
        "changes",
        PLANNED,
        "`true` if the plan has changes, else `false`",
    ),
    output("to-add", PLANNED, "How many resources are created"),
    output("to-change", PLANNED, "How many resources are changed"),
    output("to-rename", PLANNED, "How many resources are renamed"),
    output("to-delete", PLANNED, "How many resources are deleted"),
    output(
        "to-forget",
        PLANNED,
        "How many resources are no longer looked after, and stay where they are",
    ),
    output(
        "to-adopt",
        PLANNED,
        "How many resources are there already and are looked after from now on",
    ),
    output("waiting", PLANNED, "How many changes wait for something"),
    output(
        "from-before",
        &["plan"],
        "How many changes of the plan are not the pull request's own, but waited before; the numbers of `plan` leave them out",
    ),
    output(
        "blocked",
        PLANNED,
        "How many changes a failed check holds back",
    ),
    output(
        "drifted",
        PLANNED,
        "How many resources were changed by somebody else",
    ),
    output(
        "digest",
        PLANNED,
        "The digest of the plan, as `bursar apply --expect` takes it",
    ),
    output(
        "plan-file",
        &["plan"],
        "The path of a file with the plan, as `bursar plan --json` prints it",
    ),
    output(
        "comment-url",
        &["plan"],
        "Where the comment on the pull request is",
    ),
    output(
        "previewed",
        &["apply"],
        "How many changes a merged pull request had shown",
    ),
    output(
        "unpreviewed",
        &["apply"],
        "How many changes no merged pull request had shown",
    ),
    output(
        "serial",
        &["apply"],
        "The serial of the state after the apply",
    ),
    output(
        "declared-file",
        &["plan"],
        "From a fork: the path of a file, `bursar-declared.json`, with what the pull request declares, to be uploaded for a run that has credentials",
    ),
    output(
        "issue-url",
        &["check"],
        "Where the issue about broken access is",
    ),
    output(
        "failure-reason",
        &COMMANDS,
        "Why the step failed, empty where it did not: `invalid` (the files), `refused` (by a guard, or removals that nobody confirmed), `blocked` (by failed checks), `apply-failed`, `unpreviewed`, `state-locked`, `access` (something is broken), `error` (anything else)",
    ),
    output(
        "lock-info",
        &COMMANDS,
        "With `state-locked`: who holds the state and since when, as JSON",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_commands_are_known() {
        for (at, output) in ALL.iter().enumerate() {
            assert!(
                ALL[..at].iter().all(|other| other.name != output.name),
                "{}",
                output.name
            );
            assert!(!output.commands.is_empty());
            assert!(
                output
                    .commands
                    .iter()
                    .all(|command| COMMANDS.contains(command))
            );
        }
    }
}
