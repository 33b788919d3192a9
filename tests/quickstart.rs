//! The quickstart is what newcomers read first: it loads without a word, is as `fmt` writes it, and shows
//! everything that it promises.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bursar::config::project::{self, Project, Surroundings};
use bursar::config::{format, problem::FileId};
use bursar::model::provider::Provider;
use bursar::model::spec::Export;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart")
}

fn load() -> Project {
    project::load(&folder(), &Surroundings::default())
}

#[test]
fn it_loads_without_a_diagnostic() {
    let project = load();
    let place = |file: FileId| project.sources.get(file).map(|source| source.path.clone());
    let said: Vec<_> = project
        .diagnostics
        .iter()
        .map(|d| {
            (
                d.place.map(|(file, span)| (place(file), span)),
                d.code,
                &d.message,
            )
        })
        .collect();
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn it_shows_the_whole_language() {
    let project = load();
    let estate = &project.estate;
    let all: BTreeSet<_> = Provider::ALL.into_iter().collect();
    let payers: BTreeSet<_> = estate.payers.iter().filter_map(|p| p.provider).collect();
    let accounts: BTreeSet<_> = estate.accounts.iter().filter_map(|a| a.provider).collect();
    assert_eq!(payers, all);
    assert_eq!(accounts, all);
    assert!(estate.payers.len() >= 6 && estate.accounts.len() >= 12);
    assert!(
        estate
            .accounts
            .iter()
            .all(|account| account.payer.is_some())
    );
    let declared = &estate.declaration;
    let exports: BTreeSet<_> = declared
        .payers
        .iter()
        .flat_map(|payer| payer.value.exports.values().map(Export::word))
        .collect();
    let words = [
        "bigquery",
        "cost_management",
        "cur",
        "data_export",
        "partner_billing",
        "reports",
    ];
    assert_eq!(exports, words.into_iter().collect());
    assert!(
        declared
            .accounts
            .iter()
            .all(|account| account.value.cost_center.is_some())
    );
    let parent = |code: &str| {
        let parents = declared.cost_centers.get(code)?.value.parent.as_ref()?;
        parents.codes().next().map(str::to_owned)
    };
    let depth =
        |code: &str| std::iter::successors(Some(code.to_owned()), |code| parent(code)).count();
    assert_eq!(declared.cost_centers.keys().map(depth).max(), Some(3));
    assert!(
        declared
            .organizations
            .iter()
            .any(|o| o.value.recommendations)
    );
    assert!(!declared.budgets.is_empty() && !declared.shared_costs.is_empty());
}

#[test]
fn its_files_are_formatted_and_name_the_schema() {
    let project = load();
    assert!(project.sources.files.len() >= 6);
    for source in &project.sources.files {
        let path = folder().join(&source.path);
        let text = source.text();
        let formatted = format::format(text).expect("this is YAML");
        assert!(
            !formatted.changed,
            "{}",
            format::diff(&source.path, text, &formatted.text)
        );
        let first = text.lines().next().unwrap_or_default();
        let schema = first
            .strip_prefix("# yaml-language-server: $schema=")
            .expect(first);
        let schema = path.parent().unwrap().join(schema).canonicalize().unwrap();
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/bursar.schema.json");
        assert_eq!(schema, own.canonicalize().unwrap(), "{}", source.path);
    }
}
