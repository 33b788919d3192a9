//! Listings: the accounts that a provider knows in an organization, whatever is declared of them.

use crate::model::spec::AccountType;
use crate::model::time::Date;

use super::answer::Answer;

/// The accounts of one organization, as its provider lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The payer that was asked, by its id.
    pub payer: Option<String>,
    pub accounts: Vec<Listed>,
}

/// One account, as its provider lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    /// As people gave it to the provider: any text.
    pub name: String,
    pub state: State,
    /// When it was closed, where the provider says so.
    pub closed: Option<Date>,
    /// The ids of the units that it is in, from the outermost on: AWS's organizational units. Empty at
    /// the root; none where the provider does not say.
    pub units: Option<Vec<String>>,
    /// What kind of account it is, where it has to be declared.
    pub account_type: Option<AccountType>,
    /// The id of the account that it is part of, where it has to be declared.
    pub within: Option<String>,
}

/// Whether an account can still spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    /// It is about to be active.
    Pending,
    Suspended,
    /// It is closed, or being closed.
    Closed,
    /// The provider says something that this version does not know.
    Other,
}

impl State {
    /// Whether it was taken out of use.
    #[must_use]
    pub const fn is_inactive(self) -> bool {
        matches!(self, Self::Suspended | Self::Closed)
    }
}

/// Why there is no listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlisted {
    /// There is nothing that could be listed: why. Nobody has to do anything about it.
    Nothing(String),
    /// This credential cannot sign in: why, and what to do.
    Unsigned {
        credential: String,
        answer: Box<Answer>,
    },
    /// It could not be had.
    Trouble(Box<Answer>),
}

impl From<Answer> for Unlisted {
    fn from(answer: Answer) -> Self {
        Self::Trouble(Box::new(answer.clean()))
    }
}

impl Unlisted {
    /// What kept a list from being had; none where there is nothing to list.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Nothing(_) => None,
            Self::Unsigned { answer, .. } | Self::Trouble(answer) => Some(answer),
        }
    }
}
