"""What is said about a panel or a page to somebody who asks for help there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpWords:
    """A title, sentences that each stand alone, and keys with what they do here."""

    title: str
    says: tuple[str, ...]
    keys: tuple[tuple[str, str], ...] = ()


_MOVE: Final = (("F6", "the next panel"), ("Ctrl K", "jump to anything, or do it"))

ELSEWHERE: Final = HelpWords(
    title="The console",
    says=(
        "Everything that can be done stands in the palette, in the menu and on the sheet of keys.",
        "What is unknown is drawn as a dashed square with a question mark, with its age in words.",
        "Nothing is shown as recorded before it lies on the disk.",
    ),
    keys=(*_MOVE, ("F10", "the menu"), ("?", "all keys")),
)

HELP: Final[Mapping[str, HelpWords]] = {
    "running": HelpWords(
        title="Running now",
        says=(
            "Every step that runs, is late, waits or can be started, the most urgent first.",
            "The step on the card follows the first row until another one is chosen here.",
            "While a hold stands, nothing forward starts; what runs goes on to its end.",
        ),
        keys=(("Up, Down", "choose a step"), ("Enter", "go to its card"), *_MOVE),
    ),
    "step": HelpWords(
        title="The step card",
        says=(
            "The clock counts to when the step is due, and beyond it below zero.",
            "A step with a check that fails is not completed; two people may override it.",
            "An act for somebody else is recorded with for whom it was, and how it was heard.",
            "A job whose end nobody knows is told here by whoever looked at the system.",
        ),
        keys=(
            ("Enter", "the first button"),
            ("F, W, S, N", "the button with this letter"),
            ("Ctrl Z", "take the last act back"),
            ("Esc", "follow the most urgent step again"),
        ),
    ),
    "timeline": HelpWords(
        title="The timeline",
        says=(
            "A thin outline is the plan, a filled bar what happened, a hatched one the forecast.",
            "While a hold, a no-go or a critical trigger stands, nothing runs on.",
            "The forecast is then drawn as if the night went on now.",
            "A rollback that starts by Latest safe still ends within the window.",
            "From No return on, a step that cannot be undone has begun.",
        ),
        keys=(
            ("Arrows", "walk along the steps"),
            ("Enter", "put the step on the card"),
            ("T", "the same as a table"),
            ("+, -", "a shorter or longer time"),
        ),
    ),
    "left_open": HelpWords(
        title="Left open",
        says=(
            "What the night has put out of its usual state, who closes it, and until when.",
            "The night ends only once each is closed or somebody took it over.",
        ),
        keys=_MOVE,
    ),
    "message": HelpWords(
        title="Messages",
        says=(
            "The next message that is due, with the time that is left.",
            "The draft is written from what is recorded.",
            "Whoever copies it, or opens it as mail, marks it as sent.",
        ),
        keys=(("M", "open the draft"), *_MOVE),
    ),
    "muster": HelpWords(
        title="People",
        says=(
            "Who is needed in the next 30 minutes, why, and how each is reached.",
            "An hour and a quarter of an hour before the night everybody is asked to answer.",
        ),
        keys=(("C", "called"), ("H", "is here"), ("X", "does not come"), *_MOVE),
    ),
    "decision": HelpWords(
        title="Problems and decisions",
        says=(
            "A problem is a question with options, somebody who decides, and a time by which.",
            "Where nobody decides in time, what stands below the options happens.",
        ),
        keys=(("P", "open a problem"), *_MOVE),
    ),
    "poll": HelpWords(
        title="Go or no-go",
        says=(
            "Each station is asked in its order, and its answer is recorded with its reason.",
            "A single no-go holds the night. Whoever wrote or asked for the change does not vote.",
        ),
        keys=(("G", "ask the next station"), *_MOVE),
    ),
    "rollback": HelpWords(
        title="The rollback",
        says=(
            "Ready means that the way back was rehearsed, and that it still fits production.",
            "Arming reads production and changes nothing.",
            "A second person signs, and the button is then held for two seconds.",
            "A rollback counts as done once it is observed, not once it was sent.",
        ),
        keys=(("Ctrl Shift R", "arm"), ("Esc", "disarm"), *_MOVE),
    ),
    "health": HelpWords(
        title="Health",
        says=(
            "Each value with its limit, and the band of the same hour in earlier weeks.",
            "A value older than its time to live turns grey and says since when nothing came.",
            "The marks below the line are steps that started.",
        ),
        keys=_MOVE,
    ),
    "rollbacks": HelpWords(
        title="Prepared rollbacks",
        says=(
            "What each prepared rollback would change, how long it takes, whether it still fits.",
            "One that decayed says why: production moved, or its rehearsal is too old.",
        ),
        keys=(("Ctrl Shift R", "arm"), ("Ctrl 1", "back to the bridge")),
    ),
    "reports": HelpWords(
        title="Reports",
        says=(
            "The night as it was: plan beside actual, decisions, signatures, what was left open.",
            "Every line is in the record and can be verified years later.",
        ),
        keys=(("Ctrl P", "print"), ("Ctrl 1", "back to the bridge")),
    ),
    "import": HelpWords(
        title="Import",
        says=(
            "A runbook that is kept in a spreadsheet is read as it is; nothing is guessed.",
            "What is not understood is listed with sheet, row and cell, and asked about.",
            "The same file again shows what is different.",
        ),
        keys=(("Ctrl 1", "back to the bridge"),),
    ),
    "settings": HelpWords(
        title="Settings",
        says=(
            "A connection is tested before it is kept; its credential lies in the keyring alone.",
            "A key counts once somebody else has confirmed its fingerprint.",
        ),
        keys=(("Ctrl U", "open my key"), ("Ctrl 1", "back to the bridge")),
    ),
}


def help_for(panel: str, page: str) -> HelpWords:
    """Give the help for a panel of the bridge, else for the page, else for the console."""
    return HELP.get(panel) or HELP.get(page) or ELSEWHERE


def about(version: str, python: str, qt: str, store: str) -> HelpWords:
    """Give what the program is, for whoever reports something about it."""
    return HelpWords(
        title="relconsole",
        says=(
            f"Version {version}, on Python {python} and Qt {qt}.",
            f"The record lies in {store}.",
            "Licensed under the Apache License 2.0; what it carries of others is listed with it.",
        ),
    )
