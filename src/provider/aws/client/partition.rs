//! Partitions: the separate worlds of AWS, each with its own regions, ARNs and sign-in.

/// A partition. Source of regions: the SDKs' endpoint rules, and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Partition {
    Commercial,
    China,
    UsGov,
}

impl Partition {
    /// The partition that a region is in.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        if region.starts_with("cn-") {
            Self::China
        } else if region.starts_with("us-gov-") {
            Self::UsGov
        } else {
            Self::Commercial
        }
    }

    /// By its word in ARNs.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "aws" => Some(Self::Commercial),
            "aws-cn" => Some(Self::China),
            "aws-us-gov" => Some(Self::UsGov),
            _ => None,
        }
    }

    /// Its word in ARNs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Commercial => "aws",
            Self::China => "aws-cn",
            Self::UsGov => "aws-us-gov",
        }
    }

    /// The region that services without regions are reached in: IAM, Organizations, Support.
    #[must_use]
    pub const fn global(self) -> &'static str {
        match self {
            Self::Commercial => "us-east-1",
            Self::China => "cn-north-1",
            Self::UsGov => "us-gov-west-1",
        }
    }

    /// The region of Organizations, which in China is not the one of IAM.
    #[must_use]
    pub const fn organizations(self) -> &'static str {
        match self {
            Self::China => "cn-northwest-1",
            other => other.global(),
        }
    }

    /// The region of the billing services (`cur`, `bcm-data-exports`). GovCloud has none of its
    /// own: its costs are on the bill of the standard account that it is linked to.
    #[must_use]
    pub const fn billing(self) -> Option<&'static str> {
        match self {
            Self::Commercial => Some("us-east-1"),
            Self::China => Some("cn-northwest-1"),
            Self::UsGov => None,
        }
    }
}
