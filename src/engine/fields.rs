//! Fields: which values of two specs differ, path by path.

use serde_json::Value;

use super::change::FieldChange;

/// Values that are read as one, however deep they are: a timeline in parts tells nobody anything.
const WHOLE: &[&str] = &["cost_center", "among", "method", "alerts", "manager"];

/// The fields in which two specs differ, sorted by path. A missing spec is one without fields.
#[must_use]
pub fn diff(before: Option<&Value>, after: Option<&Value>) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    walk(String::new(), before, after, &mut changes);
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

fn walk(path: String, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    let whole = WHOLE.contains(&path.as_str());
    let maps = |value: Option<&Value>| value.is_none_or(Value::is_object);
    if !whole && maps(before) && maps(after) && !is_empty(before) | !is_empty(after) {
        let keys = |value: Option<&Value>| -> Vec<String> {
            value
                .and_then(Value::as_object)
                .map(|map| map.keys().cloned().collect())
                .unwrap_or_default()
        };
        let mut all = keys(before);
        all.extend(keys(after));
        all.sort();
        all.dedup();
        for key in all {
            let inner = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            walk(
                inner,
                before.and_then(|v| v.get(&key)),
                after.and_then(|v| v.get(&key)),
                out,
            );
        }
        return;
    }
    out.push(FieldChange {
        path,
        before: before.cloned(),
        after: after.cloned(),
        observed: None,
    });
}

fn is_empty(value: Option<&Value>) -> bool {
    value
        .and_then(Value::as_object)
        .is_none_or(serde_json::Map::is_empty)
}

/// The fields of a spec that an owner of `owned` fields sees in an observed one: what is only
/// observed is not ours to change.
#[must_use]
pub fn owned_part(owned: &[&Value], observed: &Value) -> Value {
    match observed {
        Value::Object(map) if owned.iter().any(|value| value.is_object()) => {
            let mut kept = serde_json::Map::new();
            for (key, value) in map {
                let inner: Vec<&Value> = owned.iter().filter_map(|value| value.get(key)).collect();
                if !inner.is_empty() {
                    kept.insert(key.clone(), owned_part(&inner, value));
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(before: Value, after: Value) -> Vec<String> {
        let text =
            |value: &Option<Value>| value.as_ref().map_or("none".to_owned(), Value::to_string);
        diff(Some(&before), Some(&after))
            .iter()
            .map(|change| {
                format!(
                    "{}: {} -> {}",
                    change.path,
                    text(&change.before),
                    text(&change.after)
                )
            })
            .collect()
    }

    #[test]
    fn maps_differ_by_path_and_timelines_as_one() {
        assert_eq!(
            shown(
                json!({"labels": {"a": "1", "b": "2"}, "cost_center": {"split": {"A": "60", "B": "40"}}, "name": "x"}),
                json!({"labels": {"a": "1", "c": "3"}, "cost_center": {"split": {"A": "50", "B": "50"}}, "name": "x"}),
            ),
            [
                r#"cost_center: {"split":{"A":"60","B":"40"}} -> {"split":{"A":"50","B":"50"}}"#,
                r#"labels.b: "2" -> none"#,
                r#"labels.c: none -> "3""#,
            ]
        );
    }

    #[test]
    fn only_owned_fields_are_seen() {
        let owned = json!({"cur": {"bucket": "a"}, "name": "x"});
        let observed = json!({"cur": {"bucket": "b", "added_by_the_platform": 1}, "other": true});
        assert_eq!(
            owned_part(&[&owned], &observed),
            json!({"cur": {"bucket": "b"}})
        );
    }
}
