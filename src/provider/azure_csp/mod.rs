//! Azure CSP: one check a file, one client.
//!
//! Checks of declared text and of secrets at hand need no network ([`CHECKS`]); the others are
//! asked by [`Csp`], in the order of [`ONLINE`]. [`login`] is how a partner's user signs in.

mod account_sold;
mod advisor;
mod application_ids;
mod billing_reports;
mod case;
pub mod client;
mod customers;
mod listing;
pub mod login;
mod partner_profile;
mod payer_currency;
mod probe;
mod refresh_token_age;
mod refresh_token_form;
mod secret_expiry;
mod secret_value;
mod token;

use super::local::LocalCheck;
use super::shared::{expires, present};
use case::OnlineCheck;

pub use probe::{Csp, checks as online_checks};

pub(super) const CHECKS: &[LocalCheck] = &[
    LocalCheck {
        check: present::check("azure_csp.credential.present"),
        ask: present::ask,
    },
    LocalCheck {
        check: expires::check("azure_csp.credential.expires"),
        ask: expires::ask,
    },
    LocalCheck {
        check: application_ids::CHECK,
        ask: application_ids::ask,
    },
    LocalCheck {
        check: secret_value::CHECK,
        ask: secret_value::ask,
    },
    LocalCheck {
        check: refresh_token_form::CHECK,
        ask: refresh_token_form::ask,
    },
    LocalCheck {
        check: refresh_token_age::CHECK,
        ask: refresh_token_age::ask,
    },
];

/// The checks that ask Microsoft, in the order in which they are told.
const ONLINE: &[OnlineCheck] = &[
    token::CHECK,
    secret_expiry::CHECK,
    partner_profile::CHECK,
    payer_currency::CHECK,
    customers::CHECK,
    account_sold::CHECK,
    billing_reports::CHECK,
    advisor::CHECK,
];
