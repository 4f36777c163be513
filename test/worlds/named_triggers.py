"""Deploys a flow with triggers, as ``flow.deploy(triggers=[…])`` does, on a server.

Usage: ``python named_triggers.py API_URL``. Prints the number of automations that the server has then.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["PREFECT_API_URL"] = sys.argv[1]

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.events import DeploymentCompoundTrigger, DeploymentEventTrigger, EventTrigger


@flow
def etl() -> None: ...


# A deployment of a local flow is relative to the working directory.
os.chdir(os.path.dirname(os.path.abspath(__file__)))
triggers = [
    DeploymentEventTrigger(name="on file", expect={"file.arrived"}, parameters={"n": 1}),
    DeploymentEventTrigger(expect={"file.gone"}, enabled=False),
    DeploymentCompoundTrigger(
        name="on both",
        require="all",
        within=60,
        triggers=[EventTrigger(expect={"a"}), EventTrigger(expect={"b"})],
    ),
]
etl.to_deployment(name="prod", triggers=triggers).apply()

with get_client(sync_client=True) as client:
    print(json.dumps({"automations": len(client.request("POST", "/automations/filter", json={}).json())}))
