//! Cells: texts, months, amounts and percentages as people and spreadsheet programs write them.

use calamine::Data;
use rust_decimal::Decimal;

use crate::model::leaf::Leaf;
use crate::model::time::Month;

/// What is wrong with a value, and what to write.
pub type Wrong = (String, String);

fn wrong<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Wrong> {
    Err((message.into(), help.into()))
}

/// Ids, codes and names. A number counts as the text that it shows.
pub fn text(value: &Data) -> Result<String, Wrong> {
    match value {
        Data::String(text) => Ok(trimmed(text).to_owned()),
        Data::Int(number) => Ok(number.to_string()),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Ok(format!("{number:.0}"))
        }
        Data::Float(number) => Ok(number.to_string()),
        Data::Bool(value) => Ok(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => wrong(
            "this is a date, and a text is wanted",
            "format the cell as text, and write it again",
        ),
        Data::Error(error) => broken(&error.to_string()),
        Data::Empty => Ok(String::new()),
    }
}

fn broken<T>(error: &str) -> Result<T, Wrong> {
    wrong(
        format!("the cell shows the error {error}"),
        "mend the formula, or write the value itself",
    )
}

/// Blanks of all kinds at both ends: copies from web pages bring no-break ones.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|char: char| {
        char.is_whitespace() || matches!(char, '\u{A0}' | '\u{200B}' | '\u{FEFF}')
    })
}

/// A month: `YYYY-MM`, or a date within it.
pub fn month(value: &Data) -> Result<Month, Wrong> {
    let found = match value {
        Data::String(text) => {
            let text = trimmed(text);
            // A whole date counts for its month.
            let day = text
                .get(7..)
                .is_some_and(|day| day.starts_with('-') && day.len() == 3);
            Month::parse(if day { &text[..7] } else { text }).ok()
        }
        Data::DateTime(date) if date.is_datetime() => {
            let (year, month, ..) = date.to_ymd_hms_milli();
            let year = i16::try_from(year).unwrap_or(0);
            Month::new(year, i8::try_from(month).unwrap_or(0))
        }
        Data::DateTimeIso(text) => text.get(..7).and_then(|text| Month::parse(text).ok()),
        Data::Error(error) => return broken(&error.to_string()),
        _ => None,
    };
    found.map_or_else(
        || {
            wrong(
                format!("`{value}` is no month"),
                "write it as YYYY-MM, for example 2027-01",
            )
        },
        Ok,
    )
}

/// 10^24: sums of a year must stay within what can be calculated with exactly.
const TOO_MUCH: Decimal = Decimal::from_parts(0xA100_0000, 0x1BCE_CCED, 0x0000_D3C2, false, 0);

/// An amount of money with at most `digits` decimals, zero or more.
pub fn amount(value: &Data, digits: u32) -> Result<Decimal, Wrong> {
    let number = number(value)?;
    if number.is_sign_negative() && !number.is_zero() {
        return wrong(
            "an amount cannot be negative",
            "write what may be spent, zero or more",
        );
    }
    if number >= TOO_MUCH {
        return wrong(
            format!("{number} is no amount that a budget can have"),
            "write less than a trillion trillion",
        );
    }
    let rounded = number.round_dp(digits);
    // Programs calculate in binary: the last of 15 digits may be off.
    if (rounded - number).abs() > Decimal::new(1, 7) {
        let help = match digits {
            0 => "write a whole number".to_owned(),
            _ => format!("write at most {digits} decimals"),
        };
        return wrong(
            format!("{number} has more decimals than the currency"),
            help,
        );
    }
    Ok(rounded.normalize())
}

/// A percentage above 0 and at most 100, with at most two decimals.
pub fn percent(value: &Data) -> Result<Decimal, Wrong> {
    let number = match value {
        Data::String(text) if trimmed(text).ends_with('%') => {
            let number = trimmed(text).trim_end_matches('%').to_owned();
            number_of(&number)?
        }
        value => number(value)?,
    };
    let rounded = number.round_dp(2);
    if (rounded - number).abs() > Decimal::new(1, 7)
        || rounded <= Decimal::ZERO
        || rounded > Decimal::ONE_HUNDRED
    {
        return wrong(
            format!("{number} is no percentage"),
            "write a number above 0 and at most 100, with at most two decimals, for example 33.34",
        );
    }
    Ok(rounded.normalize())
}

/// A percentage of a budget at which people are told.
pub fn alert(value: &Data) -> Result<u16, Wrong> {
    let number = number(value)?;
    let whole =
        number.fract().is_zero() && number > Decimal::ZERO && number <= Decimal::ONE_THOUSAND;
    match u16::try_from(number.trunc()) {
        Ok(alert) if whole => Ok(alert),
        _ => wrong(
            format!("{number} is no whole number of percent"),
            "write a number from 1 to 1000, for example 80",
        ),
    }
}

