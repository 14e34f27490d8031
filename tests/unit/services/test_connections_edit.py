"""Connections from a window: what is wrong with one, trying it, keeping it, taking it away."""

from dataclasses import replace

import pytest

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import InputRejected, PersonMustAct
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.ports.credentials import Secret
from relconsole.services.connections_edit import ConnectionsEditor, Draft
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.fakes.trials import BROKEN, FOLDER, LIGHTHOUSE, FakeTrials, JsonText
from tests.unit.services.rooms import CI, Room, automated, furnish, played, release_of

CANARY = "canary-4d1f7be2"
URL = "https://light.example.org"
DRAFT = Draft(
    id="light",
    plugin="lighthouse",
    url=URL,
    settings={"lamps": "north\n\n south \n", "jobs": '{"a": {"argv": ["b"]}}', "every": " 10s "},
    secret=Secret(CANARY),
)


class Desk:
    """An editor over a record that connects nothing yet."""

    def __init__(self, room: Room, *, durable: bool = True) -> None:
        self.room = room
        self.trials = FakeTrials()
        self.credentials = FakeCredentials(durable=durable)
        self.editor = ConnectionsEditor(
            desk=room.desk,
            trials=self.trials,
            text=JsonText(),
            credentials=self.credentials,
            secret_name=lambda system, url: f"{system} at {url}",
        )

    @property
    def systems(self) -> dict[SystemId, System]:
        return dict(self.room.desk.state.workspace.systems)

    async def problems(self, draft: Draft) -> dict[str, str]:
        with pytest.raises(InputRejected) as raised:
            await self.editor.attempt(draft)
        assert CANARY not in str(raised.value)
        return {each.field: each.message for each in raised.value.problems}


async def desk() -> Desk:
    return Desk(await furnish(release_of(automated("a"))))


@played
async def test_that_a_typed_connection_is_tried_before_anything_is_kept() -> None:
    found = await desk()
    tried = await found.editor.attempt(DRAFT)
    assert tried.ok
    system = System(
        id=SystemId("light"),
        plugin="lighthouse",
        url=URL,
        settings={"lamps": ["north", "south"], "jobs": {"a": {"argv": ["b"]}}, "every": "10s"},
    )
    assert found.trials.asked == [(system, CANARY)]
    assert found.systems == {}
    assert found.credentials.secrets == {}


@played
async def test_that_a_kept_connection_is_a_fact_and_its_credential_only_in_the_keyring() -> None:
    found = await desk()
    assert not isinstance(await found.editor.save(DRAFT), Refusal)
    kept = found.systems[SystemId("light")]
    assert kept.url == URL
    assert await found.editor.is_kept(kept)
    assert found.credentials.secrets[f"light at {URL}"].reveal() == CANARY
    assert CANARY not in repr(found.room.stored.envelopes)
    assert found.editor.texts_of(kept)["lamps"] == "north\nsouth"


@played
async def test_that_an_edited_connection_keeps_its_credential_at_the_same_address() -> None:
    found = await desk()
    await found.editor.save(DRAFT)
    again = replace(DRAFT, secret=None, known=SystemId("light"))
    assert (await found.editor.attempt(again)).ok
    assert found.trials.asked[-1][1] == CANARY
    assert not isinstance(await found.editor.save(again), Refusal)
    assert found.credentials.secrets.keys() == {f"light at {URL}"}


@played
async def test_that_another_address_needs_the_credential_anew_and_forgets_the_former() -> None:
    found = await desk()
    await found.editor.save(DRAFT)
    moved = replace(DRAFT, url="https://new.example.org", secret=None, known=SystemId("light"))
    assert await found.problems(moved) == {"secret": "is missing"}
    await found.editor.save(replace(moved, secret=Secret("another")))
    assert found.credentials.secrets.keys() == {"light at https://new.example.org"}


@played
async def test_that_everything_that_is_wrong_is_said_at_its_field() -> None:
    found = await desk()
    wrong = Draft(
        id="no plain name",
        plugin="lighthouse",
        settings={"jobs": "{", "range": "far", "every": "soon", "fog": "perhaps"},
    )
    assert await found.problems(wrong) == {
        "id": "has letters, digits, - _ and . only",
        "url": "is missing",
        "secret": "is missing",
        "settings.jobs": "is no mapping",
        "settings.lamps": "is missing: the lamps, a line each",
        "settings.range": "'far' is no number",
        "settings.every": "'soon' is no duration such as 90s, 8m or 1h30m",
        "settings.fog": "is no boolean",
    }


