//! `azure.sas.policy`: does the signature hang on a stored access policy?

use super::{of_sas, sas_facts};
use crate::credential::inspect::sas::Moment;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = Check {
    required: false,
    ..of_sas(
        "azure.sas.policy",
        "Is everything about the shared access signature known without its stored access policy?",
        "look up the policy on the container (Access policy), and declare its end as `expires_on`",
    )
};

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let declared = question.subject.credential()?.common().expires_on;
    sas_facts(question, |facts| match &facts.policy {
        None => Answer::pass("no stored access policy stands behind the signature"),
        Some(policy) => {
            let answer = match (declared, facts.expiry) {
                (Some(day), _) => Answer::pass(format!(
                    "a stored access policy stands behind the signature; its end is declared as {day}"
                )),
                (None, Moment::At(_)) => Answer::pass(
                    "a stored access policy stands behind the signature, which says itself when it expires",
                ),
                (None, _) => Answer::warn(
                    "a stored access policy says when the signature expires, and it is not declared",
                ),
            };
            answer.evidence("si", policy)
        }
    })
}
