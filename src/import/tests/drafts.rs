//! Which files accounts go into, and what is left out.

use super::*;

#[test]
fn a_new_organization_gets_a_file_of_its_own() {
    let project = project(&[("bursar.yaml", SETTINGS), ("estate/aws.yaml", ORGANIZATION)]);
    let fake = Fake::of(&[("000000000002", "NO"), ("000000000001", "Shop")]);
    let draft = drafted(&project, &fake, None, false);
    assert_eq!(draft.accounts(), 2);
    let [file] = draft.files.as_slice() else {
        panic!("{draft:#?}")
    };
    assert_eq!(file.path, "estate/accounts-acme.yaml");
    assert_eq!(file.before, None);
    assert_eq!(
        file.after,
        "defaults: {organization: acme}\naccounts:\n  \"000000000001\": Shop\n  \"000000000002\": \"NO\"\n"
    );
}

#[test]
fn the_file_with_most_of_the_organizations_accounts_takes_the_rest() {
    let a = "accounts:\n  \"000000000001\": {organization: acme}\n  \"000000000002\": {organization: other}\n  \"000000000003\": {organization: other}\n";
    let b = "# ours\ndefaults: {organization: acme}\naccounts:\n  \"000000000004\": D\n  \"000000000006\": F\n";
    let project = project(&[
        ("bursar.yaml", SETTINGS),
        ("estate/a.yaml", a),
        ("estate/b.yaml", b),
        ("estate/aws.yaml", ORGANIZATION),
    ]);
    let mut fake = Fake::of(&[("000000000005", "E")]);
    for id in ["000000000001", "000000000004", "000000000006"] {
        fake.accounts.push(listed(id, "x"));
    }
    let draft = drafted(&project, &fake, None, false);
    assert_eq!(draft.files[0].path, "estate/b.yaml");
    assert_eq!(
        draft.files[0].after,
        b.replace(
            "  \"000000000006\"",
            "  \"000000000005\": E\n  \"000000000006\""
        )
    );
    // Elsewhere, each entry says whose it is.
    let draft = drafted(&project, &fake, Some("estate/a.yaml"), false);
    assert_eq!(
        draft.files[0].after,
        format!("{a}  \"000000000005\": {{name: E, organization: acme}}\n")
    );
}

#[test]
fn patterns_put_accounts_into_files() {
    let project = project(&[("bursar.yaml", SETTINGS), ("estate/aws.yaml", ORGANIZATION)]);
    let mut fake = Fake::of(&[
        ("000000000001", "A"),
        ("000000000002", "B"),
        ("000000000003", "C"),
    ])
    .within("000000000001", &[("ou-1", "Work Loads"), ("ou-2", "Prod")])
    .within("000000000002", &[("ou-1", "Work Loads")]);
    let tag = |team: &str| BTreeMap::from([("team".to_owned(), team.to_owned())]);
    fake.tags.insert("000000000001".to_owned(), tag("Payments"));
    fake.tags.insert("000000000002".to_owned(), tag("Payments"));
    let paths = |pattern: &str| -> Vec<(String, usize)> {
        let draft = drafted(&project, &fake, Some(pattern), false);
        let files = draft.files.into_iter();
        files.map(|file| (file.path, file.accounts.len())).collect()
    };
    let path = |path: &str, count: usize| (path.to_owned(), count);
    assert_eq!(
        paths("estate/{ou}.yaml"),
        [
            path("estate/root.yaml", 1),
            path("estate/work-loads.yaml", 1),
            path("estate/work-loads/prod.yaml", 1)
        ]
    );
    assert_eq!(
        paths("estate/{tag:team}.yaml"),
        [
            path("estate/payments.yaml", 2),
            path("estate/untagged.yaml", 1)
        ]
    );
    assert_eq!(paths("estate/{name}.yaml").len(), 3);
}

