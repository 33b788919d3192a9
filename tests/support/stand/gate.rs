//! A gate: every request to a stand-in passes it. It keeps what came, takes its time, and spoils by
//! rule: what a network, a proxy or a tired cloud does to a request.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::web::{Asked, Said, Wire, said};

/// What is done to an answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Another answer instead: its status, headers and body.
    Instead(u16, Vec<(&'static str, String)>, String),
    /// The connection is reset.
    Reset,
    /// The right answer, later.
    Slow(Duration),
    /// Half of the right answer's body.
    Truncated,
    /// What a proxy says that was not asked.
    Foreign,
}

/// Which requests are spoiled: those whose `METHOD path?query` holds all of the words.
#[derive(Debug, Clone)]
pub struct Rule {
    fault: Fault,
    words: Vec<String>,
    after: usize,
    times: usize,
}

impl Rule {
    /// Every request, for good.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            words: Vec::new(),
            after: 0,
            times: usize::MAX,
        }
    }

    /// Only those that hold this too, for example `GET /subscriptions`.
    pub fn containing(mut self, word: &str) -> Self {
        self.words.push(word.to_owned());
        self
    }

    /// Lets so many of them pass first.
    pub fn after(mut self, count: usize) -> Self {
        self.after = count;
        self
    }

    /// So many of them.
    pub fn times(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    fn applies(&mut self, line: &str) -> Option<Fault> {
        if !self.words.iter().all(|word| line.contains(word.as_str())) {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        self.times = self.times.checked_sub(1)?;
        Some(self.fault.clone())
    }
}

/// One request that came.
#[derive(Debug, Clone)]
pub struct Came {
    /// `METHOD path?query`.
    pub line: String,
    pub status: u16,
    pub spoiled: bool,
}

#[derive(Default)]
struct Inside {
    came: Vec<Came>,
    rules: Vec<Rule>,
    latency: Duration,
}

/// One gate; its clones are the same.
#[derive(Clone, Default)]
pub struct Gate(Arc<Mutex<Inside>>);

impl Gate {
    pub fn spoil(&self, rule: Rule) {
        self.0.lock().unwrap().rules.push(rule);
    }

    /// Takes all rules back.
    pub fn heal(&self) {
        self.0.lock().unwrap().rules.clear();
    }

    /// Every answer takes so long from now on.
    pub fn latency(&self, latency: Duration) {
        self.0.lock().unwrap().latency = latency;
    }

    /// All requests so far.
    pub fn came(&self) -> Vec<Came> {
        self.0.lock().unwrap().came.clone()
    }

    /// How many of them held this.
    pub fn count(&self, word: &str) -> usize {
        let inside = self.0.lock().unwrap();
        let held = |came: &&Came| came.line.contains(word);
        inside.came.iter().filter(held).count()
    }

    pub fn forget(&self) {
        self.0.lock().unwrap().came.clear();
    }

    /// Lets a request through to `answer`, or spoils it.
    pub async fn pass<F: Future<Output = Said>>(
        &self,
        request: Asked,
        answer: impl FnOnce(Asked) -> F,
    ) -> Said {
        let target = request.uri().path_and_query();
        let line = format!("{} {}", request.method(), target.map_or("", |t| t.as_str()));
        let (number, latency, fault) = {
            let mut inside = self.0.lock().unwrap();
            let fault = inside.rules.iter_mut().find_map(|rule| rule.applies(&line));
            inside.came.push(Came {
                line,
                status: 0,
                spoiled: fault.is_some(),
            });
            (inside.came.len() - 1, inside.latency, fault)
        };
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let answer = match fault {
            None => answer(request).await,
            Some(Fault::Slow(time)) => {
                tokio::time::sleep(time).await;
                answer(request).await
            }
            Some(Fault::Reset) => {
                if let Some(wire) = request.extensions().get::<Wire>() {
                    wire.reset();
                }
                said(500, "text/plain", "reset")
            }
            Some(Fault::Truncated) => {
                let (parts, body) = answer(request).await.into_parts();
                let half = body.slice(..body.len() / 2);
                Said::from_parts(parts, half)
            }
            Some(Fault::Foreign) => said(404, "text/html", "<html>Not here</html>"),
            Some(Fault::Instead(status, headers, body)) => {
                let mut answer = said(status, "application/json", body);
                for (name, value) in headers {
                    answer.headers_mut().insert(name, value.parse().unwrap());
                }
                answer
            }
        };
        if let Some(came) = self.0.lock().unwrap().came.get_mut(number) {
            came.status = answer.status().as_u16();
        }
        answer
    }
}
