//! A client of a language server over stdio: framing, requests, and the notifications that come meanwhile.
//!
//! A test includes this file with `#[path = "support/lsp.rs"] mod lsp;`.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. Dropped, it is ended.
pub struct Server {
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    /// Notifications that nobody has asked for yet.
    waiting: VecDeque<Value>,
    configuration: Value,
    last_id: u64,
}

impl Server {
    /// Starts a server and introduces itself. `configuration` answers what the server asks for, by section.
    pub fn start(command: &mut Command, configuration: Value) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, messages) = mpsc::channel();
        std::thread::spawn(move || {
            let mut stdout = stdout;
            while let Ok(message) = receive(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut server = Self {
            child,
            stdin,
            messages,
            waiting: VecDeque::new(),
            configuration,
            last_id: 0,
        };
        let capabilities = json!({
            "workspace": {"configuration": true},
            "textDocument": {
                "publishDiagnostics": {},
                "completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["plaintext"]}},
                "hover": {"contentFormat": ["plaintext"]},
            },
        });
        let hello =
            json!({"processId": std::process::id(), "rootUri": null, "capabilities": capabilities});
        server.request("initialize", hello);
        server.notify("initialized", json!({}));
        server
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks, and waits for the answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.next(deadline, method);
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.waiting.push_back(message);
        }
    }

    /// Waits for a notification that fits.
    pub fn notification(&mut self, method: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let wanted = |message: &Value| message["method"] == method && fits(&message["params"]);
        if let Some(at) = self.waiting.iter().position(&wanted) {
            return self.waiting.remove(at).expect("found")["params"].clone();
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.next(deadline, method);
            if wanted(&message) {
                return message["params"].clone();
            }
            self.waiting.push_back(message);
        }
    }

    /// The next answer or notification; the server's own questions are answered here.
    fn next(&mut self, deadline: Instant, what: &str) -> Value {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let message = self
                .messages
                .recv_timeout(left)
                .unwrap_or_else(|error| panic!("no {what} from the language server: {error}"));
            if message.get("method").is_none() || message.get("id").is_none() {
                return message;
            }
            let result = match message["params"]["items"].as_array() {
                Some(items) if message["method"] == "workspace/configuration" => {
                    let section = |item: &Value| {
                        let name = item["section"].as_str().unwrap_or_default();
                        self.configuration.get(name).cloned().unwrap_or_default()
                    };
                    items.iter().map(section).collect()
                }
                _ => Value::Null,
            };
            self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
        }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{body}", body.len())
            .and_then(|()| self.stdin.flush())
            .unwrap_or_else(|error| panic!("the language server has gone: {error}"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn receive(from: &mut impl BufRead) -> io::Result<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let length: usize = length.ok_or(io::ErrorKind::InvalidData)?;
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}
