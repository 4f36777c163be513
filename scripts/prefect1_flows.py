"""Thirty flows of Prefect 1, which use every clock, run config and storage, as Prefect 1 serializes them.

    uv venv --python 3.11 .venvs/prefect-1.4.1
    VIRTUAL_ENV=.venvs/prefect-1.4.1 uv pip install --exclude-newer 2023-03-01 -r test/fixtures/prefect1/requirements.txt
    .venvs/prefect-1.4.1/bin/python scripts/prefect1_flows.py test/fixtures/prefect1

Writes `flows/NAME.json` (`flow.serialize()`), `graphql.json` (the same flows as an answer of the GraphQL API), `next-runs.json` (the next runs of
each flow, as Prefect 1 computes them from the serialized form), `clocks.json` (the same of a hundred more clocks),
`fields.json` (the fields that Prefect 1 serializes, by class) and `facts.json` (what the flow objects have, also what is not serialized).
"""

# cspell:words gettz größe Köln Kolkata
import datetime
import json
import os
import pathlib
import sys

import pendulum
from dateutil import rrule, tz

pendulum.set_test_now(pendulum.datetime(2023, 2, 1))

import prefect
from prefect import Flow, Parameter, case, flatten, resource_manager, task, unmapped
from prefect.core.parameter import DateTimeParameter
from prefect.engine.cache_validators import all_inputs
from prefect.engine.results import LocalResult, PrefectResult, S3Result
from prefect.executors import DaskExecutor, LocalDaskExecutor
from prefect.run_configs import DockerRun, ECSRun, KubernetesRun, LocalRun, UniversalRun, VertexRun
from prefect.schedules import Schedule, adjustments, clocks, filters
from prefect.serialization.edge import EdgeSchema
from prefect.serialization.flow import FlowSchema
from prefect.serialization.run_config import RunConfigSchema
from prefect.serialization.schedule import ClockSchema, ScheduleSchema
from prefect.serialization.storage import StorageSchema
from prefect.serialization.task import ParameterSchema, TaskSchema
from prefect.storage import (
    GCS,
    S3,
    Azure,
    Bitbucket,
    CodeCommit,
    Docker,
    Git,
    GitHub,
    GitLab,
    Local,
    Module,
    Webhook,
)
from prefect.tasks.control_flow import ifelse, merge, switch
from prefect.tasks.prefect import StartFlowRun, create_flow_run, get_task_run_result, wait_for_flow_run
from prefect.tasks.secrets import EnvVarSecret, PrefectSecret
from prefect.triggers import all_finished, any_failed

hours = datetime.timedelta(hours=1)
berlin = "Europe/Berlin"
#: By name of the file: the flow, and what the API would say about it.
flows = {}


def register(name, flow, storage=None, project="Data Platform", **row):
    if storage is not None:
        flow.storage = storage
        if isinstance(storage, Local) and not storage.stored_as_script:
            storage.flows[flow.name] = os.path.join(storage.directory, f"{name}.prefect")
        elif not isinstance(storage, Git) or storage.flow_name is None:
            storage.add_flow(flow)
    flows[name] = (flow, project, row)


@task
def extract(source="warehouse"):
    return [1, 2, 3]


@task
def transform(item, factor=1):
    return item * factor


@task
def load(rows):
    pass


def etl(name, **options):
    """A flow of three tasks."""
    with Flow(name, **options) as flow:
        load(transform(extract()))
    return flow


# Schedules, run configs and storages.

with Flow("nightly-orders") as flow:
    day = Parameter("day", default="yesterday", required=False)
    limit = Parameter("limit", default=9007199254740993)
    load(transform(extract(day), limit))
flow.schedule = Schedule([clocks.CronClock("0 6 * * 1-5")])
flow.run_config = KubernetesRun(
    image="registry.example.com/orders:1.4",
    env={"STAGE": "prod", "REGION": "eu"},
    cpu_limit=2,
    cpu_request="500m",
    memory_limit="4Gi",
    memory_request="1Gi",
    service_account_name="orders",
    image_pull_secrets=["registry"],
    image_pull_policy="IfNotPresent",
    labels=["k8s", "prod"],
)
register(
    "nightly-orders",
    flow,
    GitHub(repo="acme/flows", path="flows/orders.py", ref="main", access_token_secret="GITHUB_ACCESS_TOKEN"),
    version=4,
    is_schedule_active=True,
    flow_group={"labels": None, "schedule": None, "default_parameters": {"day": "today"}, "run_config": None},
)

