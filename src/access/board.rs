//! The board: findings by what they are about, as a run collects them and the state keeps them.

use std::collections::BTreeMap;

use crate::model::address::Address;
use crate::model::finding::Finding;
use crate::state::Findings;

/// Findings by the resource that they are about.
#[derive(Debug, Clone, Default)]
pub struct Board(BTreeMap<Address, Vec<Finding>>);

impl Board {
    /// The findings that the state keeps. What cannot be read (from another version) is left out:
    /// it is asked anew.
    #[must_use]
    pub fn stored(findings: &Findings) -> Self {
        let mut board = Self::default();
        board.add(
            findings
                .values()
                .filter_map(|text| serde_json::from_str(text).ok()),
        );
        board
    }

    /// Findings as the state keeps them.
    #[must_use]
    pub fn to_stored(&self) -> Findings {
        self.all()
            .filter_map(|finding| {
                let text = serde_json::to_string(finding).ok()?;
                Some((format!("{} {}", finding.address, finding.check), text))
            })
            .collect()
    }

    /// Adds findings; of two answers to one question the newer stands.
    pub fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            let list = self.0.entry(finding.address.clone()).or_default();
            match list.iter_mut().find(|old| old.check == finding.check) {
                Some(old) => *old = finding,
                None => list.push(finding),
            }
        }
    }

    /// Forgets what was found about a resource that is asked anew.
    pub fn clear(&mut self, address: &Address) {
        self.0.remove(address);
    }

    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.0.values().flatten()
    }

    #[must_use]
    pub fn of(&self, address: &Address) -> &[Finding] {
        self.0.get(address).map(Vec::as_slice).unwrap_or_default()
    }

    /// Keeps only findings about these resources.
    pub fn retain(&mut self, keep: impl Fn(&Address) -> bool) {
        self.0.retain(|address, _| keep(address));
    }
}
