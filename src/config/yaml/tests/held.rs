//! What the scanner may hold before its next event, and that its input is the text.

use proptest::prelude::*;
use saphyr_parser::{Event, Parser, Span as Mark};

use super::{Limits, parse, problems, tree};
use crate::config::yaml::code;
use crate::config::yaml::input::{Gauge, Text};

fn first(text: &str) -> (&'static str, &str) {
    let problem = problems(text).remove(0);
    (problem.code, problem.span.of(text))
}

/// Everything that a parser says of an input, up to its first error.
fn events<'t, I: saphyr_parser::Input>(mut parser: Parser<'t, I>) -> Vec<(Event<'t>, Mark)> {
    let mut events = Vec::new();
    while let Some(Ok(event)) = parser.next_event() {
        let last = event.0 == Event::StreamEnd;
        events.push(event);
        if last {
            break;
        }
    }
    events
}

proptest! {
    #[test]
    fn the_scanner_reads_the_text(text in "([a-c:,\\[\\]{}\\-?&*!|>'\"%@#\t \r\u{feff}é日𝒳]|\n  |\r\n|\n\t| #|: |- |---\n|\\.\\.\\.\n|%TAG |\\\\u00e9){0,80}") {
        // The scanner's own input counts the words of a directive in bytes.
        prop_assume!(text.is_ascii() || !text.contains('%'));
        let gauge = Gauge::default();
        let ours = events(Parser::new(Text::new(&text, &Limits::default(), &gauge)));
        prop_assert_eq!(gauge.met(), None);
        prop_assert_eq!(ours, events(Parser::new_from_str(&text)));
    }
}

#[test]
fn lists_and_maps_between_brackets_that_could_be_keys() {
    let met = |parts: usize| {
        [
            format!("a:\n- [{}1]\n", "1, ".repeat(parts)),
            format!("a:\n- {{{}b: 1}}\n", "? , ".repeat(parts)),
            format!("a: [[{}]]\n", ":,".repeat(parts)),
            format!("? [{}]\n", "&a !b ".repeat(parts)),
            format!("- [{}]\n", "*a ".repeat(parts)),
            format!("- [{}]\n", "\"\" 'x' ".repeat(parts)),
        ]
    };
    let limits = Limits {
        held: 1000,
        ..Limits::default()
    };
    for text in met(1001) {
        let problems = parse(&text, &limits).unwrap_err();
        // A comma alone, and two values side by side, are errors before that.
        let code = problems[0].code;
        assert!(
            code == code::FLOW_TOO_LARGE || text.contains('"') && code == code::SYNTAX,
            "{code}: {text:.20}"
        );
        assert!(!problems[0].span.is_empty());
    }
    for text in met(300) {
        let code = parse(&text, &limits).err().map(|found| found[0].code);
        assert_ne!(code, Some(code::FLOW_TOO_LARGE), "{text:.20}");
    }
    assert_eq!(
        first(&format!("a:\n- [{}1]\n", "1, ".repeat(200_000))),
        (code::FLOW_TOO_LARGE, "[")
    );
}

