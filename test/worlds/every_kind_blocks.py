"""Blocks of the world of every kind: with the official client if it has a class, otherwise with plain requests."""

from __future__ import annotations

from typing import Any

from prefect.blocks.core import Block
from prefect.blocks.fields import SecretDict
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.system import Secret
from prefect.blocks.webhook import Webhook
from prefect.filesystems import LocalFileSystem
from pydantic import SecretStr
from warehouse_login import WarehouseLogin
from world_api import Api


class Warehouse(Block):
    """A warehouse: <fast> & "cheap"."""

    _block_type_name = "Warehouse"
    _block_type_slug = "warehouse"
    _logo_url = "https://example.org/warehouse.png"  # type: ignore[assignment]
    _documentation_url = "https://example.org/warehouse"  # type: ignore[assignment]
    host: str
    port: int = 5439
    timeout: float = 1.0
    headers: SecretDict = SecretDict({})
    login: WarehouseLogin


RAW_FIELDS: dict[str, Any] = {
    "title": "Raw Settings",
    "type": "object",
    "block_type_slug": "raw-settings",
    "block_schema_references": {},
    "secret_fields": ["h.*", "deep.token"],
    "required": ["threshold"],
    "properties": {
        "threshold": {"title": "Threshold", "type": "number", "default": 1.0, "maximum": 1e22},
        "big": {"title": "Big", "type": "integer", "default": 9007199254740993},
        "h": {"title": "Headers", "type": "object"},
        "deep": {"title": "Deep", "type": "object"},
        "mode": {"$ref": "#/definitions/Mode"},
    },
    "definitions": {"Mode": {"title": "Mode", "type": "string", "enum": ["é", "😀"]}},
}


def seed_blocks(api: Api) -> dict[str, str]:
    """Creates them all; returns the IDs that other resources need by a short name."""
    Secret(value="s3cr3t-token").save("api-token")
    Secret(value={"user": "etl", "password": "p4ss", "ratio": 1.0, "ports": [5432]}).save("db-login")
    SlackWebhook(url="https://hooks.slack.example/services/T0/B0/secret-hook").save("alerts")
    Webhook(url="https://example.org/hook", headers={"x-token": "hook-token"}).save("ticket")
    LocalFileSystem(basepath="/srv/results").save("results")
    login = WarehouseLogin(user="loader", password=SecretStr("warehouse-pass"))
    login.save("loader")
    Warehouse(host="wh.example", login=login, headers=SecretDict({"x-key": "header-secret"})).save("linked")
    inline = WarehouseLogin(user="reader", password=SecretStr("inline-pass"))
    Warehouse(host="wh2.example", timeout=2.0, login=inline).save("inlined")
    raw_block_type(api)
    data = {"threshold": 5.0, "big": 9007199254740993, "h": {"a": "hidden-a", "b": "hidden-b"}, "deep": {"token": "deep-secret"}}
    api.block("raw-settings", "limits", data)
    text = "line one\nline two: # no comment\n"
    api.block("raw-settings", "child-free", {"threshold": 0.1, "mode": "é", "note": text})
    return {
        "token": api.block_id("secret", "api-token"),
        "alerts": api.block_id("slack-webhook", "alerts"),
        "ticket": api.block_id("webhook", "ticket"),
        "results": api.block_id("local-file-system", "results"),
        "login": api.block_id("warehouse-login", "loader"),
        "limits": api.block_id("raw-settings", "limits"),
        "storage": api.block("local-file-system", None, {"basepath": "/srv/anonymous"}),
        "infrastructure": api.block("raw-settings", None, {"threshold": 2.0, "h": {"k": "anonymous-secret"}}),
    }


def raw_block_type(api: Api) -> None:
    about = {"description": "Raw <settings> & more", "code_example": "if a < b and c > d:\n    pass\n"}
    created = api.post("/block_types/", {"name": "Raw Settings", "slug": "raw-settings", **about})
    schema = {"fields": RAW_FIELDS, "block_type_id": created["id"], "version": "2.1", "capabilities": ["run", "read"]}
    api.post("/block_schemas/", schema)
