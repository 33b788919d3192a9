//! Credentials: named ways to reach a provider. Secrets are references only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::one_key_map;
use crate::model::provider::Provider;
use crate::model::secret_ref::SecretRef;
use crate::model::time::Date;

/// Declares a kind of credential, with the fields that all kinds share.
macro_rules! kind {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// Names that this credential had before: it is renamed, not created again.
            #[serde(default, skip_serializing)]
            pub previously: Vec<String>,
            /// The day on which the secret was last replaced behind its reference: a platform
            /// receives it again when this changes.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub rotated: Option<Date>,
        }
    };
}

/// A named way to reach a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(transform = one_key_map)]
pub enum Credential {
    /// AWS: the SDK's own chain (environment, profile, SSO, web identity, instance).
    AwsDefault(AwsDefault),
    /// AWS: a role that is assumed, by ARN or by name in the account it is used for.
    AwsRole(AwsRole),
    /// AWS: an access key of an IAM user.
    AwsAccessKey(AwsAccessKey),
    /// Azure: the SDK's own chain.
    AzureDefault(AzureDefault),
    /// Azure: an application with a client secret.
    AzureClientSecret(AzureClientSecret),
    /// Azure: an application with a certificate.
    AzureCertificate(AzureCertificate),
    /// Azure: an application with a federated token (OIDC).
    AzureFederated(AzureFederated),
    /// Azure: a shared access signature for a storage container.
    AzureSas(AzureSas),
    /// Azure CSP: an application for Partner Center.
    PartnerCenter(PartnerCenter),
    /// Azure CSP: an application for the Partner API, with a refresh token.
    PartnerApi(PartnerApi),
    /// Google Cloud: application default credentials.
    GcpDefault(GcpDefault),
    /// Google Cloud: a service account's key.
    GcpServiceAccount(GcpServiceAccount),
    /// Google Cloud: workload identity federation.
    GcpWorkloadIdentity(GcpWorkloadIdentity),
    /// OCI: an API signing key.
    OciApiKey(OciApiKey),
}

kind! {
    /// The AWS SDK's own chain.
    AwsDefault {
        /// A profile of the shared configuration. Default: `AWS_PROFILE`, else `default`.
        #[serde(default, skip_serializing_if = "Option::is_none")] profile: Option<String>,
    }
}

kind! {
    /// A role that is assumed.
    AwsRole {
        /// Sent when the role is assumed; the role's trust policy should demand it.
        #[serde(default, skip_serializing_if = "Option::is_none")] external_id: Option<String>,
        /// The role's ARN; or `role_name`.
        #[serde(default, skip_serializing_if = "Option::is_none")] role_arn: Option<String>,
        /// The role's name, with its path, in the account that the credential is used for.
        #[serde(default, skip_serializing_if = "Option::is_none")] role_name: Option<String>,
        /// The credential that assumes the role. Default: the SDK's own chain.
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<String>,
    }
}

kind! {
    /// An access key of an IAM user: `csv`, or `access_key_id` and `secret_access_key`.
    AwsAccessKey {
        /// The key's id.
        #[serde(default, skip_serializing_if = "Option::is_none")] access_key_id: Option<SecretRef>,
        /// The CSV file as AWS offers it for download.
        #[serde(default, skip_serializing_if = "Option::is_none")] csv: Option<SecretRef>,
        /// The day by which the key is to be replaced.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_on: Option<Date>,
        /// The secret key.
        #[serde(default, skip_serializing_if = "Option::is_none")] secret_access_key: Option<SecretRef>,
        /// The user that the key belongs to; checked.
        #[serde(default, skip_serializing_if = "Option::is_none")] user_arn: Option<String>,
    }
}

kind! {
    /// The Azure SDK's own chain.
    AzureDefault {
        /// The Entra tenant. Default: the organization's.
        #[serde(default, skip_serializing_if = "Option::is_none")] tenant_id: Option<String>,
    }
}

