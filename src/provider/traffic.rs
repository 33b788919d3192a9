//! Traffic: every request that goes out is counted by service and operation, and waits its turn
//! where too many are under way to one host. Shared by all clients of one provider in a run.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// Requests under way to one host at a time, unless told. With 20 ms a request that is 1,200 a second.
pub const AT_ONCE: usize = 24;

type Hosts = Arc<Mutex<HashMap<String, Arc<Semaphore>>>>;

/// Counts and limits requests.
#[derive(Debug, Clone)]
pub struct Traffic {
    counts: Arc<Mutex<BTreeMap<String, u64>>>,
    hosts: Hosts,
    at_once: usize,
}

impl Traffic {
    /// With at most this many requests under way to one host; at least one.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self {
            counts: Arc::default(),
            hosts: Arc::default(),
            at_once: at_once.max(1),
        }
    }

    /// Counts a request that is about to go out, by `service:Operation`.
    pub fn count(&self, call: &str) {
        tracing::debug!(call, "request");
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(call) {
            Some(count) => *count += 1,
            None => {
                counts.insert(call.to_owned(), 1);
            }
        }
    }

    /// The requests that went out so far, retries included, by `service:Operation`.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A turn at the host of an address, held until it is dropped.
    ///
    /// # Errors
    /// Never, as nothing closes the queue.
    pub async fn turn(&self, address: &str) -> Result<OwnedSemaphorePermit, AcquireError> {
        let turns = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            let turns = hosts
                .entry(host(address).to_owned())
                .or_insert_with(|| Arc::new(Semaphore::new(self.at_once)));
            Arc::clone(turns)
        };
        turns.acquire_owned().await
    }
}

/// Scheme, host and port of an address.
fn host(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..]
        .find(['/', '?'])
        .map_or(address.len(), |at| start + at);
    &address[..end]
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_are_told_apart_by_scheme_name_and_port() {
        assert_eq!(
            host("https://sts.us-east-1.amazonaws.com/?x"),
            "https://sts.us-east-1.amazonaws.com"
        );
        assert_eq!(
            host("http://127.0.0.1:4566/bucket/key"),
            "http://127.0.0.1:4566"
        );
        assert_eq!(host("http://[::1]:80?a/b"), "http://[::1]:80");
    }
}
