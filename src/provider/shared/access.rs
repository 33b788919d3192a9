//! Providers by name.

use crate::model::provider::Provider;

/// What people call a provider.
pub const fn name(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "AWS",
        Provider::Azure => "Azure",
        Provider::AzureCsp => "Partner Center",
        Provider::Gcp => "Google Cloud",
        Provider::Oci => "OCI",
    }
}
