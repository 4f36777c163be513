"""Runs `prefect deploy --all` of an installed Prefect for each directory that a line of standard input names.

With `stubs` in the line, lays a stub of each flow beside the prefect.yaml. Makes the work pools. Build and push steps are not run: each gives the
outputs that `outputs` in the line has. Blocks and variables are left in the text, as an import does. The rest is Prefect's.
"""

import asyncio
import importlib
import io
import json
import os
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import yaml

import prefect.cli.deploy._core as core
from prefect.client.orchestration import get_client

outputs: dict = {}
home = os.environ["PREFECT_HOME"]


async def no_steps(steps, upstream=None, print_function=print, **_):
    return {**(upstream or {}), **outputs}


async def as_it_is(template, *_, **__):
    return template


core.run_steps = no_steps
core.resolve_block_document_references = as_it_is
core.resolve_variables = as_it_is


def filled(text):
    return re.sub(r"\{\{\s*\$(\w+)\s*\}\}", lambda match: os.environ.get(match.group(1), ""), str(text))


def place_of(entrypoint: str):
    """The file of an entrypoint, relative to the prefect.yaml, and what is in it; None for what is neither a file nor a module."""
    path, _, name = entrypoint.rpartition(":")
    if not path:
        path, _, name = entrypoint.rpartition(".")
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts) or len(parts) > 2:
        return None
    if path.endswith(".py"):
        return path, name
    return (path.replace(".", "/") + ".py", name) if re.fullmatch(r"[\w.]+", path) else None


def lay_flows(folder: Path, config: dict):
    """A function for each entrypoint, which takes what the file passes to it."""
    files: dict = {}
    for deployment in config.get("deployments") or []:
        place = place_of(filled(deployment.get("entrypoint") or ""))
        if place is None:
            continue
        names = files.setdefault(place[0], {}).setdefault(place[1], set())
        schedules = deployment.get("schedules") or []
        for owner in [deployment, *[one for one in schedules if isinstance(one, dict)]]:
            names.update(name for name in (owner.get("parameters") or {}) if name.isidentifier())
    for path, functions in files.items():
        file = (folder / path).resolve()
        # Three directories are above the one of the prefect.yaml that no other file has.
        if not file.is_relative_to(folder.parents[2]):
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        text = "from prefect import flow\n"
        for index, (function, names) in enumerate(functions.items()):
            owner, _, method = function.rpartition(".")
            arguments = ", ".join(f"{one}=None" for one in sorted(names))
            name = f'(name="{method} of {index}", version="1.{index}")' if index % 3 == 2 else ""
            doc = f'    """Stub of {method}.\n\n    In two parts.\n    """\n' if index % 2 == 0 else "    pass\n"
            stub = f"@flow{name}\ndef {method}({arguments}):\n{doc}"
            if owner:
                stub = f"class {owner}:\n" + "".join(f"    {line}\n" for line in f"@staticmethod\n{stub}".split("\n"))
            text += f"\n\n{stub}"
        file.write_text(text)


async def make_pools(config: dict):
    async with get_client() as client:
        pools = [(one.get("work_pool") or {}).get("name") for one in config.get("deployments") or []]
        for pool in {filled(pool) for pool in pools if pool}:
            if pool:
                await client._client.post("/work_pools/", json={"name": pool, "type": "process"})


def deploy(folder: Path, stubs: bool):
    from prefect.cli import app

    config = yaml.safe_load((folder / "prefect.yaml").read_text())
    if stubs:
        lay_flows(folder, config)
    asyncio.run(make_pools(config))
    os.chdir(folder)
    # Modules of the files before have the names of those of this one.
    for name, module in list(sys.modules.items()):
        if str(vars(module).get("__file__")).startswith(home):
            del sys.modules[name]
    importlib.invalidate_caches()
    sys.argv = ["prefect", "--no-prompt", "deploy", "--all"]
    log = io.StringIO()
    code = 0
    with redirect_stdout(log), redirect_stderr(log):
        try:
            app()
        except SystemExit as end:
            code = end.code or 0
        except BaseException as error:
            log.write(repr(error))
            code = 1
    return {"code": code, "log": log.getvalue()}


answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    request = json.loads(line)
    outputs = request["outputs"]
    print(json.dumps(deploy(Path(request["folder"]).resolve(), request["stubs"])), file=answers, flush=True)
