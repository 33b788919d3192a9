//! Forms: the values that a person enters for an organization, by payer and export. Where bursar
//! reaches a cloud in another way than Onicloud does, that is said in place of a value.

use std::collections::BTreeSet;

use super::book::{Bill, Org};
use super::ticks::{Item, code};
use crate::model::address::Address;
use crate::model::provider::Provider;
use crate::model::secret_ref::SecretRef;
use crate::model::spec::{AzureClientSecret, Credential, Export};

/// The boxes of an organization's form.
pub fn of(org: &Org<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for payer in &org.payers {
        let form = Form { org, payer };
        match org.spec.provider {
            Provider::Aws => form.aws(&mut items),
            Provider::Gcp => form.gcp(&mut items),
            Provider::Azure => form.azure(&mut items),
            Provider::Oci => form.oci(&mut items),
            Provider::AzureCsp => {}
        }
    }
    // A credential that several exports read with is entered once.
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(item.key.clone()));
    items
}

struct Form<'a> {
    org: &'a Org<'a>,
    payer: &'a Bill,
}

/// What a tick of a secret is about, beside where it is: it must be entered again once it is
/// replaced.
fn replaced(credential: &Credential) -> String {
    let common = credential.common();
    let day =
        |day: Option<crate::model::time::Date>| day.map_or_else(String::new, |day| day.to_string());
    format!("{} {}", day(common.rotated), day(common.expires_on))
}

