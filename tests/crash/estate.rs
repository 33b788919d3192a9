//! The project that dies: all kinds of resources before, and after changes of every sort.

use crate::sandbox::{Platform, Sandbox};

const SETTINGS: &str = "
version: 1
project: crash
sources: [estate]
access: {require: none}
guard: {delete: {percent: 100, at_least: 100}, update: {percent: 100, at_least: 100}}
structure: {currency: USD}
";

const CREDENTIALS_BEFORE: &str = "
credentials:
  ci: {aws_default: {}}
  payers: {aws_role: {role_name: BursarReader, source: ci, external_id: acme-7f3k}}
  spare: {aws_role: {role_name: Spare, source: ci}}
  entra: {azure_federated: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 21111111-2222-4333-8444-555555555555}}
";

/// `payers` gets a new name and its `external_id` goes; `spare` goes; `gcp` comes.
const CREDENTIALS_AFTER: &str = "
credentials:
  ci: {aws_default: {}}
  readers: {aws_role: {role_name: BursarReader, source: ci, previously: [payers]}}
  entra: {azure_federated: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 31111111-2222-4333-8444-555555555555}}
  gcp: {gcp_default: {}}
";

const BEFORE: &str = "
organizations:
  core: {provider: aws, id: o-abcdefghij, owner: cloud@acme.example, credentials: payers, recommendations: true}
  azure: {provider: azure, id: 11111111-2222-4333-8444-555555555555, credentials: entra}
payers:
  '111122223333':
    organization: core
    name: Core
    cost_center: CC-2
    exports:
      hourly: {cur: {report: acme-hourly, bucket: acme-cur, prefix: cur, bucket_region: us-east-1}}
      daily: {cur: {report: acme-daily, bucket: acme-cur, prefix: cur, bucket_region: us-east-1}}
  '111122224444': {organization: core, name: Second, protect: false}
accounts:
  '210987654321': {organization: core, payer: '111122223333', name: Shop, cost_center: CC-2}
  '210987654322': {organization: core, payer: '111122224444', name: Shop two, cost_center: CC-3, labels: {env: staging, tier: one}}
  '210987654323': {organization: core, payer: '111122224444', name: Shop three, cost_center: CC-3}
  '210987654324': {organization: core, payer: '111122223333', name: Shop four}
  '210987654325': {organization: core, payer: '111122223333', name: Shop five}
  31111111-2222-4333-8444-555555555555: {organization: azure, name: Sub, labels: {env: old}}
cost_centers:
  BU-1: {name: Digital, manager: {name: Ana Souza, email: ana@acme.example}}
  CC-2: {name: Payments, parent: BU-1}
  CC-3: {name: Platform, parent: BU-1}
  CC-4: {name: Legacy, parent: CC-3}
budgets:
  FY2027: {CC-2: 120000, CC-3: 9000}
shared_costs:
  support: {match: {service: AWSSupportEnterprise}, method: proportional, among: [CC-2, CC-3]}
";

/// Organization, cost centre and shared cost renamed with all that follows them; fields changed,
/// added, left out; resources of every kind added, deleted, forgotten, adopted.
const AFTER: &str = "
organizations:
  acme: {provider: aws, id: o-abcdefghij, owner: cloud@acme.example, credentials: readers, recommendations: true, previously: [core]}
  azure: {provider: azure, id: 11111111-2222-4333-8444-555555555555, credentials: entra, owner: new@acme.example}
  google: {provider: gcp, id: '123456789012', credentials: gcp, recommendations: true}
payers:
  '111122223333':
    organization: acme
    name: Core payer
    cost_center: CC-20
    exports:
      hourly: {cur: {report: acme-hourly, bucket: acme-lake, prefix: cur, bucket_region: us-east-1}}
  '111122225555':
    organization: acme
    name: Third
    exports:
      focus: {data_export: {table: FOCUS_1_2_AWS, bucket: acme-lake, prefix: focus, bucket_region: eu-west-1}}
  01ABCD-234567-89EFAB: {organization: google, exports: {standard: {bigquery: {dataset: acme-billing.billing_export, location: EU}}}}
accounts:
  '210987654321': {organization: acme, payer: '111122223333', name: Shop production, cost_center: CC-20}
  '210987654322': {organization: acme, payer: '111122223333', name: Shop two, cost_center: CC-3, labels: {env: staging}}
  '210987654324': {organization: acme, payer: '111122223333', name: Shop four, cost_center: CC-20}
  '210987654326': {organization: acme, payer: '111122225555', name: Adopted}
  '210987654327': {organization: acme, payer: '111122225555', name: Shop seven}
  acme-data: {organization: google, name: Data}
  acme-web: {organization: google, name: Web, cost_center: CC-5}
  31111111-2222-4333-8444-555555555555: {organization: azure, name: Sub}
cost_centers:
  BU-1: {name: Digital, manager: {name: Ana Souza, email: ana@acme.example}}
  CC-20: {name: Payments, parent: BU-1, previously: [CC-2]}
  CC-3: {name: Platform, parent: BU-1, alerts: [50, 80]}
  CC-5: {name: Web, parent: CC-3}
budgets:
  FY2027: {CC-20: 130000, CC-3: 9000, CC-5: 100}
  FY2028: {CC-20: 140000}
shared_costs:
  enterprise: {match: {service: AWSSupportEnterprise}, method: proportional, among: [CC-20, CC-3], previously: [support]}
removed:
  credential/spare: {action: delete}
  payer/aws/111122224444: {action: delete}
  export/aws/111122223333/daily: {action: delete}
  account/aws/210987654323: {action: delete}
  account/aws/210987654325: {action: forget, reason: not ours}
  cost_center/CC-4: {action: delete}
";

/// What `after` leaves on the platform although nothing declares it.
pub const FORGOTTEN: &str = "account/aws/210987654325";
/// What is on the platform before `after` declares it.
pub const ADOPTED: &str = "account/aws/210987654326";

/// The first project, not applied.
pub fn before(platform: Platform) -> Sandbox {
    let settings = format!("{SETTINGS}{CREDENTIALS_BEFORE}");
    Sandbox::with(
        platform,
        &[("bursar.yaml", &settings), ("estate/all.yaml", BEFORE)],
    )
}

/// Turns the first project into the second.
pub fn change(sandbox: &Sandbox) {
    let settings = format!("{SETTINGS}{CREDENTIALS_AFTER}");
    sandbox.write(&[("bursar.yaml", &settings), ("estate/all.yaml", AFTER)]);
    if sandbox.platform == Platform::TestDir {
        let spec = serde_json::json!({"organization": "acme", "name": "Somebody's"});
        sandbox.register(ADOPTED, &spec);
    }
}
