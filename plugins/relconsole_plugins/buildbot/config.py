"""The jobs of a connected Buildbot, from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.settings import read_each


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A builder and the force scheduler that starts it; ``properties`` go along each time."""

    name: str
    scheduler: str
    builder: str
    properties: Mapping[str, str]


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A job as written."""

    scheduler: str
    builder: str
    properties: dict[str, str] = {}


def read_jobs(settings: Mapping[str, Json]) -> Mapping[str, Job]:
    """Give the jobs by name; SettingsRejected with a problem for each that is none."""
    return read_each(settings, "jobs", _Written, _job)


def _job(name: str, written: _Written) -> Job:
    """Give a job; ValueError for one that names nothing."""
    if not written.scheduler.strip() or not written.builder.strip():
        raise ValueError("a job names a scheduler and a builder")
    return Job(
        name=name,
        scheduler=written.scheduler,
        builder=written.builder,
        properties=written.properties,
    )
