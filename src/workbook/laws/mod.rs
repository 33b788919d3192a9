//! What holds for every workbook that is written back: the files say what it says, nothing else changes,
//! and reading it again changes nothing.
//!
//! The [`estates`] are written at random, in all forms of the language; so are the [`changes`].

mod changes;
mod choice;
mod estates;

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;

use super::compare::{Compared, What, compare};
use super::draft::Draft;
use super::merge::merge;
use super::read::{Read, read};
use super::rows::Sheets;
use super::{Stamp, write};
use crate::config::format::format;
use crate::config::project::{self, Project, Surroundings};
use crate::config::source::Source;
use crate::model::time::Month;
use changes::change;
use choice::{Choice, Dice};
use estates::estate;

fn load(files: Vec<Source>) -> Project {
    let project = project::load_texts(Path::new("/nowhere"), files, &Surroundings::default());
    let errors: Vec<_> = project
        .diagnostics
        .iter()
        .filter(|d| d.is_error())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    project
}

const NOW: Month = Month::FIRST;

fn through_a_file(sheets: &Sheets, project: &Project) -> Read {
    let bytes = write(sheets, &Stamp::default()).unwrap();
    let read = read(&bytes, &project.settings().structure).unwrap();
    assert_eq!(read.bad, []);
    read
}

/// All comments, without the blanks behind them.
fn comments(text: &str) -> Vec<&str> {
    let comment = |line: &'_ str| line.find("# comment\t").or_else(|| line.find("# behind "));
    let lines = text
        .lines()
        .filter_map(|line| comment(line).map(|at| line[at..].trim_end()));
    let mut found: Vec<&str> = lines.collect();
    found.sort_unstable();
    found
}

fn dice(most: usize) -> impl Strategy<Value = Dice> {
    prop::collection::vec(any::<u16>(), 40..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_workbook_that_is_written_back_is_what_the_files_say(
        files in dice(300),
        changes in dice(120),
        number in 1usize..12,
        delete in any::<bool>(),
    ) {
        let before = load(estate(&files));
        let now = Sheets::of(&before.estate, NOW);
        // Nothing changes by the way of a file alone.
        let read = through_a_file(&now, &before);
        prop_assert_eq!(compare(&read, &now, &now), Compared::default());

        let mut edited = now.clone();
        let mut choice = Choice { dice: &changes, at: 0 };
        for new in 0..number {
            change(&mut edited, &mut choice, new);
        }
        if delete {
            let at = choice.of(edited.budgets.len());
            edited.budgets.remove(at);
        }
        let read = through_a_file(&edited, &before);
        let compared = compare(&read, &now, &now);
        prop_assert_eq!(&compared.bad, &[]);
        prop_assert_eq!(&compared.conflicts, &[]);
        let wanted = merge(&read, &now, &compared, delete);
        let draft = Draft::of(&before, &now, &wanted).unwrap_or_else(|error| panic!("{error:?}"));
        let after = draft.judged(&before, &Surroundings::default());
        let told: String = draft.files.iter().map(|file| {
            crate::config::format::diff(&file.path, file.before.as_deref().unwrap_or_default(), &file.after)
        }).collect();
        let errors: Vec<_> = after.diagnostics.iter().filter(|found| found.is_error()).collect();
        prop_assert!(errors.is_empty(), "{:#?}\n{}", errors, told);
        prop_assert_eq!(Draft::amiss(&after, &wanted, NOW), Vec::<What>::new(), "{}", told);
        // What somebody wrote is what is there; a manager who is not named is that of one above.
        let then = Sheets::of(&after.estate, NOW);
        let plain = |sheets: &Sheets| {
            let mut sheets = sheets.clone();
            for row in &mut sheets.cost_centers {
                (row.manager_email, row.manager_name, row.inherited) = (None, None, false);
                row.alerts.truncate(3);
            }
            sheets
        };
        let mut plainly = plain(&edited);
        // Nobody pays before the first period anyway.
        let later: BTreeSet<String> = plainly.workspaces.iter().filter(|row| row.from.is_some()).map(|row| row.id.clone()).collect();
        plainly.workspaces.retain(|row| row.code.is_some() || !later.contains(&row.id));
        plainly.workspaces.sort_by(|a, b| (&a.id, a.from, &a.code).cmp(&(&b.id, b.from, &b.code)));
        let mut is = plain(&then);
        is.workspaces.sort_by(|a, b| (&a.id, a.from, &a.code).cmp(&(&b.id, b.from, &b.code)));
        prop_assert_eq!(plainly.differences(&is), Vec::<What>::new(), "{}", told);
        // Once more changes nothing.
        let again = compare(&read, &now, &then);
        prop_assert_eq!((&again.edits, &again.conflicts), (&Vec::new(), &Vec::new()), "{}", told);
        for file in &draft.files {
            let old = file.before.as_deref().unwrap_or_default();
            prop_assert!(old != file.after);
            if !delete {
                prop_assert_eq!(comments(old), comments(&file.after), "{}", told);
            }
            if !format(old).unwrap().changed {
                prop_assert!(!format(&file.after).unwrap().changed, "{}", told);
            }
        }
    }

    #[test]
    fn a_workbook_without_changes_writes_nothing(files in dice(200)) {
        let project = load(estate(&files));
        let now = Sheets::of(&project.estate, NOW);
        let read = through_a_file(&now, &project);
        let wanted = merge(&read, &now, &compare(&read, &now, &now), true);
        let draft = Draft::of(&project, &now, &wanted).unwrap();
        prop_assert_eq!(draft, Draft::default());
    }

    /// What was changed here since stays, what was changed there comes on top, and a conflict stays one.
    #[test]
    fn changes_of_both_sides_come_together(
        files in dice(300),
        ours in dice(120),
        theirs in dice(120),
        numbers in (1usize..8, 1usize..8),
    ) {
        let base = load(estate(&files));
        let then = Sheets::of(&base.estate, NOW);
        let edited = |dice: &Dice, number: usize, new: usize| {
            let mut edited = then.clone();
            let mut choice = Choice { dice, at: 0 };
            (0..number).for_each(|at| change(&mut edited, &mut choice, new + at));
            through_a_file(&edited, &base)
        };
        let written = |project: &Project, read: &Read, now: &Sheets| {
            let compared = compare(read, &then, now);
            assert_eq!(compared.bad, []);
            let wanted = merge(read, now, &compared, false);
            let draft = Draft::of(project, now, &wanted).unwrap_or_else(|error| panic!("{error:?}"));
            let after = draft.judged(project, &Surroundings::default());
            let errors: Vec<_> = after.diagnostics.iter().filter(|found| found.is_error()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            assert_eq!(Draft::amiss(&after, &wanted, NOW), []);
            after
        };
        let here = written(&base, &edited(&ours, numbers.0, 100), &then);
        let now = Sheets::of(&here.estate, NOW);
        let read = edited(&theirs, numbers.1, 0);
        let after = written(&here, &read, &now);
        let named = |compared: &Compared| -> BTreeSet<(What, &'static str)> {
            let conflicts = compared.conflicts.iter();
            conflicts.map(|edit| (edit.what.clone(), edit.field)).collect()
        };
        let before = compare(&read, &then, &now);
        let again = compare(&read, &then, &Sheets::of(&after.estate, NOW));
        prop_assert_eq!(&again.edits, &[]);
        prop_assert!(named(&again).is_subset(&named(&before)), "{:#?}", again.conflicts);
    }
}
