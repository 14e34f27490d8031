"""What Buildbot answers, in its own form and then in ours.

Every answer of the data API is an object with one list, named after what it holds; a row that is
not there is a 404 whose body says so. Results are numbers, and null or -1 while there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from http import HTTPStatus
from typing import Final, TypeVar, cast

import msgspec

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.effects import Ending
from relconsole.plugin_api.errors import BadAnswer, CredentialRefused
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.secret import Secret

_SESSION: Final = re.compile(r"(?:^|[\s,])(TWISTED_(?:SECURE_)?SESSION\w*=[A-Za-z0-9._~+/=-]+)")
_LONGEST_REASON: Final = 300
_SHOWN_OUTPUT: Final = 4_000
_NONE: Final = -1

Form = TypeVar("Form")


class Result(IntEnum):
    """How a build, a step or a request ended."""

    SUCCESS = 0
    WARNINGS = 1
    FAILURE = 2
    SKIPPED = 3
    EXCEPTION = 4
    RETRY = 5
    CANCELLED = 6


ENDINGS: Final[Mapping[Result, Ending]] = {
    Result.SUCCESS: Ending.SUCCEEDED,
    Result.WARNINGS: Ending.SUCCEEDED,
    Result.FAILURE: Ending.FAILED,
    # Nothing of what was wanted was done.
    Result.SKIPPED: Ending.FAILED,
    Result.EXCEPTION: Ending.FAILED,
    # The request waits again, and another build of it comes.
    Result.RETRY: Ending.RUNNING,
    Result.CANCELLED: Ending.CANCELLED,
}


class Builder(msgspec.Struct, frozen=True):
    """A builder; ``masterids`` is empty where no master runs it any more."""

    builderid: int
    name: str
    masterids: tuple[int, ...]


class Field(msgspec.Struct, frozen=True):
    """A field of a force scheduler: a group of fields, or one that takes a value."""

    type: str
    fullName: str | None = None  # noqa: N815 - the target's name
    default: object = None
    multiple: bool = False
    fields: "tuple[Field, ...]" = ()  # noqa: UP037 - msgspec resolves it


class Scheduler(msgspec.Struct, frozen=True):
    """A force scheduler."""

    name: str
    all_fields: tuple[Field, ...]
    builder_names: tuple[str, ...]
    enabled: bool = True

    def fields(self) -> Mapping[str, Field]:
        """Give the fields that take a value, by the name under which it is sent."""
        return {field.fullName: field for field in _leaves(self.all_fields) if field.fullName}


class Buildset(msgspec.Struct, frozen=True):
    """What one force call made; ``rebuilt_buildid`` is set where somebody repeated a build."""

    bsid: int
    reason: str
    rebuilt_buildid: int | None = None


class Request(msgspec.Struct, frozen=True):
    """The wish for a build of one builder."""

    buildrequestid: int
    buildsetid: int
    claimed: bool
    complete: bool
    results: int | None = None
    properties: dict[str, tuple[object, str]] | None = None

    @property
    def result(self) -> Result | None:
        """Give how it ended, None while it has not; BadAnswer for an unknown number."""
        return read_result(self.results) if self.complete else None

    @property
    def reason(self) -> str:
        """Give what was said when it was made, where it was asked for."""
        said = (self.properties or {}).get("reason", ("", ""))[0]
        return said if isinstance(said, str) else ""


class Build(msgspec.Struct, frozen=True):
    """One attempt at a request."""

    buildid: int
    buildrequestid: int
    number: int
    complete: bool
    state_string: str
    results: int | None = None

    @property
    def result(self) -> Result | None:
        """Give how it ended, None while it has not; BadAnswer for an unknown number."""
        return read_result(self.results) if self.complete else None


class Step(msgspec.Struct, frozen=True):
    """One step of a build."""

    stepid: int
    buildid: int
    number: int
    name: str
    complete: bool
    state_string: str
    started_at: int | None = None
    results: int | None = None

    @property
    def result(self) -> Result | None:
        """Give how it ended, None while it has not; BadAnswer for an unknown number."""
        return read_result(self.results) if self.complete else None


class Log(msgspec.Struct, frozen=True):
    """A log of a step; ``type`` is ``s`` where each line begins with the sign of its stream."""

    logid: int
    stepid: int
    name: str
    type: str
    num_lines: int


class _Chunk(msgspec.Struct, frozen=True):
    logid: int
    content: str


class _Started(msgspec.Struct, frozen=True):
    """The answer to a force call: the buildset, and the request for each builder."""

    result: tuple[int, dict[str, int]]


class _Taken(msgspec.Struct, frozen=True):
    """The answer to an order to end something, which gives nothing back."""

    jsonrpc: str
    id: int
    result: None


class _Fault(msgspec.Struct, frozen=True):
    """A message of an error: a text, or a text for each field that is wrong."""

    message: str | dict[str, str]


class _Refusal(msgspec.Struct, frozen=True):
    error: _Fault


class _Config(msgspec.Struct, frozen=True):
    versions: tuple[tuple[str, str], ...]


def read_rows(answer: Answer, name: str, form: type[Form]) -> tuple[Form, ...]:
    """Give the rows of an answer; typed errors where there are none to be read."""
    listed = answer.require(HTTPStatus.OK).read(dict[str, msgspec.Raw])
    rows = listed.get(name)
    if rows is None:
        raise BadAnswer(f"{answer.asked}: no {name} in the answer")
    return tuple(_decoded(rows, list[form], answer.asked))  # type: ignore[valid-type]  # a form given at run time


def read_row(answer: Answer, name: str, form: type[Form]) -> Form | None:
    """Give the one row of an answer, None where Buildbot says that there is none."""
    if answer.status == HTTPStatus.NOT_FOUND:
        # A page of somebody else's 404 is no such answer.
        answer.read(_NotFound)
        return None
    rows = read_rows(answer, name, form)
    if len(rows) != 1:
        raise BadAnswer(f"{answer.asked}: {len(rows)} {name} where there is one")
    return rows[0]


class _NotFound(msgspec.Struct, frozen=True):
    error: str


def read_definition(answer: Answer, name: str, wanted: str) -> Json:
    """Give a row with everything that Buildbot tells of what is called so, None for none."""
    row = read_row(answer, name, dict[str, object])
    if row is not None:
        require_of(answer, row.get("name"), wanted)
    return cast("Json", row)


def read_started(answer: Answer, builder: int) -> int:
    """Give the request that a force call made for the builder; BadAnswer where it made another."""
    _, requests = answer.require(HTTPStatus.OK).read(_Started).result
    if set(requests) != {str(builder)}:
        raise BadAnswer(f"{answer.asked}: builds of {sorted(requests)}, not of {builder} alone")
    return requests[str(builder)]


def read_refusal(answer: Answer) -> str:
    """Give the reason of a refusal in the target's words, as one line; BadAnswer where none."""
    said = answer.read(_Refusal).error.message
    if not isinstance(said, str):
        said = "; ".join(f"{name}: {text}" for name, text in sorted(said.items()))
    return " ".join(said.split())[:_LONGEST_REASON]


