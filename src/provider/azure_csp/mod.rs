//! Azure CSP: one check a file.

mod application_ids;
mod refresh_token_form;
mod secret_value;

use super::local::LocalCheck;
use super::shared::{expires, present};

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
];
