//! The one address that the program under test knows as AWS (`AWS_ENDPOINT_URL`). It passes each
//! request on to who answers it, byte for byte, as signatures cover the Host header and all else;
//! counts; delays; and spoils by rule. What AWS enforces and ministack does not, it refuses itself:
//! regions of buckets and of global services, and buckets of another owner than the expected one.

mod dates;
pub mod fault;
mod gaps;
pub mod request;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::http::{HeaderMap, Uri, header};
use jiff::Timestamp;

use super::billing::Billing;
use super::billing::keys::{Caller, Policy};
use super::client::between;
use super::crowd::Crowd;
use super::sigv4::Key;
use super::web::{Asked, Said, Server, Wire, said, send};
use dates::Dated;
use fault::{Envelope, Fault, Rule};
pub use request::Call;

pub struct Front {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    routes: Mutex<BTreeMap<String, Upstream>>,
    usual: Upstream,
    billing: Billing,
    calls: Mutex<Vec<Call>>,
    rules: Mutex<Vec<Rule>>,
    /// Like rules, for what would have gone well, and for good.
    settled: Mutex<Vec<Rule>>,
    latency: Mutex<Duration>,
    /// The buckets that were made through here.
    buckets: Mutex<BTreeMap<String, Bucket>>,
    dates: Mutex<Vec<Dated>>,
    crowd: OnceLock<Crowd>,
}

/// Where a bucket is, and whose it is.
struct Bucket {
    region: String,
    owner: String,
}

/// Who answers for a service.
#[derive(Clone)]
pub enum Upstream {
    /// A server at this URL.
    Http(String),
    /// Our own, in this process.
    Billing(Billing),
}

impl Front {
    /// Before ministack and our own server.
    pub fn new(ministack: &str, billing: &Billing) -> Self {
        let shared = Arc::new(Shared {
            routes: Mutex::default(),
            usual: Upstream::Http(ministack.to_owned()),
            billing: billing.clone(),
            calls: Mutex::default(),
            rules: Mutex::default(),
            settled: Mutex::default(),
            latency: Mutex::default(),
            buckets: Mutex::default(),
            dates: Mutex::default(),
            crowd: OnceLock::new(),
        });
        let behind = shared.clone();
        let server = Server::start(move |request| {
            let behind = behind.clone();
            async move { behind.answer(request).await }
        });
        Self { server, shared }
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Another answers for this service, for example moto for `organizations`.
    pub fn route(&self, service: &str, to: Upstream) {
        let mut routes = self.shared.routes.lock().unwrap();
        routes.insert(service.to_owned(), to);
    }

    /// A crowd answers for its accounts.
    ///
    /// # Panics
    /// If there is one already.
    pub fn crowd(&self, crowd: Crowd) {
        assert!(
            self.shared.crowd.set(crowd).is_ok(),
            "there is a crowd already"
        );
    }

    /// Every request waits this long.
    pub fn latency(&self, latency: Duration) {
        *self.shared.latency.lock().unwrap() = latency;
    }

    /// Spoils what the rule says; the first rule that fits decides.
    pub fn spoil(&self, rule: Rule) {
        self.shared.rules.lock().unwrap().push(rule);
    }

    /// What the rule says is the answer where there would be a good one, and stays when all heals; the
    /// last word counts.
    pub fn settle(&self, rule: Rule) {
        self.shared.settled.lock().unwrap().insert(0, rule);
    }

    /// Forgets all rules and the latency.
    pub fn heal(&self) {
        self.shared.rules.lock().unwrap().clear();
        self.latency(Duration::ZERO);
    }

    /// The objects of a bucket whose keys begin so were last modified at this moment, whatever the
    /// storage says; the last word counts.
    pub fn dated(&self, bucket: &str, prefix: &str, at: Timestamp) {
        let mut dates = self.shared.dates.lock().unwrap();
        dates.insert(0, Dated::new(bucket, prefix, at));
    }

    /// Every request so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// How many requests of each service and operation there were, for example
    /// `("sts AssumeRole", 2)`.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.shared.calls.lock().unwrap().iter() {
            *counts
                .entry(format!("{} {}", call.service, call.operation))
                .or_default() += 1;
        }
        counts
    }

    pub fn count(&self, service: &str, operation: &str) -> usize {
        let counts = self.counts();
        counts
            .get(&format!("{service} {operation}"))
            .copied()
            .unwrap_or(0)
    }

    pub fn forget_calls(&self) {
        self.shared.calls.lock().unwrap().clear();
    }
}

impl Shared {
    async fn answer(&self, request: Asked) -> Said {
        let call = Call::of(&request);
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        let latency = *self.latency.lock().unwrap();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let fault = {
            let mut rules = self.rules.lock().unwrap();
            rules.iter_mut().find_map(|rule| rule.applies(&call))
        };
        let spoiled = fault.is_some();
        let answer = match fault {
            Some(fault) => self.spoiled(request, &call, fault).await,
            None => self.pass(request, &call).await,
        };
        if let Some(entry) = self.calls.lock().unwrap().get_mut(number) {
            entry.status = answer.status().as_u16();
            entry.spoiled = spoiled;
        }
        answer
    }

    async fn spoiled(&self, request: Asked, call: &Call, fault: Fault) -> Said {
        let envelope = Envelope::of(call, request.headers());
        match fault {
            Fault::Slow(time) => {
                tokio::time::sleep(time).await;
                self.pass(request, call).await
            }
            Fault::Reset => {
                if let Some(wire) = request.extensions().get::<Wire>() {
                    wire.reset();
                }
                said(500, "text/plain", "reset")
            }
            Fault::Truncated => {
                let (parts, body) = self.pass(request, call).await.into_parts();
                let half = body.slice(..body.len() / 2);
                Said::from_parts(parts, half)
            }
            fault => envelope.answer(&fault),
        }
    }