kind! {
    /// An application with a client secret.
    AzureClientSecret {
        /// The application (client) id.
        client_id: String,
        /// The secret's value (not its id).
        client_secret: SecretRef,
        /// The day on which the secret expires, where Microsoft Graph may not be asked.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_on: Option<Date>,
        /// The service principal's object id (Enterprise applications).
        #[serde(default, skip_serializing_if = "Option::is_none")] object_id: Option<String>,
        /// The secret's id, to find its expiry by.
        #[serde(default, skip_serializing_if = "Option::is_none")] secret_id: Option<String>,
        /// The Entra tenant.
        tenant_id: String,
    }
}

kind! {
    /// An application with a certificate.
    AzureCertificate {
        /// The certificate with its private key, PEM or PKCS #12.
        certificate: SecretRef,
        /// The application (client) id.
        client_id: String,
        /// The day on which the certificate expires. Default: read from it.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_on: Option<Date>,
        /// The password of a PKCS #12 file.
        #[serde(default, skip_serializing_if = "Option::is_none")] password: Option<SecretRef>,
        /// The Entra tenant.
        tenant_id: String,
    }
}

kind! {
    /// An application with a federated token (OIDC).
    AzureFederated {
        /// The application (client) id.
        client_id: String,
        /// The Entra tenant.
        tenant_id: String,
        /// The token. Default: the runner's own.
        #[serde(default, skip_serializing_if = "Option::is_none")] token: Option<SecretRef>,
    }
}

kind! {
    /// A shared access signature: `token` or `connection_string`.
    AzureSas {
        /// A storage connection string.
        #[serde(default, skip_serializing_if = "Option::is_none")] connection_string: Option<SecretRef>,
        /// The day on which it expires. Default: read from the token.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_on: Option<Date>,
        /// A SAS token.
        #[serde(default, skip_serializing_if = "Option::is_none")] token: Option<SecretRef>,
    }
}

kind! {
    /// An application for Partner Center.
    PartnerCenter {
        /// The application id of the registered web app.
        application_id: String,
        /// The client id.
        client_id: String,
        /// The day on which the secret expires.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_on: Option<Date>,
        /// The application's secret.
        secret_key: SecretRef,
        /// The partner's Entra tenant.
        tenant_id: String,
    }
}

kind! {
    /// An application for the Partner API, with a refresh token that rotates.
    PartnerApi {
        /// The application id of the registered web app.
        application_id: String,
        /// The client id.
        client_id: String,
        /// The day on which the secret expires.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_on: Option<Date>,
        /// The refresh token; a renewed one is written back.
        refresh_token: SecretRef,
        /// The application's secret.
        secret_key: SecretRef,
        /// The partner's Entra tenant.
        tenant_id: String,
    }
}

kind! {
    /// Application default credentials.
    GcpDefault {
        /// The service account that is impersonated.
        #[serde(default, skip_serializing_if = "Option::is_none")] impersonate: Option<String>,
    }
}

kind! {
    /// A service account's key.
    GcpServiceAccount {
        /// The service account's e-mail address; checked against the key.
        #[serde(default, skip_serializing_if = "Option::is_none")] email: Option<String>,
        /// The day on which the key expires.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_on: Option<Date>,
        /// The key, JSON.
        key: SecretRef,
    }
}

kind! {
    /// Workload identity federation.
    GcpWorkloadIdentity {
        /// The provider's full resource name, `//iam.googleapis.com/projects/…`.
        audience: String,
        /// The service account that is impersonated.
        #[serde(default, skip_serializing_if = "Option::is_none")] impersonate: Option<String>,
        /// The token. Default: the runner's own.
        #[serde(default, skip_serializing_if = "Option::is_none")] token: Option<SecretRef>,
    }
}

kind! {
    /// An API signing key of an OCI user.
    OciApiKey {
        /// The key's fingerprint, sixteen pairs of hexadecimal digits with colons.
        fingerprint: String,
        /// The passphrase of the private key.
        #[serde(default, skip_serializing_if = "Option::is_none")] passphrase: Option<SecretRef>,
        /// The private key, PEM.
        private_key: SecretRef,
        /// The region, by name or key.
        region: String,
        /// The tenancy's OCID.
        tenancy: String,
        /// The user's OCID.
        user: String,
    }
}

