//! Secrets stay where they are: neither the key nor the sessions made with it are told, stored or
//! logged, however much is logged.

use std::path::Path;

use crate::aws::world::World;
use crate::project::Project;

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
fn keys_and_sessions_are_told_nowhere() {
    let world = World::good();
    let project = Project::of(&world);
    let log = [("BURSAR_LOG", "trace")];
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    for args in [
        &["check"][..],
        &["plan", "--json", "--out", "plan.json"],
        &["apply", "--auto-approve"],
        &["check", "--json"],
        &["history", "--json"],
    ] {
        let ran = project.run_with(args, &log);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.out);
        seen.push((format!("output of {args:?}"), ran.out.into_bytes()));
        seen.push((format!("log of {args:?}"), ran.err.into_bytes()));
    }
    files(project.path(), &mut seen);
    assert!(seen.iter().any(|(name, _)| name.contains(".bursar")));
    let logged = seen.iter().map(|(_, bytes)| bytes.len()).max().unwrap();
    assert!(
        logged > 100_000,
        "the log is silent, so this test proves nothing"
    );

    let sessions = world.billing.keys().sessions();
    assert!(!sessions.is_empty());
    let mut secrets = vec![world.ci.secret.clone()];
    for session in sessions {
        secrets.push(session.secret.clone());
        secrets.extend(session.token.clone());
    }
    for (place, bytes) in &seen {
        let text = String::from_utf8_lossy(bytes);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in {place}");
        }
    }
}
