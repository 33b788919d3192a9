//! Accounts that are added: what stood there stays, and any name comes back as it was.

use proptest::prelude::*;

use super::*;
use crate::config::format::laws::{comments, file, read, said};
use crate::model::leaf::Leaf;

fn account<'a>(id: &'a str, name: &'a str) -> NewAccount<'a> {
    NewAccount {
        id,
        name: Some(name),
        ..NewAccount::default()
    }
}

#[track_caller]
fn added(text: &str, ids: &[&str]) -> String {
    let accounts: Vec<NewAccount<'_>> = ids.iter().map(|id| account(id, "New")).collect();
    let after = add_accounts(text, &accounts).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    assert!(!format(&after).unwrap().changed, "{after}");
    after
}

#[track_caller]
fn refused(text: &str) -> String {
    add_accounts(text, &[account("5", "New")])
        .unwrap_err()
        .to_string()
}

#[test]
fn entries_come_to_their_places_with_everything_around_them_as_it_was() {
    let before = "\
defaults: {organization: acme}
accounts:
  # the first
  \"2\": B   # two

  # a group
  \"4\":
    name: D
    # about d

  \"6\": F
    # below f
  # the end
cost_centers: {}
";
    assert_eq!(
        added(before, &["7", "1", "3", "8", "5"]),
        "\
defaults: {organization: acme}
accounts:
  \"1\": New
  # the first
  \"2\": B   # two
  \"3\": New

  # a group
  \"4\":
    name: D
    # about d
  \"5\": New

  \"6\": F
    # below f
  \"7\": New
  \"8\": New
  # the end
cost_centers: {}
"
    );
}

#[test]
fn a_section_that_is_empty_or_missing_is_opened() {
    let line = "accounts:\n  \"5\": New\n";
    for empty in [
        "accounts:\n",
        "accounts: {}\n",
        "accounts: { }\n",
        "accounts: ~\n",
        "accounts: null",
        "accounts:",
    ] {
        assert_eq!(added(empty, &["5"]), line, "{empty:?}");
    }
    assert_eq!(
        added(
            "# teams\naccounts: {} # none yet\n  # \"1\": example\nbudgets: {}\n",
            &["5"]
        ),
        "# teams\naccounts: # none yet\n  \"5\": New\n  # \"1\": example\nbudgets: {}\n"
    );
    assert_eq!(
        added("budgets: {}", &["5"]),
        format!("budgets: {{}}\n\n{line}")
    );
    assert_eq!(
        added("budgets: {}\n\n# bye\n", &["5"]),
        format!("budgets: {{}}\n\n# bye\n\n{line}")
    );
    assert_eq!(
        added("---\n  budgets: {}\n", &["5"]),
        "---\n  budgets: {}\n\n  accounts:\n    \"5\": New\n"
    );
    assert_eq!(added("", &["5"]), line);
    assert_eq!(
        added("# nothing yet\n", &["5"]),
        format!("# nothing yet\n{line}")
    );
}

#[test]
fn what_is_between_braces_stays_there() {
    assert_eq!(
        added(
            "accounts: {\"9\": I, \"2\": {name: B}} # all\n",
            &["5", "1"]
        ),
        "accounts: {\"9\": I, \"2\": {name: B}, \"1\": New, \"5\": New} # all\n"
    );
    assert_eq!(
        added("accounts: {\n  \"9\": I,\n}\n", &["5"]),
        "accounts: {\n  \"9\": I, \"5\": New,\n}\n"
    );
    assert_eq!(
        added("accounts: { # none\n  }\n", &["5"]),
        "accounts: {\"5\": New # none\n  }\n"
    );
    assert_eq!(
        added("{accounts: {\"9\": I}}\n", &["5"]),
        "{accounts: {\"9\": I, \"5\": New}}\n"
    );
}

#[test]
fn a_file_that_was_not_formatted_is_afterwards() {
    assert_eq!(
        added("accounts:\n    6: F   \n    2: B", &["5"]),
        "accounts:\n    \"2\": B\n    \"5\": New\n    \"6\": F\n"
    );
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    assert_eq!(
        added("\u{FEFF}accounts:\r\n  \"2\": B\r\n", &["5"]),
        "\u{FEFF}accounts:\r\n  \"2\": B\r\n  \"5\": New\r\n"
    );
}

#[test]
fn what_cannot_be_added_to_is_refused() {
    assert_eq!(refused("{budgets: {}}"), "all of it stands between braces");
    assert_eq!(refused("{accounts: {}}"), "all of it stands between braces");
    assert_eq!(refused("{accounts: }"), "all of it stands between braces");
    assert_eq!(refused("- a\n"), "it is no map of sections");
    assert_eq!(refused("accounts: [\n"), "it is no YAML");
    assert!(refused("accounts: text\n").starts_with("its `accounts:` are written"));
    assert!(refused("accounts: [a]\n").starts_with("its `accounts:` are written"));
    assert!(refused("accounts:\n  \"5\": Known\n").starts_with("its `accounts:` are written"));
    assert!(refused("budgets: {}\n...\n").starts_with("its `accounts:` are written"));
    let alias = "defaults: {labels: &a {b: c}}\naccounts: *a\n";
    assert_eq!(
        refused(alias),
        "its `accounts:` are an alias of something else"
    );
}

