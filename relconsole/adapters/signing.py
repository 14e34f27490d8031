"""Signing requests as files of a folder, and a second person's signature from a process of its own.

The passphrase goes through a pipe to the process that signs; it is in no argument, environment or
file, and nothing that the process says is kept.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from relconsole.adapters.evidence import write_durably
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.record.request import Answer, parse_answer
from relconsole.ports.credentials import Secret

SIGN_SECONDS: Final = 60.0
"""How long the process that signs may take; unlocking a key is slow on purpose."""

LONGEST_PASSPHRASE: Final = 4096
_LONGEST_ANSWER: Final = 1024 * 1024
_DIGITS: Final = 16
_PROGRAM: Final = (
    sys.executable,
    "-c",
    "import sys; from relconsole.cli import main; sys.exit(main())",
)


class _Wrong(msgspec.Struct, frozen=True):
    """Why the process did not sign."""

    message: str


class _Said(msgspec.Struct, frozen=True):
    """What of the process's own answer is of use."""

    error: _Wrong | None = None


class RequestFolder:
    """The requests of a store, each with its answer beside it."""

    def __init__(
        self,
        folder: Path,
        store: Path,
        *,
        program: Sequence[str] = _PROGRAM,
        seconds: float = SIGN_SECONDS,
    ) -> None:
        """Take the folder, the store that it belongs to, and the program that signs."""
        self._folder = folder
        self._store = store
        self._program = tuple(program)
        self._seconds = seconds

    async def publish(self, digest: Digest, request: str) -> str:
        """Lay a request down durably and give where; WorldIsDown where the disk refuses."""
        path = self._request(digest)
        try:
            await asyncio.to_thread(write_durably, path, request.encode())
        except OSError as wrong:
            raise WorldIsDown(
                f"{path} cannot be written: {wrong.strerror}.", system="disk"
            ) from wrong
        return str(path)

    async def answer_to(self, digest: Digest) -> Answer | None:
        """Give the answer that appeared beside a request, None while there is none."""
        return await asyncio.to_thread(self._read_answer, digest)

    async def sign(self, digest: Digest, person: PersonId, passphrase: Secret) -> Answer:
        """Let a person sign in a process of their own, and give the answer."""
        secret = passphrase.reveal().encode()
        if b"\n" in secret or len(secret) > LONGEST_PASSPHRASE:
            raise PersonMustAct("The passphrase is longer than one line.")
        await asyncio.to_thread(self._run, digest, person, secret)
        found = await self.answer_to(digest)
        if found is None:
            raise WorldIsDown("The process that signs wrote no answer.", system="sign")
        return found

    def _request(self, digest: Digest) -> Path:
        return self._folder / f"{digest[:_DIGITS]}.request.json"

    def _answer(self, digest: Digest) -> Path:
        return self._folder / f"{digest[:_DIGITS]}.answer.json"

    def _read_answer(self, digest: Digest) -> Answer | None:
        path = self._answer(digest)
        try:
            with path.open("rb") as file:
                raw = file.read(_LONGEST_ANSWER + 1)
        except FileNotFoundError:
            return None
        except OSError as wrong:
            raise PersonMustAct(f"{path} cannot be read: {wrong.strerror}.") from wrong
        return parse_answer(raw, file=str(path))

    def _run(self, digest: Digest, person: PersonId, secret: bytes) -> None:
        """Run the program that signs; its passphrase fits into the pipe, so nobody waits."""
        reading, writing = os.pipe()
        try:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(secret + b"\n")
            done = subprocess.run(
                [*self._program, *self._words(digest, person, reading)],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(reading,),
                timeout=self._seconds,
            )
        except subprocess.TimeoutExpired:
            # Not chained: that error bears the words of the command.
            says = f"Signing did not end within {self._seconds:g} s."
            raise WorldIsDown(says, system="sign") from None
        except OSError as wrong:
            raise WorldIsDown(
                f"The process that signs did not start: {wrong.strerror}.", system="sign"
            ) from wrong
        finally:
            os.close(reading)
        if done.returncode:
            raise PersonMustAct(_why_not(done.stdout))

    def _words(self, digest: Digest, person: PersonId, descriptor: int) -> list[str]:
        # The folder was made by this program, so the request's path is no option; a person is not.
        return [
            "sign",
            str(self._request(digest)),
            f"--as={person}",
            f"--store={self._store}",
            f"--passphrase-fd={descriptor}",
            "--json",
        ]


def _why_not(said: bytes) -> str:
    """Give why the process did not sign, in its own words where they can be read."""
    try:
        wrong = msgspec.json.decode(said, type=_Said).error
    except msgspec.MsgspecError:
        wrong = None
    return wrong.message if wrong else "The process that signs gave no reason."
