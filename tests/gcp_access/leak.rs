//! Secrets stay where they are: neither the key nor any token is told, stored or logged, however much is
//! logged.

use std::path::Path;

use crate::google::world::{Reader, World};
use crate::project::Project;

fn files(folder: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if !path.ends_with("application_default_credentials.json") {
            out.push((path.display().to_string(), std::fs::read(path).unwrap()));
        }
    }
}

fn holds(reader: Reader) {
    let world = World::read_by(reader.clone());
    let project = Project::of(&world);
    if reader == Reader::Default {
        let text = world.default_credentials();
        project.write(".config/gcloud/application_default_credentials.json", &text);
    }
    let given = world.environment();
    let given: Vec<&str> = given
        .iter()
        .filter(|(name, _)| *name == "OIDC_TOKEN")
        .map(|(_, value)| value.as_str())
        .collect();
    let mut environment = vec![("BURSAR_LOG", "trace")];
    environment.extend(given.iter().map(|token| ("OIDC_TOKEN", *token)));
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    for args in [
        &["check"][..],
        &["plan", "--json", "--out", "plan.json"],
        &["apply", "--auto-approve"],
        &["check", "--json"],
        &["history", "--json"],
        &["import", "acme"],
    ] {
        let ran = project.run_with(args, &environment);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
        seen.push((format!("output of {args:?}"), ran.out.into_bytes()));
        seen.push((format!("log of {args:?}"), ran.err.into_bytes()));
    }
    files(project.path(), &mut seen);
    assert!(seen.iter().any(|(name, _)| name.contains(".bursar")));
    let told = |(name, bytes): &(String, Vec<u8>)| {
        let text = String::from_utf8_lossy(bytes);
        name.starts_with("log") && text.contains("ServiceUsage:BatchGetServices")
    };
    assert!(
        seen.iter().any(told),
        "the log is silent, so this test proves nothing"
    );
    let mut secrets = world.secrets();
    secrets.extend(given.iter().map(|token| (*token).to_owned()));
    for (place, bytes) in &seen {
        let text = String::from_utf8_lossy(bytes);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in {place}");
        }
        // Tokens that a key signs itself are as good as any.
        assert!(
            !text.contains("eyJhbGciOiJSUzI1NiIs"),
            "a signed token is in {place}"
        );
    }
}

#[test]
fn keys_and_what_they_sign_are_told_nowhere() {
    holds(Reader::Key);
}

#[test]
fn federated_and_impersonated_tokens_are_told_nowhere() {
    holds(Reader::Runner);
    holds(Reader::Federated);
}

#[test]
fn tokens_of_a_person_are_told_nowhere() {
    holds(Reader::Default);
}
