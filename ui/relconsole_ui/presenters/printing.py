"""What is said of a print: that it is made, where it lies, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relconsole.domain.night.facts import GateDecided, RunOpened
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock_seconds


class PrintCause(StrEnum):
    """Why a print is made."""

    ASKED = "asked"
    OPENED = "opening"
    GATE = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRows:
    """A line about a print; ``path`` is where it lies, empty where there is none."""

    says: str
    path: str = ""
    is_busy: bool = False
    is_wrong: bool = False


def cause_of(fact: object) -> PrintCause | None:
    """Give why a fact calls for a print, None where it does not."""
    match fact:
        case RunOpened(rehearsal=False):
            return PrintCause.OPENED
        case GateDecided():
            return PrintCause.GATE
        case _:
            return None


def present_printing(seen: Seen, cause: PrintCause) -> PrintRows:
    """Give the line while a print is made."""
    why = {
        PrintCause.ASKED: "",
        PrintCause.OPENED: " for the opening of the night",
        PrintCause.GATE: " for the gate",
    }[cause]
    return PrintRows(says=f"Printing {seen.release.title}{why}", is_busy=True)


def present_printed(seen: Seen, path: str, digest: str) -> PrintRows:
    """Give the line once a print lies there."""
    at = clock_seconds(seen.now, seen.zone)
    return PrintRows(says=f"Printed {at}, digest {digest[:12]}: {path}", path=path)


def present_not_printed(why: str) -> PrintRows:
    """Give the line where there is no print."""
    return PrintRows(says=f"Not printed. {why}", is_wrong=True)
