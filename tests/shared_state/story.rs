//! The program, as two runners and a laptop use it against one bucket.

use std::sync::LazyLock;

use crate::aws::ministack::{ACCOUNT, Ministack, ROOT_SECRET};
use crate::azurite;
use crate::sandbox::{Platform, Said, Sandbox};
use crate::servers::{BUCKET, azurite_url, gcs_url, make_bucket};

const ESTATE: &str = "organizations:
  core: {provider: aws, id: o-abcdefghij, credentials: ci}
payers:
  '111122223333': {organization: core, name: Core}
accounts:
  '210987654321': {organization: core, name: Shop}
  '210987654322': {organization: core, name: Shop two}
";

/// A machine with a checkout of the project, and an environment in which it reaches the state.
struct Machine {
    sandbox: Sandbox,
    environment: Vec<(&'static str, String)>,
}

impl Machine {
    /// The state is in S3, below a prefix of its own.
    fn new(platform: Platform, prefix: &str) -> Self {
        static MADE: LazyLock<()> =
            LazyLock::new(|| make_bucket(&Ministack::shared().url(), ACCOUNT));
        LazyLock::force(&MADE);
        Self::at(
            platform,
            &format!("{{s3: {{bucket: {BUCKET}, prefix: {prefix}, region: us-east-1}}}}"),
            vec![
                ("BURSAR_ENDPOINT_S3", Ministack::shared().url()),
                ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
                ("AWS_SECRET_ACCESS_KEY", ROOT_SECRET.to_owned()),
            ],
        )
    }

    fn at(platform: Platform, state: &str, environment: Vec<(&'static str, String)>) -> Self {
        let settings = format!(
            "version: 1\nproject: acme\nsources: [estate]\naccess: {{require: none}}\nstate: {state}\ncredentials:\n  ci: {{aws_default: {{}}}}\n"
        );
        let files = [
            ("bursar.yaml", settings.as_str()),
            ("estate/all.yaml", ESTATE),
        ];
        Self {
            sandbox: Sandbox::with(platform, &files),
            environment,
        }
    }

    fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, &[])
    }

    fn run_with(&self, args: &[&str], more: &[(&str, &str)]) -> Said {
        let own = self.environment.iter();
        let mut environment: Vec<(&str, &str)> =
            own.map(|(name, value)| (*name, value.as_str())).collect();
        environment.extend(more);
        self.sandbox.run_with(args, &environment)
    }

