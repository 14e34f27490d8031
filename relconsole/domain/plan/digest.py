"""Digests of steps and plans: what an approval, a rehearsal or a vote is bound to.

A step's digest covers the step as written and what it calls (script, job definition), read by
somebody else and given here by its own digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, cast

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.record.canonical import digest_of

_FORM: Final = 1
"""Named in every digest; raised when the default of a field changes its meaning."""


class _NoDefault:
    """Equal to no value."""


_NO_DEFAULT: Final = _NoDefault()


def step_digest(step: Step, calls: Digest | None) -> Digest:
    """Give the digest of a step and of what it calls.

    ``calls`` None means that there is nothing to call or that it could not be read, which is itself
    part of the digest: what was approved unread is not what is read later.
    """
    return digest_of({"form": _FORM, "step": plain_of(step), "calls": calls})


def plan_digest(runbook: Runbook, calls: Mapping[StepId, Digest | None]) -> Digest:
    """Give the digest of a whole plan: its steps by their digests, in their order, and its figures.

    A step that ``calls`` does not name counts as one whose calls could not be read. Relief counts
    where there is any.
    """
    relief: list[Json] = [
        [step.id, step_digest(step, calls.get(step.id))] for step in runbook.relief
    ]
    return digest_of(
        {
            "form": _FORM,
            "steps": [[step.id, step_digest(step, calls.get(step.id))] for step in runbook.steps],
            "deadline": plain_of(runbook.deadline),
            "decision_time": plain_of(runbook.decision_time),
            "verification": plain_of(runbook.verification),
            "unrehearsed_factor": runbook.unrehearsed_factor,
            **({"relief": relief} if relief else {}),
        }
    )


def plain_of(value: object) -> Json:
    """Give the JSON of a frozen value for a digest; Bug for a type that has none.

    A field that holds its default is left out, so that a field which a later version adds leaves
    the digests of plans that do not use it as they were. Durations are microseconds.
    """
    match value:
        case None | bool() | int() | float():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case datetime() if value.tzinfo is None:
            return value.isoformat()
        case datetime():
            return format_instant(value)
        case time():
            return value.isoformat()
        case timedelta():
            return value // timedelta(microseconds=1)
        case tuple():
            items = cast("tuple[object, ...]", value)
            return [plain_of(item) for item in items]
        case Mapping():
            pairs = cast("Mapping[str, object]", value)
            return {key: plain_of(item) for key, item in pairs.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            held = {field: plain_of(getattr(value, field.name)) for field in fields(value)}
            return {field.name: item for field, item in held.items() if item != _default_of(field)}
        case _:
            raise Bug(f"{type(value).__name__} has no place in a digest")


def _default_of(field: Field[object]) -> Json | _NoDefault:
    """Give the default of a field in its plain form, so that all mappings of one content agree."""
    if field.default is not MISSING:
        return plain_of(field.default)
    if field.default_factory is not MISSING:
        return plain_of(field.default_factory())
    return _NO_DEFAULT
