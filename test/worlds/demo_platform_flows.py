"""The flows of the demo's data team."""

from __future__ import annotations

from typing import Any

from demo_platform_deployments import deployments
from world_api import Api

FLOWS: dict[str, dict[str, Any]] = {
    "ingest-orders": {"tags": ["ingest", "team:core"], "labels": {"owner": "core", "tier": 1}},
    "ingest-payments": {"tags": ["ingest", "team:core", "pii"], "labels": {"owner": "core", "tier": 1}},
    "ingest-clickstream": {"tags": ["ingest", "team:growth"], "labels": {"owner": "growth", "tier": 2}},
    "ingest-exchange-rates": {"tags": ["ingest", "team:finance"]},
    "dbt-build": {"tags": ["dbt", "team:core"], "labels": {"owner": "core", "tier": 1}},
    "dbt-docs": {"tags": ["dbt"]},
    "train-churn-model": {"tags": ["ml", "team:growth"], "labels": {"owner": "growth", "gpu": True}},
    "score-customers": {"tags": ["ml", "team:growth"]},
    "report-revenue": {"tags": ["reporting", "team:finance"]},
    "report-data-quality": {"tags": ["reporting", "team:core"]},
    "sync-crm": {"tags": ["reverse-etl", "team:growth"]},
    "backup-warehouse": {"tags": ["ops"]},
    "adhoc-backfill": {"tags": ["ops"], "labels": {"owner": "core"}},
}


def seed_flows(api: Api, shared_limit: str) -> dict[str, str]:
    """Returns the IDs by ``flow`` and ``flow/deployment``; adhoc-backfill has no deployment."""
    ids = {name: api.flow(name, **fields) for name, fields in FLOWS.items()}
    for flow, name, fields in deployments(shared_limit):
        ids[f"{flow}/{name}"] = api.deployment(ids[flow], name, **fields)
    capped = {"cron": "0 */6 * * *", "timezone": "UTC"}
    api.schedule(ids["report-data-quality/prod"], schedule=capped, slug="six-hourly", max_scheduled_runs=4)
    return ids
