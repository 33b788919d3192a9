//! What a question is about: one resource with its spec, and what is known around it.

use std::collections::BTreeMap;

use crate::model::address::Address;
use crate::model::provider::Provider;
use crate::model::spec::{Account, Credential, Export, Organization, Payer};

/// One resource that is asked about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub address: &'a Address,
    pub what: What<'a>,
    /// How many resources are reached through it (of a credential).
    pub used_by: usize,
    /// The resources that name it themselves, not through their organization (of a credential).
    pub named_by: &'a [Address],
    pub around: Around<'a>,
}

/// What is declared around a resource.
#[derive(Clone, Copy, Default)]
pub struct Around<'a> {
    /// The organization that it belongs to, or is; of recommendations, theirs.
    pub organization: Option<(&'a str, &'a Organization)>,
    /// The payer that it is, belongs to, or is billed to.
    pub payer: Option<(&'a str, &'a Payer)>,
    /// The payers of its organization, in the order of their declaration; of a credential, those
    /// that are reached with it.
    pub payers: &'a [(&'a str, &'a Payer)],
}

/// The spec of a resource.
#[derive(Clone, Copy)]
pub enum What<'a> {
    Credential(&'a Credential),
    Organization(&'a Organization),
    Payer {
        payer: &'a Payer,
        provider: Provider,
    },
    Export {
        export: &'a Export,
        provider: Provider,
    },
    Recommendations(&'a Organization),
    Account {
        account: &'a Account,
        provider: Provider,
    },
}

impl<'a> Subject<'a> {
    /// A resource that nothing is known around.
    #[must_use]
    pub const fn new(address: &'a Address, what: What<'a>) -> Self {
        Self {
            address,
            what,
            used_by: 0,
            named_by: &[],
            around: Around {
                organization: None,
                payer: None,
                payers: &[],
            },
        }
    }

    /// Who answers for it. A credential belongs to the first provider that its kind reaches, so
    /// that it is asked about once.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match self.what {
            What::Credential(credential) => credential
                .common()
                .providers
                .first()
                .copied()
                .unwrap_or(Provider::Aws),
            What::Organization(organization) | What::Recommendations(organization) => {
                organization.provider
            }
            What::Payer { provider, .. }
            | What::Export { provider, .. }
            | What::Account { provider, .. } => provider,
        }
    }

    /// The credential, where the subject is one.
    #[must_use]
    pub fn credential(&self) -> Option<&'a Credential> {
        match self.what {
            What::Credential(credential) => Some(credential),
            _ => None,
        }
    }
}

/// Finds declared credentials by name.
pub trait Credentials: Sync {
    fn credential(&self, name: &str) -> Option<&Credential>;
}

impl Credentials for BTreeMap<String, Credential> {
    fn credential(&self, name: &str) -> Option<&Credential> {
        self.get(name)
    }
}
