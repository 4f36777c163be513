"""Seeds a Prefect 3.8 server with the configuration of a fictional data team, for the demo.

Usage: ``python demo_platform.py API_URL``. Prints ``{kind: count}``.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

# Set before prefect is imported, because it reads its settings once.
os.environ["PREFECT_API_URL"] = sys.argv[1]

from demo_platform_flows import seed_flows
from demo_platform_variables import variables
from prefect.blocks.core import Block
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.system import Secret
from prefect.filesystems import LocalFileSystem
from pydantic import SecretStr
from world_api import Api, event_trigger, summary, worker_template


class WarehouseLogin(Block):
    """Credentials of one role of the Acme warehouse."""

    _block_type_name = "Acme Warehouse Login"
    _block_type_slug = "acme-warehouse-login"
    role: str
    password: SecretStr


class Warehouse(Block):
    """The Acme warehouse, as our flows reach it."""

    _block_type_name = "Acme Warehouse"
    _block_type_slug = "acme-warehouse"
    host: str
    database: str = "analytics"
    statement_timeout: float = 30.0
    login: WarehouseLogin


def seed_blocks(api: Api) -> dict[str, str]:
    Secret(value="glpat-demo-0123456789").save("git-token")
    Secret(value={"client_id": "acme-crm", "client_secret": "demo-client-secret"}).save("crm-oauth")
    SlackWebhook(url="https://hooks.slack.example/services/T00/B00/demo").save("data-alerts")
    LocalFileSystem(basepath="/srv/prefect/results").save("results")
    login = WarehouseLogin(role="loader", password=SecretStr("demo-loader-password"))
    login.save("loader")
    Warehouse(host="warehouse.acme.example", login=login).save("prod")
    return {
        "alerts": api.block_id("slack-webhook", "data-alerts"),
        "results": api.block_id("local-file-system", "results"),
    }


def seed_pools(api: Api, blocks: dict[str, str]) -> None:
    kubernetes = worker_template("kubernetes")
    kubernetes["variables"]["properties"]["namespace"]["default"] = "data-platform"
    kubernetes["variables"]["properties"]["service_account_name"]["default"] = "prefect-runner"
    kubernetes["variables"]["properties"]["memory"] = {"title": "Memory", "type": "string", "default": "2Gi"}
    kubernetes["variables"]["properties"]["cpu"] = {"title": "CPU", "type": "number", "default": 1.0}
    container = kubernetes["job_configuration"]["job_manifest"]["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"requests": {"memory": "{{ memory }}", "cpu": "{{ cpu }}"}}
    storage = {"default_result_storage_block_id": blocks["results"]}
    about = "Everything in production that is not tiny"
    api.pool("k8s", "kubernetes", kubernetes, description=about, concurrency_limit=40, storage_configuration=storage)
    docker = worker_template("docker")
    docker["variables"]["properties"]["image"]["default"] = "registry.acme.example/data/platform:latest"
    api.pool("docker", "docker", docker, description="Staging and reports", concurrency_limit=10)
    api.pool("local", "process", worker_template("process"), description="Small jobs on the scheduler host")
    api.queue("k8s", "high", priority=1, description="Hourly and finer", concurrency_limit=10)
    api.queue("k8s", "batch", priority=5, description="Long runs, at most four", concurrency_limit=4)
    api.queue("docker", "batch", priority=3)


def seed_limits(api: Api) -> str:
    api.limit("crm-api", 10, slot_decay_per_second=0.5)
    api.limit("gpu-slots", 2)
    api.limit("legacy-ftp", 1, active=False)
    for tag, limit in {"warehouse": 8, "dbt": 1, "big query": 4, "pii": 2}.items():
        api.tag_limit(tag, limit)
    return api.limit("warehouse-writers", 6)


def seed_automations(api: Api, ids: dict[str, str], blocks: dict[str, str]) -> None:
    build = f"prefect.deployment.{ids['dbt-build/prod']}"
    done = event_trigger(
        ["prefect.flow-run.Completed"],
        match={"prefect.resource.id": "prefect.flow-run.*"},
        match_related=[{"prefect.resource.role": "deployment", "prefect.resource.id": build}],
        for_each=["prefect.resource.id"],
    )
    run: dict[str, Any] = {"type": "run-deployment", "source": "selected", "deployment_id": ids["report-revenue/prod"]}
    run |= {"parameters": {"currency": "EUR"}, "schedule_after": 60}
    api.automation(
        "Revenue report after dbt", done, [run], tags=["reporting"], description="The report needs today's models."
    )
    stuck = event_trigger(
        ["prefect.deployment.ready"],
        after=["prefect.deployment.not-ready"],
        match={"prefect.resource.id": [f"prefect.deployment.{ids['ingest-payments/prod']}", build]},
        for_each=["prefect.resource.id"],
        posture="Proactive",
        within=900,
    )
    tell = {
        "type": "send-notification",
        "block_document_id": blocks["alerts"],
        "subject": "{{ deployment.name }} has no worker",
    }
    api.automation(
        "No worker for production", stuck, [{**tell, "body": "Not ready for 15 minutes.\nFlow: {{ flow.name }}"}]
    )
    everything = event_trigger(
        ["prefect.flow-run.Failed"], match={"prefect.resource.id": "prefect.flow-run.*"}, threshold=20, within=600
    )
    api.automation("Suspend on mass failure", everything, [{"type": "suspend-flow-run"}], enabled=False, tags=["ops"])


def main() -> None:
    api = Api(sys.argv[1])
    for name, (value, tags) in variables().items():
        api.variable(name, value, tags)
    shared_limit = seed_limits(api)
    blocks = seed_blocks(api)
    seed_pools(api, blocks)
    ids = seed_flows(api, shared_limit)
    seed_automations(api, ids, blocks)
    failed = {
        "object": "flow_run",
        "property": "state",
        "type": "state",
        "operation": "any",
        "value": ["Failed", "Crashed"],
    }
    of_flow = {
        "object": "flow_run",
        "property": "flow_id",
        "type": "string",
        "operation": "equals",
        "value": ids["dbt-build"],
    }
    api.put("/saved_searches/", {"name": "dbt failures", "filters": [failed, of_flow]})
    api.put("/admin/storage", {"default_result_storage_block_id": blocks["results"]})
    print(json.dumps({**summary(api), "default-result-storage": 1}))


if __name__ == "__main__":
    main()
