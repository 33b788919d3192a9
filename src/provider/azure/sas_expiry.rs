//! `azure.sas.expiry`: is the signature valid, and for long enough?

use super::{of_sas, sas_facts};
use crate::credential::inspect::sas::{Facts, Moment};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::expiry;
use crate::provider::probe::{Question, Run};

pub(super) const CHECK: Check = of_sas(
    "azure.sas.expiry",
    "Is the shared access signature valid now and for long enough?",
    "generate a new SAS with a later expiry, and replace the secret",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    sas_facts(question, |facts| judge(facts, question.run))
}

fn judge(facts: &Facts, run: &Run<'_>) -> Answer {
    match facts.start {
        Moment::At(start) if start > run.now => {
            return Answer::fail(format!("the signature is valid only from {start} (`st`)"))
                .remedy("wait until then, or generate a SAS that starts now");
        }
        Moment::Malformed => return Answer::fail("the start of the signature (`st`) is no time"),
        _ => {}
    }
    // A user delegation key that ends earlier ends the signature with it.
    let ends = [("se", facts.expiry), ("ske", facts.delegation_expiry)];
    if let Some((name, _)) = ends.iter().find(|(_, end)| *end == Moment::Malformed) {
        return Answer::fail(format!("the expiry of the signature (`{name}`) is no time"));
    }
    let first = ends
        .iter()
        .filter_map(|(name, end)| match end {
            Moment::At(end) => Some((end, name)),
            _ => None,
        })
        .min();
    match (first, &facts.policy) {
        (Some((end, &"ske")), _) => {
            expiry::of_moment("the user delegation key behind the signature", *end, run)
                .evidence("parameter", "ske")
        }
        (Some((end, name)), _) => {
            expiry::of_moment("the signature", *end, run).evidence("parameter", *name)
        }
        (None, Some(_)) => Answer::skipped(
            "the stored access policy says when the signature expires: it cannot be known offline",
        ),
        (None, None) => Answer::fail("the signature has no expiry (`se`)"),
    }
}
