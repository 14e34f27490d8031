"""A stranger's distribution is found, run and held to the contract like a bundled one."""

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relconsole.adapters.plugin_host import Installed, installed_plugins
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.plugin_api.conformance import Example, Subject, examine
from relconsole.plugin_api.context import PluginFactory
from relconsole.plugin_api.effects import Acknowledged, EffectRequest, Ending, Found, NotFound
from relconsole.plugin_api.errors import NotSupported
from relconsole.plugin_api.monitoring import SILENCE_CREATE
from relconsole.plugin_process.boundary import load
from relconsole.plugin_process.guarded_http import GuardedHttp
from tests.plugins.hosting import hosted, system
from tests.plugins.serving import Asked, Said, as_json, serving

HOUSE = SystemId("house")
SECRET = "canary-0b9d2c4e6f"
NOW = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
PAUSE = {
    "services": ["payments-api"],
    "starts": format_instant(NOW),
    "ends": format_instant(NOW + timedelta(minutes=8)),
    "comment": "deploy",
}


class Lighthouse:
    """A small monitoring service: values, alerts, and pauses put by their id."""

    def __init__(self) -> None:
        self.pauses: dict[str, dict[str, object]] = {}
        self.puts: list[str] = []
        self.authorizations: set[str] = set()

    def answer(self, asked: Asked) -> Said:
        self.authorizations.add(asked.headers.get("authorization", ""))
        name = asked.path.rpartition("/")[2]
        match asked.method, asked.path.split("/")[1]:
            case "GET", "values":
                at = format_instant(NOW)
                return as_json([{"labels": {"service": "shop"}, "value": 0.2, "at": at}])
            case "GET", "alerts":
                return as_json([{"name": "Slow", "labels": {"service": "shop"}}])
            case "GET", "pauses" if name == "pauses":
                return as_json(list(self.pauses.values()))
            case "GET", "pauses":
                known = self.pauses.get(name)
                return as_json(known) if known else Said(status=404)
            case "PUT", "pauses":
                self.puts.append(name)
                body = json.loads(asked.body)
                self.pauses.setdefault(name, {"id": name, **body})
                return as_json(self.pauses[name])
            case _:
                return Said(status=404)


@pytest.fixture
def house(strangers_folder: Path) -> Iterator[tuple[Lighthouse, str]]:
    lighthouse = Lighthouse()
    with serving(lighthouse.answer) as url:
        yield lighthouse, url


def test_that_it_is_found_by_its_entry_point_without_being_imported(
    strangers_folder: Path,
) -> None:
    found = installed_plugins()["lighthouse"]
    assert isinstance(found, Installed)
    assert (found.root, found.entry) == (strangers_folder, "lighthouse.plugin:Plugin")
    assert not any(name.partition(".")[0] == "lighthouse" for name in sys.modules)


def test_that_it_answers_through_the_host(house: tuple[Lighthouse, str], tmp_path: Path) -> None:
    lighthouse, url = house

    async def play() -> None:
        async with hosted(
            tmp_path, system("house", "lighthouse", url), secrets={"house": SECRET}
        ) as host:
            assert [one.value for one in (await host.query(HOUSE, "errors")).samples] == [0.2]
            assert [one.name for one in await host.alerts(HOUSE)] == ["Slow"]
            with pytest.raises(NotSupported, match="no history"):
                await host.query_range(HOUSE, "x", NOW, NOW, timedelta(seconds=1))
            effect = EffectId("a" * 32)
            assert await host.find(HOUSE, SILENCE_CREATE, effect) == NotFound()
            request = EffectRequest(id=effect, kind=SILENCE_CREATE, payload=PAUSE)
            taken = await host.perform(HOUSE, request)
            assert taken == Acknowledged(remote=effect)
            assert await host.perform(HOUSE, request) == taken
            assert await host.find(HOUSE, SILENCE_CREATE, effect) == Found(remote=effect)
            state = await host.follow(HOUSE, SILENCE_CREATE, effect)
            assert state.ending is Ending.SUCCEEDED
            assert await host.silences(HOUSE) != ()

    asyncio.run(play())
    assert lighthouse.authorizations == {f"Bearer {SECRET}"}
    assert len(lighthouse.pauses) == 1