    async fn pass(&self, request: Asked, call: &Call) -> Said {
        if let Some(refusal) = self.refuse(call, request.headers()) {
            return refusal;
        }
        if let Some(answer) = self.crowd.get().and_then(|crowd| crowd.answer(call)) {
            return answer;
        }
        let route = self.routes.lock().unwrap().get(&call.service).cloned();
        let usual = || match Billing::serves(&call.service) {
            true => Upstream::Billing(self.billing.clone()),
            false => self.usual.clone(),
        };
        let answer = match route.unwrap_or_else(usual) {
            Upstream::Billing(billing) => billing.answer(&request).await,
            Upstream::Http(url) => {
                let answer = forward(request, &url).await;
                match answer.status().is_success() {
                    true => gaps::close(&url, call, answer).await,
                    false => answer,
                }
            }
        };
        if !answer.status().is_success() {
            return answer;
        }
        self.learn(call, &answer);
        let settled = {
            let mut settled = self.settled.lock().unwrap();
            settled.iter_mut().find_map(|rule| rule.applies(call))
        };
        if let Some(fault) = settled {
            return Envelope::of(call, answer.headers()).answer(&fault);
        }
        dates::rewrite(&self.dates.lock().unwrap(), call, answer)
    }

    /// What AWS would not let through.
    fn refuse(&self, call: &Call, headers: &HeaderMap) -> Option<Said> {
        let envelope = Envelope::of(call, headers);
        let global = ["iam", "cur"].contains(&&*call.service);
        if global && call.region != "us-east-1" {
            let message = "Credential should be scoped to a valid region.";
            let (status, code) = match envelope.is_json() {
                true => (400, "InvalidSignatureException"),
                false => (403, "SignatureDoesNotMatch"),
            };
            return Some(envelope.error(status, code, message));
        }
        let buckets = self.buckets.lock().unwrap();
        let bucket = buckets.get(call.bucket()?)?;
        let expected = headers.get("x-amz-expected-bucket-owner");
        if expected.is_some_and(|owner| owner.as_bytes() != bucket.owner.as_bytes()) {
            return Some(envelope.error(403, "AccessDenied", "Access Denied"));
        }
        let home = &bucket.region;
        let anywhere = call.operation == "GetBucketLocation" && call.region == "us-east-1";
        if call.region == *home || anywhere || call.operation == "CreateBucket" {
            return None;
        }
        let message = "The bucket you are attempting to access must be addressed using the \
                       specified endpoint. Please send all future requests to this endpoint.";
        let mut answer = envelope.error(301, "PermanentRedirect", message);
        answer
            .headers_mut()
            .insert("x-amz-bucket-region", home.parse().unwrap());
        Some(answer)
    }

    /// Remembers the sessions and buckets that are made.
    fn learn(&self, call: &Call, answer: &Said) {
        match (&*call.service, &*call.operation) {
            ("sts", "AssumeRole") => self.learn_session(call, answer),
            ("s3", "CreateBucket") => {
                let region = between(&call.body, "<LocationConstraint>", "</LocationConstraint>");
                let region = region.unwrap_or_else(|| "us-east-1".to_owned());
                if let Some(name) = call.bucket() {
                    // The id of a root user's key is that of its account.
                    let owner = call.key_id.clone();
                    let mut buckets = self.buckets.lock().unwrap();
                    buckets.insert(name.to_owned(), Bucket { region, owner });
                }
            }
            ("s3", "DeleteBucket") => {
                if let Some(bucket) = call.bucket() {
                    self.buckets.lock().unwrap().remove(bucket);
                }
            }
            _ => {}
        }
    }

    fn learn_session(&self, call: &Call, answer: &Said) {
        let text = String::from_utf8_lossy(answer.body());
        let element = |name: &str| between(&text, &format!("<{name}>"), &format!("</{name}>"));
        let session = || {
            let arn = element("Arn")?;
            let key = Key {
                id: element("AccessKeyId")?,
                secret: element("SecretAccessKey")?,
                token: element("SessionToken"),
            };
            let caller = Caller {
                account: arn.split(':').nth(4)?.to_owned(),
                arn,
                policy: Policy::Of(call.field("RoleArn")?),
            };
            let expires: Option<Timestamp> = element("Expiration")?.parse().ok();
            Some((key, caller, expires))
        };
        if let Some((key, caller, expires)) = session() {
            self.billing.keys().learn(key, caller, expires);
        }
    }
}

/// Sends a request on with its own Host header.
async fn forward(request: Asked, url: &str) -> Said {
    let (mut parts, body) = request.into_parts();
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    parts.uri = format!("{url}{target}").parse::<Uri>().unwrap();
    for name in [
        header::CONNECTION,
        header::EXPECT,
        header::TRANSFER_ENCODING,
    ] {
        parts.headers.remove(name);
    }
    let is_head = parts.method == "HEAD";
    match send(Asked::from_parts(parts, body)).await {
        Ok(mut answer) => {
            let headers = answer.headers_mut();
            headers.remove(header::CONNECTION);
            headers.remove(header::TRANSFER_ENCODING);
            if !is_head {
                headers.remove(header::CONTENT_LENGTH);
            }
            answer
        }
        Err(error) => said(502, "text/plain", format!("the front: {url}: {error}")),
    }
}
