"""P14: untrusted text is text: on every screen, in every tip, to a screen reader, in every file.

A night is told whose every name, title and note is planted; each view of the window is opened
over it and looked at by a recorder of what is painted and a walk over what stands there, and
everything that can be taken out of the console is read back.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.promises.frame import Counts, Harness, Tally
from tests.promises.planted import Fault

if TYPE_CHECKING:
    from relconsole_ui.design.look import Look

A_NIGHT: Final = 50
"""Texts that are planted in one night. It shares no divisor with the number of kinds, so that from
night to night a place is given another kind."""

AS_WRITTEN: Final = 40
"""Characters by which a payload is known again where it is shown."""

_TEXT: Final = "relconsole_ui.design.text"
_WORDS: Final = "relconsole_ui.views.parts.words"
_PAPER: Final = "relconsole.adapters.formats.paper.draw"
_CELL: Final = "relconsole_ui.presenters.words"
_PAGE: Final = "relconsole_ui.presenters.report_html"
_MAIL: Final = "relconsole.domain.night.mailto"
_TERMINAL: Final = "relconsole.cli.words"
_WORKBOOK: Final = "relconsole.adapters.formats.spreadsheet.write"
SCREENS, FILES = "screens", "files"
MUTANTS: Final[Mapping[str, tuple[str, Fault]]] = {
    "a_label_is_markup": (
        SCREENS,
        Fault(_WORDS, "Qt.TextFormat.PlainText", "Qt.TextFormat.RichText"),
    ),
    "tips_are_markup": (
        SCREENS,
        Fault(
            _TEXT, "html.escape(safe_text(text, LONG_TEXT_CAP))", "safe_text(text, LONG_TEXT_CAP)"
        ),
    ),
    "hidden_characters_are_shown": (
        SCREENS,
        Fault(_TEXT, "return HIDDEN_MARK", "return character"),
    ),
    "a_screen_reader_is_told_everything": (
        SCREENS,
        Fault(_TEXT, "    return safe_text(text, LONG_TEXT_CAP)\n", "    return text\n"),
    ),
    "lines_have_no_end": (
        SCREENS,
        Fault(_WORDS, "LONG_TEXT_CAP if wraps else TEXT_CAP", "len(text) + 1"),
    ),
    "words_push_the_window": (
        SCREENS,
        Fault(_WORDS, "if self._elides else hint", "if False else hint"),
    ),
    "a_cell_is_a_formula": (
        FILES,
        Fault(_CELL, 'return f"\'{text}" if begins else', "return"),
    ),
    "a_workbook_reckons": (FILES, Fault(_WORKBOOK, 'made.data_type = "s"', "pass")),
    "a_page_is_not_encoded": (
        FILES,
        Fault(
            "relconsole_ui.presenters.report_html",
            "return html.escape(text, quote=True)",
            "return text",
        ),
    ),
    "paper_reads_markup": (
        FILES,
        Fault(_PAPER, "escape(_fit(library, text, _LONGEST))", "_fit(library, text, _LONGEST)"),
    ),
    "a_mail_is_not_encoded": (
        FILES,
        Fault(_MAIL, "subject={_encoded(subject)}", "subject={subject}"),
    ),
    "a_terminal_obeys": (
        FILES,
        Fault("relconsole.cli.words", "print(plain(lines))", "print(lines)"),
    ),
}
"""Each with where it must be seen, and the fault."""


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Plant the payloads night by night, and look everywhere."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    only = None
    if mutant is not None:
        only, fault = MUTANTS[mutant]
        fault.plant()
    from PySide6.QtWidgets import QApplication

    from relconsole_ui.design import theme
    from relconsole_ui.design.look import Look
    from tests.promises.payloads import payloads

    planted = payloads(counts["payloads"])
    app = QApplication.instance() or QApplication(["relconsole"])
    assert isinstance(app, QApplication)
    app.setStyle(theme.STYLE)
    found: list[str] = []
    places = 0
    with tempfile.TemporaryDirectory() as cache:
        look = Look(reduced_motion=True)
        theme.apply(app, look, Path(cache))
        for start in range(0, len(planted), A_NIGHT):
            looked, wrong = _night(look, planted[start : start + A_NIGHT], only)
            places += looked
            found += wrong
            if mutant is not None and found:
                break
    print(f"{places} places", file=sys.stderr)
    return Tally(
        cases={"payloads": len(planted), "places": places},
        violations=tuple(dict.fromkeys(found)),
    )


def _night(look: Look, texts: Sequence[str], only: str | None) -> tuple[int, list[str]]:
    """Give the places that were looked at over one night, and what was wrong."""
    from tests.gui.screens.console import ConsoleOnStage, edge_is_stale
    from tests.promises.text_leaving import leaving
    from tests.promises.text_night import poisoned
    from tests.promises.text_screens import look_at
    from tests.promises.text_views import views

    stage = poisoned(texts)
    console = ConsoleOnStage(look, stage, edge_is_stale(stage.now))
    places = 0
    shown: set[str] = set()
    wrong: list[str] = []
    try:
        console.show()
        if only != SCREENS:
            console.window.open_page("reports")
            for where, found in leaving(console, texts):
                places += 1
                wrong += [f"{where}: {each}" for each in _gathered(found)]
            console.window.open_page("bridge")
        if only != FILES:
            for where, turn in views(console, look, texts):
                turn()
                console.settle()
                seen, found_here = look_at(console, where)
                places += 1
                shown |= seen
                wrong += found_here
                if only and wrong:
                    break
            if only is None:
                wrong += _unseen(texts, shown)
    finally:
        console.close()
    return places, wrong


def _gathered(look: Callable[[], Iterable[str]]) -> list[str]:
    """Give what is wrong with what leaves; where it cannot even be written, that is."""
    try:
        return list(look())
    except Exception as error:  # noqa: BLE001 - whatever a text brings about is a broken promise
        return [f"it cannot be written: {error!r}"[:300]]


def _unseen(texts: Sequence[str], shown: Iterable[str]) -> list[str]:
    """Give the texts that no view showed as they were written."""
    from relconsole_ui.design.text import ELLIPSIS, safe_text

    every = "\n".join(shown)
    heads = {text: safe_text(text.strip(), AS_WRITTEN).rstrip(ELLIPSIS) for text in texts}
    return [
        f"nowhere shown as it is written: {text[:60]!a}"
        for text in texts
        if heads[text] not in every
    ]


HARNESS: Final = Harness(
    promise="P14",
    title="untrusted text is text",
    counts={
        "payloads": Counts(pr=300, release=3_000),
        "places": Counts(pr=250, release=2_500),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"payloads": 300, "places": 1},
)
