//! The program, as two runners and a laptop use it against one bucket.

use std::sync::LazyLock;

use crate::aws::ministack::{ACCOUNT, Ministack, ROOT_SECRET};
use crate::sandbox::{Platform, Said, Sandbox};
use crate::servers::make_bucket;

/// Files of a small estate whose state is in a bucket, below a prefix of its own.
fn files(prefix: &str) -> Vec<(String, String)> {
    let settings = format!(
        "version: 1\nproject: acme\nsources: [estate]\naccess: {{require: none}}\nstate: {{s3: {{bucket: {}, prefix: {prefix}, region: us-east-1}}}}\ncredentials:\n  ci: {{aws_default: {{}}}}\n",
        crate::servers::BUCKET
    );
    let estate = "organizations:\n  core: {provider: aws, id: o-abcdefghij, credentials: ci}\npayers:\n  '111122223333': {organization: core, name: Core}\naccounts:\n  '210987654321': {organization: core, name: Shop}\n  '210987654322': {organization: core, name: Shop two}\n";
    vec![
        ("bursar.yaml".to_owned(), settings),
        ("estate/all.yaml".to_owned(), estate.to_owned()),
    ]
}

/// A machine with a checkout of the project.
struct Machine(Sandbox);

impl Machine {
    fn new(platform: Platform, prefix: &str) -> Self {
        static MADE: LazyLock<()> =
            LazyLock::new(|| make_bucket(&Ministack::shared().url(), ACCOUNT));
        LazyLock::force(&MADE);
        let sandbox = Sandbox::new(platform);
        let files = files(prefix);
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        sandbox.write(&files);
        Self(sandbox)
    }

    fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, &[])
    }

    fn run_with(&self, args: &[&str], more: &[(&str, &str)]) -> Said {
        let url = Ministack::shared().url();
        let mut environment = vec![
            ("BURSAR_ENDPOINT_S3", url.as_str()),
            ("AWS_ACCESS_KEY_ID", ACCOUNT),
            ("AWS_SECRET_ACCESS_KEY", ROOT_SECRET),
        ];
        environment.extend(more);
        self.0.run_with(args, &environment)
    }

    fn edit(&self, from: &str, to: &str) {
        let path = self.0.project().join("estate/all.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    /// What `state show` says.
    fn shown(&self) -> serde_json::Value {
        self.run(&["state", "show", "--json"]).expect(0).json()
    }
}

const APPLY: &[&str] = &["apply", "--auto-approve", "--offline"];
const PLAN: &[&str] = &["plan", "--offline", "--detailed-exitcode"];

#[test]
fn what_one_machine_registers_the_other_sees() {
    let (one, other) = (
        Machine::new(Platform::Local, "two"),
        Machine::new(Platform::Local, "two"),
    );
    assert_eq!(one.shown()["serial"], 0);
    one.run(PLAN).expect(2);
    one.run(APPLY).expect(0);
    assert!(
        !one.0.state().exists(),
        "nothing is kept beside the project"
    );
    other.run(PLAN).expect(0);
    other.edit("name: Shop two", "name: Shop 2");
    other.run(PLAN).expect(2);
    other.run(APPLY).expect(0);
    one.run(PLAN).expect(2);
    let history = one.run(&["history", "account/aws/210987654322"]).expect(0);
    assert!(history.out.contains("Shop 2"), "{}", history.out);
    let shown = one.shown();
    assert_eq!(shown["serial"], 2);
    assert_eq!(shown["place"], "s3://acme-state/two");
    assert!(shown["lease"].is_null());
}

/// With a platform, and a lease that ends soon: the runner dies between what it announced and what it
/// committed.
#[test]
fn a_runner_that_dies_is_taken_up_by_the_next() {
    for (at, point) in [
        "shared.intents.uploaded:1",
        "shared.intents.announced:1",
        "group.written:1",
        "shared.commit.uploaded:1",
        "shared.commit.done:1",
        "group.written:2",
    ]
    .into_iter()
    .enumerate()
    {
        let prefix = format!("dies-{at}");
        let machine = Machine::new(Platform::TestDir, &prefix);
        let soon = ("BURSAR_TESTKIT_LEASE_MS", "1500");
        let apply = ["apply", "--auto-approve"];
        machine
            .run_with(&apply, &[soon, ("BURSAR_TESTKIT_KILL", point)])
            .expect_killed();
        assert!(!machine.shown()["lease"].is_null(), "{point}");
        let next = machine.run_with(&apply, &[soon]).expect(0);
        assert!(
            next.told().contains("to see whether it is still at work"),
            "{}",
            next.err
        );
        let registered = machine.0.registrations();
        assert_eq!(registered.len(), 5, "{point}: {registered:?}");
        for (address, one) in registered {
            assert_eq!(one.writes, 1, "{point}: {address} was written twice");
        }
        let shown = machine.shown();
        assert_eq!(shown["open_intents"], 0, "{point}");
        assert_eq!(shown["records"], 5, "{point}");
        machine.run(&["plan", "--detailed-exitcode"]).expect(0);
    }
}

#[test]
fn a_held_state_says_who_and_can_be_unlocked_by_its_lease() {
    let machine = Machine::new(Platform::TestDir, "held");
    let apply = ["apply", "--auto-approve"];
    machine
        .run_with(&apply, &[("BURSAR_TESTKIT_KILL", "group.written:1")])
        .expect_killed();
    let refused = machine.run(&apply).expect(4);
    let lease = machine.shown()["lease"]["id"].as_str().unwrap().to_owned();
    for word in [
        "tester@",
        "`apply`",
        "since",
        "until",
        &lease,
        "state.locked",
    ] {
        assert!(refused.told().contains(word), "{word}: {}", refused.err);
    }
    // Reading goes on.
    machine.run(&["plan"]).expect(0);
    let other = machine.run(&["state", "unlock", "f00"]).expect(1);
    assert!(other.told().contains("state.other-lease"), "{}", other.err);
    let ended = machine.run(&["state", "unlock", &lease]).expect(0);
    assert!(ended.out.contains("tester@"), "{}", ended.out);
    machine.run(&apply).expect(0);
    assert_eq!(machine.0.registrations().len(), 5);
}

#[test]
fn a_state_is_taken_to_the_bucket_and_back() {
    let machine = Machine::new(Platform::Local, "moved");
    let settings = machine.0.project().join("bursar.yaml");
    let shared = std::fs::read_to_string(&settings).unwrap();
    let embedded: String = shared
        .lines()
        .filter(|line| !line.starts_with("state:"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&settings, &embedded).unwrap();
    machine.run(APPLY).expect(0);
    machine.run(&["state", "migrate", "shared"]).expect(1);
    std::fs::write(&settings, &shared).unwrap();
    let moved = machine.run(&["state", "migrate", "shared"]).expect(0);
    assert!(moved.out.contains("s3://acme-state/moved"), "{}", moved.out);
    machine.run(PLAN).expect(0);
    machine.edit("name: Shop two", "name: Shop 2");
    machine.run(APPLY).expect(0);
    // Who still points to the folder is told where the state is.
    std::fs::write(&settings, &embedded).unwrap();
    let stale = machine.run(PLAN).expect(1);
    assert!(stale.told().contains("state.moved"), "{}", stale.err);
    std::fs::write(&settings, &shared).unwrap();
    machine.run(&["state", "migrate", "embedded"]).expect(0);
    let stale = machine.run(PLAN).expect(1);
    assert!(stale.told().contains("state.moved"), "{}", stale.err);
    std::fs::write(&settings, &embedded).unwrap();
    machine.run(PLAN).expect(0);
    let history = machine
        .run(&["history", "account/aws/210987654322"])
        .expect(0);
    assert!(history.out.contains("Shop 2"), "{}", history.out);
}

#[test]
fn a_backup_goes_from_one_bucket_to_another() {
    let machine = Machine::new(Platform::Local, "backup");
    machine.run(APPLY).expect(0);
    let file = machine.0.folder().join("backup");
    let file = file.to_str().unwrap();
    machine.run(&["state", "pull", file]).expect(0);
    let other = Machine::new(Platform::Local, "restored");
    other.run(&["state", "push", file]).expect(0);
    other.run(PLAN).expect(0);
    other.run(&["state", "rebuild"]).expect(0);
    other.run(PLAN).expect(0);
}

#[test]
fn what_goes_wrong_has_a_name() {
    let machine = Machine::new(Platform::Local, "wrong");
    let code = |environment: &[(&str, &str)], wanted: &str| {
        let said = machine.run_with(PLAN, environment).expect(1);
        assert!(said.told().contains(wanted), "{wanted}: {}", said.err);
        assert!(
            !said.err.contains(ROOT_SECRET) || ROOT_SECRET == "test",
            "{}",
            said.err
        );
        said
    };
    code(
        &[("BURSAR_ENDPOINT_S3", "http://127.0.0.1:1")],
        "state.unreachable",
    );
    let plain = code(
        &[("BURSAR_ENDPOINT_S3", "http://storage.acme.example")],
        "state.remote",
    );
    assert!(
        plain.told().contains("readable to all between"),
        "{}",
        plain.err
    );
    code(
        &[
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wrong"),
        ],
        "state.denied",
    );
    code(
        &[("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")],
        "state.no-credentials",
    );
    let settings = machine.0.project().join("bursar.yaml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(
        &settings,
        text.replace("bucket: acme-state", "bucket: acme-stat"),
    )
    .unwrap();
    code(&[], "state.no-bucket");
    // A section that is wrong is no embedded state.
    std::fs::write(
        &settings,
        text.replace("region: us-east-1", "regino: us-east-1"),
    )
    .unwrap();
    for command in [PLAN, &["state", "show"], &["history"], &["accounts"]] {
        let said = machine.run(command).expect(1);
        assert!(
            said.told().contains("regino"),
            "{command:?}: {}{}",
            said.out,
            said.err
        );
    }
    // Another project's state.
    let other = Machine::new(Platform::Local, "wrong");
    other.run(APPLY).expect(0);
    std::fs::write(&settings, text.replace("project: acme", "project: globex")).unwrap();
    code(&[], "state.foreign");
}
