"""What Lighthouse answers."""

from datetime import datetime

import msgspec

from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.monitoring import Alert, Sample, Silence


class _Value(msgspec.Struct):
    labels: dict[str, str]
    value: float
    at: datetime


class _Alert(msgspec.Struct):
    name: str
    labels: dict[str, str]


class _Pause(msgspec.Struct):
    id: str
    services: tuple[str, ...]
    starts: datetime
    ends: datetime
    comment: str


def read_values(answer: Answer) -> tuple[Sample, ...]:
    """Give the values."""
    found = answer.require(200).read(list[_Value])
    return tuple(Sample(labels=one.labels, value=one.value, at=one.at) for one in found)


def read_alerts(answer: Answer) -> tuple[Alert, ...]:
    """Give the alerts."""
    found = answer.require(200).read(list[_Alert])
    return tuple(Alert(name=one.name, state="firing", labels=one.labels) for one in found)


def read_pauses(answer: Answer) -> tuple[Silence, ...]:
    """Give the pauses."""
    return tuple(_silence(one) for one in answer.require(200).read(list[_Pause]))


def read_pause(answer: Answer) -> Silence | None:
    """Give one pause, None where there is none."""
    return None if answer.status == 404 else _silence(answer.require(200, 201).read(_Pause))


def _silence(one: _Pause) -> Silence:
    return Silence(
        id=one.id,
        state="active",
        starts=one.starts,
        ends=one.ends,
        services=one.services,
        comment=one.comment,
    )
