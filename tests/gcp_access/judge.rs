//! Google's own Python client as a judge of the stand-in: it builds its requests from the discovery
//! documents, and reads the answers, all by itself.

use std::process::Command;

use serde_json::Value;

use crate::google::discovery;
use crate::google::world::{Reader, World};
use crate::tools;

const DRIVE: &str = r#"
import json, os, sys
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

base = sys.argv[1]
info = json.loads(os.environ["GCP_KEY"])
credentials = service_account.Credentials.from_service_account_info(
    info, scopes=["https://www.googleapis.com/auth/cloud-platform"]).with_always_use_jwt_access(True)

def client(name, version, path=""):
    return build(name, version, credentials=credentials, static_discovery=True, cache_discovery=False,
                 client_options={"api_endpoint": f"{base}/{name}/{path}"})

out = {}
crm = client("cloudresourcemanager", "v3")
projects, request = [], crm.projects().search(pageSize=2)
while request:
    page = request.execute()
    projects += [one["projectId"] for one in page["projects"]]
    request = crm.projects().search_next(request, page)
out["projects"] = projects
out["folders"] = [one["displayName"] for one in crm.folders().search().execute()["folders"]]
out["held"] = crm.organizations().testIamPermissions(
    resource="organizations/123456789012",
    body={"permissions": ["resourcemanager.projects.get", "resourcemanager.projects.delete"]}).execute()
billing = client("cloudbilling", "v1")
account = "billingAccounts/01ABCD-234567-89EFAB"
out["currency"] = billing.billingAccounts().get(name=account).execute()["currencyCode"]
out["billed"] = len(billing.billingAccounts().projects().list(name=account).execute()["projectBillingInfo"])
usage = client("serviceusage", "v1")
out["services"] = [one["state"] for one in usage.services().batchGet(
    parent="projects/acme-billing",
    names=["projects/acme-billing/services/bigquery.googleapis.com"]).execute()["services"]]
iam = client("iam", "v1")
out["keys"] = len(iam.projects().serviceAccounts().keys().list(
    name="projects/-/serviceAccounts/" + info["client_email"], keyTypes="USER_MANAGED").execute()["keys"])
recommender = client("recommender", "v1")
out["recommendations"] = len(recommender.organizations().locations().recommenders().recommendations().list(
    parent="organizations/123456789012/locations/global/recommenders/google.resourcemanager.projectUtilization.Recommender",
    pageSize=1).execute()["recommendations"])
bigquery = client("bigquery", "v2", "bigquery/v2/")
at = dict(projectId="acme-billing", datasetId="billing_export")
out["location"] = bigquery.datasets().get(**at).execute()["location"]
tables = bigquery.tables().list(**at).execute()["tables"]
out["tables"] = [one["tableReference"]["tableId"] for one in tables]
table = bigquery.tables().get(tableId=out["tables"][0], **at).execute()
out["partition"] = table["timePartitioning"]["type"]
query = {"query": "SELECT MAX(export_time) AS exported, MAX(usage_end_time) AS through FROM `acme-billing.billing_export."
         + out["tables"][0] + "` WHERE _PARTITIONTIME >= TIMESTAMP('2020-01-01')",
         "useLegacySql": False, "location": "EU", "maximumBytesBilled": "1073741824"}
out["rows"] = len(bigquery.jobs().query(projectId="acme-billing", body=query).execute()["rows"])
try:
    bigquery.datasets().get(projectId="acme-billing", datasetId="nothing").execute()
except HttpError as error:
    out["missing"] = [error.resp.status, error.error_details[0]["reason"]]
try:
    billing.billingAccounts().get(name="billingAccounts/FFFFFF-000000-111111").execute()
except HttpError as error:
    out["denied"] = [error.resp.status, error.error_details[0]["reason"]]
print(json.dumps(out))
"#;

#[test]
fn googles_own_client_reads_what_the_stand_in_says() {
    let world = World::good();
    let mut command = Command::new(discovery::python());
    command
        .args(["-c", DRIVE, &world.url()])
        .env("GCP_KEY", world.key_file());
    let output = tools::output("Google's Python client", &mut command);
    let read: Value = serde_json::from_slice(&output).unwrap();
    insta::assert_json_snapshot!(read, @r##"
    {
      "billed": 3,
      "currency": "EUR",
      "denied": [
        403,
        "IAM_PERMISSION_DENIED"
      ],
      "folders": [
        "Teams",
        "Payments"
      ],
      "held": {
        "permissions": [
          "resourcemanager.projects.get"
        ]
      },
      "keys": 1,
      "location": "EU",
      "missing": [
        404,
        "notFound"
      ],
      "partition": "DAY",
      "projects": [
        "acme-billing",
        "acme-shop-1",
        "acme-shop-2"
      ],
      "recommendations": 1,
      "rows": 1,
      "services": [
        "ENABLED"
      ],
      "tables": [
        "gcp_billing_export_v1_01ABCD_234567_89EFAB",
        "gcp_billing_export_resource_v1_01ABCD_234567_89EFAB"
      ]
    }
    "##);
    assert_eq!(world.google.wrong(), Vec::<String>::new());
}

const EXCHANGE: &str = r#"
import json, os, sys
from google.auth import identity_pool
from google.auth.transport.requests import Request

class Given(identity_pool.SubjectTokenSupplier):
    def get_subject_token(self, context, request):
        return os.environ["OIDC_TOKEN"]

credentials = identity_pool.Credentials(
    audience=sys.argv[2], subject_token_type="urn:ietf:params:oauth:token-type:jwt",
    token_url=sys.argv[1] + "/sts/v1/token", subject_token_supplier=Given(),
    scopes=["https://www.googleapis.com/auth/cloud-platform"])
credentials.refresh(Request())
print(credentials.token[:5])
"#;

#[test]
fn googles_own_client_exchanges_a_token_as_the_program_does() {
    let world = World::read_by(Reader::Federated);
    let mut command = Command::new(discovery::python());
    command
        .args(["-c", EXCHANGE, &world.url(), crate::google::world::PROVIDER])
        .envs(world.environment());
    let output = tools::output("Google's Python client", &mut command);
    assert_eq!(String::from_utf8_lossy(&output).trim(), "ya29.");
}
