//! Clouds: Azure's public one and the sovereign ones, and the addresses of their services.
//!
//! The cloud is the one of `AZURE_AUTHORITY_HOST`. Addresses of single services, for private links and
//! tests: `BURSAR_ENDPOINT_AZURE_ENTRA`, `…_ARM`, `…_GRAPH`, `…_BLOB` (`{account}` stands for the
//! storage account's name) and `…_IMDS`.

use url::Url;

use crate::env;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Azure Resource Manager.
    Arm,
    /// Microsoft Graph.
    Graph,
    /// Blobs.
    Storage,
}

impl Resource {
    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arm => "Azure Resource Manager",
            Self::Graph => "Microsoft Graph",
            Self::Storage => "Azure Storage",
        }
    }
}

/// One of Azure's clouds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// Where Entra is, always with https: it is part of what an assertion is signed for.
    pub authority: String,
    /// What tokens for the services are asked for, and where the services are.
    arm: &'static str,
    graph: &'static str,
    blob: &'static str,
}

const PUBLIC: &str = "https://login.microsoftonline.com";

impl Cloud {
    /// The cloud that the environment names.
    #[must_use]
    pub fn from_env() -> Self {
        let authority = env::get(env::AZURE_AUTHORITY_HOST);
        Self::of(authority.as_deref().unwrap_or(PUBLIC))
    }

    /// The cloud of an authority. An unknown one is taken for the public cloud's: its services are
    /// then set one by one.
    #[must_use]
    pub fn of(authority: &str) -> Self {
        let authority = authority.trim_end_matches('/');
        let host = authority
            .trim_start_matches("https://")
            .trim_start_matches("http://");
        let (arm, graph, blob) = match host {
            "login.microsoftonline.us" => (
                "https://management.usgovcloudapi.net",
                "https://graph.microsoft.us",
                "https://{account}.blob.core.usgovcloudapi.net",
            ),
            "login.chinacloudapi.cn" | "login.partner.microsoftonline.cn" => (
                "https://management.chinacloudapi.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://{account}.blob.core.chinacloudapi.cn",
            ),
            _ => (
                "https://management.azure.com",
                "https://graph.microsoft.com",
                "https://{account}.blob.core.windows.net",
            ),
        };
        Self {
            authority: format!("https://{host}"),
            arm,
            graph,
            blob,
        }
    }

    /// What a token for a resource is asked for.
    #[must_use]
    pub fn scope(&self, resource: Resource) -> String {
        let audience = match resource {
            Resource::Arm => self.arm,
            Resource::Graph => self.graph,
            // The same in all clouds.
            Resource::Storage => "https://storage.azure.com",
        };
        format!("{audience}/.default")
    }

    /// Where Entra is asked.
    #[must_use]
    pub fn entra(&self) -> String {
        env::endpoint("AZURE_ENTRA").unwrap_or_else(|| self.authority.clone())
    }

    #[must_use]
    pub fn arm(&self) -> String {
        env::endpoint("AZURE_ARM").unwrap_or_else(|| self.arm.to_owned())
    }

    /// The host that pages of Azure Resource Manager name themselves by.
    #[must_use]
    pub fn arm_host(&self) -> &'static str {
        self.arm.trim_start_matches("https://")
    }

    #[must_use]
    pub fn graph(&self) -> String {
        env::endpoint("AZURE_GRAPH").unwrap_or_else(|| self.graph.to_owned())
    }

    /// Where the blobs of a storage account are.
    #[must_use]
    pub fn blob(&self, account: &str) -> String {
        let template = env::endpoint("AZURE_BLOB");
        let template = template.as_deref().unwrap_or(self.blob);
        template.replace("{account}", account)
    }
}

/// An address, with another place in front of its path where one is set for tests or private links.
#[must_use]
pub fn rebased(url: &Url, base: &str) -> Option<Url> {
    let tail = &url[url::Position::BeforePath..];
    Url::parse(&format!("{}{tail}", base.trim_end_matches('/'))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_are_known_by_their_authority() {
        let arm = |authority| Cloud::of(authority).scope(Resource::Arm);
        assert_eq!(
            arm("https://login.microsoftonline.com/"),
            "https://management.azure.com/.default"
        );
        assert_eq!(
            arm("login.microsoftonline.us"),
            "https://management.usgovcloudapi.net/.default"
        );
        assert_eq!(
            arm("https://login.chinacloudapi.cn"),
            "https://management.chinacloudapi.cn/.default"
        );
        let china = Cloud::of("https://login.partner.microsoftonline.cn");
        assert_eq!(
            china.scope(Resource::Storage),
            "https://storage.azure.com/.default"
        );
    }

    #[test]
    fn only_the_place_of_an_address_is_replaced() {
        let url = "https://login.example/tenant/token?x=1".parse().unwrap();
        let there = rebased(&url, "http://127.0.0.1:9/entra/").unwrap();
        assert_eq!(there.as_str(), "http://127.0.0.1:9/entra/tenant/token?x=1");
    }
}