flow = etl("berlin-report")
flow.schedule = Schedule([clocks.CronClock("30 7 * * *", start_date=pendulum.datetime(2022, 1, 1, tz=berlin))])
flow.run_config = DockerRun(
    image="acme/report:2",
    env={"STAGE": "prod"},
    labels=["docker"],
    ports=[8080],
    host_config={"mem_limit": "512m", "network_mode": "host", "shm_size": "64m", "privileged": False},
)
register(
    "berlin-report",
    flow,
    GitLab(repo="acme/report", path="report/flow.py", host="https://gitlab.example.com", ref="v2", access_token_secret="GITLAB_TOKEN"),
    is_schedule_active=False,
)

flow = etl("campaign")
flow.schedule = Schedule(
    [
        clocks.CronClock(
            "*/30 8-17 * * MON-FRI",
            start_date=pendulum.datetime(2022, 6, 1, 8, tz=berlin),
            end_date=pendulum.datetime(2027, 5, 31, 18, tz=berlin),
        )
    ]
)
flow.run_config = ECSRun(
    task_definition_arn="arn:aws:ecs:eu-central-1:123456789012:task-definition/campaign:7", labels=["ecs"]
)
register(
    "campaign",
    flow,
    Git(repo="acme/campaign", flow_path="flows/campaign.py", branch_name="release", git_token_secret_name="GIT_TOKEN", git_token_username="bot"),
    project="Marketing",
)

flow = etl("starts-later")
flow.schedule = Schedule([clocks.CronClock("15 4 1 * *", start_date=pendulum.datetime(2027, 4, 1, tz="America/New_York"))])
flow.run_config = ECSRun(
    image="acme/later:1",
    cpu="1 vcpu",
    memory="4 GB",
    task_role_arn="arn:aws:iam::123456789012:role/task",
    execution_role_arn="arn:aws:iam::123456789012:role/execution",
    run_task_kwargs={"cluster": "flows", "launchType": "FARGATE", "overrides": {"cpu": "512"}},
    env={"STAGE": "test"},
    labels=["ecs"],
)
register("starts-later", flow, Git(repo="acme/later", repo_host="git.example.com", flow_path="later.py", tag="v1.0", use_ssh=True), project="Marketing")

flow = etl("first-monday")
flow.schedule = Schedule([clocks.CronClock("0 9 1-7 * 1", day_or=False)])
flow.run_config = LocalRun(working_dir="/srv/work", env={"STAGE": "local"}, labels=["host-1"])
register("first-monday", flow, Local(path="/srv/flows/monday.py", directory="/srv/flows", validate=False, stored_as_script=True))

flow = etl("hourly")
flow.schedule = Schedule([clocks.IntervalClock(hours)])
flow.run_config = UniversalRun(labels=["prod"], env={"STAGE": "prod"})
register("hourly", flow, Local(directory="/srv/flows", validate=False))

flow = etl("daily-berlin")
flow.schedule = Schedule([clocks.IntervalClock(24 * hours, start_date=pendulum.datetime(2022, 1, 1, 5, tz=berlin))])
flow.run_config = VertexRun(
    image="eu.gcr.io/acme/daily:3",
    machine_type="e2-standard-8",
    service_account="flows@acme.iam.gserviceaccount.com",
    network="projects/1/global/networks/flows",
    scheduling={"timeout": "3600s"},
    env={"STAGE": "prod"},
    labels=["vertex"],
)
register("daily-berlin", flow, GCS(bucket="acme-flows", key="daily/flow.py", project="acme", stored_as_script=True))

flow = etl("trial")
flow.schedule = Schedule(
    [
        clocks.IntervalClock(
            datetime.timedelta(minutes=90),
            start_date=pendulum.datetime(2026, 11, 1, tz="UTC"),
            end_date=pendulum.datetime(2026, 12, 2, tz="UTC"),
        )
    ]
)
flow.run_config = DockerRun(image="acme/trial")
register("trial", flow, S3(bucket="acme-flows", key="trial/flows/trial.py", stored_as_script=True, client_options={"region_name": "eu-central-1"}))

