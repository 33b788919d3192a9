//! `<provider>.credential.expires`: is the declared day of expiry far enough away?

use crate::model::finding::Check;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;
use crate::provider::{expiry, local};

pub const fn check(id: &'static str) -> Check {
    local::api(
        id,
        "Is the declared day of expiry far enough away?",
        "replace the secret, then set `expires_on` and `rotated` of the credential in `bursar.yaml`",
    )
}

pub fn ask(question: &Question<'_>) -> Option<Answer> {
    let credential = question.subject.credential()?;
    let common = credential.common();
    let Some(day) = common.expires_on else {
        // Secrets of Entra applications always expire; a key of another provider need not, and a
        // certificate or a signature says itself when.
        let always = matches!(
            credential,
            Credential::AzureClientSecret(_)
                | Credential::PartnerCenter(_)
                | Credential::PartnerApi(_)
        );
        return always.then(|| {
            Answer::skipped("it is not declared when this secret expires")
                .remedy("add `expires_on: YYYY-MM-DD` to the credential, as Entra shows it")
        });
    };
    let used = match question.subject.used_by {
        0 => String::new(),
        1 => ", used by 1 resource,".to_owned(),
        count => format!(", used by {count} resources,"),
    };
    let answer = expiry::of_day(&format!("this credential{used}"), day, question.run);
    Some(answer.evidence("expires_on", day.to_string()))
}
