//! Numbers as people read them. Nothing that a machine reads is written so.

/// A number with separators for thousands: `12,400`.
#[must_use]
pub fn thousands(count: usize) -> String {
    grouped(&count.to_string())
}

/// Digits with separators for thousands; a sign and decimals stay as they are.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let (whole, decimals) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(grouped("-24500.50"), "-24,500.50");
    }
}
