//! `gcp.key.hosts`: do all addresses in the key lead to Google?

use super::key_facts;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "gcp.key.hosts",
    "Do all addresses in the key lead to Google?",
    "do not use this key: who changed its addresses receives what is signed with it; create a new \
     key, and delete this one",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    key_facts(question, |_, facts| {
        if let Some(universe) = facts.universe {
            return Answer::fail("the key is for another universe than Google Cloud's own")
                .remedy("use a key of Google Cloud itself (`googleapis.com`)")
                .evidence("universe_domain", universe);
        }
        let Some((field, host)) = facts.foreign_hosts.first() else {
            return Answer::pass("all addresses in the key lead to Google");
        };
        let message = format!("`{field}` in the key does not lead to Google, but to {host}");
        facts
            .foreign_hosts
            .iter()
            .fold(Answer::fail(message), |answer, (field, host)| {
                answer.evidence(field, host)
            })
    })
}
