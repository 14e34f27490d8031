"""The collector's answers: those of Prometheus for what it understands, 400 for all else."""

import json
import math
from urllib.error import HTTPError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole_estate.errors import MalformedError
from relconsole_estate.exposition import read_exposition
from relconsole_estate.metrics import Labels, Sample, expose, format_number, labels_of
from relconsole_estate.queries import QueryDesk, parse_duration, parse_instant, parse_selector
from relconsole_estate.series import GONE, SeriesStore, derive, quantile_of
from relconsole_estate.values import Json, list_of, object_of, text_of
from relconsole_estate.wire import Answer, Request
from tests.plugins.estate.living import LivingEstate

NOW = 1_000.0
QUERY = "/api/v1/query"
RANGE = "/api/v1/query_range"

label_names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True)
label_values = st.text(max_size=12)
samples = st.builds(
    Sample,
    name=st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,12}", fullmatch=True),
    labels=st.dictionaries(label_names, label_values, max_size=4).map(labels_of),
    value=st.floats(allow_nan=False, min_value=-1e15, max_value=1e15, allow_subnormal=False),
)


def sample(name: str, value: float, **labels: str) -> Sample:
    return Sample(name=name, labels=labels_of(labels), value=value)


def store_with(*points: tuple[float, Sample]) -> SeriesStore:
    store = SeriesStore(keep=300, lookback=2)
    for at, one in points:
        store.add(at, [one])
    return store


def ask(store: SeriesStore, path: str, **fields: str) -> Answer:
    return QueryDesk(store, lambda: NOW).answer(Request(method="GET", path=path, fields=fields))


def result_of(answer: Answer) -> list[Json]:
    assert answer.status == 200
    assert text_of(answer.value(), "status") == "success"
    return list_of(object_of(answer.value(), "data"), "result")


def test_that_an_instant_query_gives_each_matching_series_with_its_value_as_text() -> None:
    store = store_with(
        (NOW - 1, sample("depth", 4.5, queue="a", place="x")),
        (NOW - 1, sample("depth", 7, queue="b")),
        (NOW - 1, sample("other", 1, queue="a")),
    )
    answer = ask(store, QUERY, query='depth{queue="a"}')
    assert answer.value() == {
        "status": "success",
        "data": {
            "resultType": "vector",
            "result": [
                {
                    "metric": {"__name__": "depth", "place": "x", "queue": "a"},
                    "value": [NOW, "4.5"],
                }
            ],
        },
    }
    assert len(result_of(ask(store, QUERY, query="depth"))) == 2
    assert len(result_of(ask(store, QUERY, query='depth{ queue = "b" , }'))) == 1
    assert len(result_of(ask(store, QUERY, query='depth{place=""}'))) == 1
    assert result_of(ask(store, QUERY, query='depth{queue="c"}')) == []
    assert result_of(ask(store, QUERY, query="nothing")) == []


def test_that_a_query_may_ask_for_an_earlier_instant() -> None:
    store = store_with((10.0, sample("up", 1)), (20.0, sample("up", 0)))
    for time in ("10.5", "1970-01-01T00:00:10.5Z", "1970-01-01T02:00:10.5+02:00"):
        assert result_of(ask(store, QUERY, query="up", time=time)) == [
            {"metric": {"__name__": "up"}, "value": [10.5, "1"]}
        ]
    assert result_of(ask(store, QUERY, query="up", time="9")) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "rate(requests_total[5m])",
        "sum(up)",
        "up[5m]",
        "up == 1",
        "up and up",
        "-up",
        "42",
        'up{job!="x"}',
        'up{job=~".*"}',
        "up{job='x'}",
        'up{job="x"} or up',
        'up{job="x"',
        'up{job="x",job="y"}',
        'up{job="a" place="b"}',
        "up offset 5m",
        "up @ 3",
        "and",
        "NaN",
    ],
)
def test_that_anything_but_a_name_with_equal_matchers_is_bad_data(query: str) -> None:
    answer = ask(store_with((NOW, sample("up", 1))), QUERY, query=query)
    assert answer.status == 400
    value = answer.value()
    assert sorted(value) == ["error", "errorType", "status"]
    assert (value["status"], value["errorType"]) == ("error", "bad_data")
    assert text_of(value, "error").startswith('invalid parameter "query": ')


