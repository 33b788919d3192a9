//! What a scalar would be in JSON, by the core schema of YAML 1.2. Only JSON Schema asks; the text stays.

use super::{Scalar, Style};

/// The JSON type of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number; see [`Scalar::number`].
    Number,
    /// Anything else.
    Text,
}

impl Scalar<'_> {
    /// Its JSON type. A scalar with quotes is text; so are `.inf` and `.nan`, which JSON cannot hold.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.style != Style::Plain {
            return Kind::Text;
        }
        let text = self.text.as_ref();
        match text.as_bytes().first() {
            None => Kind::Null,
            Some(b'~') if text.len() == 1 => Kind::Null,
            Some(b'n' | b'N') if matches!(text, "null" | "Null" | "NULL") => Kind::Null,
            Some(b't' | b'T') if matches!(text, "true" | "True" | "TRUE") => Kind::Bool(true),
            Some(b'f' | b'F') if matches!(text, "false" | "False" | "FALSE") => Kind::Bool(false),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') if is_number(text) => Kind::Number,
            _ => Kind::Text,
        }
    }

    /// Its number, if its kind is one: an integer where it fits 64 bits, else the nearest finite double.
    #[must_use]
    pub fn number(&self) -> Option<serde_json::Number> {
        if self.kind() == Kind::Number {
            number(&self.text)
        } else {
            None
        }
    }
}

/// Whether the text is a number of the core schema that JSON can hold.
fn is_number(text: &str) -> bool {
    match shape(text) {
        Shape::None => false,
        Shape::Decimal if text.len() <= 300 => true,
        // Only these can leave the range of a double: worth the look.
        Shape::Decimal | Shape::Exponent | Shape::Radix(_) => number(text).is_some(),
    }
}

fn number(text: &str) -> Option<serde_json::Number> {
    match shape(text) {
        Shape::None => None,
        Shape::Radix(radix) => {
            let digits = text.get(2..)?;
            match u64::from_str_radix(digits, radix) {
                Ok(number) => Some(number.into()),
                Err(_) => {
                    let digits = digits.chars().filter_map(|c| c.to_digit(radix));
                    let sum =
                        digits.fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit));
                    serde_json::Number::from_f64(sum)
                }
            }
        }
        Shape::Decimal | Shape::Exponent => {
            let text = text.strip_prefix('+').unwrap_or(text);
            if let Ok(number) = text.parse::<u64>() {
                return Some(number.into());
            }
            if let Ok(number) = text.parse::<i64>() {
                return Some(number.into());
            }
            serde_json::Number::from_f64(text.parse().ok()?)
        }
    }
}

enum Shape {
    None,
    /// Digits, perhaps with a sign and a point.
    Decimal,
    Exponent,
    /// `0o…` or `0x…`
    Radix(u32),
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, `0o [0-7]+`, `0x [0-9a-fA-F]+`
fn shape(text: &str) -> Shape {
    let bytes = text.as_bytes();
    match bytes {
        [b'0', b'o', digits @ ..] if !digits.is_empty() => {
            return if digits.iter().all(|b| matches!(b, b'0'..=b'7')) {
                Shape::Radix(8)
            } else {
                Shape::None
            };
        }
        [b'0', b'x', digits @ ..] if !digits.is_empty() => {
            return if digits.iter().all(u8::is_ascii_hexdigit) {
                Shape::Radix(16)
            } else {
                Shape::None
            };
        }
        _ => {}
    }
    let digits = |from: &[u8]| from.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut rest = bytes;
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let whole = digits(rest);
    rest = &rest[whole..];
    let mut fraction = 0;
    if let [b'.', tail @ ..] = rest {
        fraction = digits(tail);
        rest = &tail[fraction..];
    }
    if whole + fraction == 0 {
        return Shape::None;
    }
    match rest {
        [] => Shape::Decimal,
        [b'e' | b'E', tail @ ..] => {
            let tail = match tail {
                [b'+' | b'-', tail @ ..] => tail,
                tail => tail,
            };
            if !tail.is_empty() && digits(tail) == tail.len() {
                Shape::Exponent
            } else {
                Shape::None
            }
        }
        _ => Shape::None,
    }
}
