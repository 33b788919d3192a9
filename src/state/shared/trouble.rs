//! What an object store said when it did not do what was asked, in words and sorted by what a person
//! can do about it.

use std::error::Error;
use std::path::PathBuf;

use crate::state::error::{RemoteTrouble, StateError};

type Source = Box<dyn Error + Send + Sync>;

/// Whether "not found" speaks of the bucket, not of the object.
pub(super) fn no_bucket(source: &Source) -> bool {
    names_no_bucket(&source.to_string())
}

fn names_no_bucket(text: &str) -> bool {
    // Amazon S3 and its kin, Azure, Google Cloud Storage.
    ["NoSuchBucket", "ContainerNotFound", "bucket does not exist"]
        .iter()
        .any(|word| text.contains(word))
}

/// Sorts an error of the store.
pub(super) fn of(action: &'static str, path: PathBuf, error: &object_store::Error) -> StateError {
    let text = chain(error);
    StateError::Remote {
        action,
        path,
        kind: kind(error, &text),
        cause: told(&text),
    }
}

fn kind(error: &object_store::Error, text: &str) -> RemoteTrouble {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&[
        "RequestTimeTooSkewed",
        "RequestExpired",
        "Request date header too old",
    ]) {
        return RemoteTrouble::Clock;
    }
    if names_no_bucket(text) {
        return RemoteTrouble::NoBucket;
    }
    if says(&[NO_CREDENTIALS, "MissingCredential"]) {
        return RemoteTrouble::NoCredentials;
    }
    if says(&[
        "PermanentRedirect",
        "AuthorizationHeaderMalformed",
        "redirect without LOCATION",
    ]) {
        return RemoteTrouble::Region;
    }
    match error {
        object_store::Error::PermissionDenied { .. }
        | object_store::Error::Unauthenticated { .. } => RemoteTrouble::Denied,
        // A bucket that is not there, from a store that says no more.
        object_store::Error::NotFound { .. } => RemoteTrouble::NoBucket,
        _ if says(&["error sending request", "HTTP error", "operation timed out"]) => {
            RemoteTrouble::Unreachable
        }
        _ => RemoteTrouble::Other,
    }
}

/// What an error of signing in begins with, so that it is known again behind the store's words.
pub const NO_CREDENTIALS: &str = "no credentials:";

/// All that an error says, from the outside in.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(inner) = next {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = inner.source();
    }
    text
}

/// The part of it that a person needs: code and message of the store, or what broke.
fn told(text: &str) -> String {
    if let Some(at) = text.find(NO_CREDENTIALS) {
        return short(text[at + NO_CREDENTIALS.len()..].trim());
    }
    let element = |name: &str| {
        let from = text.find(&format!("<{name}>"))? + name.len() + 2;
        let length = text[from..].find(&format!("</{name}>"))?;
        Some(text[from..from + length].trim().to_owned())
    };
    match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => {
            // Azure adds the request's id and the time on lines of their own.
            let first = message.lines().next().unwrap_or_default().to_owned();
            return short(&format!("{first} ({code})"));
        }
        (Some(code), None) => return short(&code),
        _ => {}
    }
    // `Error performing GET URL in 3ms, after 2 retries, … - what happened`.
    let rest = text.rsplit_once(" - ").map_or(text, |(_, rest)| rest);
    short(rest.trim_start_matches("HTTP error: "))
}

fn short(text: &str) -> String {
    const ENOUGH: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(ENOUGH) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
