"""Seeds a Prefect 2.20 server with a platform that has grown since the time of agents: the source of a migration to Prefect 3.

Usage: ``python old_platform.py API_URL``, by the Python of Prefect 2.20. Prints ``{kind: count}``. With events switched on
(``PREFECT_EXPERIMENTAL_EVENTS``, ``PREFECT_API_SERVICES_TRIGGERS_ENABLED``) there are automations too.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

# Set before prefect is imported, because it reads its settings once.
os.environ["PREFECT_API_URL"] = sys.argv[1]

from prefect.blocks.core import Block
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.system import JSON, Secret
from prefect.filesystems import LocalFileSystem, RemoteFileSystem
from prefect.infrastructure import DockerContainer, KubernetesJob
from every_kind_pools import template_with_block
from warehouse_login import WarehouseLogin
from world_api import Api, event_trigger, schema, summary, worker_template

CRON = {"cron": "0 6 * * 1-5", "timezone": "Europe/Berlin", "day_or": True}
INTERVAL = {"interval": 900.5, "anchor_date": "2023-01-01T00:00:00+00:00", "timezone": "America/New_York"}
RRULE = {"rrule": "FREQ=WEEKLY;BYDAY=MO,WE", "timezone": "Europe/Paris"}


class Warehouse(Block):
    """A warehouse that somebody logs in to."""

    _block_type_name = "Warehouse"
    _block_type_slug = "warehouse"
    host: str
    port: int = 5439
    login: WarehouseLogin


def main() -> None:
    api = Api(sys.argv[1])
    seed_values(api)
    blocks = seed_blocks(api)
    seed_pools(api, blocks)
    deployments = seed_deployments(api, blocks)
    policies(api, blocks)
    saved = [{"object": "flow_run", "property": "state", "type": "string", "operation": "equals", "value": "Late"}]
    api.put("/saved_searches/", {"name": "late", "filters": saved})
    counts = summary(api, automations(api, deployments, blocks))
    counts["notification-policy"] = api.count("/flow_run_notification_policies/filter")
    print(json.dumps(counts))


def seed_values(api: Api) -> None:
    texts = {"registry": "registry.example/data", "number_like": "0123", "json_like": '{"a": 1.0}', "longest": "x" * 4998}
    for name, value in texts.items():
        api.variable(name, value, ["old"] if name == "registry" else [])
    api.limit("db-pool", 5)
    api.limit("api-rate", 10, slot_decay_per_second=0.5)
    for tag, limit in {"gpu": 1, "big query": 4, "team/data": 2}.items():
        api.tag_limit(tag, limit)


def seed_blocks(api: Api) -> dict[str, str]:
    Secret(value="s3cr3t-token").save("api-token")
    SlackWebhook(url="https://hooks.slack.example/services/T0/B0/secret-hook").save("alerts")
    LocalFileSystem(basepath="/srv/flows").save("flows")
    RemoteFileSystem(basepath="s3://bucket/flows", settings={"key": "AKIA", "secret": "remote-secret"}).save("bucket")
    DockerContainer(image="etl:1", env={"STAGE": "prod"}, auto_remove=True).save("etl-image")
    KubernetesJob(image="train:1", namespace="ml", job_watch_timeout_seconds=30).save("train-job")
    JSON(value={"rows": 10, "share": 1.0}).save("settings")
    login = WarehouseLogin(user="loader", password="warehouse-pass")
    login.save("loader")
    Warehouse(host="wh.example", login=login).save("linked")
    return {
        "token": api.block_id("secret", "api-token"),
        "alerts": api.block_id("slack-webhook", "alerts"),
        "storage": api.block_id("remote-file-system", "bucket"),
        "docker": api.block_id("docker-container", "etl-image"),
        "kubernetes": api.block_id("kubernetes-job", "train-job"),
        "login": api.block_id("warehouse-login", "loader"),
        "process": api.block("process", None, {"command": ["python", "-m", "prefect.engine"], "env": {"K": "v"}}),
        "local": api.block("local-file-system", None, {"basepath": "/srv/anonymous"}),
    }


def seed_pools(api: Api, blocks: dict[str, str]) -> None:
    api.pool("processes", "process", worker_template("process"), concurrency_limit=20, description="On the big box")
    api.queue("processes", "urgent", priority=1, concurrency_limit=3)
    api.pool("containers", "docker", template_with_block(blocks["login"]), is_paused=True)
    # A starting agent creates the pool of all agents and its queue.
    api.post("/work_queues/", {"name": "agents", "description": "Polled by the old agent", "concurrency_limit": 2})


def seed_deployments(api: Api, blocks: dict[str, str]) -> dict[str, str]:
    flows = {name: api.post("/flows/", {"name": name, "tags": tags})["id"] for name, tags in FLOWS.items()}

    def deploy(flow: str, name: str, **fields: Any) -> str:
        return api.deployment(flows[flow], name, **fields)

    ids = {
        "agent": deploy(
            "etl",
            "by agent",
            work_queue_name="agents",
            infrastructure_document_id=blocks["docker"],
            storage_document_id=blocks["storage"],
            infra_overrides={"env.STAGE": "test", "image": "{{ prefect.variables.registry }}/etl:2"},
            manifest_path="etl-manifest.json",
            entrypoint="flows/etl.py:main",
            path="flows",
            schedule=CRON,
            is_schedule_active=True,
            parameters={"n": 1, "x": 2.0},
            parameter_openapi_schema=schema(n="integer", x="number"),
            description="Loads everything.",
            version="7c1f",
            tags=["prod"],
        ),
        "anonymous": deploy(
            "etl",
            "anonymous",
            work_queue_name="agents",
            infrastructure_document_id=blocks["process"],
            storage_document_id=blocks["local"],
        ),
        "job": deploy("train", "kubernetes", infrastructure_document_id=blocks["kubernetes"], is_schedule_active=False),
        "worker": deploy(
            "report",
            "by worker",
            work_pool_name="processes",
            work_queue_name="urgent",
            job_variables={"env": {"TOKEN": "{{ prefect.blocks.secret.api-token }}"}, "ratio": 2.0},
            enforce_parameter_schema=True,
            parameters={"login": {"$ref": {"block_document_id": blocks["login"]}}},
            pull_steps=[{"prefect.deployments.steps.set_working_directory": {"directory": "/srv/flows"}}],
        ),
        "paused": deploy("report", "paused", work_pool_name="containers", paused=True, schedules=[{"schedule": CRON}]),
    }
    api.schedule(ids["worker"], schedule=INTERVAL, catchup=True, max_active_runs=2)
    api.schedule(ids["worker"], schedule=RRULE, active=False, max_scheduled_runs=7)
    return ids


FLOWS: dict[str, list[str]] = {"etl": ["team:data", "daily"], "train": [], "report": [], "never deployed": ["adhoc"]}


def policies(api: Api, blocks: dict[str, str]) -> None:
    """Notifications about runs, from before automations existed."""
    template = "{flow_name}/{flow_run_name} is {flow_run_state_name} at {flow_run_state_timestamp}: {flow_run_url}"
    about = [
        {"state_names": ["Failed", "Crashed"], "tags": ["prod", "nightly"], "message_template": template},
        {"state_names": [], "tags": [], "is_active": False},
    ]
    for policy in about:
        api.post("/flow_run_notification_policies/", {"block_document_id": blocks["alerts"], **policy})


def automations(api: Api, deployments: dict[str, str], blocks: dict[str, str]) -> bool:
    """Whether the server has automations: not if events are disabled, which is the default."""
    try:
        api.automation("probe", event_trigger(["old.never"]), [{"type": "do-nothing"}], enabled=False)
    except SystemExit:
        return False
    related = {"prefect.resource.role": "deployment", "prefect.resource.id": f"prefect.deployment.{deployments['agent']}"}
    trigger = event_trigger(["old.never"], match={"prefect.resource.id": "old.nothing"}, match_related=related, within=30)
    run = {"type": "run-deployment", "source": "selected", "deployment_id": deployments["worker"], "parameters": {"n": 1.0}}
    tell = {"type": "send-notification", "block_document_id": blocks["alerts"], "subject": "Late", "body": "{{ flow.name }}"}
    api.automation("run next", trigger, [run, tell])
    return True


if __name__ == "__main__":
    main()
