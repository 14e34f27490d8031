"""An answer is strict JSON or a bad answer, and its status says whose move it is."""

import pytest

from relconsole.domain.kernel.errors import RelconsoleError
from relconsole.plugin_api.errors import BadAnswer, Busy, CredentialRefused
from relconsole.plugin_api.http import LONGEST_WAIT, Answer


def _answer(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=named, body=body, asked="GET /x")


@pytest.mark.parametrize(
    "body", [b"", b"NaN", b"[Infinity]", b"{'a': 1}", b"\xff", b'"\xff"', b"[" * 300_000, b"1 2"]
)
def test_that_what_is_not_strictly_json_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        _answer(body).json()


def test_that_json_is_given_as_it_is() -> None:
    assert _answer(b'{"a": [1, 2.5, null, "x"]}').json() == {"a": [1, 2.5, None, "x"]}


def test_that_json_of_another_form_is_a_bad_answer() -> None:
    assert _answer(b'{"a": 1}').read(dict[str, int]) == {"a": 1}
    with pytest.raises(BadAnswer, match="GET /x"):
        _answer(b'{"a": "one"}').read(dict[str, int])


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((401, CredentialRefused), (403, CredentialRefused), (429, Busy), (503, Busy)),
        *((404, BadAnswer), (500, BadAnswer), (302, BadAnswer)),
    ],
)
def test_that_a_status_says_whose_move_it_is(status: int, error: type[RelconsoleError]) -> None:
    with pytest.raises(error, match=str(status)):
        _answer(b"why", status).require(200)


def test_that_a_wanted_status_gives_the_answer() -> None:
    answer = _answer(status=404)
    assert answer.require(200, 404) is answer


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        *(("7", 7.0), ("99999999", LONGEST_WAIT), ("-5", None), ("soon", None), ("", None)),
        *(("Fri, 31 Dec 2099 23:59:59 GMT", None), ("٣", None)),
    ],
)
def test_that_a_wait_is_a_number_of_seconds_and_bounded(
    written: str, seconds: float | None
) -> None:
    with pytest.raises(Busy) as raised:
        _answer(b"", 429, retry_after=written).require(200)
    assert raised.value.retry_after == seconds


def test_that_an_excerpt_is_one_short_printable_line() -> None:
    said = _answer(b"<b>\r\n\x1b[31mred\x00</b>" + b"y" * 10_000).excerpt()
    assert said.startswith("<b> [31mred </b>y")
    assert len(said) == 200
