"""The CI kind: jobs that deploy, migrate, switch.

Effect kind ``job.start``; payload ``{"job": text, "parameters": {name: text}}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from relconsole.domain.kernel.ids import Digest
from relconsole.domain.record import effect_kinds
from relconsole.plugin_api.effects import Effects

JOB_START = effect_kinds.JOB_START


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDescription:
    """What a job would run: a digest of its script, definition and configuration.

    ``digest`` None means that it could not be read, for the reason in ``unreadable``.
    """

    job: str
    digest: Digest | None
    summary: str
    unreadable: str = ""


class CI(Effects, Protocol):
    """A CI system."""

    async def describe(self, job: str) -> JobDescription:
        """Give the job as it stands now, read again at each call."""
        ...
