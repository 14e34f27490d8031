"""The one tree of errors, by whose move it is.

    RelconsoleError
    ├── PersonMustAct        shown: what is wrong, why, what to do
    │   └── InputRejected    bad input, refused whole, with file, line and field
    ├── WorldIsDown          another system, the disk or the keyring; retried, shown as stale
    ├── RuleRefuses          a domain answer that travelled as an exception to a front end
    └── Bug                  ours; never shown as the person's fault

Adapters map foreign errors onto this tree, always ``from`` the original. No message holds a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relconsole.domain.kernel.refusal import Refusal


class RelconsoleError(Exception):
    """Root of every error that this program raises on purpose."""


class PersonMustAct(RelconsoleError):
    """Something only a person can put right."""

    def __init__(self, what: str, *, why: str = "", do: str = "") -> None:
        """Keep what is wrong, why, and what to do, each one sentence."""
        super().__init__(" ".join(part for part in (what, why, do) if part))
        self.what = what
        self.why = why
        self.do = do


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of an input: where it stands and what is wrong with it.

    ``line`` counts from 1, None where a format has no lines; ``field`` is a dotted path such as
    ``runbook.steps[3].undo.kind``, empty for the whole file.
    """

    file: str
    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        """Give ``file:line: field: message`` with the parts that exist."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.field, self.message) if part)


class InputRejected(PersonMustAct):
    """An input was refused whole; what was there before is untouched."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems, at least one, in the order of the input."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class WorldIsDown(RelconsoleError):
    """A system outside this program did not answer, or not in time, or not in its own form."""

    def __init__(self, what: str, *, system: str = "", retry_after: float | None = None) -> None:
        """Keep what failed, which system, and the seconds it asked us to wait, if it did."""
        super().__init__(what)
        self.what = what
        self.system = system
        self.retry_after = retry_after


class RuleRefuses(RelconsoleError):
    """A rule said no; the refusal carries every reason."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the refusal whole, so that a front end can show each reason."""
        super().__init__(str(refusal))
        self.refusal = refusal


class Bug(RelconsoleError):
    """A state that our own code promised could not be."""
