//! "Did you mean": among the few names that a provider has, the one nearest to a declared one.

/// Below this likeness (0 to 1) a suggestion would be a guess.
const CUTOFF: f32 = 0.7;

/// The name nearest to another, where one is near enough to have been meant.
#[must_use]
pub fn near<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let same = |other: &&&str| other.eq_ignore_ascii_case(name);
    let same = names.iter().find(same).copied();
    same.or_else(|| {
        similar::get_close_matches(name, names, 1, CUTOFF)
            .first()
            .copied()
    })
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn near_names_are_proposed_and_far_ones_are_not() {
        let names = ["acme-hourly", "acme-daily", "lake"];
        assert_eq!(near("acme_hourly", &names), Some("acme-hourly"));
        assert_eq!(near("ACME-DAILY", &names), Some("acme-daily"));
        assert_eq!(near("cur", &names), None);
        assert_eq!(near("x", &[]), None);
    }
}
