//! "Did you mean": the nearest of several names.

/// The candidate nearest to a word, if one is near enough to have been meant.
#[must_use]
pub fn closest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    // Lengths first: most of many candidates need no closer look.
    let length = word.len();
    let near: Vec<&str> = candidates
        .filter(|candidate| {
            candidate.len().abs_diff(length) <= 1 + length / 3 && *candidate != word
        })
        .collect();
    let lower = word.to_lowercase();
    if let Some(same) = near
        .iter()
        .find(|candidate| candidate.to_lowercase() == lower)
    {
        return Some(same);
    }
    similar::get_close_matches(word, &near, 1, 0.7)
        .first()
        .copied()
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn near_names_are_proposed_and_far_ones_are_not() {
        let names = ["organization", "cost_center", "labels"];
        assert_eq!(
            closest("organisation", names.into_iter()),
            Some("organization")
        );
        assert_eq!(
            closest("costcenter", names.into_iter()),
            Some("cost_center")
        );
        assert_eq!(closest("LABELS", names.into_iter()), Some("labels"));
        assert_eq!(closest("prefix", names.into_iter()), None);
    }
}
