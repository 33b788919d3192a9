//! The client: sends a request as often as patience allows.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};

use super::request::Extent;
use super::{Authorize, Call, Dialect, Problem, Reply, Request};
use crate::env;
use crate::http::{CLIENT_LAYERS, Clients, Patience, causes, private, retry_after};
use crate::provider::traffic::Traffic;
use crate::provider::trouble::{Kind, Trouble};

/// More than this has no refusal to say.
const REFUSAL: usize = 64 * 1024;

/// Sends requests to one provider during a run.
pub struct Http {
    dialect: &'static dyn Dialect,
    clients: Result<Clients, String>,
    traffic: Traffic,
    patience: Patience,
}

/// A try that failed, and how long the server asks to wait before the next.
struct Failed {
    trouble: Trouble,
    wait: Option<Duration>,
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self {
            trouble,
            wait: None,
        }
    }
}

impl Http {
    /// With a provider's dialect, and at most so many requests under way to one host.
    #[must_use]
    pub fn new(dialect: &'static dyn Dialect, parallelism: usize) -> Self {
        Self::patient(dialect, parallelism, Patience::from_env())
    }

    pub(super) fn patient(
        dialect: &'static dyn Dialect,
        parallelism: usize,
        patience: Patience,
    ) -> Self {
        Self {
            dialect,
            clients: Clients::new(|builder| builder).map_err(|error| causes(&error, CLIENT_LAYERS)),
            traffic: Traffic::new(parallelism),
            patience,
        }
    }

    /// The traffic, for sign-in that has its own way to send.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// A trouble that no answer stands behind.
    #[must_use]
    pub fn trouble(&self, kind: Kind, call: &Call, message: impl Into<String>) -> Trouble {
        Trouble::new(self.dialect.voice(), kind, call.action, message)
    }

    /// Sends a request, and reads the answer as JSON.
    ///
    /// # Errors
    /// As [`send`](Self::send), and where the answer has another shape.
    pub async fn json<T: DeserializeOwned>(
        &self,
        call: &Call,
        request: Request,
        who: &dyn Authorize,
    ) -> Result<T, Trouble> {
        let reply = self.send(call, request, who).await?;
        reply
            .json()
            .map_err(|why| self.trouble(Kind::Malformed, call, why))
    }

    /// Sends a request, again where that may help.
    ///
    /// # Errors
    /// Everything but an answer with 2xx.
    pub async fn send(
        &self,
        call: &Call,
        request: Request,
        who: &dyn Authorize,
    ) -> Result<Reply, Trouble> {
        if !private(&request.url) {
            let host = request.url.host_str().unwrap_or_default();
            let message = format!("{host} would be asked over http, readable to all between");
            return Err(self.trouble(Kind::Refused, call, message));
        }
        let mut began = Instant::now();
        for tried in 1.. {
            let mut signed = request.clone();
            // May ask for a token first: no turn is held meanwhile, as that may need one.
            who.authorize(&mut signed).await?;
            let queued = Instant::now();
            let turn = self.traffic.turn(signed.url.as_str()).await;
            let turn =
                turn.map_err(|closed| self.trouble(Kind::Network, call, closed.to_string()))?;
            // Waiting behind one's own requests is no fault of the server.
            began += queued.elapsed();
            let left = self.patience.total.saturating_sub(began.elapsed());
            let one = self.patience.one.min(left);
            let outcome = timeout(one, self.attempt(call, signed)).await;
            drop(turn);
            let failed = match outcome {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(failed)) => failed,
                Err(_) => {
                    let message = format!("none within {} seconds", one.as_secs());
                    Failed::from(self.trouble(Kind::Timeout, call, message))
                }
            };
            let kind = failed.trouble.kind;
            let again = matches!(
                kind,
                Kind::Throttled | Kind::Server | Kind::Network | Kind::Timeout
            );
            // A request that was never looked at may be sent again, whatever it means.
            if !again || (request.once && kind != Kind::Throttled) {
                return Err(failed.trouble);
            }
            match self.patience.next(tried, began, failed.wait) {
                Some(wait) => {
                    tracing::debug!(call = call.name, ?kind, ?wait, "trying again");
                    sleep(wait).await;
                }
                None => return Err(failed.trouble),
            }
        }
        Err(self.trouble(Kind::Timeout, call, "no try is left"))
    }

    async fn attempt(&self, call: &Call, request: Request) -> Result<Reply, Failed> {
        let clients = self
            .clients
            .as_ref()
            .map_err(|why| self.trouble(Kind::Network, call, why.clone()))?;
        let client = clients.to(&request.url);
        let extent = request.extent;
        let network = |error: &reqwest::Error| {
            let kind = if error.is_timeout() {
                Kind::Timeout
            } else {
                Kind::Network
            };
            Failed::from(self.trouble(kind, call, causes(error, CLIENT_LAYERS)))
        };
        self.traffic.count(call.name);
        let mut sent = client.request(request.method, request.url);
        if let Some(body) = request.body {
            sent = sent.body(body);
        }
        let answer = sent.headers(request.headers).send().await;
        // The address may carry a signature.
        let answer = answer.map_err(|error| network(&error.without_url()))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        // Why it was refused is read whole, however little of the answer is wanted.
        let extent = match extent {
            Extent::Start(_) if !answer.status().is_success() => Extent::Start(REFUSAL),
            extent => extent,
        };
        let body = read(answer, extent).await.map_err(|unread| match unread {
            Unread::Broken(error) => network(&error.without_url()),
            Unread::TooLarge(most) => {
                let message = format!("the answer is larger than {most} bytes");
                Failed::from(self.trouble(Kind::Malformed, call, message))
            }
        })?;
        let reply = Reply {
            status,
            headers,
            body,
        };
        if (200..300).contains(&status) {
            Ok(reply)
        } else {
            Err(self.failed(call, &reply))
        }
    }

    /// Sorts an answer that is none of 2xx.
    fn failed(&self, call: &Call, reply: &Reply) -> Failed {
        let problem = self
            .dialect
            .problem(reply)
            .unwrap_or_else(|| Problem::foreign(reply.status));
        let mut ids = self.dialect.request_ids().iter();
        let id = ids.find_map(|name| reply.header(name));
        let asked = retry_after(&reply.headers, env::wall_clock());
        Failed {
            trouble: Trouble {
                code: problem.code,
                status: Some(reply.status),
                request_id: id.map(str::to_owned),
                ..self.trouble(problem.kind, call, problem.message)
            },
            wait: self.dialect.wait(&reply.headers).or(asked),
        }
    }
}

/// Why a body could not be read.
enum Unread {
    Broken(reqwest::Error),
    TooLarge(usize),
}

async fn read(mut answer: reqwest::Response, extent: Extent) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(Unread::Broken)? {
        body.extend_from_slice(&chunk);
        match extent {
            Extent::Whole(most) if body.len() > most => return Err(Unread::TooLarge(most)),
            Extent::Start(bytes) if body.len() >= bytes => {
                body.truncate(bytes);
                break;
            }
            _ => {}
        }
    }
    Ok(body)
}