impl Form<'_> {
    /// A box; several payers are told apart.
    fn item(&self, address: &Address, field: &str, what: &str, value: &str) -> Item {
        let payer = match self.org.payers.len() {
            1 => String::new(),
            _ => format!(" (payer {})", code(&self.payer.id)),
        };
        Item::new(
            format!("{}:{address}.{field}", self.payer.address),
            format!("{what}{payer}: {value}"),
        )
    }

    fn secret(
        &self,
        (address, credential): (&Address, &Credential),
        field: &str,
        what: &str,
        secret: &SecretRef,
    ) -> Item {
        // The whole reference, also what is not shown of a command.
        let reference = serde_json::to_string(secret).unwrap_or_default();
        self.item(address, field, what, &format!("from the {secret}"))
            .about(&reference)
            .about(&replaced(credential))
    }

    /// The payer's credential, or what to say where its kind is none that the form takes.
    fn credential(&self) -> Option<(Address, &Credential)> {
        let name = self.org.of_payer(self.payer)?;
        Some((Address::credential(name), self.org.book.credential(name)?))
    }

    /// What is said where the credential is of a kind that Onicloud's form does not take.
    fn other(&self, wanted: &str, word: &str) -> Item {
        let address = &self.payer.address;
        let text = match self.credential() {
            Some((name, credential)) => format!(
                "{wanted}: {} is an `{}`, which the form does not take",
                code(&name.last()),
                credential.common().word
            ),
            None => format!("{wanted}: no credential is declared"),
        };
        self.item(address, "sign_in", &text, "make one for Onicloud")
            .below(format!(
                "declare it as `{word}` and name it as the payer's `credentials` to have its place here, and to have it checked"
            ))
    }

    fn exports(&self) -> impl Iterator<Item = (&Address, &Export)> {
        let all = self.payer.exports.iter();
        all.map(|(address, export)| (address, export))
    }

    fn aws(&self, items: &mut Vec<Item>) {
        let before = items.len();
        for (address, export) in self.exports() {
            let (path, region) = match export {
                Export::Cur(cur) => {
                    let prefix = cur.prefix.trim_matches('/');
                    let parts = [cur.bucket.as_str(), prefix, cur.report.as_str()];
                    (join(&parts), &cur.bucket_region)
                }
                Export::DataExport(data) => {
                    let name = data
                        .name
                        .clone()
                        .unwrap_or_else(|| address.last().into_owned());
                    let prefix = data.prefix.trim_matches('/');
                    (join(&[&data.bucket, prefix, &name]), &data.bucket_region)
                }
                _ => continue,
            };
            let mut item = self.item(
                address,
                "bucket",
                "Bucket path",
                &code(&format!("s3://{path}")),
            );
            if region != "us-east-1" {
                item.below.push(format!(
                    "the bucket is in {region}; Onicloud's guide asks for us-east-1"
                ));
            }
            if matches!(export, Export::DataExport(_)) {
                let line = "a Data Export; Onicloud's guide speaks of a Cost & Usage Report: ask whether it reads this one";
                item.below.push(line.to_owned());
            }
            items.push(item);
        }
        if items.len() == before {
            items.push(self.missing("Bucket path", "a `cur` export"));
        }
        match self.credential() {
            Some((address, whole @ Credential::AwsAccessKey(key))) => {
                let at = (&address, whole);
                if let Some(arn) = &key.user_arn {
                    items.push(self.item(&address, "arn", "User ARN", &code(arn)));
                }
                let id = key.access_key_id.as_ref().or(key.csv.as_ref());
                items.extend(id.map(|id| self.secret(at, "id", "Access key id", id)));
                let secret = key.secret_access_key.as_ref().or(key.csv.as_ref());
                items.extend(secret.map(|one| self.secret(at, "secret", "Secret access key", one)));
            }
            _ => items.push(self.other("Access key of an IAM user", "aws_access_key")),
        }
    }

    fn missing(&self, what: &str, wanted: &str) -> Item {
        let value = format!("{wanted} is not declared for this payer");
        self.item(&self.payer.address, "export", what, &value)
    }

    fn gcp(&self, items: &mut Vec<Item>) {
        match self.credential() {
            Some((address, whole @ Credential::GcpServiceAccount(account))) => {
                let email = account
                    .email
                    .as_deref()
                    .map_or_else(|| "`client_email` in the key".to_owned(), code);
                items.push(self.item(&address, "email", "Service account e-mail", &email));
                items.push(self.secret((&address, whole), "key", "JSON key", &account.key));
            }
            _ => items.push(self.other("Service account with a JSON key", "gcp_service_account")),
        }
        for (address, export) in self.exports() {
            if let Export::BigQuery(table) = export {
                let what = "Billing export, where the form asks for it";
                items.push(self.item(address, "dataset", what, &code(&table.dataset)));
            }
        }
    }

    fn azure(&self, items: &mut Vec<Item>) {
        match self.credential() {
            Some((address, whole @ Credential::AzureClientSecret(secret))) => {
                self.application(&address, whole, secret, items);
            }
            _ => items.push(self.other("Application with a client secret", "azure_client_secret")),
        }
        let before = items.len();
        let mut places: Vec<(&str, &str)> = Vec::new();
        for (address, export) in self.exports() {
            let Export::CostManagement(export) = export else {
                continue;
            };
            // Actual and amortized costs mostly go to one place: it is entered once.
            let place = (export.storage.as_str(), export.container.as_str());
            if places.contains(&place) {
                continue;
            }
            places.push(place);
            let part = |after: &str| {
                let mut parts = export.storage.split('/');
                parts.find(|part| part.eq_ignore_ascii_case(after))?;
                parts.next()
            };
            let subscription = part("subscriptions").unwrap_or_default();
            items.push(self.item(
                address,
                "subscription",
                "Subscription ID",
                &code(subscription),
            ));
            let storage = part("storageAccounts").unwrap_or(&export.storage);
            items.push(self.item(address, "storage", "Storage account", &code(storage)));
            items.push(self.item(address, "container", "Container", &code(&export.container)));
            self.sas(export.read_with.as_deref(), items);
        }
        if items.len() == before {
            items.push(self.missing("Storage", "a `cost_management` export"));
        }
    }

    fn application(
        &self,
        address: &Address,
        whole: &Credential,
        secret: &AzureClientSecret,
        items: &mut Vec<Item>,
    ) {
        items.push(self.item(address, "client", "Client ID", &code(&secret.client_id)));
        let value = &secret.client_secret;
        items.push(self.secret((address, whole), "secret", "Secret value", value));
        let known = |id: Option<&str>, field: &str| {
            id.map_or_else(
                || format!("not declared (`{field}`): look it up in Entra"),
                code,
            )
        };
        let id = known(secret.secret_id.as_deref(), "secret_id");
        items.push(self.item(address, "secret_id", "Secret ID", &id));
        let object = known(secret.object_id.as_deref(), "object_id");
        items.push(self.item(address, "object", "Object ID", &object));
    }

    fn sas(&self, name: Option<&str>, items: &mut Vec<Item>) {
        let found = name
            .and_then(|name| Some((Address::credential(name), self.org.book.credential(name)?)));
        let Some((address, whole @ Credential::AzureSas(sas))) = found else {
            let value = "no `azure_sas` credential is named as the export's `read_with`: generate them in the portal";
            items.push(self.item(
                &self.payer.address,
                "sas",
                "SAS token and connection string",
                value,
            ));
            return;
        };
        for (field, what, secret) in [
            ("token", "SAS token", &sas.token),
            ("connection", "Connection string", &sas.connection_string),
        ] {
            items.push(match secret {
                Some(secret) => self.secret((&address, whole), field, what, secret),
                None => {
                    let value = "not declared: it is in the portal, beside the other (storage account, Shared access signature)";
                    self.item(&address, field, what, value)
                }
            });
        }
    }

    fn oci(&self, items: &mut Vec<Item>) {
        let Some((address, whole @ Credential::OciApiKey(key))) = self.credential() else {
            items.push(self.other("API key of a user", "oci_api_key"));
            return;
        };
        for (field, what, value) in [
            ("user", "User OCID", &key.user),
            ("tenancy", "Tenancy OCID", &key.tenancy),
            ("fingerprint", "Fingerprint", &key.fingerprint),
            ("region", "Region", &key.region),
        ] {
            items.push(self.item(&address, field, what, &code(value)));
        }
        let private = &key.private_key;
        items.push(self.secret((&address, whole), "key", "Private key file", private));
    }
}

/// A path of the parts that are there.
fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("/")
}
