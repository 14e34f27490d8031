"""The bundled plugins pass the suite that every author may run."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import relconsole_plugins
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.conformance import Example, Subject, examine
from relconsole.plugin_api.context import Plugin
from relconsole.plugin_api.itsm import CHANGE_COMMENT, CHANGE_TRANSITION
from relconsole.plugin_api.monitoring import SILENCE_CREATE, SILENCE_EXPIRE
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.buildbot.plugin import Plugin as Buildbot
from relconsole_plugins.command.plugin import Plugin as Command
from relconsole_plugins.files.plugin import Plugin as Files
from relconsole_plugins.prometheus.plugin import Plugin as Prometheus
from relconsole_plugins.request_tracker.plugin import Plugin as RequestTracker
from tests.plugins.buildbot.servers import Buildbot as Master
from tests.plugins.prometheus.servers import Alertmanager
from tests.plugins.prometheus.servers import Prometheus as Server
from tests.plugins.request_tracker.servers import Tracker
from tests.plugins.serving import serving

FOLDER = Path(relconsole_plugins.__path__[0])


def _examined(subject: Subject) -> list[tuple[str, str]]:
    async def play() -> list[tuple[str, str]]:
        findings = await examine(subject)
        if isinstance(subject.http, GuardedHttp):
            await subject.http.close()
        assert len(findings) == 8
        return [(found.check, found.says) for found in findings if not found.ok]

    return asyncio.run(play())


def test_that_buildbot_conforms(tmp_path: Path) -> None:
    master = Master()

    async def count(effect: EffectId) -> int:
        return sum(effect in str(one["reason"]) for one in master.buildsets)

    payload: Mapping[str, Json] = {"job": "deploy", "parameters": {"version": "2.4.1"}}
    with serving(master.answer) as url:
        subject = Subject(
            folder=FOLDER / "buildbot",
            make=Buildbot,
            working_folder=tmp_path,
            url=url,
            settings={"jobs": {"deploy": {"scheduler": "force-deploy", "builder": "deploy"}}},
            http=GuardedHttp(url),
            examples=(Example(kind=JOB_START, payload=payload, count=count),),
        )
        assert _examined(subject) == []


def test_that_local_commands_conform(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    jobs: Json = {"deploy": {"argv": ["/bin/sh", "-c", f"echo $RELCONSOLE_EFFECT_ID >> {trace}"]}}

    async def count(effect: EffectId) -> int:
        for _ in range(200):
            if trace.exists() and effect in trace.read_text():
                break
            await asyncio.sleep(0.02)
        return trace.read_text().split().count(effect)

    subject = Subject(
        folder=FOLDER / "command",
        make=Command,
        working_folder=tmp_path,
        settings={"jobs": jobs},
        http=GuardedHttp(""),
        examples=(Example(kind=JOB_START, payload={"job": "deploy"}, count=count),),
    )
    assert _examined(subject) == []


def test_that_change_records_as_files_conform(tmp_path: Path) -> None:
    record = tmp_path / "CHG-1.yaml"
    record.write_text("state: new\nrequester: tomas\n")

    async def count(effect: EffectId) -> int:
        return record.read_text().count(effect)

    payloads: Mapping[str, Mapping[str, Json]] = {
        CHANGE_COMMENT: {"change": "CHG-1", "text": "go"},
        CHANGE_TRANSITION: {"change": "CHG-1", "state": "implement"},
    }
    subject = Subject(
        folder=FOLDER / "files",
        make=Files,
        working_folder=tmp_path,
        settings={"folder": str(tmp_path)},
        http=GuardedHttp(""),
        examples=tuple(
            Example(kind=kind, payload=payload, count=count) for kind, payload in payloads.items()
        ),
    )
    assert _examined(subject) == []


def test_that_prometheus_and_alertmanager_conform(tmp_path: Path) -> None:
    server, manager = Server(), Alertmanager()
    now = datetime.now(UTC)
    silence: Mapping[str, Json] = {
        "services": ["payments-api", "ledger.db"],
        "starts": format_instant(now - timedelta(minutes=1)),
        "ends": format_instant(now + timedelta(minutes=8)),
        "comment": "CHG-48213",
    }

    async def count(effect: EffectId) -> int:
        return sum(effect in str(one["comment"]) for one in manager.silences.values())

    async def a_silence(plugin: Plugin) -> Mapping[str, Json]:
        del plugin
        return {"remote": manager.add("shop", now, now + timedelta(minutes=8), "by hand")}

    with serving(server.answer) as url, serving(manager.answer) as alertmanager:
        subject = Subject(
            folder=FOLDER / "prometheus",
            make=Prometheus,
            working_folder=tmp_path,
            url=url,
            settings={"alertmanager": alertmanager},
            http=GuardedHttp(url),
            examples=(
                Example(kind=SILENCE_CREATE, payload=silence, count=count),
                Example(kind=SILENCE_EXPIRE, prepare=a_silence),
            ),
        )
        assert _examined(subject) == []


def test_that_request_tracker_conforms(tmp_path: Path) -> None:
    tracker = Tracker()
    comment: Mapping[str, Json] = {"change": str(tracker.add()), "text": "go"}
    tracker.add_asset("payments-api", "2.31", tracker.add_asset("ledger-db", "14"))

    async def count(effect: EffectId) -> int:
        return tracker.comments(effect)

    async def a_change(plugin: Plugin) -> Mapping[str, Json]:
        del plugin
        return {"change": str(tracker.add()), "state": "implement"}

    with serving(tracker.answer) as url:
        subject = Subject(
            folder=FOLDER / "request_tracker",
            make=RequestTracker,
            working_folder=tmp_path,
            url=url,
            settings={
                "queue": "Changes",
                "lifecycle": "change",
                "catalog": "Services",
                "service_field": "Service",
                "version_field": "Version",
            },
            http=GuardedHttp(url),
            examples=(
                Example(kind=CHANGE_COMMENT, payload=comment, count=count),
                Example(kind=CHANGE_TRANSITION, prepare=a_change, count=count),
            ),
        )
        assert _examined(subject) == []
