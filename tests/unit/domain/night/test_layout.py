from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.night.layout import WIDTH, heading, labelled, page, paragraph, section, table


@given(st.text(max_size=300), st.text(max_size=40))
def test_that_no_line_is_wider_than_the_page(text: str, label: str) -> None:
    lines = [
        *paragraph(text),
        *labelled(label.replace("\n", " "), text),
        *heading(label),
        *table([(text, label)], (30, 20)),
    ]
    assert all(len(line) <= WIDTH for line in lines)


def test_that_a_section_without_lines_has_no_heading() -> None:
    assert section("Holds", ()) == []
    assert section("Holds", ("p95",)) == ["", "HOLDS", "  p95"]


def test_that_a_label_without_text_takes_no_line() -> None:
    assert labelled("change", "") == []
    assert labelled("change", "CHG-1") == ["change        CHG-1"]


def test_that_later_lines_of_a_paragraph_hang() -> None:
    lines = paragraph("word " * 40)
    assert lines[0].startswith("  word")
    assert lines[1].startswith("    word")


def test_that_a_cell_that_is_too_long_is_cut_where_all_can_see() -> None:
    assert table([("abcdefgh", "x")], (5, 3)) == ["  abcd… x"]


def test_that_a_page_ends_with_one_newline() -> None:
    assert page(["", "a", "", "b", ""]) == "a\n\nb\n"
