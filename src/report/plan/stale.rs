//! How a change of a saved plan differs from what would be done now.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::engine::Change;

use super::json::PlannedChange;
use super::value;

/// As many fields are told.
const MOST: usize = 3;

/// What differs, in a few words: the action, or fields as they were planned and as they are now.
#[must_use]
pub fn differs(planned: &PlannedChange, now: &Change) -> String {
    if planned.action != now.action.as_str() {
        return format!("{} was planned", planned.action);
    }
    let then = |path: &str| planned.fields.iter().find(|field| field.path == path);
    let today = |path: &str| now.fields.iter().find(|field| field.path == path);
    let paths = planned.fields.iter().map(|field| field.path.as_str());
    let paths: BTreeSet<&str> = paths
        .chain(now.fields.iter().map(|field| field.path.as_str()))
        .collect();
    let mut told = Vec::new();
    for path in paths {
        let (then, today) = (then(path), today(path));
        let after = |value: Option<&Option<Value>>| match value {
            None => "unchanged".to_owned(),
            Some(None) => "none".to_owned(),
            Some(Some(value)) => value::shown(path, value),
        };
        let planned = after(then.map(|field| &field.after));
        let now = after(today.map(|field| &field.after));
        if planned != now {
            told.push(format!("{path}: planned {planned}, now {now}"));
            continue;
        }
        let before = |value: Option<&Option<Value>>| match value.and_then(Option::as_ref) {
            None => "none".to_owned(),
            Some(value) => value::shown(path, value),
        };
        let planned = before(then.map(|field| &field.before));
        let now = before(today.map(|field| &field.before));
        if planned != now {
            told.push(format!(
                "{path}: planned when it was {planned}, now it is {now}"
            ));
        }
    }
    if told.is_empty() {
        return "planned otherwise".to_owned();
    }
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    let more = match more {
        0 => String::new(),
        more => format!("; {more} more fields"),
    };
    told.join("; ") + &more
}
