//! Checks that need no network, and the probe that runs them.

use async_trait::async_trait;

use super::answer::Answer;
use super::probe::{Probe, Question};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;

/// One check that needs no network.
pub(super) struct LocalCheck {
    pub check: Check,
    /// None where the check does not apply to the subject.
    pub ask: fn(&Question<'_>) -> Option<Answer>,
}

/// All checks of one provider that need no network.
#[derive(Clone, Copy)]
pub(super) struct Local {
    pub provider: Provider,
    pub checks: &'static [LocalCheck],
}

impl Local {
    pub fn answer(&self, question: &Question<'_>) -> Vec<Finding> {
        self.checks
            .iter()
            .filter_map(|local| {
                let answer = (local.ask)(question)?;
                let at = question.run.at();
                Some(answer.into_finding(&local.check, question.subject.address, at))
            })
            .collect()
    }
}

#[async_trait]
impl Probe for Local {
    fn provider(&self) -> Provider {
        self.provider
    }

    fn checks(&self) -> Vec<&'static Check> {
        self.checks.iter().map(|local| &local.check).collect()
    }

    async fn ask(&self, question: &Question<'_>) -> Vec<Finding> {
        self.answer(question)
    }
}

/// A required check of `API` that needs no network, with its id, question and remedy.
pub(super) const fn api(id: &'static str, question: &'static str, remedy: &'static str) -> Check {
    Check {
        id,
        question,
        badge: crate::model::finding::Badge::Api,
        required: true,
        offline: true,
        calls: &[],
        permissions: &[],
        remedy,
    }
}
