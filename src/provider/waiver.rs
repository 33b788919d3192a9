//! Waivers: answers that are accepted for a while.

use crate::model::address::{Address, Kind};
use crate::model::finding::{Finding, Status};
use crate::model::selector::Selector;
use crate::model::settings::Waiver;
use crate::model::time::Date;

/// Marks the findings that a waiver accepts with its reason. A waiver holds up to and on its last
/// day; one for an earlier day, or with a malformed glob, accepts nothing. Good answers need none.
pub fn apply_waivers(findings: &mut [Finding], waivers: &[Waiver], today: Date) {
    let waivers: Vec<(&Waiver, Selector)> = waivers
        .iter()
        .filter(|waiver| waiver.until >= today)
        // A waiver names what it accepts: `!` would make it accept everything else.
        .filter(|waiver| !waiver.applies_to.starts_with('!'))
        .filter_map(|waiver| Some((waiver, Selector::new(&[&waiver.applies_to]).ok()?)))
        .collect();
    for finding in findings {
        finding.waived = match finding.status {
            Status::Pass | Status::Skipped => None,
            _ => waivers
                .iter()
                .find(|(waiver, glob)| {
                    waiver.check == finding.check && accepts(glob, &finding.address)
                })
                .map(|(waiver, _)| waiver.reason.clone()),
        };
    }
}

/// Recommendations are declared with their organization: what is accepted for that holds for them.
fn accepts(glob: &Selector, address: &Address) -> bool {
    glob.selects(address)
        || (address.kind() == Kind::Recommendations
            && glob.selects(&Address::organization(&address.last())))
}
