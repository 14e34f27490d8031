"""A command loads no heavy library that its own work does not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = frozenset({"PySide6", "alembic", "httpx", "matplotlib", "numpy", "openpyxl", "scipy"})

PROGRAM = """
import contextlib, io, json, sys
from relconsole.cli import main
status = 0
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    try:
        status = main(sys.argv[1:])
    except SystemExit as end:
        status = end.code
print(json.dumps([status, sorted({name.partition(".")[0] for name in sys.modules})]))
"""

ESTATE = """
teams: [{id: payments}]
people: [{id: mara, team: payments, roles: [commander], zone: Europe/Berlin}]
environments: [{id: prod, order: 1, owner: payments}]
services: [{id: api, team: payments, environments: [prod], version: 1.0}]
"""

RELEASE = """
id: api-2
environment: prod
window: {start: 2026-04-21T01:30, end: 2026-04-21T05:00, zone: Europe/Berlin}
commander: mara
requester: mara
items: [{service: api, from: 1.0, to: 2.0}]
runbook:
  steps:
    - {id: look, title: Look, kind: hold, duration: 5m}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest workspace that has nothing to complain of."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    (folder / "releases").mkdir()
    (folder / "releases" / "api-2.yaml").write_text(RELEASE, encoding="utf-8")
    return folder


def _loaded(*arguments: str) -> frozenset[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    status, modules = json.loads(done.stdout)
    assert status in {0, None}, f"relconsole {' '.join(arguments)} ended with {status}"
    return frozenset(modules)


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("--help",), ()),
        (("check", "DIR"), ()),
        (("reach", "DIR", "api"), ()),
        # Ten thousand nights are simulated.
        (("schedule", "DIR", "api-2"), ("numpy", "scipy")),
        # A new store is made by its migrations.
        (("import", "DIR", "--store", "STORE"), ("alembic",)),
    ],
    ids=lambda value: value[0] if value else "nothing",
)
def test_that_a_command_loads_only_what_its_work_needs(
    arguments: tuple[str, ...], needed: tuple[str, ...], workspace: Path, tmp_path: Path
) -> None:
    places = {"DIR": str(workspace), "STORE": str(tmp_path / "store")}
    loaded = _loaded(*(places.get(it, it) for it in arguments))
    assert loaded & HEAVY <= set(needed)


@pytest.fixture(scope="module")
def store(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with that workspace in it."""
    folder = tmp_path_factory.mktemp("made") / "store"
    _loaded("import", str(workspace), "--store", str(folder))
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "OUT"),
        ("import", "DIR", "--dry-run"),
        ("journal", "verify"),
        ("key", "list"),
        ("credential", "list"),
        ("print", "api-2", "--to", "OUT"),
    ],
    ids=lambda value: value[0],
)
def test_that_reading_a_store_loads_nothing_heavy(
    arguments: tuple[str, ...], workspace: Path, store: Path, tmp_path: Path
) -> None:
    places = {"DIR": str(workspace), "OUT": str(tmp_path / "out")}
    loaded = _loaded(*(places.get(it, it) for it in arguments), "--store", str(store))
    assert not loaded & HEAVY
