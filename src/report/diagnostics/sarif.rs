//! For code scanning: SARIF 2.1.0.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::config::declaration::PROJECT_FILE;
use crate::config::diagnostic::Diagnostic;
use crate::config::problem::FileId;
use crate::config::source::Sources;
use crate::config::yaml::Span;
use crate::report::codes;

use super::documents::Documents;
use super::paths::Paths;
use super::word;

/// All diagnostics as a SARIF log of one run. `paths` lead from the repository's top.
#[must_use]
pub fn document(diagnostics: &[Diagnostic], sources: &Sources, paths: &Paths) -> Json {
    let mut documents = Documents::new(diagnostics, sources);
    let mut rules: BTreeMap<&str, usize> = diagnostics.iter().map(|d| (d.code, 0)).collect();
    for (index, at) in rules.values_mut().enumerate() {
        *at = index;
    }
    let results: Vec<Json> = diagnostics
        .iter()
        .map(|diagnostic| {
            result(
                diagnostic,
                rules.get(diagnostic.code),
                &mut documents,
                paths,
            )
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "bursar",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.keys().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &str) -> Json {
    let page = codes::page(code).unwrap_or_default();
    let text = |line: &str| line.trim_start_matches('#').trim().to_owned();
    let first = page
        .lines()
        .map(text)
        .find(|line| !line.is_empty() && line != code);
    json!({
        "id": code,
        "shortDescription": {"text": first.unwrap_or_else(|| code.to_owned())},
        "help": {
            "text": format!("bursar explain {code}"),
            "markdown": if page.is_empty() { format!("`bursar explain {code}`") } else { page.to_owned() },
        },
    })
}

fn result(
    diagnostic: &Diagnostic,
    rule: Option<&usize>,
    documents: &mut Documents<'_>,
    paths: &Paths,
) -> Json {
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": word(diagnostic),
        "message": {"text": match diagnostic.help.as_str() {
            "" => diagnostic.message.clone(),
            help => format!("{}\nhelp: {help}", diagnostic.message),
        }},
        // What concerns the project as a whole is shown at its first file: a result needs a place.
        "locations": [location(diagnostic.place.unwrap_or((PROJECT_FILE, Span::default())), None, documents, paths)],
    });
    let related: Vec<Json> = diagnostic
        .related
        .iter()
        .map(|(at, note)| location(*at, Some(note), documents, paths))
        .collect();
    if let (false, Some(object)) = (related.is_empty(), result.as_object_mut()) {
        object.insert("relatedLocations".to_owned(), related.into());
    }
    result
}

fn location(
    (file, span): (FileId, Span),
    note: Option<&str>,
    documents: &mut Documents<'_>,
    paths: &Paths,
) -> Json {
    let (start, end) = documents.positions((file, span));
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&paths.show(documents.path(file)))},
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
    });
    if let (Some(note), Some(object)) = (note, location.as_object_mut()) {
        object.insert("message".to_owned(), json!({"text": note}));
    }
    location
}

/// A path as a relative reference: what has a meaning in a URI is encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(byte as char);
        } else {
            uri += &format!("%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::Source;

    #[test]
    fn a_log_has_what_code_scanning_needs() {
        let sources = Sources {
            files: vec![
                Source {
                    path: "bursar.yaml".to_owned(),
                    bytes: b"a: 1\n".to_vec(),
                },
                Source {
                    path: "a b.yaml".to_owned(),
                    bytes: "ä: b\nc: d\n".into(),
                },
            ],
            ..Sources::default()
        };
        let mut placed = Diagnostic::of_project("b.code", "wrong", "do this");
        placed.place = Some((FileId(1), Span::new(4, 5)));
        placed
            .related
            .push(((FileId(0), Span::new(0, 1)), "here first".to_owned()));
        let whole = Diagnostic::of_project("a.code", "all wrong", "");
        let log = document(&[whole, placed], &sources, &Paths::default());

        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        for result in results {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(
                run["tool"]["driver"]["rules"][index]["id"],
                result["ruleId"]
            );
            assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        }
        let place = &results[1]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b.yaml");
        assert_eq!(
            place["region"],
            json!({"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 5})
        );
        assert_eq!(
            results[1]["relatedLocations"][0]["message"]["text"],
            "here first"
        );
    }
}
