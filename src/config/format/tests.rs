//! The formatter by example; its laws are in `laws`.

use super::{diff, format, format_bytes};

#[track_caller]
fn formatted(text: &str) -> String {
    let once = format(text).expect("this is YAML");
    assert_eq!(once.changed, once.text != text);
    let twice = format(&once.text).expect("this is still YAML");
    assert_eq!(twice.text, once.text, "formatting again changes nothing");
    once.text
}

#[test]
fn ids_and_texts_that_look_otherwise_get_quotes() {
    let before = "\
payers:
  111122223333: {organization: 1e5, currency: EUR, protect: true}
  ocid1.tenancy.oc1..root: {organization: NO, name: null}
defaults: {labels: {on: yes, 0x1f: plain words, team: 12:30:45, k: 1_000}}
accounts:
  012345678901: 0071000
  'quoted': {payer: 111122223333, closed: 2026-11-14, cost_center: [{from: 2027-01, split: {CC: 60, 0010: 40}}]}
cost_centers:
  CC: {name: 4711, alerts: [50, 80], from: 2024-04}
budgets:
  2027: {CC: 120000, X: {amount: 700000, currency: BRL}, Z: {2026-04: 9000, 2026-05: 4000.50}}
";
    let after = r#"payers:
  "111122223333": {organization: "1e5", currency: EUR, protect: true}
  "ocid1.tenancy.oc1..root": {organization: "NO", name: null}
defaults: {labels: {"on": "yes", "0x1f": plain words, team: "12:30:45", k: "1_000"}}
accounts:
  "012345678901": "0071000"
  'quoted': {payer: "111122223333", closed: "2026-11-14", cost_center: [{from: "2027-01", split: {CC: 60, "0010": 40}}]}
cost_centers:
  CC: {name: "4711", alerts: [50, 80], from: "2024-04"}
budgets:
  "2027": {CC: 120000, X: {amount: 700000, currency: BRL}, Z: {"2026-04": 9000, "2026-05": 4000.50}}
"#;
    assert_eq!(formatted(before), after);
}

#[test]
fn what_the_schema_refuses_is_left_to_its_author() {
    let text = "accounts:\n  \"1\": {name: true, unknown: 007}\nmistake: 0071\nversion: 1\n";
    assert_eq!(formatted(text), text);
}

#[test]
fn entries_move_with_their_comments() {
    let before = "\
# The accounts of one team.
accounts: # by id

  # not an entry's own

  # the third
  \"3\": Three # as well
  # the first,
  # in two lines
  \"1\":
    name: One
    # inside
    labels: {a: b}
      # below, but inside too

  # about what follows

  \"2\": Two

# behind all of them
shared_costs:
  b: {match: {service: x}, method: even, among: [A]}
  a: {match: {service: x}, method: even, among: [A]}
";
    let after = "\
# The accounts of one team.
accounts: # by id

  # not an entry's own

  # the first,
  # in two lines
  \"1\":
    name: One
    # inside
    labels: {a: b}
      # below, but inside too
  # the third
  \"3\": Three # as well

  # about what follows

  \"2\": Two

# behind all of them
shared_costs:
  b: {match: {service: x}, method: even, among: [A]}
  a: {match: {service: x}, method: even, among: [A]}
";
    assert_eq!(formatted(before), after);
}

#[test]
fn comments_that_head_a_group_stay_above_it() {
    let before = "\
accounts:
  # --- Shop ---

  \"3\": Three
  # the first
  \"1\": One

  # --- Data ---
  # moved here in 2026

  # the nineth
  \"9\": Nine

  \"2\": Two
budgets:
  FY2027:
    B: 1

    # late

    C: 3
    A: 2
";
    let after = "\
accounts:
  # --- Shop ---

  # the first
  \"1\": One
  \"3\": Three

  # --- Data ---
  # moved here in 2026

  \"2\": Two

  # the nineth
  \"9\": Nine
budgets:
  FY2027:
    B: 1

    # late

    A: 2
    C: 3
";
    assert_eq!(formatted(before), after);
}

#[test]
fn blank_lines_between_entries_stay_between_entries() {
    let before = "accounts:\n  \"2\": Two\n\n  \"1\": One\n\n  \"3\": Three\n";
    let after = "accounts:\n  \"1\": One\n\n  \"2\": Two\n\n  \"3\": Three\n";
    assert_eq!(formatted(before), after);
}

#[test]
fn budgets_are_ordered_by_year_and_by_code() {
    let before = "budgets:\n  FY2028:\n    B: 2\n    A: 1\n  FY2027: {B: 1, A: 2}\n";
    let after = "budgets:\n  FY2027: {B: 1, A: 2}\n  FY2028:\n    A: 1\n    B: 2\n";
    assert_eq!(formatted(before), after);
}

