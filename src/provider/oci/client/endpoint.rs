//! Endpoints: where each service of a region is, in every realm.

use url::Url;

use crate::env;
use crate::model::oci_regions as regions;

/// A service that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    Identity,
    ObjectStorage,
    Organizations,
    Optimizer,
    Usage,
}

impl Service {
    /// Its name in addresses.
    const fn host(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::ObjectStorage => "objectstorage",
            Self::Organizations => "organizations",
            Self::Optimizer => "optimizer",
            Self::Usage => "usageapi",
        }
    }

    /// Its version, as all paths begin with it; Object Storage has none.
    const fn version(self) -> &'static str {
        match self {
            Self::Identity => "/20160918",
            Self::ObjectStorage => "",
            Self::Organizations => "/20230401",
            Self::Optimizer => "/20200606",
            Self::Usage => "/20200107",
        }
    }

    /// Its part of the environment variable that sets its endpoint.
    const fn variable(self) -> &'static str {
        match self {
            Self::Identity => "OCI_IDENTITY",
            Self::ObjectStorage => "OCI_OBJECTSTORAGE",
            Self::Organizations => "OCI_ORGANIZATIONS",
            Self::Optimizer => "OCI_OPTIMIZER",
            Self::Usage => "OCI_USAGEAPI",
        }
    }
}

/// A region, in its realm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Region {
    pub name: String,
    domain: String,
}

impl Region {
    /// The region of that name or key; one that is not known by its name, in the realm of a tenancy.
    #[must_use]
    pub fn find(text: &str, tenancy: &str) -> Option<Self> {
        let (name, realm) = match regions::find(text) {
            Some(region) => (region.name, region.realm),
            // Regions are added now and then; their names end in a number.
            None if is_name(text) => (text, realm_of(tenancy)?),
            None => return None,
        };
        Some(Self {
            name: name.to_owned(),
            domain: regions::domain(realm)?.to_owned(),
        })
    }

    /// The address of a service here, with its version.
    pub(super) fn base(&self, service: Service) -> Result<Url, String> {
        let template = env::endpoint(service.variable()).or_else(|| env::endpoint("OCI"));
        let host = match &template {
            Some(template) => template.replace("{region}", &self.name),
            None => self.public(service),
        };
        let base = host.replace("{service}", service.host()) + service.version();
        Url::parse(&base).map_err(|error| format!("`{base}` is no address: {error}"))
    }

    fn public(&self, service: Service) -> String {
        let (name, domain) = (&self.name, &self.domain);
        match service {
            Service::ObjectStorage => format!("https://objectstorage.{name}.{domain}"),
            _ => format!("https://{}.{name}.oci.{domain}", service.host()),
        }
    }
}

/// Whether a text has the form of a region's name, fit for an address: `sa-saopaulo-1`.
fn is_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match parts.split_last() {
        Some((number, words)) => {
            words.len() >= 2
                && words.iter().all(|part| word(part))
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        None => false,
    }
}

/// The realm in an OCID: `ocid1.tenancy.REALM..`.
fn realm_of(tenancy: &str) -> Option<&str> {
    tenancy.split('.').nth(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(region: &str, tenancy: &str, service: Service) -> String {
        Region::find(region, tenancy).unwrap().public(service)
    }

    #[test]
    fn realms_have_their_domains() {
        let oc1 = "ocid1.tenancy.oc1..a";
        assert_eq!(
            public("FRA", oc1, Service::Identity),
            "https://identity.eu-frankfurt-1.oci.oraclecloud.com"
        );
        assert_eq!(
            public("eu-frankfurt-1", oc1, Service::ObjectStorage),
            "https://objectstorage.eu-frankfurt-1.oraclecloud.com"
        );
        assert_eq!(
            public("uk-gov-london-1", "ocid1.tenancy.oc4..a", Service::Usage),
            "https://usageapi.uk-gov-london-1.oci.oraclegovcloud.uk"
        );
        assert_eq!(
            public(
                "eu-frankfurt-2",
                "ocid1.tenancy.oc19..a",
                Service::Optimizer
            ),
            "https://optimizer.eu-frankfurt-2.oci.oraclecloud.eu"
        );
    }

    #[test]
    fn a_region_that_is_not_known_is_of_the_tenancys_realm() {
        let new = Region::find("us-gov-denver-1", "ocid1.tenancy.oc3..a").unwrap();
        assert_eq!(
            new.public(Service::Identity),
            "https://identity.us-gov-denver-1.oci.oraclegovcloud.com"
        );
        for wrong in [
            "XXX",
            "eu.evil.example/-1",
            "eu-x",
            "eu--1",
            "EU-mars-1",
            "",
        ] {
            assert_eq!(Region::find(wrong, "ocid1.tenancy.oc1..a"), None, "{wrong}");
        }
        assert_eq!(Region::find("eu-mars-1", "ocid1.tenancy.oc99..a"), None);
        for realm in ["oc1", "oc2", "oc3", "oc4", "oc19", "oc52"] {
            assert!(regions::domain(realm).is_some());
        }
    }
}
