"""A night speaks aside: a terminal that takes nothing, or is gone, holds up nobody."""

import io
import os
import sys

import pytest

from relconsole.cli.terminal import AsideStream, speaking_aside
from relconsole.cli.words import say


def test_that_what_is_said_aside_is_said_in_order(capfd: pytest.CaptureFixture[str]) -> None:
    with speaking_aside():
        for number in range(50):
            say(f"line {number}")
    said = capfd.readouterr().err.splitlines()
    assert said == [f"line {number}" for number in range(50)]


def test_that_a_stream_without_a_descriptor_takes_it_too() -> None:
    stream = io.StringIO()
    aside = AsideStream(stream)
    print("läuft", file=aside, flush=True)
    aside.end()
    assert stream.getvalue() == "läuft\n"


def test_that_a_frozen_terminal_holds_up_nobody() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb"), os.fdopen(writing, "w") as terminal:
        aside = AsideStream(terminal)
        assert aside.write("x" * 1_000_000) == 1_000_000
        assert aside.write("y") == 1
        # Once it is read again, all of it comes.
        left = 1_000_001
        while left:
            left -= len(os.read(reading, 65_536))
        aside.end()


def test_that_a_terminal_that_is_gone_ends_nobody() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as terminal:
        aside = AsideStream(terminal)
        aside.write("to nobody")
        aside.write("again")
        aside.end()
    assert sys.stderr is not aside
