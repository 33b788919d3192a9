//! What the reader refuses, in which words, and where.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;
use crate::config::yaml::code;

/// All problems of a text, as `code "marked": message / help`, with related places.
fn said(text: &str) -> String {
    let mut out = String::new();
    for problem in problems(text) {
        let marked = problem.span.of(text);
        let line = text
            .get(..problem.span.start as usize)
            .unwrap()
            .matches('\n')
            .count()
            + 1;
        let _ = writeln!(
            out,
            "{}:{line} {marked:?}: {} / {}",
            problem.code, problem.message, problem.help
        );
        for (span, note) in problem.related {
            let _ = writeln!(out, "  {:?}: {note}", span.of(text));
        }
    }
    out
}

fn said_of(texts: &[&str]) -> String {
    texts.iter().map(|text| said(text)).collect()
}

#[test]
fn duplicate_keys_are_all_shown_with_both_places() {
    insta::assert_snapshot!(said("a: 1\n'a': 2\nb: {c: 1, \"c\": 2}\na: 3\n"), @r##"
        yaml.duplicate-key:2 "'a'": the key `a` stands twice in this map / Delete one of the two, or give one another key.
          "a": first here
        yaml.duplicate-key:3 "\"c\"": the key `c` stands twice in this map / Delete one of the two, or give one another key.
          "c": first here
        yaml.duplicate-key:4 "a": the key `a` stands twice in this map / Delete one of the two, or give one another key.
          "a": first here
        "##);
    let many: String = (0..30).map(|n| format!("k{}: 1\n", n % 29)).collect();
    insta::assert_snapshot!(said(&many), @r##"
        yaml.duplicate-key:30 "k0": the key `k0` stands twice in this map / Delete one of the two, or give one another key.
          "k0": first here
        "##);
}

#[test]
fn merge_keys_tags_and_keys_that_are_no_text() {
    insta::assert_snapshot!(
        said_of(&["a: &x {}\nb: {<<: *x}\n", "a: !secret v\nb: !!binary aGk=\nc: !!int v\nd: !!seq {}\n",
            "? [a, b]\n: c\n", "{{ name }}: c\n", "a: {: b}\n", "&a [x]: y\n"]), @r##"
        yaml.merge-key:2 "<<": the merge key `<<` is not taken: it hides where a value comes from / Write the keys out, or use `defaults:` for what the accounts of a file share.
        yaml.tag:1 "!secret": the tag `!secret` is not taken here / Delete the tag. Only !!str, !!int, !!float, !!bool, !!null, !!seq and !!map are known, each on its own kind of value.
        yaml.tag:2 "!!binary": the tag `!!binary` is not taken here / Delete the tag. Only !!str, !!int, !!float, !!bool, !!null, !!seq and !!map are known, each on its own kind of value.
        yaml.tag:3 "!!int": this value is not what its tag `!!int` says / Correct the value, or delete the tag: the kind of a value follows from its place.
          "v": the value
        yaml.tag:4 "!!seq": the tag `!!seq` is not taken here / Delete the tag. Only !!str, !!int, !!float, !!bool, !!null, !!seq and !!map are known, each on its own kind of value.
        yaml.key:1 "[a, b]": a list cannot be a key / A key is plain text; put it between quotes if it starts with `[`, `{` or `?`.
        yaml.key:1 "{{ name }}": a map cannot be a key / A key is plain text. If this is a template, expand it first; if it is text, put it between quotes.
        yaml.key:1 "{ name }": a map cannot be a key / A key is plain text. If this is a template, expand it first; if it is text, put it between quotes.
        yaml.key:1 "": a key is missing before this `:` / Write the key, or delete the line.
        yaml.key:1 "[x]": a list cannot be a key / A key is plain text; put it between quotes if it starts with `[`, `{` or `?`.
        "##);
    assert!(parse("'<<': 1\n", &Limits::default()).is_ok());
}

#[test]
fn tags_of_the_core_schema_are_taken() {
    let tree = tree(
        "a: !!str 12\nb: !!int '12'\nc: ! 1\nd: !!map {}\ne: !!seq []\nf: !!null\ng: !<tag:yaml.org,2002:str> ~\n",
    );
    assert_eq!(
        tree.to_json(),
        serde_json::json!({"a": "12", "b": 12, "c": "1", "d": {}, "e": [], "f": null, "g": "~"})
    );
}

#[test]
fn documents() {
    insta::assert_snapshot!(said_of(&["a: 1\n---\nb: 2\n", "---\n---\n", "a\n...\nb\n"]), @r##"
        yaml.multi-document:2 "---": a second document starts here; a file may hold one / Move it to a file of its own, or delete the `---` or `...` before it.
        yaml.multi-document:2 "---": a second document starts here; a file may hold one / Move it to a file of its own, or delete the `---` or `...` before it.
        yaml.multi-document:3 "b": a second document starts here; a file may hold one / Move it to a file of its own, or delete the `---` or `...` before it.
        "##);
}

#[test]
fn aliases() {
    insta::assert_snapshot!(said_of(&["a: *nobody\n", "a: &x [*x]\n", "&x a: {b: *x, c: &y {d: *y}}\n"]), @r##"
        yaml.alias:1 "*nobody": this alias names no anchor before it / anchors (`&name`) reach only within their file and stand before their aliases; put text that starts with `*` between quotes
        yaml.alias:1 "*x": the alias `*x` stands inside the value that it names / Write the value out where the alias stands.
        yaml.alias:1 "*y": the alias `*y` stands inside the value that it names / Write the value out where the alias stands.
        "##);
    assert_eq!(
        tree("&x a: {b: *x}\n*x : 1\n".replace("*x :", "c:").as_str()).to_json()["a"]["b"],
        "a"
    );
}

#[test]
fn tabs() {
    insta::assert_snapshot!(said_of(&["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n", "a:\n  - x\n \t- y\n", "\ta: 1\nb: 2\n"]), @r##"
        yaml.tab:2 "\t": a tab stands where only spaces can indent / replace the tabs at the start of lines by spaces (an editor calls it "convert indentation to spaces")
        yaml.tab:3 "\t": a tab stands where only spaces can indent / replace the tabs at the start of lines by spaces (an editor calls it "convert indentation to spaces")
        yaml.tab:3 "\t": a tab stands where only spaces can indent / replace the tabs at the start of lines by spaces (an editor calls it "convert indentation to spaces")
        yaml.tab:1 "\t": a tab stands where only spaces can indent / replace the tabs at the start of lines by spaces (an editor calls it "convert indentation to spaces")
        "##);
}

#[test]
fn syntax() {
    insta::assert_snapshot!(
        said_of(&[
            "a: b: c\n",
            "a: [1, 2\nb: 3\n",
            "a: {b: 1\n",
            "a: ]\n",
            "a: \"x\nb: 1\n",
            "a: 'x' y\n",
            "a: \"\\q\"\n",
            "a: \"\\xZZ\"\n",
            "a: @x\n",
            "a: %x\n",
            "a:\n  b: 1\n c: 2\n",
            "a:\n  - x\n  y\n",
            "a\nb: 1\n",
            "a: - b\n",
            "a: |x\n  b\n",
            "a: [- b]\n",
            "a: &\n",
            "a: x #c\n  y\n",
            "a: 'x'#c\n",
            "%FOO\n",
        ]),
        @r##"
        yaml.syntax:1 ":": a `:` stands where no key can / put text that holds `: ` between quotes; look whether the line before lacks its `:`
        yaml.syntax:2 ":": a `,` or the closing bracket is missing before this / separate entries by `,` and close every `[` with `]`, every `{` with `}`
          "[": opened here
        yaml.syntax:2 "": the file ends inside brackets / close every `[` with `]`, every `{` with `}`
          "{": opened here
        yaml.syntax:1 "]": a bracket is closed that was not opened / delete it, or put the text between quotes
        yaml.syntax:1 "\"": the quoted text that starts here does not end / close it with the same quote, and keep its lines indented
        yaml.syntax:1 "y": something stands behind the closing quote / put the whole text between one pair of quotes; write a quote inside '…' twice, inside "…" as \"
        yaml.syntax:1 "\"": a backslash in this text starts no escape that YAML knows / write the text between single quotes, where a backslash is a backslash, or write it twice
        yaml.syntax:1 "\"": an escape in this text is not a character's number / write \x with 2, \u with 4 or \U with 8 hexadecimal digits
        yaml.syntax:1 "@": text cannot start with `@` or a backtick / put it between quotes
        yaml.syntax:1 "%": text cannot start with `%` / put it between quotes
        yaml.syntax:3 "c": this line is not indented like the lines that it belongs to / give it the same indentation as its neighbours
        yaml.syntax:3 "y": a key is not followed by `:` / write `key: value`; a text of several lines needs quotes, `|` or `>`
        yaml.syntax:2 ":": a `:` stands where no key can / put text that holds `: ` between quotes; look whether the line before lacks its `:`
        yaml.syntax:1 "-": a list cannot start here / start the list on a line of its own; put text that starts with `- ` between quotes
        yaml.syntax:1 "|": something stands behind `|` or `>` / start the text on the next line; put text that starts with `|` or `>` between quotes
        yaml.syntax:1 "-": a `-` starts no entry between brackets / separate the entries by `,`, without `-`
        yaml.syntax:1 "&": `&` and `*` start the name of an anchor / put text that starts with `&` or `*` between quotes
        yaml.syntax:1 "#": a comment stands inside a text of several lines / put the text between quotes, or move the comment
        yaml.syntax:1 "#": a `#` starts no comment here / put a space before the `#`
        yaml.syntax:2 "": a line that starts with `%`, `---` or `...` is not understood here / delete it, or put the text between quotes
        "##
    );
}

#[test]
fn a_message_never_holds_a_value() {
    let secret = "hunter2secret";
    for text in [
        format!("a: \"{secret}\nb: 1\n"),
        format!("a: {secret}: {secret}\n"),
        format!("a: !!int {secret}\n"),
        format!("a: '{secret}' {secret}\n"),
        format!("a: \"\\q{secret}\"\n"),
        format!("- {secret}\n{secret}\n"),
        format!("[{secret}, {secret}"),
        format!("{secret}\n---\n{secret}\n"),
    ] {
        for problem in problems(&text) {
            assert!(
                !format!("{}{}{:?}", problem.message, problem.help, problem.related)
                    .contains(secret),
                "{problem:?}"
            );
        }
    }
}

#[test]
fn problems_are_capped() {
    let text: String = (0..5000).map(|_| "k: 1\n").collect();
    assert!(problems(&text).len() <= 200);
}

/// Refused with `code`, in bounded time (ten times the promise, for builds without optimisation).
fn refused(text: &str, code: &str) {
    let started = Instant::now();
    let problems = problems(text);
    let took = started.elapsed();
    let limit = if cfg!(debug_assertions) {
        Duration::from_secs(10)
    } else {
        Duration::from_secs(1)
    };
    assert_eq!(
        problems.first().map(|problem| problem.code),
        Some(code),
        "{problems:?}"
    );
    assert!(took < limit, "{code} took {took:?}");
}

#[test]
fn nesting() {
    for text in [
        "[".repeat(20_000),
        "{a: ".repeat(20_000),
        "- ".repeat(20_000),
        "? ".repeat(20_000),
        "[{a: ".repeat(10_000),
        format!("a: {}", "[".repeat(65)),
        (0..100)
            .map(|n| format!("{}a:\n", " ".repeat(n)))
            .collect::<String>(),
        (0..2000)
            .map(|n| format!("{}-\n", " ".repeat(n)))
            .collect::<String>(),
        format!("{}{}", "[".repeat(65), "]".repeat(65)),
    ] {
        refused(&text, code::TOO_DEEP);
    }
    let deepest = format!("{}{}", "[".repeat(64), "]".repeat(64));
    assert!(parse(&deepest, &Limits::default()).is_ok());
    let deepest: String = (0..64).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert!(parse(&deepest, &Limits::default()).is_ok());
}

#[test]
fn nesting_through_aliases() {
    let deep = |anchor: &str, inner: &str| {
        format!("&{anchor} {}{inner}{}", "[".repeat(40), "]".repeat(40))
    };
    refused(
        &format!("a: {}\nb: {}\n", deep("x", "1"), deep("y", "*x")),
        code::TOO_DEEP,
    );
}

#[test]
fn alias_bombs() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for n in 1..30 {
        let inner = vec![format!("*a{}", n - 1); 10].join(", ");
        let _ = writeln!(laughs, "a{n}: &a{n} [{inner}]");
    }
    refused(&laughs, code::ALIAS_BOMB);
    let quadratic = format!(
        "a: &a '{}'\nb: [{}]\n",
        "x".repeat(100_000),
        vec!["*a"; 100_000].join(",")
    );
    refused(&quadratic, code::ALIAS_BOMB);
    let fair = "a: &a {k: value}\nb: [*a, *a, *a]\n";
    assert!(parse(fair, &Limits::default()).is_ok());
}

#[test]
fn large_values() {
    let just = format!("a: {}\n", "x".repeat(1 << 20));
    assert!(parse(&just, &Limits::default()).is_ok());
    for text in [
        format!("a: {}\n", "x".repeat((1 << 20) + 1)),
        format!("a: '{}'\n", "x ".repeat(1 << 20)),
        format!("a: |\n{}", "  xxxxxxx\n".repeat(1 << 18)),
        format!("? {}\n: a\n", "x".repeat((1 << 20) + 1)),
    ] {
        refused(&text, code::SCALAR_TOO_LARGE);
    }
}

#[test]
fn many_values() {
    let limits = Limits {
        nodes: 1000,
        ..Limits::default()
    };
    let met = |text: &str| parse(text, &limits).unwrap_err()[0].code;
    assert_eq!(met(&"a,".repeat(2000)), code::TOO_MANY);
    assert_eq!(met(&format!("[{}]", "a,".repeat(1000))), code::TOO_MANY);
    assert_eq!(
        met(&format!("a: &x [{}]\nb: [*x, *x]\n", "1,".repeat(400))),
        code::TOO_MANY
    );
    // Keys and colons in text don't count as values.
    let entries: String = (0..900).map(|n| format!("k{n}: 1\n")).collect();
    assert!(parse(&entries, &limits).is_ok());
    assert_eq!(met(&format!("[{}]", "a: b,".repeat(600))), code::TOO_MANY);
    let large = Limits {
        file_bytes: 10,
        ..limits
    };
    assert_eq!(
        parse("a: 123456789\n", &large).unwrap_err()[0].code,
        code::TOO_LARGE
    );
}

#[test]
fn every_code_is_listed_once() {
    let mut all = code::ALL.to_vec();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), code::ALL.len());
    assert!(all.iter().all(|code| code.starts_with("yaml.")));
}