flow = etl("six-hours-berlin")
flow.schedule = Schedule([clocks.IntervalClock(6 * hours, start_date=pendulum.datetime(2022, 1, 1, tz=berlin))])
register("six-hours-berlin", flow, Azure(container="flows", blob_name="six/flow.py", stored_as_script=True, connection_string_secret="AZURE_STORAGE"))

flow = etl("every-other-week")
flow.schedule = Schedule(
    [clocks.RRuleClock(rrule.rrule(rrule.WEEKLY, interval=2, dtstart=datetime.datetime(2022, 1, 3, 9), byweekday=(rrule.MO, rrule.WE)))]
)
flow.run_config = KubernetesRun(labels=["k8s"])
register(
    "every-other-week",
    flow,
    Bitbucket(
        project="DATA", repo="weekly", workspace="acme", path="flows/weekly.py", ref="main",
        cloud_username_secret="BITBUCKET_USER", cloud_app_password_secret="BITBUCKET_PASSWORD",
    ),
)

flow = etl("quarter-end")
flow.schedule = Schedule(
    [
        clocks.RRuleClock(
            rrule.rrule(
                rrule.MONTHLY,
                dtstart=datetime.datetime(2022, 1, 1, 18, tzinfo=tz.gettz(berlin)),
                until=datetime.datetime(2029, 12, 31, 18, tzinfo=tz.gettz(berlin)),
                bymonth=(3, 6, 9, 12),
                bymonthday=-1,
            )
        )
    ]
)
register("quarter-end", flow, CodeCommit(repo="quarter", path="flow.py", commit="main", client_options={"region_name": "eu-central-1"}), project="Finance")

rules = rrule.rruleset()
rules.rrule(rrule.rrule(rrule.DAILY, dtstart=datetime.datetime(2022, 1, 1, 12, tzinfo=tz.UTC)))
rules.exdate(datetime.datetime(2026, 12, 25, 12, tzinfo=tz.UTC))
rules.exdate(datetime.datetime(2026, 12, 26, 12, tzinfo=tz.UTC))
rules.rdate(datetime.datetime(2026, 12, 25, 20, tzinfo=tz.UTC))
flow = etl("not-at-christmas")
flow.schedule = Schedule([clocks.RRuleClock(rules, end_date=pendulum.datetime(2028, 1, 1, tz="UTC"))])
register(
    "not-at-christmas",
    flow,
    Webhook(
        build_request_kwargs={"url": "https://flows.example.com/upload", "headers": {"Authorization": "Bearer ${TOKEN}"}},
        build_request_http_method="POST",
        get_flow_request_kwargs={"url": "https://flows.example.com/download", "headers": {"Accept": "application/octet-stream"}},
        get_flow_request_http_method="GET",
        secrets=["WEBHOOK_TOKEN"],
    ),
)

flow = etl("three-dates")
flow.schedule = Schedule(
    [
        clocks.DatesClock(
            [
                pendulum.datetime(2026, 12, 24, 8, tz=berlin),
                pendulum.datetime(2027, 7, 1, 8, tz=berlin),
                pendulum.datetime(2027, 1, 1, 0, 30, tz="UTC"),
            ]
        )
    ]
)
flow.run_config = KubernetesRun(labels=["k8s"])
register("three-dates", flow, Docker(registry_url="registry.example.com", image_name="dates", image_tag="1.2", path="/opt/flows/dates.py", stored_as_script=True))

with Flow("regions") as flow:
    region = Parameter("region")
    load(transform(extract(region)))
flow.schedule = Schedule(
    [
        clocks.CronClock("0 3 * * *", parameter_defaults={"region": "eu"}, start_date=pendulum.datetime(2022, 1, 1, tz=berlin)),
        clocks.IntervalClock(12 * hours, parameter_defaults={"region": "us", "ratio": 1.0}),
        clocks.DatesClock([pendulum.datetime(2027, 1, 1, tz="UTC")], parameter_defaults={"region": "apac"}, labels=["gpu"]),
    ]
)
flow.run_config = UniversalRun(labels=["prod"])
register("regions", flow, Module("acme.flows.regions"), is_schedule_active=True)

