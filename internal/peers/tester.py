"""Runs scim2-tester against a server and prints every check with its outcome."""
import json
import os
import sys

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server

client = httpx2.Client(
    base_url=sys.argv[1], timeout=30, headers={"Authorization": "Bearer " + os.environ["PEER_TOKEN"]})
json.dump(
    [{"status": r.status.name, "resource": r.resource_type or "", "title": r.title, "reason": r.reason or ""}
     for r in check_server(SyncSCIMClient(client))],
    sys.stdout)
