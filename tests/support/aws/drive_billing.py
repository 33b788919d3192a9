"""Drives the stand-in `Billing` with boto3, and holds every answer to botocore's service models.

Asks every operation that the stand-in has, with botocore's own validation of parameters, and again
what must be refused. Each raw answer may hold modelled members only, with all required ones and known
values of enums.
"""

import json
import os
import sys

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader

URL = os.environ["STAND_URL"]
PAYER, MEMBER = "111122223333", "210987654321"
driven = set()
models = {}


def speak_json(loader):
    """Compute Optimizer has two protocols, and botocore prefers CBOR; the SDK for Rust speaks JSON."""
    load = loader.load_service_model

    def loaded(service, kind, api_version=None):
        model = load(service, kind, api_version)
        if kind == "service-2" and "json" in model["metadata"].get("protocols", []):
            model["metadata"].update(protocol="json", protocols=["json"])
        return model

    loader.load_service_model = loaded


def client(service, key="ROOT", region="us-east-1", validate=True, secret="test", token=None):
    session = boto3.Session(
        {"ROOT": PAYER, "MEMBER": MEMBER}.get(key, key), secret, token, region_name=region
    )
    speak_json(session._session.get_component("data_loader"))
    config = Config(parameter_validation=validate, retries={"total_max_attempts": 1})
    made = session.client(service, endpoint_url=URL, config=config)
    made.meta.events.register(f"before-parse.{made.meta.service_model.service_id.hyphenize()}.*", judge)
    return made


def shapes(service):
    if service not in models:
        models[service] = Loader().load_service_model(service, "service-2")
    return models[service]


def judge(operation_model, response_dict, **_):
    """Every answer against the model."""
    service = operation_model.service_model.service_name
    model = shapes(service)
    body = json.loads(response_dict["body"])
    kind = response_dict["headers"]["content-type"]
    assert kind == "application/x-amz-json-" + model["metadata"]["jsonVersion"], kind
    driven.add((service, operation_model.name))
    if response_dict["status_code"] < 300:
        conforms(model, operation_model.output_shape.name, body, operation_model.name)
        return
    code = body.pop("__type").rsplit("#", 1)[-1]
    if code in model["shapes"]:
        shape = model["shapes"][code]
        status = shape.get("error", {}).get("httpStatusCode", 500 if shape.get("fault") else 400)
        assert response_dict["status_code"] == status, (code, response_dict["status_code"])
        conforms(model, code, body, code)


def conforms(model, name, value, where):
    shape = model["shapes"][name]
    kind = shape["type"]
    if kind == "structure":
        unknown = set(value) - set(shape["members"])
        missing = set(shape.get("required", [])) - set(value)
        assert not unknown and not missing, f"{where}: unknown {unknown}, missing {missing}"
        for member, inside in value.items():
            conforms(model, shape["members"][member]["shape"], inside, f"{where}.{member}")
    elif kind == "list":
        for inside in value:
            conforms(model, shape["member"]["shape"], inside, f"{where}[]")
    elif kind == "map":
        for inside in value.values():
            conforms(model, shape["value"]["shape"], inside, f"{where}{{}}")
    elif kind == "string":
        assert isinstance(value, str), f"{where}: {value!r}"
        assert value in shape.get("enum", [value]), f"{where}: {value!r}"
    elif kind == "timestamp":
        assert isinstance(value, str if shape.get("timestampFormat") == "iso8601" else (int, float)), where
    elif kind == "boolean":
        assert isinstance(value, bool), where
    else:
        assert isinstance(value, (int, float)) and not isinstance(value, bool), where


