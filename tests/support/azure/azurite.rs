//! Azurite: Microsoft's own imitation of blobs, as the judge of our signatures and of how we list and
//! read. Started once for a test process, and gone with it.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::Request;

use crate::stand::web::{runtime, send};
use crate::tools;

/// The version that is installed.
const VERSION: &str = "3.37.0";
/// The account and the key that Azurite always has; its page names both.
pub const ACCOUNT: &str = "devstoreaccount1";
pub const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

pub struct Azurite {
    child: Child,
    pub port: u16,
}

impl Azurite {
    /// Starts it and waits until it listens.
    ///
    /// # Panics
    /// If it does not.
    pub fn start() -> Self {
        let package = tools::npm("azurite", VERSION);
        let port = {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            listener.local_addr().unwrap().port()
        };
        let child = Command::new("node")
            .arg(Path::new(&package).join("dist/src/blob/main.js"))
            .args(["--inMemoryPersistence", "--silent", "--disableTelemetry"])
            .args([
                "--skipApiVersionCheck",
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
            ])
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut azurite = Self { child, port };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = azurite.child.try_wait().unwrap() {
                let mut text = String::new();
                let _ = azurite
                    .child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut text);
                panic!("Azurite ended ({status}): {text}");
            }
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "Azurite does not listen"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        azurite
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes a container, with the account's key by a request that is signed for the account.
    pub fn make_container(&self, container: &str) {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;
        use hmac::Mac;
        // An account signature: services, types, permissions.
        let expiry = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1))
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string();
        let text = format!("{ACCOUNT}\nrwdlac\nb\nsco\n\n{expiry}\n\nhttps,http\n2023-11-03\n\n");
        let key = STANDARD.decode(KEY).unwrap();
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(text.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("sv", "2023-11-03"),
                ("ss", "b"),
                ("srt", "sco"),
                ("sp", "rwdlac"),
                ("se", &expiry),
                ("spr", "https,http"),
                ("sig", &signature),
            ])
            .finish();
        let url = format!(
            "{}/{ACCOUNT}/{container}?restype=container&{query}",
            self.url()
        );
        put(&url, None, Vec::new());
    }
}

/// Puts a container or, with a kind, a blob.
///
/// # Panics
/// If that is refused.
pub fn put(url: &str, kind: Option<&str>, body: Vec<u8>) {
    let mut request = Request::builder()
        .method("PUT")
        .uri(url)
        .header("host", url.split('/').nth(2).unwrap())
        .header("x-ms-version", "2023-11-03")
        .header("content-length", body.len());
    if let Some(kind) = kind {
        request = request.header("x-ms-blob-type", kind);
    }
    let answer = runtime()
        .block_on(send(request.body(Bytes::from(body)).unwrap()))
        .unwrap();
    assert_eq!(answer.status(), 201, "{answer:?}");
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
