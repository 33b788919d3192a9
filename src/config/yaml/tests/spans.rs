//! Spans point at what they name.

use proptest::prelude::*;

use super::*;
use crate::config::yaml::{LineIndex, Segment, Span, Style, find, find_pointer};

/// What the spans of all nodes and keys cover, in the order of the tree, indented by depth.
fn covered(node: &Node<'_>, text: &str, depth: usize, out: &mut String) {
    use std::fmt::Write as _;
    let pad = "  ".repeat(depth);
    let _ = match &node.value {
        Value::Scalar(_) => writeln!(out, "{pad}= {:?}", node.span.of(text)),
        Value::Sequence(_) => writeln!(out, "{pad}[ {:?}", node.span.of(text)),
        Value::Mapping(_) => writeln!(out, "{pad}{{ {:?}", node.span.of(text)),
    };
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items
            .iter()
            .for_each(|item| covered(item, text, depth + 1, out)),
        Value::Mapping(entries) => {
            for (key, node) in entries {
                let _ = writeln!(out, "{pad}  {:?}:", key.span.of(text));
                covered(node, text, depth + 2, out);
            }
        }
    }
}

fn spans(text: &str) -> String {
    let mut out = String::new();
    covered(&tree(text), text, 0, &mut out);
    out
}

#[test]
fn block_maps_end_with_their_last_value() {
    insta::assert_snapshot!(spans("# top\n\na:\n  b: c   # why\n\n# tail\nd: é\n\n# end\n"), @r##"
        { "a:\n  b: c   # why\n\n# tail\nd: é"
          "a":
            { "b: c"
              "b":
                = "c"
          "d":
            = "é"
        "##);
}

#[test]
fn lists_with_and_without_indentation() {
    insta::assert_snapshot!(spans("a:\n- x  # c\n- [y]\n- - z\n  -\n-\nb:\n  - k: v\n    l: w\n  # c\nc: [ ]\n"), @r##"
        { "a:\n- x  # c\n- [y]\n- - z\n  -\n-\nb:\n  - k: v\n    l: w\n  # c\nc: [ ]"
          "a":
            [ "- x  # c\n- [y]\n- - z\n  -\n-"
              = "x"
              [ "[y]"
                = "y"
              [ "- z\n  -"
                = "z"
                = ""
              = ""
          "b":
            [ "- k: v\n    l: w"
              { "k: v\n    l: w"
                "k":
                  = "v"
                "l":
                  = "w"
          "c":
            [ "[ ]"
        "##);
}

#[test]
fn flow_and_quotes() {
    insta::assert_snapshot!(spans("{\"a\" : 'b''c', \"d\\n\": [e , \"f\" , g: h], i, ? j : k, l: } # x"), @r##"
        { "{\"a\" : 'b''c', \"d\\n\": [e , \"f\" , g: h], i, ? j : k, l: }"
          "\"a\"":
            = "'b''c'"
          "\"d\\n\"":
            [ "[e , \"f\" , g: h]"
              = "e"
              = "\"f\""
              { "g: h"
                "g":
                  = "h"
          "i":
            = ""
          "j":
            = "k"
          "l":
            = ""
        "##);
}

#[test]
fn values_left_out_stand_behind_their_colon() {
    let text = "a:\nb: # c\nc: 1\n";
    let tree = tree(text);
    let at = |key| tree.get(key).unwrap().span;
    assert_eq!((at("a"), at("b")), (Span::new(2, 2), Span::new(5, 5)));
}

#[test]
fn text_blocks_start_with_their_header() {
    insta::assert_snapshot!(spans("a: |  # c\n\n  x\n   y\n\nb: >-\n  u\n  w\nc: !!str |\n  z\nd: |\ne: 1\n"), @r##"
        { "a: |  # c\n\n  x\n   y\n\nb: >-\n  u\n  w\nc: !!str |\n  z\nd: |\ne: 1"
          "a":
            = "|  # c\n\n  x\n   y"
          "b":
            = ">-\n  u\n  w"
          "c":
            = "|\n  z"
          "d":
            = "|"
          "e":
            = "1"
        "##);
}

#[test]
fn anchors_tags_and_aliases() {
    insta::assert_snapshot!(
        spans("a: &x !!str v\nb: &y\n  k: *x\nc: *y\nd: &z [1]\ne: !!map\n  f: !!str\ng: &w\n"), @r##"
        { "a: &x !!str v\nb: &y\n  k: *x\nc: *y\nd: &z [1]\ne: !!map\n  f: !!str\ng: &w"
          "a":
            = "v"
          "b":
            { "k: *x"
              "k":
                = "*x"
          "c":
            { "*y"
              "k":
                = "*x"
          "d":
            [ "[1]"
              = "1"
          "e":
            { "f: !!str"
              "f":
                = ""
          "g":
            = ""
        "##);
}

#[test]
fn multi_line_text_is_covered_whole() {
    let text = "a: x\n  y  # c\nb: 'é\n\n  z'\n";
    insta::assert_snapshot!(spans(text), @r##"
        { "a: x\n  y  # c\nb: 'é\n\n  z'"
          "a":
            = "x\n  y"
          "b":
            = "'é\n\n  z'"
        "##);
    assert_eq!(
        tree(text).get("a").unwrap().as_scalar().unwrap().text,
        "x y"
    );
}

#[test]
fn crlf_and_a_document_marker() {
    insta::assert_snapshot!(spans("---\r\na: 1\r\nb:\r\n  - 2\r\n...\r\n"), @r##"
        { "a: 1\r\nb:\r\n  - 2"
          "a":
            = "1"
          "b":
            [ "- 2"
              = "2"
        "##);
}

#[test]
fn an_alias_is_known_as_one() {
    let text = "a: &x {k: v}\nb: *x\nc: '*x'\n";
    let tree = tree(text);
    let alias = |key| tree.get(key).unwrap().is_alias(text);
    assert_eq!((alias("a"), alias("b"), alias("c")), (false, true, false));
}

#[test]
fn paths_lead_back_to_the_text() {
    let text = "a:\n  b/c: [x, {d~: y}]\n";
    let tree = tree(text);
    let path = [
        Segment::Key("a"),
        Segment::Key("b/c"),
        Segment::Index(1),
        Segment::Key("d~"),
    ];
    let found = find(&tree, &path).unwrap();
    assert_eq!(found.key.unwrap().of(text), "d~");
    assert_eq!(found.node.span.of(text), "y");
    assert_eq!(
        find_pointer(&tree, "/a/b~1c/1/d~0").unwrap().node.span,
        found.node.span
    );
    assert_eq!(find_pointer(&tree, "").unwrap().node.span, tree.span);
    assert!(find_pointer(&tree, "/a/b~1c/2").is_none());
    assert!(find(&tree, &[Segment::Index(0)]).is_none());
}

#[test]
fn lines_and_columns_count_from_one_in_characters() {
    let text = "é: 1\r\nab\n";
    let lines = LineIndex::new(text);
    assert_eq!(lines.lines(), 3);
    assert_eq!(lines.position(text, 0), (1, 1));
    assert_eq!(lines.position(text, 2), (1, 2));
    assert_eq!(lines.position(text, 8), (2, 2));
    assert_eq!(lines.position(text, 999), (3, 1));
    assert_eq!(lines.line(text, 2).unwrap().of(text), "ab\n");
    assert!(lines.line(text, 4).is_none());
    assert_eq!(LineIndex::new("").position("", 0), (1, 1));
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9]{0,6}",
        "[a-zé-ü][a-zé-ü日本語😀]{0,6}",
        Just("it's".to_owned()),
        Just("1e5".to_owned()),
        Just("a b".to_owned())
    ]
}

/// A value as written, with quotes that it can bear.
fn written() -> impl Strategy<Value = (String, String)> {
    (word(), 0..4).prop_map(|(word, style)| match style {
        0 => (word.clone(), word),
        1 => (format!("'{}'", word.replace('\'', "''")), word),
        2 => (format!("\"{word}\""), word),
        _ => (format!("\"\\t{word}\\\"\""), format!("\t{word}\"")),
    })
}

proptest! {
    /// Whatever is written comes back as its text, and its span covers exactly what was written.
    #[test]
    fn spans_cover_what_was_written(
        entries in proptest::collection::vec((written(), written(), ".{0,5}"), 1..8), flow: bool, bom: bool,
    ) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for (at, ((key, key_text), (value, value_text), comment)) in entries.iter().enumerate() {
            // A number in the key keeps it from standing twice.
            let (key, key_text) = match key.chars().last() {
                Some(quote @ ('\'' | '"')) => (
                    format!("{}{at}{quote}", &key[..key.len() - 1]), format!("{key_text}{at}"),
                ),
                _ => (format!("{key}{at}"), format!("{key_text}{at}")),
            };
            let comment: String = comment.chars().filter(|c| !c.is_control() && *c != '\u{FEFF}').collect();
            if flow {
                text.push_str(if at == 0 { "{ " } else { " , " });
            }
            expected.push((key_text, key.clone()));
            expected.push((value_text.clone(), value.clone()));
            text.push_str(&format!("{key}: {value}"));
            if !flow {
                text.push_str(&format!("  # {comment}\n"));
            }
        }
        if flow {
            text.push_str(" }");
        }
        let bytes = if bom { format!("\u{FEFF}{text}") } else { text.clone() };
        let decoded = decode(bytes.as_bytes(), &Limits::default()).unwrap();
        prop_assert_eq!(decoded, &text);
        let tree = tree(decoded);
        let mut found = Vec::new();
        texts(&tree, &mut found);
        let found: Vec<_> =
            found.into_iter().map(|(value, span)| (value.to_owned(), span.of(decoded).to_owned())).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(text.starts_with(tree.span.of(decoded)) || flow);
    }

    /// Any text at all: no panic, and every span lies within the text, on the bounds of characters.
    #[test]
    fn any_text_is_answered(text in "([a-c:,\\[\\]{}\\-?&*!|>'\"%@#\t é日\n]|\n  |: |- |---\n|\\.\\.\\.\n){0,60}") {
        let good = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
        match parse(&text, &Limits::default()) {
            Ok(None) => {}
            Ok(Some(tree)) => {
                let mut found = Vec::new();
                texts(&tree, &mut found);
                for (_, span) in found {
                    prop_assert!(good(span), "{span:?}");
                }
            }
            Err(problems) => {
                for problem in problems {
                    prop_assert!(good(problem.span), "{problem:?}");
                    for (span, _) in problem.related {
                        prop_assert!(good(span), "{span:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn text_is_borrowed_where_it_stands_in_the_file() {
    use std::borrow::Cow;
    let text = "a: b\n'c': \"d\"\ne: 'f''g'\nh: i\n  j\n";
    let tree = tree(text);
    let borrowed = |key| {
        matches!(
            tree.get(key).unwrap().as_scalar().unwrap().text,
            Cow::Borrowed(_)
        )
    };
    assert_eq!(
        (borrowed("a"), borrowed("c"), borrowed("e"), borrowed("h")),
        (true, true, false, false)
    );
    assert_eq!(
        tree.get("e").unwrap().as_scalar().unwrap().style,
        Style::Single
    );
}

#[test]
fn a_node_is_small() {
    assert!(size_of::<Node<'_>>() <= 40, "{}", size_of::<Node<'_>>());
}
