//! What the programs of others do as AWS does, as far as our tests lean on it, and that they go when
//! the test does.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::aws::billing::keys::root_key;
use crate::aws::client::Client;
use crate::aws::ministack::{ACCOUNT, Ministack};
use crate::aws::sigv4::Key;
use crate::aws::web::runtime;

#[test]
fn it_starts_and_forgets() {
    let ministack = Ministack::start();
    let root = Client::new(&ministack.url(), root_key(ACCOUNT));
    let fields = [("UserName", "ci")];
    let call = |action: &str| runtime().block_on(root.query("iam", action, &fields));
    call("CreateUser").ok();
    ministack.reset();
    assert_eq!(call("GetUser").code().as_deref(), Some("NoSuchEntity"));
}

#[test]
fn it_verifies_the_keys_that_iam_makes() {
    let ministack = Ministack::shared();
    let root = Client::new(&ministack.url(), root_key("123400000001"));
    let made = runtime().block_on(async {
        let fields = [("UserName", "someone")];
        root.query("iam", "CreateUser", &fields).await.ok();
        root.query("iam", "CreateAccessKey", &fields).await.ok()
    });
    let key = Key {
        id: made.element("AccessKeyId").unwrap(),
        secret: made.element("SecretAccessKey").unwrap(),
        token: None,
    };
    let who = |key: &Key| {
        let client = Client::new(&ministack.url(), key.clone());
        runtime().block_on(client.query("sts", "GetCallerIdentity", &[]))
    };
    assert_eq!(
        who(&key).element("Account").as_deref(),
        Some("123400000001")
    );
    let wrong = Key {
        secret: "wrong".to_owned(),
        ..key.clone()
    };
    assert_eq!(who(&wrong).code().as_deref(), Some("SignatureDoesNotMatch"));
    let unknown = Key {
        id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        ..key
    };
    assert_eq!(
        who(&unknown).code().as_deref(),
        Some("InvalidClientTokenId")
    );
}

#[test]
#[ignore = "the process that the next test kills"]
fn starts_one_and_waits() {
    let ministack = Ministack::start();
    println!("started {}", ministack.id());
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_killed_test_leaves_none_behind() {
    let mut test = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "ministack::starts_one_and_waits",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(test.stdout.take().unwrap()).lines();
    let id = lines.map_while(Result::ok).find_map(|line| {
        let (_, id) = line.split_once("started ")?;
        id.parse::<u32>().ok()
    });
    let id = id.unwrap().to_string();
    let alive = || {
        let status = Command::new("kill")
            .args(["-0", &id])
            .stderr(Stdio::null())
            .status();
        status.unwrap().success()
    };
    assert!(alive());
    test.kill().unwrap();
    test.wait().unwrap();
    let start = Instant::now();
    while alive() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it is still there"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
