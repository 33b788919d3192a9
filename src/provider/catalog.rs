//! The catalogue of checks, and the table in docs/checks.md that is made from it.

use std::fmt::Write as _;

use super::probe;
use crate::model::finding::Check;

/// All checks of all providers, by id.
#[must_use]
pub fn checks() -> Vec<&'static Check> {
    let mut checks: Vec<&'static Check> = probe::local_checks()
        .map(|local| &local.check)
        .chain(probe::online_checks())
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
         accepts one for a while. Checks without calls need no network: `--offline` runs them too. \
         Calls and permissions are named as the providers name them; all of them only read.\n\n\
         This page is made from the checks themselves; change them, and run the tests with \
         `BURSAR_BLESS=1`.\n\n\
         | check | badge | required | question | calls | permissions | remedy |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for check in checks() {
        let yes = |yes| if yes { "yes" } else { "no" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            check.id,
            check.badge.as_str(),
            yes(check.required),
            cell(check.question),
            if check.offline {
                "none: offline".to_owned()
            } else {
                list(check.calls)
            },
            list(check.permissions),
            cell(check.remedy),
        );
    }
    page
}

fn list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
