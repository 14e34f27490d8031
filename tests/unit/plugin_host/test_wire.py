"""What plugins answer arrives as they meant it, and nothing else arrives as an answer."""

import contextlib
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api import wire
from relconsole.plugin_api.ci import JobDescription
from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import BadAnswer
from relconsole.plugin_api.itsm import ChangeLink, ChangeRecord, LinkKind
from relconsole.plugin_api.monitoring import (
    Alert,
    QueryAnswer,
    RangeAnswer,
    Rule,
    Sample,
    Series,
    Silence,
)

AT = datetime(2026, 4, 21, 1, 30, 0, 125_000, tzinfo=UTC)
LABELS = {"service": "payments-api"}
SAMPLES = tuple(Sample(labels=LABELS, value=value, at=AT) for value in (1.5, math.inf, -math.inf))
REPLIES: tuple[tuple[wire.Verb[object], object], ...] = (
    (
        wire.RECOGNITION,
        Recognition(how=RecognisesRepeat.QUERYABLE, settle=timedelta(seconds=10.5), source="x"),
    ),
    (wire.PERFORM, Acknowledged(remote="7")),
    (wire.PERFORM, TargetRefused(reason="no")),
    (wire.FIND, Found(remote="7")),
    (wire.FIND, NotFound()),
    (wire.FOLLOW, RemoteState(ending=Ending.FAILED, detail="x", output="y\n")),
    (wire.CANCEL, True),
    (wire.DESCRIBE, JobDescription(job="a", digest=None, summary="s", unreadable="why")),
    (wire.READ_CHANGE, None),
    (
        wire.READ_CHANGE,
        ChangeRecord(
            id="1",
            title="t",
            state="s",
            requester="r",
            approved_at=AT,
            links=(ChangeLink(kind=LinkKind.DEPENDS_ON, id="2", title="u", state="v"),),
        ),
    ),
    (wire.QUERY, QueryAnswer(samples=SAMPLES, warnings=("w",))),
    (wire.QUERY, QueryAnswer(samples=())),
    (
        wire.QUERY_RANGE,
        RangeAnswer(series=(Series(labels=LABELS, samples=(Sample(value=2.0, at=AT),)),)),
    ),
    (wire.RULES, (Rule(name="a", query="b"),)),
    (wire.ALERTS, (Alert(name="a", state="firing", labels=LABELS, since=AT),)),
    (wire.SILENCES, (Silence(id="a", state="active", starts=AT, ends=AT, services=("x",)),)),
    (
        wire.CONFIGURATION_ITEMS,
        (
            ConfigurationItem(id="7", name="api", kind="Services", status="in-use", fields={}),
            ConfigurationItem(
                id="8",
                name="db",
                kind="Services",
                status="gone",
                service="db",
                version="14",
                in_use=False,
                fields=LABELS,
                depends_on=("7",),
            ),
        ),
    ),
    (wire.CHECK, "Prometheus 2"),
)


@pytest.mark.parametrize(
    ("verb", "reply"),
    REPLIES,
    ids=[f"{it[0].name} {number}" for number, it in enumerate(REPLIES)],
)
def test_that_a_reply_arrives_as_it_was_meant(verb: wire.Verb[object], reply: object) -> None:
    assert verb.decode(verb.encode(reply)) == reply


def test_that_labels_may_be_any_mapping() -> None:
    alert = Alert(name="a", state="firing", labels=Map(LABELS))
    (arrived,) = wire.ALERTS.decode(wire.ALERTS.encode((alert,)))
    assert dict(arrived.labels) == LABELS


def test_that_no_number_arrives_as_no_number() -> None:
    answer = QueryAnswer(samples=(Sample(value=math.nan, at=AT),))
    (sample,) = wire.QUERY.decode(wire.QUERY.encode(answer)).samples
    assert math.isnan(sample.value)


REQUEST = EffectRequest(
    id=EffectId("e"),
    kind="job.start",
    payload={"job": "deploy", "parameters": {"version": "2.31.0"}},
    release=ReleaseId("r"),
    step=StepId("s"),
    person=PersonId("mara"),
)


@pytest.mark.parametrize(
    "changes",
    [{}, {"release": None, "step": None, "person": None}, {"second_person": PersonId("jo")}],
)
def test_that_an_effect_reaches_the_plugin_as_it_was_intended(changes: dict[str, Any]) -> None:
    request = replace(REQUEST, **changes)
    raw = msgspec.Raw(msgspec.json.encode(wire.question_of(request)))
    assert wire.PERFORM.arguments(raw) == (request,)


@pytest.mark.parametrize(
    ("verb", "question", "arguments"),
    [
        (wire.FIND, wire.OfEffect(kind="k", effect="e"), ("k", "e")),
        (wire.CANCEL, wire.Cancelling(kind="k", remote="r", reason="w"), ("k", "r", "w")),
        (wire.ALERTS, wire.Question(), ()),
        (
            wire.QUERY_RANGE,
            wire.OfRange(query="q", start=AT, end=AT, step=timedelta(seconds=1.5)),
            ("q", AT, AT, timedelta(seconds=1.5)),
        ),
    ],
)
def test_that_a_question_becomes_arguments_in_their_order(
    verb: wire.Verb[object], question: wire.Question, arguments: tuple[object, ...]
) -> None:
    assert verb.arguments(msgspec.Raw(msgspec.json.encode(question))) == arguments


@pytest.mark.parametrize("verb", wire.VERBS.values(), ids=wire.VERBS.keys())
@pytest.mark.parametrize("reply", [object(), {"a": object()}, 3.5, [1], "x" * 3, {1, 2}])
def test_that_a_reply_of_another_kind_is_a_bad_answer_here_or_there(
    verb: wire.Verb[object], reply: object
) -> None:
    if verb is wire.CHECK and isinstance(reply, str):
        return
    with pytest.raises(BadAnswer, match=verb.name):
        verb.decode(verb.encode(reply))


@pytest.mark.parametrize(
    ("verb", "raw"),
    [
        (wire.PERFORM, b'{"remote":"a","refused":"b"}'),
        (wire.PERFORM, b"{}"),
        (wire.QUERY, b'{"samples":[{"labels":{},"value":"much","at":"2026-01-01T00:00:00Z"}]}'),
        (wire.QUERY_RANGE, b'{"series":[{"labels":{},"at":[1],"values":[]}]}'),
        (wire.QUERY_RANGE, b'{"series":[{"labels":{},"at":[1e300],"values":[1]}]}'),
        (wire.RECOGNITION, b'{"how":"always","settle":"PT1S","source":""}'),
        (wire.ALERTS, b"[" * 100_000),
    ],
)
def test_that_bytes_that_contradict_themselves_are_a_bad_answer(
    verb: wire.Verb[object], raw: bytes
) -> None:
    with pytest.raises(BadAnswer):
        verb.decode(raw)


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_that_no_bytes_do_more_than_a_bad_answer(raw: bytes) -> None:
    for verb in wire.VERBS.values():
        with contextlib.suppress(BadAnswer):
            verb.decode(raw)
