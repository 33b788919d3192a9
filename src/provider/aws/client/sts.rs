//! STS: who am I, and roles that are assumed.

use aws_config::SdkConfig;
use aws_sdk_sts::config::Credentials;

use super::{Kind, Session, Traffic, Trouble, trouble};
use crate::credential::conceal;

/// A role that was assumed.
pub(super) struct Assumed {
    pub arn: String,
    pub credentials: Credentials,
}

/// The ARN that the credentials of a configuration belong to. Needs no permission.
pub(super) async fn caller(config: &SdkConfig, traffic: &Traffic) -> Result<String, Trouble> {
    const ACTION: &str = "sts:GetCallerIdentity";
    let config = aws_sdk_sts::config::Builder::from(config)
        .interceptor(traffic.clone())
        .build();
    let answer = aws_sdk_sts::Client::from_conf(config)
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    answer
        .arn
        .ok_or_else(|| trouble::new(Kind::Malformed, ACTION, "the answer names nobody"))
}

/// Assumes a role for the shortest time there is.
pub(super) async fn assume_role(
    session: &Session,
    role_arn: &str,
    external_id: Option<&str>,
) -> Result<Assumed, Trouble> {
    const ACTION: &str = "sts:AssumeRole";
    let answer = session
        .sts()
        .assume_role()
        .role_arn(role_arn)
        .role_session_name("bursar")
        .set_external_id(external_id.map(str::to_owned))
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    let missing = || trouble::new(Kind::Malformed, ACTION, "the answer holds no session");
    let keys = answer.credentials.ok_or_else(missing)?;
    conceal(&keys.secret_access_key);
    conceal(&keys.session_token);
    let expires = std::time::SystemTime::try_from(keys.expiration).ok();
    Ok(Assumed {
        arn: answer.assumed_role_user.ok_or_else(missing)?.arn,
        credentials: Credentials::new(
            keys.access_key_id,
            keys.secret_access_key,
            Some(keys.session_token),
            expires,
            "bursar",
        ),
    })
}