    fn edit(&self, from: &str, to: &str) {
        let path = self.sandbox.project().join("estate/all.yaml");
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
        !one.sandbox.state().exists(),
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

fn are_two_machines_of_one_state(make: impl Fn() -> Machine, place: &str) {
    let (one, other) = (make(), make());
    one.run(APPLY).expect(0);
    other.run(PLAN).expect(0);
    other.edit("name: Shop two", "name: Shop 2");
    other.run(APPLY).expect(0);
    one.run(PLAN).expect(2);
    assert_eq!(one.shown()["place"], place);
    assert_eq!(one.shown()["serial"], 2);
}

#[test]
fn the_same_on_azure_blob() {
    let make = || {
        Machine::at(
            Platform::Local,
            &format!(
                "{{azure_blob: {{account: {}, container: {BUCKET}}}}}",
                azurite::ACCOUNT
            ),
            vec![
                ("BURSAR_ENDPOINT_AZURE_BLOB", azurite_url()),
                ("AZURE_STORAGE_ACCOUNT_KEY", azurite::KEY.to_owned()),
            ],
        )
    };
    are_two_machines_of_one_state(make, "azure://devstoreaccount1/acme-state/bursar");
}

#[test]
fn the_same_on_google_cloud_storage() {
    let make = || {
        Machine::at(
            Platform::Local,
            &format!("{{gcs: {{bucket: {BUCKET}, prefix: team/state}}}}"),
            vec![("BURSAR_ENDPOINT_GCS", gcs_url())],
        )
    };
    are_two_machines_of_one_state(make, "gs://acme-state/team/state");
}

/// A run that waits at a point until it is let go.
struct Paused {
    child: std::process::Child,
    file: std::path::PathBuf,
}

impl Machine {
    fn pause(&self, args: &[&str], point: &str, more: &[(&str, &str)]) -> Paused {
        let file = self.sandbox.folder().join("paused");
        let mut command = self.sandbox.bursar(args);
        let own = self.environment.iter();
        let child = command
            .envs(own.map(|(name, value)| (*name, value.as_str())))
            .envs(more.iter().copied())
            .env(
                "BURSAR_TESTKIT_PAUSE",
                format!("{point}={}", file.display()),
            )
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut paused = Paused { child, file };
        let began = std::time::Instant::now();
        while !paused.file.exists() {
            assert!(
                paused.child.try_wait().unwrap().is_none(),
                "{point} was not reached"
            );
            assert!(began.elapsed() < std::time::Duration::from_secs(120));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        paused
    }

    /// Takes the lease from whoever holds it, and dies with it at this point.
    fn inherit(&self, point: &str) {
        let lease = self.shown()["lease"]["id"].as_str().unwrap().to_owned();
        self.run(&["state", "unlock", &lease]).expect(0);
        let heir = [("USER", "heir"), ("BURSAR_TESTKIT_KILL", point)];
        self.run_with(&["apply", "--auto-approve"], &heir)
            .expect_killed();
    }
}

impl Paused {
    /// Lets it go on, and waits until it ended.
    fn go_on(self) -> Said {
        std::fs::remove_file(&self.file).unwrap();
        self.child.wait_with_output().unwrap().into()
    }
}

#[test]
fn whoever_lost_the_lease_writes_nothing_to_a_platform() {
    let machine = Machine::new(Platform::TestDir, "lost");
    let soon = ("BURSAR_TESTKIT_LEASE_MS", "2000");
    let apply = ["apply", "--auto-approve"];
    let paused = machine.pause(&apply, "shared.intents.announced:1", &[soon]);
    machine.inherit("shared.intents.before:1");
    let lost = paused.go_on().expect(4);
    for word in ["state.lease-lost", "heir@", "has it now"] {
        assert!(lost.told().contains(word), "{word}: {}", lost.err);
    }
    let registered = machine.sandbox.registrations();
    assert!(registered.is_empty(), "{registered:?}");
}

#[test]
fn whoever_lost_the_lease_writes_no_document() {
    let machine = Machine::new(Platform::Onicloud, "lost-document");
    let settings = machine.sandbox.project().join("bursar.yaml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let platform = "platform: {onicloud: {workbook: finance.xlsx}}\n";
    std::fs::write(&settings, format!("{text}{platform}")).unwrap();
    let apply = ["apply", "--auto-approve"];
    let soon = ("BURSAR_TESTKIT_LEASE_MS", "2000");
    let document = machine.sandbox.project().join("onicloud/checklist.md");
    machine.run(&apply).expect(0);
    let before = std::fs::read(&document).unwrap();
    machine.edit("name: Shop two", "name: Shop 2");
    let paused = machine.pause(&apply, "apply.finish:1", &[soon]);
    // Nothing is left to do but the document, and the heir dies before that.
    machine.inherit("apply.settled:1");
    let lost = paused.go_on().expect(4);
    for word in ["state.lease-lost", "heir@"] {
        assert!(lost.told().contains(word), "{word}: {}", lost.err);
    }
    assert_eq!(std::fs::read(&document).unwrap(), before);
    std::thread::sleep(std::time::Duration::from_secs(1));
    let lease = machine.shown()["lease"]["id"].as_str().unwrap().to_owned();
    machine.run(&["state", "unlock", &lease]).expect(0);
    machine.run(&apply).expect(0);
    assert_ne!(std::fs::read(&document).unwrap(), before);
}

/// Addresses that stored findings are about.
fn found(prefix: &str) -> std::collections::BTreeSet<String> {
    let place = bursar::state::Place {
        name: format!("s3://{BUCKET}/{prefix}"),
        objects: crate::servers::s3(&Ministack::shared().url(), ACCOUNT, ROOT_SECRET),
        prefix: prefix.into(),
        wall: jiff::Timestamp::now,
    };
    let binding = bursar::state::Binding {
        project: Some("acme".to_owned()),
        platform: "local".to_owned(),
    };
    let store = bursar::state::SharedStore::new(place, binding, std::sync::Arc::new(|_| ()));
    let findings = bursar::state::StateReader::findings(&store).unwrap();
    let address = |name: &String| name.split_once(' ').unwrap().0.to_owned();
    findings.keys().map(address).collect()
}

#[test]
fn two_checks_at_once_keep_each_others_answers() {
    let machine = Machine::new(Platform::Local, "checks");
    machine.run(APPLY).expect(0);
    let first = ["check", "payer/aws/111122223333"];
    let paused = machine.pause(&first, "check.asked:1", &[]);
    machine
        .run(&["check", "account/aws/210987654321"])
        .expect(1);
    paused.go_on().expect(1);
    let found = found("checks");
    for address in ["payer/aws/111122223333", "account/aws/210987654321"] {
        assert!(found.contains(address), "{address}: {found:?}");
    }
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
        // Until its end the lease may still be somebody's.
        machine.run_with(&apply, &[soon]).expect(4);
        std::thread::sleep(std::time::Duration::from_millis(1600));
        let next = machine.run_with(&apply, &[soon]).expect(0);
        assert!(
            next.told().contains("to see whether it is still at work"),
            "{}",
            next.err
        );
        let registered = machine.sandbox.registrations();
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
    assert_eq!(machine.sandbox.registrations().len(), 5);
}

#[test]
fn a_state_is_taken_to_the_bucket_and_back() {
    let machine = Machine::new(Platform::Local, "moved");
    let settings = machine.sandbox.project().join("bursar.yaml");
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
    let file = machine.sandbox.folder().join("backup");
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
    let settings = machine.sandbox.project().join("bursar.yaml");
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