def require_done(answer: Answer) -> None:
    """See that an order was taken; CredentialRefused in the target's words, or another error."""
    if answer.status == HTTPStatus.FORBIDDEN:
        try:
            said = read_refusal(answer)
        except BadAnswer:
            said = answer.excerpt()
        raise CredentialRefused(
            f"{answer.asked} is forbidden: {said}.",
            do="Check the credential of this system and what it may do.",
        )
    answer.require(HTTPStatus.OK)


def require_taken(answer: Answer) -> None:
    """See that an order to end something was taken; BadAnswer where another answered, as a page."""
    require_done(answer)
    answer.read(_Taken)


def require_of(answer: Answer, given: object, wanted: object) -> None:
    """See that an answer is of what was asked; BadAnswer where it is of another."""
    if given != wanted:
        raise BadAnswer(f"{answer.asked}: answered with {given!r}, and not {wanted!r}")


def read_session(cookies: str) -> Secret | None:
    """Give the session that a login sets, None where it sets none.

    The answer sets the cookie twice: of nobody, and then of whoever has logged in.
    """
    found = _SESSION.findall(cookies)
    return Secret(found[-1]) if found else None


def read_version(answer: Answer) -> str:
    """Give the version of the server, empty where it does not tell."""
    if answer.status != HTTPStatus.OK:
        return ""
    try:
        return dict(answer.read(_Config).versions).get("Buildbot", "")
    except BadAnswer:
        return ""


def read_result(number: int | None) -> Result:
    """Give a result; BadAnswer for a number that means nothing, and where there is none."""
    try:
        return Result(_NONE if number is None else number)
    except ValueError as wrong:
        raise BadAnswer(f"the result {number!r} is unknown") from wrong


def read_lines(answer: Answer, log: Log) -> str:
    """Give the end of a log's lines, without what Buildbot itself writes into it.

    What it writes are lines of the stream ``h``, and among them is the environment of the command.
    """
    chunks = read_rows(answer, "logchunks", _Chunk)
    for chunk in chunks:
        require_of(answer, chunk.logid, log.logid)
    lines = [line for chunk in chunks for line in chunk.content.splitlines()]
    if log.type == "s":
        lines = [line[1:] for line in lines if not line.startswith("h")]
    return "\n".join(lines)[-_SHOWN_OUTPUT:]


def bears(text: str, effect: str) -> bool:
    """Tell whether a text bears exactly this effect's id, and not a longer one that holds it."""
    return re.search(rf"{re.escape(mark_of(effect))}(?![\w-])", text) is not None


def mark_of(effect: str) -> str:
    """Give how an effect's id stands in a reason."""
    return f"relconsole effect {effect}"


def _leaves(fields: Sequence[Field]) -> tuple[Field, ...]:
    found: list[Field] = []
    for field in fields:
        found += _leaves(field.fields) if field.fields else (field,)
    return tuple(found)


def _decoded(raw: msgspec.Raw, form: type[Form], asked: str) -> Form:
    try:
        return msgspec.json.decode(raw, type=form)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        raise BadAnswer(f"{asked}: no such form of JSON: {wrong}") from wrong
