"""Requests as files, and a signature from a process that is told its passphrase by a pipe."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relconsole.adapters.signing import LONGEST_PASSPHRASE, RequestFolder
from relconsole.domain.kernel.errors import InputRejected, PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.request import (
    SigningRequest,
    answer_bytes,
    answer_request,
    make_request,
    request_bytes,
)
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.credentials import Secret

NOW = datetime(2026, 4, 21, 1, tzinfo=UTC)
LENA = PersonId("lena")
DESCRIPTORS = Path("/proc/self/fd")
CANARY = "the canary sings at four"


def asked() -> SigningRequest:
    return make_request(
        act="rollback",
        journal="j",
        person_asked=LENA,
        asked_by=PersonId("mara"),
        what={"binds": {}, "shows": {}},
        asked_at=NOW,
        expires=NOW + timedelta(minutes=15),
    )


def answer_text() -> str:
    return answer_bytes(answer_request(asked(), LENA, SigningKey(b"\x01" * 32), NOW)).decode()


def folder(tmp_path: Path, program: str = "", seconds: float = 20.0) -> RequestFolder:
    """The folder of a store whose requests this program signs."""
    return RequestFolder(
        tmp_path / "requests",
        tmp_path,
        program=(sys.executable, "-c", program),
        seconds=seconds,
    )


def published(place: RequestFolder) -> Path:
    return Path(asyncio.run(place.publish(asked().digest, request_bytes(asked()).decode())))


SIGNS = f"""
import os, pathlib, sys
words = dict(word[2:].split("=", 1) for word in sys.argv if word.startswith("--") and "=" in word)
told = os.fdopen(int(words["passphrase-fd"])).readline().strip()
seen = " ".join(sys.argv) + str(os.environ)
path = pathlib.Path(sys.argv[2])
assert sys.argv[1] == "sign" and words["as"] == "lena" and told == {CANARY!r}
assert told not in seen
path.with_name(path.name.replace(".request.", ".answer.")).write_text({{answer!r}})
"""


def test_that_a_request_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = published(folder(tmp_path))
    assert path.read_bytes() == request_bytes(asked())
    assert path.stat().st_mode & 0o077 == 0


def test_that_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "requests").write_text("in the way")
    with pytest.raises(WorldIsDown, match="cannot be written"):
        published(folder(tmp_path))


def test_that_there_is_no_answer_before_there_is_one(tmp_path: Path) -> None:
    place = folder(tmp_path)
    path = published(place)
    assert asyncio.run(place.answer_to(asked().digest)) is None
    path.with_name(f"{asked().digest[:16]}.answer.json").write_text(answer_text())
    found = asyncio.run(place.answer_to(asked().digest))
    assert found is not None
    assert found.signer == LENA


def test_that_an_answer_that_is_none_is_refused_with_its_file(tmp_path: Path) -> None:
    place = folder(tmp_path)
    answer = published(place).with_name(f"{asked().digest[:16]}.answer.json")
    answer.write_text("{}")
    with pytest.raises(InputRejected, match="no answer"):
        asyncio.run(place.answer_to(asked().digest))
    answer.unlink()
    answer.mkdir()
    with pytest.raises(PersonMustAct, match="cannot be read"):
        asyncio.run(place.answer_to(asked().digest))


def test_that_the_passphrase_reaches_the_process_by_a_pipe_and_nothing_else(
    tmp_path: Path,
) -> None:
    place = folder(tmp_path, SIGNS.format(answer=answer_text()))
    published(place)
    before = len(list(DESCRIPTORS.iterdir()))
    found = asyncio.run(place.sign(asked().digest, LENA, Secret(CANARY)))
    assert found.signer == LENA
    assert len(list(DESCRIPTORS.iterdir())) == before
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in kept


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ('import sys; print(\'{"error": {"message": "wrong words"}}\'); sys.exit(2)', "wrong"),
        ("import sys; print('{}'); sys.exit(2)", "gave no reason"),
        ("import sys; print('no JSON'); sys.exit(1)", "gave no reason"),
    ],
)
def test_that_why_it_was_not_signed_is_said(tmp_path: Path, program: str, why: str) -> None:
    place = folder(tmp_path, program)
    published(place)
    with pytest.raises(PersonMustAct, match=why):
        asyncio.run(place.sign(asked().digest, LENA, Secret(CANARY)))


def test_that_a_process_that_writes_no_answer_has_not_signed(tmp_path: Path) -> None:
    place = folder(tmp_path, "pass")
    published(place)
    with pytest.raises(WorldIsDown, match="wrote no answer"):
        asyncio.run(place.sign(asked().digest, LENA, Secret(CANARY)))


def test_that_a_process_that_does_not_end_is_given_up_without_a_word_of_its_secret(
    tmp_path: Path,
) -> None:
    place = folder(tmp_path, "import time; time.sleep(30)", seconds=0.2)
    published(place)
    with pytest.raises(WorldIsDown, match="did not end within") as told:
        asyncio.run(place.sign(asked().digest, LENA, Secret(CANARY)))
    assert CANARY not in str(told.value)
    assert told.value.__cause__ is None


def test_that_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    place = RequestFolder(tmp_path / "requests", tmp_path, program=(str(tmp_path / "none"),))
    published(place)
    with pytest.raises(WorldIsDown, match="did not start"):
        asyncio.run(place.sign(asked().digest, LENA, Secret(CANARY)))


@pytest.mark.parametrize("words", ["two\nlines", "x" * (LONGEST_PASSPHRASE + 1)])
def test_that_a_passphrase_is_one_line_that_fits_into_the_pipe(tmp_path: Path, words: str) -> None:
    with pytest.raises(PersonMustAct, match="longer than one line"):
        asyncio.run(folder(tmp_path).sign(asked().digest, LENA, Secret(words)))