def test_that_a_missing_credential_is_a_persons_move(
    house: tuple[Lighthouse, str], tmp_path: Path
) -> None:
    async def play() -> None:
        async with hosted(tmp_path, system("house", "lighthouse", house[1])) as host:
            with pytest.raises(PersonMustAct, match="no credential"):
                await host.query(HOUSE, "errors")

    asyncio.run(play())


def test_that_it_passes_the_conformance_suite(
    house: tuple[Lighthouse, str], strangers_folder: Path, tmp_path: Path
) -> None:
    lighthouse, url = house

    async def count(effect: EffectId) -> int:
        return sum(1 for pause in lighthouse.pauses if pause == effect)

    async def play() -> None:
        make: PluginFactory = load("lighthouse.plugin:Plugin")
        http = GuardedHttp(url)
        subject = Subject(
            folder=strangers_folder / "lighthouse",
            make=make,
            working_folder=tmp_path,
            url=url,
            http=http,
            examples=(Example(kind=SILENCE_CREATE, payload=PAUSE, count=count),),
        )
        findings = await examine(subject)
        await http.close()
        assert [(found.check, found.says) for found in findings if not found.ok] == []
        assert len(findings) == 8

    try:
        asyncio.run(play())
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "lighthouse"]:
            del sys.modules[name]


def test_that_the_suite_sees_a_plugin_that_breaks_the_contract(
    strangers_folder: Path, tmp_path: Path
) -> None:
    """Each check of the suite goes red on a plugin made to break it."""
    (tmp_path / "manifest.toml").write_text(
        """
id = "broken"
title = "Broken"
kinds = ["monitoring"]
secret = "optional"

[effects."silence.create"]
how = "native"
settle = "0s"
source = "none"
"""
    )

    async def play() -> list[str]:
        with serving(lambda _: as_json({})) as url:
            http = GuardedHttp(url)
            subject = Subject(
                folder=tmp_path,
                make=_Broken,
                working_folder=tmp_path,
                url=url,
                http=http,
                examples=(Example(kind=SILENCE_CREATE, payload=PAUSE, ends_within=0.2),),
            )
            findings = await examine(subject)
            await http.close()
            return [found.check for found in findings if not found.ok]

    assert asyncio.run(play()) == [
        "it offers the verbs of its kinds",
        "it tells how a repeat is recognised",
        "an effect is performed once",
        "following ends",
        "broken answers are typed errors",
        "a call can be cancelled",
        "a secret is never shown",
    ]


class _Broken:
    """Breaks the contract in every way that the suite looks for."""

    def __init__(self, context: object) -> None:
        from relconsole.plugin_api.context import Context

        assert isinstance(context, Context)
        self.context = context
        self.shown = context.secret.reveal() if context.secret else ""
        self.times = 0

    async def check(self) -> str:
        return "fine"

    async def close(self) -> None:
        pass

    async def query(self, query: str) -> object:
        try:
            answer = await self.context.http.request("GET", "/")
        except asyncio.CancelledError:
            await asyncio.sleep(1)
            raise
        return json.loads(answer.body)["value"]

    async def recognition(self, kind: str) -> object:
        from relconsole.domain.record.effect import RecognisesRepeat
        from relconsole.plugin_api.effects import Recognition

        return Recognition(how=RecognisesRepeat.NATIVE, settle=timedelta(seconds=9), source="")

    async def perform(self, request: EffectRequest) -> Acknowledged:
        self.times += 1
        return Acknowledged(remote=str(self.times))

    async def find(self, kind: str, effect: EffectId) -> NotFound:
        return NotFound()

    async def follow(self, kind: str, remote: str) -> object:
        from relconsole.plugin_api.effects import RemoteState

        return RemoteState(ending=Ending.RUNNING)

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        return False
