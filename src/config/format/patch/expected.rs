//! What a file is to say with a patch on top: worked out on values alone, to hold the edited text to.

use std::collections::HashMap;

use super::value::{Said, Word};
use super::{Entries, Item, Patch};

/// The entries of a map with a patch. Those of the top are sections: one that became empty stays, as `{}`.
pub(super) fn entries(before: &Said, patch: &Entries, top: bool) -> Said {
    let mut all = match before {
        Said::Map(entries) => entries.clone(),
        Said::Scalar(_, Word::Null) => Vec::new(),
        other => match patch.short {
            Some(short) => vec![(short.to_owned(), other.clone())],
            None => return other.clone(),
        },
    };
    let places: HashMap<String, usize> = all.iter().map(|(key, _)| key.clone()).zip(0..).collect();
    let mut gone = vec![false; all.len()];
    for (key, change) in &patch.changes {
        let at = places.get(key).copied();
        let after = match at {
            Some(at) => of(&all[at].1, change),
            None => change.fresh().map(|value| Said::value(&value)),
        };
        match (at, after) {
            (Some(at), Some(after)) => all[at].1 = after,
            (Some(at), None) if top => all[at].1 = Said::Map(Vec::new()),
            (Some(at), None) => gone[at] = true,
            (None, Some(after)) => all.push((key.clone(), after)),
            (None, None) => {}
        }
    }
    let mut gone = gone.into_iter();
    all.retain(|_| !gone.next().unwrap_or(false));
    Said::map(all)
}

/// A value with a patch; none where it goes.
fn of(before: &Said, patch: &Patch) -> Option<Said> {
    match patch {
        Patch::Set(value) | Patch::Beside { value, .. } => Some(Said::value(value)),
        Patch::Remove => None,
        Patch::Entries(patch) => {
            // A single value only grows where something is added to it.
            let grows = Patch::Entries(patch.clone()).fresh().is_some();
            if !grows && !matches!(before, Said::Map(_)) {
                return Some(before.clone());
            }
            let after = entries(before, patch, false);
            // Its short form stays short where nothing else comes.
            if let (Said::Scalar(_, word), Some(short), Said::Map(all)) =
                (before, patch.short, &after)
                && *word != Word::Null
                && let [(key, value)] = all.as_slice()
                && key == short
            {
                return Some(value.clone());
            }
            match after {
                Said::Map(none) if none.is_empty() && *before != Said::Map(Vec::new()) => None,
                after => Some(after),
            }
        }
        Patch::Items { items, or } => match before {
            Said::List(list) if !list.is_empty() => Some(Said::List(
                items
                    .iter()
                    .filter_map(|item| match item {
                        Item::Keep(at) => list.get(*at).cloned(),
                        Item::New(value) => Some(Said::value(value)),
                    })
                    .collect(),
            )),
            _ => Some(Said::value(or)),
        },
    }
}

/// Whether a patch leaves nothing of a map.
pub(super) fn empties(before: &Said, patch: &Patch) -> bool {
    of(before, patch).is_none()
}
