"""Change records are files: read as people write them, changed once, and otherwise left alone."""

import asyncio
import fcntl
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import relconsole_plugins.files.client as client_module
from relconsole.adapters.plugin_host import PluginHost
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import EffectId, PersonId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    TargetRefused,
)
from relconsole.plugin_api.errors import BadAnswer, Unreachable
from relconsole.plugin_api.itsm import (
    CHANGE_COMMENT,
    CHANGE_TRANSITION,
    ChangeLink,
    ChangeRecord,
    LinkKind,
)
from relconsole_plugins.files.parse import Record
from tests.plugins.hosting import hosted, system

ITSM = SystemId("itsm")
FIRST, SECOND = EffectId("0" * 31 + "1"), EffectId("0" * 31 + "2")
RECORD = """\
id: CHG-48213
title: Payments Core 2026.4
state: scheduled
requester: tomas
approver: ilka
approved_at: 2026-04-20T15:00:00+02:00
approved_digest: 9f8e
risk: 2.30
urgent: no
tags: [payments, "007"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "changes"
    folder.mkdir()
    (folder / "CHG-48213.yaml").write_text(RECORD)
    return folder


def _comment(effect: EffectId, text: str = "go", change: str = "CHG-48213") -> EffectRequest:
    payload: dict[str, Json] = {"change": change, "text": text}
    return EffectRequest(id=effect, kind=CHANGE_COMMENT, payload=payload, person=PersonId("mara"))


def _transition(effect: EffectId, state: str, before: str = "") -> EffectRequest:
    payload: dict[str, Json] = {"change": "CHG-48213", "from": before, "state": state}
    return EffectRequest(id=effect, kind=CHANGE_TRANSITION, payload=payload)


def _values(folder: Path) -> dict[str, str]:
    lines = (folder / "CHG-48213.yaml").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line and line[0].isalpha())


def test_that_a_record_is_read_as_people_write_it(folder: Path, tmp_path: Path) -> None:
    async def play(host: PluginHost) -> None:
        assert await host.read_change(ITSM, "CHG-48213") == ChangeRecord(
            id="CHG-48213",
            title="Payments Core 2026.4",
            state="scheduled",
            requester="tomas",
            approver="ilka",
            approved_at=datetime(2026, 4, 20, 13, tzinfo=UTC),
            approved_digest="9f8e",
            url=(folder / "CHG-48213.yaml").as_uri(),
        )
        assert await host.read_change(ITSM, "CHG-1") is None
        assert await host.read_change(ITSM, "../CHG-48213") is None

    _with_host(tmp_path, folder, play)


@pytest.mark.parametrize(
    ("written", "links"),
    [
        ("links:\n", ()),
        ("links: []\n", ()),
        (
            "links:\n  - {kind: depends_on, id: CHG-7}\n  - {id: 4711, kind: child, by: tomas}\n",
            (
                ChangeLink(kind=LinkKind.DEPENDS_ON, id="CHG-7"),
                ChangeLink(kind=LinkKind.CHILD, id="4711"),
            ),
        ),
    ],
)
def test_that_links_are_read_as_they_stand(written: str, links: tuple[ChangeLink, ...]) -> None:
    assert Record("C", (RECORD + written).encode()).change("").links == links


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("links: CHG-7\n", "links is no list"),
        ("links: [CHG-7]\n", "link 1 needs"),
        (
            "links: [{kind: blocks, id: CHG-7}]\n",
            "link 1 needs an id and a kind, one of depends_on",
        ),
        ("links: [{kind: child, id: CHG-7}, {kind: child}]\n", "link 2 needs"),
        ("links: [{id: CHG-7}]\n", "link 1 needs"),
    ],
)
def test_that_a_link_that_cannot_be_meant_is_named(written: str, says: str) -> None:
    with pytest.raises(BadAnswer, match=says):
        Record("C", (RECORD + written).encode()).change("")


def test_that_a_comment_is_written_once_and_every_other_key_kept(
    folder: Path, tmp_path: Path
) -> None:
    before = _values(folder)

    async def play(host: PluginHost) -> None:
        assert await host.find(ITSM, CHANGE_COMMENT, FIRST) == NotFound()
        taken = await host.perform(ITSM, _comment(FIRST, "stop: the line # now\n- no"))
        assert taken == Acknowledged(remote=f"CHG-48213#{FIRST}")
        assert await host.perform(ITSM, _comment(FIRST)) == taken
        assert isinstance(taken, Acknowledged)
        assert await host.find(ITSM, CHANGE_COMMENT, FIRST) == Found(remote=taken.remote)
        assert await host.find(ITSM, CHANGE_TRANSITION, FIRST) == NotFound()
        state = await host.follow(ITSM, CHANGE_COMMENT, taken.remote)
        assert state.ending is Ending.SUCCEEDED
        assert not await host.cancel(ITSM, CHANGE_COMMENT, taken.remote, "no")

    _with_host(tmp_path, folder, play)
    after = _values(folder)
    assert {name: after[name] for name in before} == before
    text = (folder / "CHG-48213.yaml").read_text()
    assert text.count(FIRST) == 1
    assert "person: mara" in text


def test_that_a_record_is_moved_only_from_the_state_that_was_meant(
    folder: Path, tmp_path: Path
) -> None:
    async def play(host: PluginHost) -> None:
        refused = await host.perform(ITSM, _transition(FIRST, "implement", before="approved"))
        assert refused == TargetRefused(
            reason="CHG-48213 is scheduled, not approved; it was left so"
        )
        taken = await host.perform(ITSM, _transition(FIRST, "implement", before="scheduled"))
        assert isinstance(taken, Acknowledged)

    _with_host(tmp_path, folder, play)


def test_that_a_repeat_does_not_touch_the_file_at_all(folder: Path, tmp_path: Path) -> None:
    path = folder / "CHG-48213.yaml"

    async def play(host: PluginHost) -> None:
        await host.perform(ITSM, _comment(FIRST))
        path.write_text(path.read_text() + "# by hand\n")
        seen = path.stat().st_mtime_ns
        await host.perform(ITSM, _comment(FIRST))
        assert path.stat().st_mtime_ns == seen

    _with_host(tmp_path, folder, play)


def test_that_a_state_changes_once_with_its_history(folder: Path, tmp_path: Path) -> None:
    async def play(host: PluginHost) -> None:
        taken = await host.perform(ITSM, _transition(FIRST, "implement"))
        assert isinstance(taken, Acknowledged)
        # A person moves it on; the repeat of ours does not move it back.
        path = folder / "CHG-48213.yaml"
        path.write_text(path.read_text().replace("state: implement", "state: review"))
        assert await host.perform(ITSM, _transition(FIRST, "implement")) == taken
        change = await host.read_change(ITSM, "CHG-48213")
        assert change is not None
        assert change.state == "review"

    _with_host(tmp_path, folder, play)
    text = (folder / "CHG-48213.yaml").read_text()
    assert "from: scheduled" in text
    assert "to: implement" in text


def test_that_a_transition_that_is_not_allowed_is_refused(folder: Path, tmp_path: Path) -> None:
    async def play(host: PluginHost) -> None:
        refused = await host.perform(ITSM, _transition(FIRST, "closed"))
        assert refused == TargetRefused(reason="CHG-48213 cannot go from scheduled to closed")
        assert isinstance(await host.perform(ITSM, _transition(SECOND, "implement")), Acknowledged)

    _with_host(tmp_path, folder, play, transitions={"scheduled": ["implement", "canceled"]})


@pytest.mark.parametrize("change", ["CHG-1", "../CHG-48213", "a/b", ""])
def test_that_an_unknown_record_is_refused_and_none_is_made(
    change: str, folder: Path, tmp_path: Path
) -> None:
    async def play(host: PluginHost) -> None:
        assert isinstance(await host.perform(ITSM, _comment(FIRST, change=change)), TargetRefused)

    _with_host(tmp_path, folder, play)
    assert [path.name for path in folder.iterdir() if path.suffix == ".yaml"] == ["CHG-48213.yaml"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("state: [", "CHG-48213"),
        ("- a list", "is no record"),
        ("requester: tomas", "state is missing"),
        ("state: new\nrequester: &a x\nb: *a", "an alias"),
        ("state: !!python/object:os.system x\nrequester: y", "a tag"),
        ("state: new\nstate: old\nrequester: x", "stands twice"),
        ("state: new\nrequester: x\napproved_at: 2026-04-20T15:00:00", "no instant with a zone"),
        ("state: new\nrequester: x\ndeep: " + "[" * 50 + "]" * 50, "levels"),
        ("x" * ((1 << 20) + 1), "longer than"),
        ("state: new\x00", "CHG-48213"),
    ],
)
def test_that_a_file_that_is_no_record_is_a_bad_answer(
    text: str, fault: str, folder: Path, tmp_path: Path
) -> None:
    (folder / "CHG-48213.yaml").write_text(text)

    async def play(host: PluginHost) -> None:
        with pytest.raises(BadAnswer, match=fault):
            await host.read_change(ITSM, "CHG-48213")

    _with_host(tmp_path, folder, play)


def test_that_comments_that_are_no_list_are_left_alone(folder: Path, tmp_path: Path) -> None:
    path = folder / "CHG-48213.yaml"
    path.write_text(RECORD + "comments: none yet\n")

    async def play(host: PluginHost) -> None:
        with pytest.raises(BadAnswer, match="comments is no list"):
            await host.perform(ITSM, _comment(FIRST))

    _with_host(tmp_path, folder, play)
    assert path.read_text() == RECORD + "comments: none yet\n"


def test_that_a_folder_that_is_not_there_is_the_world_being_down(tmp_path: Path) -> None:
    async def play(host: PluginHost) -> None:
        with pytest.raises(Unreachable):
            await host.read_change(ITSM, "CHG-1")
        with pytest.raises(Unreachable):
            await host.perform(ITSM, _comment(FIRST))
        with pytest.raises(Unreachable):
            await host.find(ITSM, CHANGE_COMMENT, FIRST)

    _with_host(tmp_path, tmp_path / "none", play)


def test_that_a_folder_without_an_absolute_path_is_a_persons_move(tmp_path: Path) -> None:
    async def play(host: PluginHost) -> None:
        with pytest.raises(PersonMustAct, match="no absolute path"):
            await host.read_change(ITSM, "CHG-1")

    _with_host(tmp_path, Path("changes"), play)


def test_that_a_record_that_somebody_removed_is_unknown(folder: Path, tmp_path: Path) -> None:
    async def play(host: PluginHost) -> None:
        taken = await host.perform(ITSM, _comment(FIRST))
        assert isinstance(taken, Acknowledged)
        (folder / "CHG-48213.yaml").unlink()
        state = await host.follow(ITSM, CHANGE_COMMENT, taken.remote)
        assert state.ending is Ending.UNKNOWN

    _with_host(tmp_path, folder, play)


def test_that_writers_wait_for_each_other(folder: Path, tmp_path: Path) -> None:
    """Twenty comments at once from two consoles: each stands there once."""

    async def play() -> None:
        one = hosted(tmp_path / "a", system("itsm", "files", folder=str(folder)))
        two = hosted(tmp_path / "b", system("itsm", "files", folder=str(folder)))
        async with one as first, two as second:
            await asyncio.gather(
                *(
                    (first if number % 2 else second).perform(
                        ITSM, _comment(EffectId(f"{number:032d}"))
                    )
                    for number in range(20)
                )
            )

    asyncio.run(play())
    text = (folder / "CHG-48213.yaml").read_text()
    assert [text.count(f"{number:032d}") for number in range(20)] == [1] * 20
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "CHG-48213.yaml"]


def test_that_a_lock_that_is_never_given_back_is_the_world_being_down(
    folder: Path, tmp_path: Path
) -> None:
    held = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)

    async def play() -> None:
        records = client_module.Records(folder)
        with pytest.raises(Unreachable, match="locked by somebody else"):
            await records.edit("CHG-48213", lambda record: record.state == "x")

    try:
        asyncio.run(play())
    finally:
        os.close(held)


def test_that_what_a_person_saved_meanwhile_is_kept(folder: Path) -> None:
    """An editor saves between our look and our writing: we look again."""
    path = folder / "CHG-48213.yaml"
    looks: list[str] = []

    def edit(record: Record) -> bool:
        looks.append(record.state)
        if len(looks) == 1:
            path.write_text(RECORD.replace("risk: 2.30", "risk: 3.10").replace("urgent: no\n", ""))
        record.set("state", "implement")
        return True

    assert asyncio.run(client_module.Records(folder).edit("CHG-48213", edit)) is None
    values = _values(folder)
    assert len(looks) == 2
    assert (values["state"], values["risk"], "urgent" in values) == ("implement", "3.10", False)


def test_that_a_writer_killed_at_any_instant_leaves_a_whole_record(folder: Path) -> None:
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from relconsole_plugins.files.client import Records
left = int(sys.argv[2])
def watched(event, arguments):
    global left
    if event in {"os.rename", "os.chmod", "os.remove"} or (
        event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)
    ):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
def edit(record):
    record.append("comments", {"id": "x", "text": "y" * 10_000})
    return True
sys.addaudithook(watched)
asyncio.run(Records(Path(sys.argv[1])).edit("CHG-48213", edit))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    deaths = 0
    for point in range(1, 20):
        (folder / "CHG-48213.yaml").write_text(RECORD)
        ended = subprocess.run(
            [sys.executable, "-c", script, str(folder), str(point)], env=environment, check=False
        )
        deaths += ended.returncode < 0
        record = Record("CHG-48213", (folder / "CHG-48213.yaml").read_bytes())
        assert record.state == "scheduled"
        if ended.returncode == 0:
            assert record.bears("comments", "x")
            break
        assert not record.bears("comments", "x")
    assert deaths >= 3


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXT, title=_TEXT)
def test_that_any_text_comes_back_as_it_was_written(text: str, title: str) -> None:
    record = Record("C", b"state: new\nrequester: x\nrisk: 2.30\n")
    record.set("title", title)
    record.append("comments", {"id": text, "text": text})
    again = Record("C", record.text())
    assert again.bears("comments", text)
    assert again.change("").title == title
    assert b"risk: 2.30\n" in record.text()


def _with_host(
    tmp_path: Path, folder: Path, play: Callable[[PluginHost], Awaitable[None]], **more: Json
) -> None:
    async def run() -> None:
        connected = system("itsm", "files", folder=str(folder), **more)
        async with hosted(tmp_path / "store", connected) as host:
            await play(host)

    asyncio.run(run())
