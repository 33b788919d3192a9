//! `bursar login partner`, with a raw HTTP client that plays the browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use url::Url;

use crate::csp::{API, Ran, TENANT, World};
use crate::stand::gate::{Fault, Rule};

/// A browser's request; status, the address it is sent on to, and the page.
fn get(address: &Url) -> (u16, Option<Url>, String) {
    let host = address.host_str().unwrap();
    let port = address.port().unwrap();
    let target = match address.query() {
        Some(query) => format!("{}?{query}", address.path()),
        None => address.path().to_owned(),
    };
    say(
        host,
        port,
        &format!("GET {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n"),
    )
}

fn say(host: &str, port: u16, request: &str) -> (u16, Option<Url>, String) {
    let mut stream = TcpStream::connect((host, port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let location = head
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    (
        status,
        location.map(|to| to.parse().unwrap()),
        body.to_owned(),
    )
}

/// A login that waits.
struct Waiting {
    child: Child,
    err: BufReader<ChildStderr>,
    said: String,
    /// Where the user consents.
    address: Url,
}

impl Waiting {
    fn begin(world: &World, args: &[&str]) -> Self {
        let all: Vec<&str> = ["login", "partner", "partner"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let mut child = world
            .command(&all)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(err.read_line(&mut line).unwrap() > 0, "no address: {said}");
            said += &line;
            if let Ok(address) = line.trim().parse::<Url>() {
                break address;
            }
        };
        Self {
            child,
            err,
            said,
            address,
        }
    }

    /// Consents as the world's user: where the browser is sent then.
    fn consent(&self) -> Url {
        let (status, location, page) = get(&self.address);
        assert_eq!(status, 302, "{page}");
        location.unwrap()
    }

    fn end(mut self) -> Ran {
        self.err.read_to_string(&mut self.said).unwrap();
        let mut out = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        Ran {
            code,
            out,
            err: self.said,
        }
    }
}

fn good_world() -> World {
    let world = World::good();
    std::fs::remove_file(world.path().join("partner.token")).unwrap();
    world
}

#[test]
fn a_browser_brings_the_token_home() {
    use std::os::unix::fs::PermissionsExt;
    let world = good_world();
    let waiting = Waiting::begin(&world, &["--no-browser"]);
    let (status, _, page) = get(&waiting.consent());
    assert_eq!(status, 200);
    assert!(page.contains("<h1>Signed in</h1>"), "{page}");
    let ran = waiting.end();
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!(ran.out, @r#"
    Signed in as admin@acme.example; the refresh token is stored (file partner.token)
    Next: bursar check credential/partner
    "#);
    let kept = world.kept();
    assert!(world.microsoft.state().refresh.contains_key(&kept));
    assert!(!ran.out.contains(&kept) && !ran.err.contains(&kept) && !page.contains(&kept));
    let file = world.path().join("partner.token");
    assert_eq!(
        std::fs::metadata(file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let wrong = world.microsoft.state().wrong.clone();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(world.check().bad(), [""; 0]);
}

#[test]
fn machines_read_how_it_went() {
    let world = good_world();
    world.microsoft.state().user.mfa = false;
    let waiting = Waiting::begin(&world, &["--no-browser", "--json"]);
    get(&waiting.consent());
    let ran = waiting.end();
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.json(),
        json!({
            "format_version": 1, "credential": "credential/partner", "client_id": API,
            "tenant": TENANT, "user": "admin@acme.example", "mfa": false,
            "stored": "file partner.token",
        })
    );
}

#[test]
fn what_does_not_belong_to_the_sign_in_is_turned_away_and_changes_nothing() {
    let world = good_world();
    let waiting = Waiting::begin(&world, &["--no-browser"]);
    let home = waiting.consent();
    let port = home.port().unwrap();
    let status =
        |path: &str| get(&Url::parse(&format!("http://localhost:{port}{path}")).unwrap()).0;
    assert_eq!(status("/favicon.ico"), 404);
    assert_eq!(status("/"), 400);
    assert_eq!(status("/?code=abc&state=guessed"), 400);
    assert_eq!(status("/?error=access_denied&state=guessed"), 400);
    let query = home.query().unwrap();
    let elsewhere = format!("/elsewhere?{query}");
    assert_eq!(status(&elsewhere), 404);
    let post =
        format!("POST /?{query} HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(say("localhost", port, &post).0, 405);
    // A name that somebody made to lead here.
    let rebound = format!("GET /?{query} HTTP/1.1\r\nhost: evil.example:{port}\r\n\r\n");
    assert_eq!(say("localhost", port, &rebound).0, 400);
    // Connections that say nothing keep nobody from coming.
    let idle: Vec<TcpStream> = (0..8)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect();
    assert_eq!(get(&home).0, 200);
    drop(idle);
    assert_eq!(waiting.end().code, 0);
    assert!(!world.kept().is_empty());
}

#[test]
fn the_first_of_many_wins_and_the_others_are_told() {
    let world = good_world();
    world
        .microsoft
        .gate
        .spoil(Rule::new(Fault::Slow(Duration::from_millis(600))).containing("POST /entra/"));
    let waiting = Waiting::begin(&world, &["--no-browser"]);
    let home = waiting.consent();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let many: Vec<_> = (0..6).map(|_| scope.spawn(|| get(&home).0)).collect();
        many.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let won = statuses.iter().filter(|status| **status == 200).count();
    let late = statuses.iter().filter(|status| **status == 409).count();
    assert_eq!((won, late), (1, 5), "{statuses:?}");
    assert_eq!(waiting.end().code, 0);
    let exchanged = world.microsoft.gate.count("POST /entra/");
    assert_eq!(exchanged, 1, "the code was spent once");
}

#[test]
fn a_no_of_the_user_or_of_entra_is_explained() {
    let mut all = String::new();
    for refuses in [
        (
            "access_denied",
            "AADSTS65004: User declined to consent. Trace ID: t-1",
        ),
        (
            "access_denied",
            "AADSTS50105: Not assigned to a role. Trace ID: t-1",
        ),
        ("server_error", ""),
    ] {
        let world = good_world();
        world.microsoft.state().user.refuses = Some(refuses);
        let waiting = Waiting::begin(&world, &["--no-browser"]);
        let (status, _, page) = get(&waiting.consent());
        assert_eq!(status, 200);
        assert!(page.contains("Not signed in"), "{page}");
        let ran = waiting.end();
        assert_eq!(ran.code, 1);
        let told = ran.err.find("error[").map_or("", |at| &ran.err[at..]);
        all += told;
        assert!(!world.path().join("partner.token").exists());
    }
    insta::assert_snapshot!(all, @r#"
    error[login.refused]: not signed in: the user declined to consent (AADSTS65004);
           Entra says: User declined to consent.
      help: sign in again and accept, or have an administrator grant consent
    error[login.refused]: not signed in: the user is not assigned to the application
           (AADSTS50105); Entra says: Not assigned to a role.
      help: assign the user in Entra: Enterprise applications, the application,
            Users and groups
    error[login.refused]: not signed in: Entra failed for now (server_error)
      help: ask again in some minutes
    "#);
}

#[test]
fn a_wrong_secret_is_found_at_the_exchange() {
    let world = good_world();
    world.app(API, |app| app.expired = true);
    let waiting = Waiting::begin(&world, &["--no-browser"]);
    get(&waiting.consent());
    let ran = waiting.end();
    assert_eq!(ran.code, 1);
    let told = ran.err.find("error[").map_or("", |at| &ran.err[at..]);
    insta::assert_snapshot!(told, @r#"
    error[login.refused]: Entra gives no token for the code: the application's
           secret has expired (AADSTS7000222)
      help: Entra says: The provided client secret keys are expired.
      help: make a new client secret in Entra (App registrations, the application,
            Certificates & secrets), and put its value where the reference points;
            the value is shown only once, and is not the secret's id
    "#);
}

#[test]
fn an_address_can_be_pasted_where_no_browser_reaches_the_machine() {
    for whole in [true, false] {
        let world = good_world();
        let mut waiting = Waiting::begin(&world, &["--paste"]);
        let home = waiting.consent();
        let code = home
            .query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1;
        let pasted = if whole {
            home.to_string()
        } else {
            code.into_owned()
        };
        let mut input = waiting.child.stdin.take().unwrap();
        writeln!(input, "{pasted}").unwrap();
        drop(input);
        let ran = waiting.end();
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.err.contains(&pasted) && !ran.out.contains(&pasted));
        assert!(!world.kept().is_empty());
    }
}

#[test]
fn what_is_pasted_wrongly_is_told_so() {
    for (pasted, says) in [
        ("", "nothing was pasted"),
        (
            "http://localhost/?code=abc&state=old",
            "not the one of this sign-in",
        ),
        ("0.made-up-code", "already redeemed"),
    ] {
        let world = good_world();
        let mut waiting = Waiting::begin(&world, &["--paste"]);
        let mut input = waiting.child.stdin.take().unwrap();
        writeln!(input, "{pasted}").unwrap();
        drop(input);
        let ran = waiting.end();
        assert_eq!(ran.code, 1);
        let told: Vec<&str> = ran.err.split_whitespace().collect();
        assert!(told.join(" ").contains(says), "{says}: {}", ran.err);
        assert!(!world.path().join("partner.token").exists());
    }
}

#[test]
fn a_code_of_another_sign_in_is_of_no_use() {
    // The challenge ties a code to the sign-in that asked for it, also where there is no state.
    let world = good_world();
    let first = Waiting::begin(&world, &["--paste"]);
    let home = first.consent();
    let code = home
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1;
    let mut second = Waiting::begin(&world, &["--paste"]);
    let mut input = second.child.stdin.take().unwrap();
    writeln!(input, "{code}").unwrap();
    drop(input);
    let ran = second.end();
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("AADSTS501481"), "{}", ran.err);
    let mut first = first;
    drop(first.child.stdin.take());
    assert_eq!(first.end().code, 1);
}

#[test]
fn nobody_waits_for_ever_and_ctrl_c_ends_it() {
    let world = good_world();
    let began = Instant::now();
    let ran = world.run(&[
        "login",
        "partner",
        "partner",
        "--no-browser",
        "--timeout",
        "1",
    ]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[login.timeout]"), "{}", ran.err);
    let waiting = Waiting::begin(&world, &["--no-browser"]);
    let id = waiting.child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(killed.unwrap().success());
    let ran = waiting.end();
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("stopped; nothing was stored"),
        "{}",
        ran.err
    );
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(!world.path().join("partner.token").exists());
}

#[test]
fn what_cannot_work_is_told_before_anybody_signs_in() {
    let world = good_world();
    let mut all = String::new();
    for name in ["center", "nobody"] {
        let ran = world.run(&["login", "partner", name, "--no-browser"]);
        assert_eq!(ran.code, 1);
        all += &ran.err;
    }
    world.edit(
        "refresh_token: {file: partner.token}",
        "refresh_token: {env: PA_TOKEN}",
    );
    let ran = world.run(&["login", "partner", "partner", "--no-browser"]);
    all += &ran.err;
    insta::assert_snapshot!(all, @r#"
    error[login.credential]: `center` is a `partner_center`, and only a
           `partner_api` has a refresh token
      help: give one of these: `partner`
    error[login.credential]: no credential `nobody` is declared
      help: give one of these: `partner`
    error[credential.not-writable]: environment variable PA_TOKEN cannot take a
           renewed secret: bursar can only read there
      help: refer to the refresh token by `file:`, or by `exec:` with a `write:`
            command beside it
    "#);
    assert!(world.microsoft.gate.came().is_empty());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let world = good_world();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = world.run(&[
        "login",
        "partner",
        "partner",
        "--no-browser",
        "--port",
        &port,
    ]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[login.port]"), "{}", ran.err);
}

#[test]
fn a_terminal_takes_a_long_address_and_shows_none_of_it() {
    let world = good_world();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/csp/terminal.py");
    let program = env!("CARGO_BIN_EXE_bursar");
    let bursar = world.command(&[]);
    let mut python = std::process::Command::new("python3");
    python.current_dir(world.path()).env_clear();
    for (name, value) in bursar.get_envs() {
        python.env(name, value.unwrap());
    }
    let output = python
        .args([script, program, "login", "partner", "partner", "--paste"])
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(shown.starts_with("0\n"), "{shown}\n{told}");
    assert!(shown.contains("Signed in as admin@acme.example"), "{shown}");
    assert!(
        !shown.contains("planted-code") && !shown.contains("xxxx"),
        "{shown}"
    );
    assert!(!world.kept().is_empty());
}
