//! The clouds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A cloud whose cost data bursar registers.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure, bought directly (Enterprise Agreement or Microsoft Customer Agreement).
    Azure,
    /// Microsoft Azure, sold by a Cloud Solution Provider.
    AzureCsp,
    /// Google Cloud.
    Gcp,
    /// Oracle Cloud Infrastructure.
    Oci,
}

impl Provider {
    pub const ALL: [Self; 5] = [Self::Aws, Self::Azure, Self::AzureCsp, Self::Gcp, Self::Oci];

    /// The name used in YAML and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::AzureCsp => "azure_csp",
            Self::Gcp => "gcp",
            Self::Oci => "oci",
        }
    }

    /// The provider of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|provider| provider.as_str() == name)
    }
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
