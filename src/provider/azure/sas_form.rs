//! `azure.sas.form`: is the secret a shared access signature?

use super::{of_sas, sas};
use crate::credential::inspect::sas::{Kind, Sas};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;
use crate::provider::shared::miscopied;

pub(super) const CHECK: Check = of_sas(
    "azure.sas.form",
    "Is the secret a signed shared access signature?",
    "generate a SAS for the container in the portal (Shared access tokens) or with `az storage \
     container generate-sas`, and store the whole token, from `sv=` to the end of `sig=`",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let sas = match sas(question)? {
        Ok(sas) => sas,
        Err(skipped) => return Some(skipped),
    };
    let with_account = |answer: Answer, account: Option<String>| match account {
        Some(account) => answer.evidence("account", account),
        None => answer,
    };
    Some(match sas {
        Sas::Token(facts) => {
            let kind = match facts.kind {
                Kind::Account => "account SAS",
                Kind::Service => "service SAS",
                Kind::UserDelegation => "user delegation SAS",
            };
            let answer = if !facts.signed {
                Answer::fail("the signature (`sig`) is missing: the token was cut off")
            } else if facts.account_key {
                Answer::warn("the connection string also holds the storage account's own key")
                    .remedy("keep only `BlobEndpoint` and `SharedAccessSignature` in it: the key may do anything")
            } else {
                Answer::pass(format!("the secret is a signed {kind}"))
            };
            let answer = with_account(answer, facts.account).evidence("kind", kind);
            match facts.version {
                Some(version) => answer.evidence("sv", version),
                None => answer,
            }
        }
        Sas::AccountKey { account } => with_account(
            Answer::fail(
                "the connection string holds the storage account's own key, which may do anything, \
                 and no shared access signature",
            ),
            account,
        ),
        Sas::NoSignature { account } => with_account(
            Answer::fail("the connection string holds no `SharedAccessSignature`"),
            account,
        ),
        Sas::Miscopied(copied) => Answer::fail(format!("the secret {}", miscopied(copied)))
            .remedy("store it again, in one line and without quotation marks"),
        Sas::Unknown => Answer::fail("this is neither a SAS token nor a connection string"),
    })
}
