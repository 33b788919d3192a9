//! Patches: what is asked for is said afterwards, and all else stands as it stood.

use super::*;

fn text(text: &str) -> Patch {
    Patch::Set(Value::text(text))
}

fn number(number: &str) -> Patch {
    Patch::Set(Value::number(number))
}

fn within(changes: Vec<(&str, Patch)>) -> Entries {
    Entries {
        changes: changes
            .into_iter()
            .map(|(key, patch)| (key.to_owned(), patch))
            .collect(),
        ..Entries::default()
    }
}

fn map(changes: Vec<(&str, Patch)>) -> Patch {
    Patch::Entries(within(changes))
}

const FIELDS: Place = Place::Fields(&["name", "manager", "parent", "cost_center"]);

fn fields(changes: Vec<(&str, Patch)>) -> Patch {
    Patch::Entries(Entries {
        short: Some("name"),
        place: FIELDS,
        ..within(changes)
    })
}

#[track_caller]
fn patched(before: &str, changes: Vec<(&str, Patch)>) -> String {
    patch(before, &within(changes)).unwrap_or_else(|error| panic!("{error:?}\n{before}"))
}

#[track_caller]
fn refused(before: &str, changes: Vec<(&str, Patch)>) -> String {
    let error = patch(before, &within(changes)).unwrap_err();
    format!("{}: {}", error.line, error.why)
}

