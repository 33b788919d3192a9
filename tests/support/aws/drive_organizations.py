"""Lists an organization with boto3, and prints what it finds: the same of every stand-in."""

import json
import os

import boto3
from botocore.exceptions import ClientError

api = boto3.client(
    "organizations",
    endpoint_url=os.environ["STAND_URL"],
    region_name="us-east-1",
    aws_access_key_id=os.environ["STAND_KEY"],
    aws_secret_access_key="test",
)
if os.environ.get("STAND_MAKE"):
    api.create_organization(FeatureSet="ALL")
    root = api.list_roots()["Roots"][0]["Id"]
    unit = api.create_organizational_unit(ParentId=root, Name="Production")["OrganizationalUnit"]["Id"]
    for number in range(45):
        made = api.create_account(AccountName=f"Account {number}", Email=f"a{number}@acme.example")
        account = made["CreateAccountStatus"]["AccountId"]
        if number < 25:
            api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
        if number == 0:
            api.tag_resource(ResourceId=account, Tags=[{"Key": "team", "Value": "payments"}])


def all_of(operation, key, **arguments):
    pages = api.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page[key]]


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


organization = api.describe_organization()["Organization"]
accounts = all_of("list_accounts", "Accounts", PaginationConfig={"PageSize": 20})
pages = list(api.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 20}))
root = api.list_roots()["Roots"][0]
units = all_of("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=root["Id"])
inside = all_of("list_accounts_for_parent", "Accounts", ParentId=units[0]["Id"])
first = next(account for account in accounts if account["Name"] == "Account 0")
master = next(account for account in accounts if account["Id"] == organization["MasterAccountId"])
print(json.dumps({
    "members of the organization": sorted(organization),
    "accounts": sorted(account["Name"] for account in accounts if account != master),
    "sizes": [len(page["Accounts"]) for page in pages],
    "of an account": {key: type(value).__name__ for key, value in sorted(first.items()) if key != "Paths"},
    "states": sorted({account["State"] + " " + account["Status"] for account in accounts}),
    "root": [root["Name"], root["Id"][:2]],
    "units": [unit["Name"] for unit in units],
    "inside": sorted(account["Name"] for account in inside),
    "parent": [parent["Type"] for parent in api.list_parents(ChildId=first["Id"])["Parents"]],
    "parent of the unit": [parent["Type"] for parent in api.list_parents(ChildId=units[0]["Id"])["Parents"]],
    "tags": api.list_tags_for_resource(ResourceId=first["Id"])["Tags"],
    "described": api.describe_account(AccountId=first["Id"])["Account"]["Name"],
    "described unit": api.describe_organizational_unit(OrganizationalUnitId=units[0]["Id"])["OrganizationalUnit"]["Name"],
    "no such account": code_of(api.describe_account, AccountId="000000000000"),
    "no such parent": code_of(api.list_accounts_for_parent, ParentId="r-none"),
}, sort_keys=True))
