"""What P13 knows of a networked plugin; a further one is a module with a ``Networked``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from relconsole.plugin_api.http import Http
from tests.plugins.serving import Asked, Said


class Target(Protocol):
    """A system that answers, and knows what was done to it."""

    def answer(self, asked: Asked) -> Said:
        """Answer a request."""
        ...


def always(_target: object) -> bool:
    """Tell of an answer that rests on nothing done at the target."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One question to a plugin.

    Its answer is right where it is the one that a sound network gives, or one of ``others``, and
    where ``done`` tells of the target that what the answer says was done there.
    """

    name: str
    ask: Callable[[Any], Awaitable[object]]
    done: Callable[[Any], bool] = always
    others: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Networked:
    """One plugin: how it is made, its verbs, and what stands for its target.

    ``right`` and ``wrong`` make targets that answer in the same form, and never the same; ``mixed``
    answers to another question, or of another thing than was asked. ``untouched`` tells that
    nothing was done at a target, as a refusal says.
    """

    name: str
    make: Callable[[str, Http], object]
    verbs: tuple[Verb, ...]
    right: Callable[[], Target]
    wrong: Callable[[], Target]
    mixed: Callable[[Asked], Said]
    untouched: Callable[[Any], bool]
