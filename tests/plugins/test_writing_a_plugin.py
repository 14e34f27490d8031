"""The page on writing a plugin is true: its files are written, installed, checked and run."""

import asyncio
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.plugin_api.effects import Acknowledged, EffectRequest
from relconsole.plugin_api.itsm import CHANGE_COMMENT
from tests.plugins.hosting import hosted, system
from tests.plugins.serving import Asked, Said, as_json, serving

BLOCK = re.compile(r"<!-- (file|run|prints): (\S+) -->\n```\w*\n(.*?)```\n", re.DOTALL)
ITSM = SystemId("itsm")


@pytest.fixture
def page(project_root: Path, tmp_path: Path) -> dict[tuple[str, str], str]:
    """The blocks of the page, its files written and its distribution installed."""
    text = (project_root / "docs/writing_a_plugin.md").read_text(encoding="utf-8")
    blocks = {(kind, name): body for kind, name, body in BLOCK.findall(text)}
    for (kind, name), body in blocks.items():
        if kind in ("file", "run"):
            path = tmp_path / "source" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-index", "--no-deps", "--no-build-isolation"),
            *("--target", str(tmp_path / "installed"), str(tmp_path / "source")),
        ],
        check=True,
        capture_output=True,
    )
    return blocks


def test_that_the_pages_check_prints_what_the_page_says(
    page: dict[tuple[str, str], str], tmp_path: Path
) -> None:
    paths = [str(tmp_path / "installed"), *(path for path in sys.path if path)]
    ended = subprocess.run(
        [sys.executable, str(tmp_path / "source/check.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    said = [line.rstrip() for line in ended.stdout.splitlines()]
    assert said == page["prints", "check.py"].splitlines()


def test_that_the_pages_plugin_runs_behind_the_host(
    page: dict[tuple[str, str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))  # pyright: ignore[reportUnknownMemberType]
    importlib.invalidate_caches()
    written: list[str] = []

    def answer(asked: Asked) -> Said:
        assert asked.headers["authorization"] == "Bearer canary-77aa"
        if asked.method == "PUT":
            written.append(json.loads(asked.body)["text"])
            return as_json(None)
        return as_json({"title": "Cutover", "state": "open", "opened_by": "tomas"})

    async def play(url: str) -> None:
        connected = system("itsm", "ledgerbook", url, book="payments")
        async with hosted(tmp_path, connected, secrets={"itsm": "canary-77aa"}) as host:
            assert (await host.check_systems())[0].found == "Ledgerbook, book payments"
            change = await host.read_change(ITSM, "CHG-1")
            assert change is not None
            assert change.requester == "tomas"
            payload = {"change": "CHG-1", "text": "go"}
            request = EffectRequest(id=EffectId("e1"), kind=CHANGE_COMMENT, payload=payload)
            assert await host.perform(ITSM, request) == Acknowledged(remote="CHG-1/e1")

    with serving(answer) as url:
        asyncio.run(play(url))
    assert written == ["go"]
