"""Signs requests as Oracle's own signer does: their Authorization headers."""
import json
import sys
from urllib.parse import urlsplit

sys.path.insert(0, sys.argv[1])
import oci  # noqa: E402

with open(sys.argv[2]) as file:
    asked = json.load(file)
signer = oci.signer.Signer(
    asked["tenancy"], asked["user"], asked["fingerprint"], None, private_key_content=asked["key"]
)


class Request:
    """What the signer looks at of a prepared request."""

    def __init__(self, one):
        parts = urlsplit(one["url"])
        self.method = one["method"]
        self.url = one["url"]
        self.path_url = parts.path + ("?" + parts.query if parts.query else "")
        self.body = one["body"]
        self.headers = {"date": one["date"], "content-type": "application/json"}


print(json.dumps([signer(Request(one)).headers["authorization"] for one in asked["requests"]]))
