//! Secrets stay where they are: no key, token or code is told, stored or logged, however much is logged.

use std::path::Path;

use crate::csp::{API_SECRET, CENTER_SECRET, World};

fn files(folder: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push((path.display().to_string(), std::fs::read(path).unwrap()));
        }
    }
}

#[test]
fn keys_and_tokens_are_told_nowhere() {
    let world = World::good();
    let log = [("BURSAR_LOG", "trace")];
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    for args in [
        &["check"][..],
        &["plan", "--json", "--out", "plan.json"],
        &["apply", "--auto-approve"],
        &["check", "--json"],
        &["history", "--json"],
        &["import", "csp"],
    ] {
        let ran = world.run_with(args, &log);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
        seen.push((format!("output of {args:?}"), ran.out.into_bytes()));
        seen.push((format!("log of {args:?}"), ran.err.into_bytes()));
    }
    files(&world.path(), &mut seen);
    assert!(seen.iter().any(|(name, _)| name.contains(".bursar")));
    let logged = |(_, bytes): &(String, Vec<u8>)| {
        String::from_utf8_lossy(bytes).contains("call=\"entra:Token\"")
    };
    assert!(
        seen.iter().any(logged),
        "the log is silent, so this test proves nothing"
    );
    let state = world.microsoft.state();
    assert!(state.refresh.len() > 3 && state.access.len() > 5);
    let mut secrets = vec![CENTER_SECRET.to_owned(), API_SECRET.to_owned()];
    secrets.extend(state.access.keys().cloned());
    secrets.extend(state.refresh.keys().cloned());
    for (place, bytes) in &seen {
        if place.ends_with("partner.token") {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in {place}");
        }
    }
}
