//! The place of a shared state has a name that its provider would give.
//!
//! Google's rules: <https://cloud.google.com/storage/docs/buckets#naming>; Amazon's and Azure's stand with
//! those of exports.

use super::aws_storage::{bucket_fault, bucket_help};
use super::azure_storage::{is_account, is_container};
use super::support::shown;
use super::{Context, Rule};
use crate::config::declaration::PROJECT_FILE;
use crate::config::problem::{At, Problem};

pub const RULE: Rule = Rule {
    name: "state_place",
    codes: &["settings.state"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let state = &context.estate.declaration.settings.state;
    let at = At::file(PROJECT_FILE).key("state");
    let mut wrong = |at: At, message: String, help: String| {
        problems.push(Problem::error("settings.state", at, message, help).label("not a name"));
    };
    if let Some(place) = &state.s3 {
        let at = at.clone().key("s3");
        if let Some(why) = bucket_fault(&place.bucket) {
            wrong(
                at.clone().key("bucket"),
                format!("`{}` is no name of an S3 bucket: {why}", shown(&place.bucket)),
                bucket_help(&place.bucket),
            );
        }
        // What is compatible with S3 has regions of its own: `auto`, `garage`.
        if !is_word(&place.region) {
            wrong(
                at.clone().key("region"),
                format!("`{}` is no code of a region", shown(&place.region)),
                "write the region's code, for example `region: eu-west-1`".to_owned(),
            );
        }
        prefix(place.prefix.as_deref(), at, &mut wrong);
    }
    if let Some(place) = &state.gcs {
        let at = at.clone().key("gcs");
        if let Some(why) = gcs_fault(&place.bucket) {
            wrong(
                at.clone().key("bucket"),
                format!(
                    "`{}` is no name of a bucket of Google Cloud Storage: {why}",
                    shown(&place.bucket)
                ),
                "write the bucket's name alone, for example `bucket: acme-state`; a path in it goes to `prefix:`"
                    .to_owned(),
            );
        }
        prefix(place.prefix.as_deref(), at, &mut wrong);
    }
    if let Some(place) = &state.azure_blob {
        let at = at.key("azure_blob");
        if !is_account(&place.account) {
            wrong(
                at.clone().key("account"),
                format!("`{}` is no name of a storage account", shown(&place.account)),
                "write its name alone, 3 to 24 small letters and digits: `acmestate` of acmestate.blob.core.windows.net"
                    .to_owned(),
            );
        }
        if !is_container(&place.container) {
            wrong(
                at.clone().key("container"),
                format!("`{}` is no name of a blob container", shown(&place.container)),
                "write 3 to 63 small letters, digits and single hyphens, beginning and ending with a letter or digit; a folder in it goes to `prefix:`"
                    .to_owned(),
            );
        }
        prefix(place.prefix.as_deref(), at, &mut wrong);
    }
}

fn is_word(region: &str) -> bool {
    !region.is_empty()
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn prefix(declared: Option<&str>, at: At, wrong: &mut impl FnMut(At, String, String)) {
    let Some(text) = declared else { return };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/!-_.*'()".contains(c);
    let inner = text.trim_matches('/');
    let parted = inner.is_empty()
        || inner
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..");
    if text.len() > 256 || !text.chars().all(allowed) || !parted {
        wrong(
            at.key("prefix"),
            format!("`{}` is no prefix for the names of objects", shown(text)),
            "write at most 256 letters, digits and `/ ! - _ . * ' ( )`, with something between two slashes, for example `prefix: finops/prod`"
                .to_owned(),
        );
    }
}

/// Why Google Cloud Storage would not take a name, if it would not.
fn gcs_fault(name: &str) -> Option<&'static str> {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let parts: Vec<&str> = name.split('.').collect();
    let dotted = parts.len() > 1;
    let plain = name.replace(['0', '1'], "o");
    Some(if name.contains('/') || name.contains(':') {
        "it is a path or a URL"
    } else if name.len() < 3 || (!dotted && name.len() > 63) || name.len() > 222 {
        "it must have 3 to 63 characters, with dots up to 222"
    } else if !name
        .chars()
        .all(|c| edge(c) || matches!(c, '-' | '_' | '.'))
    {
        "only small letters, digits, hyphens, underscores and dots may stand in it"
    } else if !name.starts_with(edge) || !name.ends_with(edge) {
        "it must begin and end with a letter or a digit"
    } else if parts.iter().any(|part| part.is_empty() || part.len() > 63) {
        "between its dots must stand 1 to 63 characters"
    } else if parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok()) {
        "it reads like an IP address"
    } else if name.starts_with("goog") || plain.contains("google") {
        "it begins with `goog`, or has `google` in it, which Google keeps for itself"
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn bucket_names_follow_googles_rules() {
        for right in ["acme-state", "a1b", "acme_state.eu", "0acme", &"a".repeat(63), &format!("{}.b", "a".repeat(63))] {
            assert_eq!(gcs_fault(right), None, "{right}");
        }
        for wrong in [
            "ab", "Acme", "-acme", "acme_", "acme..x", "192.168.5.4", "goog-x", "my-google-x", "g00gle", "gs://acme",
            "acme/x", "acm\u{e9}", &"a".repeat(64), &format!("{}.b", "a".repeat(64)), &"a.".repeat(112),
        ] {
            assert!(gcs_fault(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn right_places_pass() {
        for state in [
            "{}",
            "{s3: {bucket: acme-state, region: eu-west-1}}",
            "{s3: {bucket: acme.state, region: auto, prefix: /finops/prod/}}",
            "{gcs: {bucket: acme_state, prefix: ''}}",
            "{azure_blob: {account: acmestate, container: state-1, prefix: a}}",
        ] {
            let text = format!("version: 1\nstate: {state}\n");
            assert_eq!(found(&RULE, &text), Vec::<String>::new(), "{state}");
        }
    }

    #[test]
    fn wrong_places_are_told_field_by_field() {
        for (state, wanted) in [
            (
                "{s3: {bucket: 's3://Acme/x', region: Ireland, prefix: a//b}}",
                &["s3.bucket", "s3.prefix", "s3.region"][..],
            ),
            (
                "{gcs: {bucket: google, prefix: '../x'}}",
                &["gcs.bucket", "gcs.prefix"],
            ),
            (
                "{azure_blob: {account: acme-state, container: State, prefix: 'a b'}}",
                &["azure_blob.account", "azure_blob.container", "azure_blob.prefix"],
            ),
        ] {
            let text = format!("version: 1\nstate: {state}\n");
            let mut all = found(&RULE, &text);
            all.sort();
            let wanted: Vec<String> = wanted
                .iter()
                .map(|field| format!("settings.state state.{field}"))
                .collect();
            assert_eq!(all, wanted);
        }
        let text = "version: 1\nstate: {s3: {bucket: 's3://Acme/x', region: eu-west-1}}\n";
        let said = said(&RULE, text);
        assert!(said[0].contains("`bucket: acme`"), "{}", said[0]);
    }
}
