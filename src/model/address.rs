//! Addresses: the one name of each resource, in YAML, plans, state and history.
//!
//! An address is `kind/part/...`; bytes of a part outside `[A-Za-z0-9._:-]` are percent-encoded,
//! so that a `/` always separates parts.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::provider::Provider;

/// What an address names. The order is the order in which an apply creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Credential,
    Organization,
    Payer,
    Export,
    Recommendations,
    Account,
    CostCenter,
    Budget,
    SharedCost,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Credential,
        Self::Organization,
        Self::Payer,
        Self::Export,
        Self::Recommendations,
        Self::Account,
        Self::CostCenter,
        Self::Budget,
        Self::SharedCost,
    ];

    /// The first part of an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Organization => "organization",
            Self::Payer => "payer",
            Self::Export => "export",
            Self::Recommendations => "recommendations",
            Self::Account => "account",
            Self::CostCenter => "cost_center",
            Self::Budget => "budget",
            Self::SharedCost => "shared_cost",
        }
    }

    /// What people call one of them, and several.
    #[must_use]
    pub const fn noun(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::Credential, 1) => "credential",
            (Self::Credential, _) => "credentials",
            (Self::Organization, 1) => "organization",
            (Self::Organization, _) => "organizations",
            (Self::Payer, 1) => "payer",
            (Self::Payer, _) => "payers",
            (Self::Export, 1) => "export",
            (Self::Export, _) => "exports",
            (Self::Recommendations, _) => "recommendations",
            (Self::Account, 1) => "account",
            (Self::Account, _) => "accounts",
            (Self::CostCenter, 1) => "cost centre",
            (Self::CostCenter, _) => "cost centres",
            (Self::Budget, 1) => "budget",
            (Self::Budget, _) => "budgets",
            (Self::SharedCost, 1) => "shared cost",
            (Self::SharedCost, _) => "shared costs",
        }
    }

    /// How many parts follow the kind.
    const fn parts(self) -> usize {
        match self {
            Self::Credential
            | Self::Organization
            | Self::Recommendations
            | Self::CostCenter
            | Self::SharedCost => 1,
            Self::Payer | Self::Account | Self::Budget => 2,
            Self::Export => 3,
        }
    }

    /// Cost centres, budgets and shared costs: the financial structure, which is removed without
    /// a `removed:` entry.
    #[must_use]
    pub const fn is_structure(self) -> bool {
        matches!(self, Self::CostCenter | Self::Budget | Self::SharedCost)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of one resource, for example `account/aws/210987654321`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Address(Box<str>);

impl Address {
    #[must_use]
    pub fn credential(name: &str) -> Self {
        Self::of(Kind::Credential, &[name])
    }

    #[must_use]
    pub fn organization(name: &str) -> Self {
        Self::of(Kind::Organization, &[name])
    }

    #[must_use]
    pub fn recommendations(organization: &str) -> Self {
        Self::of(Kind::Recommendations, &[organization])
    }

    /// `id` is canonical already (see [`super::id`]).
    #[must_use]
    pub fn payer(provider: Provider, id: &str) -> Self {
        Self::of(Kind::Payer, &[provider.as_str(), id])
    }

    #[must_use]
    pub fn export(provider: Provider, payer: &str, name: &str) -> Self {
        Self::of(Kind::Export, &[provider.as_str(), payer, name])
    }

    #[must_use]
    pub fn account(provider: Provider, id: &str) -> Self {
        Self::of(Kind::Account, &[provider.as_str(), id])
    }

    #[must_use]
    pub fn cost_center(code: &str) -> Self {
        Self::of(Kind::CostCenter, &[code])
    }

    #[must_use]
    pub fn budget(code: &str, year: &str) -> Self {
        Self::of(Kind::Budget, &[code, year])
    }

    #[must_use]
    pub fn shared_cost(name: &str) -> Self {
        Self::of(Kind::SharedCost, &[name])
    }

    fn of(kind: Kind, parts: &[&str]) -> Self {
        let length = kind.as_str().len() + parts.iter().map(|part| part.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(length);
        text.push_str(kind.as_str());
        for part in parts {
            text.push('/');
            encode(part, &mut text);
        }
        Self(text.into_boxed_str())
    }

    /// Reads an address as a person or a machine wrote it.
    ///
    /// # Errors
    /// Says what is wrong with it: no such kind, or the wrong number of parts.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut parts = text.split('/');
        let first = parts.next().unwrap_or_default();
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == first)
            .ok_or_else(|| AddressError::Kind(first.to_owned()))?;
        let parts: Vec<&str> = parts.collect();
        if parts.len() != kind.parts() || parts.iter().any(|part| part.is_empty()) {
            return Err(AddressError::Parts {
                kind,
                wanted: kind.parts(),
                found: parts.len(),
            });
        }
        let decoded: Vec<Cow<'_, str>> = parts.iter().map(|part| decode(part)).collect();
        Ok(Self::of(
            kind,
            &decoded.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
        ))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        let first = self.0.split('/').next().unwrap_or_default();
        Kind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == first)
            .unwrap_or(Kind::Account)
    }

    /// The decoded parts behind the kind.
    pub fn parts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(decode)
    }

    /// The last decoded part: a name, an id, a code, a fiscal year.
    #[must_use]
    pub fn last(&self) -> Cow<'_, str> {
        self.0.rsplit('/').next().map(decode).unwrap_or_default()
    }

    /// The provider of a payer, an export or an account.
    #[must_use]
    pub fn provider(&self) -> Option<Provider> {
        match self.kind() {
            Kind::Payer | Kind::Export | Kind::Account => {
                self.0.split('/').nth(1).and_then(Provider::from_name)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("no kind of resource is called `{0}`")]
    Kind(String),
    #[error("an address of kind {kind} has {wanted} parts behind `{kind}/`, this one has {found}")]
    Parts {
        kind: Kind,
        wanted: usize,
        found: usize,
    },
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-')
}

fn encode(part: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if part.bytes().all(is_plain) {
        out.push_str(part);
        return;
    }
    for byte in part.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

fn decode(part: &str) -> Cow<'_, str> {
    if !part.contains('%') {
        return Cow::Borrowed(part);
    }
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| part.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match hex {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_read_as_they_are_written() {
        for text in [
            "credential/payers",
            "payer/aws/111122223333",
            "export/aws/111122223333/cur2",
            "account/oci/ocid1.tenancy.oc1..aaaa",
            "budget/CC-110/FY2027",
        ] {
            assert_eq!(Address::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(
            Address::cost_center("R&D / Labs").as_str(),
            "cost_center/R%26D%20%2F%20Labs"
        );
        assert_eq!(
            Address::payer(Provider::Gcp, "01ABCD").provider(),
            Some(Provider::Gcp)
        );
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        assert_eq!(
            Address::parse("acount/aws/1").unwrap_err().to_string(),
            "no kind of resource is called `acount`"
        );
        assert_eq!(
            Address::parse("account/aws").unwrap_err().to_string(),
            "an address of kind account has 2 parts behind `account/`, this one has 1"
        );
    }

    proptest! {
        #[test]
        fn every_code_survives_its_address(code in "\\PC{1,20}") {
            let address = Address::cost_center(&code);
            prop_assert_eq!(address.last().into_owned(), code);
            prop_assert_eq!(&Address::parse(address.as_str()).unwrap(), &address);
        }
    }
}
