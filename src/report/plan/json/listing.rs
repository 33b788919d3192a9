//! What others have: the accounts that a provider lists, and the document that is carried to a platform.

use crate::import::Compared;
use crate::model::address::Address;

use super::{Carried, Listing};
use crate::report::plan::{Shown, document};

pub(super) fn carried(shown: &Shown<'_>) -> Option<Carried> {
    let document = shown.planned.document.as_ref()?;
    let names = |all: &[Address]| all.iter().map(ToString::to_string).collect();
    let unmanaged = document::unmanaged(shown, document);
    Some(Carried {
        file: document.file.clone(),
        observed: document.observed.clone(),
        fetched: document.fetched,
        unwritten: document.unwritten,
        waiting: names(&document.waiting),
        leaving: names(&document.leaving),
        unmanaged: unmanaged.into_iter().map(ToString::to_string).collect(),
        not_carried: shown.planned.not_carried.clone(),
        notes: document.notes.clone(),
    })
}

pub(super) fn listing(compared: &Compared) -> Option<Listing> {
    let survey = match &compared.outcome {
        Ok(survey) => survey,
        Err(unlisted) => {
            let answer = unlisted.answer()?;
            return Some(Listing {
                organization: compared.organization.clone(),
                accounts: None,
                undeclared: None,
                undeclared_inactive: None,
                ignored: None,
                left: None,
                error: Some(answer.message.clone()),
            });
        }
    };
    Some(Listing {
        organization: compared.organization.clone(),
        accounts: Some(survey.accounts),
        undeclared: Some(survey.undeclared.len()),
        undeclared_inactive: Some(survey.inactive()),
        ignored: Some(survey.ignored),
        left: Some(survey.left.len()),
        error: None,
    })
}
