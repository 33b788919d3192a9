//! Who calls: the keys that the stand-in knows, and what their owners may do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jiff::Timestamp;

use super::Failure;
use crate::aws::client::{Client, between};
use crate::aws::ministack::ROOT_SECRET;
use crate::aws::sigv4::{Claim, Key};
use crate::aws::web::Asked;

/// The owner of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub arn: String,
    pub account: String,
    pub policy: Policy,
}

/// What a caller may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// Everything: a root user.
    Everything,
    /// These actions, on everything.
    Only(BTreeSet<String>),
    /// What ministack's policies of the role or user with this ARN allow.
    Of(String),
}

#[derive(Debug, Clone)]
struct Known {
    key: Key,
    caller: Caller,
    expires: Option<Timestamp>,
}

pub struct Keys {
    ministack: Option<String>,
    known: Mutex<BTreeMap<String, Known>>,
}

impl Keys {
    pub(super) fn new(ministack: Option<String>) -> Self {
        Self {
            ministack,
            known: Mutex::default(),
        }
    }

    /// Makes a key known.
    pub fn learn(&self, key: Key, caller: Caller, expires: Option<Timestamp>) {
        let known = Known {
            key,
            caller,
            expires,
        };
        let mut all = self.known.lock().unwrap();
        all.insert(known.key.id.clone(), known);
    }

    /// The keys of all sessions that were learnt.
    pub fn sessions(&self) -> Vec<Key> {
        let all = self.known.lock().unwrap();
        let keys = all.values().map(|known| known.key.clone());
        keys.filter(|key| key.token.is_some()).collect()
    }

    /// Makes the root user of an account known, by the key that ministack has for it.
    pub fn learn_root(&self, account: &str) {
        let caller = Caller {
            arn: format!("arn:aws:iam::{account}:root"),
            account: account.to_owned(),
            policy: Policy::Everything,
        };
        self.learn(root_key(account), caller, None);
    }

    pub(super) fn find(
        &self,
        claim: &Claim,
        request: &Asked,
        now: Timestamp,
    ) -> Result<Caller, Failure> {
        let all = self.known.lock().unwrap();
        let known = all
            .get(&claim.key_id)
            .filter(|known| known.key.token == claim.token);
        let Some(known) = known else {
            let message = "The security token included in the request is invalid.";
            return Err(Failure::new("UnrecognizedClientException", message));
        };
        if !claim.holds(request, &known.key.secret) {
            let message = "The request signature we calculated does not match the signature you \
                           provided. Check your AWS Secret Access Key and signing method. Consult \
                           the service documentation for details.";
            return Err(Failure::new("InvalidSignatureException", message));
        }
        if known.expires.is_some_and(|at| at <= now) {
            let message = "The security token included in the request is expired";
            return Err(Failure::new("ExpiredTokenException", message));
        }
        Ok(known.caller.clone())
    }

    pub(super) async fn allow(&self, caller: &Caller, action: &str, resource: &str) -> bool {
        match (&caller.policy, &self.ministack) {
            (Policy::Everything, _) => true,
            (Policy::Only(actions), _) => actions.contains(action),
            (Policy::Of(_), None) => false,
            (Policy::Of(arn), Some(url)) => {
                let root = Client::new(url, root_key(&caller.account));
                let answer = root
                    .query(
                        "iam",
                        "SimulatePrincipalPolicy",
                        &[
                            ("PolicySourceArn", arn),
                            ("ActionNames.member.1", action),
                            ("ResourceArns.member.1", resource),
                        ],
                    )
                    .await;
                let decision = between(&answer.body, "<EvalDecision>", "</EvalDecision>");
                decision.as_deref() == Some("allowed")
            }
        }
    }
}

/// The root key that ministack has for every account.
pub fn root_key(account: &str) -> Key {
    Key {
        id: account.to_owned(),
        secret: ROOT_SECRET.to_owned(),
        token: None,
    }
}
