//! Looks at secrets without a network, and gives plain facts about them that hold no secret.
//!
//! One kind of secret a file. Facts name what is public by nature (an expiry, a fingerprint, a
//! host); whatever a secret holds in an unexpected place is never repeated.

pub mod aws_csv;
pub mod aws_key;
pub mod azure_secret;
pub mod certificate;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod gcp_key;
pub mod jwt;
pub mod oci_key;
pub(super) mod pem;
pub mod refresh_token;
pub mod sas;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

/// How a text was copied, where that went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// As it should be.
    Well,
    /// Quotation marks around it became part of it.
    Quoted,
    /// Blanks or line breaks around or inside it became part of it.
    Spaced,
}

/// How a secret of one line was copied.
pub(super) fn copied(text: &str) -> Copied {
    if text.chars().any(char::is_whitespace) {
        Copied::Spaced
    } else if text.len() > 1
        && ['"', '\'', '`']
            .iter()
            .any(|q| text.starts_with(*q) && text.ends_with(*q))
    {
        Copied::Quoted
    } else {
        Copied::Well
    }
}

/// Whether a text has the form of a GUID.
#[must_use]
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

pub(super) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A text from inside a secret that is public by nature, fit for one line: short, no controls.
fn public(text: &str) -> String {
    const LONGEST: usize = 200;
    text.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}

/// `%xx` decoded; what is not UTF-8 then becomes the replacement character.
pub(super) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |b: u8| char::from(b).to_digit(16);
        match (first, after) {
            (b'%', [high, low, tail @ ..]) => {
                if let (Some(high), Some(low)) = (hex(*high), hex(*low)) {
                    bytes.push((high * 16 + low) as u8);
                    rest = tail;
                    continue;
                }
                bytes.push(first);
            }
            _ => bytes.push(first),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A moment as Azure and others write it: with or without a time, seconds, or parts of them; UTC.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
    {
        return date
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|day| day.timestamp());
    }
    text.parse().ok()
}

#[cfg(test)]
mod helpers {
    use super::*;

    #[test]
    fn moments_as_azure_writes_them() {
        for (text, wanted) in [
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2027-01-31T08:30Z", "2027-01-31T08:30:00Z"),
            ("2027-01-31T08:30:15Z", "2027-01-31T08:30:15Z"),
            (
                "2027-01-31T08:30:15.1234567Z",
                "2027-01-31T08:30:15.1234567Z",
            ),
            ("2027-01-31T08:30:15+02:00", "2027-01-31T06:30:15Z"),
        ] {
            assert_eq!(moment(text).map(|m| m.to_string()).as_deref(), Some(wanted));
        }
        for wrong in ["", "tomorrow", "2027-02-30", "2027-01-31T08:30:15"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn percent_decoding_never_fails() {
        assert_eq!(percent_decode("a%2Bb%3d%"), "a+b=%");
        assert_eq!(percent_decode("%zz%4"), "%zz%4");
        assert_eq!(percent_decode("%ff"), "\u{fffd}");
    }

    #[test]
    fn guids() {
        assert!(is_guid("72f988bf-86f1-41af-91ab-2d7cd011db47"));
        assert!(!is_guid("72f988bf-86f1-41af-91ab-2d7cd011db4"));
        assert!(!is_guid("72f988bf_86f1_41af_91ab_2d7cd011db47"));
    }
}
