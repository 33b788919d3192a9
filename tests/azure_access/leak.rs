//! Secrets stay where they are: neither secrets, nor tokens, nor signatures are told, stored or logged,
//! however much is logged.

use std::path::Path;

use jiff::SignedDuration;

use crate::azure::project::Project;
use crate::azure::world::World;

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
fn secrets_tokens_and_signatures_are_told_nowhere() {
    let world = World::good();
    let project = Project::of(&world);
    let settings = project.read("bursar.yaml");
    let credential = "  exports: {azure_sas: {token: {env: EXPORTS_SAS}}}\n";
    project.write("bursar.yaml", &format!("{settings}{credential}"));
    project.edit(
        "estate/azure.yaml",
        "dataset: ActualCost",
        "read_with: exports, dataset: ActualCost",
    );
    let sas = world.sas("rl", world.made + SignedDuration::from_hours(9000));
    let (_, signature) = sas.split_once("sig=").unwrap();
    let environment = [("BURSAR_LOG", "trace"), ("EXPORTS_SAS", &*sas)];
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    for args in [
        &["check"][..],
        &["plan", "--json", "--out", "plan.json"],
        &["apply", "--auto-approve"],
        &["check", "--json"],
        &["history", "--json"],
    ] {
        let ran = project.run_with(args, &environment);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
        seen.push((format!("output of {args:?}"), ran.out.into_bytes()));
        seen.push((format!("log of {args:?}"), ran.err.into_bytes()));
    }
    // What fails tells more.
    world.inside().storage_key = "bmV3IGtleQ==".to_owned();
    world.inside().assigned.clear();
    let ran = project.run_with(&["check", "--json"], &environment);
    seen.push(("failures".to_owned(), ran.out.into_bytes()));
    seen.push(("log of failures".to_owned(), ran.err.into_bytes()));
    files(project.path(), &mut seen);
    assert!(seen.iter().any(|(name, _)| name.contains(".bursar")));
    let logged = seen.iter().map(|(_, bytes)| bytes.len()).max().unwrap();
    assert!(
        logged > 20_000,
        "the log is silent, so this test proves nothing"
    );

    let mut secrets = vec![world.inside().client_secret.clone(), signature.to_owned()];
    assert!(world.inside().issued.len() > 3);
    for token in &world.inside().issued {
        secrets.push(token.clone());
        // Its signature alone is not to be seen either.
        secrets.push(token.rsplit('.').next().unwrap().to_owned());
    }
    for (place, bytes) in &seen {
        let text = String::from_utf8_lossy(bytes);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in {place}");
        }
    }
}
