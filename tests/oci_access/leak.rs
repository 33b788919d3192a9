//! Secrets stay where they are: neither the key nor a signature made with it is told, stored or logged,
//! however much is logged.

use std::path::Path;

use crate::oci::world::{self, World};
use crate::project::Project;

fn files(folder: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.file_name().unwrap() != "oci.pem" {
            out.push((path.display().to_string(), std::fs::read(path).unwrap()));
        }
    }
}

#[test]
fn keys_passphrases_and_signatures_are_told_nowhere() {
    let world = World::good();
    let project = Project::of(&world);
    project.write("oci.pem", &world::encrypted_key());
    project.only_ours("oci.pem");
    let key = "private_key: {file: oci.pem}";
    project.edit(
        "bursar.yaml",
        key,
        &format!("{key}\n      passphrase: {{env: OCI_PASS}}"),
    );
    let environment = [("BURSAR_LOG", "trace"), ("OCI_PASS", world::PASSPHRASE)];
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
    files(project.path(), &mut seen);
    assert!(seen.iter().any(|(name, _)| name.contains(".bursar")));
    let logged = seen.iter().map(|(_, bytes)| bytes.len()).max().unwrap();
    assert!(
        logged > 10_000,
        "the log is silent, so this test proves nothing"
    );
    let mut secrets = vec![world::PASSPHRASE.to_owned()];
    for key in [world::private_key(), world::encrypted_key()] {
        secrets.extend(
            key.lines()
                .filter(|line| line.len() > 30)
                .map(str::to_owned),
        );
    }
    let signed = world.signed();
    assert!(signed.len() > 20);
    for one in signed {
        let signature = one.authorization.split("signature=\"").nth(1).unwrap();
        secrets.push(signature.split('"').next().unwrap().to_owned());
    }
    for (place, bytes) in &seen {
        let text = String::from_utf8_lossy(bytes);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in {place}");
        }
    }
}
