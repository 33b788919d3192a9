"""Drives the stand-in with Microsoft's own clients for Python, and prints what they understood.

They bring the paths, API versions, parameters and paging of the services, and models that refuse what has
another shape: what they read is what Azure would have to say.
"""

import json
import os
import time
from collections import namedtuple

from azure.core.exceptions import HttpResponseError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.costmanagement import CostManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient

URL, TOKEN = os.environ["STAND_URL"], os.environ["STAND_TOKEN"]
SCOPE, STORAGE = os.environ["STAND_SCOPE"], os.environ["STAND_STORAGE"]
AccessToken = namedtuple("AccessToken", "token expires_on")


class Credential:
    def get_token(self, *scopes, **kwargs):
        return AccessToken(TOKEN, int(time.time()) + 3600)


# The stand-in is on this machine.
HERE = {"enforce_https": False}
seen = {}

subscriptions = SubscriptionClient(Credential(), base_url=URL, credential_scopes=["x"])
seen["subscriptions"] = [
    [one.subscription_id, str(one.state.value if hasattr(one.state, "value") else one.state), one.tags]
    for one in subscriptions.subscriptions.list(**HERE)
]

costs = CostManagementClient(Credential(), base_url=URL, credential_scopes=["x"])
exports = costs.exports.list(SCOPE, expand="runHistory", **HERE).value
seen["exports"] = [
    [
        one.name,
        one.definition.type,
        one.definition.data_set.configuration.data_version,
        one.schedule.status,
        one.schedule.recurrence_period.to.isoformat(),
        one.delivery_info.destination.resource_id,
        one.delivery_info.destination.root_folder_path,
        one.partition_data,
        one.run_history.value[0].status,
        one.run_history.value[0].submitted_time is not None,
    ]
    for one in exports
]

_, subscription, _, group, _, _, _, account = STORAGE.split("/")[1:]
roles = AuthorizationManagementClient(
    Credential(), subscription, base_url=URL, credential_scopes=["x"]
)
permissions = roles.permissions.list_for_resource(
    group,
    "Microsoft.Storage",
    f"storageAccounts/{account}/blobServices/default",
    "containers",
    "exports",
    **HERE,
)
seen["permissions"] = sorted(
    action for one in permissions for action in (one.actions or []) + (one.data_actions or [])
)

try:
    costs.exports.list("/subscriptions/00000000-0000-0000-0000-000000000000", **HERE)
except HttpResponseError as refused:
    seen["refused"] = [refused.status_code, refused.error and refused.error.code]

print(json.dumps(seen))
