//! The declaration of a world: the files of a project, and the environment to run in.

use std::fmt::Write as _;

use super::world::{ENROLMENT, Export, World};

impl World {
    /// The files of a project that declares exactly this world.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        vec![
            ("bursar.yaml", self.settings()),
            ("estate/azure.yaml", self.estate()),
        ]
    }

    pub fn settings(&self) -> String {
        let inside = self.inside();
        format!(
            "version: 1
sources: [estate]
credentials:
  reader:
    azure_client_secret:
      tenant_id: {}
      client_id: {}
      object_id: {}
      secret_id: {}
      client_secret: {{env: READER_SECRET}}
",
            inside.tenant, inside.client_id, inside.object_id, inside.secret_id
        )
    }

    pub fn estate(&self) -> String {
        let inside = self.inside();
        let mut text = format!(
            "organizations:
  acme: {{provider: azure, id: {}, credentials: reader, recommendations: true}}
payers:
  \"{ENROLMENT}\":
    organization: acme
    name: Acme
    currency: EUR
    exports:
",
            inside.tenant
        );
        for export in Export::ALL {
            writeln!(
                text,
                "      {}: {{cost_management: {{dataset: {}, storage: {}, container: {}, directory: {}}}}}",
                export.declared(),
                export.dataset(),
                inside.storage,
                inside.container,
                export.directory()
            )
            .unwrap();
        }
        text.push_str("defaults: {organization: acme}\naccounts:\n");
        for one in &inside.subscriptions {
            writeln!(text, "  {}: {}", one.id, one.name).unwrap();
        }
        text
    }

    /// What the program needs in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let url = self.url();
        vec![
            ("BURSAR_ENDPOINT_AZURE_ENTRA", format!("{url}/entra")),
            ("BURSAR_ENDPOINT_AZURE_ARM", format!("{url}/arm")),
            ("BURSAR_ENDPOINT_AZURE_GRAPH", format!("{url}/graph")),
            (
                "BURSAR_ENDPOINT_AZURE_BLOB",
                format!("{url}/blob/{{account}}"),
            ),
            ("BURSAR_ENDPOINT_AZURE_IMDS", format!("{url}/imds")),
            ("BURSAR_CALL_TRIES", "2".to_owned()),
            ("READER_SECRET", self.inside().client_secret.clone()),
        ]
    }

    /// A text with the ids of this world by what they are.
    pub fn plain(&self, text: &str) -> String {
        let inside = self.inside();
        let mut text = text
            .replace(&inside.storage, "<storage>")
            .replace(inside.storage_account(), "<account>")
            .replace(&inside.tenant, "<tenant>")
            .replace(&inside.client_id, "<client>")
            .replace(&inside.object_id, "<object>")
            .replace(&inside.secret_id, "<secret id>")
            .replace(&self.url(), "<url>");
        for (number, one) in inside.subscriptions.iter().enumerate() {
            text = text.replace(&one.id, &format!("<subscription {}>", number + 1));
        }
        text
    }
}
