//! Azurite: Microsoft's own imitation of blobs, as the judge of our signatures and of how we list and
//! read. Started once for a test process, and gone with it.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
