//! Answers: what a check found, before it becomes a finding of a resource.

use std::collections::BTreeMap;

use crate::credential::redact;
use crate::model::address::Address;
use crate::model::finding::{Check, Finding, Status};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: Status,
    /// One sentence without a period.
    pub message: String,
    /// What to do; empty for the check's own.
    pub remedy: String,
    /// Text to paste where the remedy says.
    pub paste: String,
    pub evidence: BTreeMap<String, String>,
}

impl Answer {
    fn new(status: Status, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            remedy: String::new(),
            paste: String::new(),
            evidence: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn pass(message: impl Into<String>) -> Self {
        Self::new(Status::Pass, message)
    }

    #[must_use]
    pub fn warn(message: impl Into<String>) -> Self {
        Self::new(Status::Warn, message)
    }

    #[must_use]
    pub fn fail(message: impl Into<String>) -> Self {
        Self::new(Status::Fail, message)
    }

    #[must_use]
    pub fn skipped(message: impl Into<String>) -> Self {
        Self::new(Status::Skipped, message)
    }

    #[must_use]
    pub fn pending(message: impl Into<String>) -> Self {
        Self::new(Status::Pending, message)
    }

    #[must_use]
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(Status::Unknown, message)
    }

    /// What to do, where that is more exact than the check's own remedy.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Text to paste where the remedy says, for example a policy in JSON.
    #[must_use]
    pub fn paste(mut self, paste: impl Into<String>) -> Self {
        self.paste = paste.into();
        self
    }

    /// A fact behind it; never a secret.
    #[must_use]
    pub fn evidence(mut self, name: &str, value: impl Into<String>) -> Self {
        self.evidence.insert(name.to_owned(), value.into());
        self
    }

    /// The same through the last net against secrets, for where it is told as it is.
    #[must_use]
    pub fn clean(self) -> Self {
        let clean = |text: String| redact(&text).into_owned();
        let evidence = self.evidence.into_iter();
        Self {
            status: self.status,
            message: clean(self.message),
            remedy: clean(self.remedy),
            paste: clean(self.paste),
            evidence: evidence.map(|(k, v)| (k, clean(v))).collect(),
        }
    }

    /// The finding that this answer makes. Every text goes through the last net against secrets.
    #[must_use]
    pub fn into_finding(self, check: &Check, address: &Address, at: String) -> Finding {
        let clean = |text: String| redact(&text).into_owned();
        let good = matches!(self.status, Status::Pass | Status::Skipped);
        let remedy = if self.remedy.is_empty() && !good {
            check.remedy.to_owned()
        } else {
            clean(self.remedy)
        };
        Finding {
            check: check.id.to_owned(),
            address: address.clone(),
            status: self.status,
            badge: check.badge,
            required: check.required,
            message: clean(self.message),
            remedy,
            paste: clean(self.paste),
            evidence: self
                .evidence
                .into_iter()
                .map(|(k, v)| (k, clean(v)))
                .collect(),
            at,
            waived: None,
        }
    }
}
