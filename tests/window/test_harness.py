"""The harness itself: it sees, presses and hears, and its guards notice what they are there for."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.live.waiting import eventually
from tests.window.conftest import Start
from tests.window.program import program
from tests.window.screen import Screen
from tests.window.sockets import is_foreign
from tests.window.spoken import announcements

SMALL_WINDOW: Final = (sys.executable, str(Path(__file__).with_name("small_window.py")))
DARK: Final = (0x0C, 0x10, 0x14)


def test_that_a_window_fills_the_screen_and_is_seen(
    large: Screen, start: Start, pictures: Path
) -> None:
    shown = start(large, SMALL_WINDOW)
    shown.await_window()
    eventually(lambda: shown.keys.place() == (0, 0, *large.size), "the window fills the screen")
    eventually(lambda: large.picture().at(2, 2) == DARK, "the window is painted")
    picture = large.picture()
    assert picture.size == large.size
    assert 0.15 < picture.shares().red < 0.22
    assert picture.save(pictures / "a-small-window.png").read_bytes().startswith(b"\x89PNG")


def test_that_the_small_screen_is_small(small: Screen) -> None:
    assert small.picture().size == (1280, 800)


def test_that_keys_reach_the_active_window_as_a_person_presses_them(
    large: Screen, start: Start
) -> None:
    shown = start(large, SMALL_WINDOW)
    shown.await_window()
    shown.keys.press("ctrl+k")
    shown.await_words("The palette is open")
    shown.keys.type("pay-2026.4 (two)")
    shown.await_words("The release is pay-2026.4 (two)")
    assert "release Shift" in shown.said()


def test_that_a_key_is_held_as_long_as_asked(large: Screen, start: Start) -> None:
    shown = start(large, SMALL_WINDOW)
    shown.await_window()
    shown.keys.press("Tab")
    began = time.monotonic()
    held = shown.keys.hold("space", 1.2)
    assert 1.15 <= held <= time.monotonic() - began
    shown.await_words("The rollback is armed")
    lines = [line for line in shown.said().splitlines() if line.endswith("Space")]
    # Qt may take a repeat of the server for a release and a press of the finger's own.
    assert lines[0] == "press Space"
    assert lines[-1] == "release Space"


def test_that_an_outside_screen_reader_hears_role_name_state_and_text(
    large: Screen, start: Start
) -> None:
    shown = start(large, SMALL_WINDOW)
    shown.await_window()
    heard = shown.await_words("Nothing was pressed")
    assert heard.one(role="label").description == "What was done last"
    button = heard.one(name="Arm the rollback")
    assert "focusable" in button.states
    assert button.place[2] > 0
    field = heard.focused()
    assert field is not None
    assert field.name == "Name of the release"
    assert [it.role for it in heard.nameless()] == ["text"]


def test_that_an_announcement_is_heard(large: Screen, start: Start, tmp_path: Path) -> None:
    shown = start(large, SMALL_WINDOW)
    shown.await_window()
    shown.spoken()
    with announcements(large.environment, tmp_path) as announced:
        shown.keys.press("ctrl+k")
        eventually(lambda: "The palette is open" in announced.lines(), "the announcement")


def test_that_the_socket_guard_lets_a_quiet_program_be(large: Screen, start: Start) -> None:
    shown = start(large, SMALL_WINDOW, guarded=True)
    shown.await_window()
    seen = shown.sockets()
    assert seen.calls
    assert seen.foreign == ()


def test_that_the_socket_guard_reports_a_call_to_elsewhere(large: Screen, start: Start) -> None:
    shown = start(large, [*SMALL_WINDOW, "call-out"], guarded=True)
    shown.await_window()
    (foreign,) = eventually(lambda: shown.sockets().foreign, "the call is reported")
    assert "192.0.2.1" in foreign
    if shown.sockets().refused:
        assert "ENETUNREACH" in foreign
        assert "the call went out" not in shown.said()


def _to_ip(address: str, call: str = "connect") -> str:
    place = f'sin_port=htons(9), sin_addr=inet_addr("{address}")'
    return f"7 {call}(3, {{sa_family=AF_INET, {place}}}, 16) = 0"


def _to_ipv6(address: str) -> str:
    place = f'inet_pton(AF_INET6, "{address}", &sin6_addr), sin6_scope_id=0'
    return f"7 connect(3, {{sa_family=AF_INET6, sin6_port=htons(9), {place}}}, 28 <unfinished ...>"


@pytest.mark.parametrize(
    ("call", "foreign"),
    [
        (_to_ip("127.0.0.1"), False),
        (_to_ip("10.0.0.1"), True),
        (_to_ip("127.0.0.1", "bind"), False),
        (_to_ip("0.0.0.0", "bind"), True),  # noqa: S104 - the address is the example
        (_to_ipv6("::1"), False),
        (_to_ipv6("::ffff:127.0.0.1"), False),
        (_to_ipv6("::ffff:10.0.0.1"), True),
        (_to_ipv6("2001:db8::1"), True),
        ('7 connect(3, {sa_family=AF_UNIX, sun_path="/tmp/.X11-unix/X1"}, 20) = 0', False),
        ("7 connect(3, {sa_family=AF_VSOCK, svm_cid=2, svm_port=9}, 16) = 0", True),
        ('7 sendto(3, ""..., 9, MSG_NOSIGNAL, NULL, 0) = 9', False),
    ],
)
def test_that_a_place_beyond_this_machine_is_known(call: str, foreign: bool) -> None:
    assert is_foreign(call) is foreign


def _leave_a_child(screen: Screen, home: Path) -> None:
    words = [*SMALL_WINDOW, "leave-a-child"]
    with program(screen, home, words, patience=1.0) as shown:
        shown.await_window()
        eventually(lambda: len(shown.family()) == 2, "the child lives")


def test_that_a_program_that_leaves_a_process_behind_is_noticed(
    large: Screen, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match=r"left behind.*sleep 300"):
        _leave_a_child(large, tmp_path / "home")


def test_that_a_program_is_killed_by_its_id(large: Screen, start: Start) -> None:
    shown = start(large, SMALL_WINDOW, guarded=True)
    shown.await_window()
    shown.kill()
    assert shown.process.returncode == -9
    eventually(lambda: not shown.family(), "nothing is left of it")
