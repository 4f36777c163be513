"""The fourteen deployments of the demo's data team."""

from __future__ import annotations

from typing import Any

REPOSITORY = "https://git.acme.example/data/platform.git"
BERLIN = "Europe/Berlin"
ANCHOR = "2025-01-06T00:00:00+00:00"


def cron(expression: str, timezone: str = BERLIN, **fields: Any) -> dict[str, Any]:
    return {"schedule": {"cron": expression, "timezone": timezone}, "active": True, **fields}


def every(seconds: float, **fields: Any) -> dict[str, Any]:
    return {"schedule": {"interval": seconds, "anchor_date": ANCHOR, "timezone": "UTC"}, "active": True, **fields}


def pull(directory: str) -> list[dict[str, Any]]:
    clone = {
        "id": "clone",
        "repository": REPOSITORY,
        "branch": "{{ prefect.variables.platform_branch }}",
        "access_token": "{{ prefect.blocks.secret.git-token }}",
    }
    return [
        {"prefect.deployments.steps.git_clone": clone},
        {"prefect.deployments.steps.set_working_directory": {"directory": "{{ clone.directory }}/" + directory}},
    ]


def takes(**parameters: tuple[str, Any]) -> dict[str, Any]:
    """Parameters with the schema that Prefect derives from a flow's signature."""
    properties = {
        name: {"type": kind, "title": name, "default": value, "position": position}
        for position, (name, (kind, value)) in enumerate(parameters.items())
    }
    values = {name: value for name, (_, value) in parameters.items()}
    schema = {"type": "object", "title": "Parameters", "properties": properties}
    return {"parameters": values, "parameter_openapi_schema": schema}


def on(pool: str, queue: str = "default", **job_variables: Any) -> dict[str, Any]:
    return {"work_pool_name": pool, "work_queue_name": queue, "job_variables": job_variables}


IMAGE = {"image": "{{ prefect.variables.registry }}/platform:2025.11", "env": {"STAGE": "prod", "LOG_LEVEL": "INFO"}}


def deployments(shared_limit: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        *ingest(shared_limit),
        *transform_and_learn(shared_limit),
        *report_and_run(),
    ]


def ingest(shared_limit: str) -> list[tuple[str, str, dict[str, Any]]]:
    orders = takes(since_days=("integer", 2), batch_size=("integer", 5000), max_error_rate=("number", 0.5))
    replay = takes(since_days=("integer", 30), batch_size=("integer", 20000), max_error_rate=("number", 1.0))
    hourly = [every(3600.0, slug="hourly"), cron("30 2 * * 0", slug="weekly-full", parameters={"since_days": 7})]
    return [
        (
            "ingest-orders",
            "prod",
            {
                **on("k8s", "high", **IMAGE),
                **orders,
                "schedules": hourly,
                "global_concurrency_limit_id": shared_limit,
                "entrypoint": "flows/ingest/orders.py:ingest_orders",
                "description": "Orders of the shop, hour by hour.",
                "pull_steps": pull("ingest"),
                "tags": ["prod", "ingest"],
            },
        ),
        (
            "ingest-orders",
            "replay",
            {
                **on("docker", "batch"),
                **replay,
                "paused": True,
                "entrypoint": "flows/ingest/orders.py:ingest_orders",
                "description": "Only by hand, after an outage.",
                "tags": ["ops"],
            },
        ),
        (
            "ingest-payments",
            "prod",
            {
                **on("k8s", "high", **IMAGE),
                "schedules": [cron("*/15 * * * *")],
                "concurrency_limit": 1,
                "concurrency_options": {"collision_strategy": "CANCEL_NEW"},
                "entrypoint": "flows/ingest/payments.py:ingest_payments",
                "pull_steps": pull("ingest"),
                "tags": ["prod", "ingest", "pii"],
            },
        ),
        (
            "ingest-clickstream",
            "prod",
            {
                **on("k8s", "batch", **IMAGE, memory="8Gi"),
                "schedules": [every(900.0)],
                "entrypoint": "flows/ingest/clickstream.py:ingest",
                "pull_steps": pull("ingest"),
                "tags": ["prod", "ingest"],
            },
        ),
        (
            "ingest-exchange-rates",
            "prod",
            {
                **on("local"),
                **takes(base=("string", "EUR"), precision=("number", 4.0)),
                "schedules": [cron("5 16 * * 1-5", slug="ecb-fixing")],
                "entrypoint": "flows/ingest/rates.py:rates",
                "path": "/srv/platform",
                "tags": ["prod"],
            },
        ),
    ]


