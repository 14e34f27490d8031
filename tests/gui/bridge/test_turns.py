"""Everybody who follows the room is shown the same, one in each turn of the loop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relconsole.domain.record.file_form import JournalKind
from relconsole_ui.controllers.room import Room
from relconsole_ui.presenters.seen import Seen
from tests.gui.bridge.rooms import TasksAtOnce, room_of
from tests.unit.presenters.night_plan import RELEASE, ZONE
from tests.unit.presenters.scenes import calm


class Turns:
    """Turns that a test gives one by one."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, call: Callable[[], None]) -> None:
        self.waiting.append(call)

    def give(self) -> None:
        self.waiting.pop(0)()

    def give_all(self) -> None:
        while self.waiting:
            self.give()


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def room(turns: Turns) -> Room:
    known = room_of(calm())
    return Room(
        tools=known.tools,
        tasks=TasksAtOnce(),
        sight=known.sight,
        release=RELEASE,
        kind=JournalKind.LIVE,
        zone=ZONE,
        turns=turns,
    )


def _following(room: Room, *names: str) -> list[tuple[str, Seen]]:
    """Let somebody of each name follow; what they were shown at first is left out."""
    shown: list[tuple[str, Seen]] = []

    def follow(name: str) -> None:
        room.follow(lambda seen: shown.append((name, seen)))

    for name in names:
        follow(name)
    shown.clear()
    return shown


def test_that_each_is_shown_in_a_turn_of_its_own_and_all_see_the_same(
    room: Room, turns: Turns
) -> None:
    shown = _following(room, "card", "timeline", "log")
    room.show()
    assert shown == []
    turns.give()
    assert [name for name, _ in shown] == ["card"]
    turns.give_all()
    assert [name for name, _ in shown] == ["card", "timeline", "log"]
    assert len({id(seen) for _, seen in shown}) == 1


def test_that_what_comes_during_a_round_is_shown_once_in_another(room: Room, turns: Turns) -> None:
    shown = _following(room, "card", "timeline")
    room.show()
    turns.give()
    room.show()
    room.show()
    turns.give_all()
    assert [name for name, _ in shown] == ["card", "timeline"] * 2
    first, second = shown[1][1], shown[2][1]
    assert first is not second


def test_that_one_who_fails_keeps_nobody_from_being_shown(room: Room, turns: Turns) -> None:
    is_broken = False

    def fail(_seen: Seen) -> None:
        if is_broken:
            raise RuntimeError

    room.follow(fail)
    shown = _following(room, "timeline")
    is_broken = True
    room.show()
    with pytest.raises(RuntimeError):
        turns.give()
    turns.give_all()
    assert [name for name, _ in shown] == ["timeline"]
    is_broken = False
    room.show()
    turns.give_all()
    assert [name for name, _ in shown] == ["timeline"] * 2


def test_that_nobody_is_shown_anything_once_the_room_is_left(room: Room, turns: Turns) -> None:
    shown = _following(room, "card", "timeline")
    room.show()
    turns.give()
    room.show()
    room.unfollow()
    turns.give_all()
    assert [name for name, _ in shown] == ["card"]
