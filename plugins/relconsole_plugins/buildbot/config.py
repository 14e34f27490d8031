"""The jobs of a connected Buildbot, from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from relconsole.domain.kernel.errors import Problem
from relconsole.domain.kernel.json import Json, as_object
from relconsole.plugin_api.errors import SettingsRejected


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
    jobs: dict[str, Job] = {}
    problems: list[Problem] = []
    for name, written in as_object(settings.get("jobs")).items():
        try:
            jobs[name] = _job(name, msgspec.convert(written, _Written))
        except (msgspec.ValidationError, ValueError) as wrong:
            field = f"settings.jobs.{name}"
            problems.append(
                Problem(file="connections.yaml", line=None, field=field, message=str(wrong))
            )
    if problems:
        raise SettingsRejected(tuple(problems))
    return jobs


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
