"""Text from elsewhere is shown as it is: nothing hidden, turned round or endless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole_ui.design.text import (
    ELLIPSIS,
    HIDDEN_MARK,
    LINE_MARK,
    LONG_TEXT_CAP,
    safe_text,
    spoken_text,
    tip_text,
)

RIGHT_TO_LEFT_OVERRIDE = "\u202e"
any_text = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    "hidden",
    ["\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\u200f", RIGHT_TO_LEFT_OVERRIDE, "\u2066", "\u2069",
     "\ufeff", "\u00ad", "\u2060", "\U000e0041", "\u3164", "\u2800", "\ud800", "\ue000", "\u061c"],
)  # fmt: skip
def test_that_a_hidden_character_is_seen(hidden: str) -> None:
    assert safe_text(f"pay{hidden}roll") == f"pay{HIDDEN_MARK}roll"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_that_a_line_end_is_one_mark_on_one_line(end: str) -> None:
    assert safe_text(f"one{end}two") == f"one{LINE_MARK}two"
    assert safe_text(f"one{end}two", keeps_lines=True) == "one\ntwo"


def test_that_a_lone_carriage_return_is_seen() -> None:
    assert safe_text("ok\rfailed") == f"ok{HIDDEN_MARK}failed"


def test_that_a_tab_is_seen() -> None:
    assert safe_text("a\tb") == "a→b"


def test_that_markup_stays_what_it_is() -> None:
    assert safe_text("<b>GO</b> &amp;") == "<b>GO</b> &amp;"


@pytest.mark.parametrize("text", ["Zażółć gęślą", "Жук", "ωμέγα", "שלום", "日本語", "0.80\u00a0s"])
def test_that_other_scripts_are_left_alone(text: str) -> None:
    assert safe_text(text) == text


def test_that_marks_do_not_pile_up() -> None:
    assert safe_text("e" + "\u0301" * 40 + "f") == "e" + "\u0301" * 3 + "f"


def test_that_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert safe_text("abcdef", 4) == "abc" + ELLIPSIS
    assert safe_text("abcd", 4) == "abcd"


@given(any_text, st.integers(1, 60))
def test_that_nothing_unsafe_is_ever_left(text: str, cap: int) -> None:
    shown = safe_text(text, cap)
    assert len(shown) <= cap
    assert not any(unicodedata.category(it) in {"Cc", "Cf", "Cs", "Co", "Cn"} for it in shown)


@given(any_text)
def test_that_what_is_safe_stays_so(text: str) -> None:
    shown = safe_text(text)
    assert safe_text(shown) == shown


def test_that_a_tip_escapes_what_looks_like_markup() -> None:
    assert tip_text("<img src=x> & co") == "<span>&lt;img src=x&gt; &amp; co</span>"
    assert tip_text("") == ""


def test_that_a_screen_reader_is_told_a_line_with_an_end_and_nothing_hidden() -> None:
    assert spoken_text("a\u202eb\nc\x1b") == f"a{HIDDEN_MARK}b{LINE_MARK}c{HIDDEN_MARK}"
    assert len(spoken_text("W" * 5_000)) == LONG_TEXT_CAP
