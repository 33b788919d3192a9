//! What is asked, and what is compared.

use super::*;

#[test]
fn who_was_spoken_of_is_declared() {
    let project = project(&[
        ("bursar.yaml", SETTINGS),
        (
            "estate/aws.yaml",
            &format!(
                "{ORGANIZATION}accounts:
  \"000000000001\": {{organization: acme}}
  \"000000000002\": {{organization: acme, closed: \"2026-01-31\"}}
  \"000000000003\": {{organization: acme, closed: \"2026-01-31\"}}
  \"000000000004\": {{organization: acme}}
  \"000000000005\": {{organization: other}}
removed:
  account/aws/000000000006: {{action: forget}}
"
            ),
        ),
    ]);
    let fake = Fake::of(&[
        ("111122223333", "the payer itself"),
        ("000000000001", "declared"),
        ("000000000002", "declared as closed"),
        ("000000000005", "declared elsewhere"),
        ("000000000006", "forgotten"),
        ("000000000007", "new"),
        ("000000000007", "listed twice"),
    ]);
    let survey = surveyed(&project, &fake, &[]);
    assert_eq!(ids(&survey), ["000000000007"]);
    // The closed one is expected to be gone; the one of another organization is not this one's.
    assert_eq!(
        survey.left,
        [Address::account(Provider::Aws, "000000000004")]
    );
    assert_eq!((survey.accounts, survey.ignored), (6, 0));
    assert!(!survey.matches());
}

#[test]
fn a_management_account_that_is_no_payer_is_undeclared() {
    let text = "organizations: {acme: {provider: aws, id: o-abcdefghij}}\n";
    let project = project(&[("bursar.yaml", SETTINGS), ("estate/aws.yaml", text)]);
    let fake = Fake::of(&[("111122223333", "Acme")]);
    assert_eq!(ids(&surveyed(&project, &fake, &[])), ["111122223333"]);
}

#[test]
fn patterns_leave_accounts_alone_by_id_name_and_unit() {
    let project = estate(" {}\n");
    let all = [
        ("000000000001", "Shop"),
        ("000000000002", "Sandbox of Ana"),
        ("000000000003", "Ana"),
        ("000000000004", "Deep"),
    ];
    let fake = || {
        Fake::of(&all)
            .within("000000000003", &[("ou-1", "Sandbox")])
            .within("000000000004", &[("ou-1", "Sandbox"), ("ou-2", "Old")])
    };
    let left = |globs: &[&str]| {
        let survey = surveyed(&project, &fake(), globs);
        assert_eq!(survey.ignored + survey.undeclared.len(), 4);
        ids(&survey)
            .iter()
            .map(|id| id[11..].to_owned())
            .collect::<String>()
    };
    assert_eq!(left(&[]), "1234");
    assert_eq!(left(&["000000000001"]), "234");
    assert_eq!(left(&["*2"]), "134");
    assert_eq!(left(&["Ana"]), "124");
    assert_eq!(
        left(&["Sandbox"]),
        "124",
        "the unit itself, not what is below"
    );
    assert_eq!(left(&["Sandbox/*"]), "12", "and all that is in it");
    assert_eq!(left(&["Sandbox/Old"]), "123");
    assert_eq!(left(&["Sandbox/Old/Deep"]), "123");
    assert_eq!(left(&["sandbox/*"]), "1234", "case counts");
    assert_eq!(left(&["Sandbox*"]), "1");
    assert_eq!(left(&["*"]), "");
}

#[test]
fn the_settings_patterns_hold_too() {
    let settings =
        format!("{SETTINGS}import: {{acme: {{ignore: [Shop]}}, other: {{ignore: ['*']}}}}\n");
    let text = format!("{ORGANIZATION}accounts: {{}}\n");
    let project = project(&[("bursar.yaml", &settings), ("estate/aws.yaml", &text)]);
    let fake = Fake::of(&[
        ("000000000001", "Shop"),
        ("000000000002", "Data"),
        ("000000000003", "Lake"),
    ]);
    let survey = surveyed(&project, &fake, &["Lake"]);
    assert_eq!(ids(&survey), ["000000000002"]);
    assert_eq!(survey.ignored, 2);
}

#[test]
fn nothing_is_asked_that_nobody_needs() {
    let project = estate("\n  \"000000000001\": Shop\n");
    let units = [("ou-1", "Sandbox"), ("ou-2", "Old")];
    let declared = || Fake::of(&[("000000000001", "Shop")]).within("000000000001", &units);
    let fake = declared();
    surveyed(&project, &fake, &["Sandbox/*"]);
    assert_eq!(fake.asked(), ["members"], "all is declared");
    let mut fake = declared();
    for id in ["000000000002", "000000000003"] {
        fake.accounts.push(listed(id, "New"));
        fake = fake.within(id, &units);
    }
    surveyed(&project, &fake, &["000000000009"]);
    assert_eq!(fake.asked(), ["members"], "a pattern of an id");
    surveyed(&project, &fake, &["Sandbox/*"]);
    assert_eq!(
        fake.asked()[1..],
        ["members", "unit ou-1", "unit ou-2"],
        "once for each unit"
    );
    let fake = fake.state("000000000003", State::Closed, None);
    drafted(&project, &fake, Some("estate/{tag:team}.yaml"), false);
    let asked = fake.asked();
    let tags: Vec<_> = asked
        .iter()
        .filter(|what| what.starts_with("tags"))
        .collect();
    assert_eq!(
        tags,
        ["tags 000000000002"],
        "of those alone that are declared now"
    );
}

#[test]
fn names_of_units_that_cannot_be_read_are_trouble() {
    let project = estate(" {}\n");
    let fake = Fake {
        denied: true,
        ..Fake::of(&[("000000000001", "Shop")]).within("000000000001", &[("ou-1", "x")])
    };
    assert!(surveyed(&project, &fake, &[]).undeclared.len() == 1);
    let said = ask(&project, &fake, &["a/*"], Wants::default()).unwrap_err();
    assert_eq!(said, Unlisted::from(Answer::fail("may not read units")));
}
