//! Allocation: dividing an amount so that the parts add up to it, to the last minor unit.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::model::timeline::Shares;

/// What falls on one cost centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    pub code: &'a str,
    /// Of a hundred, with two decimals; all parts add up to 100.00.
    pub percent: Decimal,
}

/// The parts that shares name, sorted by code.
#[must_use]
pub fn parts(shares: &Shares) -> Vec<Part<'_>> {
    match shares {
        Shares::Whole(code) => vec![Part {
            code,
            percent: Decimal::ONE_HUNDRED,
        }],
        Shares::Even(codes) => {
            let mut sorted: Vec<&str> = codes.iter().map(String::as_str).collect();
            sorted.sort_unstable();
            let weights = vec![Decimal::ONE; sorted.len()];
            let percents = divide(Decimal::ONE_HUNDRED, 2, &weights);
            sorted
                .into_iter()
                .zip(percents)
                .map(|(code, percent)| Part { code, percent })
                .collect()
        }
        Shares::Fixed(parts) => parts
            .iter()
            .map(|(code, percent)| Part {
                code,
                percent: percent.0,
            })
            .collect(),
    }
}

/// Divides an amount by weights into parts of `digits` decimals that add up to it: each part is
/// rounded towards zero, and what is left goes, one smallest unit each, to those that lost most; of
/// equals to the first. An amount with more decimals than that is rounded first, half to even.
/// Without any weight every part is zero.
#[must_use]
pub fn divide(amount: Decimal, digits: u32, weights: &[Decimal]) -> Vec<Decimal> {
    let amount = amount.round_dp(digits);
    let total: Decimal = weights.iter().sum();
    if total.is_zero() {
        return vec![Decimal::ZERO; weights.len()];
    }
    let exact = |weight: &Decimal| amount * weight / total;
    let mut parts: Vec<Decimal> = weights
        .iter()
        .map(|weight| exact(weight).round_dp_with_strategy(digits, RoundingStrategy::ToZero))
        .collect();
    let left = amount - parts.iter().sum::<Decimal>();
    let unit = Decimal::new(1, digits);
    let units = (left.abs() / unit).round();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let lost = |at: usize| (exact(&weights[at]) - parts[at]).abs();
    let losses: Vec<Decimal> = order.iter().map(|at| lost(*at)).collect();
    order.sort_by(|a, b| losses[*b].cmp(&losses[*a]).then(a.cmp(b)));
    let step = if left.is_sign_negative() { -unit } else { unit };
    let mut given = Decimal::ZERO;
    for at in order.iter().cycle() {
        if given >= units {
            break;
        }
        if !weights[*at].is_zero() {
            parts[*at] += step;
            given += Decimal::ONE;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn divided(amount: &str, digits: u32, weights: &[i64]) -> Vec<String> {
        let weights: Vec<Decimal> = weights
            .iter()
            .map(|weight| Decimal::from(*weight))
            .collect();
        let parts = divide(amount.parse().unwrap(), digits, &weights);
        parts.iter().map(Decimal::to_string).collect()
    }

    #[test]
    fn what_is_left_goes_to_who_lost_most_and_of_equals_to_the_first() {
        assert_eq!(divided("100", 2, &[1, 1, 1]), ["33.34", "33.33", "33.33"]);
        assert_eq!(divided("0.05", 2, &[1, 1]), ["0.03", "0.02"]);
        assert_eq!(divided("10", 0, &[5, 3, 1]), ["6", "3", "1"]);
        assert_eq!(divided("-0.05", 2, &[1, 1]), ["-0.03", "-0.02"]);
        assert_eq!(divided("7", 2, &[0, 0]), ["0", "0"]);
        assert_eq!(divided("1", 2, &[0, 3, 0]), ["0", "1", "0"]);
    }

    #[test]
    fn even_shares_total_a_hundred() {
        let shares = Shares::Even(vec!["C".into(), "A".into(), "B".into()]);
        let parts = parts(&shares);
        let told: Vec<String> = parts
            .iter()
            .map(|part| format!("{} {}", part.code, part.percent))
            .collect();
        assert_eq!(told, ["A 33.34", "B 33.33", "C 33.33"]);
    }

    proptest! {
        #[test]
        fn parts_always_add_up(
            cents in -1_000_000_000_000i64..1_000_000_000_000,
            digits in 0u32..4,
            weights in prop::collection::vec(0i64..10_000, 1..40),
        ) {
            let amount = Decimal::new(cents, digits);
            let weights: Vec<Decimal> = weights.into_iter().map(|weight| Decimal::new(weight, 2)).collect();
            let parts = divide(amount, digits, &weights);
            let total: Decimal = weights.iter().sum();
            if total.is_zero() {
                prop_assert!(parts.iter().all(Decimal::is_zero));
            } else {
                prop_assert_eq!(parts.iter().sum::<Decimal>(), amount);
                let unit = Decimal::new(1, digits);
                for (part, weight) in parts.iter().zip(&weights) {
                    // Never further from the exact part than one smallest unit, never the other sign.
                    prop_assert!((part - amount * weight / total).abs() <= unit);
                    prop_assert!(part.is_zero() || part.is_sign_negative() == amount.is_sign_negative());
                    prop_assert!(!weight.is_zero() || part.is_zero());
                }
            }
        }
    }
}
