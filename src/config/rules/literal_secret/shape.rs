//! What the usual kinds of key look like. Pure questions about one token.

use crate::model::id::is_guid;

/// Prefixes of tokens that nobody writes by chance, and the least length behind them.
const PREFIXES: &[(&str, usize)] = &[
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("ghu_", 36),
    ("ghr_", 36),
    ("github_pat_", 40),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("AIza", 35),
    ("GOCSPX-", 20),
    ("ya29.", 20),
    ("hvs.", 20),
    ("sk_live_", 20),
];

/// An AWS access key's id: four letters that say what it is, sixteen more.
pub fn is_aws_key_id(token: &str) -> bool {
    token.len() == 20
        && ["AKIA", "ASIA", "ABIA", "ACCA"]
            .iter()
            .any(|start| token.starts_with(start))
        && token
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// An AWS secret key: forty characters of base 64 without order.
pub fn is_aws_secret(token: &str) -> bool {
    token.len() == 40
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+'))
        && is_disordered(token)
}

/// Azure's client secrets: `xxx8Q~` and some thirty more characters.
pub fn has_azure_secret(token: &str) -> bool {
    token.match_indices("Q~").any(|(at, _)| {
        let before = token.as_bytes().get(..at).unwrap_or_default();
        before.len() >= 4
            && before.last().is_some_and(u8::is_ascii_digit)
            && token.len() - at - 2 >= 28
    })
}

/// A JSON web token: three parts of base 64, the first of which is JSON.
pub fn is_jwt(token: &str) -> bool {
    token.starts_with("eyJ")
        && token.len() >= 60
        && token.split('.').count() == 3
        && token.split('.').all(|part| part.len() >= 10)
}

pub fn has_known_prefix(token: &str) -> bool {
    PREFIXES.iter().any(|(prefix, least)| {
        token.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= *least && rest.bytes().any(|byte| byte.is_ascii_digit())
        })
    })
}

/// A long run of letters and digits without order: base 64 of random bytes.
pub fn has_long_random_run(token: &str) -> bool {
    token
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|run| run.len() >= 40 && is_disordered(run))
        || (token.len() >= 64
            && token.ends_with('=')
            && token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'='))
            && is_disordered(token))
}

/// Capitals, small letters and digits, one kind seldom followed by the same: no word, path, GUID,
/// OCID or hash reads like that.
fn is_disordered(text: &str) -> bool {
    let class = |byte: u8| match byte {
        b'A'..=b'Z' => 0_u8,
        b'a'..=b'z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let mut seen = [false; 4];
    let mut turns = 0;
    let mut last = None;
    for byte in text.bytes() {
        let class = class(byte);
        seen[usize::from(class)] = true;
        if last.is_some_and(|last| last != class) {
            turns += 1;
        }
        last = Some(class);
    }
    seen[0] && seen[1] && seen[2] && turns * 100 >= text.len() * 35
}

/// Whether a value behind a name that means a secret looks like one, and not like a word, a path
/// or an id.
pub fn is_opaque(value: &str) -> bool {
    value.len() >= 16
        && !is_guid(value)
        && !value.starts_with("ocid1.")
        && !value.starts_with("arn:")
        && value.bytes().all(|byte| byte.is_ascii_graphic())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !value.contains(['/', '\\', '{', '$', '<'])
        && !value.ends_with(".json")
        && !value.ends_with(".pem")
        && !value.ends_with(".csv")
        && turns(value) * 100 >= value.len() * 25
}

fn turns(text: &str) -> usize {
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    text.as_bytes()
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]))
        .count()
}

/// What a key's name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A field that takes a reference to a secret and nothing else.
    Secret,
    /// A name that may mean a secret.
    Perhaps,
}

pub fn name(key: &str) -> Option<Name> {
    // Most keys are none of these, and their last letters say so.
    let end: [u8; 3] = key
        .as_bytes()
        .last_chunk::<3>()?
        .map(|byte| byte.to_ascii_lowercase());
    if !matches!(
        &end,
        b"key" | b"ret" | b"ken" | b"ord" | b"swd" | b"ase" | b"ing" | b"ate" | b"csv" | b"_id"
    ) {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    let lower = lower.as_str();
    match lower {
        "client_secret"
        | "secret_access_key"
        | "secret_key"
        | "refresh_token"
        | "connection_string"
        | "private_key"
        | "passphrase"
        | "password"
        | "aws_secret_access_key" => Some(Name::Secret),
        "key" | "csv" | "certificate" | "access_key_id" => Some(Name::Perhaps),
        _ => [
            "secret",
            "token",
            "password",
            "passwd",
            "api_key",
            "apikey",
            "access_key",
            "account_key",
            "passphrase",
        ]
        .iter()
        .any(|word| lower.ends_with(word))
        .then_some(Name::Perhaps),
    }
}
