"""One's own key: whose is open and whether it counts, who may open one, what a passphrase is."""

from dataclasses import replace

import pytest
from immutables import Map

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.readiness.keys import Keyring
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.own_key import (
    fingerprint_lines,
    newest_of,
    present_key_form,
    present_own_key,
    short_fingerprint,
    strength_of,
)
from relconsole_ui.presenters.settings_seen import SettingsSeen
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, JO, MARA, ZONE

MARK = Fingerprint("0123456789abcdef" * 4)


def seen(person: PersonId | None = MARA, keys: Keyring | None = None) -> SettingsSeen:
    stage = scenes.before()
    state = replace(stage.state, keys=keys or Keyring())
    return SettingsSeen(state=state, kind=stage.kind, now=stage.now, zone=ZONE, person=person)


@pytest.mark.parametrize(
    ("keys", "status", "says"),
    [
        (Keyring(effective=Map({MARA: MARK})), Status.DONE, "it counts"),
        (
            Keyring(newest=Map({MARA: MARK}), revoked=Map({MARK: "lost"})),
            Status.FAILED,
            "was revoked",
        ),
        (Keyring(newest=Map({MARA: MARK})), Status.WAITING, "counts once somebody else"),
    ],
)
def test_that_it_is_said_whether_the_open_key_counts(
    keys: Keyring, status: Status, says: str
) -> None:
    rows = present_own_key(seen(keys=keys), place="the keyring", is_durable=True)
    assert (rows.title, rows.status, rows.is_open) == ("Mara Okafor", status, True)
    assert says in rows.says
    assert rows.keeping == "Keys and credentials are kept in the keyring."


def test_that_without_a_keyring_it_is_said_that_each_session_asks() -> None:
    rows = present_own_key(seen(None), place="memory", is_durable=False)
    assert (rows.title, rows.is_open) == ("No key is open", False)
    assert "asked for in each session" in rows.keeping


def test_that_whoever_opened_a_key_last_comes_first_and_the_rest_by_name() -> None:
    form = present_key_form(seen(), JO)
    assert [choice.says for choice in form.people][:3] == ["Jo Reyes", "Asha Nair", "Clara Blum"]
    assert (form.first, form.why_not) == (JO, "")
    assert present_key_form(seen(), "left").first == ""


def test_that_a_record_without_people_says_so() -> None:
    empty = replace(seen(), state=ConsoleState())
    form = present_key_form(empty, "")
    assert form.people == ()
    assert "Import" in form.why_not


@pytest.mark.parametrize(
    ("passphrase", "is_enough", "says"),
    [
        ("", False, "Too short"),
        ("short words", False, "Too short"),
        ("ababababababababab", False, "same few letters"),
        ("twelve-Letters", True, "Fair"),
        ("this is my own key", True, "Strong"),
        ("seventeen2!letters-more", True, "Strong"),
    ],
)
def test_that_a_passphrase_is_judged_without_being_repeated(
    passphrase: str, is_enough: bool, says: str
) -> None:
    strength = strength_of(passphrase)
    assert strength.is_enough == is_enough
    assert says in strength.says
    assert not passphrase or passphrase not in strength.says


def test_that_a_fingerprint_is_read_out_in_groups() -> None:
    assert fingerprint_lines(MARK) == ("0123 4567 89ab cdef",) * 4
    assert short_fingerprint(MARK) == "0123 4567 89ab cdef"
    assert short_fingerprint("") == ""


def test_that_a_revoked_key_is_nobodys_newest() -> None:
    known = Keyring(newest=Map({MARA: MARK, JO: Fingerprint("f" * 64)}), revoked=Map({MARK: "x"}))
    assert newest_of(known, MARA) is None
    assert newest_of(known, JO) == "f" * 64
    assert newest_of(known, ASHA) is None


def test_that_a_night_that_counts_is_known_from_one_that_does_not() -> None:
    def known(stage: scenes.Stage) -> SettingsSeen:
        return SettingsSeen(state=stage.state, kind=stage.kind, now=stage.now, zone=ZONE)

    assert known(scenes.calm()).is_live_night
    for stage in (scenes.before(), scenes.finished(), scenes.rehearsed()):
        assert not known(stage).is_live_night
    rehearsal = scenes.under_way(rehearsal=True)
    assert not known(rehearsal).is_live_night


def test_that_whoever_the_estate_does_not_know_is_named_by_their_id() -> None:
    assert seen().name(None) == "nobody"
    assert seen().name("stranger") == "stranger"
