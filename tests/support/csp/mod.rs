//! What nobody else imitates of Microsoft's clouds for a CSP partner: Entra's endpoints for consent and
//! tokens (`entra`), Partner Center, Microsoft Graph's billing reports and Advisor (`services`), behind
//! one gate. Stateful and strict: secrets, PKCE, redirect addresses, codes that are good once, refresh
//! tokens that rotate, audiences, permissions, and parameters nobody knows.
//!
//! Different from Microsoft: an access token counts by its bytes, which were given out here, and its
//! signature is made up.
#![allow(dead_code)] // Each test uses a part.

mod entra;
mod services;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use crate::stand::gate::Gate;
use crate::stand::web::{Asked, Said, Server, said};

pub use world::{Ran, World, customer};

pub const TENANT: &str = "11111111-2222-4333-8444-555555555555";
pub const CENTER: &str = "aaaaaaaa-0000-4000-8000-000000000001";
pub const API: &str = "aaaaaaaa-0000-4000-8000-000000000002";
pub const CONTOSO: &str = "cccccccc-0000-4000-8000-000000000001";
pub const FABRIKAM: &str = "cccccccc-0000-4000-8000-000000000002";
pub const PLAN: &str = "dddddddd-0000-4000-8000-000000000001";
pub const PRODUCTION: &str = "eeeeeeee-0000-4000-8000-000000000001";
pub const CENTER_SECRET: &str = "Ce1~planted-center-secret.0123456789abc";
pub const API_SECRET: &str = "Ap1~planted-api-secret.0123456789abcdef";

/// An application in the partner's tenant.
#[derive(Clone)]
pub struct App {
    pub secret: String,
    /// Whether the secret has expired.
    pub expired: bool,
    pub redirects: Vec<String>,
    /// Its roles in Microsoft Graph.
    pub roles: BTreeSet<&'static str>,
    /// Whether Partner Center knows it (App management).
    pub registered: bool,
    /// RFC 3339.
    pub secret_ends: String,
}

/// The user who signs in.
#[derive(Clone)]
pub struct User {
    pub name: String,
    pub mfa: bool,
    /// What Entra answers instead of a code: `error` and its description.
    pub refuses: Option<(&'static str, &'static str)>,
}

pub struct Code {
    pub client: String,
    pub challenge: String,
    pub redirect: String,
}

/// A refresh token that was given out.
#[derive(Clone)]
pub struct Refresh {
    pub client: String,
    /// Why it is no longer good: a code of Entra.
    pub ended: Option<u32>,
}

/// An access token that was given out.
#[derive(Clone)]
pub struct Access {
    pub audience: String,
    pub tenant: String,
    pub client: String,
    /// Whether it is for the user of the application.
    pub user: bool,
}

/// What is there, for tests to look at and to change.
pub struct State {
    pub apps: BTreeMap<String, App>,
    pub user: User,
    pub codes: BTreeMap<String, Code>,
    pub refresh: BTreeMap<String, Refresh>,
    pub access: BTreeMap<String, Access>,
    /// Whether a refresh token ends when it is redeemed: stricter than Entra.
    pub single_use: bool,
    /// Tenants of customers that the partner's user has access to.
    pub granted: BTreeSet<String>,
    pub mpn: String,
    pub currency: String,
    pub customers: Vec<Value>,
    /// By customer.
    pub subscriptions: BTreeMap<String, Vec<Value>>,
    /// By Azure plan.
    pub entitlements: BTreeMap<String, Vec<Value>>,
    /// Customers on a page, where it is fewer than asked for.
    pub page: usize,
    /// Whether the partner's user may read Advisor.
    pub advisor: bool,
    /// Requests that can only be a mistake of ours.
    pub wrong: Vec<String>,
    pub made: u64,
}

#[derive(Clone)]
pub struct Microsoft {
    state: Arc<Mutex<State>>,
    pub gate: Gate,
}

impl Microsoft {
    pub fn new(state: State) -> Self {
        Self {
            state: Arc::new(Mutex::new(state)),
            gate: Gate::default(),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn serve(&self) -> Server {
        let all = self.clone();
        Server::start(move |request| {
            let all = all.clone();
            async move {
                let gate = all.gate.clone();
                gate.pass(request, async |request| all.answer(&request))
                    .await
            }
        })
    }

    fn answer(&self, request: &Asked) -> Said {
        let mut state = self.state();
        let path = request.uri().path().to_owned();
        let mut parts = path.trim_start_matches('/').splitn(2, '/');
        let (service, rest) = (parts.next().unwrap_or_default(), parts.next());
        let rest: Vec<&str> = rest.unwrap_or_default().split('/').collect();
        match service {
            "entra" => entra::answer(&mut state, request, &rest),
            "center" => services::center(&mut state, request, &rest),
            "graph" => services::graph(&mut state, request, &rest),
            "arm" => services::arm(&mut state, request, &rest),
            _ => {
                state.wrong.push(format!("{} {path}", request.method()));
                said(404, "text/plain", "no such service")
            }
        }
    }
}

/// The pairs of a query or of a form.
pub fn pairs(text: &str) -> BTreeMap<String, String> {
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect()
}

pub fn json(status: u16, body: &Value) -> Said {
    said(status, "application/json", body.to_string())
}
