//! The catalogue of checks, its page, and the probes that run them.

use super::*;
use crate::model::finding::Check;
use crate::model::provider::Provider;

#[test]
fn every_provider_is_asked() {
    for provider in Provider::ALL {
        let own = |check: &&'static Check| {
            let of = check.id.split('.').next().and_then(Provider::from_name);
            of == Some(provider) && !check.offline
        };
        for badge in crate::model::finding::Badge::ALL {
            let speaks = |check: &&'static Check| own(check) && check.badge == badge;
            assert!(checks().iter().any(speaks), "{provider:?} {badge:?}");
        }
    }
}

#[tokio::test]
async fn probes_ask_the_same() {
    let world = World::new();
    let credential = credential(&entra(""));
    let address = Address::credential("c");
    let vars = HashMap::<String, OsString>::new();
    let resolver =
        Resolver::new(world.dir.path()).env(Arc::new(move |name| vars.get(name).cloned()));
    let run = Run {
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
        mode: Mode::Offline,
        expiring_within: Days(30),
        parallelism: 1,
        resolver: &resolver,
        credentials: &world.credentials,
    };
    let question = Question {
        subject: Subject::new(&address, What::Credential(&credential)),
        run: &run,
    };
    let probes = local_probes();
    let azure = probes
        .iter()
        .find(|probe| probe.provider() == Provider::Azure)
        .unwrap();
    assert_eq!(azure.ask(&question).await, ask(&question));
    for finding in azure.ask(&question).await {
        assert!(azure.checks().iter().any(|check| check.id == finding.check));
    }
}

#[test]
fn checks_are_named_alike() {
    let checks = checks();
    for pair in checks.windows(2) {
        assert!(
            pair[0].id < pair[1].id,
            "sorted, and none twice: {}",
            pair[1].id
        );
    }
    for check in checks {
        let provider = check.id.split('.').next().and_then(Provider::from_name);
        assert!(provider.is_some(), "{}", check.id);
        assert!(check.question.ends_with('?'), "{}", check.id);
        assert!(
            !check.remedy.is_empty() && !check.remedy.ends_with('.'),
            "{}",
            check.id
        );
        assert!(check.offline == check.calls.is_empty());
    }
}

#[test]
fn the_page_of_checks_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks.md");
    if std::env::var_os("BURSAR_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, table()).unwrap();
    }
    let page = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        page == table(),
        "docs/checks.md is out of date: run the tests with BURSAR_BLESS=1"
    );
}