fn number(value: &Data) -> Result<Decimal, Wrong> {
    match value {
        Data::Int(number) => Ok(Decimal::from(*number)),
        // As many digits as the number really has, not those of its binary form.
        Data::Float(number) => match number.to_string().parse() {
            Ok(number) => Ok(number),
            Err(_) => wrong(format!("{number} is no amount"), "write a plain number"),
        },
        Data::String(text) => number_of(text),
        Data::Error(error) => broken(&error.to_string()),
        other => wrong(
            format!("`{other}` is no number"),
            "format the cell as a number, and write it again",
        ),
    }
}

/// A number as text: with blanks, and separators where they cannot be mistaken.
fn number_of(text: &str) -> Result<Decimal, Wrong> {
    let plain: String = trimmed(text)
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '\u{A0}' | '\u{202F}' | '\'' | '_'))
        .collect();
    let unclear = || {
        wrong(
            format!("`{}` can be read in two ways", trimmed(text)),
            "write it without separators, with a point before the decimals: 1234.50",
        )
    };
    let (commas, points) = (plain.matches(',').count(), plain.matches('.').count());
    let last = |mark: char| plain.rfind(mark).unwrap_or(0);
    let three = |mark: char| plain.len() - last(mark) - 1 == 3;
    let decimal = match (commas, points) {
        (0, 0 | 1) => plain,
        // The last one is that of the decimals.
        (1.., 1) if last('.') > last(',') => plain.replace(',', ""),
        (1, 1..) if last(',') > last('.') => plain.replace('.', "").replace(',', "."),
        (2.., 0) if three(',') => plain.replace(',', ""),
        (0, 2..) if three('.') => plain.replace('.', ""),
        (1, 0) if three(',') => return unclear(),
        (1, 0) => plain.replace(',', "."),
        _ => return unclear(),
    };
    match decimal.parse() {
        Ok(number) if !decimal.is_empty() => Ok(number),
        _ => wrong(
            format!("`{}` is no number", trimmed(text)),
            "write digits, with a point before the decimals: 1234.50",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Data {
        Data::String(text.to_owned())
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let read = |text: &str| amount(&of(text), 2).map(|number| number.to_string());
        for (text, number) in [
            ("1234.5", "1234.5"),
            (" 1,234.50 ", "1234.5"),
            ("1.234,50", "1234.5"),
            ("1 234,5", "1234.5"),
            ("1'234'567.89", "1234567.89"),
            ("1,234,567", "1234567"),
            ("\u{A0}12\u{A0}", "12"),
            ("0", "0"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(number), "{text}");
        }
        assert_eq!(TOO_MUCH.to_string(), format!("1{}", "0".repeat(24)));
        for text in [
            "1000000000000000000000000",
            "1,234",
            "12,34,5.6.7",
            "abc",
            "-5",
            "1.234567",
            "=A1",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(amount(&Data::Float(8.34), 2), Ok("8.34".parse().unwrap()));
        assert_eq!(
            amount(&Data::Float(0.1 + 0.2), 2),
            Ok("0.3".parse().unwrap())
        );
        assert_eq!(amount(&Data::Int(7), 0), Ok("7".parse().unwrap()));
        assert!(amount(&Data::Float(7.5), 0).is_err());
        assert!(amount(&Data::Bool(true), 0).is_err());
    }

    #[test]
    fn months_are_texts_or_dates() {
        let read = |value: &Data| month(value).map(|month| month.to_string()).ok();
        assert_eq!(read(&of(" 2027-01 ")).as_deref(), Some("2027-01"));
        assert_eq!(read(&of("2027-01-31")).as_deref(), Some("2027-01"));
        let date =
            calamine::ExcelDateTime::new(46_388.0, calamine::ExcelDateTimeType::DateTime, false);
        assert_eq!(read(&Data::DateTime(date)).as_deref(), Some("2027-01"));
        for text in ["Jan 2027", "01/2027", "202701", "2027-13", "ä2027-01-"] {
            assert_eq!(read(&of(text)), None, "{text}");
        }
        assert_eq!(read(&Data::Float(202_701.0)), None);
    }

    #[test]
    fn numbers_in_a_column_of_text_are_what_they_show() {
        assert_eq!(
            text(&Data::Float(210_987_654_321.0)).as_deref(),
            Ok("210987654321")
        );
        assert_eq!(text(&of("\u{A0}CC-1 ")).as_deref(), Ok("CC-1"));
        assert!(text(&Data::Error(calamine::CellErrorType::Ref)).is_err());
    }

    #[test]
    fn percentages() {
        assert_eq!(percent(&of("60 %")), Ok("60".parse().unwrap()));
        assert_eq!(percent(&Data::Float(33.34)), Ok("33.34".parse().unwrap()));
        for bad in ["0", "100.01", "33.333", "-1"] {
            assert!(percent(&of(bad)).is_err(), "{bad}");
        }
        assert_eq!(alert(&Data::Float(80.0)), Ok(80));
        assert!(alert(&Data::Float(80.5)).is_err());
    }
}
