//! What is declared, as far as a listing is compared with it.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::config::estate::Estate;
use crate::model::address::{Address, Kind};
use crate::model::id;
use crate::model::provider::Provider;

/// The accounts that somebody spoke of, by provider and canonical id.
pub struct Declared<'e> {
    estate: &'e Estate,
    spoken: HashSet<(Provider, Cow<'e, str>)>,
}

impl<'e> Declared<'e> {
    /// All that is declared as an account or a payer, or spoken of in `removed:`.
    #[must_use]
    pub fn of(estate: &'e Estate) -> Self {
        let resolved = estate.accounts.iter().chain(&estate.payers);
        let declared = resolved.filter_map(|one| Some((one.provider?, Cow::Borrowed(&*one.id))));
        let removed = estate.declaration.removed.keys().filter_map(|address| {
            let address = Address::parse(address).ok()?;
            let account = matches!(address.kind(), Kind::Account | Kind::Payer);
            let provider = address.provider().filter(|_| account)?;
            Some((provider, Cow::Owned(address.last().into_owned())))
        });
        Self {
            estate,
            spoken: declared.chain(removed).collect(),
        }
    }

    #[must_use]
    pub const fn estate(&self) -> &'e Estate {
        self.estate
    }

    /// Whether somebody spoke of an account.
    #[must_use]
    pub fn has(&self, provider: Provider, id: &str) -> bool {
        self.spoken
            .contains(&(provider, id::canonical(Some(provider), id)))
    }

    /// The accounts that are declared for an organization, by their canonical ids, and not as closed.
    pub fn open(&self, organization: u32) -> impl Iterator<Item = (Provider, &'e str)> {
        let accounts = self.estate.declaration.accounts.iter();
        accounts
            .zip(&self.estate.accounts)
            .filter(move |(entry, resolved)| {
                resolved.organization == Some(organization) && entry.value.closed.is_none()
            })
            .filter_map(|(_, resolved)| Some((resolved.provider?, &*resolved.id)))
    }
}
