//! Surveys and drafts over a provider of our own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use async_trait::async_trait;
use proptest::prelude::*;

use super::*;
use crate::config::format;
use crate::config::pattern::FilePattern;
use crate::config::project::{self, Project, Surroundings};
use crate::config::source::Source;
use crate::credential::{Exec, Resolver};
use crate::model::address::Address;
use crate::model::finding::{Check, Finding};
use crate::model::leaf::Leaf;
use crate::model::provider::Provider;
use crate::model::time::{Date, Days};
use crate::provider::{
    Answer, Around, Listed, Listing, Mode, Probe, Question, Run, State, Subject, Unlisted, What,
};

/// A provider that lists what it is told to, and counts what it is asked.
#[derive(Default)]
struct Fake {
    accounts: Vec<Listed>,
    units: BTreeMap<String, String>,
    tags: BTreeMap<String, BTreeMap<String, String>>,
    denied: bool,
    asked: Mutex<Vec<String>>,
}

impl Fake {
    fn of(accounts: &[(&str, &str)]) -> Self {
        let listed = |&(id, name): &(&str, &str)| listed(id, name);
        Self {
            accounts: accounts.iter().map(listed).collect(),
            ..Self::default()
        }
    }

    fn state(mut self, id: &str, state: State, closed: Option<&str>) -> Self {
        let account = self.accounts.iter_mut().find(|one| one.id == id).unwrap();
        account.state = state;
        account.closed = closed.map(|day| Date::parse(day).unwrap());
        self
    }

    fn within(mut self, id: &str, units: &[(&str, &str)]) -> Self {
        let account = self.accounts.iter_mut().find(|one| one.id == id).unwrap();
        account.units = Some(units.iter().map(|(unit, _)| (*unit).to_owned()).collect());
        for (unit, name) in units {
            self.units.insert((*unit).to_owned(), (*name).to_owned());
        }
        self
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn note(&self, what: String) {
        self.asked.lock().unwrap().push(what);
    }
}

fn listed(id: &str, name: &str) -> Listed {
    Listed {
        id: id.to_owned(),
        name: name.to_owned(),
        state: State::Active,
        closed: None,
        units: Some(Vec::new()),
    }
}

#[async_trait]
impl Probe for Fake {
    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn checks(&self) -> Vec<&'static Check> {
        Vec::new()
    }

    async fn ask(&self, _question: &Question<'_>) -> Vec<Finding> {
        Vec::new()
    }

    async fn members(&self, _question: &Question<'_>) -> Option<Result<Listing, Unlisted>> {
        self.note("members".to_owned());
        Some(Ok(Listing {
            payer: Some("111122223333".to_owned()),
            accounts: self.accounts.clone(),
        }))
    }

    async fn unit_names(
        &self,
        _question: &Question<'_>,
        units: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Unlisted> {
        for unit in units {
            self.note(format!("unit {unit}"));
        }
        if self.denied {
            return Err(Answer::fail("may not read units").into());
        }
        let names = self.units.iter().filter(|(unit, _)| units.contains(*unit));
        Ok(names
            .map(|(unit, name)| (unit.clone(), name.clone()))
            .collect())
    }

    async fn tags(
        &self,
        _question: &Question<'_>,
        accounts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
        for account in accounts {
            self.note(format!("tags {account}"));
        }
        let tags = |id: &String| (id.clone(), self.tags.get(id).cloned().unwrap_or_default());
        Ok(accounts.iter().map(tags).collect())
    }
}

const SETTINGS: &str = "version: 1\nsources: [estate]\n";
const ORGANIZATION: &str = "organizations:\n  acme: {provider: aws, id: o-abcdefghij}\n  other: {provider: aws, id: o-other00000}\npayers:\n  \"111122223333\": {organization: acme}\n";

fn project(files: &[(&str, &str)]) -> Project {
    let source = |&(path, text): &(&str, &str)| Source {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let texts = files.iter().map(source).collect();
    let project = project::load_texts(Path::new("/nowhere"), texts, &Surroundings::default());
    assert!(!project.has_errors(), "{:#?}", project.diagnostics);
    project
}

/// The estate of `acme` with these accounts' YAML.
fn estate(accounts: &str) -> Project {
    let text = format!("{ORGANIZATION}defaults: {{organization: acme}}\naccounts:{accounts}");
    project(&[("bursar.yaml", SETTINGS), ("estate/aws.yaml", &text)])
}

fn ask(project: &Project, fake: &Fake, ignore: &[&str], wants: Wants) -> Result<Survey, Unlisted> {
    let place = project.estate.organization("acme").unwrap();
    let organization = &project.estate.declaration.organizations.entries()[place as usize].value;
    let address = Address::organization("acme");
    let subject = Subject {
        around: Around {
            organization: Some(("acme", organization)),
            ..Around::default()
        },
        ..Subject::new(&address, What::Organization(organization))
    };
    let resolver = Resolver::new(Path::new("/nowhere")).exec(Exec::NotAllowed);
    let run = Run {
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
        mode: Mode::Online,
        expiring_within: Days(30),
        resolver: &resolver,
        credentials: &project.estate.declaration,
    };
    let question = Question { subject, run: &run };
    let ignore = Ignore::new(ignore)
        .unwrap()
        .and(Ignore::of(&project.estate, place));
    let declared = Declared::of(&project.estate);
    let asking = survey(fake, &question, &declared, place, &ignore, wants);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(asking).unwrap()
}

fn surveyed(project: &Project, fake: &Fake, ignore: &[&str]) -> Survey {
    ask(project, fake, ignore, Wants::default()).unwrap()
}

fn ids(survey: &Survey) -> Vec<&str> {
    let all = survey.undeclared.iter();
    all.map(|one| one.account.id.as_str()).collect()
}

fn drafted(project: &Project, fake: &Fake, file: Option<&str>, closed: bool) -> Draft {
    let options = Options {
        file: file.map(|text| FilePattern::parse(text).unwrap()),
        closed,
    };
    let wants = Wants {
        units: options.file.as_ref().is_some_and(FilePattern::wants_units),
        tags: options.file.as_ref().is_some_and(FilePattern::wants_tags),
    };
    let survey = ask(project, fake, &[], wants).unwrap();
    let place = project.estate.organization("acme").unwrap();
    let draft = Draft::of(project, place, &survey, &options).unwrap();
    if !draft.files.is_empty() {
        let judged = draft.judged(project, &Surroundings::default());
        assert!(!judged.has_errors(), "{:#?}", judged.diagnostics);
        let again = surveyed(&judged, fake, &[]);
        let left_out = draft.closed + draft.undated;
        assert_eq!(
            again.undeclared.len(),
            left_out,
            "nothing is left: {again:#?}"
        );
    }
    for file in &draft.files {
        assert!(
            !format::format(&file.after).unwrap().changed,
            "{}",
            file.after
        );
    }
    draft
}

fn refused(project: &Project, fake: &Fake, file: &str) -> CannotPlace {
    let options = Options {
        file: Some(FilePattern::parse(file).unwrap()),
        closed: false,
    };
    let survey = ask(project, fake, &[], Wants::default()).unwrap();
    let place = project.estate.organization("acme").unwrap();
    Draft::of(project, place, &survey, &options).unwrap_err()
}

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
    assert_eq!(said, Unlisted::Trouble(Answer::fail("may not read units")));
}

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