flow = etl("weekdays")
flow.schedule = Schedule([clocks.CronClock("45 5 * * *", start_date=pendulum.datetime(2022, 1, 1, tz=berlin))], filters=[filters.is_weekday])
flow.run_config = LocalRun()
register("weekdays", flow, Local(path="flows/weekdays.py", directory="/srv/flows", validate=False, stored_as_script=True))

flow = etl("office-hours")
flow.schedule = Schedule(
    [clocks.IntervalClock(hours)],
    filters=[filters.is_weekday],
    or_filters=[filters.between_times(datetime.time(9), datetime.time(9)), filters.between_times(datetime.time(17), datetime.time(17))],
    not_filters=[filters.between_dates(12, 24, 12, 31)],
)
register("office-hours", flow, GitHub(repo="acme/flows", path="flows/office.py"))

flow = etl("shifted")
flow.schedule = Schedule([clocks.CronClock("0 0 1 * *")], adjustments=[adjustments.next_weekday, adjustments.add(datetime.timedelta(hours=3))])
register("shifted", flow, GitHub(repo="acme/flows", path="flows/shifted.py", ref="main", base_url="https://github.example.com/api/v3"))

# Parameters.

with Flow("backfill") as flow:
    since = DateTimeParameter("since")
    until = DateTimeParameter("until", required=False)
    tables = Parameter("tables", default=["orders", "customers"], tags=["input"])
    options = Parameter("options", default={"dry run": False, "ratio": 5.0, "größe": None})
    key = Parameter("Key with spaces / and ~")
    load(transform(extract(since)), upstream_tasks=[until, tables, options, key])
register("backfill", flow, GitHub(repo="acme/flows", path="flows/backfill.py"), description="Loads what is missing.")

# What a person has to do.

with Flow("mapped") as flow:
    items = extract()
    many = transform.map(items, factor=unmapped(Parameter("factor", default=2)))
    more = transform.map(flatten(many))
    load(more)
register("mapped", flow, GitHub(repo="acme/flows", path="flows/mapped.py"))


def notify(obj, old, new):
    return new


@task(state_handlers=[notify], result=LocalResult("/srv/results"), target="{date}/watched.pkl", checkpoint=True)
def watched():
    return 1


with Flow("watched", state_handlers=[notify], on_failure=None, executor=LocalDaskExecutor(num_workers=4), result=S3Result("acme-results")) as flow:
    load(watched())
register("watched", flow, S3(bucket="acme-flows", stored_as_script=False))

with Flow("secrets", executor=DaskExecutor(adapt_kwargs={"maximum": 4}), result=PrefectResult()) as flow:
    token = PrefectSecret("API_TOKEN")
    password = EnvVarSecret("DB_PASSWORD")
    load(transform(extract(token), password))
flow.run_config = ECSRun(labels=["ecs"])
register("secrets", flow, GCS(bucket="acme-flows"))

start_orders = StartFlowRun(flow_name="nightly-orders", project_name="Data Platform", wait=True, parameters={"day": "today"})
start_report = StartFlowRun(flow_name="berlin-report", wait=False)
start_elsewhere = StartFlowRun(flow_name="of-another-team", project_name="Elsewhere")
start_named = StartFlowRun(name="start something")
flow = Flow("morning")
flow.set_dependencies(start_report, upstream_tasks=[start_orders])
flow.set_dependencies(start_elsewhere, upstream_tasks=[start_report])
flow.set_dependencies(start_named, upstream_tasks=[start_elsewhere], keyword_tasks={"flow_name": Parameter("which", default="hourly")})
flow.schedule = Schedule([clocks.CronClock("0 5 * * *")])
flow.run_config = UniversalRun()
register("morning", flow, GitHub(repo="acme/flows", path="flows/morning.py"))

with Flow("evening") as flow:
    target = Parameter("target", default="campaign")
    child = create_flow_run(flow_name=target, project_name="Marketing")
    wait_for_flow_run(child, raise_final_state=True)
    other = create_flow_run(flow_name="regions", parameters={"region": "eu"})
    load(get_task_run_result(other, "load-1"))
register("evening", flow, GitHub(repo="acme/flows", path="flows/evening.py"), project="Marketing")

