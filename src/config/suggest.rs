//! "Did you mean": the name nearest to one that leads nowhere. Knows no rules.

use std::collections::HashMap;

/// How many candidates one run may look at, so that many wrong names among many right ones cost
/// no noticeable time; past it there are no more suggestions.
const BUDGET: usize = 60_000_000;
/// How many of the candidates that look alike are compared in earnest.
const SHORTLIST: usize = 48;
/// Below this likeness (0 to 1) a suggestion would be a guess.
const CUTOFF: f32 = 0.7;

/// Finds near names among known ones. Answers are remembered, so the same mistake made in a
/// thousand places costs one search.
pub struct Suggester<'a> {
    known: Vec<&'a str>,
    answers: HashMap<String, Option<&'a str>>,
    left: usize,
}

impl<'a> Suggester<'a> {
    #[must_use]
    pub fn new(known: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            known: known.into_iter().collect(),
            answers: HashMap::new(),
            left: BUDGET,
        }
    }

    /// The known names, in the order in which they were given.
    #[must_use]
    pub fn known(&self) -> &[&'a str] {
        &self.known
    }

    /// The known name nearest to `name`, where one is near enough.
    pub fn nearest(&mut self, name: &str) -> Option<&'a str> {
        if let Some(answer) = self.answers.get(name) {
            return *answer;
        }
        let answer = if self.left < self.known.len() {
            None
        } else {
            self.left -= self.known.len();
            closest(name, self.known.iter().copied())
        };
        self.answers.insert(name.to_owned(), answer);
        answer
    }
}

/// The candidate nearest to a word, if one is near enough to have been meant: one that differs in
/// case only, else the most alike.
#[must_use]
pub fn closest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    if word.is_empty() || word.len() > 256 {
        return None;
    }
    // Lengths and ends first: most of many candidates need no closer look.
    let mut near: Vec<(usize, &'c str)> = candidates
        .filter(|known| known.len().abs_diff(word.len()) <= 1 + word.len() / 3 && *known != word)
        .map(|known| (shared_ends(word, known), known))
        .collect();
    if let Some((_, same)) = near
        .iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(word))
    {
        return Some(same);
    }
    let order = |a: &(usize, &str), b: &(usize, &str)| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1));
    if near.len() > SHORTLIST {
        near.select_nth_unstable_by(SHORTLIST, order);
        near.truncate(SHORTLIST);
    }
    near.sort_unstable_by(order);
    let near: Vec<&'c str> = near.into_iter().map(|(_, known)| known).collect();
    similar::get_close_matches(word, &near, 1, CUTOFF)
        .first()
        .copied()
}

/// How many bytes two names share at their start and at their end: a slip of the finger in the
/// middle leaves both.
fn shared_ends(a: &str, b: &str) -> usize {
    let start = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - start;
    let end = a
        .bytes()
        .rev()
        .zip(b.bytes().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    start + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_proposed_and_far_ones_are_not() {
        let names = [
            "organization",
            "cost_center",
            "labels",
            "acme-core",
            "acme-azure",
        ];
        let closest = |word| closest(word, names.into_iter());
        assert_eq!(closest("organisation"), Some("organization"));
        assert_eq!(closest("costcenter"), Some("cost_center"));
        assert_eq!(closest("LABELS"), Some("labels"));
        assert_eq!(closest("acme-azur"), Some("acme-azure"));
        assert_eq!(closest("prefix"), None);
        assert_eq!(closest(""), None);
    }

    #[test]
    fn many_mistakes_among_many_names_stay_cheap() {
        let known: Vec<String> = (0..20_000).map(|n| format!("{:012}", n * 7919)).collect();
        let mut suggester = Suggester::new(known.iter().map(String::as_str));
        for n in 0..50 {
            let wrong = format!("{:011}x", n * 7919);
            let _ = suggester.nearest(&wrong);
            let _ = suggester.nearest(&wrong);
        }
        assert_eq!(suggester.nearest("00000000791x"), Some("000000007919"));
    }
}