@played
async def test_that_a_required_setting_that_cannot_be_read_is_said_to_be_wrong_only_once() -> None:
    found = await desk()
    wrong = replace(DRAFT, settings={"lamps": "x", "jobs": "{"})
    assert await found.problems(wrong) == {"settings.jobs": "is no mapping"}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://light.example.org", "is no address such as https://ci.example.org"),
        ("light", "is no address such as https://ci.example.org"),
        ("https://[", "is no address such as https://ci.example.org"),
        (
            f"https://me:{CANARY}@light.example.org",
            "holds no name or password: these belong to the credential",
        ),
    ],
)
@played
async def test_that_an_address_is_one_and_holds_no_password(url: str, says: str) -> None:
    found = await desk()
    assert await found.problems(replace(DRAFT, url=url)) == {"url": says}


@played
async def test_that_two_systems_never_have_one_name() -> None:
    found = await desk()
    await found.editor.save(DRAFT)
    assert await found.problems(DRAFT) == {"id": "another system has this name already"}
    assert await found.problems(replace(DRAFT, id="")) == {"id": "is missing"}


@played
async def test_that_a_plugin_that_is_not_here_or_cannot_be_used_is_said() -> None:
    found = await desk()
    unknown = await found.problems(replace(DRAFT, plugin="other"))
    assert unknown == {"plugin": "no plugin is called other"}
    with pytest.raises(PersonMustAct, match="has no manifest"):
        await found.editor.attempt(replace(DRAFT, plugin="broken"))
    assert await found.editor.offers() == {
        "broken": BROKEN,
        "folder": FOLDER,
        "lighthouse": LIGHTHOUSE,
    }


@played
async def test_that_a_plugin_without_address_gets_none() -> None:
    found = await desk()
    for name, url in (("files", URL), ("more", "")):
        await found.editor.save(Draft(id=name, plugin="folder", url=url))
    assert [each.url for each in found.systems.values()] == ["", ""]
    assert found.credentials.secrets == {}


@played
async def test_that_a_removed_connection_takes_its_credential_along() -> None:
    found = await desk()
    await found.editor.save(DRAFT)
    assert not isinstance(await found.editor.remove(SystemId("light")), Refusal)
    assert found.systems == {}
    assert found.credentials.secrets == {}
    assert isinstance(await found.editor.remove(SystemId("light")), Refusal)


@played
async def test_that_a_system_that_an_open_night_asks_stays_with_its_credential() -> None:
    found = await desk()
    connected = {CI: System(id=CI, plugin="folder")}
    workspace = replace(found.room.desk.state.workspace, systems=connected)
    await found.room.desk.must(ImportWorkspace(workspace=workspace))
    found.credentials.secrets["ci at "] = Secret(CANARY)
    await found.room.opens()
    refused = await found.editor.remove(CI)
    assert isinstance(refused, Refusal)
    assert [reason.rule for reason in refused.reasons] == ["system_of_open_run"]
    assert CI in found.systems
    assert found.credentials.secrets.keys() == {"ci at "}
    moved = Draft(id="ci", plugin="lighthouse", url=URL, secret=Secret("x"), known=CI)
    moved = replace(moved, settings={"lamps": "north"})
    assert not isinstance(await found.editor.save(moved), Refusal)


@played
async def test_that_what_is_kept_outlives_a_refused_change() -> None:
    found = await desk()
    await found.editor.save(DRAFT)
    found.room.journal.fails_at = found.room.journal.appends + 1
    moved = replace(DRAFT, url="https://new.example.org", known=SystemId("light"))
    with pytest.raises(Exception, match="disk of the test is full"):
        await found.editor.save(moved)
    assert f"light at {URL}" in found.credentials.secrets


@played
async def test_that_defaults_and_the_place_of_credentials_are_told() -> None:
    room = await furnish(release_of(automated("a")))
    kept, passing = Desk(room).editor, Desk(room, durable=False).editor
    assert kept.default_texts(LIGHTHOUSE) == {
        "lamps": "",
        "jobs": "",
        "range": "12",
        "every": "30s",
        "fog": "false",
        "keeper": "",
    }
    assert (kept.place, kept.durable) == ("the test's keyring", True)
    assert not passing.durable
    assert passing.place == "memory until the program ends"
