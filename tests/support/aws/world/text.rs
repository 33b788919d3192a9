//! The declaration of a world: the files of a project, and the environment to run in.

use std::fmt::Write as _;

use super::policies::ROLE;
use super::{Delivery, World};

impl World {
    /// The files of a project that declares exactly this world.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        vec![
            ("bursar.yaml", self.settings()),
            ("estate/aws.yaml", self.estate()),
        ]
    }

    pub fn settings(&self) -> String {
        format!(
            "version: 1
sources: [estate]
credentials:
  ci: {{aws_access_key: {{access_key_id: {{env: CI_KEY_ID}}, secret_access_key: {{env: CI_SECRET_KEY}}}}}}
  payers: {{aws_role: {{role_name: {ROLE}, source: ci, external_id: {}}}}}
",
            self.setup.external_id
        )
    }

    pub fn estate(&self) -> String {
        let mut text = format!(
            "organizations:
  acme: {{provider: aws, id: {}, credentials: payers, recommendations: true}}
payers:
  \"{}\":
    organization: acme
    name: Acme
    exports:
",
            self.organization, self.payer
        );
        for delivery in Delivery::ALL {
            writeln!(
                text,
                "      {}: {}",
                delivery.name(),
                self.export_text(delivery)
            )
            .unwrap();
        }
        text.push_str("defaults: {organization: acme}\naccounts:\n");
        writeln!(text, "  \"{}\": Tools", self.tools).unwrap();
        for (number, account) in self.members.iter().enumerate() {
            writeln!(text, "  \"{account}\": Account {}", number + 1).unwrap();
        }
        text
    }

    fn export_text(&self, delivery: Delivery) -> String {
        let place = format!(
            "bucket: {}, prefix: {}, bucket_region: {}",
            self.bucket,
            delivery.prefix(),
            self.setup.bucket_region
        );
        match delivery {
            Delivery::Hourly => format!("{{cur: {{report: hourly, {place}}}}}"),
            Delivery::Cur2 => format!("{{data_export: {{table: COST_AND_USAGE_REPORT, {place}}}}}"),
            Delivery::Focus => format!("{{data_export: {{table: FOCUS_1_2_AWS, {place}}}}}"),
        }
    }

    /// What the program needs in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.front.url()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("CI_KEY_ID", self.ci.id.clone()),
            ("CI_SECRET_KEY", self.ci.secret.clone()),
        ]
    }
}
