//! `azure.sas.protocol`: is the signature for HTTPS only?

use super::{of_sas, sas_facts};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = of_sas(
    "azure.sas.protocol",
    "Is the shared access signature for HTTPS only?",
    "generate a SAS for HTTPS only (`spr=https`)",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    sas_facts(question, |facts| match facts.protocol.as_deref() {
        Some("https") => Answer::pass("the signature is for HTTPS only"),
        Some(other) => {
            Answer::warn("the signature may be used without encryption").evidence("spr", other)
        }
        None => Answer::warn("the signature may be used without encryption: it has no `spr`"),
    })
}
