//! Waits on localhost for the browser to come back from a sign-in (RFC 8252, 7.3), and answers it with
//! a short page. Only the first answer that belongs to the sign-in counts; everything else is turned
//! away and changes nothing.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::provider::partner_login::{Brought, SignIn};

/// No browser's head is longer.
const LONGEST: usize = 32 * 1024;
/// A browser sends its request at once.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections that are answered at a time.
const AT_ONCE: usize = 32;

/// A page for the person at the browser.
pub struct Page {
    status: &'static str,
    title: &'static str,
    text: String,
}

impl Page {
    pub fn good(stored: &str) -> Self {
        let text = format!("The refresh token is stored ({stored}). You can close this window.");
        Self::new("200 OK", "Signed in", text)
    }

    pub fn bad(why: &str) -> Self {
        let text = format!("{why}. The terminal says what to do.");
        Self::new("200 OK", "Not signed in", text)
    }

    fn new(status: &'static str, title: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            title,
            text: text.into(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let body = format!(
            "<!doctype html><meta charset=utf-8><title>bursar: {title}</title><h1>{title}</h1><p>{}</p>\n",
            escaped(&self.text),
            title = self.title,
        );
        // The address holds the code: nothing may be fetched from here or told on.
        format!(
            "HTTP/1.1 {}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             cache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
             content-security-policy: default-src 'none'\r\nconnection: close\r\n\r\n{body}",
            self.status,
            body.len(),
        )
        .into_bytes()
    }
}

fn escaped(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => clean += "&lt;",
            '>' => clean += "&gt;",
            '&' => clean += "&amp;",
            '"' => clean += "&quot;",
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// The browser that waits for its page.
pub struct Answer {
    page: oneshot::Sender<Page>,
    sent: oneshot::Receiver<()>,
}

impl Answer {
    /// Gives the page, and waits a moment until it is on its way.
    pub async fn give(self, page: Page) {
        if self.page.send(page).is_ok() {
            let _ = timeout(Duration::from_secs(2), self.sent).await;
        }
    }
}

/// A request that came, and the way to answer it.
struct Came {
    target: String,
    page: oneshot::Sender<Page>,
    sent: oneshot::Receiver<()>,
}

/// Listens on localhost.
pub struct Loopback {
    port: u16,
    came: tokio::sync::Mutex<mpsc::Receiver<Came>>,
    /// Answers until this is dropped.
    _tasks: JoinSet<()>,
}

impl Loopback {
    /// On a port, or on a free one; on both protocols, as `localhost` may mean either.
    ///
    /// # Errors
    /// Where the port is taken.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = four.local_addr()?.port();
        // Without IPv6 nobody comes that way.
        let six = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        let (sender, receiver) = mpsc::channel(AT_ONCE);
        let mut tasks = JoinSet::new();
        for listener in std::iter::once(four).chain(six) {
            tasks.spawn(listen(listener, port, sender.clone()));
        }
        Ok(Self {
            port,
            came: tokio::sync::Mutex::new(receiver),
            _tasks: tasks,
        })
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What the browser brings for this sign-in. Requests that do not belong to it are turned away.
    pub async fn arrival(&self, sign_in: &SignIn) -> Option<(Brought, Answer)> {
        let mut came = self.came.lock().await;
        loop {
            let one = came.recv().await?;
            let query = one.target.split_once('?').map_or("", |(_, query)| query);
            match sign_in.brought(query) {
                Brought::Foreign(why) => {
                    let text = format!("This address is not one of the sign-in that waits: {why}.");
                    let page = Page::new("400 Bad Request", "Not this sign-in", text);
                    let _ = one.page.send(page);
                }
                brought => {
                    // Whoever comes now is too late, and so is who came just behind it.
                    came.close();
                    while came.try_recv().is_ok() {}
                    let answer = Answer {
                        page: one.page,
                        sent: one.sent,
                    };
                    return Some((brought, answer));
                }
            }
        }
    }
}

async fn listen(listener: TcpListener, port: u16, sender: mpsc::Sender<Came>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < AT_ONCE => {
                    connections.spawn(serve(stream, port, sender.clone()));
                }
                Ok(_) => {}
                // Out of descriptors, for example: others may be closed soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(mut stream: TcpStream, port: u16, sender: mpsc::Sender<Came>) {
    let head = timeout(PATIENCE, head(&mut stream)).await;
    let Ok(Ok(Some(head))) = head else {
        return;
    };
    let target = match target(&head, port) {
        Ok(target) => target,
        Err(page) => return send(&mut stream, &page).await,
    };
    let (page, given) = oneshot::channel();
    let (done, sent) = oneshot::channel();
    let came = Came {
        target: target.to_owned(),
        page,
        sent,
    };
    let late = || {
        Page::new(
            "409 Conflict",
            "Too late",
            "The sign-in was answered already.",
        )
    };
    let page = match sender.send(came).await {
        Ok(()) => given.await.unwrap_or_else(|_| late()),
        Err(_) => late(),
    };
    send(&mut stream, &page).await;
    let _ = done.send(());
}

/// The head of a request; none where there is none of a bearable length.
async fn head(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut piece).await?;
        if read == 0 || bytes.len() > LONGEST {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..read]);
    }
    Ok(String::from_utf8(bytes).ok())
}

/// The target of a request that may be the browser's; else the page for it.
fn target(head: &str, port: u16) -> Result<&str, Page> {
    let bad = || {
        Page::new(
            "400 Bad Request",
            "Not understood",
            "This is no request of a browser.",
        )
    };
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next())
    else {
        return Err(bad());
    };
    if !version.starts_with("HTTP/1.") {
        return Err(bad());
    }
    // A page elsewhere whose name was made to lead here does not know that.
    let host = lines.filter_map(|line| line.split_once(':'));
    let mut host = host.filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = host.next().map_or("", |(_, value)| value.trim());
    let here = ["localhost", "127.0.0.1", "[::1]"];
    if !here.iter().any(|name| host == format!("{name}:{port}")) {
        return Err(bad());
    }
    if method != "GET" {
        let text = "Only a browser that was sent here is answered.";
        return Err(Page::new("405 Method Not Allowed", "Not allowed", text));
    }
    if target.split('?').next() != Some("/") {
        return Err(Page::new(
            "404 Not Found",
            "Not here",
            "There is nothing here.",
        ));
    }
    Ok(target)
}

async fn send(stream: &mut TcpStream, page: &Page) {
    // A browser that is gone needs no page.
    let _ = timeout(PATIENCE, async {
        stream.write_all(&page.bytes()).await?;
        stream.shutdown().await
    })
    .await;
}
