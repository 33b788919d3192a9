//! `azure_csp.secret.value`: is the secret key the secret's value?

use crate::model::finding::Check;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::azure::secret_value;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "azure_csp.secret.value",
    "Is the secret key the secret's value, and not its id?",
    secret_value::REMEDY,
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let reference = match question.subject.credential()? {
        Credential::PartnerCenter(c) => &c.secret_key,
        Credential::PartnerApi(c) => &c.secret_key,
        _ => return None,
    };
    Some(secret_value::judge("the secret key", reference, question))
}
