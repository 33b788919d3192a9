//! Stories of the client with a server that misbehaves in every way that counts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::{Anonymous, Authorize, Call, Dialect, Http, Problem, Reply, Request};
use crate::http::Patience;
use crate::provider::trouble::{Kind, Trouble, Voice};

struct Acme;

static ACME: Acme = Acme;

impl Voice for Acme {
    fn name(&self) -> &'static str {
        "Acme"
    }
    fn endpoint(&self) -> &'static str {
        "BURSAR_ENDPOINT_ACME"
    }
    fn status_page(&self) -> &'static str {
        "https://status.example"
    }
}

impl Dialect for Acme {
    fn voice(&self) -> &'static dyn Voice {
        &ACME
    }
    fn problem(&self, reply: &Reply) -> Option<Problem> {
        let body: serde_json::Value = reply.json().ok()?;
        let code = body["code"].as_str()?.to_owned();
        Some(Problem::of_status(reply.status, Some(code), "no"))
    }
    fn request_ids(&self) -> &'static [&'static str] {
        &["x-request-id"]
    }
}

const LIST: Call = Call {
    name: "Acme:List",
    action: "acme.list",
};

/// A server that gives each connection the next of these answers, bytes as they are; the last one
/// for ever. An empty one closes the connection, `hang` never answers.
struct Server {
    url: Url,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn saying(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://{}/list?sig=planted-signature",
            listener.local_addr().unwrap()
        );
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let next = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let at = next.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
                tokio::spawn(answer(stream, answers[at], Arc::clone(&kept)));
            }
        });
        Self {
            url: url.parse().unwrap(),
            seen,
        }
    }

    fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, answer: &'static str, seen: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&piece[..read]),
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    seen.lock().unwrap().push(text);
    if answer == "hang" {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    let _ = stream.write_all(answer.as_bytes()).await;
}

const GOOD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\ndate: Sat, 21 Nov 2026 12:00:00 GMT\r\n\r\n{\"a\":1}";
const BUSY: &str = "HTTP/1.1 429 Too Many\r\nretry-after: 0\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{\"code\":\"Busy\"}";
const LATER: &str = "HTTP/1.1 429 Too Many\r\nretry-after: 600\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{\"code\":\"Busy\"}";
const ILL: &str =
    "HTTP/1.1 503 Ill\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const NO: &str = "HTTP/1.1 403 No\r\nx-request-id: r-1\r\ncontent-length: 13\r\nconnection: close\r\n\r\n{\"code\":\"No\"}";
const PROXY: &str = "HTTP/1.1 404 Nope\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>";
const AWAY: &str = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const CUT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 700\r\nconnection: close\r\n\r\n{\"a\":1}";

fn client() -> Http {
    let patience = Patience {
        tries: 3,
        total: Duration::from_secs(6),
        one: Duration::from_millis(500),
    };
    Http::patient(&ACME, 2, patience)
}

async fn ask(answers: &'static [&'static str]) -> (Result<Reply, Trouble>, usize) {
    let server = Server::saying(answers).await;
    let http = client();
    let outcome = http
        .send(&LIST, Request::get(server.url.clone()), &Anonymous)
        .await;
    let requests = server.requests().len();
    assert_eq!(http.traffic().counts()["Acme:List"], requests as u64);
    (outcome, requests)
}

async fn kind(answers: &'static [&'static str]) -> (Kind, usize) {
    let (outcome, requests) = ask(answers).await;
    let trouble = outcome.err().unwrap();
    assert!(!format!("{trouble:?}").contains("planted-signature"));
    (trouble.kind, requests)
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for bad in [BUSY, ILL, "", CUT] {
        let answers: &'static [&'static str] = Box::leak(Box::new([bad, GOOD]));
        let (outcome, requests) = ask(answers).await;
        assert_eq!((outcome.unwrap().status, requests), (200, 2), "{bad}");
    }
}

#[tokio::test]
async fn what_lasts_ends_after_the_tries() {
    assert_eq!(kind(&[BUSY]).await, (Kind::Throttled, 3));
    assert_eq!(kind(&[ILL]).await, (Kind::Server, 3));
    assert_eq!(kind(&[""]).await, (Kind::Network, 3));
    assert_eq!(kind(&["hang"]).await, (Kind::Timeout, 3));
}

#[tokio::test]
async fn nobody_waits_longer_than_there_is_time() {
    assert_eq!(kind(&[LATER]).await, (Kind::Throttled, 1));
}

#[tokio::test]
async fn what_lasts_for_good_is_asked_once() {
    let (outcome, requests) = ask(&[NO]).await;
    let trouble = outcome.err().unwrap();
    assert_eq!((trouble.kind, requests), (Kind::Denied, 1));
    assert_eq!(trouble.code.as_deref(), Some("No"));
    assert_eq!(trouble.request_id.as_deref(), Some("r-1"));
    // Not in the provider's form: somebody else answers in its place.
    assert_eq!(kind(&[PROXY]).await, (Kind::Malformed, 1));
    // A redirect could carry a token away.
    assert_eq!(kind(&[AWAY]).await, (Kind::Malformed, 1));
}

#[tokio::test]
async fn a_request_that_means_something_else_twice_is_sent_once() {
    let server = Server::saying(&["", GOOD]).await;
    let request = Request::get(server.url.clone()).once();
    let outcome = client().send(&LIST, request, &Anonymous).await;
    assert_eq!(outcome.err().unwrap().kind, Kind::Network);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn every_try_is_signed_anew() {
    struct Numbered(AtomicUsize);
    #[async_trait]
    impl Authorize for Numbered {
        async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            request.headers.insert("x-try", number.into());
            Ok(())
        }
    }
    let server = Server::saying(&[ILL, GOOD]).await;
    let numbered = Numbered(AtomicUsize::new(0));
    let request = Request::get(server.url.clone());
    client().send(&LIST, request, &numbered).await.ok().unwrap();
    let tries = server.requests();
    assert!(tries[0].contains("x-try: 0") && tries[1].contains("x-try: 1"));
}

#[tokio::test]
async fn answers_are_bounded() {
    let server = Server::saying(&[GOOD]).await;
    let large = Request::get(server.url.clone()).at_most(3);
    let trouble = client().send(&LIST, large, &Anonymous).await.err().unwrap();
    assert_eq!(trouble.kind, Kind::Malformed);
    let first = Request::get(server.url.clone()).start(1);
    let reply = client().send(&LIST, first, &Anonymous).await.ok().unwrap();
    assert_eq!(reply.body, b"{");
    assert_eq!(reply.date(), Some("2026-11-21T12:00:00Z".parse().unwrap()));
}

#[tokio::test]
async fn nothing_is_asked_over_plain_http_elsewhere() {
    let request = Request::get("http://management.example/x".parse().unwrap());
    let http = client();
    let trouble = http.send(&LIST, request, &Anonymous).await.err().unwrap();
    assert_eq!(trouble.kind, Kind::Refused);
    assert!(http.traffic().counts().is_empty());
}

#[tokio::test]
async fn a_refusal_is_read_whole_however_little_is_wanted() {
    let server = Server::saying(&[NO]).await;
    let first = Request::get(server.url.clone()).start(1);
    let trouble = client().send(&LIST, first, &Anonymous).await.err().unwrap();
    assert_eq!(trouble.code.as_deref(), Some("No"));
}
