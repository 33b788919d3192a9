//! `azure.sas.permissions`: may the signature read and list, and nothing more?

use super::{of_sas, sas_facts};
use crate::credential::inspect::sas::Facts;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = of_sas(
    "azure.sas.permissions",
    "May the shared access signature read and list, and nothing more?",
    "generate a SAS with the permissions Read and List (`sp=rl`) only",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    sas_facts(question, judge)
}

fn judge(facts: &Facts) -> Answer {
    let Some(granted) = &facts.permissions else {
        return if facts.policy.is_some() {
            Answer::skipped(
                "the stored access policy grants the permissions: they cannot be known offline",
            )
        } else {
            Answer::fail("the signature grants no permissions (`sp`)")
        };
    };
    let lacks: Vec<&str> = [('r', "Read"), ('l', "List")]
        .into_iter()
        .filter(|(letter, _)| !granted.contains(*letter))
        .map(|(_, name)| name)
        .collect();
    let writes: Vec<&str> = WRITES
        .into_iter()
        .filter(|(letter, _)| granted.contains(*letter))
        .map(|(_, name)| name)
        .collect();
    if !lacks.is_empty() {
        Answer::fail(format!("the signature lacks {}", lacks.join(" and ")))
    } else if !writes.is_empty() {
        Answer::warn(format!("the signature also grants {}", writes.join(", ")))
    } else {
        Answer::pass("the signature grants Read and List")
    }
    .evidence("sp", granted)
}

/// Permissions that change something (Azure Storage: "Create a service SAS", "Create an
/// account SAS").
const WRITES: [(char, &str); 12] = [
    ('a', "Add"),
    ('c', "Create"),
    ('w', "Write"),
    ('u', "Update"),
    ('d', "Delete"),
    ('x', "Delete version"),
    ('y', "Permanent delete"),
    ('t', "Tags"),
    ('m', "Move"),
    ('o', "Ownership"),
    ('p', "Permissions or Process"),
    ('i', "Immutable storage"),
];
