"""What an outside screen reader finds on a screen."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.live.waiting import eventually

READER: Final = Path(__file__).with_name("read_screen.py")
SYSTEM_PYTHON: Final = "/usr/bin/python3"
"""The bindings of the screen reader are the system's, not the project's."""

_SECONDS: Final = 60.0


Place = tuple[int, int, int, int]
"""Left, top, width and height on the screen."""

DIALOGS: Final = frozenset({"dialog", "alert", "file chooser", "color chooser"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One thing on the screen with what stands in it; ``left_off`` children were not read."""

    role: str
    name: str
    description: str
    states: frozenset[str]
    text: str
    value: float | None
    place: Place
    children: tuple[Spoken, ...]
    left_off: int

    def walk(self) -> Iterator[Spoken]:
        """Give this and everything in it, from the top."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *, role: str | None = None, name: str | None = None) -> list[Spoken]:
        """Give everything of that role and with that in its name."""
        return [
            it
            for it in self.walk()
            if (role is None or it.role == role) and (name is None or name in it.name)
        ]

    def one(self, *, role: str | None = None, name: str | None = None) -> Spoken:
        """Give the only one of that role and with that in its name."""
        found = self.all(role=role, name=name)
        assert len(found) == 1, f"{len(found)} of {role or 'any role'} named {name!r}"
        return found[0]

    def focused(self) -> Spoken | None:
        """Give what has the keyboard; the innermost where several say so."""
        found = [it for it in self.walk() if "focused" in it.states]
        return found[-1] if found else None

    def says(self, words: str) -> bool:
        """Tell whether anything that shows says this, by its name, description or text."""
        return any(
            words in said
            for it in self.walk()
            if "showing" in it.states
            for said in (it.name, it.description, it.text)
        )

    def questions(self) -> list[str]:
        """Give what stands in the way of everything else: dialogs, and whatever is modal."""
        return [
            f"{it.role} {it.name}"
            for it in self.walk()
            if it.role in DIALOGS or "modal" in it.states
        ]

    def in_sight(self, words: str) -> list[Spoken]:
        """Give what says this and lies whole within everything that it stands in."""
        found: list[Spoken] = []
        self._look_within((), words, found)
        return found

    def _look_within(self, around: tuple[Place, ...], words: str, found: list[Spoken]) -> None:
        if around and "showing" not in self.states:
            return
        within = all(_lies_in(self.place, each) for each in around)
        if within and any(words in said for said in (self.name, self.description, self.text)):
            found.append(self)
        has_place = self.place[2] > 0 and self.place[3] > 0
        for child in self.children:
            child._look_within((*around, self.place) if has_place else around, words, found)

    def nameless(self) -> list[Spoken]:
        """Give what takes the keyboard and has no name."""
        return [it for it in self.walk() if {"focusable", "showing"} <= it.states and not it.name]


def _lies_in(inner: Place, outer: Place) -> bool:
    left, top, width, height = inner
    return (
        width > 0
        and height > 0
        and left >= outer[0]
        and top >= outer[1]
        and left + width <= outer[0] + outer[2]
        and top + height <= outer[1] + outer[3]
    )


def spoken(environment: Mapping[str, str], process: int) -> Spoken | None:
    """Give what the application of this process says now; None where it is not on the bus."""
    done = subprocess.run(
        [SYSTEM_PYTHON, str(READER), "tree", str(process)],
        env=dict(environment),
        check=False,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    if done.returncode == 0:
        return _from_json(json.loads(done.stdout))
    assert done.returncode == 1, done.stderr
    assert not done.stderr.startswith("Traceback"), done.stderr
    return None


def _from_json(found: Mapping[str, Any]) -> Spoken:
    left, top, width, height = found.get("place", (0, 0, 0, 0))
    return Spoken(
        role=found["role"],
        name=found["name"],
        description=found["description"],
        states=frozenset(found["states"]),
        text=found.get("text", ""),
        value=found.get("value"),
        place=(left, top, width, height),
        children=tuple(_from_json(child) for child in found["children"]),
        left_off=found["left_off"],
    )


class Announced:
    """What was announced since listening began."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[str]:
        """Give the announcements in their order."""
        whole = self._path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        return [line["says"] for line in map(json.loads, whole) if "says" in line]

    def listens(self) -> bool:
        """Tell whether the listener is ready."""
        return '"listening"' in self._path.read_text(encoding="utf-8")


@contextlib.contextmanager
def announcements(environment: Mapping[str, str], folder: Path) -> Generator[Announced]:
    """Listen to what is announced to a screen reader, until the end of the block."""
    path = folder / "announced.jsonl"
    with path.open("wb") as out, (folder / "announced.log").open("wb") as log:
        process = subprocess.Popen(
            [SYSTEM_PYTHON, str(READER), "listen", str(600)],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
        )
    try:
        heard = Announced(path)
        eventually(heard.listens, "a listening screen reader", pause=0.05)
        yield heard
    finally:
        process.kill()
        process.wait(5)