#[test]
fn values_and_files_between_brackets_may_be_large() {
    let value = format!(
        "accounts: {{{}b: c}}\n",
        "\"1\": {a: [b]},".replace('1', "x")
    );
    assert!(parse(&value, &Limits::default()).is_ok());
    let entries: Vec<String> = (0..30_000)
        .map(|n| format!("\"{n:012}\": {{\"náme\": \"x\", \"list\": [1, 2]}}"))
        .collect();
    let flow = entries.join(",\n");
    for text in [
        format!("accounts: {{{flow}}}\n"),
        format!("{{\"accounts\": {{{flow}}}}}"),
        format!("\n  \n{{\"accounts\": {{{flow}}}}}\n"),
        format!("--- {{\"accounts\": {{{flow}}}}}\n"),
    ] {
        let tree = tree(&text);
        assert_eq!(
            tree.span.of(&text).chars().next(),
            text.trim_start_matches("--- ").trim_start().chars().next()
        );
        let accounts = tree.get("accounts").unwrap();
        assert!(accounts.span.of(&text).ends_with("[1, 2]}}"));
        let (key, last) = accounts.as_mapping().unwrap().last().unwrap();
        assert_eq!(key.span.of(&text), "\"000000029999\"");
        assert_eq!(last.span.of(&text), "{\"náme\": \"x\", \"list\": [1, 2]}");
        let list = last.get("list").unwrap().as_sequence().unwrap();
        assert_eq!(list[1].span.of(&text), "2");
    }
    // Errors in such a file stand where they are.
    let broken = format!("\n{{\"accounts\": {{{flow}, \"a\": ]}}}}\n");
    assert_eq!(first(&broken), (code::SYNTAX, "]"));
    let twice = format!("\n{{\"a\": 1, \"b\": [{{{flow}}}], \"a\": 2}}\n");
    assert_eq!(first(&twice), (code::FLOW_TOO_LARGE, "{"));
    let twice = format!("\n{{\"a\": 1, \"b\": {{{flow}}}, \"a\": 2}}\n---\n");
    assert_eq!(first(&twice), (code::DUPLICATE_KEY, "\"a\""));
    assert_eq!(problems(&twice)[1].code, code::MULTI_DOCUMENT);
}

#[test]
fn brackets_count_where_they_are_held() {
    let deep = |depth: usize| {
        format!(
            "- {} {} {}\n",
            "[".repeat(depth),
            "[1], ".repeat(100),
            "]".repeat(depth)
        )
    };
    assert!(parse(&deep(62), &Limits::default()).is_ok());
    assert_eq!(problems(&deep(64))[0].code, code::TOO_DEEP);
    // Those in text, comments and lines that are closed don't.
    let text = format!(
        "a: '{open}'\nb: x{open}\n# {open}\nc: [{}]\n",
        "[1], ".repeat(100),
        open = "[".repeat(100)
    );
    assert!(parse(&text, &Limits::default()).is_ok());
}

#[test]
fn values_may_be_written_longer_than_they_are() {
    let limits = Limits {
        scalar_bytes: 1 << 12,
        ..Limits::default()
    };
    let just = [
        format!("a: \"{}\"\n", "\\x41".repeat((1 << 12) - 64)),
        format!("a: |\n{}", "     x\n".repeat(1 << 11)),
        format!("a: >\n{}", "     x\n".repeat(1 << 11)),
        format!("a: \"x{}\"\n", "\n     x".repeat((1 << 11) - 1)),
    ];
    for text in just {
        assert!(parse(&text, &limits).is_ok(), "{text:.30}");
    }
    for text in [
        format!("a: \"{}\"\n", "\\x41".repeat((1 << 12) + 200)),
        format!("a: &{} 1\n", "x".repeat(1 << 15)),
        format!("a: !{} 1\n", "x".repeat(1 << 15)),
        format!("%FOO {}\n---\na: 1\n", "x ".repeat(1 << 14)),
        format!("{}---\na: 1\n", "%FOO x\n".repeat(1 << 12)),
    ] {
        let problems = parse(&text, &limits).unwrap_err();
        assert_eq!(problems[0].code, code::SCALAR_TOO_LARGE, "{text:.30}");
    }
}

#[test]
fn comments_and_blanks_are_no_values() {
    let limits = Limits {
        scalar_bytes: 1 << 12,
        ..Limits::default()
    };
    for gap in [
        format!("# {}\n", "x".repeat(1 << 16)),
        "# comment\n".repeat(1 << 13),
        " ".repeat(1 << 16) + "\n",
        "\n".repeat(1 << 16),
        "   \n  \t \n".repeat(1 << 13),
    ] {
        let text = format!("{gap}a: 1 # x\n{gap}b:\n{gap}  c: 2\n{gap}");
        let tree = parse(&text, &limits).unwrap().unwrap();
        assert_eq!(tree.get("b").unwrap().get("c").unwrap().span.of(&text), "2");
    }
}
