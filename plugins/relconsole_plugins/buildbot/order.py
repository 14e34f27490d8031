"""What goes along with a force call; nothing here is sent.

Buildbot passes over a value for which the scheduler has no field, and takes a default in place of a
blank one. Either would start another job than the one that was meant, so both are refused here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.effects import EffectRequest
from relconsole_plugins.buildbot.config import Job
from relconsole_plugins.buildbot.parse import Builder, Field, Scheduler, mark_of

_REASON: Final = "reason"
_LONGEST_REASON: Final = 180
"""Buildbot keeps 256 characters of a reason, with its own words and the person's name in them."""

_OURS: Final = frozenset({_REASON, "username", "owner", "builderid", "builderNames"})
_TRUTH: Final[Mapping[str, bool]] = {"true": True, "false": False}


class Unfit(ValueError):
    """Parameters that do not fit the force scheduler."""


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``job.start``."""

    job: str
    parameters: dict[str, str] = {}


def params_of(
    job: Job,
    parameters: Mapping[str, str],
    request: EffectRequest,
    scheduler: Scheduler,
    builder: Builder,
) -> Mapping[str, Json]:
    """Give the parameters of the force call; Unfit where it would start something else."""
    if not scheduler.enabled:
        raise Unfit(f"the force scheduler {scheduler.name} is switched off")
    if builder.name not in scheduler.builder_names:
        raise Unfit(f"the force scheduler {scheduler.name} does not start {builder.name}")
    fields = scheduler.fields()
    reason = fields.get(_REASON)
    if reason is None or reason.type == "fixed":
        raise Unfit(f"the force scheduler {scheduler.name} takes no reason")
    both = sorted(set(parameters) & set(job.properties))
    if both:
        raise Unfit(f"the job {job.name} fixes {', '.join(both)}")
    params: dict[str, Json] = {}
    for name, value in {**parameters, **job.properties}.items():
        params[name] = _value(name, value, None if name in _OURS else fields.get(name))
    for name, value in whose(request).items():
        if name in fields and name not in params and value:
            params[name] = value
    return {**params, _REASON: reason_of(request), "builderid": builder.builderid}


def reason_of(request: EffectRequest) -> str:
    """Give the reason: the effect's id first, since the end is cut where it is long."""
    said = [mark_of(request.id)]
    parts = {
        "release": request.release,
        "step": request.step,
        "by": request.person,
        "with": request.second_person,
    }
    said += [f"{word} {value}" for word, value in parts.items() if value]
    return " ".join(said)[:_LONGEST_REASON]


def whose(request: EffectRequest) -> Mapping[str, str]:
    """Give whose effect it is, by the names of the properties that a scheduler may take."""
    return {
        "relconsole_effect_id": request.id,
        "relconsole_release": request.release or "",
        "relconsole_step": request.step or "",
        "relconsole_person": request.person or "",
        "relconsole_second_person": request.second_person or "",
    }


def _value(name: str, value: str, field: Field | None) -> Json:
    """Give a value in the form of its field; Unfit where it would not arrive as it is."""
    if field is None or field.type == "fixed":
        raise Unfit(f"the force scheduler has no field {name} that can be set")
    if field.type == "bool":
        if value not in _TRUTH:
            raise Unfit(f"{name} is true or false, and not {value[:80]!r}")
        return _TRUTH[value]
    if not value.strip() and field.default not in ("", value):
        raise Unfit(f"a blank {name} would become {field.default!r}")
    return [value] if field.multiple else value
