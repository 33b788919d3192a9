//! The catalogue of checks, and the table in docs/checks.md that is made from it.

use std::fmt::Write as _;

use super::{probe, shared};
use crate::model::finding::Check;
use crate::model::provider::Provider;

/// All checks of all providers, by id.
#[must_use]
pub fn checks() -> Vec<&'static Check> {
    let mut checks: Vec<&'static Check> = probe::local_checks()
        .map(|local| &local.check)
        .chain(probe::online_checks())
        .chain(
            Provider::ALL
                .into_iter()
                .filter(|provider| !probe::built(*provider))
                .map(shared::access::check),
        )
        .collect();
    checks.sort_by_key(|check| check.id);
    checks
}

/// The page docs/checks.md, made from [`checks`].
#[must_use]
pub fn table() -> String {
    let mut page = String::from(
        "# Checks\n\n\
         Each check asks one read-only question about access. A check that is required blocks, when \
         its answer is bad, the change that depends on it (see `access` in `bursar.yaml`); `waive` \
         accepts one for a while. Offline checks need no network: `--offline` runs them too.\n\n\
         This page is made from the checks themselves; change them, and run the tests with \
         `BURSAR_BLESS=1`.\n\n\
         | check | badge | required | offline | question | remedy |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for check in checks() {
        let yes = |yes| if yes { "yes" } else { "no" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} |",
            check.id,
            check.badge.as_str(),
            yes(check.required),
            yes(check.offline),
            cell(check.question),
            cell(check.remedy),
        );
    }
    page
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
