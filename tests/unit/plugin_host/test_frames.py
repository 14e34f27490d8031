"""Frames come out as they went in, however the bytes arrive, and nothing else is a frame."""

import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.plugin_api.frames import (
    LONGEST_FRAME,
    LONGEST_PART,
    Answered,
    Call,
    Close,
    Failed,
    Forget,
    FrameCutter,
    FrameError,
    FromChild,
    Hello,
    Part,
    Ready,
    builtins_of,
    framed,
    parts_of,
    plain,
    read_from_child,
    read_to_child,
)

FROM_CHILD: tuple[FromChild, ...] = (
    Ready(pid=7),
    Answered(id=1, value=msgspec.Raw(b'{"a":[1,null]}')),
    Part(id=2, number=0, last=True, text="ü"),
    Failed(id=3, whose="world", kind="Busy", what="later", retry_after=3.0),
)
HELLO = Hello(
    entry="a.b:C",
    system="ci",
    url="",
    settings={"a": 1},
    folder="/x",
    credential="none",
    memory=1,
    secret="canary-1",
)


@given(st.lists(st.sampled_from(FROM_CHILD), max_size=6), st.integers(1, 40))
def test_that_messages_survive_any_cutting_of_the_stream(
    messages: list[FromChild], size: int
) -> None:
    stream = b"".join(map(framed, messages))
    cutter = FrameCutter()
    read = [
        read_from_child(body)
        for at in range(0, len(stream), size)
        for body in cutter.feed(stream[at : at + size])
    ]
    assert read == messages


@pytest.mark.parametrize(
    "message",
    [
        HELLO,
        Call(id=1, verb="query", arguments=msgspec.Raw(b"{}"), deadline=1.5, cap=10),
        Forget(id=1),
        Close(),
    ],
    ids=lambda it: type(it).__name__,
)
def test_that_a_message_to_the_child_comes_back_whole(
    message: Hello | Call | Forget | Close,
) -> None:
    assert [read_to_child(body) for body in FrameCutter().feed(framed(message))] == [message]


def test_that_a_hello_never_shows_its_secret() -> None:
    assert "canary" not in repr(HELLO)
    assert "canary" not in f"{HELLO}"


@given(st.text(min_size=0, max_size=50), st.integers(1, 4))
def test_that_a_longer_answer_is_put_together_from_its_parts(text: str, times: int) -> None:
    answer = msgspec.json.encode(text * (LONGEST_PART // 20 * times))
    parts = list(parts_of(5, answer))
    assert "".join(part.text for part in parts).encode() == answer
    assert [part.number for part in parts] == list(range(len(parts)))
    assert [part.last for part in parts] == [*(False for _ in parts[1:]), True]
    for part in parts:
        assert len(framed(part)) <= LONGEST_FRAME


@pytest.mark.parametrize("sign", ['"', "\\", "\x00", "\U0001f6a6", "\x7f"])
def test_that_the_worst_text_fits_into_its_parts(sign: str) -> None:
    for part in parts_of(1, msgspec.json.encode(sign * LONGEST_PART)):
        assert len(framed(part)) <= LONGEST_FRAME


def test_that_a_message_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(FrameError, match="more than"):
        framed(Part(id=1, number=0, last=True, text="x" * LONGEST_FRAME))


def test_that_a_length_beyond_the_limit_is_refused_before_its_bytes_come() -> None:
    with pytest.raises(FrameError, match="more than"):
        list(FrameCutter().feed(struct.pack(">I", LONGEST_FRAME + 1)))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"[]", b"null", b"\xff", b'{"type":"hello"}', b'{"type":"other"}'),
        *(b'{"type":"ready"}', b'{"type":"ready","pid":"7"}', b"[" * 100_000),
    ],
)
def test_that_what_is_no_message_is_a_frame_error(body: bytes) -> None:
    for read in (read_from_child, read_to_child):
        with pytest.raises(FrameError):
            read(body)


@given(st.binary(max_size=200))
def test_that_no_bytes_do_more_than_a_frame_error(body: bytes) -> None:
    try:
        for found in FrameCutter().feed(body):
            read_from_child(found)
    except FrameError:
        pass


def test_that_settings_travel_as_plain_values() -> None:
    assert builtins_of(Map({"a": Map({"b": [1, 2]})})) == {"a": {"b": [1, 2]}}
    with pytest.raises(TypeError, match="does not travel"):
        plain(object())
