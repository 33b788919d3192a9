//! Web servers and a client inside the test's own process: whole requests in, whole answers out.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::extract::connect_info::Connected;
use axum::http::{Request, Response, StatusCode, header};
use axum::serve::{IncomingStream, Listener};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// More than any request or answer here has.
const LARGEST: usize = 64 << 20;

pub type Asked = Request<Bytes>;
pub type Said = Response<Bytes>;

/// What all stand-ins of this process run in.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("stand-in")
            .enable_all()
            .build()
            .unwrap()
    });
    &RUNTIME
}

/// A server on a port of this machine, until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers every request with `answer`. The request's extensions hold its [`Wire`].
    pub fn start<F>(answer: impl Fn(Asked) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Said> + Send + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let inside = runtime().enter();
        let listener = TcpListener::from_std(listener).unwrap();
        drop(inside);
        let service = Router::new().fallback(
            async move |ConnectInfo(wire): ConnectInfo<Wire>, request: Request<Body>| {
                let (mut parts, body) = request.into_parts();
                parts.extensions.insert(wire);
                match to_bytes(body, LARGEST).await {
                    Ok(body) => answer(Request::from_parts(parts, body))
                        .await
                        .map(Body::from),
                    Err(error) => said(400, "text/plain", error.to_string()).map(Body::from),
                }
            },
        );
        let service = service.into_make_service_with_connect_info::<Wire>();
        let task = runtime().spawn(async move {
            let _ = axum::serve(Wired(listener), service).await;
        });
        Self { address, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer of this kind.
pub fn said(status: u16, content_type: &str, body: impl Into<Bytes>) -> Said {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header(header::CONTENT_TYPE, content_type)
        .body(body.into())
        .unwrap()
}

/// Sends a request as it is, with its Host header and every byte of its target.
///
/// # Errors
/// What the connection failed with.
pub async fn send(request: Asked) -> Result<Said, String> {
    static CLIENT: LazyLock<Client<HttpConnector, Body>> = LazyLock::new(|| {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Client::builder(TokioExecutor::new()).build(connector)
    });
    let answer = CLIENT.request(request.map(Body::from)).await;
    let (parts, body) = answer.map_err(|error| format!("{error:?}"))?.into_parts();
    let body = to_bytes(Body::new(body), LARGEST).await;
    let body = body.map_err(|error| error.to_string())?;
    Ok(Response::from_parts(parts, body))
}

/// A handle on the connection that a request came by.
#[derive(Clone)]
pub struct Wire(Arc<AtomicBool>);

impl Wire {
    /// Resets the connection instead of sending the answer.
    pub fn reset(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Wired>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Wired>) -> Self {
        stream.io().wire.clone()
    }
}

/// A listener whose connections can be reset.
struct Wired(TcpListener);

impl Listener for Wired {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let _ = stream.set_nodelay(true);
        let wire = Wire(Arc::default());
        (Connection { stream, wire }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

struct Connection {
    stream: TcpStream,
    wire: Wire,
}

impl Connection {
    /// An error where the connection is to be reset: dropping it then sends RST.
    fn alive(&self) -> io::Result<()> {
        if self.wire.0.load(Ordering::SeqCst) {
            let _ = self.stream.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.alive()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
