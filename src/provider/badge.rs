//! Badges: the worst required finding behind each of API, PAYER, COST and RECS, and its age.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::catalog::checks;
use crate::model::address::{Address, Kind};
use crate::model::finding::{Badge, Finding, Light, Status};

/// The badges of one resource, in the order of [`Badge::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Badges {
    pub lights: [Light; 4],
    /// The time of the oldest answer behind each badge: UTC, RFC 3339, seconds.
    pub oldest: [Option<String>; 4],
}

impl Badges {
    #[must_use]
    pub const fn light(&self, badge: Badge) -> Light {
        self.lights[badge as usize]
    }
}

/// Checks that ask no provider.
static OFFLINE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let offline = checks().into_iter().filter(|check| check.offline);
    offline.map(|check| check.id).collect()
});

/// Badges in the making.
#[derive(Default)]
struct Gather {
    badges: Badges,
    /// Whether the provider itself was asked.
    asked: [bool; 4],
}

impl Gather {
    fn add(&mut self, finding: &Finding, badge: Badge) {
        self.asked[badge as usize] |=
            finding.status != Status::Skipped && !OFFLINE.contains(finding.check.as_str());
        self.shade(finding, badge);
    }

    /// Takes over what is wrong elsewhere: what is right there proves nothing here.
    fn shade(&mut self, finding: &Finding, badge: Badge) {
        // A question that was not asked says nothing, and has no age.
        if finding.status == Status::Skipped {
            return;
        }
        let at = badge as usize;
        self.badges.lights[at] = self.badges.lights[at].max(finding.light());
        // RFC 3339 in UTC sorts by time.
        let oldest = &mut self.badges.oldest[at];
        if oldest.as_ref().is_none_or(|oldest| finding.at < *oldest) {
            *oldest = Some(finding.at.clone());
        }
    }

    /// Green means that the provider said so: text that is in order proves no access.
    fn done(mut self) -> Badges {
        for (at, asked) in self.asked.into_iter().enumerate() {
            if !asked && self.badges.lights[at] == Light::Green {
                self.badges.lights[at] = Light::NotAsked;
                self.badges.oldest[at] = None;
            }
        }
        self.badges
    }
}

/// Where badges look for what is behind a resource. Findings stay at the resource that they are
/// about: a broken credential is one finding, and every badge that depends on it knows.
pub trait Behind {
    /// The stored findings of one resource.
    fn findings(&self, address: &Address) -> &[Finding];
    /// The credentials that a resource is reached with: its own or its organization's; of an
    /// export, those that read the delivered data (`read_with`).
    fn credentials(&self, address: &Address) -> Vec<Address>;
    /// The exports of a payer.
    fn exports(&self, payer: &Address) -> Vec<Address>;
    /// The organization that a resource belongs to.
    fn organization(&self, address: &Address) -> Option<Address>;
    /// The payer that bills an account.
    fn payer(&self, account: &Address) -> Option<Address>;
    /// The payer that an account is reached through, where it has no access of its own.
    fn reached_through(&self, account: &Address) -> Option<Address>;
    /// The recommendations of the organization that a resource belongs to, where it collects them.
    fn recommendations(&self, address: &Address) -> Option<Address>;
}

/// The badges of an organization, a payer, an export, an account or a credential. Accounts inherit
/// COST from their payer, and accounts and payers RECS from their organization; what was found about
/// the organization itself holds for both too. An account that is reached through its payer inherits
/// API as well. A badge is green only where a provider was asked.
#[must_use]
pub fn badges(address: &Address, behind: &dyn Behind) -> Badges {
    let mut badges = Gather::default();
    if address.kind() == Kind::Export {
        export(&mut badges, address, behind);
        return badges.done();
    }
    own(&mut badges, address, behind, &Badge::ALL);
    if matches!(address.kind(), Kind::Payer | Kind::Account)
        && let Some(organization) = behind.organization(address)
    {
        for finding in behind.findings(&organization) {
            badges.add(finding, finding.badge);
        }
    }
    if address.kind() == Kind::Payer {
        cost(&mut badges, address, behind);
    }
    if address.kind() == Kind::Account
        && let Some(payer) = behind.payer(address)
    {
        for finding in behind.findings(&payer) {
            if matches!(finding.badge, Badge::Cost | Badge::Recs) {
                badges.add(finding, finding.badge);
            }
        }
        cost(&mut badges, &payer, behind);
    }
    if address.kind() == Kind::Account
        && let Some(payer) = behind.reached_through(address)
    {
        own(&mut badges, &payer, behind, &[Badge::Api]);
    }
    if let Some(recommendations) = behind.recommendations(address)
        && recommendations != *address
    {
        own(&mut badges, &recommendations, behind, &[Badge::Recs]);
    }
    badges.done()
}

/// The findings of a resource and of the credentials that it is reached with.
fn own(badges: &mut Gather, address: &Address, behind: &dyn Behind, wanted: &[Badge]) {
    let credentials = behind.credentials(address);
    for finding in std::iter::once(address)
        .chain(&credentials)
        .flat_map(|address| behind.findings(address))
    {
        if wanted.contains(&finding.badge) {
            badges.add(finding, finding.badge);
        }
    }
}

fn cost(badges: &mut Gather, payer: &Address, behind: &dyn Behind) {
    for address in behind.exports(payer) {
        export(badges, &address, behind);
    }
}

/// Whatever is wrong with an export, or with what reads it, is wrong with the cost data.
fn export(badges: &mut Gather, address: &Address, behind: &dyn Behind) {
    for finding in behind.findings(address) {
        badges.add(finding, Badge::Cost);
    }
    for credential in behind.credentials(address) {
        for finding in behind.findings(&credential) {
            badges.shade(finding, Badge::Cost);
        }
    }
}
