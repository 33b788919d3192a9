//! ARNs, as far as principals and roles need them.

use super::Partition;

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arn<'a> {
    pub partition: Partition,
    pub service: &'a str,
    pub account: &'a str,
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (_region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        (arn == "arn" && !resource.is_empty()).then_some(Self {
            partition: Partition::of_word(partition)?,
            service,
            account,
            resource,
        })
    }
}

/// Who a session acts as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// An account's root user: may do everything, and should do nothing.
    Root,
    /// An IAM user.
    User,
    /// A role; its name, without its path, as the session's ARN has it.
    Role(String),
    /// Anything else: a federated user.
    Other,
}

impl Principal {
    #[must_use]
    pub fn of(arn: &Arn<'_>) -> Self {
        let mut parts = arn.resource.split('/');
        match (arn.service, parts.next(), parts.next()) {
            ("iam", Some("root"), None) => Self::Root,
            ("iam", Some("user"), Some(_)) => Self::User,
            ("sts", Some("assumed-role"), Some(name)) => Self::Role(name.to_owned()),
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(text: &str) -> Option<Principal> {
        Arn::parse(text).map(|arn| Principal::of(&arn))
    }

    #[test]
    fn principals_are_told_apart_in_all_partitions() {
        let role = |name: &str| Some(Principal::Role(name.to_owned()));
        assert_eq!(
            principal("arn:aws:sts::111122223333:assumed-role/BursarReader/bursar"),
            role("BursarReader")
        );
        assert_eq!(
            principal("arn:aws-cn:sts::111122223333:assumed-role/R/s"),
            role("R")
        );
        assert_eq!(
            principal("arn:aws-us-gov:iam::111122223333:user/path/ci"),
            Some(Principal::User)
        );
        assert_eq!(
            principal("arn:aws:iam::111122223333:root"),
            Some(Principal::Root)
        );
        assert_eq!(
            principal("arn:aws:sts::111122223333:federated-user/ann"),
            Some(Principal::Other)
        );
        assert_eq!(principal("arn:elsewhere:iam::1:root"), None);
        assert_eq!(principal("BursarReader"), None);
    }
}
