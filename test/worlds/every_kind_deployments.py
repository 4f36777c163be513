"""Flows and deployments of the world of every kind."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import CronSchedule
from world_api import Api, schema

CRON = {"cron": "0 6 * * *", "timezone": "Europe/Berlin"}
INTERVAL = {"interval": 5400.5, "anchor_date": "2024-01-01T00:00:00+02:00", "timezone": "America/New_York"}
RRULE = {"rrule": "DTSTART:20240101T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE", "timezone": "Europe/Paris"}
PULL_STEPS = [
    {
        "prefect.deployments.steps.git_clone": {
            "id": "clone",
            "repository": "https://git.example/data/flows.git",
            "branch": "main",
            "access_token": "{{ prefect.blocks.secret.api-token }}",
        }
    },
    {
        "prefect.deployments.steps.set_working_directory": {
            "directory": "{{ clone.directory }}/{{ prefect.variables.registry }}"
        }
    },
]


def seed_deployments(api: Api, blocks: dict[str, str], shared_limit: str) -> dict[str, str]:
    """Fourteen deployments and a flow without any; returns the IDs by ``flow`` and ``flow/deployment``."""
    ids: dict[str, str] = {}

    def flow(name: str, **fields: Any) -> None:
        ids[name] = api.flow(name, **fields)

    def deploy(flow_name: str, name: str, **fields: Any) -> None:
        ids[f"{flow_name}/{name}"] = api.deployment(ids[flow_name], name, **fields)

    flow("etl", tags=["team:data", "daily"], labels={"owner": "data", "level": 3, "ratio": 2.0, "critical": True})
    for name in ("report", "train", "sync a", "sync-b", "legacy", "params", "ingest #1"):
        flow(name)
    flow("never deployed", tags=["adhoc"])
    plain(deploy)
    limited(api, deploy, ids, shared_limit)
    legacy(deploy, blocks)
    parametrized(deploy, blocks)
    by_client(ids)
    return ids


def plain(deploy: Any) -> None:
    daily = {"slug": "daily", "schedule": CRON, "parameters": {"n": 2, "x": 2.0}}
    deploy(
        "etl",
        "prod",
        work_pool_name="processes",
        work_queue_name="main",
        schedules=[{"active": False, **daily}],
        tags=["prod", "nightly"],
        parameters={"n": 1, "x": 2.0, "big": 9007199254740993},
        parameter_openapi_schema=schema(n="integer", x="number", big="integer"),
        entrypoint="flows/etl.py:main",
        path="/srv/flows",
        description="Loads everything.\n\nEvery *night*.\n",
        version="1.10",
        job_variables={"env": {"STAGE": "prod"}},
    )
    unnamed = [{"active": False, "schedule": INTERVAL}, {"active": True, "schedule": RRULE}]
    deploy(
        "etl", "staging", work_pool_name="processes", work_queue_name="urgent", schedules=unnamed, pull_steps=PULL_STEPS
    )
    deploy(
        "report", "local", labels={"tier": "gold", "weight": 1.0, "n": 1, "on": False}, enforce_parameter_schema=False
    )
    deploy(
        "train",
        "gpu",
        work_pool_name="gpu#1",
        work_queue_name="default",
        job_variables={"image": "train:1", "shm_ratio": 2.0},
    )
    deploy("report", "paused", paused=True, work_pool_name="k8s", work_queue_name="high", concurrency_options=None)
    dotted = {
        "env.DEBUG": "1",
        "image": "{{ prefect.variables.registry }}/app:1",
        "env": {"TOKEN": "{{ prefect.blocks.secret.api-token }}"},
    }
    deploy(
        "ingest #1",
        "with space #2",
        work_pool_name="k8s",
        work_queue_name="default",
        job_variables=dotted,
        pull_steps=PULL_STEPS,
    )


def limited(api: Api, deploy: Any, ids: dict[str, str], shared_limit: str) -> None:
    deploy("sync a", "shared", global_concurrency_limit_id=shared_limit)
    deploy(
        "sync-b", "shared", global_concurrency_limit_id=shared_limit, work_pool_name="ecs", work_queue_name="default"
    )
    options: dict[str, Any] = {"collision_strategy": "CANCEL_NEW"}
    if api.version >= (3, 6, 6):
        options["grace_period_seconds"] = 120
    deploy("sync-b", "own", concurrency_limit=3, concurrency_options=options)
    capped = {"schedule": {"cron": "*/30 * * * *", "timezone": "UTC", "day_or": False}, "slug": "capped"}
    api.schedule(
        ids["sync-b/own"],
        max_scheduled_runs=7,
        active=False,
        parameters={"mode": "short"},
        **{k: capped[k] for k in capped},
    )


def legacy(deploy: Any, blocks: dict[str, str]) -> None:
    deploy("legacy", "named storage", storage_document_id=blocks["results"])
    deploy(
        "legacy",
        "anonymous",
        storage_document_id=blocks["storage"],
        infrastructure_document_id=blocks["infrastructure"],
    )


def parametrized(deploy: Any, blocks: dict[str, str]) -> None:
    references = {
        "login": {"$ref": {"block_document_id": blocks["login"]}},
        "by_slug": {"$ref": {"block_document_slug": "secret/api-token"}},
        "bare": {"$ref": blocks["limits"]},
        "listed": [{"deep": {"$ref": {"block_document_id": blocks["token"]}}}],
        "text": f"see block {blocks['token']} in the UI",
    }
    deploy("params", "references", parameters=references, work_pool_name="processes", work_queue_name="main")
    hydrated = {
        "a": {"__prefect_kind": "workspace_variable", "variable_name": "registry"},
        "b": {"__prefect_kind": "jinja", "template": "{{ 1 + 1 }}"},
        "c": {"__prefect_kind": "json", "value": '{"n": 1.0}'},
        "<ref:flow/etl>": "a literal that looks like a reference: <ref:flow/etl>",
    }
    deploy("params", "placeholders", parameters=hydrated)


def by_client(ids: dict[str, str]) -> None:
    """A deployment like `prefect deploy` creates."""
    slug: dict[str, Any] = {"slug": "weekly"} if "slug" in DeploymentScheduleCreate.model_fields else {}
    schedule = DeploymentScheduleCreate(
        schedule=CronSchedule(cron="15 4 * * 1", timezone="Asia/Tokyo"), active=False, **slug
    )
    ids["ingest #1/by client"] = asyncio.run(created(schedule, ids["ingest #1"]))


async def created(schedule: DeploymentScheduleCreate, flow_id: str) -> str:
    """The client of 3.0 creates no deployment without an event loop."""
    async with get_client() as client:
        return str(
            await client.create_deployment(
                flow_id=flow_id,  # type: ignore[arg-type]
                name="by client",
                schedules=[schedule],
                parameters={"rows": 10, "share": 1.0},
                tags=["client"],
                work_pool_name="processes",
                work_queue_name="main",
                parameter_openapi_schema=schema(rows="integer", share="number"),
                enforce_parameter_schema=True,
            )
        )
