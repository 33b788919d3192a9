//! The checklist: what a person enters in Onicloud's forms, in order, and what must be there in the
//! clouds before. Made of what is recorded; secrets stand in it as references only. Ticks stay as
//! long as what they were made for.

mod book;
mod forms;
mod prerequisites;
mod ticks;

use crate::model::finding::Finding;
use crate::model::hash::ContentHash;
use crate::model::provider::Provider;
use crate::model::record::Record;

use book::{Book, Org};
use ticks::{Item, Ticks, code};

/// How the workbook to upload stands.
pub struct Upload<'a> {
    /// Its path, from the project's folder.
    pub file: &'a str,
    /// Names its content; none where the download shows all of it.
    pub content: Option<ContentHash>,
}

/// What people call the provider.
const fn cloud(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "AWS",
        Provider::Azure => "Azure",
        Provider::AzureCsp => "Azure CSP",
        Provider::Gcp => "Google Cloud",
        Provider::Oci => "OCI",
    }
}

/// The whole checklist. `before` is the text that people ticked.
pub fn write(
    records: &[Record],
    findings: &[Finding],
    before: &str,
    upload: &Upload<'_>,
) -> String {
    let book = Book::of(records, findings);
    let organizations = book.organizations();
    let ticks = Ticks::of(before);
    let mut out = String::from(
        "# Onicloud: what to enter, in order\n\n\
         Written by `bursar apply`; of what is changed here only ticks are kept. A tick stays as long \
         as its value does. Secrets are named by where they are, never shown: copy them from there \
         into the form, and nowhere else.\n",
    );
    out += "\n## 1. An org for each provider\n\n";
    for org in &organizations {
        out += &ticks.line(&create(org));
    }
    if organizations.is_empty() {
        out += "No organization is registered.\n";
    }
    out += "\n## 2. Cost Orchestrator, in each org\n";
    for org in &organizations {
        let cloud = cloud(org.spec.provider);
        out += &format!("\n### {} ({cloud})\n", title(&org.name));
        if org.spec.provider == Provider::AzureCsp {
            out += &csp(org);
            continue;
        }
        out += &format!("\nFirst, in {cloud}:\n\n");
        for item in prerequisites::of(org) {
            out += &ticks.line(&item);
        }
        out += "\nThen enter in Onicloud:\n\n";
        let items = forms::of(org);
        if items.is_empty() {
            out += "Nothing yet: no payer of this organization is registered.\n";
        }
        for item in items {
            out += &ticks.line(&item);
        }
    }
    out += "\n## 3. Financial Structure\n\n\
            Onicloud shows no consumption before the structure is loaded.\n\n";
    out += &ticks.line(&load(upload));
    out += "\n## 4. Recommendations, in each org\n\n";
    let wanted: Vec<&Org<'_>> = organizations
        .iter()
        .filter(|org| org.recommendations)
        .collect();
    for org in &wanted {
        out += &ticks.line(&recommend(org));
    }
    if wanted.is_empty() {
        out += "None: no organization says `recommendations: true`.\n";
    }
    out
}

/// A name as a heading: one line.
fn title(name: &str) -> String {
    let plain = |char: char| if char.is_control() { ' ' } else { char };
    name.chars().map(plain).collect()
}

fn create(org: &Org<'_>) -> Item {
    let text = format!(
        "Create the org {} for {} ({})",
        code(&org.name),
        cloud(org.spec.provider),
        code(&org.spec.id)
    );
    Item::new(format!("{}.org", org.address), text)
}

fn load(upload: &Upload<'_>) -> Item {
    let text = format!("Upload {}", code(upload.file));
    let Some(content) = upload.content else {
        let mut item = Item::new("upload", text);
        item.below.push("the download shows all of it".to_owned());
        item.done = true;
        return item;
    };
    Item::new("upload", text)
        .about(&content.to_string())
        .below("then download the pre-filled workbook again, and run `bursar apply`: it ticks this")
}

fn recommend(org: &Org<'_>) -> Item {
    let checks = prerequisites::recommendations(org.spec.provider);
    let address = crate::model::address::Address::recommendations(&org.name);
    let addresses = org.addresses();
    let mut addresses: Vec<_> = addresses.iter().collect();
    addresses.push(&address);
    let text = format!("Integrate Recommendations of {}", code(&org.name));
    let mut item = Item::new(format!("{}.recommendations", org.address), text);
    if org.spec.provider == Provider::Oci || org.spec.provider == Provider::AzureCsp {
        let line =
            "Onicloud's documentation names AWS, Azure and Google Cloud as sources: ask Onicloud";
        item.below.push(line.to_owned());
    }
    item.below.extend(org.book.found(&addresses, checks));
    item
}

fn csp(org: &Org<'_>) -> String {
    format!(
        "\nOnicloud's guide does not cover Azure CSP: it describes Azure with an app registration, a \
         storage account and two exports of a tenant of one's own, and says nothing of Partner Center \
         or of a partner's customers. Ask Onicloud how the partner of {} is integrated before you \
         enter anything; there are no values here that its forms are known to take.\n",
        code(&org.name)
    )
}