def transform_and_learn(shared_limit: str) -> list[tuple[str, str, dict[str, Any]]]:
    monthly = {"rrule": "DTSTART:20250101T040000\nRRULE:FREQ=MONTHLY;BYDAY=1MO", "timezone": BERLIN}
    build = takes(select=("string", "tag:daily"), full_refresh=("boolean", False), threads=("integer", 8))
    churn = takes(
        learning_rate=("number", 0.001),
        epochs=("integer", 20),
        dropout=("number", 0.0),
        seed=("integer", 9007199254740993),
    )
    return [
        (
            "dbt-build",
            "prod",
            {
                **on("k8s", "high", **IMAGE),
                **build,
                "schedules": [
                    cron("0 5 * * *", slug="daily"),
                    cron("0 13 * * 1-5", slug="midday", parameters={"select": "tag:finance"}),
                ],
                "global_concurrency_limit_id": shared_limit,
                "entrypoint": "flows/dbt.py:build",
                "version": "1.4.2",
                "pull_steps": pull("dbt"),
                "tags": ["prod", "dbt"],
            },
        ),
        (
            "dbt-build",
            "staging",
            {
                **on("docker"),
                **build,
                "schedules": [cron("0 22 * * *", slug="nightly", active=False)],
                "entrypoint": "flows/dbt.py:build",
                "pull_steps": pull("dbt"),
                "tags": ["staging", "dbt"],
            },
        ),
        (
            "dbt-docs",
            "prod",
            {
                **on("local"),
                "schedules": [cron("45 6 * * *")],
                "entrypoint": "flows/dbt.py:docs",
                "path": "/srv/platform",
            },
        ),
        (
            "train-churn-model",
            "gpu",
            {
                **on("k8s", "batch", **{**IMAGE, "finished_job_ttl": 600}),
                **churn,
                "schedules": [{"schedule": monthly, "active": True, "slug": "monthly"}],
                "concurrency_limit": 1,
                "entrypoint": "flows/ml/churn.py:train",
                "pull_steps": pull("ml"),
                "tags": ["ml", "gpu"],
            },
        ),
        (
            "score-customers",
            "prod",
            {
                **on("docker", "batch"),
                **takes(threshold=("number", 5.0), segment=("string", "all")),
                "entrypoint": "flows/ml/churn.py:score",
                "tags": ["prod", "ml"],
            },
        ),
    ]


def report_and_run() -> list[tuple[str, str, dict[str, Any]]]:
    workdays = {"rrule": "DTSTART:20250106T073000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "timezone": BERLIN}
    alert = {"channel": {"__prefect_kind": "workspace_variable", "variable_name": "alert_channel"}}
    return [
        (
            "report-revenue",
            "prod",
            {
                **on("docker"),
                "parameters": {"currency": "EUR", **alert},
                "schedules": [{"schedule": workdays, "active": True, "slug": "workdays"}],
                "entrypoint": "flows/reports.py:revenue",
                "tags": ["prod", "finance"],
            },
        ),
        ("report-data-quality", "prod", {**on("docker"), "schedules": [], "entrypoint": "flows/reports.py:quality"}),
        (
            "sync-crm",
            "prod",
            {
                **on("k8s", "default", **IMAGE),
                "schedules": [every(1800.0, slug="half-hourly")],
                "entrypoint": "flows/crm.py:sync",
                "pull_steps": pull("crm"),
                "tags": ["prod"],
            },
        ),
        (
            "backup-warehouse",
            "nightly",
            {
                **on("local"),
                "schedules": [cron("0 1 * * *", "UTC", slug="nightly")],
                "entrypoint": "flows/ops.py:backup",
                "path": "/srv/platform",
                "tags": ["ops"],
            },
        ),
    ]
