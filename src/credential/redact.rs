//! The last net: replaces every secret that this process has resolved by `***` in any text.
//!
//! It does not excuse printing secrets; it is for logs and for texts that others wrote, such as the
//! error messages of a client.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};

/// Shorter values are not looked for: they would be found in the middle of ordinary words.
const SHORTEST: usize = 6;
/// The same for plain words, such as the passphrase `secret`: masked wherever the word occurs, it
/// would be told by the gaps.
const SHORTEST_WORD: usize = 12;
/// From this length on, a piece of a larger secret that looks like key material counts by itself.
const PIECE: usize = 32;
/// The same for the lines of a PEM file, where nothing else looks like that.
const PEM_LINE: usize = 16;
/// What secrets are replaced by.
const MASK: &str = "***";

/// The secrets of this process by their first bytes, so that a text is gone through once.
static KNOWN: LazyLock<RwLock<HashMap<[u8; SHORTEST], Vec<SecretString>>>> =
    LazyLock::new(RwLock::default);

/// Has a secret that did not come from a reference, such as the keys of a session, redacted from now
/// on.
pub fn conceal(value: &str) {
    add(value.trim());
}

/// Remembers a secret, and the parts of it that are secret by themselves: the lines of a key, the
/// signature of a SAS, the key in a connection string or a CSV file.
pub(super) fn register(value: &[u8]) {
    let Ok(text) = std::str::from_utf8(value) else {
        return;
    };
    add(text.trim());
    let shortest = if text.trim_start().starts_with("-----BEGIN") {
        PEM_LINE
    } else {
        PIECE
    };
    let separators = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | '?');
    for piece in text.split("\\n").flat_map(|part| part.split(separators)) {
        match piece.split_once('=') {
            Some((name, value)) if SECRET_FIELDS.iter().any(|f| f.eq_ignore_ascii_case(name)) => {
                add(value);
                add(&super::inspect::percent_decode(value));
            }
            _ if piece.len() >= shortest && looks_like_key(piece) => add(piece),
            _ => {}
        }
    }
}

/// Fields of SAS tokens and connection strings that are secret.
const SECRET_FIELDS: [&str; 3] = ["sig", "AccountKey", "SharedAccessKey"];

/// Base64, but not an id in hexadecimal digits.
fn looks_like_key(piece: &str) -> bool {
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
    piece.bytes().all(base64) && !piece.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn add(value: &str) {
    if value.len() < SHORTEST_WORD && value.bytes().all(|b| b.is_ascii_lowercase()) {
        return;
    }
    let Some(first) = first_bytes(value.as_bytes()) else {
        return;
    };
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let same = known.entry(first).or_default();
    if !same.iter().any(|secret| secret.expose_secret() == value) {
        same.push(value.to_owned().into());
    }
}

/// Hands every secret that this process knows to whoever hides them from others: the log of a runner
/// that masks what it is told. It must go nowhere else.
pub fn hand_to_masking(mask: &mut dyn FnMut(&str)) {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    for secret in known.values().flatten() {
        mask(secret.expose_secret());
    }
}

fn first_bytes(text: &[u8]) -> Option<[u8; SHORTEST]> {
    text.get(..SHORTEST)?.try_into().ok()
}

/// The text with every secret that was resolved so far replaced by `***`. Values of fewer than six
/// bytes are not looked for, nor are plain words of fewer than twelve lower-case letters.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if known.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::new();
    // The end of what is copied or masked so far, and of the secret that is being masked.
    let (mut done, mut until) = (0, 0);
    for (at, window) in text.as_bytes().windows(SHORTEST).enumerate() {
        let Some(secrets) = first_bytes(window).and_then(|first| known.get(&first)) else {
            continue;
        };
        let rest = &text.as_bytes()[at..];
        let longest = secrets
            .iter()
            .map(|secret| secret.expose_secret().as_bytes())
            .filter(|secret| rest.starts_with(secret))
            .map(<[u8]>::len)
            .max();
        let Some(length) = longest else { continue };
        // Secrets that overlap are masked as one.
        if at >= until {
            clean.push_str(&text[done..at]);
            clean.push_str(MASK);
        }
        until = until.max(at + length);
        done = until;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(&text[done..]);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_resolved_is_masked() {
        register(b"first-secret-of-this-test");
        register(b"abcde");
        register(b"before");
        let text = "before first-secret-of-this-test, after abcde first-secret";
        assert_eq!(redact(text), "before ***, after abcde first-secret");
        assert!(matches!(redact("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn secrets_that_overlap_or_contain_each_other_leave_nothing() {
        register(b"overlap-one-two");
        register(b"two-three-overlap");
        register(b"overlap-one-two-and-more");
        assert_eq!(redact("x overlap-one-two-three-overlap y"), "x *** y");
        assert_eq!(redact("x overlap-one-two-and-more y"), "x *** y");
        assert_eq!(redact("overlap-one-twooverlap-one-two"), "******");
    }

    #[test]
    fn the_secret_parts_of_files_count_by_themselves() {
        register(b"?sv=2024-11-04&sp=rl&se=2027-01-01T00:00:00Z&sig=aB%2Bc9876%3D");
        assert_eq!(redact("sig aB+c9876= was refused"), "sig *** was refused");
        assert_eq!(
            redact("expires 2027-01-01T00:00:00Z"),
            "expires 2027-01-01T00:00:00Z"
        );
        register(b"{\"private_key\": \"-----BEGIN X-----\\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIz\\n\", \"private_key_id\": \"0123456789abcdef0123456789abcdef01234567\"}");
        assert_eq!(redact("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIz"), "***");
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(redact(id), id, "a key's id is no secret");
    }

    proptest::proptest! {
        #[test]
        fn no_secret_survives(secret in "[a-z]{5}[äö0-9A-Z][a-zäö0-9]{3,20}", before in ".{0,20}", after in ".{0,20}") {
            register(secret.as_bytes());
            let text = format!("{before}{secret}{after}");
            proptest::prop_assert!(!redact(&text).contains(&secret));
        }
    }
}
