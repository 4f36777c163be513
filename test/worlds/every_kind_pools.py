"""Work pools and queues of the world of every kind."""

from __future__ import annotations

import copy

from world_api import Api, quoted, worker_template

BUNDLES = "prefect_aws.experimental.bundles"


def seed_pools(api: Api, blocks: dict[str, str]) -> dict[str, str]:
    """Five pools; returns the IDs of pools and queues by ``pool`` and ``pool/queue``."""
    ids = {
        "processes": api.pool("processes", "process", worker_template("process"), concurrency_limit=20),
        "gpu#1": api.pool("gpu#1", "docker", template_with_block(blocks["login"]), description="GPUs <and> more & co"),
        "paused pool": api.pool("paused pool", "process", {}, is_paused=True, description=None),
        "ecs": api.pool("ecs", "ecs:push", worker_template("ecs")),
        "k8s": api.pool("k8s", "kubernetes", worker_template("kubernetes"), storage_configuration=storage(api, blocks)),
    }
    api.patch("/work_pools/processes/queues/default", {"name": "main", "description": "Renamed from default"})
    ids["processes/main"] = api.get("/work_pools/processes/queues/main")["id"]
    ids["processes/urgent"] = api.queue("processes", "urgent", priority=1, concurrency_limit=3)
    ids["processes/slow lane"] = api.queue(
        "processes", "slow lane", priority=10, is_paused=True, description="at night"
    )
    ids["k8s/high"] = api.queue("k8s", "high", priority=7, concurrency_limit=0)
    ids["k8s/default"] = api.get("/work_pools/k8s/queues/default")["id"]
    api.patch("/work_pools/k8s/queues/default", {"concurrency_limit": 4})
    return ids


def filter_queue(api: Api, deployment_id: str) -> None:
    """The filter of the old agents: still stored, and it contains IDs of deployments."""
    by = {"tags": None, "deployment_ids": [deployment_id]}
    api.patch(f"/work_pools/{quoted('processes')}/queues/{quoted('slow lane')}", {"filter": by})


def template_with_block(block_id: str) -> dict[str, object]:
    template = copy.deepcopy(worker_template("docker"))
    template["job_configuration"]["login"] = "{{ login }}"
    variables = template["variables"]
    variables["properties"]["login"] = {
        "title": "Login",
        "allOf": [{"$ref": "#/definitions/WarehouseLogin"}],
        "default": {"$ref": {"block_document_id": block_id}},
    }
    variables["properties"]["shm_ratio"] = {"title": "Shared memory", "type": "number", "default": 1.0}
    template["job_configuration"]["shm_ratio"] = "{{ shm_ratio }}"
    definition = {"title": "WarehouseLogin", "type": "object", "block_type_slug": "warehouse-login"}
    variables.setdefault("definitions", {})["WarehouseLogin"] = {
        **definition,
        "properties": {"user": {"type": "string"}},
    }
    return template


def storage(api: Api, blocks: dict[str, str]) -> dict[str, object]:
    step = {"requires": "prefect-aws", "bucket": "bundles", "aws_credentials_block_name": "bundle-creds"}
    steps = {"bundle_upload_step": {f"{BUNDLES}.upload": step}, "bundle_execution_step": {f"{BUNDLES}.execute": step}}
    results = {"default_result_storage_block_id": blocks["results"]}
    return {**steps, **(results if api.version >= (3, 4, 0) else {})}
