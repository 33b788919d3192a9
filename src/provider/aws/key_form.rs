//! `aws.key.form`: do both halves of the access key look like what they are?

use super::{access_key, halves};
use crate::credential::inspect::aws_key::{self, IdForm, SecretForm};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;
use crate::provider::shared::miscopied;

pub(super) const CHECK: Check = local::api(
    "aws.key.form",
    "Do the id and the secret of the access key look like what they are?",
    "`access_key_id` is the twenty characters that begin with `AKIA`, `secret_access_key` the forty \
     characters that AWS shows once; create a new access key if the secret is lost",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let key = access_key(question)?;
    let (id, secret) = match halves(key, question) {
        Ok(halves) => halves?,
        Err(skipped) => return Some(skipped),
    };
    let answer = match (aws_key::id(&id), aws_key::secret(&secret)) {
        (IdForm::LooksLikeSecret, SecretForm::LooksLikeId) => {
            Answer::fail("the access key's id and its secret are swapped")
                .remedy("let `access_key_id` point to the id (`AKIA…`) and `secret_access_key` to the secret")
        }
        (IdForm::Miscopied(copied), _) => {
            Answer::fail(format!("the access key's id {}", miscopied(copied)))
        }
        (_, SecretForm::Miscopied(copied)) => {
            Answer::fail(format!("the secret access key {}", miscopied(copied)))
        }
        (IdForm::LooksLikeSecret, _) => {
            Answer::fail("where the access key's id should be, there is a secret")
        }
        (IdForm::OtherThing(what), _) => {
            Answer::fail(format!("this is the id of {what}, not of an access key"))
        }
        (IdForm::Unknown, _) => Answer::fail("this is not the id of an access key"),
        (_, SecretForm::LooksLikeId) => {
            Answer::fail("where the secret access key should be, there is an id")
        }
        (_, SecretForm::Length(length)) => Answer::fail(format!(
            "the secret access key has {length} characters; all have 40"
        )),
        (_, SecretForm::Unknown) => {
            Answer::fail("the secret access key holds characters that none has")
        }
        (IdForm::Temporary, SecretForm::Secret) => Answer::fail(
            "this is a temporary key (`ASIA…`), which is of no use without its session token and ends soon",
        )
        .remedy("use `aws_default` where a session is at hand, or `aws_role`, or a key that begins with `AKIA`"),
        (IdForm::AccessKey, SecretForm::Secret) => Answer::pass("both halves look like an access key's"),
    };
    Some(match aws_key::short(&id) {
        Some(short) => answer.evidence("key", short),
        None => answer,
    })
}
