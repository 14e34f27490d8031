"""What each question to a plugin carries, and what its answer may be: checked at both ends.

A plugin's method bears the name of its verb and takes the question's fields in their order. Values
that JSON cannot tell apart, or cannot hold, have a form of their own here: the two answers of
``perform`` and ``find``, and samples that are no number or infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, TypeVar, cast

import msgspec

from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId
from relconsole.domain.kernel.json import JsonObject
from relconsole.plugin_api.ci import JobDescription
from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import BadAnswer
from relconsole.plugin_api.frames import builtins_of, plain
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.plugin_api.monitoring import (
    Alert,
    QueryAnswer,
    RangeAnswer,
    Rule,
    Sample,
    Series,
    Silence,
)

Reply = TypeVar("Reply")
Reply_co = TypeVar("Reply_co", covariant=True)
Wired = TypeVar("Wired")
_MIB: Final = 1 << 20
_WORDS: Final = {"NaN": math.nan, "+Inf": math.inf, "-Inf": -math.inf}


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The arguments of a verb without any."""


class OfKind(Question, frozen=True, kw_only=True):
    """A question about a kind of effect."""

    kind: str


class OfEffect(Question, frozen=True, kw_only=True):
    """A question about an effect by its own id."""

    kind: str
    effect: str


class OfRemote(Question, frozen=True, kw_only=True):
    """A question about an effect by the target's id."""

    kind: str
    remote: str


class Cancelling(Question, frozen=True, kw_only=True):
    """An effect to stop."""

    kind: str
    remote: str
    reason: str


class Performing(Question, frozen=True, kw_only=True):
    """An effect to perform."""

    id: str
    kind: str
    payload: dict[str, object]
    release: str | None = None
    step: str | None = None
    person: str | None = None
    second_person: str | None = None


class OfJob(Question, frozen=True, kw_only=True):
    """A question about a job."""

    job: str


class OfChange(Question, frozen=True, kw_only=True):
    """A question about a change record."""

    change: str


class OfQuery(Question, frozen=True, kw_only=True):
    """A query for now."""

    query: str


class OfRange(Question, frozen=True, kw_only=True):
    """A query over a range."""

    query: str
    start: datetime
    end: datetime
    step: timedelta


class _Performed(msgspec.Struct, frozen=True, kw_only=True):
    """Taken under a remote id, or refused for a reason."""

    remote: str | None = None
    refused: str | None = None


class _Sought(msgspec.Struct, frozen=True, kw_only=True):
    """The remote id, None where there is none."""

    remote: str | None