#[test]
fn fields_are_written_where_they_are_given() {
    let all = NewAccount {
        id: "000000000001",
        name: Some("NO"),
        organization: Some("acme: core"),
        payer: Some("111122223333"),
        closed: Some(Date::parse("2026-11-14").unwrap()),
        account_type: None,
        within: None,
    };
    let nameless = NewAccount {
        id: "000000000002",
        ..NewAccount::default()
    };
    let text = new_file(
        Some("a word"),
        &[("organization", "null"), ("payer", "111122223333")],
        &[nameless, all],
    );
    assert_eq!(
        text,
        "\
# a word

defaults: {organization: \"null\", payer: \"111122223333\"}
accounts:
  \"000000000001\": {name: \"NO\", organization: \"acme: core\", payer: \"111122223333\", closed: \"2026-11-14\"}
  \"000000000002\": {}
"
    );
    assert!(!format(&text).unwrap().changed);
    assert_eq!(
        add_accounts("accounts: {}\n", &[nameless, all]).unwrap(),
        text[text.find("accounts:").unwrap()..]
    );
}

/// Names as people give them, and as nobody should. NUL is in no text of the language.
fn name() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        "NO",
        "null",
        "~",
        "",
        " ",
        "012",
        "1e5",
        "0x1F",
        "2027-01",
        "12:30",
        "=",
        "<<",
        "a: b",
        "a:",
        ": a",
        "a #b",
        "#",
        "- a",
        "-",
        "? a",
        "{x}",
        "[",
        "a, b",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "%",
        "@",
        "`",
        "'",
        "''",
        "\"",
        "\\",
        "\\n",
        "it's \"it\"",
        "two\nlines",
        "\n",
        "\r\n",
        "\ttab\t",
        " lead",
        "trail ",
        "🚀 prod",
        "a\u{85}b",
        "\u{2028}",
        "\u{FEFF}",
        "\u{202E}drow",
        "\u{7F}",
        "---",
        "...",
        "y",
        "on",
        ".nan",
        "+1",
        "1_000",
        "日本語",
    ]);
    let any = prop::collection::vec(any::<char>(), 0..50)
        .prop_map(|all| all.into_iter().filter(|c| *c != '\0').collect());
    prop_oneof![2 => awkward.prop_map(str::to_owned), 1 => any]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_keeps_the_declaration_and_the_comments(
        file in file(),
        new in prop::collection::btree_map(0u64..90, (name(), any::<bool>()), 1..6),
    ) {
        let new: Vec<(String, String, bool)> = new
            .into_iter()
            .map(|(n, (name, long))| (format!("{:012}", n * 7_777_777_777 % 1_000_000_000_000 + 1), name, long))
            .collect();
        let accounts: Vec<NewAccount<'_>> = new
            .iter()
            .map(|(id, name, long)| NewAccount { organization: long.then_some("acme"), ..account(id, name) })
            .collect();
        let before = &file.text;
        let after = add_accounts(before, &accounts).unwrap_or_else(|error| panic!("{error}\n{before}"));
        prop_assert!(!format(&after).unwrap().changed, "{}", after);
        prop_assert_eq!(comments(before), comments(&after));
        let (was, is) = (read(before), read(&after));
        for (id, name, _) in &new {
            let entry = is.estate.declaration.accounts.get(id);
            prop_assert_eq!(entry.and_then(|entry| entry.value.name.as_ref()), Some(name));
        }
        let mut rest = said(&is.estate.declaration);
        rest.retain(|line| !new.iter().any(|(id, ..)| line.contains(&format!("Accounts None {id:?}"))));
        prop_assert_eq!(said(&was.estate.declaration), rest);
        // In a formatted file nothing but the new lines is another.
        let tidy = format(before).unwrap().text;
        let after = add_accounts(&tidy, &accounts).unwrap();
        let lines: Vec<&str> = tidy.lines().collect();
        let mut kept = lines.iter().peekable();
        let more: Vec<&str> = after.lines().filter(|line| kept.next_if(|old| *old == line).is_none()).collect();
        prop_assert!(kept.next().is_none(), "{}\n---\n{}", tidy, after);
        let wanted = new.len() + 2 * usize::from(was.estate.declaration.accounts.is_empty());
        prop_assert_eq!(more.len(), wanted, "{}", after);
    }

    #[test]
    fn names_come_back_from_new_files(names in prop::collection::vec(name(), 1..20)) {
        let ids: Vec<String> = (0..names.len()).map(|n| format!("{n:012}")).collect();
        let accounts: Vec<NewAccount<'_>> =
            ids.iter().zip(&names).map(|(id, name)| account(id, name)).collect();
        let text = new_file(None, &[("organization", &names[0])], &accounts);
        prop_assert!(!format(&text).unwrap().changed, "{}", text);
        let project = read(&text);
        prop_assert_eq!(project.estate.declaration.accounts.len(), names.len());
        for (id, name) in ids.iter().zip(&names) {
            let entry = project.estate.declaration.accounts.get(id);
            prop_assert_eq!(entry.and_then(|entry| entry.value.name.as_ref()), Some(name));
        }
        // The same text says the same to other tools.
        let other: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        for (id, name) in ids.iter().zip(&names) {
            prop_assert_eq!(other["accounts"][id.as_str()].as_str(), Some(name.as_str()));
        }
    }
}
