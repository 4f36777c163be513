"""Plain HTTP to one Prefect server, for seeding: retries if the database is busy, and raises every other error."""

from __future__ import annotations

import json
import pathlib
import time
from typing import Any

import httpx
import prefect


class Api:
    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url.rstrip("/"), timeout=60)
        version = self.get("/admin/version")
        self.version: tuple[int, ...] = tuple(int(part) for part in version.split(".")[:3])

    def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        # With a busy SQLite database, the server answers 503 immediately, drops the connection, and has stored nothing.
        for _ in range(300):
            try:
                response = self.client.request(method, path, json=body)
            except httpx.RemoteProtocolError:
                continue
            except (httpx.ReadError, httpx.WriteError):
                continue
            if response.status_code != 503:
                break
            time.sleep(0.1)
        if response.is_error:
            raise SystemExit(
                f"{method} {path} -> {response.status_code}: {response.text[:2000]}\n{json.dumps(body)[:2000]}"
            )
        return response

    def get(self, path: str) -> Any:
        return self.send("GET", path).json()

    def post(self, path: str, body: Any) -> Any:
        return self.send("POST", path, body).json()

    def put(self, path: str, body: Any) -> None:
        self.send("PUT", path, body)

    def patch(self, path: str, body: Any) -> None:
        self.send("PATCH", path, body)

    def delete(self, path: str) -> None:
        self.send("DELETE", path)

    def count(self, path: str, body: dict[str, Any] | None = None) -> int:
        """The number of rows of a list route, reading pages until one is empty."""
        offset = 0
        while rows := self.post(path, {**(body or {}), "offset": offset}):
            offset += len(rows)
        return offset

    def variable(self, name: str, value: Any, tags: list[str] | None = None) -> None:
        self.post("/variables/", {"name": name, "value": value, "tags": tags or []})

    def flow(self, name: str, tags: list[str] | None = None, labels: dict[str, Any] | None = None) -> str:
        body = {"name": name, "tags": tags or [], "labels": labels or {}}
        return self.post("/flows/", self.known(body, labels=(3, 1, 5)))["id"]

    def known(self, body: dict[str, Any], **since: tuple[int, ...]) -> dict[str, Any]:
        """Without the fields that the server's version does not have."""
        return {name: value for name, value in body.items() if self.version >= since.get(name, (0,))}

    def deployment(self, flow_id: str, name: str, **fields: Any) -> str:
        schema = {"type": "object", "properties": {}}
        body = {"flow_id": flow_id, "name": name, "parameter_openapi_schema": schema, **fields}
        if self.version >= (3, 0, 0) and "schedules" in body:
            body["schedules"] = [self.known(row, slug=(3, 2, 0), parameters=(3, 2, 0)) for row in body["schedules"]]
        known = self.known(body, labels=(3, 1, 5), global_concurrency_limit_id=(3, 3, 6))
        return self.post("/deployments/", known)["id"]

    def pool(self, name: str, kind: str, template: dict[str, Any], **fields: Any) -> str:
        body = {"name": name, "type": kind, "base_job_template": template, **fields}
        return self.post("/work_pools/", self.known(body, storage_configuration=(3, 2, 14)))["id"]

    def queue(self, pool: str, name: str, **fields: Any) -> str:
        return self.post(f"/work_pools/{quoted(pool)}/queues", {"name": name, **fields})["id"]

    def block_type_id(self, slug: str) -> str:
        return self.get(f"/block_types/slug/{slug}")["id"]

    def block(self, slug: str, name: str | None, data: dict[str, Any]) -> str:
        """A document of a type's newest schema; anonymous without a name."""
        type_id = self.block_type_id(slug)
        only = {"block_schemas": {"block_type_id": {"any_": [type_id]}}}
        schema = self.post("/block_schemas/filter", only)[0]
        body = {"block_type_id": type_id, "block_schema_id": schema["id"], "data": data}
        named = {"name": name} if name is not None else {"is_anonymous": True}
        return self.post("/block_documents/", {**body, **named})["id"]

    def block_id(self, slug: str, name: str) -> str:
        return self.get(f"/block_types/slug/{slug}/block_documents/name/{name}")["id"]

    def tag_limit(self, tag: str, limit: int) -> None:
        self.post("/concurrency_limits/", {"tag": tag, "concurrency_limit": limit})

    def limit(self, name: str, limit: int, **fields: Any) -> str:
        return self.post("/v2/concurrency_limits/", {"name": name, "limit": limit, **fields})["id"]

    def schedule(self, deployment_id: str, **fields: Any) -> None:
        """Uses the sub-route, the only way to set max_scheduled_runs at creation."""
        known = self.known({"active": True, **fields}, slug=(3, 2, 0), parameters=(3, 2, 0))
        self.post(f"/deployments/{deployment_id}/schedules", [known])

    def automation(self, name: str, trigger: dict[str, Any], actions: list[dict[str, Any]], **fields: Any) -> str:
        body = {"name": name, "trigger": trigger, "actions": actions, **fields}
        return self.post("/automations/", self.known(body, tags=(3, 4, 7)))["id"]


def schema(**types: str) -> dict[str, Any]:
    """The parameters of a flow, each with its JSON type."""
    return {
        "type": "object",
        "title": "Parameters",
        "properties": {name: {"type": kind} for name, kind in types.items()},
    }


def quoted(segment: str) -> str:
    from urllib.parse import quote

    return quote(segment, safe="")


def worker_template(kind: str) -> dict[str, Any]:
    """The default base job template of a worker type, from the worker registry inside Prefect."""
    package = pathlib.Path(prefect.__file__).parent
    views = package / "server" / "api" / "collections_data" / "views" / "aggregate-worker-metadata.json"
    for workers in json.loads(views.read_text()).values():
        if kind in workers:
            return workers[kind]["default_base_job_configuration"]
    raise KeyError(kind)


def event_trigger(expect: list[str], **fields: Any) -> dict[str, Any]:
    defaults = {"type": "event", "posture": "Reactive", "threshold": 1, "within": 0}
    return {**defaults, "expect": expect, **fields}


def summary(api: Api, has_automations: bool = True) -> dict[str, int]:
    """The number of rows of every kind, without block types and schemas, which are mostly built-in."""
    limits: list[str] = []
    while rows := api.post("/v2/concurrency_limits/filter", {"offset": len(limits)}):
        limits += [row["name"] for row in rows]
    v2_tags = sum(name.startswith("tag:") for name in limits)
    own = sum(name.startswith("deployment:") for name in limits)
    return {
        "variable": api.count("/variables/filter"),
        "concurrency-limit": len(limits) - v2_tags - own,
        "tag-concurrency-limit": v2_tags if api.version >= (3, 4, 19) else api.count("/concurrency_limits/filter"),
        "block": api.count("/block_documents/filter", {"block_documents": {"is_anonymous": None}}),
        "work-pool": api.count("/work_pools/filter"),
        "work-queue": api.count("/work_queues/filter"),
        "flow": api.count("/flows/filter"),
        "deployment": api.count("/deployments/filter"),
        "automation": api.count("/automations/filter") if has_automations else 0,
        "saved-search": api.count("/saved_searches/filter"),
    }
