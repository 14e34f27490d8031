"""What a plugin raises, by whose move it is; anything else a plugin raises is shown as its fault.

    WorldIsDown              retried, shown as stale
    ├── Unreachable          no connection, or no answer in time
    ├── BadAnswer            an answer that is not in the target's own form
    │   └── Redirected       a redirect, which is never followed
    ├── Busy                 the target asks to wait
    └── NotSent              the console's own: no plugin stood that could be asked
    PersonMustAct            shown: what, why, what to do
    ├── CredentialRefused    the target does not accept the credential
    ├── QuestionRefused      the target cannot answer what was asked
    ├── NotSupported         the plugin or its target has no such ability
    └── SettingsRejected     settings that break the plugin's own schema

No message holds a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from relconsole.domain.kernel.errors import InputRejected, PersonMustAct, WorldIsDown


class Unreachable(WorldIsDown):
    """No connection, or no answer in time."""


class BadAnswer(WorldIsDown):
    """An answer that is not in the target's own form."""


class Redirected(BadAnswer):
    """A redirect, which is never followed; ``headers`` are its own, their names in lower case.

    For a plugin whose target answers a login so. Outside the plugin's process it is a BadAnswer.
    """

    def __init__(self, what: str, *, headers: Mapping[str, str]) -> None:
        """Keep what was redirected, and what came with it."""
        super().__init__(what)
        self.headers = headers


class Busy(WorldIsDown):
    """The target asks to wait; ``retry_after`` holds the seconds where it said how long."""


class NotSent(WorldIsDown):
    """The question never left the console, since no plugin stood that could be asked.

    Raised by the console alone; an effect of which it is raised has not reached its target.
    """


class CredentialRefused(PersonMustAct):
    """The target does not accept the credential, or it may not do this."""


class QuestionRefused(PersonMustAct):
    """The target cannot answer what was asked: a bad query, too many points."""


class NotSupported(PersonMustAct):
    """The plugin or its target has no such ability."""


class SettingsRejected(InputRejected):
    """Settings that break the plugin's own schema; one problem a field."""


WORLD_BY_NAME: Final[Mapping[str, type[WorldIsDown]]] = {
    **{kind.__name__: kind for kind in (Unreachable, BadAnswer, Busy)},
    Redirected.__name__: BadAnswer,
}
PERSON_BY_NAME: Final[Mapping[str, type[PersonMustAct]]] = {
    kind.__name__: kind for kind in (CredentialRefused, QuestionRefused, NotSupported)
}
"""The errors that keep their class on their way out of a plugin's process."""
