"""The bridge log: which lines, in which words, and how they leave."""

import csv
import io
from dataclasses import replace

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.kernel.ids import EffectId, FactId
from relconsole.domain.night.bridge_commands import Note
from relconsole.domain.night.effect_facts import EffectIntended, EffectSent
from relconsole.domain.night.muster_commands import CallPerson
from relconsole.domain.night.step_commands import Said
from relconsole.domain.record.recorded import Recorded
from relconsole_ui.presenters.log import (
    Book,
    LogWish,
    log_csv,
    log_text,
    present_log,
    write_book,
)
from tests.unit.presenters.night_plan import JO, RELEASE, RUN, SHIFT
from tests.unit.presenters.scenes import Stage, alarm, before, calm, finished


def book_of(stage: Stage) -> Book:
    return write_book(Book(), stage.facts, RUN)


def shown(stage: Stage, **wish: str) -> list[str]:
    rows = present_log(stage.seen(), book_of(stage), LogWish(**wish)).rows
    return [row.what for row in rows]


def test_that_only_facts_of_the_run_are_in_the_book() -> None:
    stage = calm()
    kinds = {line.kind for line in book_of(stage).lines}
    assert "run_opened" in kinds
    assert "release_imported" not in kinds
    assert write_book(Book(), stage.facts, None).lines == ()


def test_that_the_muster_of_the_release_is_in_the_book_of_its_night() -> None:
    stage = before()
    stage.do("00:31", CallPerson(release=RELEASE, person=JO))
    assert write_book(Book(), stage.facts, None, RELEASE).lines[-1].kind == "person_called"
    assert write_book(Book(), stage.facts, None).lines == ()


def test_that_a_book_written_fact_by_fact_is_the_one_written_at_once() -> None:
    stage = finished()
    one_by_one = Book()
    for recorded in stage.facts:
        one_by_one = write_book(one_by_one, (recorded,), RUN)
    assert one_by_one == book_of(stage)


def test_that_what_became_of_an_effect_is_told_with_what_it_was_for() -> None:
    stage = finished()
    intent = next(each for each in stage.facts if isinstance(each.fact, EffectIntended))
    sent = Recorded[ConsoleFact](
        id=FactId("sent"),
        seq=intent.seq + 1,
        at=intent.at,
        by=None,
        key=None,
        fact=EffectSent(run=RUN, effect=EffectId(intent.id)),
    )
    known = write_book(write_book(Book(), (intent,), RUN), (sent,), RUN).lines[-1]
    stranger = write_book(Book(), (sent,), RUN).lines[-1]
    assert "CHG-48213" in known.text or "service-desk" in known.text
    assert known.text != stranger.text


def test_that_the_time_the_person_and_the_words_stand_on_a_line() -> None:
    stage = alarm()
    rows = present_log(stage.seen(), book_of(stage)).rows
    last = rows[-1]
    assert last.cells == (
        "02:16:52",
        "Hanna Berg (by Mara Okafor, voice)",
        "station Payments at leave-canary: no-go: p95 is over its limit",
    )
    assert last.sentence.startswith("02:16:52, Hanna Berg (by Mara Okafor, voice): station")
    assert {row.who for row in rows} >= {"the console", "Mara Okafor"}
    assert last.is_unsigned
    assert not next(row for row in rows if row.who == "the console").is_unsigned


def test_that_a_line_for_somebody_by_an_unknown_way_says_so() -> None:
    stage = calm()
    stage.do("02:12", Note(run=RUN, said=Said(for_person=JO, note="the pager is silent")))
    row = present_log(stage.seen(), book_of(stage)).rows[-1]
    assert row.who == "Jo Reyes (by Mara Okafor)"


def test_that_lines_are_found_by_words_kind_person_and_step() -> None:
    stage = alarm()
    assert shown(stage, text="PAYMENTS no-go") == [
        "station Payments at leave-canary: no-go: p95 is over its limit"
    ]
    assert shown(stage, kind="problem_opened")[0].startswith("problem P1")
    assert all("shift" in each for each in shown(stage, step=SHIFT, kind="check_read"))
    assert len(shown(stage, step=SHIFT, kind="check_read")) == 3
    assert shown(stage, person="hanna") == shown(stage, text="payments no-go")
    assert shown(stage, text="nowhere") == []


def test_that_what_may_be_asked_for_is_what_there_is() -> None:
    stage = alarm()
    rows = present_log(stage.seen(), book_of(stage), LogWish(text="p95"))
    assert rows.note == f"{len(rows.rows)} of {len(book_of(stage).lines)}"
    assert (rows.kinds[0].says, rows.people[0].says, rows.steps[0].says) == (
        "any kind",
        "anybody",
        "any step",
    )
    assert "problem opened" in {each.says for each in rows.kinds}
    assert "Hanna Berg" in {each.says for each in rows.people}
    assert "Shift 25 % traffic to payments-api" in {each.says for each in rows.steps}


def test_that_a_step_that_is_gone_is_named_by_its_id() -> None:
    stage = calm()
    rows = present_log(before().seen(), book_of(stage))
    assert "shift" in {each.says for each in rows.steps}


def test_that_pinned_lines_stand_above_whatever_is_asked() -> None:
    stage = alarm()
    book = book_of(stage)
    first = book.lines[0].seq
    rows = present_log(stage.seen(), book, LogWish(text="nowhere"), frozenset({first}))
    assert [(row.key, row.is_pinned) for row in rows.rows] == [(first, True)]
    assert rows.rows[0].sentence.startswith("pinned, 01:30:00")
    everything = present_log(stage.seen(), book, pinned=frozenset({first})).rows
    assert [row.key for row in everything].count(first) == 1


def test_that_an_empty_log_says_why() -> None:
    stage = calm()
    assert present_log(stage.seen(), Book()).empty == "Nothing is recorded yet."
    none = present_log(stage.seen(), book_of(stage), LogWish(text="nowhere"))
    assert none.empty == "No line fits."


def test_that_a_table_leaves_with_every_column_and_no_formula() -> None:
    stage = calm()
    stage.do("02:12", Note(run=RUN, said=Said(note='=HYPERLINK("x")')))
    book = book_of(stage)
    note = replace(book.lines[-1], text='=HYPERLINK("x")')
    first = book.lines[0]
    found = Book(lines=(first, note))
    table = list(csv.reader(io.StringIO(log_csv(stage.seen(), found, [note.seq]))))
    assert table == [
        ["number", "date", "time", "who", "for", "heard", "kind", "step", "signed", "what"],
        [
            str(note.seq),
            "Tue 21 Apr",
            "02:12:00",
            "mara",
            "",
            "",
            "noted",
            "",
            "no",
            '\'=HYPERLINK("x")',
        ],
    ]


def test_that_text_leaves_a_line_each() -> None:
    stage = alarm()
    book = book_of(stage)
    keys = [line.seq for line in book.lines[-2:]]
    text = log_text(stage.seen(), book, keys)
    assert len(text.splitlines()) == 2
    assert "hanna, recorded by mara (voice): station Payments" in text