const CENTERS: &str = "\
# Finance owns this file
cost_centers:
  # The business units

  BU-1: {name: Digital, manager: {name: Ana, email: ana@acme.example}}   # since 2020
  BU-2:
    name: 'Operations'   # of all kinds

    # who
    manager:
      email: bob@acme.example
    alerts: [50, 80]

  # Below them

  CC-110: {name: \"Payments\", parent: BU-1}
  # the platform
  CC-120: {parent: BU-1, name: Platform}
";

#[test]
fn values_change_where_they_stand() {
    let after = patched(
        CENTERS,
        vec![(
            "cost_centers",
            map(vec![
                (
                    "BU-2",
                    fields(vec![
                        ("name", text("Ops")),
                        ("alerts", Patch::Set(Value::List(vec![Value::number(90)]))),
                    ]),
                ),
                (
                    "BU-1",
                    fields(vec![(
                        "manager",
                        fields(vec![("email", text("eva@acme.example"))]),
                    )]),
                ),
                (
                    "CC-110",
                    fields(vec![("name", text("Pay")), ("parent", text("0071"))]),
                ),
            ]),
        )],
    );
    assert_eq!(
        after,
        CENTERS
            .replace("'Operations'", "'Ops'")
            .replace("[50, 80]", "[90]")
            .replace("ana@acme.example", "eva@acme.example")
            .replace(
                "{name: \"Payments\", parent: BU-1}",
                "{name: \"Pay\", parent: \"0071\"}"
            )
    );
}

#[test]
fn fields_come_and_go_in_both_layouts() {
    let after = patched(
        CENTERS,
        vec![(
            "cost_centers",
            map(vec![
                (
                    "BU-1",
                    fields(vec![("manager", Patch::Remove), ("parent", text("BU-0"))]),
                ),
                (
                    "BU-2",
                    fields(vec![("manager", Patch::Remove), ("parent", text("BU-0"))]),
                ),
                ("CC-120", fields(vec![("parent", Patch::Remove)])),
            ]),
        )],
    );
    assert_eq!(
        after,
        CENTERS
            .replace(
                "{name: Digital, manager: {name: Ana, email: ana@acme.example}}",
                "{name: Digital, parent: BU-0}"
            )
            .replace(
                "\n    # who\n    manager:\n      email: bob@acme.example\n",
                "\n"
            )
            .replace("[50, 80]\n", "[50, 80]\n    parent: BU-0\n")
            .replace("{parent: BU-1, name: Platform}", "{name: Platform}")
    );
}

#[test]
fn entries_come_into_their_group_and_go_with_their_comments() {
    let new = Value::Map(vec![
        ("name".into(), Value::text("Cards: all")),
        ("parent".into(), Value::text("BU-1")),
    ]);
    let new = Patch::Beside {
        value: new,
        near: vec!["CC-110".into(), "CC-120".into()],
    };
    let near = map(vec![("BX", new), ("CC-120", Patch::Remove)]);
    let after = patched(CENTERS, vec![("cost_centers", near)]);
    assert_eq!(
        after,
        CENTERS
            .replace(
                "  CC-110",
                "  BX: {name: \"Cards: all\", parent: BU-1}\n  CC-110"
            )
            .replace(
                "  # the platform\n  CC-120: {parent: BU-1, name: Platform}\n",
                ""
            )
    );
    assert!(!format(&after).unwrap().changed);
    let gone = |keys: &[&'static str]| map(keys.iter().map(|key| (*key, Patch::Remove)).collect());
    let budgets = "budgets:\n  FY2026:\n    A: 1\n  FY2027: {A: 1, B: 2} # now\n\naccounts: {}\n";
    assert_eq!(
        patched(
            budgets,
            vec![(
                "budgets",
                map(vec![("FY2026", gone(&["A"])), ("FY2027", gone(&["A"]))])
            )]
        ),
        "budgets:\n  FY2027: {B: 2} # now\n\naccounts: {}\n"
    );
    assert_eq!(
        patched(
            budgets,
            vec![(
                "budgets",
                map(vec![
                    ("FY2026", gone(&["A"])),
                    ("FY2027", gone(&["B", "A"]))
                ])
            )]
        ),
        "budgets: {}\n\naccounts: {}\n"
    );
}

#[test]
fn sections_and_years_are_opened() {
    let year = || map(vec![("FY2027", map(vec![("CC-1", number("120000"))]))]);
    assert_eq!(
        patched("", vec![("budgets", year())]),
        "budgets:\n  FY2027:\n    CC-1: 120000\n"
    );
    assert_eq!(
        patched("a: b\n", vec![("budgets", year())]),
        "a: b\n\nbudgets:\n  FY2027:\n    CC-1: 120000\n"
    );
    assert_eq!(
        patched("budgets: {} # none\na: b\n", vec![("budgets", year())]),
        "budgets: # none\n  FY2027:\n    CC-1: 120000\na: b\n"
    );
    assert_eq!(
        patched("budgets:\n  FY2028: {A: 1}\n", vec![("budgets", year())]),
        "budgets:\n  FY2027: {CC-1: 120000}\n  FY2028: {A: 1}\n"
    );
}

#[test]
fn a_short_form_grows() {
    let center = |value: Value| {
        vec![(
            "accounts",
            map(vec![(
                "1",
                fields(vec![("cost_center", Patch::Set(value))]),
            )]),
        )]
    };
    assert_eq!(
        patched(
            "accounts:\n  \"1\": Shop   # c\n",
            center(Value::text("CC-1"))
        ),
        "accounts:\n  \"1\": {name: Shop, cost_center: CC-1}   # c\n"
    );
    assert_eq!(
        patched(
            "accounts:\n  \"1\": \"a, b\"\n",
            center(Value::text("CC-1"))
        ),
        "accounts:\n  \"1\": {name: \"a, b\", cost_center: CC-1}\n"
    );
    assert_eq!(
        patched("accounts:\n  \"1\":\n", center(Value::text("CC-1"))),
        "accounts:\n  \"1\": {cost_center: CC-1}\n"
    );
    let later = Value::Map(vec![
        ("from".into(), Value::text("2027-01")),
        ("cost_center".into(), Value::text("B")),
    ]);
    let periods = Value::List(vec![Value::text("A"), later]);
    assert_eq!(
        patched("accounts:\n  \"1\": Shop # c\n", center(periods.clone())),
        "accounts:\n  \"1\": # c\n    name: Shop\n    cost_center:\n      - A\n      - {from: \"2027-01\", cost_center: B}\n"
    );
    assert_eq!(
        patched("accounts: {\"1\": Shop}\n", center(periods.clone())),
        "accounts: {\"1\": {name: Shop, cost_center: [A, {from: \"2027-01\", cost_center: B}]}}\n"
    );
    assert_eq!(
        patched(
            "accounts:\r\n  \"1\":\r\n    cost_center: A # c\r\n    name: Shop\r\n",
            center(periods)
        ),
        "accounts:\r\n  \"1\":\r\n    cost_center: # c\r\n      - A\r\n      - {from: \"2027-01\", cost_center: B}\r\n    name: Shop\r\n"
    );
    assert_eq!(
        patched(
            "accounts:\n  \"1\":\n    cost_center: # c\n      - A\n      # from then\n      - from: 2027-01\n        cost_center: B\n    name: Shop\n",
            center(Value::text("B"))
        ),
        "accounts:\n  \"1\":\n    cost_center: B # c\n    name: Shop\n"
    );
}

#[test]
fn items_that_stay_keep_their_lines() {
    let new = |name: &str| Item::New(Value::text(name));
    let items = |items: Vec<Item>| {
        vec![(
            "a",
            map(vec![(
                "l",
                Patch::Items {
                    items,
                    or: Value::text("none"),
                },
            )]),
        )]
    };
    let block =
        "a:\n  l:\n    # one\n    - A   # first\n    - B\n\n    # three\n    - C # last\n  k: 1\n";
    let keep = Item::Keep;
    assert_eq!(
        patched(block, items(vec![keep(0), new("X"), keep(2), new("W")])),
        "a:\n  l:\n    # one\n    - A   # first\n    - X\n\n    # three\n    - C # last\n    - W\n  k: 1\n"
    );
    assert_eq!(
        patched(block, items(vec![new("X"), new("W"), keep(1)])),
        "a:\n  l:\n    # one\n    - X   # first\n    - W\n    - B\n  k: 1\n"
    );
    assert_eq!(
        patched(block, items(vec![keep(2)])),
        "a:\n  l:\n\n    # three\n    - C # last\n  k: 1\n"
    );
    let flow = "a: {l: [A, B, C]} # c\n";
    assert_eq!(patched(flow, items(vec![keep(2)])), "a: {l: [C]} # c\n");
    assert_eq!(
        patched(flow, items(vec![keep(1), new("X")])),
        "a: {l: [B, X]} # c\n"
    );
    assert_eq!(
        patched(flow, items(vec![new("X"), keep(0), keep(1)])),
        "a: {l: [X, A, B]} # c\n"
    );
    assert_eq!(
        patched(flow, items(vec![new("X"), new("W"), new("Z"), new("T")])),
        "a: {l: [X, W, Z, T]} # c\n"
    );
    assert_eq!(
        patched("a: {l: Q}\n", items(vec![new("X")])),
        "a: {l: none}\n"
    );
}

#[test]
fn what_others_use_is_refused_with_its_line() {
    let rename = || {
        vec![(
            "cost_centers",
            map(vec![("A", fields(vec![("name", text("New"))]))]),
        )]
    };
    assert_eq!(
        refused("cost_centers:\n  B: &b {name: One}\n  A: *b\n", rename()),
        "3: the value is that of the anchor `&b`"
    );
    assert_eq!(
        refused("cost_centers:\n  A: &a\n    name: One\n  B: *a\n", rename()),
        "3: the value is used in other places as `*a`"
    );
    assert_eq!(
        refused(
            "cost_centers:\n  A: {name: &n One}\n  B: {name: *n}\n",
            rename()
        ),
        "2: the value is used in other places as `*n`"
    );
    assert_eq!(
        patched("cost_centers:\n  A: &a {name: &n One}\n", rename()),
        "cost_centers:\n  A: &a {name: &n New}\n"
    );
    assert_eq!(
        refused("{cost_centers: {A: {name: One}}}\n", rename()),
        "1: all of the file stands between braces"
    );
    assert_eq!(
        refused("cost_centers:\n  A: [x]\n", rename()),
        "2: this is a list"
    );
}

#[test]
fn a_file_keeps_its_mark_its_end_and_its_disorder() {
    let rename = |name| {
        vec![(
            "cost_centers",
            map(vec![("B", fields(vec![("name", text(name))]))]),
        )]
    };
    assert_eq!(
        patched(
            "\u{FEFF}cost_centers:\r\n    B: {name: One}   \r\n    A:   {name:   Two}",
            rename("New: 1")
        ),
        "\u{FEFF}cost_centers:\r\n    B: {name: \"New: 1\"}   \r\n    A:   {name:   Two}"
    );
    assert_eq!(
        patched(
            "cost_centers:\n  B:\n    name: |\n      two\n      lines\n    parent: X\n",
            rename("NO")
        ),
        "cost_centers:\n  B:\n    name: \"NO\"\n    parent: X\n"
    );
    assert_eq!(
        patched(
            "cost_centers:\n  B:\n    name: over\n      lines # c\n    parent: X\n",
            rename("it's")
        ),
        "cost_centers:\n  B:\n    name: it's # c\n    parent: X\n"
    );
}

#[test]
fn a_short_form_stays_short() {
    let budget = |changes| {
        let budget = Patch::Entries(Entries {
            short: Some("amount"),
            place: Place::Fields(&["amount", "currency"]),
            ..within(changes)
        });
        vec![("budgets", map(vec![("FY2027", map(vec![("A", budget)]))]))]
    };
    let bare = "budgets:\n  FY2027: {A: 100.00} # c\n";
    assert_eq!(
        patched(bare, budget(vec![("amount", number("7"))])),
        "budgets:\n  FY2027: {A: 7} # c\n"
    );
    assert_eq!(
        patched(bare, budget(vec![("currency", text("BRL"))])),
        "budgets:\n  FY2027: {A: {amount: 100.00, currency: BRL}} # c\n"
    );
    assert_eq!(
        patched(
            bare,
            budget(vec![("currency", text("BRL")), ("amount", number("7"))])
        ),
        "budgets:\n  FY2027: {A: {amount: 7, currency: BRL}} # c\n"
    );
    assert_eq!(
        patched(bare, budget(vec![("currency", Patch::Remove)])),
        bare
    );
}

#[test]
fn between_braces_comments_stay_with_their_entries() {
    let before = "a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3, # three\n  e: 4 # four\n}\n";
    let gone = |keys: &[&'static str]| {
        let all = keys.iter().map(|key| (*key, Patch::Remove)).collect();
        patched(before, vec![("a", map(all))])
    };
    assert_eq!(gone(&["c", "d"]), "a: {\n  b: 1, # one\n  e: 4 # four\n}\n");
    assert_eq!(gone(&["b", "d"]), "a: {\n  c: 2, # two\n  e: 4 # four\n}\n");
    assert_eq!(
        gone(&["d", "e"]),
        "a: {\n  b: 1, # one\n  c: 2, # two\n   # four\n}\n"
    );
    let flow = "a: {b: 1, c: 2, d: 3}\n";
    let change = |keys: &[&'static str], new: &'static str| {
        let mut all: Vec<(&str, Patch)> = keys.iter().map(|key| (*key, Patch::Remove)).collect();
        all.push((new, number("9")));
        patched(flow, vec![("a", map(all))])
    };
    assert_eq!(change(&["c", "d"], "e"), "a: {b: 1, e: 9}\n");
    assert_eq!(change(&["b", "c"], "a"), "a: {a: 9, d: 3}\n");
    assert_eq!(change(&["b", "d"], "cc"), "a: {c: 2, cc: 9}\n");
    assert_eq!(change(&["b", "c", "d"], "x"), "a: {x: 9}\n");
}
