//! A shared access signature of Azure Storage: a token, an address with one, or a connection
//! string. Facts hold its public parameters; the signature and account keys never.

use jiff::Timestamp;

use super::{Copied, copied, moment, percent_decode, public};
use crate::credential::Secret;

/// What a text that should hold a shared access signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sas {
    Token(Box<Facts>),
    /// A connection string with the storage account's own key, which may do anything.
    AccountKey {
        account: Option<String>,
    },
    /// A connection string without a signature or key.
    NoSignature {
        account: Option<String>,
    },
    /// Blanks or quotation marks became part of it.
    Miscopied(Copied),
    /// None of these.
    Unknown,
}

/// Where a signature came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// For the whole storage account (`ss`, `srt`).
    Account,
    /// For one container or blob (`sr`), by the account's key.
    Service,
    /// For one container or blob, by a user's delegation (`skoid`, `ske`); lives days.
    UserDelegation,
}

/// The public parameters of a signature; texts as they stand, percent-decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub kind: Kind,
    /// `sv`
    pub version: Option<String>,
    /// `ss`
    pub services: Option<String>,
    /// `srt`
    pub resource_types: Option<String>,
    /// `sr`
    pub resource: Option<String>,
    /// `sp`
    pub permissions: Option<String>,
    /// `st`
    pub start: Moment,
    /// `se`
    pub expiry: Moment,
    /// `ske`
    pub delegation_expiry: Moment,
    /// `spr`
    pub protocol: Option<String>,
    /// `si`: the stored access policy, which may set what the token leaves out, and revoke it.
    pub policy: Option<String>,
    /// Whether `sip` limits the addresses that may use it.
    pub ip_limited: bool,
    /// Whether `sig` is there.
    pub signed: bool,
    /// The storage account, where an address or a connection string names it.
    pub account: Option<String>,
    /// Whether the account's key stands beside it.
    pub account_key: bool,
}

/// A moment in a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Moment {
    #[default]
    Missing,
    At(Timestamp),
    /// There, and not a moment.
    Malformed,
}

/// Looks at a token, an address with a token, or a connection string.
#[must_use]
pub fn inspect(secret: &Secret) -> Sas {
    let Some(text) = secret.expose_text() else {
        return Sas::Unknown;
    };
    let copied = copied(text);
    if copied != Copied::Well {
        return Sas::Miscopied(copied);
    }
    if is_connection_string(text) {
        return connection_string(text);
    }
    let (account, query) = match text.split_once('?') {
        Some((address, query)) => (account_of(address), query),
        None => (None, text),
    };
    token(query, account, false).map_or(Sas::Unknown, |facts| Sas::Token(Box::new(facts)))
}

/// `Name=value;…` with a name that connection strings have.
fn is_connection_string(text: &str) -> bool {
    const NAMES: [&str; 5] = [
        "DefaultEndpointsProtocol",
        "BlobEndpoint",
        "SharedAccessSignature",
        "AccountName",
        "AccountKey",
    ];
    settings(text).any(|(name, _)| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

fn settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(';').filter_map(|part| part.split_once('='))
}

fn connection_string(text: &str) -> Sas {
    let get = |wanted: &str| {
        settings(text)
            .find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_empty())
            .map(|(_, value)| value)
    };
    let account = get("AccountName")
        .filter(|name| is_account(name))
        .map(str::to_owned)
        .or_else(|| get("BlobEndpoint").and_then(account_of));
    let account_key = get("AccountKey").is_some();
    let signature = get("SharedAccessSignature").map(|token| token.trim_start_matches('?'));
    match signature.map(|query| token(query, account.clone(), account_key)) {
        Some(Some(facts)) => Sas::Token(Box::new(facts)),
        Some(None) => Sas::Unknown,
        None if account_key => Sas::AccountKey { account },
        None => Sas::NoSignature { account },
    }
}

fn token(query: &str, account: Option<String>, account_key: bool) -> Option<Facts> {
    let get = |wanted: &str| {
        query
            .split('&')
            .filter_map(|part| part.split_once('='))
            .find(|(name, value)| *name == wanted && !value.is_empty())
            .map(|(_, value)| percent_decode(value))
    };
    let known = |wanted: &str| get(wanted).map(|value| public(&value));
    let at = |wanted: &str| match get(wanted) {
        None => Moment::Missing,
        Some(text) => moment(&text).map_or(Moment::Malformed, Moment::At),
    };
    let (services, resource) = (known("ss"), known("sr"));
    let delegated = get("skoid").is_some() || get("ske").is_some();
    let signed = get("sig").is_some();
    if !signed && get("sv").is_none() {
        return None;
    }
    Some(Facts {
        kind: match (&services, delegated) {
            (_, true) => Kind::UserDelegation,
            (Some(_), _) => Kind::Account,
            _ => Kind::Service,
        },
        version: known("sv"),
        services,
        resource_types: known("srt"),
        resource,
        permissions: known("sp"),
        start: at("st"),
        expiry: at("se"),
        delegation_expiry: at("ske"),
        protocol: known("spr"),
        policy: known("si"),
        ip_limited: get("sip").is_some(),
        signed,
        account,
        account_key,
    })
}

/// The storage account of `https://account.blob.core.windows.net/…`, in any of Azure's clouds.
fn account_of(address: &str) -> Option<String> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))?;
    let (account, _) = rest.split(['/', '?']).next()?.split_once('.')?;
    is_account(account).then(|| account.to_owned())
}

/// Names of storage accounts: 3 to 24 lower-case letters and digits.
fn is_account(name: &str) -> bool {
    (3..=24).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}