/// What all kinds of credential share.
pub struct Common<'a> {
    /// The word that it is declared with.
    pub word: &'static str,
    /// The provider that it reaches; CSP credentials reach Azure as well as the partner.
    pub providers: &'static [Provider],
    pub previously: &'a [String],
    pub rotated: Option<Date>,
    pub expires_on: Option<Date>,
    /// Each reference with the field it stands in.
    pub secrets: Vec<(&'static str, &'a SecretRef)>,
}

impl Credential {
    /// What all kinds share.
    #[must_use]
    pub fn common(&self) -> Common<'_> {
        const AWS: &[Provider] = &[Provider::Aws];
        const AZURE: &[Provider] = &[Provider::Azure, Provider::AzureCsp];
        const CSP: &[Provider] = &[Provider::AzureCsp];
        const GCP: &[Provider] = &[Provider::Gcp];
        const OCI: &[Provider] = &[Provider::Oci];
        macro_rules! common {
            ($word:literal, $providers:expr, $c:expr, $expires:expr, [$($name:literal = $secret:expr),*]) => {
                Common {
                    word: $word,
                    providers: $providers,
                    previously: &$c.previously,
                    rotated: $c.rotated,
                    expires_on: $expires,
                    secrets: [$(($name, $secret)),*]
                        .into_iter()
                        .filter_map(|(name, secret): (&'static str, Option<&SecretRef>)| secret.map(|secret| (name, secret)))
                        .collect(),
                }
            };
        }
        match self {
            Self::AwsDefault(c) => common!("aws_default", AWS, c, None, []),
            Self::AwsRole(c) => common!("aws_role", AWS, c, None, []),
            Self::AwsAccessKey(c) => common!(
                "aws_access_key",
                AWS,
                c,
                c.expires_on,
                [
                    "access_key_id" = c.access_key_id.as_ref(),
                    "csv" = c.csv.as_ref(),
                    "secret_access_key" = c.secret_access_key.as_ref()
                ]
            ),
            Self::AzureDefault(c) => common!("azure_default", AZURE, c, None, []),
            Self::AzureClientSecret(c) => common!(
                "azure_client_secret",
                AZURE,
                c,
                c.expires_on,
                ["client_secret" = Some(&c.client_secret)]
            ),
            Self::AzureCertificate(c) => common!(
                "azure_certificate",
                AZURE,
                c,
                c.expires_on,
                [
                    "certificate" = Some(&c.certificate),
                    "password" = c.password.as_ref()
                ]
            ),
            Self::AzureFederated(c) => common!(
                "azure_federated",
                AZURE,
                c,
                None,
                ["token" = c.token.as_ref()]
            ),
            Self::AzureSas(c) => common!(
                "azure_sas",
                AZURE,
                c,
                c.expires_on,
                [
                    "connection_string" = c.connection_string.as_ref(),
                    "token" = c.token.as_ref()
                ]
            ),
            Self::PartnerCenter(c) => common!(
                "partner_center",
                CSP,
                c,
                c.expires_on,
                ["secret_key" = Some(&c.secret_key)]
            ),
            Self::PartnerApi(c) => common!(
                "partner_api",
                CSP,
                c,
                c.expires_on,
                [
                    "refresh_token" = Some(&c.refresh_token),
                    "secret_key" = Some(&c.secret_key)
                ]
            ),
            Self::GcpDefault(c) => common!("gcp_default", GCP, c, None, []),
            Self::GcpServiceAccount(c) => common!(
                "gcp_service_account",
                GCP,
                c,
                c.expires_on,
                ["key" = Some(&c.key)]
            ),
            Self::GcpWorkloadIdentity(c) => common!(
                "gcp_workload_identity",
                GCP,
                c,
                None,
                ["token" = c.token.as_ref()]
            ),
            Self::OciApiKey(c) => common!(
                "oci_api_key",
                OCI,
                c,
                None,
                [
                    "passphrase" = c.passphrase.as_ref(),
                    "private_key" = Some(&c.private_key)
                ]
            ),
        }
    }
}
