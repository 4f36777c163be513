"""The 205 variables of the demo's data team: settings of its services, of every JSON type."""

from __future__ import annotations

from typing import Any

COUNT = 205
SQL = """-- Revenue by day
select order_date, sum(amount) as revenue
from analytics.orders
where status <> 'cancelled'
group by 1
"""

SHARED: dict[str, Any] = {
    "platform_branch": "main",
    "registry": "registry.acme.example/data",
    "alert_channel": "#data-alerts",
    "revenue_query": SQL,
    "maintenance_window": {"start": "02:00", "end": "04:30", "days": ["sat", "sun"], "timezone": "Europe/Berlin"},
    "fx_rates": {"EUR": 1.0, "USD": 1.0842, "JPY": 5.0, "precision": 4},
    "snowflake_id_floor": 9007199254740993,
    "first_backfill_id": 9223372036854775807,
    "feature_flags": {"new_churn_model": True, "crm_v2": False, "rollout": {"share": 0.25, "cohorts": [1, 2, 3]}},
    "deprecated_endpoint": None,
    "retry_budget": 3,
    "quality_threshold": 0.985,
    "dry_run": False,
    "countries": ["DE", "AT", "CH", "NO", "FR"],
    "country_code": "NO",
    "version_pin": "1.10",
    "batch_sizes": [1000, 5000.0, 20000],
    "owners": {"core": {"lead": "ada", "on_call": ["ada", "grace"]}, "growth": {"lead": "edsger", "on_call": []}},
    "motd": "Deploys are frozen on Fridays.\n\nAsk in #data-platform: exceptions exist.\n",
    "unit_price_precision": 2,
}

SOURCES = ("shop", "payments", "crm", "ads", "support", "warehouse", "billing", "inventory")
SETTINGS: dict[str, Any] = {
    "base_url": "https://{}.acme.example/api/v2",
    "page_size": 500,
    "timeout_seconds": 12.5,
    "enabled": True,
    "schema": "raw_{}",
    "columns": ["id", "created_at", "updated_at", "payload"],
    "limits": {"per_minute": 600, "burst": 1.5, "backoff": 2.0},
    "watermark": "2025-11-01T00:00:00Z",
}


def variables() -> dict[str, tuple[Any, list[str]]]:
    """Values and tags by name."""
    found: dict[str, tuple[Any, list[str]]] = {name: (value, ["shared"]) for name, value in SHARED.items()}
    for source in SOURCES:
        for setting, value in SETTINGS.items():
            own = value.format(source) if isinstance(value, str) else value
            found[f"{source}_{setting}"] = (own, ["source", source])
    for number in range(COUNT - len(found)):
        store = {"store": number + 1, "tax_rate": 19.0 if number % 3 else 7.0, "open": number % 7 != 0}
        found[f"store_{number + 1:03d}"] = (store, ["store"])
    return found
