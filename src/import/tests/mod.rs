//! Surveys and drafts over a provider of our own.

mod drafts;
mod names;
mod surveys;

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
        account_type: None,
        within: None,
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
        parallelism: 1,
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
        payers: true,
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
