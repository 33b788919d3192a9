//! Values of fields as people write them: splits, timelines, lists.

use serde_json::Value;

/// A value in one line. `path` says how to read it.
#[must_use]
pub fn shown(path: &str, value: &Value) -> String {
    match path {
        "cost_center" | "parent" => timeline(value),
        "method" => method(value),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {}", plain(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Long texts are cut in the middle of nowhere: a plan is read, not diffed.
fn cut(text: &str) -> String {
    const MOST: usize = 120;
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MOST)
        .collect();
    if text.chars().nth(MOST).is_some() {
        format!("{clean}…")
    } else {
        clean
    }
}

fn timeline(value: &Value) -> String {
    match value {
        Value::Array(periods) => periods
            .iter()
            .map(period)
            .collect::<Vec<_>>()
            .join(", then "),
        one => period(one),
    }
}

fn period(value: &Value) -> String {
    let Value::Object(map) = value else {
        return plain(value);
    };
    let whole = map.get("cost_center").or_else(|| map.get("parent"));
    let shares = whole.map(plain).or_else(|| map.get("split").map(split));
    let shares = shares.unwrap_or_else(|| match map.keys().all(|key| key == "from") {
        true => "none".to_owned(),
        false => split(value),
    });
    match map.get("from").and_then(Value::as_str) {
        Some(from) => format!("{shares} from {from}"),
        None => shares,
    }
}

fn split(value: &Value) -> String {
    match value {
        Value::Array(codes) => format!(
            "{} evenly",
            codes.iter().map(plain).collect::<Vec<_>>().join(" + ")
        ),
        Value::Object(parts) => parts
            .iter()
            .map(|(code, part)| format!("{code} {}%", plain(part)))
            .collect::<Vec<_>>()
            .join(" + "),
        other => plain(other),
    }
}

fn method(value: &Value) -> String {
    match value.get("fixed") {
        Some(fixed) => format!("fixed: {}", split(fixed)),
        None => plain(value),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;
    use serde_json::json;

    #[test]
    fn timelines_read_like_sentences() {
        let timeline = json!([{"split": {"CC-110": "60", "CC-120": "40"}}, {"from": "2027-01", "split": ["CC-110", "CC-120"]}]);
        assert_eq!(
            shown("cost_center", &timeline),
            "CC-110 60% + CC-120 40%, then CC-110 + CC-120 evenly from 2027-01"
        );
        assert_eq!(shown("cost_center", &json!("CC-110")), "CC-110");
        let parents = json!(["BU-1", {"from": "2027-01", "parent": "BU-2"}, {"from": "2027-07"}]);
        assert_eq!(
            shown("parent", &parents),
            "BU-1, then BU-2 from 2027-01, then none from 2027-07"
        );
    }
}