def test_that_a_range_query_gives_a_value_at_each_step_and_none_in_a_gap() -> None:
    store = store_with(
        (100.0, sample("up", 1, job="a")),
        (101.0, sample("up", 2, job="a")),
        (106.0, sample("up", 3, job="a")),
    )
    answer = ask(store, RANGE, query="up", start="100", end="107", step="1")
    assert answer.value()["data"] == {
        "resultType": "matrix",
        "result": [
            {
                "metric": {"__name__": "up", "job": "a"},
                "values": [
                    [100.0, "1"],
                    [101.0, "2"],
                    [102.0, "2"],
                    [106.0, "3"],
                    [107.0, "3"],
                ],
            }
        ],
    }
    assert result_of(ask(store, RANGE, query="up", start="300", end="301", step="1s")) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"start": "9", "end": "5", "step": "1"}, 'parameter "end": end timestamp must not be'),
        ({"start": "1", "end": "5", "step": "0"}, "zero or negative query resolution step"),
        ({"start": "1", "end": "5", "step": "-1"}, "zero or negative query resolution step"),
        ({"start": "1", "end": "5", "step": "soon"}, 'cannot parse "soon" to a valid duration'),
        ({"start": "x", "end": "5", "step": "1"}, 'cannot parse "x" to a valid timestamp'),
        ({"start": "1", "end": "2026-01-01", "step": "1"}, "to a valid timestamp"),
        ({"end": "5", "step": "1"}, 'invalid parameter "start"'),
        ({"start": "0", "end": "11002", "step": "1"}, "maximum resolution of 11,000 points"),
        ({"start": "1", "end": "5", "step": "1", "query": "a+b"}, 'invalid parameter "query"'),
        ({"start": "1", "end": "5", "step": "1", "limit": "x"}, 'invalid parameter "limit"'),
    ],
)
def test_that_a_range_that_cannot_be_is_bad_data(fields: dict[str, str], text: str) -> None:
    answer = ask(store_with(), RANGE, **{"query": "up", **fields})
    assert answer.status == 400
    assert text in text_of(answer.value(), "error")


def test_that_a_series_vanishes_when_it_is_old_and_at_once_when_it_has_ended() -> None:
    old = store_with((NOW - 1.9, sample("fresh", 1)), (NOW - 2.1, sample("stale", 1)))
    assert len(result_of(ask(old, QUERY, query="fresh"))) == 1
    assert result_of(ask(old, QUERY, query="stale")) == []
    ended = store_with((NOW - 1, sample("up", 1)), (NOW - 0.5, sample("up", GONE)))
    assert result_of(ask(ended, QUERY, query="up")) == []
    assert len(result_of(ask(ended, QUERY, query="up", time=str(NOW - 0.7)))) == 1


def test_that_only_the_last_minutes_are_kept() -> None:
    store = SeriesStore(keep=10, lookback=100)
    store.add(0, [sample("quiet", 1), sample("busy", 1)])
    store.add(11, [sample("busy", 2)])
    store.forget(11)
    assert store.at("quiet", {}, [11]) == {}
    assert store.at("busy", {}, [5, 11]) == {(): [(11, 2)]}


def test_that_a_limit_cuts_the_answer_and_says_so() -> None:
    store = store_with(*((NOW, sample("up", 1, job=job)) for job in "abc"))
    value = ask(store, QUERY, query="up", limit="2").value()
    assert len(list_of(object_of(value, "data"), "result")) == 2
    assert value["warnings"] == ["results truncated due to limit"]
    assert "warnings" not in ask(store, QUERY, query="up", limit="3").value()


def test_that_there_are_no_rules_no_alerts_and_nothing_else() -> None:
    store = store_with()
    assert ask(store, "/api/v1/rules").value()["data"] == {"groups": []}
    assert ask(store, "/api/v1/alerts").value()["data"] == {"alerts": []}
    assert ask(store, "/-/healthy").status == 200
    assert ask(store, "/api/v1/series").status == 404


