//! Text is text: what is written stays, and only its JSON type is guessed.

use super::*;
use crate::config::yaml::{Kind, Style};

#[test]
fn what_is_written_stays() {
    for text in [
        "012345678901",
        "0071000",
        "1e5",
        "NO",
        "0x1F",
        "1_000",
        "12:30",
        "2026-10",
        "+1",
        ".5",
        "TRUE",
    ] {
        let source = format!("{text}: {text}\n");
        let tree = tree(&source);
        let (key, value) = &tree.as_mapping().unwrap()[0];
        assert_eq!(
            (key.text.as_ref(), value.as_scalar().unwrap().text.as_ref()),
            (text, text)
        );
    }
}

#[test]
fn the_core_schema_decides_the_kind() {
    let kind = |text: &str, style| {
        crate::config::yaml::Scalar {
            text: text.to_owned().into(),
            style,
        }
        .kind()
    };
    for text in ["", "~", "null", "Null", "NULL"] {
        assert_eq!(kind(text, Style::Plain), Kind::Null, "{text}");
        assert_eq!(kind(text, Style::Double), Kind::Text, "{text}");
    }
    for text in ["true", "True", "TRUE"] {
        assert_eq!(kind(text, Style::Plain), Kind::Bool(true));
        assert_eq!(kind(text, Style::Single), Kind::Text);
    }
    assert_eq!(kind("FALSE", Style::Plain), Kind::Bool(false));
    let long = "9".repeat(400);
    for text in [
        "0",
        "-1",
        "+12",
        "012345678901",
        "1.",
        ".5",
        "-.5e-3",
        "1e5",
        "0o17",
        "0xfF",
        "18446744073709551616",
    ] {
        assert_eq!(kind(text, Style::Plain), Kind::Number, "{text}");
        for style in [
            Style::Single,
            Style::Double,
            Style::Literal,
            Style::Folded,
            Style::Tagged,
        ] {
            assert_eq!(kind(text, style), Kind::Text, "{text}");
        }
    }
    for text in [
        "NO",
        "yes",
        "on",
        "nUll",
        "tRue",
        "1_0",
        "0b1",
        "0o8",
        "0x",
        "0o",
        ".",
        "+",
        "-",
        "1e",
        "e5",
        "1e+",
        "--1",
        ".inf",
        "-.Inf",
        ".NaN",
        "1e999",
        &long,
        "2026-10",
        "1.2.3",
        "٣",
        "o-abcdefghij",
    ] {
        assert_eq!(kind(text, Style::Plain), Kind::Text, "{text}");
    }
}

#[test]
fn numbers_are_what_json_can_hold() {
    let number = |text: &str| {
        crate::config::yaml::Scalar {
            text: text.to_owned().into(),
            style: Style::Plain,
        }
        .number()
        .unwrap()
        .to_string()
    };
    assert_eq!(number("012345678901"), "12345678901");
    assert_eq!(number("-7"), "-7");
    assert_eq!(number("+7"), "7");
    assert_eq!(number("0o17"), "15");
    assert_eq!(number("0xff"), "255");
    assert_eq!(number("4000.50"), "4000.5");
    assert_eq!(number("1e5"), "100000.0");
    assert_eq!(number("0xfffffffffffffffff"), "2.9514790517935283e+20");
}
