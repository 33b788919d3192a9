//! Consent: what is removed only when somebody says so, and what protection holds back.

use crate::model::address::{Address, Kind};
use crate::model::record::Record;
use crate::model::settings::{Removal, RemovalAction};

use super::change::Refusal;

/// What becomes of a recorded resource that is no longer declared.
pub enum Verdict {
    Delete { reason: Option<String> },
    Forget { reason: Option<String> },
    Refuse(Refusal),
}

/// Decides about one resource that is recorded and no longer declared.
#[must_use]
pub fn judge(
    record: &Record,
    removal: Option<&Removal>,
    allow_delete: bool,
    destroys: &str,
) -> Verdict {
    let address = &record.address;
    if record.protect {
        return Verdict::Refuse(protected(address));
    }
    match removal {
        Some(removal) => {
            let reason = removal.reason.clone();
            match removal.action {
                RemovalAction::Delete => Verdict::Delete { reason },
                RemovalAction::Forget => Verdict::Forget { reason },
            }
        }
        None if free(address.kind()) || allow_delete => Verdict::Delete { reason: None },
        None => Verdict::Refuse(unasked(address, destroys)),
    }
}

/// Kinds that are removed by just removing their declaration.
const fn free(kind: Kind) -> bool {
    kind.is_structure() || matches!(kind, Kind::Recommendations)
}

fn protected(address: &Address) -> Refusal {
    Refusal {
        code: "removal.protected",
        address: Some(address.clone()),
        message: format!("{address} is protected and no longer declared"),
        help: "declare it again with `protect: false` and apply; then remove it in a later change"
            .to_owned(),
    }
}

fn unasked(address: &Address, destroys: &str) -> Refusal {
    let closed = if address.kind() == Kind::Account {
        "keep it with `closed: YYYY-MM-DD` (history stays, it is no longer asked), or "
    } else {
        ""
    };
    Refusal {
        code: "removal.unasked",
        address: Some(address.clone()),
        message: format!("{address} is registered and no longer declared"),
        help: format!(
            "{closed}say what becomes of it: `removed: {{{address}: {{action: forget}}}}` leaves it where it is registered, \
             `{{action: delete}}` removes it there too ({destroys}); `--allow-delete` deletes all of these at once"
        ),
    }
}
