//! `aws.key.csv`: is the CSV file one with an access key?

use super::access_key;
use crate::credential::inspect::aws_csv::{self, AwsCsv};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "aws.key.csv",
    "Is the CSV file one that AWS offers with an access key?",
    "create an access key in IAM (Users, Security credentials) and download its CSV file, which has \
     the columns `Access key ID` and `Secret access key`",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let csv = access_key(question)?.csv.as_ref()?;
    let secret = match question.secret(csv) {
        Ok(secret) => secret,
        Err(skipped) => return Some(skipped),
    };
    Some(match aws_csv::read(&secret) {
        AwsCsv::Key(key) => {
            let answer = Answer::pass("the file holds one access key");
            match key.user {
                Some(user) => answer.evidence("user", user),
                None => answer,
            }
        }
        AwsCsv::ConsoleOnly => Answer::fail("the file holds a console password and no access key"),
        AwsCsv::NoRows => {
            Answer::fail("the file has the columns of an access key, and no key below them")
        }
        AwsCsv::Several(count) => {
            Answer::fail(format!("the file holds {count} access keys; one is wanted"))
                .remedy("leave one key in the file, or declare a credential for each")
        }
        AwsCsv::Incomplete => Answer::fail("the key's id or its secret is left out in the file")
            .remedy(
                "AWS shows the secret only once: create a new access key and download its CSV file",
            ),
        AwsCsv::NotKeys => {
            Answer::fail("the file has no columns `Access key ID` and `Secret access key`")
        }
    })
}
