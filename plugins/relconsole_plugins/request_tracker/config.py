"""The settings of a connected Request Tracker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.domain.kernel.errors import Problem
from relconsole.domain.kernel.json import JsonObject, as_list, as_text
from relconsole.plugin_api.errors import SettingsRejected

BASIC: Final = "basic"
TOKEN: Final = "token"  # noqa: S105 - the name of a way to sign in, no secret
_UNSAFE: Final = frozenset("'\"\\[]/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """``sign_in`` is a way; ``queue`` and ``approval_queue`` are said, other texts may be empty.

    Without a ``catalog`` there is no CMDB; without a ``service_field`` an asset's name is the id of
    its service, and without a ``version_field`` no version is known.
    """

    queue: str
    lifecycle: str
    approval_queue: str
    digest_field: str
    sign_in: str
    catalog: str
    service_field: str
    version_field: str
    in_use: frozenset[str]


def read_config(settings: JsonObject) -> Config:
    """Give the settings; SettingsRejected for a name that cannot be searched for, or no way in."""
    problems: list[Problem] = []
    for name in ("queue", "approval_queue"):
        written = as_text(settings.get(name))
        if not written.strip() or not written.isprintable() or _UNSAFE & set(written):
            problems.append(_problem(name, f"{written!r} is no name of a queue"))
    catalog = as_text(settings.get("catalog"))
    if catalog and (not catalog.isprintable() or _UNSAFE & set(catalog)):
        problems.append(_problem("catalog", f"{catalog!r} is no name of a catalog"))
    sign_in = as_text(settings.get("sign_in"))
    if sign_in not in (BASIC, TOKEN):
        problems.append(_problem("sign_in", f"{sign_in!r} is neither {BASIC} nor {TOKEN}"))
    if problems:
        raise SettingsRejected(tuple(problems))
    return Config(
        queue=as_text(settings.get("queue")),
        lifecycle=as_text(settings.get("lifecycle")),
        approval_queue=as_text(settings.get("approval_queue")),
        digest_field=as_text(settings.get("digest_field")),
        sign_in=sign_in,
        catalog=catalog.strip(),
        service_field=as_text(settings.get("service_field")),
        version_field=as_text(settings.get("version_field")),
        in_use=frozenset(as_text(status).casefold() for status in as_list(settings.get("in_use"))),
    )


def _problem(name: str, message: str) -> Problem:
    """Give one fault of the settings."""
    return Problem(file="connections.yaml", line=None, field=f"settings.{name}", message=message)