with Flow("branches") as flow:
    condition = extract()
    with case(condition, True):
        yes = transform(1)
    with case(condition, False):
        no = transform(2)
    merged = merge(yes, no)
    ifelse(merged, load(1), load(2))
    switch(merged, {"a": transform(3), "b": transform(4)})
register("branches", flow, GitHub(repo="acme/flows", path="flows/branches.py"))


@resource_manager
class Cluster:
    def __init__(self, size):
        self.size = size

    def setup(self):
        return self.size

    def cleanup(self, cluster):
        pass


with Flow("cluster") as flow:
    with Cluster(Parameter("size", default=3)) as cluster:
        load(transform(cluster))
register("cluster", flow, GitHub(repo="acme/flows", path="flows/cluster.py"))


@task(max_retries=3, retry_delay=datetime.timedelta(minutes=5), timeout=600, tags=["database"], cache_for=hours, cache_validator=all_inputs)
def careful():
    return 1


@task(trigger=all_finished, skip_on_upstream_skip=False)
def clean_up(value):
    pass


@task(trigger=any_failed)
def alarm(value):
    pass


with Flow("careful") as flow:
    value = careful()
    flow.set_reference_tasks([clean_up(value)])
    alarm(value)
register("careful", flow, GitHub(repo="acme/flows", path="flows/careful.py"), flow_group={"labels": ["special"], "schedule": {"type": "Schedule", "clocks": [{"type": "CronClock", "cron": "5 5 * * *", "parameter_defaults": {}}]}, "default_parameters": {}, "run_config": UniversalRun(env={"GROUP": "1"}, labels=["group"]).serialize(), "settings": {"version_locking_enabled": True}}, is_schedule_active=True)

register("bare", Flow("bare"), project=None)

flow = etl("templated")
flow.run_config = KubernetesRun(
    image="registry.example.com/templated:1",
    job_template={
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"namespace": "flows"},
        "spec": {"template": {"spec": {"nodeSelector": {"pool": "big"}, "containers": [{"name": "flow"}]}}},
    },
    labels=["k8s"],
)
register("templated", flow, Docker(registry_url="registry.example.com", image_name="templated", image_tag="7"))

flow = etl("task-definition")
flow.schedule = Schedule([clocks.IntervalClock(7 * 24 * hours, start_date=pendulum.datetime(2027, 2, 1, 4, tz=berlin))])
flow.run_config = ECSRun(
    task_definition={"family": "flows", "networkMode": "awsvpc", "containerDefinitions": [{"name": "flow"}]},
    cpu="512",
    memory="1024",
    labels=["ecs"],
)
register("task-definition", flow, Git(flow_path="flow.py", git_clone_url_secret_name="CLONE_URL", commit="0123456789abcdef"))

flow = etl("nightly-orders")
flow.schedule = Schedule([clocks.CronClock("0 7 * * 1-5", parameter_defaults={})])
flow.run_config = VertexRun(image="acme/orders", worker_pool_specs=[{"machine_spec": {"machine_type": "n1-standard-4"}, "replica_count": 1}])
register("nightly-orders-finance", flow, Git(repo="acme/orders", repo_host="gitlab.com", flow_path="orders.py", commit="89abcdef01234567"), project="Finance / Köln")


def moment(date):
    return date.in_timezone("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")


afters = [pendulum.datetime(2026, 12, 1), pendulum.datetime(2027, 3, 27), pendulum.datetime(2027, 10, 30)]


def next_runs(serialized):
    # The server computes runs from what was serialized, which is not always what the flow object has.
    return runs_of(FlowSchema().load(json.loads(json.dumps(serialized))).schedule)


def runs_of(schedule):
    if schedule is None:
        return None
    return [
        {
            "after": moment(after),
            "runs": [
                {"at": moment(pendulum.instance(event.start_time)), "parameters": event.parameter_defaults, "labels": event.labels}
                for event in schedule.next(10, after=after, return_events=True)
            ],
        }
        for after in afters
    ]


