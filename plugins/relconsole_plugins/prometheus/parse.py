"""What Prometheus and Alertmanager answer, in their own form and then in ours.

Prometheus writes values as text, since JSON knows neither NaN nor infinity; an empty vector is no
value and never zero. Alertmanager's error bodies are a bare text, an object, or nothing at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec

from relconsole.domain.kernel.instants import in_utc
from relconsole.plugin_api.errors import BadAnswer, NotSupported, QuestionRefused
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.monitoring import (
    Alert,
    QueryAnswer,
    RangeAnswer,
    Rule,
    Sample,
    Series,
    Silence,
)

_NUMBER: Final = re.compile(r"[+-]?(?:Inf|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|NaN")
_ALTERNATIVES: Final = re.compile(r"(?:[^\\|()\[\]{}.*+?^$]|\\.)+")
_LONGEST_REASON: Final = 300

Form = TypeVar("Form")
Point = tuple[float, str]


class Envelope(msgspec.Struct, frozen=True):
    """What every answer of Prometheus is wrapped in."""

    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    errorType: str = ""  # noqa: N815 - the target's name
    error: str = ""
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()


class _Result(msgspec.Struct, frozen=True):
    """The result of a query, its form told by ``resultType``."""

    resultType: str  # noqa: N815 - the target's name
    result: msgspec.Raw


class _Valued(msgspec.Struct, frozen=True):
    """One series of a vector."""

    metric: dict[str, str]
    value: Point | None = None


class _Ranged(msgspec.Struct, frozen=True):
    """One series of a matrix."""

    metric: dict[str, str]
    values: list[Point] | None = None


class _Rule(msgspec.Struct, frozen=True):
    name: str
    query: str
    state: str = ""
    health: str = ""


class _Group(msgspec.Struct, frozen=True):
    rules: list[_Rule]


class _Groups(msgspec.Struct, frozen=True):
    groups: list[_Group]


class _Alert(msgspec.Struct, frozen=True):
    labels: dict[str, str]
    state: str
    annotations: dict[str, str] = {}
    activeAt: datetime | None = None  # noqa: N815 - the target's name


class _Alerts(msgspec.Struct, frozen=True):
    alerts: list[_Alert]


class _Build(msgspec.Struct, frozen=True):
    version: str


class _Status(msgspec.Struct, frozen=True):
    versionInfo: _Build  # noqa: N815 - the target's name


class _AlertStatus(msgspec.Struct, frozen=True):
    state: str
    silencedBy: tuple[str, ...]  # noqa: N815 - the target's name


class _RoutedAlert(msgspec.Struct, frozen=True):
    labels: dict[str, str]
    status: _AlertStatus
    startsAt: datetime  # noqa: N815 - the target's name
    annotations: dict[str, str] = {}


class _Matcher(msgspec.Struct, frozen=True):
    name: str
    value: str
    isRegex: bool  # noqa: N815 - the target's name
    isEqual: bool = True  # noqa: N815 - the target's name


class _SilenceStatus(msgspec.Struct, frozen=True):
    state: str


class _Silence(msgspec.Struct, frozen=True):
    id: str
    status: _SilenceStatus
    matchers: list[_Matcher]
    startsAt: datetime  # noqa: N815 - the target's name
    endsAt: datetime  # noqa: N815 - the target's name
    comment: str = ""
    createdBy: str = ""  # noqa: N815 - the target's name


class _Created(msgspec.Struct, frozen=True):
    silenceID: str  # noqa: N815 - the target's name


class _Refusal(msgspec.Struct, frozen=True):
    message: str


def read_envelope(answer: Answer) -> Envelope:
    """Give the data of a good answer; QuestionRefused where the question was at fault.

    400 is a bad query or too many points, 422 one that cannot be computed; both are the same
    whenever they are asked.
    """
    if answer.status in (400, 422):
        said = answer.read(Envelope)
        raise QuestionRefused(
            f"Prometheus refuses the query: {said.error[:_LONGEST_REASON]} ({said.errorType}).",
            do="Correct the query, its range or its step.",
        )
    envelope = answer.require(200).read(Envelope)
    if envelope.status != "success":
        raise BadAnswer(f"{answer.asked}: answered {envelope.status!r}: {envelope.error[:200]}")
    return envelope


def read_vector(envelope: Envelope) -> QueryAnswer:
    """Give an instant answer; a scalar is one sample without labels."""
    result = _data(envelope.data, _Result)
    warnings = (*envelope.warnings, *envelope.infos)
    match result.resultType:
        case "vector":
            rows = _data(result.result, list[_Valued])
            samples = tuple(_sample(row.metric, _point(row.value)) for row in rows)
        case "scalar":
            samples = (_sample({}, _data(result.result, tuple[float, str])),)
        case _:
            raise QuestionRefused(
                f"The query gives a {result.resultType[:40]}, not values of one instant.",
                do="Ask for an instant vector or a scalar.",
            )
    return QueryAnswer(samples=samples, warnings=warnings)


def read_matrix(envelope: Envelope) -> RangeAnswer:
    """Give a range answer."""
    result = _data(envelope.data, _Result)
    if result.resultType != "matrix":
        raise BadAnswer(f"a range was answered with a {result.resultType[:40]!r}")
    series: list[Series] = []
    for row in _data(result.result, list[_Ranged]):
        if row.values is None:
            raise _histogram()
        # The labels stand once on the series: repeating them in every sample says nothing more.
        samples = tuple(_sample({}, point) for point in row.values)
        series.append(Series(labels=row.metric, samples=samples))
    return RangeAnswer(series=tuple(series), warnings=(*envelope.warnings, *envelope.infos))


def read_rules(envelope: Envelope) -> tuple[Rule, ...]:
    """Give the rules of all groups, in the target's order."""
    groups = _data(envelope.data, _Groups).groups
    return tuple(
        Rule(name=rule.name, query=rule.query, state=rule.state, health=rule.health)
        for group in groups
        for rule in group.rules
    )


