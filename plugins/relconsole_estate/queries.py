"""The query interface of the collector: the part of Prometheus' HTTP API that it speaks.

A query is a metric name with `=` matchers; everything else is refused as bad data, never
answered with something near it. Shapes: the API's published description, version 1.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from relconsole_estate.errors import MalformedError
from relconsole_estate.exposition import NAME, read_labels
from relconsole_estate.metrics import Labels, format_number
from relconsole_estate.series import Point, SeriesStore
from relconsole_estate.values import Json
from relconsole_estate.wire import Answer, Request, answer_json, answer_text

_SELECTOR = re.compile(rf"\s*({NAME})\s*(?:\{{(.*)\}})?\s*", re.DOTALL)
_WORDS = frozenset({"and", "bool", "by", "group_left", "inf", "nan", "offset", "or", "unless"})
_DURATION = re.compile(
    r"(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII
)
_SECONDS = (86_400.0, 3_600.0, 60.0, 1.0, 0.001)
_MOST_POINTS = 11_000

_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which series are asked for."""

    name: str
    labels: Labels


def parse_selector(text: str) -> Selector:
    """The selector written in `text`; `MalformedError` for any other expression."""
    if not text.strip():
        raise MalformedError("unknown position: parse error: no expression found in input")
    found = _SELECTOR.fullmatch(text)
    if found is None or found[1].lower() in _WORDS:
        raise MalformedError(
            f"parse error: only a metric name with = matchers is understood here, not {text!r}"
        )
    return Selector(name=found[1], labels=read_labels(found[2] or ""))


def parse_instant(text: str) -> float:
    """Unix seconds out of a number or an RFC 3339 instant."""
    try:
        if re.fullmatch(r"-?\d+(\.\d*)?([eE][+-]?\d+)?", text, re.ASCII):
            return float(text)
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedError(f'cannot parse "{text}" to a valid timestamp') from error
    if instant.tzinfo is None:
        raise MalformedError(f'cannot parse "{text}" to a valid timestamp')
    return instant.timestamp()


def parse_duration(text: str) -> float:
    """Seconds out of a number or of units such as `1m30s`."""
    if re.fullmatch(r"-?\d+(\.\d*)?", text, re.ASCII):
        return float(text)
    found = _DURATION.fullmatch(text)
    if found is None:
        raise MalformedError(f'cannot parse "{text}" to a valid duration')
    return sum(
        int(number) * unit
        for number, unit in zip(found.groups(), _SECONDS, strict=True)
        if number is not None
    )


class _ParameterError(Exception):
    """A parameter that cannot be used; the text is the one the caller reads."""


class QueryDesk:
    """Answers questions about the series of one store."""

    def __init__(self, store: SeriesStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def answer(self, request: Request) -> Answer:
        """The answer to one request, errors in Prometheus' own form."""
        try:
            match request.path:
                case "/api/v1/query":
                    return self._instant(request.fields)
                case "/api/v1/query_range":
                    return self._range(request.fields)
                case "/api/v1/rules":
                    # Derived gauges are the collector's own code; no rule can be given to it.
                    return _success({"groups": []})
                case "/api/v1/alerts":
                    return _success({"alerts": []})
                case "/-/healthy" | "/-/ready":
                    return answer_text("The collector is healthy.\n")
                case _:
                    return answer_text("404 page not found\n", 404)
        except _ParameterError as error:
            failure: Json = {"status": "error", "errorType": "bad_data", "error": str(error)}
            return answer_json(failure, 400)

    def _instant(self, fields: Mapping[str, str]) -> Answer:
        time = _parameter(fields, "time", parse_instant, self._clock())
        selector = _parameter(fields, "query", parse_selector)
        found = self._found(selector, [time])
        result: list[Json] = [
            {"metric": _metric(selector.name, labels), "value": _pair(points[0])}
            for labels, points in sorted(found.items())
        ]
        return _result("vector", result, fields)

    def _range(self, fields: Mapping[str, str]) -> Answer:
        start = _parameter(fields, "start", parse_instant)
        end = _parameter(fields, "end", parse_instant)
        if end < start:
            raise _ParameterError(
                'invalid parameter "end": end timestamp must not be before start time'
            )
        step = _parameter(fields, "step", parse_duration)
        if step <= 0:
            raise _ParameterError(
                'invalid parameter "step": zero or negative query resolution step widths are '
                "not accepted. Try a positive integer"
            )
        if (end - start) / step > _MOST_POINTS:
            raise _ParameterError(
                "exceeded maximum resolution of 11,000 points per timeseries. "
                "Try decreasing the query resolution (?step=XX)"
            )
        selector = _parameter(fields, "query", parse_selector)
        times = [start + number * step for number in range(int((end - start) / step) + 1)]
        result: list[Json] = [
            {"metric": _metric(selector.name, labels), "values": [_pair(one) for one in points]}
            for labels, points in sorted(self._found(selector, times).items())
        ]
        return _result("matrix", result, fields)

    def _found(self, selector: Selector, times: list[float]) -> dict[Labels, list[Point]]:
        return self._store.at(selector.name, dict(selector.labels), times)


def _parameter(
    fields: Mapping[str, str],
    name: str,
    parse: Callable[[str], _Parsed],
    default: _Parsed | None = None,
) -> _Parsed:
    text = fields.get(name, "")
    if not text and default is not None:
        return default
    try:
        return parse(text)
    except MalformedError as error:
        raise _ParameterError(f'invalid parameter "{name}": {error}') from error


def _metric(name: str, labels: Labels) -> dict[str, Json]:
    return {"__name__": name, **dict(labels)}


def _pair(point: Point) -> Json:
    return [round(point[0], 3), format_number(point[1])]


def _result(kind: str, result: list[Json], fields: Mapping[str, str]) -> Answer:
    """The result, cut to `limit` series with Prometheus' warning when there are more."""
    limit = _parameter(fields, "limit", _parse_limit, 0)
    data: Json = {"resultType": kind, "result": result[: limit or None]}
    if limit and len(result) > limit:
        warnings: list[Json] = ["results truncated due to limit"]
        return answer_json({"status": "success", "data": data, "warnings": warnings})
    return _success(data)


def _parse_limit(text: str) -> int:
    if not re.fullmatch(r"\d+", text, re.ASCII):
        raise MalformedError(f'cannot parse "{text}" to a valid limit')
    return int(text)


def _success(data: Json) -> Answer:
    return answer_json({"status": "success", "data": data})
