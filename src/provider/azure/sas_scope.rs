//! `azure.sas.scope`: does the signature reach the container and the blobs in it?

use super::{of_sas, sas_facts};
use crate::credential::inspect::sas::{Facts, Kind};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = of_sas(
    "azure.sas.scope",
    "Does the shared access signature reach a container and the blobs in it?",
    "generate a SAS for the container (`sr=c`), or an account SAS for the Blob service with the \
     resource types Container and Object (`ss=b`, `srt=co`)",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    sas_facts(question, judge)
}

fn judge(facts: &Facts) -> Answer {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    match facts.kind {
        Kind::Account => {
            let (services, types) = (text(&facts.services), text(&facts.resource_types));
            let lacks: Vec<&str> = [
                (services.contains('b'), "the Blob service (`ss` lacks b)"),
                (types.contains('c'), "containers (`srt` lacks c)"),
                (types.contains('o'), "blobs (`srt` lacks o)"),
            ]
            .into_iter()
            .filter(|(has, _)| !has)
            .map(|(_, name)| name)
            .collect();
            let answer = if lacks.is_empty() {
                Answer::pass("the signature reaches containers and blobs of the account")
            } else {
                Answer::fail(format!("the signature does not reach {}", lacks.join(", ")))
            };
            answer.evidence("ss", services).evidence("srt", types)
        }
        Kind::Service | Kind::UserDelegation => {
            let resource = text(&facts.resource);
            match resource.as_str() {
                "c" => Answer::pass("the signature reaches one container and its blobs"),
                "d" => Answer::pass("the signature reaches one directory and its blobs"),
                "b" | "bs" | "bv" => {
                    Answer::fail("the signature reaches a single blob, and exports write new ones")
                }
                _ => Answer::fail("the signature is for no container (`sr`)"),
            }
            .evidence("sr", resource)
        }
    }
}
