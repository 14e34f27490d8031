"""One sequence of bytes for one JSON value."""

import hashlib
import json

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.kernel.json import Json
from relconsole.domain.record.canonical import canonical, digest_of, is_canonical

NUMBERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1) | st.floats(
    allow_nan=False, allow_infinity=False
).filter(lambda number: not 2.0**53 <= abs(number) < 1e21)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

# RFC 8785, section 3.2.2 and 3.2.3.
SAMPLE = json.loads(
    r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
         "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
         "literals": [null, true, false]}"""
)
SAMPLE_FORM = (
    '{"literals":[null,true,false],'
    '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)
SORTED = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}


def test_that_the_sample_of_the_rfc_has_its_form() -> None:
    assert canonical(SAMPLE) == SAMPLE_FORM.encode()


def test_that_keys_are_sorted_by_their_utf_16_units() -> None:
    assert list(json.loads(canonical(SORTED))) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


@given(VALUES)
def test_that_the_form_reads_back_and_is_its_own_form(value: Json) -> None:
    form = canonical(value)
    again: Json = json.loads(form)
    assert again == value
    assert canonical(again) == form
    assert is_canonical(form)


@given(VALUES)
def test_that_the_digest_is_that_of_the_form(value: Json) -> None:
    assert digest_of(value) == hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def test_that_any_mapping_and_tuple_has_the_form_of_built_in_ones() -> None:
    value: Json = Map({"b": (1, Map({"c": None})), "a": "x"})
    assert canonical(value) == b'{"a":"x","b":[1,{"c":null}]}'


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        2.0**53,
        1e20,
        "\ud800",
        {"\ud800": 1},
        {1: 2},
        {"a": b"bytes"},
        [object()],
    ],
)
def test_that_a_value_without_one_form_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical(value)


def test_that_a_value_nested_beyond_any_document_is_refused() -> None:
    nested: Json = []
    for _ in range(20_000):
        nested = [nested]
    with pytest.raises(ValueError, match="nested too deeply"):
        canonical(nested)


@given(VALUES, st.data())
def test_that_no_other_bytes_are_taken_for_the_form(value: Json, data: st.DataObject) -> None:
    form = canonical(value)
    at = data.draw(st.integers(min_value=0, max_value=len(form)))
    changed = form[:at] + data.draw(st.sampled_from([b" ", b"0", b'"', b"\\", b"{"])) + form[at:]
    try:
        same = canonical(json.loads(changed)) == changed
    except ValueError:
        same = False
    assert is_canonical(changed) == same


@pytest.mark.parametrize(
    "raw",
    [
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"-0",
        b"1e2",
        b'{"seconds":90.50}',
        b"9007199254740992",
        b'"\\u0041"',
        b'"\\/"',
        b"",
        b"[1",
        b'"\xff"',
        b"[" * 20_000,
        b"1.5" + b"]" * 3,
        b'{"\xef\xac\xb3":1,"\xf0\x9f\x98\x80":2}',
    ],
)
def test_that_another_spelling_is_not_canonical(raw: bytes) -> None:
    assert not is_canonical(raw)


@pytest.mark.parametrize(
    "raw", [b'{"seconds":90.5}', b'"1234567890123456"', b'{"\xf0\x9f\x98\x80":2,"\xef\xac\xb3":1}']
)
def test_that_a_rare_value_is_judged_by_the_careful_way(raw: bytes) -> None:
    assert is_canonical(raw)


def test_that_the_fast_serialiser_escapes_as_the_rfc_does() -> None:
    every = "".join(map(chr, range(0x250)))
    assert msgspec.json.encode(every) == rfc8785.dumps(every)
