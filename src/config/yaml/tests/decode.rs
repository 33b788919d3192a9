//! Bytes to text: encodings, marks and controls.

use super::*;
use crate::config::yaml::code;

fn decoded(bytes: &[u8]) -> Result<&str, Problem> {
    decode(bytes, &Limits::default())
}

#[test]
fn a_byte_order_mark_is_skipped_and_spans_stay_right() {
    let text = decoded("\u{FEFF}a: é\n".as_bytes()).unwrap();
    assert_eq!(tree(text).get("a").unwrap().span.of(text), "é");
    assert_eq!(decoded("\u{FEFF}".as_bytes()).unwrap(), "");
}

#[test]
fn other_encodings_are_named() {
    let utf16 = |text: &str, swap: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if swap {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let message = |bytes: &[u8]| {
        let (problem, _) = problem_of(bytes);
        assert_eq!(problem.code, code::ENCODING);
        problem.message
    };
    assert_eq!(
        message(&utf16("\u{FEFF}a: 1", false)),
        "the file is UTF-16 (little endian), not UTF-8"
    );
    assert_eq!(
        message(&utf16("accounts:", false)),
        "the file is UTF-16 (little endian), not UTF-8"
    );
    assert_eq!(
        message(&utf16("accounts:", true)),
        "the file is UTF-16 (big endian), not UTF-8"
    );
    assert_eq!(
        message(b"a: 1\nb: caf\xE9\n"),
        "byte 11 (line 2) is not UTF-8"
    );
    assert_eq!(message(b"a: \xE2\x82"), "byte 3 (line 1) is not UTF-8");
    assert_eq!(
        problem_of(b"a: caf\xE9\n").0.span,
        crate::config::yaml::Span::new(6, 7)
    );
}

#[test]
fn binary_files_and_controls_are_refused() {
    let (problem, _) = problem_of(b"\x7FELF\x02\x01\x01\x00\x00\x00");
    assert_eq!(
        (problem.code, problem.message.as_str()),
        (code::NUL, "byte 7 (line 1) is NUL: this is not a text file")
    );
    let (problem, _) = problem_of(b"a: 1\nb: \x1B[31mred\n");
    assert_eq!(problem.code, code::CONTROL);
    assert_eq!(
        problem.message,
        "the control character U+001B (line 2) cannot stand in YAML"
    );
    assert_eq!(problem_of("a: \u{9B}x".as_bytes()).0.code, code::CONTROL);
    assert!(decoded("a: \u{85}©\u{A0}\t\r\n".as_bytes()).is_ok());
    let (problem, marked) = problem_of(b"a: \"x\\0\"\n");
    assert_eq!((problem.code, marked.as_str()), (code::NUL, "\"x\\0\""));
}

#[test]
fn large_files_are_refused_by_their_size() {
    let limits = Limits {
        file_bytes: 3,
        ..Limits::default()
    };
    assert_eq!(decode(b"a: 1", &limits).unwrap_err().code, code::TOO_LARGE);
    assert!(decode(b"a: ", &limits).is_ok());
}

#[test]
fn nothing_is_an_outcome_of_its_own() {
    for text in [
        "",
        "\n\n",
        "# only\n  # comments",
        "---\n",
        "---\n...\n",
        "\u{FEFF}\n",
        "--- # x\n",
    ] {
        let text = decoded(text.as_bytes()).unwrap();
        assert_eq!(parse(text, &Limits::default()), Ok(None), "{text:?}");
    }
    for text in ["~", "''", "{}", "!!null"] {
        assert!(
            parse(text, &Limits::default()).unwrap().is_some(),
            "{text:?}"
        );
    }
}