def test_that_instants_and_durations_are_read_as_the_interface_writes_them() -> None:
    assert parse_instant("1767361020.5") == 1767361020.5
    assert parse_instant("2026-01-02T13:37:00.000Z") == 1767361020
    assert [parse_duration(text) for text in ("15", "0.5", "15s", "1m30s", "250ms", "1h")] == [
        15,
        0.5,
        15,
        90,
        0.25,
        3600,
    ]
    for text in ("", "m", "5x", "s5"):
        with pytest.raises(MalformedError):
            parse_duration(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(samples, max_size=6))
def test_that_what_is_exposed_is_read_back(given_samples: list[Sample]) -> None:
    assert read_exposition(expose(given_samples)) == given_samples


@settings(max_examples=100, deadline=None)
@given(labels=st.dictionaries(label_names, label_values, max_size=3).map(labels_of))
def test_that_every_label_value_can_be_asked_for(labels: Labels) -> None:
    text = expose([Sample(name="metric", labels=labels, value=1)]).removesuffix(" 1\n")
    assert parse_selector(text).labels == labels


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False))
def test_that_a_value_is_written_without_an_exponent(value: float) -> None:
    text = format_number(value)
    assert "e" not in text
    assert math.isinf(value) or float(text) == value


@pytest.mark.parametrize("line", ["up", "up{", "up 1 2", "up one", 'up{a="b"c="d"} 1', "1up 1"])
def test_that_half_a_scrape_is_none(line: str) -> None:
    with pytest.raises(MalformedError):
        read_exposition(f"ok 1\n{line}\n")


def test_that_a_quantile_lies_on_the_line_inside_its_bucket() -> None:
    buckets = {0.1: 90.0, 0.5: 100.0, math.inf: 100.0}
    assert quantile_of(buckets, 0.9) == pytest.approx(0.1)
    assert quantile_of(buckets, 0.95) == pytest.approx(0.3)
    assert quantile_of({0.1: 0.0, math.inf: 5.0}, 0.95) == 0.1
    assert quantile_of({0.1: 0.0, math.inf: 0.0}, 0.95) is None
    assert quantile_of({}, 0.95) is None


def test_that_derived_gauges_count_growth_over_a_restart_and_are_silent_without_traffic() -> None:
    store = SeriesStore(keep=300, lookback=2)
    series = {"service": "web-shop", "instance": "web-shop-1"}
    # 30 grew to 40, then a new process counted from nothing to 10: 20 requests, 5 of them failed.
    for at, requests, errors in ((97.0, 30, 8), (98.0, 40, 8), (99.0, 10, 5)):
        store.add(at, [sample("requests_total", requests, **series)])
        store.add(at, [sample("errors_total", errors, **series)])
        for bound in ("0.1", "+Inf"):
            store.add(at, [sample("request_seconds_bucket", requests, le=bound, **series)])
    assert derive(store, 99.5, span=4) == [
        sample("checkout_p95_seconds", 0.095),
        sample("checkout_error_ratio", 0.25),
    ]
    assert derive(store, 110, span=4) == []


def test_that_a_running_collector_answers_over_http(estate: LivingEstate) -> None:
    value = estate.ask(QUERY, query='service_info{service="web-shop"}')
    (only,) = list_of(object_of(value, "data"), "result")
    assert isinstance(only, dict)
    assert object_of(only, "metric") == {
        "__name__": "service_info",
        "environment": "prod",
        "instance": "web-shop-1",
        "service": "web-shop",
        "version": "8.4.0",
    }
    assert list_of(only, "value")[1] == "1"
    assert {str(labels["instance"]) for labels, value in estate.series("up") if value == 1} == {
        "ledger-api-1",
        "ledger-db-1",
        "payments-api-1",
        "payments-api-2",
        "payments-api-3",
        "settlement-1",
        "web-shop-1",
    }
    with pytest.raises(HTTPError) as refused:
        estate.ask(QUERY, query="sum(up)")
    with refused.value as error:
        assert error.code == 400
        assert json.loads(error.read())["errorType"] == "bad_data"
