//! `<provider>.access`: stands for everything that can only be asked over the network, as long as
//! this version cannot.

use crate::model::finding::{Badge, Check};
use crate::model::provider::Provider;

const fn of(id: &'static str, question: &'static str) -> Check {
    Check {
        id,
        question,
        badge: Badge::Api,
        required: true,
        offline: false,
        calls: &[],
        permissions: &[],
        remedy: "use `--offline`: it runs the checks that need no network, and registers on \
                 declared text alone",
    }
}

static AZURE: Check = of("azure.access", "Can Azure be asked about this resource?");
static AZURE_CSP: Check = of(
    "azure_csp.access",
    "Can Partner Center be asked about this resource?",
);
static OCI: Check = of("oci.access", "Can OCI be asked about this resource?");

/// None for a provider that this version can ask.
pub const fn check(provider: Provider) -> Option<&'static Check> {
    match provider {
        Provider::Aws | Provider::Gcp => None,
        Provider::Azure => Some(&AZURE),
        Provider::AzureCsp => Some(&AZURE_CSP),
        Provider::Oci => Some(&OCI),
    }
}

/// Whether a check is one of these.
pub fn is_one(check: &str) -> bool {
    Provider::ALL
        .into_iter()
        .filter_map(self::check)
        .any(|one| one.id == check)
}

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
