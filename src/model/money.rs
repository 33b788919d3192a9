//! Money and percentages: exact decimals, never floating point.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

use super::leaf::{Leaf, LeafError, leaf};

/// A plain decimal number: digits, at most one point, an optional sign. No exponent, no
/// thousands separators, so that what is read is what was meant.
fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.len() <= 24;
    plain
        .then(|| text.parse::<Decimal>().ok())
        .flatten()
        .map(|decimal| decimal.normalize())
}

/// An amount of money in a currency given beside it; zero or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(pub Decimal);

impl Leaf for Amount {
    const NAME: &'static str = "bursar::Amount";
    const PLACEHOLDER: &'static str = "0";

    fn parse(text: &str) -> Result<Self, LeafError> {
        match decimal(text) {
            Some(amount) if amount.is_sign_negative() && !amount.is_zero() => Err(LeafError::new(
                "value.amount",
                "an amount cannot be negative",
                "write what may be spent, zero or more",
            )),
            Some(amount) => Ok(Self(amount)),
            None => Err(LeafError::new(
                "value.amount",
                "this is not an amount of money",
                "write digits with a decimal point and no separators, for example `120000` or `4000.50`",
            )),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

leaf!(
    Amount,
    "an amount of money, exact decimal",
    "120000",
    "4000.50"
);

/// An amount for a year in its twelve months: even, to `digits` decimals, what is left over one smallest
/// unit each on the first months.
#[must_use]
pub fn by_month(amount: Decimal, digits: u32) -> [Decimal; 12] {
    let amount = amount.round_dp(digits);
    let twelve = Decimal::from(12);
    let each = (amount / twelve).round_dp_with_strategy(digits, RoundingStrategy::ToZero);
    let unit = Decimal::new(1, digits);
    let left = amount - each * twelve;
    let step = if left.is_sign_negative() { -unit } else { unit };
    std::array::from_fn(|place| {
        let given = left.abs() >= unit * Decimal::from(place + 1);
        each + if given { step } else { Decimal::ZERO }
    })
}

/// A percentage with at most two decimals, above 0 and at most 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(pub Decimal);

impl Leaf for Percent {
    const NAME: &'static str = "bursar::Percent";
    const PLACEHOLDER: &'static str = "100";

    fn parse(text: &str) -> Result<Self, LeafError> {
        decimal(text)
            .filter(|value| {
                *value > Decimal::ZERO && *value <= Decimal::ONE_HUNDRED && value.scale() <= 2
            })
            .map(Self)
            .ok_or_else(|| {
                LeafError::new(
                    "value.percent",
                    "this is not a percentage",
                    "write a number above 0 and at most 100, with at most two decimals",
                )
            })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

leaf!(
    Percent,
    "a percentage with at most two decimals",
    "60",
    "33.34"
);

/// An ISO 4217 currency, three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Decimals of the minor unit: 2 for most, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn minor_digits(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl Leaf for Currency {
    const NAME: &'static str = "bursar::Currency";
    const PLACEHOLDER: &'static str = "USD";

    fn parse(text: &str) -> Result<Self, LeafError> {
        iso_currency::Currency::from_code(text)
            .map(Self)
            .ok_or_else(|| {
                let upper = text.to_ascii_uppercase();
                let help = if upper != text && iso_currency::Currency::from_code(&upper).is_some() {
                    format!("write it in capitals: `{upper}`")
                } else {
                    "write an ISO 4217 code, for example `USD`, `EUR` or `BRL`".to_owned()
                };
                LeafError::new("value.currency", "this is not a currency", help)
            })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

leaf!(Currency, "an ISO 4217 currency code", "USD", "EUR", "BRL");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_plain_decimals() {
        assert_eq!(Amount::parse("4000.50").unwrap().to_string(), "4000.5");
        assert_eq!(Amount::parse("0").unwrap().to_string(), "0");
        for wrong in [
            "1e5", "1,000", ".5", "5.", "", "-1", "1_000", "0x1f", "1.2.3",
        ] {
            assert_eq!(
                Amount::parse(wrong).unwrap_err().code,
                "value.amount",
                "{wrong}"
            );
        }
    }

    #[test]
    fn percentages_have_two_decimals() {
        assert_eq!(Percent::parse("33.34").unwrap().to_string(), "33.34");
        for wrong in ["0", "100.01", "33.333", "-5", "50%"] {
            assert_eq!(
                Percent::parse(wrong).unwrap_err().code,
                "value.percent",
                "{wrong}"
            );
        }
    }

    #[test]
    fn currencies_know_their_minor_unit() {
        assert_eq!(Currency::parse("JPY").unwrap().minor_digits(), 0);
        assert_eq!(Currency::parse("KWD").unwrap().minor_digits(), 3);
        assert_eq!(
            Currency::parse("eur").unwrap_err().help,
            "write it in capitals: `EUR`"
        );
        assert_eq!(Currency::parse("XYZZY").unwrap_err().code, "value.currency");
    }
}
