"""Makes the OpenAPI document of every release of Prefect, without starting a server.

    python scripts/api_documents.py DIRECTORY ENVIRONMENT...

DIRECTORY gets `VERSION.json` for each release from 3.0.0 on, and for the last 2.20; what is there already is kept.
Each ENVIRONMENT is a virtual environment with one version of Prefect. The code of a release comes from its wheel, and
its dependencies from the environment with the nearest version that can import it.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MAKE = """
import json, sys
from prefect import __version__
from prefect.server.api.server import create_app
assert __version__ == sys.argv[1], __version__
json.dump(create_app().openapi(), open(sys.argv[2], "w"))
"""


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def releases() -> list[str]:
    """The releases of Prefect 3, and the last one of Prefect 2, oldest first."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", "prefect"], check=True, capture_output=True, text=True
    ).stdout
    found = sorted(set(re.findall(r"\b\d+\.\d+\.\d+\b", listed)), key=numbers)
    return [found[-1] for found in [[v for v in found if v.startswith("2.20.")]]] + [
        version for version in found if numbers(version) >= (3,)
    ]


def version_of(environment: Path) -> str:
    (metadata,) = environment.glob("lib/python3*/site-packages/prefect-[0-9]*.dist-info")
    return metadata.name.removeprefix("prefect-").removesuffix(".dist-info")


def distance(one: str, other: str) -> int:
    (a, b, c), (x, y, z) = numbers(one), numbers(other)
    return abs((a - x) * 10_000 + (b - y) * 100 + (c - z))


def make(version: str, directory: Path, environments: dict[str, Path]) -> str:
    target = directory / f"{version}.json"
    if target.exists():
        return f"{version}: is there"
    with tempfile.TemporaryDirectory() as scratch:
        code = Path(scratch) / "code"
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", scratch]
            + [f"prefect=={version}"],
            check=True,
        )
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(code)
        faults: list[str] = []
        for near in sorted(environments, key=lambda installed: distance(version, installed)):
            made = Path(scratch) / "document.json"
            run = subprocess.run(
                [environments[near] / "bin/python", "-c", MAKE, version, made],
                env={"PYTHONPATH": str(code), "PREFECT_HOME": scratch, "PREFECT_UI_ENABLED": "false", "PATH": ""},
                capture_output=True,
                text=True,
                cwd=scratch,
            )
            if run.returncode == 0:
                shutil.move(made, target)
                return f"{version}: with the packages of {near}"
            faults.append(f"  {near}: {(run.stderr.strip().splitlines() or ['no message'])[-1]}")
        return "\n".join([f"{version}: NOT MADE", *faults])


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    environments = {version_of(path): path for path in map(Path, sys.argv[2:])}
    results: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(lambda version: make(version, directory, environments), releases()):
            results.append(line)
            print(line, flush=True)
    sys.exit(any("NOT MADE" in line for line in results))


if __name__ == "__main__":
    main()
