"""Makes one call after the other with boto3, as told on standard input, and prints what came of each.

A line is `service operation {arguments}`; the answer is the code of the error or the class of the
exception, `ok` where there is none.
"""

import json
import os
import sys

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=2, s3={"addressing_style": "path"})
session = boto3.Session(os.environ["STAND_KEY"], os.environ["STAND_SECRET"], region_name="us-east-1")
clients = {}


def client(service):
    if service not in clients:
        clients[service] = session.client(service, endpoint_url=os.environ["STAND_URL"], config=CONFIG)
    return clients[service]


for line in sys.stdin:
    service, operation, arguments = line.split(" ", 2)
    try:
        answer = getattr(client(service), operation)(**json.loads(arguments))
        if "Body" in answer:
            answer["Body"].read()
        told = "ok"
    except ClientError as error:
        told = f"{error.response['ResponseMetadata']['HTTPStatusCode']} {error.response['Error']['Code']}"
    except Exception as error:
        told = type(error).__name__
    print(told, flush=True)
