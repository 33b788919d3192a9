"""Reads the stand-in with Oracle's own clients."""
import json
import sys

sys.path.insert(0, sys.argv[1])
import oci  # noqa: E402
import oci.identity  # noqa: E402
import oci.object_storage  # noqa: E402
import oci.optimizer  # noqa: E402
import oci.tenant_manager_control_plane  # noqa: E402
import oci.usage_api  # noqa: E402

with open(sys.argv[2]) as file:
    asked = json.load(file)
config = {
    "tenancy": asked["tenancy"],
    "user": asked["user"],
    "fingerprint": asked["fingerprint"],
    "key_content": asked["key"],
    "region": "eu-frankfurt-1",
}


def client(kind, service, where="endpoint"):
    return kind(
        config,
        service_endpoint=asked[where].replace("SERVICE", service),
        retry_strategy=oci.retry.NoneRetryStrategy(),
    )


def refused(ask):
    try:
        ask()
    except oci.exceptions.ServiceError as error:
        return f"{error.status} {error.code}: {error.message}"
    return "not refused"


tenancy = asked["tenancy"]
identity = client(oci.identity.IdentityClient, "identity")
storage = client(oci.object_storage.ObjectStorageClient, "objectstorage")
elsewhere = client(oci.object_storage.ObjectStorageClient, "objectstorage", "elsewhere")
advisor = client(oci.optimizer.OptimizerClient, "optimizer")
organizations = client(oci.tenant_manager_control_plane.OrganizationClient, "organizations")
usage = client(oci.usage_api.UsageapiClient, "usageapi")

found = {}
found["home"] = identity.get_tenancy(tenancy).data.home_region_key
found["regions"] = [
    (one.region_name, one.is_home_region) for one in identity.list_region_subscriptions(tenancy).data
]
found["keys"] = [one.lifecycle_state for one in identity.list_api_keys(asked["user"]).data]
compartments = oci.pagination.list_call_get_all_results(
    identity.list_compartments, tenancy, compartment_id_in_subtree=True, access_level="ANY", limit=1
)
found["compartments"] = [one.name for one in compartments.data]
found["policies"] = [len(one.statements) for one in identity.list_policies(tenancy).data]
found["groups"] = [one.name for one in identity.list_groups(tenancy).data]
found["memberships"] = [
    one.group_id for one in identity.list_user_group_memberships(tenancy, user_id=asked["user"]).data
]
page = storage.list_objects(
    "bling", tenancy, prefix="FOCUS Reports/2026/11/", delimiter="/", fields="name,size,timeCreated"
).data
found["days"] = len(page.prefixes)
page = storage.list_objects("bling", tenancy, prefix="reports/cost-csv/", fields="name,timeCreated", limit=150).data
found["reports"] = (len(page.objects), page.next_start_with)
name = page.objects[0].name
found["byte"] = len(storage.get_object("bling", tenancy, name, range="bytes=0-0").data.content)
found["elsewhere"] = refused(lambda: elsewhere.list_objects("bling", tenancy))
found["unknown"] = refused(lambda: identity.get_tenancy("ocid1.tenancy.oc1..other"))
found["advisor"] = [one.status for one in advisor.list_enrollment_statuses(tenancy).data.items]
found["parent"] = [one.parent_name for one in organizations.list_organizations(tenancy).data.items]
from datetime import datetime, timezone  # noqa: E402

details = oci.usage_api.models.RequestSummarizedUsagesDetails(
    tenant_id=tenancy,
    time_usage_started=datetime(2026, 10, 1, tzinfo=timezone.utc),
    time_usage_ended=datetime(2026, 12, 1, tzinfo=timezone.utc),
    granularity="MONTHLY",
    query_type="COST",
)
found["currencies"] = [one.currency for one in usage.request_summarized_usages(details).data.items]
wrong = dict(config, fingerprint="aa" + asked["fingerprint"][2:])
other = oci.identity.IdentityClient(
    wrong,
    service_endpoint=asked["endpoint"].replace("SERVICE", "identity"),
    retry_strategy=oci.retry.NoneRetryStrategy(),
)
found["another key"] = refused(lambda: other.get_tenancy(tenancy))
print(json.dumps(found))
