from __future__ import annotations

import re
from dataclasses import replace

from relconsole.adapters.formats.paper.blocks import (
    Cell,
    Facts,
    Lines,
    Sheet,
    Table,
    cell,
    facts,
    lines,
)
from relconsole.adapters.formats.paper.compose import compose_sheet
from relconsole.adapters.formats.paper.draw import draw_sheet, register_faces
from relconsole.adapters.formats.paper.printing import print_night
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import ReleaseId, StepId
from relconsole.domain.plan.runbook import Runbook
from tests.unit.domain.night.scenes import PLAN, at, begin, estate, release, runbook
from tests.unit.formats_paper.scenes import paper, under_way

PAGE = re.compile(rb"/Type /Page\b(?!s)")


def pages_of(pdf: bytes) -> int:
    return len(PAGE.findall(pdf))


def test_that_the_same_night_gives_the_same_bytes() -> None:
    asked = paper(under_way())
    people = asked.estate.people
    turned = Estate(people={name: people[name] for name in sorted(people, reverse=True)})
    one, other = print_night(asked), print_night(replace(asked, estate=turned))
    assert one == other
    assert one.pdf.startswith(b"%PDF-")
    assert one.digest == compose_sheet(asked).digest


def test_that_state_people_runbook_rollback_and_log_start_pages_of_their_own() -> None:
    assert pages_of(print_night(paper(under_way())).pdf) == 5


def test_that_a_long_runbook_goes_on_over_as_many_pages_as_it_needs() -> None:
    more = tuple(
        replace(runbook().steps[1], id=StepId(f"step-{number}"), after=()) for number in range(200)
    )
    asked = replace(paper(), release=release(Runbook(steps=more)))
    assert pages_of(print_night(asked).pdf) > 10


def test_that_the_name_of_the_file_is_generated_and_holds_no_path() -> None:
    asked = replace(paper(), release=replace(release(), id=ReleaseId("../../etc/Pass wd\n" * 9)))
    name = print_night(asked).name
    assert re.fullmatch(r"night-[a-z0-9-]{1,40}-20260420T230000000000Z-[0-9a-f]{8}\.pdf", name)
    nameless = replace(paper(), release=replace(release(), id=ReleaseId("支付")))
    assert print_night(nameless).name.startswith("night-release-")


def test_that_a_strangers_markup_and_letters_are_printed_as_they_are() -> None:
    title = '<img src="/etc/passwd"/><b>x</b> &amp; 支付 \u202e $x_{$ Łódź' + "w" * 5000
    plan = Runbook(steps=tuple(replace(step, title=title, note=title) for step in runbook().steps))
    asked = replace(paper(), release=replace(release(plan), title=title))
    found = print_night(asked)
    assert pages_of(found.pdf) < 12
    assert b"/XObject" not in found.pdf


def test_that_a_text_higher_than_a_page_goes_on_over_the_next_ones() -> None:
    long = "word " * 2_000
    tall = Table(head=("What",), widths=(20.0,), rows=((Cell(text=long),),))
    blocks = (Facts(rows=(("note", long),)), Lines(lines=(long,), boxed=True), tall)
    sheet = Sheet(title="t", printed="now", plan=PLAN, blocks=blocks)
    assert pages_of(draw_sheet(sheet)) > 2


def test_that_an_installation_without_the_charts_fonts_still_prints() -> None:
    own = register_faces(charts="no_such_library")
    assert ord("ü") in own
    assert ord("☑") not in own
    assert {ord(letter) for letter in "üŁ☑☐☒▶◔–"} <= register_faces()


def test_that_any_change_of_what_is_printed_changes_the_digest() -> None:
    sheet = compose_sheet(paper(under_way()))
    digests = {
        sheet.digest,
        compose_sheet(replace(paper(under_way()), made_at=at(12))).digest,
        compose_sheet(paper(begin())).digest,
        compose_sheet(replace(paper(under_way()), estate=Estate())).digest,
    }
    assert len(digests) == 4
    assert estate().people


def test_that_texts_are_cleaned_and_capped_as_they_enter_a_block() -> None:
    assert cell("a\nb", "", "x" * 5000).below[0][-1] == "…"
    assert facts([("a", ""), ("b", "c\td")]).rows == (("b", "c d"),)
    assert lines(["a\x1bb"]).lines == ("a\ufffdb",)
    one = Sheet(title="t", printed="now", plan=PLAN, blocks=(Lines(lines=("a",)),))
    assert one.digest != replace(one, blocks=(Lines(lines=("a",), boxed=True),)).digest
