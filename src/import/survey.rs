//! A survey: the accounts that a provider lists, compared with what is declared.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures::future::join_all;

use crate::model::address::Address;
use crate::model::id;
use crate::model::provider::Provider;
use crate::provider::{Listed, Probe, Question, Run, Subject, Unlisted};

use super::{Declared, Ignore};
use crate::config::estate::Estate;

/// How a provider's list differs from what is declared for an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// How many accounts the provider lists.
    pub accounts: usize,
    /// The payer that was asked, by its id.
    pub payer: Option<String>,
    /// Those that nobody declared, without the ignored ones, by id.
    pub undeclared: Vec<Undeclared>,
    /// How many that nobody declared are ignored.
    pub ignored: usize,
    /// Declared accounts that the provider does not list.
    pub left: Vec<Address>,
}

/// An account that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    pub account: Listed,
    /// The names of the units that it is in, from the outermost on, where somebody wanted to know and
    /// the provider says.
    pub units: Option<Vec<String>>,
    /// Who pays for it, where the listing does not name one payer for all, and the provider says.
    pub payer: Option<String>,
    /// Where somebody wanted to know.
    pub tags: Option<BTreeMap<String, String>>,
}

/// What is wanted to be known of accounts that nobody declared, beyond what the listing says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wants {
    /// A call for each unit.
    pub units: bool,
    /// A call for each account.
    pub tags: bool,
    /// A listing for each payer, where several pay.
    pub payers: bool,
}

impl Survey {
    /// How many of the undeclared accounts are closed or suspended.
    #[must_use]
    pub fn inactive(&self) -> usize {
        let inactive = |one: &&Undeclared| one.account.state.is_inactive();
        self.undeclared.iter().filter(inactive).count()
    }

    /// Whether the provider's list and the declaration say the same.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.undeclared.is_empty() && self.left.is_empty()
    }
}

/// What comparing one organization brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Its name.
    pub organization: String,
    pub provider: Provider,
    pub outcome: Result<Survey, Unlisted>,
}

/// Compares organizations side by side, in their order. Those of providers that this version cannot
/// list are left out.
pub async fn compare<'s>(
    organizations: impl Iterator<Item = Subject<'s>>,
    estate: &Estate,
    run: &Run<'_>,
    probes: &[Box<dyn Probe + '_>],
) -> Vec<Compared> {
    let organizations: Vec<Subject<'s>> = organizations.collect();
    if organizations.is_empty() {
        return Vec::new();
    }
    let declared = Declared::of(estate);
    let compared = organizations.into_iter().map(|subject| {
        let declared = &declared;
        async move {
            let (name, _) = subject.around.organization?;
            let place = estate.organization(name)?;
            let provider = subject.provider();
            let probe = probes.iter().find(|probe| probe.provider() == provider)?;
            let question = Question { subject, run };
            let ignore = Ignore::of(estate, place);
            let wants = Wants::default();
            let outcome = survey(&**probe, &question, declared, place, &ignore, wants).await?;
            Some(Compared {
                organization: name.to_owned(),
                provider,
                outcome,
            })
        }
    });
    join_all(compared).await.into_iter().flatten().collect()
}

/// Lists the accounts of an organization, by its place in the declaration, and compares; none where this
/// version cannot list its provider's.
///
/// Names of units are looked up only where a pattern needs them and an account is left to decide on:
/// where all is declared, the listing is all that is asked.
pub async fn survey(
    probe: &dyn Probe,
    question: &Question<'_>,
    declared: &Declared<'_>,
    organization: u32,
    ignore: &Ignore,
    wants: Wants,
) -> Option<Result<Survey, Unlisted>> {
    let listing = match probe.members(question).await? {
        Ok(listing) => listing,
        Err(unlisted) => return Some(Err(unlisted)),
    };
    let provider = probe.provider();
    let canonical = |id: &str| -> Box<str> { id::canonical(Some(provider), id).into() };
    let listed: HashSet<Box<str>> = listing
        .accounts
        .iter()
        .map(|account| canonical(&account.id))
        .collect();
    let left = declared
        .open(organization)
        .filter(|(_, id)| !listed.contains(*id))
        .map(|(provider, id)| Address::account(provider, id))
        .collect();
    let mut survey = Survey {
        accounts: listed.len(),
        payer: listing.payer,
        left,
        ..Survey::default()
    };
    let mut seen = HashSet::new();
    let mut rest: Vec<Listed> = Vec::new();
    for account in listing.accounts {
        if declared.has(provider, &account.id) || !seen.insert(canonical(&account.id)) {
            continue;
        }
        if ignore.by_itself(&account) {
            survey.ignored += 1;
        } else {
            rest.push(account);
        }
    }
    let named = Wants {
        units: wants.units || ignore.wants_units(),
        ..wants
    };
    let (mut undeclared, ignored) = match more(probe, question, rest, ignore, named).await {
        Ok(more) => more,
        Err(unlisted) => return Some(Err(unlisted)),
    };
    if survey.payer.is_none() && wants.payers && !undeclared.is_empty() {
        let ids = undeclared.iter().map(|one| one.account.id.clone());
        let mut payers = match probe.payers(question, &ids.collect()).await {
            Ok(payers) => payers,
            Err(unlisted) => return Some(Err(unlisted)),
        };
        for one in &mut undeclared {
            one.payer = payers.remove(&one.account.id);
        }
    }
    survey.undeclared = undeclared;
    survey.ignored += ignored;
    Some(Ok(survey))
}

/// Asks what is wanted of accounts; those that their units take out are counted.
async fn more(
    probe: &dyn Probe,
    question: &Question<'_>,
    accounts: Vec<Listed>,
    ignore: &Ignore,
    wants: Wants,
) -> Result<(Vec<Undeclared>, usize), Unlisted> {
    let units: BTreeSet<String> = accounts
        .iter()
        .filter(|_| wants.units)
        .flat_map(|account| account.units.iter().flatten().cloned())
        .collect();
    let names = if units.is_empty() {
        BTreeMap::new()
    } else {
        probe.unit_names(question, &units).await?
    };
    let all = accounts.len();
    let mut undeclared: Vec<Undeclared> = accounts
        .into_iter()
        .map(|account| Undeclared {
            units: account.units.as_ref().filter(|_| wants.units).map(|units| {
                let name = |unit: &String| names.get(unit).unwrap_or(unit).clone();
                units.iter().map(name).collect()
            }),
            payer: None,
            tags: None,
            account,
        })
        .filter(|one| {
            let units = one.units.as_deref().unwrap_or_default();
            !ignore.by_units(&one.account, units)
        })
        .collect();
    undeclared.sort_by(|a, b| a.account.id.cmp(&b.account.id));
    let ignored = all - undeclared.len();
    let wanted: BTreeSet<String> = undeclared
        .iter()
        .filter(|one| wants.tags && !one.account.state.is_inactive())
        .map(|one| one.account.id.clone())
        .collect();
    if !wanted.is_empty() {
        let mut tags = probe.tags(question, &wanted).await?;
        for one in &mut undeclared {
            one.tags = tags.remove(&one.account.id);
        }
    }
    Ok((undeclared, ignored))
}
