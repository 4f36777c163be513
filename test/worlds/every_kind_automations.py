"""Automations and saved searches of the world of every kind.

What is enabled expects an event that nothing here emits: automations that match everything set each other off.
"""

from __future__ import annotations

from world_api import Api, event_trigger

NEVER = ["every-kind.never"]
QUIET = {"match": {"prefect.resource.id": "every-kind.nothing"}}


def seed_automations(api: Api, ids: dict[str, str], blocks: dict[str, str]) -> None:
    """``ids`` has the IDs of flows, deployments, pools and queues by the names that their seeders return."""
    run_next(api, ids, blocks)
    notify(api, ids, blocks)
    composite(api, ids, blocks)
    everything = event_trigger([], match={}, for_each=["prefect.resource.id"])
    api.automation("switched off", everything, [{"type": "cancel-flow-run"}], enabled=False, description="matches all")
    each_other(api)
    twins(api, ids)


def run_next(api: Api, ids: dict[str, str], blocks: dict[str, str]) -> None:
    etl = f"prefect.deployment.{ids['etl/prod']}"
    related = [
        {
            "prefect.resource.role": "deployment",
            "prefect.resource.id": [etl, f"!prefect.deployment.{ids['etl/staging']}"],
        },
        {"prefect.resource.role": "flow", "prefect.resource.id": f"prefect.flow.{ids['etl']}"},
    ]
    trigger = event_trigger(
        ["prefect.flow-run.Completed"],
        match={"prefect.resource.id": "prefect.flow-run.*"},
        # From 3.4.1 on there may be several.
        match_related=related if api.version >= (3, 4, 1) else related[0],
        after=["every-kind.b", "every-kind.a"],
        for_each=["prefect.resource.id", "related:flow:prefect.resource.id", etl],
        within=30.5,
    )
    run = {
        "type": "run-deployment",
        "source": "selected",
        "deployment_id": ids["etl/staging"],
        "parameters": {
            "n": 1.0,
            "name": {"__prefect_kind": "jinja", "template": "{{ flow_run.name }}"},
            "login": {"$ref": {"block_document_id": blocks["login"]}},
        },
        "job_variables": {"env": {"STAGE": "{{ prefect.variables.registry }}"}},
    }
    if api.version >= (3, 4, 15):
        run["schedule_after"] = 30
    api.automation("run next", trigger, [run], tags=["chain", "prod"])


def notify(api: Api, ids: dict[str, str], blocks: dict[str, str]) -> None:
    stuck = event_trigger(
        ["prefect.deployment.ready"],
        after=["prefect.deployment.not-ready"],
        match={"prefect.resource.id": [f"prefect.deployment.{ids['report/local']}"]},
        for_each=["prefect.resource.id"],
        posture="Proactive",
        within=600,
    )
    send = {
        "type": "send-notification",
        "block_document_id": blocks["alerts"],
        "subject": "{{ deployment.name }} is stuck",
        "body": "Flow: {{ flow.name }}\nRun: {{ flow_run|ui_url }}\n{% if x %}yes{% endif %}\n",
    }
    call = {
        "type": "call-webhook",
        "block_document_id": blocks["ticket"],
        "payload": '{"text": "{{ automation.name }}"}',
    }
    pause = {"type": "pause-deployment", "source": "selected", "deployment_id": ids["report/local"]}
    api.automation(
        "tell when stuck",
        stuck,
        [send],
        actions_on_trigger=[call],
        actions_on_resolve=[{**send, "body": "well again"}, pause],
    )


def composite(api: Api, ids: dict[str, str], blocks: dict[str, str]) -> None:
    pool = {"prefect.resource.id": f"prefect.work-pool.{ids['k8s']}"}
    children = [event_trigger(NEVER, match=pool), event_trigger(["every-kind.other"], **QUIET, threshold=3, within=60)]
    compound = {"type": "compound", "require": 1, "within": 120, "triggers": children}
    actions = [
        {"type": "pause-work-pool", "source": "selected", "work_pool_id": ids["k8s"]},
        {"type": "resume-work-queue", "source": "selected", "work_queue_id": ids["processes/urgent"]},
        {"type": "change-flow-run-state", "state": "FAILED", "name": "Cost", "message": "too dear"},
    ]
    api.automation("cost guard", compound, actions, tags=["cost"])
    silent = event_trigger(["every-kind.reply"], **QUIET, posture="Proactive", within=45)
    inner = {"type": "compound", "require": "all", "within": None, "triggers": [event_trigger(NEVER, **QUIET)]}
    sequence = {"type": "sequence", "within": 300, "triggers": [inner, silent]}
    body = {"type": "send-notification", "block_document_id": blocks["alerts"], "body": "no reply"}
    api.automation("no reply", sequence, [body, {"type": "do-nothing"}])


def each_other(api: Api) -> None:
    """Three that need two requests each: two that refer to each other and one that refers to itself."""
    nothing = [{"type": "do-nothing"}]
    trigger = event_trigger(NEVER, **QUIET)
    day, night, once = (api.automation(name, trigger, nothing) for name in ("day shift", "night shift", "only once"))

    def point(own: str, name: str, kind: str, target: str) -> None:
        match = {"prefect.resource.id": f"prefect.automation.{target}"}
        action = {"type": f"{kind}-automation", "source": "selected", "automation_id": target}
        fired = event_trigger(["every-kind.triggered"], match=match)
        api.put(f"/automations/{own}", {"name": name, "trigger": fired, "actions": [action], "enabled": True})

    point(day, "day shift", "pause", night)
    point(night, "night shift", "resume", day)
    point(once, "only once", "pause", once)


def twins(api: Api, ids: dict[str, str]) -> None:
    for deployment in ("sync a/shared", "sync-b/shared"):
        match = {"prefect.resource.id": f"prefect.deployment.{ids[deployment]}"}
        run = {"type": "run-deployment", "source": "selected", "deployment_id": ids[deployment], "parameters": None}
        api.automation("twin", event_trigger(NEVER, match=match), [run])


def seed_saved_searches(api: Api, ids: dict[str, str]) -> None:
    by_flow = {
        "object": "flow_run",
        "property": "flow_id",
        "type": "string",
        "operation": "equals",
        "value": ids["etl"],
    }
    by_list = {
        "object": "deployment",
        "property": "id",
        "type": "list",
        "operation": "any",
        "value": [ids["etl/prod"], ids["report/local"]],
    }
    share = {"object": "flow_run", "property": "share", "type": "number", "operation": "above", "value": 5.0}
    api.put("/saved_searches/", {"name": "late etl runs", "filters": [by_flow, by_list, share]})
    api.put("/saved_searches/", {"name": "empty", "filters": []})