def many_clocks():
    """Clocks of every form, in several time zones, with and without a start and an end."""
    crons = ["0 6 * * *", "*/20 9-17 * * 1-5", "30 2 * * 0", "0 12 1,15 * *", "0 0 13 * 5", "15 3 * * fri#2", "0 1 l * *", "5 4 * 2-11/3 *", "0 0 31 * *", "10 */6 * * *"]
    intervals = [{"minutes": 5}, {"minutes": 45}, {"hours": 1}, {"hours": 4}, {"hours": 7}, {"hours": 36}, {"days": 1}, {"days": 3}, {"weeks": 2}, {"days": 1, "minutes": 30}]
    starts = [None, ("UTC", 2022, 3, 4, 5, 6), (berlin, 2022, 7, 1, 10), ("America/New_York", 2022, 1, 15), ("Asia/Kolkata", 2027, 2, 1, 12)]
    for number, cron in enumerate(crons):
        for start in starts:
            begin = pendulum.datetime(*start[1:], tz=start[0]) if start else None
            end = pendulum.datetime(2027, 9, 15, 12, tz=start[0] if start else "UTC") if number % 3 == 0 else None
            yield clocks.CronClock(cron, start_date=begin, end_date=end, day_or=number % 2 == 0)
    for number, interval in enumerate(intervals):
        for start in starts:
            begin = pendulum.datetime(*start[1:], tz=start[0]) if start else None
            end = pendulum.datetime(2027, 9, 15, 12, tz=start[0] if start else "UTC") if number % 3 == 0 else None
            yield clocks.IntervalClock(datetime.timedelta(**interval), start_date=begin, end_date=end)


def row_of(index, flow, project, row, serialized):
    group = {"labels": None, "schedule": None, "default_parameters": {}, "run_config": None}
    return {
        "id": f"00000000-0000-4000-8000-{index:012d}",
        "name": flow.name,
        "version": 1,
        "archived": False,
        "core_version": prefect.__version__,
        "project": {"name": project} if project else None,
        "is_schedule_active": serialized["schedule"] is not None,
        "serialized_flow": serialized,
        "run_config": serialized["run_config"],
        "schedule": serialized["schedule"],
        "storage": serialized["storage"],
        "parameters": serialized["parameters"],
        "flow_group": group,
        **row,
    }


def facts_of(flow):
    return {
        "tasks": len(flow.tasks),
        "mapped": len({edge.downstream_task for edge in flow.edges if edge.mapped}),
        "state_handlers": len(flow.state_handlers) + sum(len(one.state_handlers) for one in flow.tasks),
        "executor": type(flow.executor).__name__,
        "result": type(flow.result).__name__ if flow.result else None,
        "secrets": sorted(one.name for one in flow.tasks if isinstance(one, PrefectSecret)),
    }


def main(folder):
    folder = pathlib.Path(folder)
    (folder / "flows").mkdir(parents=True, exist_ok=True)
    rows, runs, facts = [], {}, {}
    for index, (name, (flow, project, row)) in enumerate(flows.items()):
        serialized = json.loads(json.dumps(flow.serialize()))
        write(folder / "flows" / f"{name}.json", serialized)
        rows.append(row_of(index, flow, project, row, serialized))
        facts[name] = facts_of(flow)
        found = next_runs(serialized)
        if found:
            runs[name] = found
    write(folder / "graphql.json", {"data": {"flow": rows}})
    write(folder / "next-runs.json", runs)
    write(folder / "facts.json", facts)
    of_clocks = []
    for clock in many_clocks():
        serialized = ScheduleSchema().dump(Schedule([clock]))
        runs = runs_of(ScheduleSchema().load(json.loads(json.dumps(serialized))))
        of_clocks.append({"schedule": serialized, "next": [{"after": one["after"], "runs": [run["at"] for run in one["runs"]]} for one in runs]})
    (folder / "clocks.json").write_text("[\n" + ",\n".join(json.dumps(one, sort_keys=True) for one in of_clocks) + "\n]\n")
    write(folder / "fields.json", fields())
    print(len(flows), "flows,", len(of_clocks), "more clocks")


def fields():
    """All that Prefect 1 serializes, by class."""
    schemas = {**RunConfigSchema.type_schemas, **StorageSchema.type_schemas, **ClockSchema.type_schemas}
    others = {"Schedule": ScheduleSchema, "Parameter": ParameterSchema, "Task": TaskSchema, "Edge": EdgeSchema, "Flow": FlowSchema}
    return {name: sorted(schema._declared_fields) for name, schema in {**schemas, **others}.items()}


def write(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


main(sys.argv[1])
