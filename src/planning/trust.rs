//! What a pull request proposes in `bursar.yaml`, where settings and credentials live: told to who
//! reviews it, and not used before it is merged. Decides nothing about the plan itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::project::Project;
use crate::model::address::Address;
use crate::model::settings::Settings;

/// How a proposal differs from its base in what is a matter of trust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Settings that it changes, by key. Those that are a matter of trust are held to the base's.
    pub settings: Vec<String>,
    /// Credentials that it adds, changes or takes away.
    pub credentials: BTreeMap<String, Proposed>,
}

/// What a proposal does to a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    Adds,
    Changes,
    Removes,
}

impl Proposal {
    /// Compares what is proposed with the base. `settings` are those that were proposed, before they
    /// were held to the base's.
    #[must_use]
    pub fn of(base: &Project, proposed: &Project, settings: &Settings) -> Self {
        Self {
            settings: differing(base.settings(), settings),
            credentials: credentials(base, proposed),
        }
    }

    /// Whether it leaves all of that alone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.credentials.is_empty()
    }

    /// The credentials that nobody has agreed to yet: what they would sign in to is not asked.
    #[must_use]
    pub fn untrusted(&self) -> BTreeSet<Address> {
        let untrusted = self.credentials.iter();
        untrusted
            .filter(|(_, proposed)| **proposed != Proposed::Removes)
            .map(|(name, _)| Address::credential(name))
            .collect()
    }
}

fn differing(base: &Settings, proposed: &Settings) -> Vec<String> {
    // Plain data with text for keys: it always serialises.
    let [base, proposed] =
        [base, proposed].map(|all| serde_json::to_value(all).unwrap_or_default());
    let keys = proposed.as_object().into_iter().flatten();
    keys.filter(|(key, value)| base.get(key) != Some(value))
        .map(|(key, _)| key.clone())
        .collect()
}

fn credentials(base: &Project, proposed: &Project) -> BTreeMap<String, Proposed> {
    let before = &base.estate.declaration.credentials;
    let now = &proposed.estate.declaration.credentials;
    let mut all = BTreeMap::new();
    for entry in now.iter() {
        let what = match before.get(&entry.key) {
            None => Proposed::Adds,
            Some(known) if known.value != entry.value => Proposed::Changes,
            Some(_) => continue,
        };
        all.insert(entry.key.to_string(), what);
    }
    for entry in before.iter().filter(|entry| now.get(&entry.key).is_none()) {
        all.insert(entry.key.to_string(), Proposed::Removes);
    }
    all
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::project::{Surroundings, load_proposed, load_texts};
    use crate::config::source::Source;

    fn text(yaml: &str) -> Vec<Source> {
        vec![Source {
            path: "bursar.yaml".to_owned(),
            bytes: yaml.as_bytes().to_vec(),
        }]
    }

    fn held(base: &str, proposed: &str) -> (Proposal, Settings) {
        let none = Surroundings::default();
        let base = load_texts(Path::new("."), text(base), &none);
        let (project, settings) =
            load_proposed(Path::new("."), text(proposed), &none, base.settings());
        let proposal = Proposal::of(&base, &project, &settings);
        (proposal, project.settings().clone())
    }

    const BASE: &str = "version: 1\nguard: {delete: {at_least: 1, percent: 5}}\ncredentials:\n  \
        ci: {aws_default: {}}\n  old: {aws_default: {}}\n  payers: {aws_role: {role_name: Reader, \
        source: ci, external_id: e-1}}\n";

    #[test]
    fn a_proposal_is_held_to_the_settings_of_its_base() {
        let loose = BASE.replace("at_least: 1, percent: 5", "at_least: 900, percent: 100")
            + "access: {require: none}\nwaive: [{check: aws.sts, for: '*', reason: why, until: 2030-01-01}]\n";
        let (proposal, settings) = held(BASE, &loose);
        assert_eq!(proposal.settings, ["access", "guard", "waive"]);
        assert_eq!(settings.guard.delete.at_least, 1);
        assert_eq!(
            settings.access.require,
            crate::model::settings::Require::Pass
        );
        assert!(settings.waive.is_empty());
    }

    #[test]
    fn credentials_that_nobody_agreed_to_are_named() {
        let changed = BASE
            .replace("  old: {aws_default: {}}\n", "  new: {gcp_default: {}}\n")
            .replace("Reader", "Admin");
        let (proposal, _) = held(BASE, &changed);
        let names: Vec<_> = proposal.credentials.into_iter().collect();
        assert_eq!(
            names,
            [
                ("new".to_owned(), Proposed::Adds),
                ("old".to_owned(), Proposed::Removes),
                ("payers".to_owned(), Proposed::Changes)
            ]
        );
        assert!(held(BASE, BASE).0.is_empty());
    }
}
