//! Any name of an account.

use super::*;

/// Texts that people give as names, and some that nobody should.
fn name() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        "NO",
        "it's \"it\"",
        "a: b",
        "a #b",
        "two\nlines",
        "🚀 prod",
        "- a",
        "{x}",
        "\u{202E}drow",
        "012",
        "~",
        "-----BEGIN PRIVATE KEY-----",
        "password: hunter2",
        "AKIAIOSFODNN7EXAMPLE",
        "../..",
        "CON",
        "*a",
        "---",
    ]);
    let any = prop::collection::vec(any::<char>(), 0..50).prop_map(|all| all.into_iter().collect());
    prop_oneof![2 => awkward.prop_map(str::to_owned), 1 => any]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever accounts are called: what is written is valid, formatted, says the name or leaves it
    /// out, and leaves nothing for a second import.
    #[test]
    fn any_name_is_imported(
        names in prop::collection::vec(name(), 1..12),
        pattern in prop::sample::select(vec![None, Some("estate/{name}.yaml"), Some("estate/aws.yaml")]),
    ) {
        let project = project(&[("bursar.yaml", SETTINGS), ("estate/aws.yaml", ORGANIZATION)]);
        let mut fake = Fake::default();
        for (number, name) in names.iter().enumerate() {
            fake.accounts.push(listed(&format!("{number:012}"), name));
        }
        let draft = drafted(&project, &fake, pattern, false);
        prop_assert_eq!(draft.accounts(), names.len());
        let judged = draft.judged(&project, &Surroundings::default());
        for account in &fake.accounts {
            let entry = judged.estate.declaration.accounts.get(&account.id).unwrap();
            let wanted = (!draft.nameless.contains(&account.id)).then_some(&account.name);
            prop_assert_eq!(entry.value.name.as_ref(), wanted);
        }
    }
}