#[test]
fn several_payers_need_a_word() {
    let two = ORGANIZATION.replace(
        "  \"111122223333\": {organization: acme}\n",
        "  \"111122223333\": {organization: acme}\n  \"222233334444\": {organization: acme, external: true}\n",
    );
    let with = |text: &str| {
        project(&[
            ("bursar.yaml", SETTINGS),
            ("estate/a.yaml", text),
            ("estate/aws.yaml", &two),
        ])
    };
    let fake = Fake::of(&[("000000000009", "New")]);
    let of = |text: &str, file: &str| {
        drafted(&with(text), &fake, Some(file), false).files[0]
            .after
            .clone()
    };
    let none = "cost_centers: {A: {name: A}}\n";
    assert_eq!(
        of(none, "estate/new.yaml"),
        "defaults: {organization: acme, payer: \"111122223333\"}\naccounts:\n  \"000000000009\": New\n"
    );
    assert_eq!(
        of(none, "estate/a.yaml"),
        format!(
            "{none}\naccounts:\n  \"000000000009\": {{name: New, organization: acme, payer: \"111122223333\"}}\n"
        )
    );
    let given = "defaults: {organization: acme, payer: \"222233334444\"}\n";
    assert_eq!(
        of(given, "estate/a.yaml"),
        format!("{given}\naccounts:\n  \"000000000009\": New\n")
    );
}

#[test]
fn closed_accounts_are_left_out_and_counted() {
    let project = project(&[("bursar.yaml", SETTINGS), ("estate/aws.yaml", ORGANIZATION)]);
    let fake = Fake::of(&[
        ("000000000001", "A"),
        ("000000000002", "B"),
        ("000000000003", "C"),
        ("000000000004", "D"),
    ])
    .state("000000000001", State::Pending, None)
    .state("000000000002", State::Suspended, None)
    .state("000000000003", State::Closed, Some("2026-01-31"));
    let draft = drafted(&project, &fake, None, false);
    assert_eq!((draft.accounts(), draft.closed, draft.undated), (2, 1, 1));
    let draft = drafted(&project, &fake, None, true);
    assert_eq!((draft.accounts(), draft.closed, draft.undated), (3, 0, 1));
    assert!(
        draft.files[0]
            .after
            .contains("\"000000000003\": {name: C, closed: \"2026-01-31\"}"),
        "{}",
        draft.files[0].after
    );
}

#[test]
fn files_that_may_not_declare_accounts_are_refused_with_the_reason() {
    let settings = format!("{SETTINGS}files: {{estate/finance/**: [cost_centers]}}\n");
    let project = project(&[
        ("bursar.yaml", &settings),
        ("estate/aws.yaml", ORGANIZATION),
    ]);
    let fake = Fake::of(&[("000000000001", "A")]);
    let said = refused(&project, &fake, "estate/finance/{name}.yaml");
    assert_eq!(
        said.message,
        "no account can be declared in `estate/finance/a.yaml`: `files:` in bursar.yaml lets \
         `estate/finance/**` declare cost_centers"
    );
    assert!(
        said.help.ends_with(
            "or let it: `files: {estate/finance/**: [cost_centers, accounts]}` in bursar.yaml"
        ),
        "{}",
        said.help
    );
    let said = refused(&project, &fake, "teams/{name}.yaml");
    assert!(
        said.message
            .ends_with("none of the folders that are read (`estate`)"),
        "{said}"
    );
    let fake = Fake {
        accounts: vec![Listed {
            units: None,
            account_type: None,
            within: None,
            ..listed("000000000001", "A")
        }],
        ..Fake::default()
    };
    let said = refused(&project, &fake, "estate/{ou}.yaml");
    assert_eq!(said.code, "import.listing");
}

#[test]
fn names_that_cannot_stand_in_a_file_are_left_out() {
    let project = project(&[("bursar.yaml", SETTINGS), ("estate/aws.yaml", ORGANIZATION)]);
    let fake = Fake::of(&[
        ("000000000001", ""),
        ("000000000002", "nul\0"),
        ("000000000003", "key AKIAIOSFODNN7EXAMPLE"),
        ("000000000004", "D"),
    ]);
    let draft = drafted(&project, &fake, None, false);
    assert_eq!(
        draft.nameless,
        ["000000000001", "000000000002", "000000000003"]
    );
    let after = &draft.files[0].after;
    assert!(
        after.contains("\"000000000003\": {}\n") && !after.contains("AKIA"),
        "{after}"
    );
}