def refused(code, call, *words, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response["Error"]
        assert found["Code"] == code, f"wanted {code}, got {found}"
        for word in words:
            assert word in found["Message"], f"wanted {word!r} in {found}"
        return error.response
    raise AssertionError(f"wanted {code}, got an answer")


def definition(name="focus", table="FOCUS_1_2_AWS", **output):
    outputs = {"OutputType": "CUSTOM", "Format": "PARQUET", "Compression": "PARQUET", "Overwrite": "OVERWRITE_REPORT"}
    outputs.update(output)
    return {
        "Name": name,
        "DataQuery": {"QueryStatement": f"SELECT BilledCost FROM {table}"},
        "DestinationConfigurations": {
            "S3Destination": {
                "S3Bucket": "acme-lake", "S3Prefix": "focus", "S3Region": "eu-west-1",
                "S3OutputConfigurations": outputs,
            }
        },
        "RefreshCadence": {"Frequency": "SYNCHRONOUS"},
    }


def misspell(params, **_):
    """A member that the service does not know: botocore itself writes none."""
    body = json.loads(params["body"])
    body["Export"]["Nmae"] = "y"
    params["body"] = json.dumps(body).encode()


def data_exports():
    api, raw = client("bcm-data-exports"), client("bcm-data-exports", validate=False)
    arn = api.create_export(Export=definition())["ExportArn"]
    assert arn.startswith(f"arn:aws:bcm-data-exports:us-east-1:{PAYER}:export/focus-"), arn
    refused("ValidationException", api.create_export, "already exists", Export=definition())
    refused("ValidationException", api.create_export, Export=definition("x", "FOCUS_9_9_AWS"))
    refused("ValidationException", api.create_export, Export=definition("x", Compression="GZIP"))
    refused("ValidationException", raw.create_export, "enum", Export=definition("x", Format="CSV"))
    refused("ValidationException", raw.create_export, "pattern", Export=definition("no spaces"))
    refused("ValidationException", raw.create_export, "null", Export={"Name": "x"})
    misspelt = client("bcm-data-exports")
    misspelt.meta.events.register("before-call.bcm-data-exports.CreateExport", misspell)
    answer = refused("ValidationException", misspelt.create_export, "not known", Export=definition("x"))
    assert answer["Reason"] == "fieldValidationFailed" and answer["Fields"][0]["Name"] == "Export.Nmae", answer
    refused("SerializationException", raw.get_export, ExportArn=3)

    cur2 = definition("cur2", "COST_AND_USAGE_REPORT")
    cur2["DataQuery"]["TableConfigurations"] = {"COST_AND_USAGE_REPORT": {"TIME_GRANULARITY": "DAILY", "INCLUDE_RESOURCES": "TRUE"}}
    cur2_arn = api.create_export(Export=cur2)["ExportArn"]
    kept = api.get_export(ExportArn=cur2_arn)["Export"]["DataQuery"]["TableConfigurations"]["COST_AND_USAGE_REPORT"]
    assert kept["TIME_GRANULARITY"] == "DAILY" and kept["INCLUDE_RESOURCES"] == "TRUE", kept
    assert kept["BILLING_VIEW_ARN"] == f"arn:aws:billing::{PAYER}:billingview/primary", kept
    assert kept["INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY"] == "FALSE", kept
    bad = definition("x", "COST_AND_USAGE_REPORT")
    bad["DataQuery"]["TableConfigurations"] = {"COST_AND_USAGE_REPORT": {"TIME_GRANULARITY": "WEEKLY"}}
    refused("ValidationException", api.create_export, "WEEKLY", Export=bad)

    found = api.get_export(ExportArn=arn)
    assert found["ExportStatus"]["StatusCode"] == "HEALTHY", found
    assert "LastRefreshedAt" not in found["ExportStatus"], found
    pages = list(api.get_paginator("list_exports").paginate(PaginationConfig={"PageSize": 1}))
    names = [export["ExportName"] for page in pages for export in page["Exports"]]
    assert sorted(names) == ["cur2", "focus"] and len(pages) >= 2, pages
    refused("ValidationException", api.list_exports, NextToken="made up")
    assert client("bcm-data-exports", "MEMBER").list_exports()["Exports"] == []

    print("tell", "deliver", flush=True)
    assert sys.stdin.readline().strip() == "delivered"
    found = api.get_export(ExportArn=arn)["ExportStatus"]
    assert found["StatusCode"] == "UNHEALTHY" and found["StatusReason"] == "INSUFFICIENT_PERMISSION", found
    assert found["LastRefreshedAt"], found
    run = api.list_executions(ExportArn=arn)["Executions"][0]
    run = api.get_execution(ExportArn=arn, ExecutionId=run["ExecutionId"])
    assert run["ExecutionStatus"]["StatusCode"] == "DELIVERY_SUCCESS", run
    refused("ResourceNotFoundException", api.get_execution, ExportArn=arn, ExecutionId="x")

    tables = [table["TableName"] for table in api.list_tables()["Tables"]]
    assert "FOCUS_1_2_AWS" in tables and "COST_AND_USAGE_REPORT" in tables, tables
    assert api.get_table(TableName="FOCUS_1_2_AWS")["Schema"]
    refused("ValidationException", api.get_table, TableName="NOPE")

    changed = definition()
    changed["DestinationConfigurations"]["S3Destination"]["S3Prefix"] = "elsewhere"
    api.update_export(ExportArn=arn, Export=changed)
    where = api.get_export(ExportArn=arn)["Export"]["DestinationConfigurations"]["S3Destination"]
    assert where["S3Prefix"] == "elsewhere", where
    api.delete_export(ExportArn=arn)
    refused("ResourceNotFoundException", api.get_export, ExportArn=arn)


def hub():
    api, raw = client("cost-optimization-hub"), client("cost-optimization-hub", validate=False)
    member = client("cost-optimization-hub", "MEMBER")
    assert api.list_enrollment_statuses()["items"][0]["status"] == "Active"
    everyone = api.list_enrollment_statuses(includeOrganizationInfo=True)
    assert len(everyone["items"]) > 20 and everyone["includeMemberAccounts"] is True, everyone
    assert api.get_preferences()["savingsEstimationMode"]
    found = api.list_recommendations(maxResults=1)
    assert len(found["items"]) == 1 and found["nextToken"], found
    summary = api.list_recommendation_summaries(groupBy="ActionType")
    assert summary["items"][0]["recommendationCount"] == 2 and summary["estimatedTotalDedupedSavings"] == 30, summary
    refused("ValidationException", api.list_recommendation_summaries, groupBy="Mood")
    refused("ValidationException", raw.list_recommendation_summaries, "null")
    refused("AccessDeniedException", member.list_recommendations, "not enrolled")
    assert member.list_enrollment_statuses()["items"][0]["status"] == "Inactive"


def optimizer():
    api, member = client("compute-optimizer"), client("compute-optimizer", "MEMBER", region="eu-west-1")
    found = api.get_enrollment_status()
    assert found["status"] == "Active" and found["memberAccountsEnrolled"], found
    assert api.get_recommendation_summaries()["recommendationSummaries"]
    assert member.get_enrollment_status()["status"] == "Inactive"
    refused("OptInRequiredException", member.get_recommendation_summaries)


def support():
    api, member = client("support"), client("support", "MEMBER")
    assert api.describe_trusted_advisor_checks(language="en")["checks"]
    refused("SubscriptionRequiredException", member.describe_trusted_advisor_checks, "Premium Support", language="en")


def refusals():
    """What comes before a service understands anything."""
    refused("InvalidSignatureException", client("bcm-data-exports", secret="no").list_exports, "signature we calculated")
    refused("UnrecognizedClientException", client("bcm-data-exports", "AKIAIOSFODNN7EXAMPLE").list_exports, "invalid")
    refused("UnrecognizedClientException", client("bcm-data-exports", token="made up").list_exports, "invalid")
    refused("InvalidSignatureException", client("bcm-data-exports", region="eu-west-1").list_exports, "valid region")
    denied = client("bcm-data-exports", "AKIAREADER0000000000", secret="reader")
    denied.list_exports()
    refused(
        "AccessDeniedException", denied.create_export,
        f"User: arn:aws:iam::{PAYER}:user/reader is not authorized to perform: bcm-data-exports:CreateExport on resource: arn:aws:",
        "because no identity-based policy allows the bcm-data-exports:CreateExport action",
        Export=definition("x"),
    )
    expired = client("bcm-data-exports", "ASIAEXPIRED000000000", secret="expired", token="expired")
    refused("ExpiredTokenException", expired.list_exports, "expired")


data_exports()
hub()
optimizer()
support()
refusals()
print("driven", json.dumps(sorted(driven)))