class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A sample; a value that is no finite number is a word."""

    labels: dict[str, str]
    value: float | str
    at: datetime


class _Vector(msgspec.Struct, frozen=True, kw_only=True):
    """An instant answer."""

    samples: tuple[_Sample, ...]
    warnings: tuple[str, ...] = ()


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """A series, its instants as seconds since 1970."""

    labels: dict[str, str]
    at: list[float]
    values: list[float | str]


class _Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """A range answer."""

    series: tuple[_Row, ...]
    warnings: tuple[str, ...] = ()


class Verb(Generic[Reply_co]):
    """One verb: its question, its answer in both forms, and the most bytes that it may have."""

    def __init__(
        self,
        name: str,
        question: type[Question],
        wired: type[Wired],
        unpack: Callable[[Wired], Reply_co],
        pack: Callable[[object], object],
        cap: int = _MIB,
    ) -> None:
        """Keep what the verb is made of."""
        self.name: Final = name
        self.cap: Final = cap
        self._question: Final = msgspec.json.Decoder(question)
        decoder = msgspec.json.Decoder(wired)
        self._read: Final[Callable[[bytes], Reply_co]] = lambda raw: unpack(decoder.decode(raw))
        self._pack: Final = pack

    def arguments(self, raw: msgspec.Raw) -> tuple[object, ...]:
        """Give what the plugin's method takes; ValueError where the bytes are no such question."""
        asked = self._question.decode(raw)
        if isinstance(asked, Performing):
            return (_request(asked),)
        return tuple(getattr(asked, name) for name in asked.__struct_fields__)

    def encode(self, reply: object) -> bytes:
        """Give the bytes of a plugin's reply; BadAnswer where it is of no such form."""
        try:
            return msgspec.json.encode(self._pack(reply), enc_hook=plain)
        except (TypeError, ValueError, AttributeError, RecursionError) as wrong:
            given = type(reply).__name__
            raise BadAnswer(f"the plugin answered {self.name} with a {given}: {wrong}") from wrong

    def decode(self, raw: bytes) -> Reply_co:
        """Give the reply; BadAnswer where the bytes are no such form."""
        try:
            return self._read(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
            raise BadAnswer(f"no answer to {self.name}: {wrong}") from wrong


def question_of(request: EffectRequest) -> Performing:
    """Give an effect in the form in which it travels."""
    return Performing(
        id=request.id,
        kind=request.kind,
        payload=builtins_of(request.payload),
        release=request.release,
        step=request.step,
        person=request.person,
        second_person=request.second_person,
    )


def _request(asked: Performing) -> EffectRequest:
    payload = cast("JsonObject", asked.payload)
    return EffectRequest(
        id=EffectId(asked.id),
        kind=asked.kind,
        payload=payload,
        release=None if asked.release is None else ReleaseId(asked.release),
        step=None if asked.step is None else StepId(asked.step),
        person=None if asked.person is None else PersonId(asked.person),
        second_person=None if asked.second_person is None else PersonId(asked.second_person),
    )


def _same(value: Reply) -> Reply:
    return value


def _pack_performed(reply: object) -> _Performed:
    match reply:
        case Acknowledged(remote=remote):
            return _Performed(remote=remote)
        case TargetRefused(reason=reason):
            return _Performed(refused=reason)
        case _:
            raise TypeError("neither acknowledged nor refused")


def _unpack_performed(wired: _Performed) -> Acknowledged | TargetRefused:
    match wired:
        case _Performed(remote=str() as remote, refused=None):
            return Acknowledged(remote=remote)
        case _Performed(remote=None, refused=str() as reason):
            return TargetRefused(reason=reason)
        case _:
            raise ValueError("neither acknowledged nor refused")


def _pack_sought(reply: object) -> _Sought:
    match reply:
        case Found(remote=remote):
            return _Sought(remote=remote)
        case NotFound():
            return _Sought(remote=None)
        case _:
            raise TypeError("neither found nor not found")


def _unpack_sought(wired: _Sought) -> Found | NotFound:
    return NotFound() if wired.remote is None else Found(remote=wired.remote)


def _word(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"


def _number(written: float | str) -> float:
    if isinstance(written, str):
        if written not in _WORDS:
            raise ValueError(f"{written!r} is no value of a sample")
        return _WORDS[written]
    return written


def _pack_vector(reply: object) -> _Vector:
    if not isinstance(reply, QueryAnswer):
        raise TypeError("no answer to a query")
    samples = tuple(
        _Sample(labels=dict(one.labels), value=_word(one.value), at=one.at) for one in reply.samples
    )
    return _Vector(samples=samples, warnings=reply.warnings)


def _unpack_vector(wired: _Vector) -> QueryAnswer:
    samples = tuple(
        Sample(labels=one.labels, value=_number(one.value), at=one.at) for one in wired.samples
    )
    return QueryAnswer(samples=samples, warnings=wired.warnings)


def _pack_matrix(reply: object) -> _Matrix:
    if not isinstance(reply, RangeAnswer):
        raise TypeError("no answer over a range")
    rows = tuple(
        _Row(
            labels=dict(series.labels),
            at=[one.at.timestamp() for one in series.samples],
            values=[_word(one.value) for one in series.samples],
        )
        for series in reply.series
    )
    return _Matrix(series=rows, warnings=reply.warnings)


def _unpack_matrix(wired: _Matrix) -> RangeAnswer:
    return RangeAnswer(
        series=tuple(_unpack_row(row) for row in wired.series), warnings=wired.warnings
    )


def _unpack_row(row: _Row) -> Series:
    try:
        samples = tuple(
            Sample(value=_number(value), at=datetime.fromtimestamp(at, UTC))
            for at, value in zip(row.at, row.values, strict=True)
        )
    except (OverflowError, OSError) as wrong:
        raise ValueError(f"a sample at no instant: {wrong}") from wrong
    return Series(labels=row.labels, samples=samples)


RECOGNITION: Final[Verb[Recognition]] = Verb("recognition", OfKind, Recognition, _same, _same)
PERFORM: Final[Verb[Acknowledged | TargetRefused]] = Verb(
    "perform", Performing, _Performed, _unpack_performed, _pack_performed
)
FIND: Final[Verb[Found | NotFound]] = Verb("find", OfEffect, _Sought, _unpack_sought, _pack_sought)
FOLLOW: Final[Verb[RemoteState]] = Verb("follow", OfRemote, RemoteState, _same, _same)
CANCEL: Final[Verb[bool]] = Verb("cancel", Cancelling, bool, _same, _same)
DESCRIBE: Final[Verb[JobDescription]] = Verb("describe", OfJob, JobDescription, _same, _same)
READ_CHANGE: Final[Verb[ChangeRecord | None]] = Verb(
    "read_change",
    OfChange,
    ChangeRecord | None,  # type: ignore[arg-type]  # a union is a form, though no class
    _same,
    _same,
)
QUERY: Final[Verb[QueryAnswer]] = Verb(
    "query", OfQuery, _Vector, _unpack_vector, _pack_vector, 4 * _MIB
)
QUERY_RANGE: Final[Verb[RangeAnswer]] = Verb(
    "query_range", OfRange, _Matrix, _unpack_matrix, _pack_matrix, 8 * _MIB
)
RULES: Final[Verb[tuple[Rule, ...]]] = Verb(
    "rules", Question, tuple[Rule, ...], _same, _same, 4 * _MIB
)
ALERTS: Final[Verb[tuple[Alert, ...]]] = Verb(
    "alerts", Question, tuple[Alert, ...], _same, _same, 4 * _MIB
)
SILENCES: Final[Verb[tuple[Silence, ...]]] = Verb(
    "silences", Question, tuple[Silence, ...], _same, _same, 4 * _MIB
)
CONFIGURATION_ITEMS: Final[Verb[tuple[ConfigurationItem, ...]]] = Verb(
    "configuration_items", Question, tuple[ConfigurationItem, ...], _same, _same, 8 * _MIB
)
CHECK: Final[Verb[str]] = Verb("check", Question, str, _same, _same)

VERBS: Final[Mapping[str, Verb[object]]] = {
    verb.name: verb
    for verb in (
        RECOGNITION,
        PERFORM,
        FIND,
        FOLLOW,
        CANCEL,
        DESCRIBE,
        READ_CHANGE,
        QUERY,
        QUERY_RANGE,
        RULES,
        ALERTS,
        SILENCES,
        CONFIGURATION_ITEMS,
        CHECK,
    )
}
