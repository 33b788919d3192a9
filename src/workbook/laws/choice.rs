//! Choosing at random, by numbers that proptest gives and shrinks.

/// Numbers that everything is chosen by.
pub(super) type Dice = Vec<u16>;

/// Takes numbers one after the other, again and again.
pub(super) struct Choice<'d> {
    pub(super) dice: &'d [u16],
    pub(super) at: usize,
}

impl Choice<'_> {
    pub(super) fn of(&mut self, most: usize) -> usize {
        self.at += 1;
        usize::from(self.dice[self.at % self.dice.len()]) % most.max(1)
    }

    pub(super) fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.of(of.len())]
    }
}

pub(super) const NAMES: &[&str] = &[
    "Payments",
    "it's \"it\"",
    "NO",
    "012",
    "a: b",
    "Ünï",
    "x, {y}",
    "two words",
    "\\o/",
    "# 1",
    "- x",
    "~",
];