def read_alerts(envelope: Envelope) -> tuple[Alert, ...]:
    """Give what is pending or firing by Prometheus itself, which knows no silences."""
    return tuple(
        Alert(
            name=alert.labels.get("alertname", ""),
            state=alert.state,
            labels=alert.labels,
            since=None if alert.activeAt is None else in_utc(alert.activeAt),
            summary=alert.annotations.get("summary", ""),
        )
        for alert in _data(envelope.data, _Alerts).alerts
    )


def read_version(envelope: Envelope) -> str:
    """Give the version of the server."""
    return _data(envelope.data, _Build).version


def read_routed(answer: Answer) -> tuple[Alert, ...]:
    """Give Alertmanager's alerts, which are all firing, with the silences that mute them."""
    return tuple(
        Alert(
            name=alert.labels.get("alertname", ""),
            state="firing",
            labels=alert.labels,
            since=in_utc(alert.startsAt),
            summary=alert.annotations.get("summary", ""),
            silenced_by=alert.status.silencedBy,
        )
        for alert in answer.require(200).read(list[_RoutedAlert])
    )


def read_silences(answer: Answer, service_label: str) -> tuple[Silence, ...]:
    """Give Alertmanager's silences, expired ones too."""
    return tuple(
        _silence(found, service_label) for found in answer.require(200).read(list[_Silence])
    )


def read_silence(answer: Answer, service_label: str, wanted: str) -> Silence | None:
    """Give the silence of this id, None where there is none.

    Alertmanager's 404 has no body; one with a body is somebody else's, who knows no silences.
    """
    if answer.status == 404 and not answer.body:  # noqa: PLR2004 - HTTP's own number
        return None
    found = answer.require(200).read(_Silence)
    if found.id != wanted:
        raise BadAnswer(f"{answer.asked}: answered with the silence {found.id[:60]!r}")
    return _silence(found, service_label)


def read_created(answer: Answer) -> str:
    """Give the id of a silence that was just made."""
    return answer.require(200).read(_Created).silenceID


def read_manager(answer: Answer) -> str:
    """Give the version of an Alertmanager."""
    return answer.require(200).read(_Status).versionInfo.version


def read_refusal(answer: Answer) -> str:
    """Give why Alertmanager refused, from whichever of its error bodies."""
    try:
        said = answer.read(str)
    except BadAnswer:
        try:
            said = answer.read(_Refusal).message
        except BadAnswer:
            said = answer.excerpt()
    return " ".join(said.split())[:_LONGEST_REASON] or f"status {answer.status}"


def pattern_of(services: tuple[str, ...]) -> str:
    """Give the regular expression that matches exactly these services; Alertmanager anchors it."""
    return "|".join(re.sub(r"([\\|()\[\]{}.*+?^$])", r"\\\1", service) for service in services)


def _services_of(matcher: _Matcher) -> tuple[str, ...]:
    """Give the services of a matcher; none where it is no plain list of them."""
    if not matcher.isEqual:
        return ()
    if not matcher.isRegex:
        return (matcher.value,)
    pieces = _ALTERNATIVES.findall(matcher.value)
    if "|".join(pieces) != matcher.value:
        return ()
    return tuple(re.sub(r"\\(.)", r"\1", piece) for piece in pieces)


def _silence(found: _Silence, service_label: str) -> Silence:
    services = [
        service
        for matcher in found.matchers
        if matcher.name == service_label
        for service in _services_of(matcher)
    ]
    return Silence(
        id=found.id,
        state=found.status.state,
        starts=in_utc(found.startsAt),
        ends=in_utc(found.endsAt),
        services=tuple(services),
        comment=found.comment,
        author=found.createdBy,
    )


def _sample(labels: Mapping[str, str], point: Point) -> Sample:
    at, written = point
    if not _NUMBER.fullmatch(written):
        raise BadAnswer(f"{written[:40]!r} is no value of a sample")
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError, ValueError) as wrong:
        raise BadAnswer(f"a sample at {at}, which is no instant") from wrong
    value = math.nan if written == "NaN" else float(written)
    return Sample(labels=labels, value=value, at=moment)


def _point(value: Point | None) -> Point:
    if value is None:
        raise _histogram()
    return value


def _histogram() -> NotSupported:
    return NotSupported(
        "The query gives a native histogram, which is no single value.",
        do="Ask for one of its quantiles, its sum or its count.",
    )


def _data(raw: msgspec.Raw, form: type[Form]) -> Form:
    """Give a part of an answer in its form; BadAnswer where it is of another."""
    try:
        return msgspec.json.decode(raw, type=form)
    except (msgspec.MsgspecError, RecursionError) as wrong:
        raise BadAnswer(f"Prometheus answered in another form: {wrong}") from wrong