#[test]
fn guids_are_ordered_whatever_their_case() {
    let before = "accounts:\n  \"B0000000-0000-4000-8000-000000000000\": b\n  \"a0000000-0000-4000-8000-000000000000\": a\n";
    let after = "accounts:\n  \"a0000000-0000-4000-8000-000000000000\": a\n  \"B0000000-0000-4000-8000-000000000000\": b\n";
    assert_eq!(formatted(before), after);
}

#[test]
fn what_cannot_move_safely_stays() {
    for text in [
        // The alias would come before its anchor.
        "accounts:\n  \"2\": &two {name: Two}\n  \"1\": *two\n",
        "accounts: {\"2\": Two, \"1\": One}\n",
        "accounts:\n  ? \"2\"\n  : Two\n  ? \"1\"\n  : One\n",
        // The last line's break is part of the text.
        "accounts:\n  \"2\": Two\n  \"1\": |+\n    One\n\n",
    ] {
        assert_eq!(formatted(text), text);
    }
    // One section that cannot be moved does not keep another from it.
    assert_eq!(
        formatted(
            "removed:\n  b: &x {action: forget}\n  a: *x\naccounts:\n  \"2\": b\n  \"1\": a\n"
        ),
        "removed:\n  b: &x {action: forget}\n  a: *x\naccounts:\n  \"1\": a\n  \"2\": b\n",
    );
}

#[test]
fn anchored_values_keep_their_type() {
    let text = "cost_centers:\n  A: {name: &n 50, alerts: [*n]}\n  B: {name: x, manager: &m {name: 1, email: 2}}\n  C: {name: z, manager: *m}\n";
    assert_eq!(formatted(text), text);
}

#[test]
fn line_ends_are_clean_and_texts_are_not_touched() {
    assert_eq!(
        formatted(
            "accounts:  \n  \"1\": {name: One,\towner: x} \t # a\tcomment  \n  \n\n  \"2\": \"a\tb  \"\n\n\n"
        ),
        "accounts:\n  \"1\": {name: One, owner: x}   # a\tcomment\n\n\n  \"2\": \"a\tb  \"\n",
    );
    assert_eq!(formatted("accounts: {\"1\": a}"), "accounts: {\"1\": a}\n");
    let block = "accounts:\n  \"1\":\n    name: |\n      two  \n\n        lines\t\n    owner: \"over  \n      two\"\n";
    assert_eq!(formatted(block), block);
    assert_eq!(
        formatted("accounts:\n  \"1\": over  \n    two\n"),
        "accounts:\n  \"1\": over\n    two\n"
    );
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n\n"), "");
    assert_eq!(formatted("# nothing yet  "), "# nothing yet\n");
}

#[test]
fn windows_line_ends_and_the_byte_order_mark_stay() {
    assert_eq!(
        formatted("\u{FEFF}accounts: \r\n  2: b\r\n  1: a"),
        "\u{FEFF}accounts:\r\n  \"1\": a\r\n  \"2\": b\r\n",
    );
}

#[test]
fn bytes_keep_their_mark() {
    let marked = b"\xEF\xBB\xBFaccounts: {1: a}\n";
    let text = format_bytes(marked).unwrap().text;
    assert_eq!(text, "\u{FEFF}accounts: {\"1\": a}\n");
}

#[test]
fn what_is_not_yaml_is_refused() {
    let problems = format_bytes(b"accounts: \xFF").unwrap_err();
    assert_eq!(problems[0].code, "yaml.encoding");
    let problems = format("accounts: [").unwrap_err();
    assert_eq!(problems[0].code, "yaml.syntax");
}

#[test]
fn the_difference_is_a_unified_diff() {
    let before = "accounts:\n  2: b\n  1: a\n";
    let after = format(before).unwrap().text;
    insta::assert_snapshot!(diff("estate/a.yaml", before, &after), @r#"
    --- a/estate/a.yaml
    +++ b/estate/a.yaml
    @@ -1,3 +1,3 @@
     accounts:
    -  2: b
    -  1: a
    +  "1": a
    +  "2": b
    "#);
    assert_eq!(diff("a.yaml", before, before), "");
}

/// Many entries, many aliases, many edits: nothing is done for each pair of them.
#[test]
fn a_large_file_takes_no_longer_than_its_size() {
    let mut text = String::from("defaults: {labels: &l {1: 2}}\naccounts:\n");
    for number in (0..10_000).rev() {
        text.push_str(&format!(
            "  # {number}\n  {number:012}: {{name: {number}, labels: *l}}\n"
        ));
    }
    let start = std::time::Instant::now();
    let after = format(&text).unwrap().text;
    assert!(
        start.elapsed().as_secs() < 30,
        "it took {:?}",
        start.elapsed()
    );
    assert!(
        after.contains("accounts:\n  # 0\n  \"000000000000\": {name: \"0\", labels: *l}\n  # 1\n")
    );
}
